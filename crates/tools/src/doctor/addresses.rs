//! Whether an interface has the addresses that each transport needs.

use std::fs;
use std::net::Ipv6Addr;

use linux::InterfaceState;

use super::finding::Finding;
use super::transport::{Choice, Transport};

/// `usable6` is the IPv6 address that it may send from now.
pub(super) fn examine(
    name: &str,
    state: &InterfaceState,
    usable6: Option<Ipv6Addr>,
    choice: Choice,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if choice.has(Transport::Udp4) {
        findings.push(udp4(name, state, choice));
    }
    if choice.has(Transport::Udp6) {
        findings.push(udp6(name, state, usable6, choice));
    }
    if choice.has(Transport::Ethernet) && state.mac.is_none() {
        let text = format!("{name} has no MAC address, so no frame of IEEE 802.3 comes there");
        let advice = "use an Ethernet interface, or `transport = \"udp4\"` or `\"udp6\"`";
        findings.push(choice.lack("address", text).advise(advice));
    }
    findings
}

fn udp4(name: &str, state: &InterfaceState, choice: Choice) -> Finding {
    if let Some(address) = state.address {
        return Finding::ok("address", format!("{name} has {address}"));
    }
    choice.lack("address", format!("{name} has no IPv4 address")).advise(format!(
        "`transport = \"udp4\"`, the default, needs one: `ip address add 192.0.2.1/24 dev {name}`, \
         or by DHCP; the other transports do without"
    ))
}

fn udp6(name: &str, state: &InterfaceState, usable: Option<Ipv6Addr>, choice: Choice) -> Finding {
    match (usable, state.address6) {
        (Some(address), _) if address.is_unicast_link_local() || state.loopback => {
            Finding::ok("address", format!("{name} has {address}"))
        }
        (Some(address), _) => {
            let text = format!("{name} has {address}, but no link-local IPv6 address");
            Finding::note("address", text).advise(format!(
                "{}: without one, the kernel's reports of multicast membership (MLD) come from no \
                 address, and a router or a switch that snoops may take no notice of them",
                make_link_local(name)
            ))
        }
        (None, Some(address)) => {
            let text = format!("{name} has {address}, but may not use it yet");
            choice.lack("address", text).advise(format!(
                "wait two seconds and ask again; if it stays so, see `ip -6 address show dev \
                 {name}`: `dadfailed` means that another machine has the same address"
            ))
        }
        (None, None) => {
            let text = format!("{name} has no IPv6 address, not even a link-local one");
            choice.lack("address", text).advise(format!(
                "`transport = \"udp6\"` needs one, and a link-local one is enough: {}",
                make_link_local(name)
            ))
        }
    }
}

/// How to get a link-local address, as far as the kernel says why there is none.
fn make_link_local(name: &str) -> String {
    let folder = "/proc/sys/net/ipv6/conf";
    let disabled = fs::read_to_string(format!("{folder}/{name}/disable_ipv6"));
    match disabled.as_deref().map(str::trim) {
        Ok("1") => format!("IPv6 is off there, `sysctl -w net/ipv6/conf/{name}/disable_ipv6=0`"),
        Ok(_) => format!(
            "`ip link set dev {name} addrgenmode eui64`, then set it down and up; or `ip address \
             add fe80::1/64 dev {name}`"
        ),
        Err(_) => "the kernel seems to have no IPv6 (is it booted with ipv6.disable=1?)".into(),
    }
}
