//! Traffic that is not for us, by name and in bounded space.

use engine::{Heard, PortIndex};
use time::Mono;

/// Kinds that are remembered; more are counted on the port alone.
const KINDS_MAX: usize = 16;

#[derive(Debug)]
pub(crate) struct HeardTable {
    kinds: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) port: PortIndex,
    pub(crate) what: Heard,
    pub(crate) count: u64,
    pub(crate) last: Mono,
}

impl HeardTable {
    pub(crate) fn new() -> HeardTable {
        HeardTable { kinds: Vec::with_capacity(KINDS_MAX) }
    }

    /// Takes note; true the first time.
    pub(crate) fn hear(&mut self, port: PortIndex, what: Heard, now: Mono) -> bool {
        let known = self.kinds.iter_mut().find(|entry| (entry.port, entry.what) == (port, what));
        if let Some(entry) = known {
            entry.count += 1;
            entry.last = now;
            return false;
        }
        if self.kinds.len() == KINDS_MAX {
            return false;
        }
        self.kinds.push(Entry { port, what, count: 1, last: now });
        true
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.kinds.iter()
    }
}

/// In plain words, next to what we use.
pub(crate) fn describe(what: Heard, domain: u8, sdo_id: u16) -> String {
    match what {
        Heard::Domain(other) => format!("domain {other}, we are {domain}"),
        Heard::SdoId(other) => format!("sdoId {:#05x}, we are {sdo_id:#05x}", other.0),
        Heard::Version(1) => "PTP version 1 (IEEE 1588-2002), which nobody here speaks".to_owned(),
        Heard::Version(other) => format!("PTP version {other}, we speak 2"),
    }
}
