//! Listening for peers on every transport that one can listen on.

use std::time::{Duration, Instant};

use linux::{Interest, KernelError, Poller};

use super::ear::{Ear, Ports, sender};
use super::finding::Finding;
use super::interface::Usable;
use super::judge;
use super::tally::Tally;
use super::transport::{Choice, Transport};

/// Where and for how long.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) usable: Usable,
    pub(super) ports: Ports,
    pub(super) choice: Choice,
    pub(super) length: Duration,
}

pub(super) fn examine(listening: &Listening) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ears = Vec::new();
    for transport in listening.usable.transports(listening.choice) {
        match Ear::open(transport, &listening.usable, listening.ports) {
            Ok(ear) => {
                findings.extend(joined(&ear));
                ears.push(ear);
            }
            Err(error) => findings.push(deaf(listening.choice, transport, &error)),
        }
    }
    if ears.is_empty() {
        let text = "cannot listen for peers on any transport that was asked for";
        findings.push(Finding::problem("peers", text).advise("see above what each lacks"));
        return findings;
    }
    let (tally, error) = listen(&ears, listening.length);
    findings.extend(tally.findings());
    let heard_on: Vec<Transport> = ears.iter().map(Ear::transport).collect();
    findings.extend(judge::examine(&tally, &heard_on, listening.length.as_secs()));
    findings.extend(error.map(|error| {
        Finding::problem("peers", error.to_string())
            .advise("see whether the interface went away; then try again")
    }));
    findings
}

fn deaf(choice: Choice, transport: Transport, error: &KernelError) -> Finding {
    let text = format!("cannot listen on {}: {error}", transport.name());
    let advice = if error.needs.is_some() {
        "get the right, as said above, or run this as root"
    } else {
        "see above who holds the ports, and whether the interface can multicast"
    };
    choice.lack("peers", text).advise(advice)
}

fn joined(ear: &Ear) -> Vec<Finding> {
    let [group, peer_group] = ear.groups();
    let mut findings = vec![Finding::ok("multicast", format!("joined {group} and {peer_group}"))];
    findings.extend(ear.degraded().not_bound_to_interface.map(|error| {
        Finding::note("rights", error.to_string())
            .advise("nothing: what arrives elsewhere is sorted out")
    }));
    findings
}

/// What was heard until the end, or until something went wrong.
fn listen(ears: &[Ear], length: Duration) -> (Tally, Option<KernelError>) {
    let mut tally = Tally::default();
    let error = listen_into(ears, length, &mut tally).err();
    (tally, error)
}

fn listen_into(ears: &[Ear], length: Duration, tally: &mut Tally) -> Result<(), KernelError> {
    let sockets: Vec<_> =
        ears.iter().flat_map(|ear| ear.classes().iter().map(move |class| (ear, *class))).collect();
    let mut poller = Poller::new(sockets.len());
    for (token, (ear, class)) in (0..).zip(&sockets) {
        poller.add(ear.fd(*class), token, Interest::READ)?;
    }
    let mut buffer = [0; 2048];
    let end = Instant::now() + length;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        poller.wait_up_to(u16::try_from(left.as_millis() + 1).unwrap_or(u16::MAX))?;
        for (ear, class) in &sockets {
            let Some(received) = ear.receive(*class, &mut buffer)? else { continue };
            let from = sender(received.from);
            if received.for_others {
                tally.hear_for_others(&from);
            } else {
                tally.hear(ear.transport(), from, &buffer[..received.len]);
            }
        }
    }
}
