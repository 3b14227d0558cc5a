//! Which operation needs which right, and whether whoever runs this has it.

use std::fs;

use linux::{Capability, privileges};

use super::finding::Finding;
use super::transport::{Choice, Transport};

const UNPRIVILEGED: &str = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

/// `lowest` is the lowest port that is to be bound.
pub(super) fn examine(lowest: u16, choice: Choice) -> Vec<Finding> {
    let mut findings = Vec::new();
    if choice.has_udp() {
        findings.push(bind(lowest));
    }
    if choice.has(Transport::Ethernet) {
        findings.push(raw(choice));
    }
    findings.push(steer());
    findings
}

fn bind(lowest: u16) -> Finding {
    let text = fs::read_to_string(UNPRIVILEGED).unwrap_or_default();
    let free_from: u16 = text.trim().parse().unwrap_or(1024);
    if lowest >= free_from {
        let text = format!("bind UDP port {lowest}: nobody needs a right from {free_from} on");
        Finding::ok("rights", text)
    } else if privileges::has(Capability::NetBindService) {
        Finding::ok("rights", format!("bind UDP port {lowest}: CAP_NET_BIND_SERVICE is there"))
    } else {
        let text = format!("bind UDP port {lowest}: CAP_NET_BIND_SERVICE is missing here");
        Finding::problem("rights", text).advise(format!(
            "{}; or `sysctl net.ipv4.ip_unprivileged_port_start={lowest}`; or ask as root",
            grant(Capability::NetBindService)
        ))
    }
}

/// Of a packet socket.
fn raw(choice: Choice) -> Finding {
    if privileges::has(Capability::NetRaw) {
        return Finding::ok("rights", "hear and send IEEE 802.3: CAP_NET_RAW is there");
    }
    let text = "hear and send IEEE 802.3: CAP_NET_RAW is missing here";
    choice.lack("rights", text).advise(format!(
        "{}; or ask as root; `transport = \"udp4\"` and `\"udp6\"` do without",
        grant(Capability::NetRaw)
    ))
}

fn steer() -> Finding {
    if privileges::has(Capability::SysTime) {
        Finding::ok("rights", "steer the system's clock: CAP_SYS_TIME is there")
    } else {
        let text = "steer the system's clock: CAP_SYS_TIME is missing here";
        Finding::note("rights", text).advise(format!(
            "{}; `--clock virtual` and `--clock observe` do without",
            grant(Capability::SysTime)
        ))
    }
}

fn grant(capability: Capability) -> String {
    let (set, name) = (capability.setcap_name(), capability.name());
    format!(
        "the systemd unit grants it (AmbientCapabilities={capability}); so do `setcap {set}+ep` on \
         zeitgeberd and `--cap-add {name}` to a container"
    )
}
