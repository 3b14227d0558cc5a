//! The interface: link, address, multicast, stamps.

use std::fs;

use config::{Kind, Since};
use linux::{
    Interface, InterfaceName, InterfaceState, KernelError, TimestampingAbilities, interface_names,
};

use super::finding::Finding;

/// Of `/sys/class/net/*/flags`.
const IFF_MULTICAST: u32 = 0x1000;

/// What there is to say, and the interface if one can listen on it.
pub(super) fn examine(name: &str) -> (Vec<Finding>, Option<(InterfaceName, InterfaceState)>) {
    let opened = InterfaceName::new(name).and_then(|name| Interface::new(name).ok());
    let looked = opened.as_ref().and_then(|interface| Some((interface, interface.state().ok()?)));
    let Some((interface, state)) = looked else {
        return (vec![no_such(name)], None);
    };
    let findings = vec![
        link(name, &state),
        address(name, &state),
        multicast(name, state.loopback),
        stamps(name, interface.timestamping_abilities()),
    ];
    let listens = state.running && state.address.is_some();
    (findings, listens.then_some((interface.name(), state)))
}

fn no_such(name: &str) -> Finding {
    let names: Vec<String> = interface_names().iter().map(ToString::to_string).collect();
    Finding::problem("interface", format!("there is no interface {name}"))
        .advise(format!("there are: {}", names.join(", ")))
}

fn link(name: &str, state: &InterfaceState) -> Finding {
    if !state.up {
        return Finding::problem("link", format!("{name} is down"))
            .advise(format!("`ip link set {name} up`"));
    }
    if !state.running {
        return Finding::problem("link", format!("{name} is up, but has no carrier"))
            .advise("check the cable, the switch's port and the other end");
    }
    let kind = if state.loopback { ", the loopback: no other machine is heard there" } else { "" };
    let mac = state.mac.map(|mac| {
        let octets: Vec<String> = mac.iter().map(|octet| format!("{octet:02x}")).collect();
        format!(", {}", octets.join(":"))
    });
    Finding::ok("link", format!("{name} is up and works{}{kind}", mac.unwrap_or_default()))
}

fn address(name: &str, state: &InterfaceState) -> Finding {
    match state.address {
        Some(address) => Finding::ok("address", format!("{name} has {address}")),
        None => Finding::problem("address", format!("{name} has no IPv4 address")).advise(format!(
            "give it one: `ip address add 192.0.2.1/24 dev {name}`, or by DHCP; PTP over UDP needs \
             one"
        )),
    }
}

fn multicast(name: &str, loopback: bool) -> Finding {
    let flags = fs::read_to_string(format!("/sys/class/net/{name}/flags")).unwrap_or_default();
    let flags = u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16);
    match flags {
        Ok(flags) if flags & IFF_MULTICAST == 0 && !loopback => {
            Finding::note("multicast", format!("{name} does not say that it can multicast"))
                .advise(format!("`ip link set {name} multicast on`, unless it is a tunnel"))
        }
        Ok(_) => Finding::ok("multicast", format!("{name} can multicast")),
        Err(_) => Finding::note("multicast", "the kernel does not show the interface's flags")
            .advise("mount /sys of this network namespace to see them"),
    }
}

fn stamps(name: &str, abilities: Result<TimestampingAbilities, KernelError>) -> Finding {
    let abilities = match abilities {
        Ok(abilities) => abilities,
        Err(error) => {
            return Finding::note("stamps", error.to_string())
                .advise("the driver does not say what it stamps; try, and see `zeitgeber status`");
        }
    };
    let clock = abilities.hardware_clock.map(|number| format!(", its clock is /dev/ptp{number}"));
    let clock = clock.unwrap_or_default();
    match (abilities.hardware(), abilities.software()) {
        (true, _) => {
            let found = Finding::ok("stamps", format!("the card stamps in hardware{clock}"));
            match hardware_comes_with() {
                Some(with) => found.advise(format!(
                    "nothing: this version stamps in software; hardware comes with {with}"
                )),
                None => found,
            }
        }
        (false, true) => Finding::ok("stamps", format!("the kernel stamps both ways{clock}")),
        (false, false) => {
            Finding::problem("stamps", format!("{name}'s driver does not stamp what it sends"))
                .advise("use another card or driver; what cannot be stamped cannot be measured")
        }
    }
}

/// With what this version lacks, it comes; nothing if it has it.
fn hardware_comes_with() -> Option<&'static str> {
    let Kind::Label(labels) = config::find("timestamping")?.kind else { return None };
    match labels.iter().find(|label| label.name == "hardware")?.since {
        Since::Later(with) => Some(with),
        Since::Now => None,
    }
}
