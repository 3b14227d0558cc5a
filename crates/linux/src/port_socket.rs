//! A port's sockets, whatever the transport.

use core::net::SocketAddrV4;
use std::os::fd::RawFd;

use crate::datagram::{Address, Class, Degraded, LoopedFrame, Received};
use crate::error::KernelError;
use crate::ethernet::Ethernet;
use crate::poll::Interest;
use crate::udp4::Udp4;
use crate::udp6::Udp6;

/// The sockets of one port.
#[derive(Debug)]
#[non_exhaustive]
pub enum PortSocket {
    /// UDP over IPv4.
    Udp4(Udp4),
    /// UDP over IPv6.
    Udp6(Udp6),
    /// IEEE 802.3.
    Ethernet(Ethernet),
}

impl PortSocket {
    /// Takes the next message of `class`; nothing if there is none for us.
    ///
    /// To be called once for each report that the descriptor of `class` is readable.
    pub fn receive(
        &self,
        class: Class,
        buffer: &mut [u8],
    ) -> Result<Option<Received>, KernelError> {
        match self {
            PortSocket::Udp4(sockets) => sockets.receive(class, buffer),
            PortSocket::Udp6(sockets) => sockets.receive(class, buffer),
            PortSocket::Ethernet(socket) => socket.receive(buffer),
        }
    }

    /// Takes the next sent event message with its stamp from the error queue.
    ///
    /// To be called once for each report of the error queue of [`Class::Event`].
    pub fn receive_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError> {
        match self {
            PortSocket::Udp4(sockets) => sockets.receive_sent(buffer),
            PortSocket::Udp6(sockets) => sockets.receive_sent(buffer),
            PortSocket::Ethernet(socket) => socket.receive_sent(buffer),
        }
    }

    /// Sends `data`; with `stamp`, the stamp of an event message will be in the error queue.
    ///
    /// # Errors
    /// Of the kernel; `EAFNOSUPPORT` if `to` is an address of another transport.
    pub fn send(
        &self,
        class: Class,
        to: Address,
        data: &[u8],
        stamp: bool,
    ) -> Result<(), KernelError> {
        match (self, to) {
            (PortSocket::Udp4(sockets), Address::Udp4(to)) => sockets.send(class, to, data, stamp),
            (PortSocket::Udp6(sockets), Address::Udp6(to)) => sockets.send(class, to, data, stamp),
            (PortSocket::Ethernet(socket), Address::Ethernet(to)) => {
                socket.send(to, data, stamp && class == Class::Event)
            }
            _ => Err(KernelError::new("send to another transport's address", libc::EAFNOSUPPORT)),
        }
    }

    /// The group for messages of the peer delay mechanism or for all others.
    pub fn group(&self, class: Class, peer_delay: bool) -> Address {
        match self {
            PortSocket::Udp4(sockets) => Address::Udp4(sockets.group(class, peer_delay)),
            PortSocket::Udp6(sockets) => Address::Udp6(sockets.group(class, peer_delay)),
            PortSocket::Ethernet(socket) => Address::Ethernet(socket.group(peer_delay)),
        }
    }

    /// Where unicast messages of `class` go to at the node whose message came from `peer`; nothing
    /// if that is an address of another transport. What UDP port it came from does not matter.
    pub fn unicast(&self, class: Class, peer: Address) -> Option<Address> {
        match (self, peer) {
            (PortSocket::Udp4(sockets), Address::Udp4(peer)) => {
                let port = sockets.group(class, false).port();
                Some(Address::Udp4(SocketAddrV4::new(*peer.ip(), port)))
            }
            (PortSocket::Udp6(sockets), Address::Udp6(peer)) => {
                Some(Address::Udp6(sockets.unicast(class, *peer.ip())))
            }
            (PortSocket::Ethernet(_), Address::Ethernet(_)) => Some(peer),
            _ => None,
        }
    }

    /// Leaves the groups and joins them again, so that routers and switches hear of it.
    pub fn rejoin(&self) -> Result<(), KernelError> {
        match self {
            PortSocket::Udp4(sockets) => sockets.rejoin(),
            PortSocket::Udp6(sockets) => sockets.rejoin(),
            PortSocket::Ethernet(socket) => socket.rejoin(),
        }
    }

    /// What the kernel would not give.
    pub fn degraded(&self) -> &Degraded {
        match self {
            PortSocket::Udp4(sockets) => sockets.degraded(),
            PortSocket::Udp6(sockets) => sockets.degraded(),
            PortSocket::Ethernet(socket) => socket.degraded(),
        }
    }

    /// Whether event and general messages come separately. Otherwise all come as
    /// [`Class::Event`].
    pub fn separates_classes(&self) -> bool {
        !matches!(self, PortSocket::Ethernet(_))
    }

    /// What to wait for, and on which descriptor.
    pub fn waits(&self) -> impl Iterator<Item = (Class, RawFd, Interest)> + use<> {
        let (event, general) = match self {
            PortSocket::Udp4(sockets) => {
                (sockets.fd(Class::Event), Some(sockets.fd(Class::General)))
            }
            PortSocket::Udp6(sockets) => {
                (sockets.fd(Class::Event), Some(sockets.fd(Class::General)))
            }
            PortSocket::Ethernet(socket) => (socket.fd(), None),
        };
        let event = (Class::Event, event, Interest::READ_AND_STAMPS);
        let general = general.map(|fd| (Class::General, fd, Interest::READ));
        [Some(event), general].into_iter().flatten()
    }
}
