//! What neighbours say that our profile does not allow: told once for each of them.

use time::LogInterval;
use wire::{Body, Header, PortIdentity};

/// What a profile allows others to say; each from the first to the second.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Expected {
    /// logAnnounceInterval.
    pub announce: Option<(i8, i8)>,
    /// logSyncInterval.
    pub sync: Option<(i8, i8)>,
    /// logMinDelayReqInterval.
    pub delay: Option<(i8, i8)>,
    /// priority1.
    pub priority1: Option<(u8, u8)>,
}

/// What a neighbour says that is not allowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Deviation {
    /// logAnnounceInterval.
    Announce(i8),
    /// logSyncInterval.
    Sync(i8),
    /// logMinDelayReqInterval.
    Delay(i8),
    /// priority1.
    Priority1(u8),
}

/// Deviations that are remembered; of more nobody is told.
const TOLD_MAX: usize = 16;

#[derive(Debug)]
pub(crate) struct Deviations {
    expected: Expected,
    told: [Option<(PortIdentity, core::mem::Discriminant<Deviation>)>; TOLD_MAX],
}

impl Deviations {
    pub(crate) const fn new(expected: Expected) -> Deviations {
        Deviations { expected, told: [None; TOLD_MAX] }
    }

    /// What is to be told of a message, the first time.
    pub(crate) fn of(&mut self, header: &Header, body: &Body) -> Option<Deviation> {
        let found = self.expected.deviation(header, body)?;
        let key = (header.source, core::mem::discriminant(&found));
        if self.told.contains(&Some(key)) {
            return None;
        }
        let free = self.told.iter_mut().find(|slot| slot.is_none())?;
        *free = Some(key);
        Some(found)
    }
}

impl Expected {
    fn deviation(&self, header: &Header, body: &Body) -> Option<Deviation> {
        let log = header.log_interval.log();
        // What goes to one clock alone says no interval.
        let said = header.log_interval != LogInterval::NONE;
        let outside = |range: Option<(i8, i8)>| {
            said && range.is_some_and(|(min, max)| !(min..=max).contains(&log))
        };
        match body {
            Body::Announce(announce)
                if self
                    .priority1
                    .is_some_and(|(min, max)| !(min..=max).contains(&announce.priority1)) =>
            {
                Some(Deviation::Priority1(announce.priority1))
            }
            Body::Announce(_) => outside(self.announce).then_some(Deviation::Announce(log)),
            Body::Sync(_) => outside(self.sync).then_some(Deviation::Sync(log)),
            Body::DelayResp(_) => outside(self.delay).then_some(Deviation::Delay(log)),
            _ => None,
        }
    }
}
