//! What others say of themselves in signaling messages and beside Announce.

use crate::options::Report;

/// Something that somebody on the wire of a port says of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Told {
    /// The neighbour says in this domain that it does gPTP, or has stopped saying so (802.1AS
    /// 10.4.2).
    Capable(bool),
    /// A time receiver reports what it measures (16.11).
    Report(Report),
    /// linuxptp's NetSync Monitor asked, and was answered.
    NetSyncAsked,
}

impl Told {
    /// A short name for each kind, in the order of [`Told::index`].
    pub const NAMES: [&str; 5] = [
        "gptp_capable",
        "rx_sync_timing",
        "rx_sync_computed",
        "tx_event_timestamps",
        "net_sync_asked",
    ];

    /// Where its name is in [`Told::NAMES`].
    pub const fn index(&self) -> usize {
        match self {
            Told::Capable(_) => 0,
            Told::Report(Report::SyncTiming) => 1,
            Told::Report(Report::SyncComputed) => 2,
            Told::Report(Report::EventsSent) => 3,
            Told::NetSyncAsked => 4,
        }
    }
}
