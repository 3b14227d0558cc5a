//! Foreign time transmitters of one port and when their word counts (9.3.2.4, 9.3.2.5).
//!
//! Newcomers are on probation: they have few places, few of them for one address, and a newcomer
//! that finds them taken displaces another at random. A second Announce in time makes a record
//! count; it then displaces only a worse one, and never the parent's. So no flood of invented clocks
//! makes the table grow, or drives out whom we follow.

use alloc::boxed::Box;
use alloc::vec;
use core::time::Duration;

use time::{LogInterval, Mono};
use wire::{Announce, Flags, Header, PortIdentity};

use crate::compare::{Rank, compare};
use crate::place::Peer;
use crate::random::Random;
use crate::settings::{Edition, usable};

/// FOREIGN_MASTER_TIME_WINDOW, in announce intervals (9.3.2.4.4).
const WINDOW: u32 = 4;

/// Newcomers at a time.
const PROBATION_MAX: usize = 16;

/// Of these, from one address.
const PROBATION_PER_PEER: usize = 4;

/// A time transmitter whose Announce was received.
#[derive(Clone, Copy, Debug)]
pub struct ForeignRecord {
    /// Its port.
    pub source: PortIdentity,
    /// Its latest Announce.
    pub announce: Announce,
    /// The flags of that.
    pub flags: Flags,
    /// Where it came from.
    pub peer: Peer,
    preference: Preference,
    sequence: u16,
    window: Duration,
    heard: Mono,
}

/// What the operator thinks of a time transmitter, in place of what it says itself.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Preference {
    /// alternatePriority1 of the acceptable table (17.5.3).
    pub(crate) priority1: Option<u8>,
    /// Its place in a list, in place of the port's localPriority.
    pub(crate) local_priority: Option<u8>,
}

/// An Announce as it arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeardAnnounce<'a> {
    pub(crate) header: &'a Header,
    pub(crate) announce: Announce,
    pub(crate) from: Peer,
    pub(crate) preference: Preference,
    /// Whether its sender was known before, as an alternate time transmitter.
    pub(crate) known: bool,
}

/// The port that hears, as far as a rank depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ear {
    pub(crate) port: PortIdentity,
    pub(crate) local_priority: u8,
    pub(crate) edition: Edition,
}

/// What became of an Announce.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Admission {
    /// The first of its sender.
    New,
    /// The sender counts from now on.
    Qualified,
    /// A sender that counts said something else than before.
    Changed,
    /// A sender that counts said the same again.
    Same,
    /// The very message was seen before.
    Duplicate,
    /// No place was left for it.
    Full,
}

#[derive(Debug)]
pub(crate) struct ForeignTable {
    qualified: Box<[Option<ForeignRecord>]>,
    probation: [Option<ForeignRecord>; PROBATION_MAX],
}

impl ForeignRecord {
    fn new(heard: &HeardAnnounce<'_>, now: Mono) -> ForeignRecord {
        let header = heard.header;
        let interval =
            if usable(header.log_interval) { header.log_interval } else { LogInterval::new(1) };
        ForeignRecord {
            source: header.source,
            announce: heard.announce,
            flags: header.flags,
            peer: heard.from,
            preference: heard.preference,
            sequence: header.sequence_id,
            window: interval.duration() * WINDOW,
            heard: now,
        }
    }

    fn expires(&self) -> Mono {
        self.heard + self.window
    }

    pub(crate) fn rank(&self, ear: &Ear) -> Rank {
        let local = self.preference.local_priority.unwrap_or(ear.local_priority);
        let rank = Rank::announced(&self.announce, local, self.source, ear.port);
        Rank { priority1: self.preference.priority1.unwrap_or(rank.priority1), ..rank }
    }
}

impl ForeignTable {
    pub(crate) fn new(records: usize) -> ForeignTable {
        ForeignTable { qualified: vec![None; records].into(), probation: [None; PROBATION_MAX] }
    }

    /// Takes an Announce into account; `parent` is never displaced.
    pub(crate) fn hear(
        &mut self,
        heard: &HeardAnnounce<'_>,
        ear: &Ear,
        parent: Option<PortIdentity>,
        (now, random): (Mono, &mut Random),
    ) -> Admission {
        let record = ForeignRecord::new(heard, now);
        let same = |slot: &&mut Option<ForeignRecord>| {
            slot.is_some_and(|known| known.source == record.source)
        };
        if let Some(slot) = self.qualified.iter_mut().find(same) {
            return refresh(slot, record);
        }
        if ear.edition.one_is_enough() || heard.known {
            return self.qualify(record, ear, parent);
        }
        let Some(slot) = self.probation.iter_mut().find(same) else {
            return self.put_on_probation(record, random);
        };
        let before = slot.replace(record).expect("the slot was found by its record");
        if before.sequence == record.sequence {
            *slot = Some(before);
            return Admission::Duplicate;
        }
        if now > before.heard + record.window {
            return Admission::New;
        }
        *slot = None;
        self.qualify(record, ear, parent)
    }

    fn put_on_probation(&mut self, record: ForeignRecord, random: &mut Random) -> Admission {
        let of_peer = |slot: &Option<ForeignRecord>| {
            slot.is_some_and(|known| known.peer == record.peer && record.peer != Peer::None)
        };
        let crowd = self.probation.iter().filter(|slot| of_peer(slot)).count();
        let place = if crowd >= PROBATION_PER_PEER {
            let pick = random.index(crowd);
            self.probation.iter_mut().filter(|slot| of_peer(slot)).nth(pick)
        } else if let Some(free) = self.probation.iter().position(Option::is_none) {
            self.probation.get_mut(free)
        } else {
            let pick = random.index(PROBATION_MAX);
            self.probation.get_mut(pick)
        };
        let Some(place) = place else { return Admission::Full };
        let displaced = place.replace(record).is_some();
        if displaced { Admission::Full } else { Admission::New }
    }

    fn qualify(
        &mut self,
        record: ForeignRecord,
        ear: &Ear,
        parent: Option<PortIdentity>,
    ) -> Admission {
        if let Some(free) = self.qualified.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(record);
            return Admission::Qualified;
        }
        let nobody = Ear { port: PortIdentity::ALL, ..*ear };
        let better = |a: &ForeignRecord, b: &ForeignRecord| {
            compare(ear.edition, &a.rank(&nobody), &b.rank(&nobody)).is_better()
        };
        let worst = self
            .qualified
            .iter_mut()
            .flatten()
            .filter(|known| Some(known.source) != parent)
            .reduce(|worst, next| if better(worst, next) { next } else { worst });
        match worst {
            Some(worst) if better(&record, worst) => {
                *worst = record;
                Admission::Qualified
            }
            _ => Admission::Full,
        }
    }

    /// A record whose time passed, once; `kept` has a timeout of its own.
    pub(crate) fn expire(&mut self, now: Mono, kept: Option<PortIdentity>) -> Option<PortIdentity> {
        let expired = |slot: &&mut Option<ForeignRecord>| {
            slot.is_some_and(|record| record.expires() <= now && Some(record.source) != kept)
        };
        for slot in self.probation.iter_mut().filter(expired) {
            *slot = None;
        }
        self.qualified.iter_mut().find(expired)?.take().map(|record| record.source)
    }

    pub(crate) fn remove(&mut self, source: PortIdentity) {
        let all = self.qualified.iter_mut().chain(&mut self.probation);
        for slot in all.filter(|slot| slot.is_some_and(|record| record.source == source)) {
            *slot = None;
        }
    }

    pub(crate) fn clear(&mut self) {
        self.qualified.fill(None);
        self.probation.fill(None);
    }

    /// The best that counts (Erbest).
    pub(crate) fn best(&self, ear: &Ear) -> Option<&ForeignRecord> {
        let better = |a: &ForeignRecord, b: &ForeignRecord| {
            compare(ear.edition, &a.rank(ear), &b.rank(ear)).is_better()
        };
        self.iter().reduce(|best, next| if better(next, best) { next } else { best })
    }

    /// Those that count.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &ForeignRecord> {
        self.qualified.iter().flatten()
    }

    pub(crate) fn deadline(&self, kept: Option<PortIdentity>) -> Mono {
        let others = self.iter().filter(|record| Some(record.source) != kept);
        others.map(ForeignRecord::expires).min().unwrap_or(Mono::NEVER)
    }
}

fn refresh(slot: &mut Option<ForeignRecord>, record: ForeignRecord) -> Admission {
    let Some(known) = slot else { return Admission::Full };
    if known.sequence == record.sequence {
        return Admission::Duplicate;
    }
    let before = core::mem::replace(known, record);
    let said = |record: &ForeignRecord| {
        let announce = Announce { origin: time::Timestamp::ZERO, ..record.announce };
        (announce, record.flags)
    };
    if said(&before) == said(&record) { Admission::Same } else { Admission::Changed }
}
