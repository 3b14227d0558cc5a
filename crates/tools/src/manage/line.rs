//! The sockets: a question out, answers in until it is time to end.

use std::net::{SocketAddrV4, SocketAddrV6};
use std::time::Instant;

use config::PeerAddress;
use linux::{
    Address, Class, Ethernet, EthernetOptions, Interface, InterfaceName, InterfaceState,
    KernelError, Poller, PortSocket, Udp4, Udp4Options, Udp6, Udp6Options,
};

use super::arguments::{Asked, Transport};
use super::message::{self, Answer};

/// Answers that are waited for at most.
const ANSWERS_MAX: usize = 4096;

/// Asks, and waits for whoever answers.
pub(super) fn ask(asked: &Asked) -> Result<Vec<Answer>, String> {
    let name = InterfaceName::new(&asked.interface)
        .ok_or_else(|| format!("{} is no name of an interface", asked.interface))?;
    let state = Interface::new(name)
        .and_then(|interface| interface.state())
        .map_err(|error| format!("{}: {error}", asked.interface))?;
    let own = message::own_identity(state.mac.unwrap_or_default());
    let question = message::question(asked, own)?;
    let words = |error: KernelError| error.to_string();
    let socket = open(asked, name, &state).map_err(words)?;
    let to = match &asked.to {
        None => socket.group(Class::General, false),
        Some(peer) => {
            let peer = address(peer);
            socket.unicast(Class::General, peer).ok_or("the address is of another transport")?
        }
    };
    let mut poller = Poller::new(2);
    for (class, fd, interest) in socket.waits() {
        poller.add(fd, u32::from(class == Class::General), interest).map_err(words)?;
    }
    socket.send(Class::General, to, &question, false).map_err(words)?;
    let end = Instant::now() + asked.timeout;
    let mut answers: Vec<Answer> = Vec::new();
    while answers.len() < ANSWERS_MAX && (answers.is_empty() || !asked.has_one_answer()) {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        let millis = u16::try_from(left.as_millis() + 1).unwrap_or(u16::MAX);
        poller.wait_up_to(millis).map_err(words)?;
        let ready: Vec<_> = poller.ready().filter(|ready| ready.read).map(|r| r.token).collect();
        for token in ready {
            let class = if token == 1 { Class::General } else { Class::Event };
            let mut buffer = [0; 2048];
            let Some(received) = socket.receive(class, &mut buffer).map_err(words)? else {
                continue;
            };
            let from = sender(received.from);
            answers.extend(message::answer(&buffer[..received.len], from, asked, own));
        }
    }
    Ok(answers)
}

fn open(
    asked: &Asked,
    name: InterfaceName,
    state: &InterfaceState,
) -> Result<PortSocket, KernelError> {
    let (event_port, general_port) = asked.ports;
    Ok(match asked.transport {
        Transport::Udp4 => PortSocket::Udp4(Udp4::open(Udp4Options {
            event_port,
            general_port,
            source: state.address,
            ..Udp4Options::new(name, state.index)
        })?),
        Transport::Udp6 => PortSocket::Udp6(Udp6::open(Udp6Options {
            event_port,
            general_port,
            scope: asked.scope,
            ..Udp6Options::new(name, state.index)
        })?),
        Transport::L2 => {
            PortSocket::Ethernet(Ethernet::open(EthernetOptions::new(name, state.index))?)
        }
    })
}

const fn address(peer: &PeerAddress) -> Address {
    match peer {
        PeerAddress::Udp4(ip) => Address::Udp4(SocketAddrV4::new(*ip, 0)),
        PeerAddress::Udp6(ip) => Address::Udp6(SocketAddrV6::new(*ip, 0, 0, 0)),
        PeerAddress::Ethernet(mac) => Address::Ethernet(*mac),
    }
}

/// Who sent it, without the UDP port.
fn sender(from: Address) -> String {
    match from {
        Address::Udp4(from) => from.ip().to_string(),
        Address::Udp6(from) => from.ip().to_string(),
        other => other.to_string(),
    }
}
