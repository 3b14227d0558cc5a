//! A port's two sockets for UDP over IPv6 on one interface (Annex D), with kernel stamps.
//!
//! They take nothing of IPv4, so that a port of either can be on one interface. Each message is
//! followed by two octets of zero, which a clock on the way may change so that the checksum stays
//! right; with what arrives they may be there or not, and the caller gets them.

use core::net::{IpAddr, Ipv6Addr, SocketAddrV6};
use std::os::fd::{BorrowedFd, RawFd};

use crate::arrival::{looped, received};
use crate::cmsg::Control;
use crate::datagram::{Address, Class, Degraded, LoopedFrame, Received};
use crate::descriptor::{set_int, set_option};
use crate::error::{KernelError, Subject};
use crate::interface_name::InterfaceName;
use crate::looped::udp_payload;
use crate::sockaddr::{decode6, encode6};
use crate::udp_pair::{PairOptions, UdpPair};

const SO_RXQ_OVFL: i32 = 40;
const IPV6_MULTICAST_ALL: i32 = 29;
/// What follows each message.
const TRAILING: usize = 2;
/// The largest message that leaves room for what follows it in an Ethernet frame.
const MESSAGE_MAX: usize = 1518;

/// How to open a port's sockets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Udp6Options {
    /// The interface.
    pub interface: InterfaceName,
    /// That interface's index.
    pub interface_index: u32,
    /// The port of event messages: 319 unless it is a demonstration.
    pub event_port: u16,
    /// The port of general messages: 320 unless it is a demonstration.
    pub general_port: u16,
    /// The scope of the group of all messages but those of the peer delay mechanism (RFC 4291,
    /// 2.7): 2 link, 5 site, 8 organisation, 14 global.
    pub scope: u8,
    /// The hop limit of what goes to that group. To that of the peer delay mechanism it is 1.
    pub hop_limit: u8,
    /// The DSCP (RFC 2474) of event messages, 0 to 63.
    pub dscp_event: u8,
    /// The DSCP of general messages, 0 to 63.
    pub dscp_general: u8,
    /// The priority in queues of this machine and, mapped by it, in a VLAN tag; 0: the DSCP's.
    pub priority: u8,
    /// Whether programs on this host, this one included, get what we send to a group.
    pub loopback: bool,
}

impl Udp6Options {
    /// As the standard has them (Annex D), with the global scope.
    pub const fn new(interface: InterfaceName, interface_index: u32) -> Udp6Options {
        Udp6Options {
            interface,
            interface_index,
            event_port: 319,
            general_port: 320,
            scope: 0x0e,
            hop_limit: 1,
            dscp_event: 0,
            dscp_general: 0,
            priority: 0,
            loopback: false,
        }
    }

    /// The group of all messages but those of the peer delay mechanism: FF0X::181.
    pub const fn group(&self) -> Ipv6Addr {
        Ipv6Addr::new(0xff00 | (self.scope & 0x0f) as u16, 0, 0, 0, 0, 0, 0, 0x181)
    }

    /// The group of the peer delay mechanism.
    pub const PEER_GROUP: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x6b);
}

/// The two sockets.
#[derive(Debug)]
pub struct Udp6 {
    pair: UdpPair,
    options: Udp6Options,
}

impl Udp6 {
    /// Opens both and joins both groups.
    ///
    /// # Errors
    /// Of the bind, which needs `CAP_NET_BIND_SERVICE` below port 1024, or of the joins.
    pub fn open(options: Udp6Options) -> Result<Udp6, KernelError> {
        let common = PairOptions {
            family: libc::AF_INET6,
            interface: options.interface,
            interface_index: options.interface_index,
            ports: [options.event_port, options.general_port],
        };
        let any = |port| encode6(SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, port, 0, 0));
        let alone = |fd: BorrowedFd<'_>| set_int(fd, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 1);
        let configure = |fd: BorrowedFd<'_>, class| configure(fd, &options, class);
        let sockets = Udp6 { pair: UdpPair::open(&common, any, alone, configure)?, options };
        sockets.join()?;
        Ok(sockets)
    }

    /// Leaves both groups and joins them again, so that routers and switches hear of it.
    pub fn rejoin(&self) -> Result<(), KernelError> {
        let leave = |fd: BorrowedFd<'_>| {
            for group in self.groups() {
                // What is no longer joined cannot be left.
                let _ = set_option(fd, libc::IPPROTO_IPV6, libc::IPV6_DROP_MEMBERSHIP, &group);
            }
            Ok(())
        };
        self.pair.of_groups("leave the group on interface", leave)?;
        self.join()
    }

    fn join(&self) -> Result<(), KernelError> {
        self.pair.of_groups("join the group on interface", |fd| {
            for group in self.groups() {
                set_option(fd, libc::IPPROTO_IPV6, libc::IPV6_ADD_MEMBERSHIP, &group)?;
            }
            Ok(())
        })
    }

    /// An `ipv6_mreq` of each group: the group, the interface.
    fn groups(&self) -> [[u8; 20]; 2] {
        [self.options.group(), Udp6Options::PEER_GROUP].map(|group| {
            let mut request = [0; 20];
            request[..16].copy_from_slice(&group.octets());
            request[16..].copy_from_slice(&self.options.interface_index.to_ne_bytes());
            request
        })
    }

    /// Takes the next datagram of `class`; nothing if there is none for us.
    pub fn receive(
        &self,
        class: Class,
        buffer: &mut [u8],
    ) -> Result<Option<Received>, KernelError> {
        let Some((message, ancillary)) = self.pair.receive(class, buffer)? else {
            return Ok(None);
        };
        let from = decode6(&message.from).map(Address::Udp6);
        Ok(from.map(|from| received(&message, &ancillary, from)))
    }

    /// Takes the next sent event message with its stamp from the error queue; nothing if there is
    /// none, or something that is not a datagram of ours.
    pub fn receive_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError> {
        let Some((len, ancillary)) = self.pair.receive_sent(buffer)? else { return Ok(None) };
        let Some(found) = udp_payload(&buffer[..len]) else { return Ok(None) };
        let IpAddr::V6(ip) = found.to else { return Ok(None) };
        let to = Address::Udp6(self.reachable(ip, found.port));
        let payload = found.payload.start..found.payload.end.saturating_sub(TRAILING);
        Ok(Some(looped(payload, to, &ancillary)))
    }

    /// Sends `data` as a message of `class`; with `stamp`, its stamp will be in the error queue.
    pub fn send(
        &self,
        class: Class,
        to: SocketAddrV6,
        data: &[u8],
        stamp: bool,
    ) -> Result<(), KernelError> {
        let mut extended = [0; MESSAGE_MAX + TRAILING];
        let Some(message) = extended.get_mut(..data.len()).filter(|m| m.len() <= MESSAGE_MAX)
        else {
            let subject = Subject::Interface(self.options.interface);
            return Err(KernelError::new("send on interface", libc::EMSGSIZE).about(subject));
        };
        message.copy_from_slice(data);
        let mut control = Control::empty();
        if *to.ip() == Udp6Options::PEER_GROUP && self.options.hop_limit != 1 {
            control.push(libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT, 1);
        }
        let to = encode6(to);
        self.pair.send(class, &to, &extended[..data.len() + TRAILING], (stamp, control))
    }

    /// What to wait for: to read from, and the error queue of [`Class::Event`].
    pub fn fd(&self, class: Class) -> RawFd {
        self.pair.fd(class)
    }

    /// As it was opened.
    pub fn options(&self) -> &Udp6Options {
        &self.options
    }

    /// What the kernel would not give.
    pub fn degraded(&self) -> &Degraded {
        self.pair.degraded()
    }

    /// The group for messages of the peer delay mechanism or for all others, with the port.
    pub fn group(&self, class: Class, peer_delay: bool) -> SocketAddrV6 {
        let group = if peer_delay { Udp6Options::PEER_GROUP } else { self.options.group() };
        self.unicast(class, group)
    }

    /// Where messages of `class` go to at the node with this address.
    pub fn unicast(&self, class: Class, ip: Ipv6Addr) -> SocketAddrV6 {
        let port = match class {
            Class::Event => self.options.event_port,
            Class::General => self.options.general_port,
        };
        self.reachable(ip, port)
    }

    /// With the interface, where the address holds only there.
    fn reachable(&self, ip: Ipv6Addr, port: u16) -> SocketAddrV6 {
        let local = ip.is_unicast_link_local() || ip.is_multicast();
        SocketAddrV6::new(ip, port, 0, if local { self.options.interface_index } else { 0 })
    }
}

/// Everything that is not a right of the interface or the port.
fn configure(fd: BorrowedFd<'_>, options: &Udp6Options, class: Class) -> Result<(), i32> {
    let ip = libc::IPPROTO_IPV6;
    let dscp = match class {
        Class::Event => options.dscp_event,
        Class::General => options.dscp_general,
    };
    let index = i32::try_from(options.interface_index).map_err(|_| libc::ENODEV)?;
    set_int(fd, ip, libc::IPV6_MULTICAST_IF, index)?;
    set_int(fd, ip, libc::IPV6_MULTICAST_LOOP, i32::from(options.loopback))?;
    set_int(fd, ip, libc::IPV6_MULTICAST_HOPS, i32::from(options.hop_limit.max(1)))?;
    set_int(fd, ip, libc::IPV6_TCLASS, i32::from(dscp & 0x3f) << 2)?;
    if options.priority > 0 {
        set_int(fd, libc::SOL_SOCKET, libc::SO_PRIORITY, i32::from(options.priority))?;
    }
    set_int(fd, ip, libc::IPV6_RECVPKTINFO, 1)?;
    // Not what other programs have joined; without it, a little more is discarded later.
    let _ = set_int(fd, ip, IPV6_MULTICAST_ALL, 0);
    let _ = set_int(fd, libc::SOL_SOCKET, SO_RXQ_OVFL, 1);
    Ok(())
}
