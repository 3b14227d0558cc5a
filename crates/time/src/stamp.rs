//! A moment on one clock, as it was captured.

use crate::Timestamp;

/// Which of the driver's clocks.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ClockIndex(pub u8);

/// Where a stamp was taken, best first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum StampKind {
    /// By the network card.
    Hardware,
    /// By the kernel.
    Software,
    /// By the program, around the system call.
    User,
}

/// A moment on one clock. Stamps of different clocks or epochs do not subtract.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Stamp {
    /// The clock that was read.
    pub clock: ClockIndex,
    /// Grows with each step of that clock.
    pub epoch: u16,
    /// What it read.
    pub time: Timestamp,
    /// How it was read.
    pub kind: StampKind,
}

impl Stamp {
    /// Whether the two were read on the same clock without a step in between.
    pub fn comparable(&self, other: &Stamp) -> bool {
        self.clock == other.clock && self.epoch == other.epoch
    }
}
