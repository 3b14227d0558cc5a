//! A clock as a straight line over the monotonic clock, until somebody draws another.

use time::{Mono, Rate, Span, Timestamp};

/// What a clock reads at any moment of the monotonic clock, exact to 2^-16 ns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClockLine {
    /// A moment.
    pub mono: Mono,
    /// What the clock reads then.
    pub time: Timestamp,
    /// How fast it runs in terms of the monotonic clock.
    pub rate: Rate,
}

impl ClockLine {
    /// What the clock reads at `mono`, before or after.
    pub fn at(&self, mono: Mono) -> Timestamp {
        let elapsed = i128::from(mono.nanos()) - i128::from(self.mono.nanos());
        self.time + self.rate.of(Span::from_scaled(elapsed << 16))
    }
}
