//! A reading of one clock: the time since that clock's epoch.

use core::fmt;
use core::ops::{Add, AddAssign, Sub, SubAssign};

use crate::Span;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// A reading of a clock since that clock's epoch, exact to 2^-16 ns.
///
/// It says nothing of whose clock it is; a [`Stamp`](crate::Stamp) does.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(Span);

impl Timestamp {
    /// The epoch itself.
    pub const ZERO: Timestamp = Timestamp(Span::ZERO);

    /// `seconds` and `nanos` after the epoch; `nanos` may exceed a second.
    pub const fn new(seconds: i64, nanos: u32) -> Timestamp {
        let nanos = seconds as i128 * NANOS_PER_SECOND + nanos as i128;
        Timestamp(Span::from_scaled(nanos << 16))
    }

    /// This long after the epoch.
    pub const fn from_span(since_epoch: Span) -> Timestamp {
        Timestamp(since_epoch)
    }

    /// How long after the epoch.
    pub const fn since_epoch(self) -> Span {
        self.0
    }

    /// The whole seconds, rounded towards minus infinity.
    pub const fn seconds(self) -> i64 {
        let nanos = self.0.scaled() >> 16;
        // A division of 64 bits takes a tenth of the time and holds until the year 2262.
        if nanos == nanos as i64 as i128 {
            return (nanos as i64).div_euclid(NANOS_PER_SECOND as i64);
        }
        nanos.div_euclid(NANOS_PER_SECOND) as i64
    }

    /// The nanoseconds of the second, always less than 10^9.
    pub const fn subsec_nanos(self) -> u32 {
        let nanos = self.0.scaled() >> 16;
        if nanos == nanos as i64 as i128 {
            return (nanos as i64).rem_euclid(NANOS_PER_SECOND as i64) as u32;
        }
        nanos.rem_euclid(NANOS_PER_SECOND) as u32
    }

    /// What is left below a nanosecond: at least zero, less than one nanosecond.
    pub const fn fraction(self) -> Span {
        Span::from_scaled(self.0.scaled() & 0xffff)
    }

    /// Without what is below a nanosecond, as the standard's Timestamp carries it (5.3.3).
    pub const fn whole_nanos(self) -> Timestamp {
        Timestamp(Span::from_scaled(self.0.scaled() & !0xffff))
    }
}

impl Add<Span> for Timestamp {
    type Output = Timestamp;
    fn add(self, span: Span) -> Timestamp {
        Timestamp(self.0 + span)
    }
}

impl Sub<Span> for Timestamp {
    type Output = Timestamp;
    fn sub(self, span: Span) -> Timestamp {
        Timestamp(self.0 - span)
    }
}

impl Sub for Timestamp {
    type Output = Span;
    fn sub(self, other: Timestamp) -> Span {
        self.0 - other.0
    }
}

impl AddAssign<Span> for Timestamp {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl SubAssign<Span> for Timestamp {
    fn sub_assign(&mut self, span: Span) {
        *self = *self - span;
    }
}

/// Seconds with nine decimals.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:09}", self.seconds(), self.subsec_nanos())
    }
}
