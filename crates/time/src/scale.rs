//! Timescales. Times of two scales do not subtract: it does not compile.
//!
//! ```compile_fail
//! use time::{TaiTime, Timestamp, UtcTime};
//! let wrong = TaiTime::new(Timestamp::ZERO) - UtcTime::new(Timestamp::ZERO);
//! ```

use core::fmt;
use core::ops::{Add, Sub};

use crate::{Span, Timestamp};

/// What a clock counts (7.2.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Timescale {
    /// The arbitrary timescale: an epoch of the administrator's choice.
    Arb,
    /// The PTP timescale: International Atomic Time since 1970-01-01T00:00:00 TAI.
    Tai,
    /// Coordinated Universal Time as POSIX counts it, without leap seconds.
    Utc,
}

impl fmt::Display for Timescale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Timescale::Arb => "arb",
            Timescale::Tai => "tai",
            Timescale::Utc => "utc",
        })
    }
}

/// TAI - UTC in seconds (currentUtcOffset, 7.2.4): 37 since 2017.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UtcOffset(i16);

impl UtcOffset {
    /// An offset of `seconds`.
    pub const fn new(seconds: i16) -> UtcOffset {
        UtcOffset(seconds)
    }

    /// In seconds.
    pub const fn seconds(self) -> i16 {
        self.0
    }

    /// As a span.
    pub const fn span(self) -> Span {
        Span::from_seconds(self.0 as i64)
    }
}

macro_rules! timescale {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(Timestamp);

        impl $name {
            /// The time that reads `timestamp` on this scale.
            pub const fn new(timestamp: Timestamp) -> $name {
                $name(timestamp)
            }

            /// Its reading.
            pub const fn timestamp(self) -> Timestamp {
                self.0
            }
        }

        impl Sub for $name {
            type Output = Span;
            fn sub(self, other: $name) -> Span {
                self.0 - other.0
            }
        }

        impl Add<Span> for $name {
            type Output = $name;
            fn add(self, span: Span) -> $name {
                $name(self.0 + span)
            }
        }
    };
}

timescale!(
    /// A time on the PTP timescale.
    TaiTime
);
timescale!(
    /// A time of UTC.
    UtcTime
);
timescale!(
    /// A time on an arbitrary timescale.
    ArbTime
);

impl TaiTime {
    /// The same moment in UTC.
    pub fn to_utc(self, offset: UtcOffset) -> UtcTime {
        UtcTime(self.0 - offset.span())
    }
}

impl UtcTime {
    /// The same moment in TAI.
    pub fn to_tai(self, offset: UtcOffset) -> TaiTime {
        TaiTime(self.0 + offset.span())
    }
}
