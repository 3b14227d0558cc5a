//! From the configuration to the optional features of the engine's ports.

use config::{CapableRule, MetricsConfig, PeerAddress, PortConfig};
use engine::{AlternateSettings, CapableSettings, MonitorSettings, Peer, PortOptions};
use time::Span;
use wire::{EnhancedAccuracy, Float64, Inaccuracy, InterfaceRate};

/// What a clock says of where its inaccuracy comes from.
pub(crate) fn accuracy(config: &MetricsConfig) -> Option<EnhancedAccuracy> {
    let [grandmaster, transient, dynamic, static_instance, static_medium] =
        config.inaccuracies_ns.map(inaccuracy);
    config.enhanced_accuracy.then_some(EnhancedAccuracy {
        bc_hop_count: 0,
        tc_hop_count: 0,
        grandmaster,
        transient,
        dynamic,
        static_instance,
        static_medium,
    })
}

/// A bound, and the variance of what is anywhere within it alike.
fn inaccuracy(ns: u32) -> Inaccuracy {
    let seconds = f64::from(ns) * 1e-9;
    let variance = Float64((seconds * seconds / 3.0).to_bits());
    Inaccuracy { max: Span::from_nanos(ns.into()), variance }
}

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
        monitor: MonitorSettings {
            timing: config.monitor_sync_timing,
            computed: config.monitor_sync_computed,
            sent: config.monitor_tx_events,
            batch: config.monitor_batch,
            to: config.monitor_address.map_or(Peer::None, peer),
        },
        net_sync_monitor: config.net_sync_monitor,
        interface_rate: interface_rate(config.interface_rate_mbps),
        alternate: AlternateSettings {
            count: config.alternate_transmitters,
            sync: config.alternate_sync.then_some(config.alternate_sync_interval),
        },
        event_length: config.event_length,
        availability: config.announce_availability,
        address: config.protocol_address.map_or(Peer::None, peer),
    }
}

/// An address as the engine knows it.
pub(crate) const fn peer(address: PeerAddress) -> Peer {
    match address {
        PeerAddress::Udp4(address) => Peer::Udp4(address.octets()),
        PeerAddress::Udp6(address) => Peer::Udp6(address.octets()),
        PeerAddress::Ethernet(address) => Peer::Ethernet(address),
    }
}

/// What the rate of an interface does to its stamps: they are taken after preamble and start of frame,
/// and before the rest of a Sync over UDP over IPv4.
fn interface_rate(megabits: u32) -> Option<InterfaceRate> {
    let bit_period_as = 1_000_000_000_000_u64.checked_div(megabits.into())?;
    Some(InterfaceRate { bit_period_as, bits_before: 64, bits_after: 720 })
}
