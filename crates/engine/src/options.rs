//! What a port does besides, if it is told to: the optional features of both standards.

use time::LogInterval;

/// The optional features of one port.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PortOptions {
    /// The gPTP-capable message.
    pub capable: CapableSettings,
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
