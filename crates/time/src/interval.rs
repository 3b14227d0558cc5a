//! Message intervals, which the protocol carries as the logarithm to base 2 of seconds.

use core::time::Duration;

use crate::Span;

/// The base-2 logarithm of an interval in seconds (7.7.2.1): -7 is 1/128 s, 4 is 16 s.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LogInterval(i8);

impl LogInterval {
    /// The value that stands for "no interval" (0x7F, 13.3.2.14).
    pub const NONE: LogInterval = LogInterval(0x7f);

    /// An interval of 2^`log` seconds.
    pub const fn new(log: i8) -> LogInterval {
        LogInterval(log)
    }

    /// The logarithm.
    pub const fn log(self) -> i8 {
        self.0
    }

    /// The interval, where exponents outside -22..=22 count as the nearest of these.
    pub const fn duration(self) -> Duration {
        let log = if self.0 < -22 {
            -22
        } else if self.0 > 22 {
            22
        } else {
            self.0
        };
        let nanos = if log < 0 { 1_000_000_000 >> -log } else { 1_000_000_000u64 << log };
        Duration::from_nanos(nanos)
    }

    /// The interval as a span, in the same range.
    pub const fn span(self) -> Span {
        Span::from_nanos(self.duration().as_nanos() as i64)
    }
}
