//! The driver's monotonic clock, which only orders and spaces the engine's work.

use core::ops::{Add, Sub};
use core::time::Duration;

/// A moment of the driver's monotonic clock, in nanoseconds since whenever it began. Zero is legal.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Mono(u64);

impl Mono {
    /// Later than anything that will be scheduled.
    pub const NEVER: Mono = Mono(u64::MAX);

    /// `nanos` after the clock began.
    pub const fn from_nanos(nanos: u64) -> Mono {
        Mono(nanos)
    }

    /// In nanoseconds since the clock began.
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// How long this is after `earlier`; zero if it is not.
    pub const fn since(self, earlier: Mono) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Mono {
    type Output = Mono;
    fn add(self, duration: Duration) -> Mono {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Mono(self.0.saturating_add(nanos))
    }
}

impl Sub<Duration> for Mono {
    type Output = Mono;
    fn sub(self, duration: Duration) -> Mono {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Mono(self.0.saturating_sub(nanos))
    }
}
