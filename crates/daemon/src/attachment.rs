//! A port's interface and sockets as desired state: absent, without carrier or address, it waits.

use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use config::{PortConfig, Transport};
use engine::{Peer, PortIndex};
use linux::{
    Ethernet, EthernetOptions, Interface, InterfaceName, InterfaceState, KernelError, PortSocket,
    Udp4, Udp4Options, Udp6, Udp6Options, mono_now,
};
use time::Mono;

use crate::departures::Departures;
use crate::silence::Silence;

#[derive(Debug)]
pub(crate) struct Attachment {
    pub(crate) port: PortIndex,
    pub(crate) name: InterfaceName,
    pub(crate) socket: Option<PortSocket>,
    pub(crate) departures: Departures,
    /// Why it waits, if it does.
    pub(crate) waits_for: Option<Lack>,
    /// Since when nothing came to the groups.
    silence: Silence,
    /// What the sockets were opened for.
    opened: Option<Opened>,
    interface: Interface,
    options: PortConfig,
}

/// What an interface lacks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lack {
    Interface,
    Carrier,
    Address4,
    Address6,
    /// Of the IPv6 addresses, none may be used yet.
    Tentative,
    Mac,
    Socket(KernelError),
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Opened {
    index: u32,
    address: Own,
}

/// The address of ours that a transport needs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Own {
    Ip4(Ipv4Addr),
    Ip6(Ipv6Addr),
    Mac([u8; 6]),
}

/// What a look at the interface led to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Look {
    Same,
    /// The sockets are open, newly.
    Attached,
    /// The sockets are to be closed.
    Detached,
    /// It still waits, for something else than before.
    Waits,
}

impl Attachment {
    pub(crate) fn new(port: PortIndex, options: &PortConfig) -> Result<Attachment, KernelError> {
        let name = InterfaceName::new(&options.interface)
            .ok_or(KernelError::new("use the interface's name", 22))?;
        Ok(Attachment {
            port,
            name,
            socket: None,
            departures: Departures::new(usize::from(options.unicast.places())),
            waits_for: None,
            silence: Silence::new(Mono::from_nanos(0)),
            opened: None,
            interface: Interface::new(name)?,
            options: options.clone(),
        })
    }

    /// Looks at the interface; when it is as it should be, opens the sockets.
    ///
    /// After [`Look::Detached`] the caller stops waiting for the sockets and calls `close`.
    pub(crate) fn look(&mut self) -> Look {
        let found = match self.interface.state() {
            Err(_) => Err(Lack::Interface),
            Ok(state) if !state.running => Err(Lack::Carrier),
            Ok(state) => self.wanted(&state),
        };
        let (lack, wanted) = (found.err(), found.ok());
        if self.socket.is_some() && self.opened != wanted {
            self.waits_for = lack;
            return Look::Detached;
        }
        if self.socket.is_some() {
            return Look::Same;
        }
        let lack = match wanted {
            Some(wanted) => match self.open(wanted) {
                Ok(()) => {
                    self.waits_for = None;
                    return Look::Attached;
                }
                Err(error) => Some(Lack::Socket(error)),
            },
            None => lack,
        };
        if self.waits_for == lack {
            return Look::Same;
        }
        self.waits_for = lack;
        Look::Waits
    }

    /// The address that its sockets are at.
    pub(crate) fn address(&self) -> Option<Peer> {
        Some(match self.opened.as_ref()?.address {
            Own::Ip4(address) => Peer::Udp4(address.octets()),
            Own::Ip6(address) => Peer::Udp6(address.octets()),
            Own::Mac(mac) => Peer::Ethernet(mac),
        })
    }

    pub(crate) fn close(&mut self) {
        self.socket = None;
        self.opened = None;
        self.departures.clear();
    }

    /// Something came to the groups.
    pub(crate) fn hear(&mut self, now: Mono) {
        self.silence = Silence::new(now);
    }

    /// Joins the groups anew after a silence of `limit`, in case a switch or a router has forgotten
    /// them; whether it did.
    pub(crate) fn rejoin_after(&mut self, limit: Duration, now: Mono) -> Result<bool, KernelError> {
        let Some(socket) = &self.socket else { return Ok(false) };
        let due = self.silence.is_due(limit, now);
        if due {
            socket.rejoin()?;
        }
        Ok(due)
    }

    /// The interface's address as a clock's name, if it has one now.
    pub(crate) fn mac(&self) -> Option<[u8; 6]> {
        self.interface.state().ok()?.mac
    }

    /// The index of the interface that the sockets were opened on.
    pub(crate) fn index(&self) -> Option<u32> {
        self.opened.map(|opened| opened.index)
    }

    /// What the sockets need of the interface, or what of it is missing.
    fn wanted(&self, state: &InterfaceState) -> Result<Opened, Lack> {
        let address = match self.options.transport {
            Transport::Udp4 => Own::Ip4(state.address.ok_or(Lack::Address4)?),
            Transport::Udp6 => {
                state.address6.ok_or(Lack::Address6)?;
                let usable = self.interface.usable_address6(state.index);
                Own::Ip6(usable.ok_or(Lack::Tentative)?)
            }
            Transport::L2 => Own::Mac(state.mac.ok_or(Lack::Mac)?),
        };
        Ok(Opened { index: state.index, address })
    }

    fn open(&mut self, wanted: Opened) -> Result<(), KernelError> {
        let port = &self.options;
        let socket = match wanted.address {
            Own::Ip4(address) => PortSocket::Udp4(Udp4::open(Udp4Options {
                source: Some(address),
                event_port: port.event_port,
                general_port: port.general_port,
                ttl: port.ttl,
                dscp_event: port.dscp_event,
                dscp_general: port.dscp_general,
                priority: port.socket_priority,
                loopback: port.multicast_loopback,
                ..Udp4Options::new(self.name, wanted.index)
            })?),
            Own::Ip6(_) => PortSocket::Udp6(Udp6::open(Udp6Options {
                event_port: port.event_port,
                general_port: port.general_port,
                scope: port.udp6_scope,
                hop_limit: port.ttl,
                dscp_event: port.dscp_event,
                dscp_general: port.dscp_general,
                priority: port.socket_priority,
                loopback: port.multicast_loopback,
                ..Udp6Options::new(self.name, wanted.index)
            })?),
            Own::Mac(_) => PortSocket::Ethernet(Ethernet::open(EthernetOptions {
                group: port.l2_group,
                peer_group: port.l2_peer_group,
                priority: port.socket_priority,
                ..EthernetOptions::new(self.name, wanted.index)
            })?),
        };
        self.socket = Some(socket);
        self.silence = Silence::new(mono_now());
        self.opened = Some(wanted);
        Ok(())
    }
}

impl core::fmt::Display for Lack {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Lack::Interface => f.write_str("there is no such interface; waiting for it"),
            Lack::Carrier => f.write_str("the interface is down or has no carrier; waiting"),
            Lack::Address4 => f.write_str("the interface has no IPv4 address; waiting for one"),
            Lack::Address6 => f.write_str("the interface has no IPv6 address; waiting for one"),
            Lack::Tentative => f.write_str(
                "the interface's IPv6 address is not known yet to be its own (duplicate address \
                 detection); waiting",
            ),
            Lack::Mac => f.write_str("the interface has no Ethernet address; waiting for one"),
            Lack::Socket(error) => write!(f, "{error}"),
        }
    }
}
