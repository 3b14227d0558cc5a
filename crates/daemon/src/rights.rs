//! Which rights a configuration needs after the start: exactly these are kept.
//!
//! | configuration | kept |
//! |---|---|
//! | a UDP port below 1024, where the kernel guards it | `CAP_NET_BIND_SERVICE`, to reopen a port |
//! | `transport = "l2"` | `CAP_NET_RAW`, to reopen a port |
//! | `socket_priority` above 6 | `CAP_NET_ADMIN`, to reopen a port |
//! | `clock = "system"` | `CAP_SYS_TIME` |

use std::fs;

use config::{ClockChoice, Config, PortConfig, Transport};
use linux::{Capability, CapabilitySet};

/// Where the kernel says from which port on nobody needs a right.
const UNPRIVILEGED: &str = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

/// The highest priority that anybody may give to packets (socket(7)).
const UNPRIVILEGED_PRIORITY: u8 = 6;

/// The rights that the configuration needs for as long as it runs.
pub(crate) fn needed(config: &Config) -> CapabilitySet {
    let has_l2 = |port: &&PortConfig| port.transport == Transport::L2;
    let udp = config.ports.iter().filter(|port| !has_l2(port));
    let lowest = udp.map(|port| port.event_port.min(port.general_port)).min();
    let mut needed = CapabilitySet::EMPTY;
    if lowest.is_some_and(|port| port < unprivileged_from()) {
        needed = needed.with(Capability::NetBindService);
    }
    if config.ports.iter().any(|port| has_l2(&port)) {
        needed = needed.with(Capability::NetRaw);
    }
    if config.ports.iter().any(|port| port.socket_priority > UNPRIVILEGED_PRIORITY) {
        needed = needed.with(Capability::NetAdmin);
    }
    if config.clock == ClockChoice::System {
        needed = needed.with(Capability::SysTime);
    }
    needed
}

fn unprivileged_from() -> u16 {
    let text = fs::read_to_string(UNPRIVILEGED).unwrap_or_default();
    text.trim().parse().unwrap_or(1024)
}
