//! The sockets of one transport: members of its groups that send nothing.

use std::net::IpAddr;
use std::os::fd::RawFd;

use linux::{
    Address, Class, Degraded, Ethernet, EthernetOptions, KernelError, Received, Udp4, Udp4Options,
    Udp6, Udp6Options,
};

use super::interface::Usable;
use super::transport::Transport;

/// What it hears on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    pub(super) event: u16,
    pub(super) general: u16,
    /// X of the group FF0X::181.
    pub(super) scope: u8,
}

/// The sockets of one transport.
pub(super) enum Ear {
    Udp4(Udp4),
    Udp6(Udp6),
    Ethernet(Ethernet),
}

impl Ear {
    pub(super) fn open(
        transport: Transport,
        usable: &Usable,
        ports: Ports,
    ) -> Result<Ear, KernelError> {
        let (name, index) = (usable.name, usable.state.index);
        Ok(match transport {
            Transport::Udp4 => Ear::Udp4(Udp4::open(Udp4Options {
                event_port: ports.event,
                general_port: ports.general,
                source: usable.state.address,
                ..Udp4Options::new(name, index)
            })?),
            Transport::Udp6 => Ear::Udp6(Udp6::open(Udp6Options {
                event_port: ports.event,
                general_port: ports.general,
                scope: ports.scope,
                ..Udp6Options::new(name, index)
            })?),
            Transport::Ethernet => {
                Ear::Ethernet(Ethernet::open(EthernetOptions::new(name, index))?)
            }
        })
    }

    pub(super) const fn transport(&self) -> Transport {
        match self {
            Ear::Udp4(_) => Transport::Udp4,
            Ear::Udp6(_) => Transport::Udp6,
            Ear::Ethernet(_) => Transport::Ethernet,
        }
    }

    /// The classes that have a socket of their own.
    pub(super) const fn classes(&self) -> &'static [Class] {
        match self {
            Ear::Udp4(_) | Ear::Udp6(_) => &[Class::Event, Class::General],
            Ear::Ethernet(_) => &[Class::Event],
        }
    }

    pub(super) fn fd(&self, class: Class) -> RawFd {
        match self {
            Ear::Udp4(sockets) => sockets.fd(class),
            Ear::Udp6(sockets) => sockets.fd(class),
            Ear::Ethernet(socket) => socket.fd(),
        }
    }

    pub(super) fn receive(
        &self,
        class: Class,
        buffer: &mut [u8],
    ) -> Result<Option<Received>, KernelError> {
        match self {
            Ear::Udp4(sockets) => sockets.receive(class, buffer),
            Ear::Udp6(sockets) => sockets.receive(class, buffer),
            Ear::Ethernet(socket) => socket.receive(buffer),
        }
    }

    pub(super) fn degraded(&self) -> &Degraded {
        match self {
            Ear::Udp4(sockets) => sockets.degraded(),
            Ear::Udp6(sockets) => sockets.degraded(),
            Ear::Ethernet(socket) => socket.degraded(),
        }
    }

    /// Both groups.
    pub(super) fn groups(&self) -> [String; 2] {
        match self {
            Ear::Udp4(sockets) => {
                let options = sockets.options();
                [options.group.to_string(), options.peer_group.to_string()]
            }
            Ear::Udp6(sockets) => {
                [sockets.options().group().to_string(), Udp6Options::PEER_GROUP.to_string()]
            }
            Ear::Ethernet(socket) => {
                [false, true].map(|peer| Address::Ethernet(socket.group(peer)).to_string())
            }
        }
    }
}

/// Who sent it, without the UDP port.
pub(super) fn sender(from: Address) -> String {
    let ip: IpAddr = match from {
        Address::Udp4(from) => (*from.ip()).into(),
        Address::Udp6(from) => (*from.ip()).into(),
        other => return other.to_string(),
    };
    ip.to_string()
}
