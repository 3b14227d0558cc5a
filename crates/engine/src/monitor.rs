//! What a port has to report of the Sync it receives and the requests it sends (16.11), until it is
//! enough for a message.

use alloc::boxed::Box;
use alloc::vec::Vec;

use time::{Span, Timestamp};
use wire::{
    ComputedFlags, EncodeError, EventStamp, EventStamps, MessageType, PortIdentity,
    RxSyncComputedData, RxSyncTimingData, ScaledRate, SyncResult, SyncResults, SyncTiming,
    SyncTimings, TlvBody, TlvWriter, TxEventTimestamps,
};

use crate::options::{MonitorSettings, REPORTS_MAX, Report};

/// Octets of the records of a message at most.
const RECORDS_MAX: usize = REPORTS_MAX as usize * 34;

/// What was gathered of each kind.
#[derive(Debug)]
pub(crate) struct Monitor {
    timings: Batch<SyncTiming>,
    results: Batch<SyncResult>,
    stamps: Batch<EventStamp>,
    /// What holds of every result.
    flags: ComputedFlags,
    /// What the stamps are of.
    sent: MessageType,
}

/// A Sync that was received, and what is known beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed {
    pub(crate) source: PortIdentity,
    pub(crate) sequence: u16,
    pub(crate) origin: Timestamp,
    /// Of Sync and Follow_Up.
    pub(crate) correction: Span,
    pub(crate) received: Timestamp,
    /// delayAsymmetry.
    pub(crate) asymmetry: Span,
    /// The grandmaster's rate over the sender's.
    pub(crate) cumulative: ScaledRate,
    /// To the parent, or to the neighbour.
    pub(crate) delay: Option<Span>,
    /// The neighbour's rate over ours.
    pub(crate) neighbor: Option<ScaledRate>,
}

/// Records of one source, of which there is room for one message's.
#[derive(Debug)]
struct Batch<T> {
    source: PortIdentity,
    size: usize,
    items: Vec<T>,
}

impl Monitor {
    /// Of a port that reports anything.
    pub(crate) fn new(settings: &MonitorSettings) -> Option<Box<Monitor>> {
        let any = settings.timing || settings.computed || settings.sent;
        let size = usize::from(settings.batch.clamp(1, REPORTS_MAX));
        any.then(|| {
            Box::new(Monitor {
                timings: Batch::new(size),
                results: Batch::new(size),
                stamps: Batch::new(size),
                flags: ComputedFlags(0),
                sent: MessageType::DelayReq,
            })
        })
    }

    /// A Sync was received; whether there is a message's worth of its times (16.11.4.1).
    pub(crate) fn timing(&mut self, observed: &Observed) -> bool {
        self.timings.add(
            observed.source,
            SyncTiming {
                sequence_id: observed.sequence,
                origin: observed.origin,
                correction: observed.correction,
                rate: observed.cumulative,
                received: observed.received,
            },
        )
    }

    /// A Sync was received; whether there is a message's worth of what came of it (16.11.4.2).
    pub(crate) fn computed(&mut self, observed: &Observed) -> bool {
        let mut flags = ComputedFlags(0);
        if observed.neighbor.is_some() {
            flags.0 |= ComputedFlags::NEIGHBOR_RATE_RATIO_VALID.0;
        }
        let delay = observed.delay.unwrap_or(Span::ZERO);
        let way = observed.received - observed.origin - observed.correction - observed.asymmetry;
        let offset = if observed.delay.is_some() { way - delay } else { Span::ZERO };
        if observed.delay.is_some() {
            flags.0 |= ComputedFlags::MEAN_PATH_DELAY_VALID.0 | ComputedFlags::OFFSET_VALID.0;
        }
        let result = SyncResult {
            sequence_id: observed.sequence,
            offset,
            delay,
            rate: observed.neighbor.unwrap_or_default(),
        };
        let full = self.results.add(observed.source, result);
        // One set of flags is for all of them.
        self.flags = if self.results.items.len() == 1 { flags } else { both(self.flags, flags) };
        full
    }

    /// A request of ours left; whether there is a message's worth (16.11.4.3).
    pub(crate) fn stamped(
        &mut self,
        source: PortIdentity,
        (kind, sequence_id): (MessageType, u16),
        sent: Timestamp,
    ) -> bool {
        if self.sent != kind {
            self.stamps.items.clear();
            self.sent = kind;
        }
        self.stamps.add(source, EventStamp { sequence_id, sent })
    }

    pub(crate) fn write(
        &self,
        report: Report,
        tlvs: &mut TlvWriter<'_>,
    ) -> Result<(), EncodeError> {
        let mut room = [0; RECORDS_MAX];
        let body = match report {
            Report::SyncTiming => TlvBody::RxSyncTimingData(RxSyncTimingData {
                source: self.timings.source,
                timings: SyncTimings::collect(&mut room, self.timings.items.iter().copied())?,
            }),
            Report::SyncComputed => TlvBody::RxSyncComputedData(RxSyncComputedData {
                source: self.results.source,
                flags: self.flags,
                results: SyncResults::collect(&mut room, self.results.items.iter().copied())?,
            }),
            Report::EventsSent => TlvBody::TxEventTimestamps(TxEventTimestamps {
                source: self.stamps.source,
                message_type: self.sent.number(),
                stamps: EventStamps::collect(&mut room, self.stamps.items.iter().copied())?,
            }),
        };
        body.encode(tlvs)
    }
}

const fn both(a: ComputedFlags, b: ComputedFlags) -> ComputedFlags {
    ComputedFlags(a.0 & b.0)
}

impl<T> Batch<T> {
    fn new(size: usize) -> Batch<T> {
        Batch { source: PortIdentity::ALL, size, items: Vec::with_capacity(size) }
    }

    /// Adds one; true if that makes a message. What was sent, or is of another source, goes.
    fn add(&mut self, source: PortIdentity, item: T) -> bool {
        if self.source != source || self.items.len() >= self.size {
            self.items.clear();
            self.source = source;
        }
        self.items.push(item);
        self.items.len() >= self.size
    }
}
