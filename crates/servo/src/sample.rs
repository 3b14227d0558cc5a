//! One direction of one exchange, reduced to what the filters need.

use time::Span;

/// What a sample observes of phase and delay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Direction {
    /// Phase plus delay.
    Down,
    /// Delay minus phase.
    Up,
    /// Delay.
    Link,
}

impl Direction {
    /// The factor of the phase; that of the delay is one.
    pub(crate) fn sign(self) -> f64 {
        match self {
            Direction::Down => 1.0,
            Direction::Up => -1.0,
            Direction::Link => 0.0,
        }
    }

    pub(crate) fn index(self) -> usize {
        match self {
            Direction::Down => 0,
            Direction::Up => 1,
            Direction::Link => 2,
        }
    }
}

/// An observed value at a moment of the oscillator's axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) direction: Direction,
    pub(crate) at: Span,
    /// In seconds.
    pub(crate) value: f64,
}

/// `span` in seconds. Only for differences: a time since 1970 has no nanoseconds left.
pub(crate) fn seconds(span: Span) -> f64 {
    span.scaled() as f64 / 65_536e9
}
