//! Time as the protocol counts it: integers of 2^-16 ns, never floats.
//!
//! Everything here is a value without a clock: nothing reads the time, nothing allocates. What a
//! clock *is* belongs to the driver; what a protocol *does* with these values to the engine.
//!
//! Sign conventions, everywhere in the project: a positive offset means that we are ahead of the
//! reference; a positive asymmetry means that the way from the time transmitter to us is longer.
#![no_std]
#![forbid(unsafe_code)]

mod interval;
mod leap;
mod measurement;
mod mono;
mod rate;
mod scale;
mod span;
mod stamp;
mod timestamp;

pub use interval::LogInterval;
pub use leap::{
    LEAP_DATA_EXPIRES, Leap, LeapEvent, LeapSecond, TAI_UTC_LATEST, days_since_1970,
    leap_data_warning, next_leap, tai_utc_at,
};
pub use measurement::{Exchange, Measurement};
pub use mono::Mono;
pub use rate::Rate;
pub use scale::{ArbTime, TaiTime, Timescale, UtcOffset, UtcTime};
pub use span::Span;
pub use stamp::{ClockIndex, Stamp, StampKind};
pub use timestamp::Timestamp;
