//! Which minor version of PTP an interface speaks: there are cards and peers that drop version 2.1.

use time::Exchange;

use crate::event::Event;
use crate::outbox::Pending;

/// So many event messages in a row that came to nothing, while others are heard, are enough.
const STRIKES: u8 = 4;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Version {
    /// Whether version 2.0 is spoken though 2.1 is wanted.
    fallen: bool,
    /// It was tried and did not help.
    given_up: bool,
    /// Whether anybody is heard on the interface.
    heard: bool,
    strikes: u8,
}

/// What becomes of the version that is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Turn {
    Stay,
    /// From 2.1 to 2.0, or back as that did not help.
    To(u8),
}

impl Version {
    pub(crate) const fn new() -> Version {
        Version { fallen: false, given_up: false, heard: false, strikes: 0 }
    }

    /// minorVersionPTP of what is sent, where `wanted` is what is configured.
    pub(crate) const fn minor(&self, wanted: u8) -> u8 {
        if self.fallen { 0 } else { wanted }
    }

    /// Looks at what came of what was sent.
    pub(crate) fn see(&mut self, output: &Pending) -> Turn {
        match output {
            Pending::Event(Event::Received { .. }) => self.heard = true,
            Pending::Event(Event::Unanswered { .. } | Event::StampMissing { .. }) => {
                self.strikes = self.strikes.saturating_add(1);
                return self.turn();
            }
            Pending::Measured(measurement)
                if !matches!(measurement.exchange, Exchange::Sync { .. }) =>
            {
                self.strikes = 0;
            }
            _ => {}
        }
        Turn::Stay
    }

    /// A Sync of ours got its stamp.
    pub(crate) const fn succeeded(&mut self) {
        self.strikes = 0;
    }

    /// The interface was away: whatever is behind it may be another.
    pub(crate) fn forget(&mut self) {
        *self = Version::new();
    }

    fn turn(&mut self) -> Turn {
        if self.given_up || !self.heard {
            return Turn::Stay;
        }
        if self.fallen && self.strikes >= 2 * STRIKES {
            (self.fallen, self.given_up, self.strikes) = (false, true, 0);
            return Turn::To(1);
        }
        if !self.fallen && self.strikes >= STRIKES {
            (self.fallen, self.strikes) = (true, 0);
            return Turn::To(0);
        }
        Turn::Stay
    }
}
