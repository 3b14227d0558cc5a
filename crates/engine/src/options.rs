//! What a port does besides, if it is told to: the optional features of both standards.

use time::LogInterval;
use wire::InterfaceRate;

use crate::place::Peer;

/// The optional features of one port.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PortOptions {
    /// The gPTP-capable message.
    pub capable: CapableSettings,
    /// What is reported of what we measure.
    pub monitor: MonitorSettings,
    /// Whether linuxptp's NetSync Monitor is answered.
    pub net_sync_monitor: bool,
    /// The rate of our interface, which clients are told and which servers' is held against
    /// (G.8275.2 annex D).
    pub interface_rate: Option<InterfaceRate>,
    /// Alternate time transmitters.
    pub alternate: AlternateSettings,
    /// Event messages have at least so many octets, by PAD, up to [`EVENT_LENGTH_MAX`] (14.4.2).
    pub event_length: u16,
    /// Whether Announce says how messages can be had (16.9).
    pub availability: bool,
    /// Where Announce says that we can be reached, with that; nobody: it does not say (16.9).
    pub address: Peer,
}

/// What a port makes of alternate time transmitters (alternateTimeTransmitterPortDS, 17.3).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AlternateSettings {
    /// numberOfAlternateTimeTransmitters: so many of those that do not lead are to announce
    /// themselves, and are known; none: nobody does, and what others say so is discarded.
    pub count: u8,
    /// logAlternateMulticastSyncInterval, where they send Sync too (transmitAlternateMulticastSync).
    pub sync: Option<LogInterval>,
}

/// Octets that event messages are padded to at most.
pub const EVENT_LENGTH_MAX: u16 = 512;

/// Records in one report at most.
pub const REPORTS_MAX: u8 = 16;

/// What a port reports of its measurements while it follows (16.11).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MonitorSettings {
    /// SLAVE_RX_SYNC_TIMING_DATA: the times of each Sync.
    pub timing: bool,
    /// SLAVE_RX_SYNC_COMPUTED_DATA: offset and delay of each Sync.
    pub computed: bool,
    /// SLAVE_TX_EVENT_TIMESTAMPS: when each Delay_Req or Pdelay_Req left.
    pub sent: bool,
    /// How many of these make a message, up to [`REPORTS_MAX`].
    pub batch: u8,
    /// Whom they go to; nobody in particular: the group.
    pub to: Peer,
}

impl Default for MonitorSettings {
    fn default() -> MonitorSettings {
        MonitorSettings { timing: false, computed: false, sent: false, batch: 1, to: Peer::None }
    }
}

/// What a report to a monitor is of (16.11).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Report {
    /// Received Syncs.
    SyncTiming,
    /// What came of received Syncs.
    SyncComputed,
    /// Requests that were sent.
    EventsSent,
}

/// What a port makes of the gPTP-capable message (802.1AS 10.4.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapableSettings {
    /// Whether it is sent, and what its absence means.
    pub rule: CapableRule,
    /// logGptpCapableMessageInterval.
    pub interval: LogInterval,
    /// gPtpCapableReceiptTimeout: after so many intervals of the neighbour's what it said holds no
    /// longer.
    pub receipt_timeout: u8,
    /// The interval that a neighbour is asked for once we follow well (802.1AS 10.6.4.5).
    pub request: Option<LogInterval>,
}

/// Whether the gPTP-capable message is sent, and what its absence means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CapableRule {
    /// It is neither sent nor looked at.
    Off,
    /// It is sent; a neighbour that has sent it is held to it, and of others Pdelay alone decides.
    Auto,
    /// It is sent, and no neighbour is capable without it but those of the edition of 2011 in domain
    /// 0 (802.1AS 10.2.5.1).
    Require,
}

impl Default for CapableSettings {
    fn default() -> CapableSettings {
        CapableSettings {
            rule: CapableRule::Off,
            interval: LogInterval::new(0),
            receipt_timeout: 9,
            request: None,
        }
    }
}
