//! A length of time, signed, in units of 2^-16 ns (the standard's scaled nanoseconds, 5.3.2).

use core::fmt;
use core::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// A signed length of time, exact to 2^-16 ns. Arithmetic saturates.
#[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Span(i128);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);
    /// One nanosecond.
    pub const NANOSECOND: Span = Span(1 << 16);
    /// One microsecond.
    pub const MICROSECOND: Span = Span(1_000 << 16);
    /// One millisecond.
    pub const MILLISECOND: Span = Span(1_000_000 << 16);
    /// One second.
    pub const SECOND: Span = Span(1_000_000_000 << 16);
    /// The longest span.
    pub const MAX: Span = Span(i128::MAX);

    /// A span of `scaled` units of 2^-16 ns.
    pub const fn from_scaled(scaled: i128) -> Span {
        Span(scaled)
    }

    /// A span of whole nanoseconds.
    pub const fn from_nanos(nanos: i64) -> Span {
        Span((nanos as i128) << 16)
    }

    /// A span of whole seconds.
    pub const fn from_seconds(seconds: i64) -> Span {
        Span((seconds as i128 * 1_000_000_000) << 16)
    }

    /// This many times as long, saturating.
    pub const fn times(self, factor: i64) -> Span {
        Span(self.0.saturating_mul(factor as i128))
    }

    /// Half of it, rounded towards minus infinity.
    pub const fn half(self) -> Span {
        Span(self.0 >> 1)
    }

    /// Its length without the sign.
    pub const fn abs(self) -> Span {
        Span(self.0.saturating_abs())
    }

    /// In units of 2^-16 ns.
    pub const fn scaled(self) -> i128 {
        self.0
    }

    /// In whole nanoseconds, rounded towards minus infinity, saturated to 64 bits.
    pub const fn nanos(self) -> i64 {
        let nanos = self.0 >> 16;
        if nanos > i64::MAX as i128 {
            i64::MAX
        } else if nanos < i64::MIN as i128 {
            i64::MIN
        } else {
            nanos as i64
        }
    }

    /// As a TimeInterval (5.3.2): 64 bits of scaled nanoseconds, saturated at what fits.
    pub const fn to_interval(self) -> i64 {
        if self.0 > i64::MAX as i128 {
            i64::MAX
        } else if self.0 < i64::MIN as i128 {
            i64::MIN
        } else {
            self.0 as i64
        }
    }

    /// From a TimeInterval (5.3.2).
    pub const fn from_interval(interval: i64) -> Span {
        Span(interval as i128)
    }

    /// Whether it is shorter than nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Span;
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Span) {
        *self = *self + other;
    }
}

impl SubAssign for Span {
    fn sub_assign(&mut self, other: Span) {
        *self = *self - other;
    }
}

impl Neg for Span {
    type Output = Span;
    fn neg(self) -> Span {
        Span(self.0.saturating_neg())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Nanoseconds with three decimals, rounded towards zero.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let scaled = self.0.unsigned_abs();
        let thousandths = ((scaled & 0xffff) * 1000) >> 16;
        write!(f, "{sign}{}.{thousandths:03} ns", scaled >> 16)
    }
}
