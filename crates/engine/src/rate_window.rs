//! The ratio of two clocks' rates over a few readings of both.

use time::{Rate, Timestamp};

/// Readings over which the ratio is taken.
const WINDOW: usize = 8;

#[derive(Debug)]
pub(crate) struct RateWindow {
    past: [Option<(Timestamp, Timestamp)>; WINDOW],
    next: usize,
    rate: Option<Rate>,
}

impl RateWindow {
    pub(crate) const fn new() -> RateWindow {
        RateWindow { past: [None; WINDOW], next: 0, rate: None }
    }

    /// Their rate over ours, once it was measured.
    pub(crate) const fn rate(&self) -> Option<Rate> {
        self.rate
    }

    /// What both clocks showed at one moment, or always the same time apart.
    pub(crate) fn track(&mut self, theirs: Timestamp, ours: Timestamp) {
        let slot = &mut self.past[self.next];
        self.next = (self.next + 1) % WINDOW;
        let before = slot.replace((theirs, ours));
        let before = before.or_else(|| self.past[0]);
        let Some((first_theirs, first_ours)) = before else { return };
        // Two stamps of one exchange say nothing of rates.
        self.rate = Rate::from_spans(theirs - first_theirs, ours - first_ours)
            .filter(|rate| plausible(*rate))
            .or(self.rate);
    }
}

/// Two oscillators of 802.1AS are at most 200 ppm apart; ten times that is a step of one clock.
fn plausible(rate: Rate) -> bool {
    let apart = rate.raw() - Rate::ONE.raw();
    apart.unsigned_abs() < (Rate::ONE.raw() / 500).unsigned_abs()
}
