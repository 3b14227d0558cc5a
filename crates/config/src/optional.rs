//! The optional features of a port as the daemon uses them.

use time::LogInterval;

use crate::labels::CapableRule;
use crate::resolve::Values;

/// Optional features of one port.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name, which the table explains")]
pub struct OptionalConfig {
    pub gptp_capable: CapableRule,
    pub gptp_capable_interval: LogInterval,
    pub gptp_capable_receipt_timeout: u8,
    pub request_gptp_capable_interval: Option<LogInterval>,
}

impl OptionalConfig {
    pub(crate) fn from_values(v: &Values) -> OptionalConfig {
        OptionalConfig {
            gptp_capable: v.label("gptp_capable", CapableRule::from_label),
            gptp_capable_interval: v.interval("gptp_capable_interval"),
            gptp_capable_receipt_timeout: v.number("gptp_capable_receipt_timeout"),
            request_gptp_capable_interval: v.optional_interval("request_gptp_capable_interval"),
        }
    }
}
