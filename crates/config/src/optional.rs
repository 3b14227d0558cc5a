//! The optional features of a port as the daemon uses them.

use time::LogInterval;

use crate::labels::CapableRule;
use crate::peers::{self, PeerAddress};
use crate::resolve::Values;

/// Optional features of one port.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name, which the table explains")]
pub struct OptionalConfig {
    pub gptp_capable: CapableRule,
    pub gptp_capable_interval: LogInterval,
    pub gptp_capable_receipt_timeout: u8,
    pub request_gptp_capable_interval: Option<LogInterval>,
    pub monitor_sync_timing: bool,
    pub monitor_sync_computed: bool,
    pub monitor_tx_events: bool,
    pub monitor_batch: u8,
    pub monitor_address: Option<PeerAddress>,
    pub net_sync_monitor: bool,
    pub interface_rate_mbps: u32,
    pub alternate_transmitters: u8,
    pub alternate_sync: bool,
    pub alternate_sync_interval: LogInterval,
    pub event_length: u16,
    pub announce_availability: bool,
    pub protocol_address: Option<PeerAddress>,
}

impl OptionalConfig {
    pub(crate) fn from_values(v: &Values) -> OptionalConfig {
        OptionalConfig {
            gptp_capable: v.label("gptp_capable", CapableRule::from_label),
            gptp_capable_interval: v.interval("gptp_capable_interval"),
            gptp_capable_receipt_timeout: v.number("gptp_capable_receipt_timeout"),
            request_gptp_capable_interval: v.optional_interval("request_gptp_capable_interval"),
            monitor_sync_timing: v.flag("monitor_sync_timing"),
            monitor_sync_computed: v.flag("monitor_sync_computed"),
            monitor_tx_events: v.flag("monitor_tx_events"),
            monitor_batch: v.number("monitor_batch"),
            monitor_address: address(v, "monitor_address"),
            net_sync_monitor: v.flag("net_sync_monitor"),
            interface_rate_mbps: v.number("interface_rate_mbps"),
            alternate_transmitters: v.number("alternate_transmitters"),
            alternate_sync: v.flag("alternate_sync"),
            alternate_sync_interval: v.interval("alternate_sync_interval"),
            event_length: v.number("event_length"),
            announce_availability: v.flag("announce_availability"),
            protocol_address: address(v, "protocol_address"),
        }
    }
}

/// At most one address.
fn address(v: &Values, name: &str) -> Option<PeerAddress> {
    peers::one(&v.get(name).to_string()).ok()?.first().copied()
}
