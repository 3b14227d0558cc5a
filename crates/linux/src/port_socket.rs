//! A port's sockets, whatever the transport.

use core::net::SocketAddrV4;
use std::os::fd::RawFd;

use crate::datagram::{Address, Class, LoopedFrame, Received};
use crate::error::KernelError;
use crate::poll::Interest;
use crate::udp4::Udp4;

/// The sockets of one port.
#[derive(Debug)]
#[non_exhaustive]
pub enum PortSocket {
    /// UDP over IPv4.
    Udp4(Udp4),
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
        }
    }

    /// Takes the next sent event message with its stamp from the error queue.
    ///
    /// To be called once for each report of the error queue of [`Class::Event`].
    pub fn receive_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError> {
        match self {
            PortSocket::Udp4(sockets) => sockets.receive_sent(buffer),
        }
    }

    /// Sends `data`; with `stamp`, the stamp of an event message will be in the error queue.
    pub fn send(
        &self,
        class: Class,
        to: Address,
        data: &[u8],
        stamp: bool,
    ) -> Result<(), KernelError> {
        match (self, to) {
            (PortSocket::Udp4(sockets), Address::Udp4(to)) => sockets.send(class, to, data, stamp),
        }
    }

    /// The group for messages of the peer delay mechanism or for all others.
    pub fn group(&self, class: Class, peer_delay: bool) -> Address {
        match self {
            PortSocket::Udp4(sockets) => Address::Udp4(sockets.group(class, peer_delay)),
        }
    }

    /// Where unicast messages of `class` go to at the node whose message came from `peer`.
    pub fn unicast(&self, class: Class, peer: Address) -> Address {
        match (self, peer) {
            (PortSocket::Udp4(sockets), Address::Udp4(peer)) => {
                let port = sockets.group(class, false).port();
                Address::Udp4(SocketAddrV4::new(*peer.ip(), port))
            }
        }
    }

    /// What to wait for, and on which descriptor.
    pub fn waits(&self) -> [(Class, RawFd, Interest); 2] {
        match self {
            PortSocket::Udp4(sockets) => [
                (Class::Event, sockets.fd(Class::Event), Interest::READ_AND_STAMPS),
                (Class::General, sockets.fd(Class::General), Interest::READ),
            ],
        }
    }
}
