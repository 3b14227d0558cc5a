//! What went wrong lately, for FAULT_LOG (15.5.3.1.6).

use time::{Mono, Timestamp};
use wire::{FaultRecord, PtpText, Severity};

use crate::event::Event;
use crate::place::PortIndex;
use crate::port_state::PortState;

/// Faults that are remembered; the oldest gives way.
pub(crate) const FAULTS_MAX: usize = 16;

#[derive(Clone, Copy, Debug)]
struct Fault {
    time: Timestamp,
    port: PortIndex,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Faulty,
    StampMissing,
    AnnounceTimeout,
    Responders,
    SameWire,
    Incapable,
}

impl Kind {
    fn of(event: &Event) -> Option<(PortIndex, Kind)> {
        Some(match *event {
            Event::State { port, to: PortState::Faulty, .. } => (port, Kind::Faulty),
            Event::StampMissing { port, .. } => (port, Kind::StampMissing),
            Event::AnnounceTimeout { port, .. } => (port, Kind::AnnounceTimeout),
            Event::MultipleResponders { port, .. } => (port, Kind::Responders),
            Event::SameWire { port, .. } => (port, Kind::SameWire),
            Event::Capable { port, state: Err(_) } => (port, Kind::Incapable),
            _ => return None,
        })
    }

    const fn words(self) -> (Severity, &'static str, &'static str) {
        match self {
            Kind::Faulty => (Severity::ERROR, "FAULTY", "the interface carries no frames"),
            Kind::StampMissing => (Severity::WARNING, "STAMP", "a transmit stamp did not come"),
            Kind::AnnounceTimeout => {
                (Severity::NOTICE, "ANNOUNCE", "the parent's Announce stayed away")
            }
            Kind::Responders => {
                (Severity::WARNING, "RESPONDERS", "two neighbours answered a Pdelay_Req")
            }
            Kind::SameWire => (Severity::WARNING, "SAME_WIRE", "a wire joins two of our ports"),
            Kind::Incapable => (Severity::WARNING, "GPTP", "the neighbour does no gPTP"),
        }
    }
}

#[derive(Debug)]
pub(crate) struct FaultLog {
    faults: [Option<Fault>; FAULTS_MAX],
    next: usize,
    /// A reading of the instance's clock, and when that was.
    reading: Option<(Mono, Timestamp)>,
}

impl FaultLog {
    pub(crate) const fn new() -> FaultLog {
        FaultLog { faults: [None; FAULTS_MAX], next: 0, reading: None }
    }

    /// Notes what the clock shows now.
    pub(crate) const fn read(&mut self, now: Mono, time: Timestamp) {
        self.reading = Some((now, time));
    }

    /// About what the clock shows now; zero before the first stamp.
    pub(crate) fn about(&self, now: Mono) -> Timestamp {
        let Some((then, time)) = self.reading else { return Timestamp::ZERO };
        let passed = now.nanos().saturating_sub(then.nanos());
        time + time::Span::from_nanos(i64::try_from(passed).unwrap_or(i64::MAX))
    }

    /// Remembers an event that is a fault.
    pub(crate) fn note(&mut self, event: &Event, now: Mono) {
        let Some((port, kind)) = Kind::of(event) else { return };
        let time = self.about(now);
        self.faults[self.next] = Some(Fault { time, port, kind });
        self.next = (self.next + 1) % FAULTS_MAX;
    }

    pub(crate) const fn clear(&mut self) {
        self.faults = [None; FAULTS_MAX];
        self.next = 0;
    }

    /// The oldest first.
    pub(crate) fn records(&self) -> impl Iterator<Item = FaultRecord<'_>> {
        let (newer, older) = self.faults.split_at(self.next);
        older.iter().chain(newer).flatten().map(|fault| {
            let (severity, name, description) = fault.kind.words();
            let text = |text| PtpText::new(text).unwrap_or_default();
            FaultRecord {
                counts_itself: false,
                time: fault.time,
                severity,
                name: text(name),
                value: text(PORTS[usize::from(fault.port.0) % PORTS.len()]),
                description: text(description),
            }
        })
    }
}

/// The number of a port as faultValue.
const PORTS: [&str; 16] = [
    "port 1", "port 2", "port 3", "port 4", "port 5", "port 6", "port 7", "port 8", "port 9",
    "port 10", "port 11", "port 12", "port 13", "port 14", "port 15", "port 16",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_faults_are_kept_with_the_clocks_time() {
        let mut log = FaultLog::new();
        log.read(Mono::from_nanos(1_000), Timestamp::new(1_800_000_000, 0));
        for n in 0..40_u64 {
            let event = Event::AnnounceTimeout { instance: 0, port: PortIndex((n % 16) as u8) };
            log.note(&event, Mono::from_nanos(1_000 + n * 1_000_000_000));
        }
        log.note(&Event::StampLate, Mono::from_nanos(50_000_000_000));
        let records: Vec<_> = log.records().collect();
        assert_eq!(records.len(), FAULTS_MAX);
        assert_eq!(records[0].time, Timestamp::new(1_800_000_024, 0));
        assert_eq!(records[15].time, Timestamp::new(1_800_000_039, 0));
        assert_eq!(records[15].value.as_str(), Some("port 8"));
        log.clear();
        assert_eq!(log.records().count(), 0);
    }

    use alloc::vec::Vec;
}
