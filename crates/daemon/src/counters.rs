//! What a port counts, by name.

use std::collections::BTreeMap;

use engine::{Discard, Event, Told};
use wire::MessageType;

/// Messages that are counted: received and sent of each kind.
pub(crate) const TOTALS: usize = 2 * MessageType::ALL.len();

/// The counters of one port. They are named only when somebody asks.
#[derive(Clone, Debug)]
pub(crate) struct Counters {
    received: [u64; MessageType::ALL.len()],
    sent: [u64; MessageType::ALL.len()],
    discarded: [u64; Discard::NAMES.len()],
    told: [u64; Told::NAMES.len()],
    heard: u64,
    stamps_missing: u64,
    stamps_late: u64,
    unanswered: u64,
    announce_timeouts: u64,
    multiple_responders: u64,
    send_errors: u64,
    receive_errors: u64,
    for_others: u64,
}

impl Counters {
    pub(crate) const fn new() -> Counters {
        Counters {
            received: [0; MessageType::ALL.len()],
            sent: [0; MessageType::ALL.len()],
            discarded: [0; Discard::NAMES.len()],
            told: [0; Told::NAMES.len()],
            heard: 0,
            stamps_missing: 0,
            stamps_late: 0,
            unanswered: 0,
            announce_timeouts: 0,
            multiple_responders: 0,
            send_errors: 0,
            receive_errors: 0,
            for_others: 0,
        }
    }

    pub(crate) fn count(&mut self, event: &Event) {
        match event {
            Event::Received { kind, .. } => self.received[place(*kind)] += 1,
            Event::Discarded { reason, .. } => self.discarded[reason.index()] += 1,
            Event::Told { what, .. } => self.told[what.index()] += 1,
            Event::Heard { .. } => self.heard += 1,
            Event::StampMissing { .. } => self.stamps_missing += 1,
            Event::StampLate => self.stamps_late += 1,
            Event::Unanswered { .. } => self.unanswered += 1,
            Event::AnnounceTimeout { .. } => self.announce_timeouts += 1,
            Event::MultipleResponders { .. } => self.multiple_responders += 1,
            _ => {}
        }
    }

    pub(crate) fn sent(&mut self, frame: &[u8]) {
        let kind = frame.first().and_then(|first| MessageType::from_number(first & 0x0f));
        if let Some(kind) = kind {
            self.sent[place(kind)] += 1;
        }
    }

    pub(crate) const fn send_failed(&mut self) {
        self.send_errors += 1;
    }

    pub(crate) const fn receive_failed(&mut self) {
        self.receive_errors += 1;
    }

    pub(crate) const fn heard_for_others(&mut self) {
        self.for_others += 1;
    }

    /// Received and sent of each kind, in the order of the kinds.
    pub(crate) fn totals(&self) -> [u64; TOTALS] {
        core::array::from_fn(|i| if i % 2 == 0 { self.received[i / 2] } else { self.sent[i / 2] })
    }

    /// All that have counted something; messages also when they have not.
    pub(crate) fn named(&self) -> BTreeMap<String, u64> {
        let mut named = BTreeMap::new();
        for (i, kind) in MessageType::ALL.into_iter().enumerate() {
            let name = kind.name().to_lowercase();
            named.insert(format!("rx_{name}"), self.received[i]);
            named.insert(format!("tx_{name}"), self.sent[i]);
        }
        let discarded = Discard::NAMES.iter().zip(self.discarded);
        let discarded = discarded.map(|(name, count)| (format!("discarded_{name}"), count));
        let told = Told::NAMES.iter().zip(self.told);
        let told = told.map(|(name, count)| (format!("told_{name}"), count));
        let others = [
            ("heard_not_for_us", self.heard),
            ("tx_stamps_missing", self.stamps_missing),
            ("tx_stamps_late", self.stamps_late),
            ("requests_unanswered", self.unanswered),
            ("announce_timeouts", self.announce_timeouts),
            ("multiple_responders", self.multiple_responders),
            ("send_errors", self.send_errors),
            ("receive_errors", self.receive_errors),
            ("heard_for_others", self.for_others),
        ];
        let others = others.map(|(name, count)| (name.to_owned(), count));
        named.extend(discarded.chain(told).chain(others).filter(|(_, count)| *count > 0));
        named
    }
}

fn place(kind: MessageType) -> usize {
    MessageType::ALL.iter().position(|other| *other == kind).expect("all are in the table")
}
