//! A port's two sockets for UDP over IPv4 on one interface (Annex C), with kernel stamps.
//!
//! An interposing simulator holds only one frame in the error queue: read it before the next event
//! message is sent. Call the receiving functions only for what a wait reported, once for each
//! report, for the same reason.

use core::net::{IpAddr, Ipv4Addr, SocketAddrV4};
use std::os::fd::{BorrowedFd, RawFd};

use crate::arrival::{looped, received};
use crate::cmsg::Control;
use crate::datagram::{Address, Class, Degraded, LoopedFrame, Received};
use crate::descriptor::{set_int, set_option};
use crate::error::KernelError;
use crate::interface_name::InterfaceName;
use crate::looped::udp_payload;
use crate::sockaddr::{decode4, encode4};
use crate::udp_pair::{PairOptions, UdpPair};

const SO_RXQ_OVFL: i32 = 40;

/// How to open a port's sockets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Udp4Options {
    /// The interface.
    pub interface: InterfaceName,
    /// That interface's index.
    pub interface_index: u32,
    /// The address of ours that messages to a group come from; if none, the kernel chooses. On the
    /// loopback it chooses another interface's, on others the right one, whatever it becomes.
    pub source: Option<Ipv4Addr>,
    /// The port of event messages: 319 unless it is a demonstration.
    pub event_port: u16,
    /// The port of general messages: 320 unless it is a demonstration.
    pub general_port: u16,
    /// The group of all messages but those of the peer delay mechanism.
    pub group: Ipv4Addr,
    /// The group of the peer delay mechanism, to which the time to live is always 1.
    pub peer_group: Ipv4Addr,
    /// The time to live of what goes to `group`.
    pub ttl: u8,
    /// The DSCP (RFC 2474) of event messages, 0 to 63.
    pub dscp_event: u8,
    /// The DSCP of general messages, 0 to 63.
    pub dscp_general: u8,
    /// The priority in queues of this machine and, mapped by it, in a VLAN tag; 0: the DSCP's.
    pub priority: u8,
    /// Whether programs on this host, this one included, get what we send to a group.
    pub loopback: bool,
}

impl Udp4Options {
    /// As the standard has them (Annex C).
    pub const fn new(interface: InterfaceName, interface_index: u32) -> Udp4Options {
        Udp4Options {
            interface,
            interface_index,
            source: None,
            event_port: 319,
            general_port: 320,
            group: Ipv4Addr::new(224, 0, 1, 129),
            peer_group: Ipv4Addr::new(224, 0, 0, 107),
            ttl: 1,
            dscp_event: 0,
            dscp_general: 0,
            priority: 0,
            loopback: false,
        }
    }
}

/// The two sockets.
#[derive(Debug)]
pub struct Udp4 {
    pair: UdpPair,
    options: Udp4Options,
}

impl Udp4 {
    /// Opens both and joins both groups.
    ///
    /// # Errors
    /// Of the bind, which needs `CAP_NET_BIND_SERVICE` below port 1024, or of the joins.
    pub fn open(options: Udp4Options) -> Result<Udp4, KernelError> {
        let common = PairOptions {
            family: libc::AF_INET,
            interface: options.interface,
            interface_index: options.interface_index,
            ports: [options.event_port, options.general_port],
        };
        let any = |port| encode4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port));
        let configure = |fd: BorrowedFd<'_>, class| configure(fd, &options, class);
        let pair = UdpPair::open(&common, any, |_| Ok(()), configure)?;
        let sockets = Udp4 { pair, options };
        sockets.join()?;
        Ok(sockets)
    }

    /// Leaves both groups and joins them again, so that routers and switches hear of it.
    pub fn rejoin(&self) -> Result<(), KernelError> {
        let leave = |fd: BorrowedFd<'_>| {
            for group in self.groups() {
                // What is no longer joined cannot be left.
                let _ = set_option(fd, libc::IPPROTO_IP, libc::IP_DROP_MEMBERSHIP, &group);
            }
            Ok(())
        };
        self.pair.of_groups("leave the group on interface", leave)?;
        self.join()
    }

    fn join(&self) -> Result<(), KernelError> {
        self.pair.of_groups("join the group on interface", |fd| {
            for group in self.groups() {
                match set_option(fd, libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP, &group) {
                    // Both groups may be one.
                    Ok(()) | Err(libc::EADDRINUSE) => {}
                    Err(errno) => return Err(errno),
                }
            }
            Ok(())
        })
    }

    fn groups(&self) -> [[u8; 12]; 2] {
        [self.options.group, self.options.peer_group].map(|group| {
            multicast_request(group, Ipv4Addr::UNSPECIFIED, self.options.interface_index)
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
        let from = decode4(&message.from).map(Address::Udp4);
        Ok(from.map(|from| received(&message, &ancillary, from)))
    }

    /// Takes the next sent event message with its stamp from the error queue; nothing if there is
    /// none, or something that is not a datagram of ours.
    pub fn receive_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError> {
        let Some((len, ancillary)) = self.pair.receive_sent(buffer)? else { return Ok(None) };
        let Some(found) = udp_payload(&buffer[..len]) else { return Ok(None) };
        let IpAddr::V4(ip) = found.to else { return Ok(None) };
        let to = Address::Udp4(SocketAddrV4::new(ip, found.port));
        Ok(Some(looped(found.payload, to, &ancillary)))
    }

    /// Sends `data` as a message of `class`; with `stamp`, its stamp will be in the error queue.
    pub fn send(
        &self,
        class: Class,
        to: SocketAddrV4,
        data: &[u8],
        stamp: bool,
    ) -> Result<(), KernelError> {
        let mut control = Control::empty();
        if *to.ip() == self.options.peer_group && self.options.ttl != 1 {
            control.push(libc::IPPROTO_IP, libc::IP_TTL, 1);
        }
        self.pair.send(class, &encode4(to), data, (stamp, control))
    }

    /// What to wait for: to read from, and the error queue of [`Class::Event`].
    pub fn fd(&self, class: Class) -> RawFd {
        self.pair.fd(class)
    }

    /// As it was opened.
    pub fn options(&self) -> &Udp4Options {
        &self.options
    }

    /// What the kernel would not give.
    pub fn degraded(&self) -> &Degraded {
        self.pair.degraded()
    }

    /// The group for messages of the peer delay mechanism or for all others, with the port.
    pub fn group(&self, class: Class, peer_delay: bool) -> SocketAddrV4 {
        let options = &self.options;
        let group = if peer_delay { options.peer_group } else { options.group };
        let port = match class {
            Class::Event => options.event_port,
            Class::General => options.general_port,
        };
        SocketAddrV4::new(group, port)
    }
}

/// Everything that is not a right of the interface or the port.
fn configure(fd: BorrowedFd<'_>, options: &Udp4Options, class: Class) -> Result<(), i32> {
    let ip = libc::IPPROTO_IP;
    let dscp = match class {
        Class::Event => options.dscp_event,
        Class::General => options.dscp_general,
    };
    let source = options.source.unwrap_or(Ipv4Addr::UNSPECIFIED);
    let sender = multicast_request(Ipv4Addr::UNSPECIFIED, source, options.interface_index);
    set_option(fd, ip, libc::IP_MULTICAST_IF, &sender)?;
    set_int(fd, ip, libc::IP_MULTICAST_LOOP, i32::from(options.loopback))?;
    set_int(fd, ip, libc::IP_MULTICAST_TTL, i32::from(options.ttl.max(1)))?;
    set_int(fd, ip, libc::IP_TOS, i32::from(dscp & 0x3f) << 2)?;
    if options.priority > 0 {
        set_int(fd, libc::SOL_SOCKET, libc::SO_PRIORITY, i32::from(options.priority))?;
    }
    set_int(fd, ip, libc::IP_PKTINFO, 1)?;
    // Not what other programs have joined; without it, a little more is discarded later.
    let _ = set_int(fd, ip, libc::IP_MULTICAST_ALL, 0);
    let _ = set_int(fd, libc::SOL_SOCKET, SO_RXQ_OVFL, 1);
    Ok(())
}

/// An `ip_mreqn`: the group, an address of ours, the interface.
fn multicast_request(group: Ipv4Addr, ours: Ipv4Addr, interface_index: u32) -> [u8; 12] {
    let mut request = [0; 12];
    request[..4].copy_from_slice(&group.octets());
    request[4..8].copy_from_slice(&ours.octets());
    request[8..].copy_from_slice(&interface_index.to_ne_bytes());
    request
}
