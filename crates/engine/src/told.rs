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
    /// The state of its physical layer is another (annex L).
    Layer1,
    /// Its messages can be had otherwise (16.9).
    Availability,
    /// It can be reached elsewhere (16.9).
    Address,
}

impl Told {
    /// A short name for each kind, in the order of [`Told::index`].
    pub const NAMES: [&str; 8] = [
        "gptp_capable",
        "rx_sync_timing",
        "rx_sync_computed",
        "tx_event_timestamps",
        "net_sync_asked",
        "layer1",
        "availability",
        "protocol_address",
    ];

    /// Where its name is in [`Told::NAMES`].
    pub const fn index(&self) -> usize {
        match self {
            Told::Capable(_) => 0,
            Told::Report(Report::SyncTiming) => 1,
            Told::Report(Report::SyncComputed) => 2,
            Told::Report(Report::EventsSent) => 3,
            Told::NetSyncAsked => 4,
            Told::Layer1 => 5,
            Told::Availability => 6,
            Told::Address => 7,
        }
    }
}
