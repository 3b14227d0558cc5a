//! The interface: link, address, multicast, stamps.

use std::fs;
use std::net::Ipv6Addr;

use config::{Kind, Since};
use linux::{
    Interface, InterfaceName, InterfaceState, KernelError, TimestampingAbilities, interface_names,
};

use super::addresses;
use super::finding::Finding;
use super::transport::{Choice, Transport};

/// Of `/sys/class/net/*/flags`.
const IFF_MULTICAST: u32 = 0x1000;

/// An interface that works.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usable {
    pub(super) name: InterfaceName,
    pub(super) state: InterfaceState,
    /// The IPv6 address that it may send from now.
    address6: Option<Ipv6Addr>,
}

impl Usable {
    /// The chosen transports for which it has an address.
    pub(super) fn transports(&self, choice: Choice) -> Vec<Transport> {
        let has = |transport: &Transport| match transport {
            Transport::Udp4 => self.state.address.is_some(),
            Transport::Udp6 => self.address6.is_some(),
            Transport::Ethernet => self.state.mac.is_some(),
        };
        let chosen = Transport::ALL.into_iter().filter(|transport| choice.has(*transport));
        chosen.filter(has).collect()
    }
}

/// What there is to say, and the interface if one can listen on it.
pub(super) fn examine(name: &str, choice: Choice) -> (Vec<Finding>, Option<Usable>) {
    let opened = InterfaceName::new(name).and_then(|name| Interface::new(name).ok());
    let looked = opened.as_ref().and_then(|interface| Some((interface, interface.state().ok()?)));
    let Some((interface, state)) = looked else {
        return (vec![no_such(name)], None);
    };
    let address6 = interface.usable_address6(state.index);
    let usable = Usable { name: interface.name(), state, address6 };
    let mut findings = vec![link(name, &state)];
    findings.extend(addresses::examine(name, &state, address6, choice));
    findings.push(multicast(name, state.loopback));
    findings.push(stamps(name, interface.timestamping_abilities()));
    (findings, state.running.then_some(usable))
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
