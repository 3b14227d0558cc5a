//! Listening for peers: a member of the groups that sends nothing.

use std::time::{Duration, Instant};

use linux::{
    Address, Class, Interest, InterfaceName, InterfaceState, KernelError, Poller, Udp4, Udp4Options,
};

use super::finding::Finding;
use super::tally::Tally;

/// Where and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listening {
    pub(super) name: InterfaceName,
    pub(super) state: InterfaceState,
    pub(super) event_port: u16,
    pub(super) general_port: u16,
    pub(super) length: Duration,
}

pub(super) fn examine(listening: &Listening) -> Vec<Finding> {
    let sockets = match open(listening) {
        Ok(sockets) => sockets,
        Err(error) => {
            let text = format!("cannot listen for peers: {error}");
            let advice = if error.needs.is_some() {
                "get the right, as said above, or run this as root"
            } else {
                "see above who holds the ports, and whether the interface can multicast"
            };
            return vec![Finding::problem("peers", text).advise(advice)];
        }
    };
    let options = sockets.options();
    let groups = format!("joined {} and {}", options.group, options.peer_group);
    let mut findings = vec![Finding::ok("multicast", groups)];
    findings.extend(sockets.degraded().not_bound_to_interface.map(|error| {
        Finding::note("rights", error.to_string())
            .advise("nothing: what arrives elsewhere is sorted out")
    }));
    match listen(&sockets, listening.length) {
        Ok(tally) => findings.extend(tally.findings(listening.length.as_secs())),
        Err(error) => {
            let found = Finding::problem("peers", error.to_string());
            findings.push(found.advise("see whether the interface went away; then try again"));
        }
    }
    findings
}

fn open(listening: &Listening) -> Result<Udp4, KernelError> {
    Udp4::open(Udp4Options {
        event_port: listening.event_port,
        general_port: listening.general_port,
        source: listening.state.address,
        ..Udp4Options::new(listening.name, listening.state.index)
    })
}

fn listen(sockets: &Udp4, length: Duration) -> Result<Tally, KernelError> {
    const CLASSES: [Class; 2] = [Class::Event, Class::General];
    let mut poller = Poller::new(CLASSES.len());
    for (token, class) in (0..).zip(CLASSES) {
        poller.add(sockets.fd(class), token, Interest::READ)?;
    }
    let mut tally = Tally::default();
    let mut buffer = [0; 2048];
    let end = Instant::now() + length;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(tally);
        }
        poller.wait_up_to(u16::try_from(left.as_millis() + 1).unwrap_or(u16::MAX))?;
        for class in CLASSES {
            let Some(received) = sockets.receive(class, &mut buffer)? else { continue };
            let address = match received.from {
                Address::Udp4(from) => from.ip().to_string(),
                other => other.to_string(),
            };
            tally.hear(address, &buffer[..received.len]);
        }
    }
}
