//! From the configuration to the optional features of the engine's ports.

use config::{CapableRule, PortConfig};
use engine::{CapableSettings, PortOptions};

/// What a port does besides.
pub(crate) fn port_options(port: &PortConfig) -> PortOptions {
    let config = &port.optional;
    PortOptions {
        capable: CapableSettings {
            rule: match config.gptp_capable {
                CapableRule::Off => engine::CapableRule::Off,
                CapableRule::Auto => engine::CapableRule::Auto,
                CapableRule::Require => engine::CapableRule::Require,
            },
            interval: config.gptp_capable_interval,
            receipt_timeout: config.gptp_capable_receipt_timeout,
            request: config.request_gptp_capable_interval,
        },
    }
}
