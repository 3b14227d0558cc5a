//! Which operation needs which right, and whether whoever runs this has it.

use std::fs;

use linux::{Capability, privileges};

use super::finding::Finding;

const UNPRIVILEGED: &str = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

/// `lowest` is the lowest port that is to be bound.
pub(super) fn examine(lowest: u16) -> Vec<Finding> {
    let text = fs::read_to_string(UNPRIVILEGED).unwrap_or_default();
    let free_from: u16 = text.trim().parse().unwrap_or(1024);
    let bind = if lowest >= free_from {
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
    };
    let steer = if privileges::has(Capability::SysTime) {
        Finding::ok("rights", "steer the system's clock: CAP_SYS_TIME is there")
    } else {
        let text = "steer the system's clock: CAP_SYS_TIME is missing here";
        Finding::note("rights", text).advise(format!(
            "{}; `--clock virtual` and `--clock observe` do without",
            grant(Capability::SysTime)
        ))
    };
    vec![bind, steer]
}

fn grant(capability: Capability) -> String {
    let (set, name) = (capability.setcap_name(), capability.name());
    format!(
        "the systemd unit grants it (AmbientCapabilities={capability}); so do `setcap {set}+ep` on \
         zeitgeberd and `--cap-add {name}` to a container"
    )
}
