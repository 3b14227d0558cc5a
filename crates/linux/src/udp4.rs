//! A port's two sockets for UDP over IPv4 on one interface (Annex C), with kernel stamps.
//!
//! Only event messages are stamped. A transmit stamp is requested for each datagram by a control
//! message, so that there is exactly one for each that wants one, and arrives in the error queue
//! with the whole frame. An interposing simulator holds only one frame there: read it before the
//! next event message is sent. Call the receiving functions only for what a wait reported, once for
//! each report, for the same reason.

use core::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use crate::capability::Capability;
use crate::cmsg::Control;
use crate::datagram::{Address, Class, LoopedFrame, Received};
use crate::descriptor::{bind, set_int, set_option, socket};
use crate::error::{KernelError, Subject};
use crate::interface_name::InterfaceName;
use crate::looped::udp4_payload;
use crate::message::{Name, receive, transmit};

const SO_SELECT_ERR_QUEUE: i32 = 45;
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
            loopback: false,
        }
    }
}

/// What the kernel would not give; the sockets work without.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Degraded {
    /// Datagrams of other interfaces arrive too and are sorted out here.
    pub not_bound_to_interface: Option<KernelError>,
    /// Transmit stamps do not come, those of reception may.
    pub no_stamps: Option<KernelError>,
}

/// The two sockets.
#[derive(Debug)]
pub struct Udp4 {
    event: OwnedFd,
    general: OwnedFd,
    options: Udp4Options,
    degraded: Degraded,
}

impl Udp4 {
    /// Opens both and joins both groups.
    ///
    /// # Errors
    /// Of the bind, which needs `CAP_NET_BIND_SERVICE` below port 1024, or of the joins.
    pub fn open(options: Udp4Options) -> Result<Udp4, KernelError> {
        let mut degraded = Degraded::default();
        let event = open_socket(&options, Class::Event, &mut degraded)?;
        let general = open_socket(&options, Class::General, &mut degraded)?;
        degraded.no_stamps = request_stamps(&event).err();
        Ok(Udp4 { event, general, options, degraded })
    }

    /// Takes the next datagram of `class`; nothing if there is none for us.
    pub fn receive(
        &self,
        class: Class,
        buffer: &mut [u8],
    ) -> Result<Option<Received>, KernelError> {
        let message = match receive(self.socket(class).as_fd(), buffer, 0) {
            Ok(message) => message,
            Err(libc::EAGAIN | libc::EINTR) => return Ok(None),
            Err(errno) => return Err(self.error("receive on interface", errno)),
        };
        let ancillary = message.control.read();
        let elsewhere = |(index, _)| index != self.options.interface_index;
        if self.degraded.not_bound_to_interface.is_some()
            && ancillary.arrival.is_some_and(elsewhere)
        {
            return Ok(None);
        }
        let Some(from) = decode_address(&message.from) else { return Ok(None) };
        Ok(Some(Received {
            len: message.len,
            truncated: message.flags & libc::MSG_TRUNC != 0,
            from: Address::Udp4(from),
            to: ancillary.arrival.map(|(_, address)| Ipv4Addr::from(address)),
            stamp: ancillary.stamp,
            drops: ancillary.drops,
        }))
    }

    /// Takes the next sent event message with its stamp from the error queue; nothing if there is
    /// none, or something that is not a datagram of ours.
    pub fn receive_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError> {
        let message = match receive(self.event.as_fd(), buffer, libc::MSG_ERRQUEUE) {
            Ok(message) => message,
            Err(libc::EAGAIN | libc::EINTR) => return Ok(None),
            Err(errno) => return Err(self.error("receive transmit stamps on interface", errno)),
        };
        if message.flags & libc::MSG_ERRQUEUE == 0 {
            return Ok(None);
        }
        let ancillary = message.control.read();
        let Some((payload, to)) = udp4_payload(&buffer[..message.len]) else { return Ok(None) };
        Ok(Some(LoopedFrame {
            payload,
            to: Some(Address::Udp4(to)),
            stamp: ancillary.stamp,
            id: ancillary.stamp_id,
        }))
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
        if stamp && class == Class::Event && self.degraded.no_stamps.is_none() {
            let flags = libc::SOF_TIMESTAMPING_TX_SOFTWARE as i32;
            control.push(libc::SOL_SOCKET, libc::SO_TIMESTAMPING, flags);
        }
        if *to.ip() == self.options.peer_group && self.options.ttl != 1 {
            control.push(libc::IPPROTO_IP, libc::IP_TTL, 1);
        }
        transmit(self.socket(class).as_fd(), &encode_address(to), data, &control)
            .map_err(|errno| self.error("send on interface", errno))
    }

    /// What to wait for: to read from, and the error queue of [`Class::Event`].
    pub fn fd(&self, class: Class) -> RawFd {
        self.socket(class).as_raw_fd()
    }

    /// As it was opened.
    pub fn options(&self) -> &Udp4Options {
        &self.options
    }

    /// What the kernel would not give.
    pub fn degraded(&self) -> &Degraded {
        &self.degraded
    }

    /// The group for messages of the peer delay mechanism or for all others, with the port.
    pub fn group(&self, class: Class, peer_delay: bool) -> SocketAddrV4 {
        let options = &self.options;
        SocketAddrV4::new(
            if peer_delay { options.peer_group } else { options.group },
            port_of(options, class),
        )
    }

    fn socket(&self, class: Class) -> &OwnedFd {
        match class {
            Class::Event => &self.event,
            Class::General => &self.general,
        }
    }

    fn error(&self, operation: &'static str, errno: i32) -> KernelError {
        KernelError::new(operation, errno).about(Subject::Interface(self.options.interface))
    }
}

fn port_of(options: &Udp4Options, class: Class) -> u16 {
    match class {
        Class::Event => options.event_port,
        Class::General => options.general_port,
    }
}

fn open_socket(
    options: &Udp4Options,
    class: Class,
    degraded: &mut Degraded,
) -> Result<OwnedFd, KernelError> {
    let (interface, port) = (Subject::Interface(options.interface), port_of(options, class));
    let fails = |operation, subject| move |errno| KernelError::new(operation, errno).about(subject);
    let fd = socket(libc::AF_INET, libc::SOCK_DGRAM, 0)
        .map_err(fails("open a UDP socket", Subject::None))?;
    set_int(fd.as_fd(), libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)
        .map_err(fails("share UDP port", Subject::Port(port)))?;
    let name = options.interface.with_nul();
    match set_option(fd.as_fd(), libc::SOL_SOCKET, libc::SO_BINDTODEVICE, name) {
        Ok(()) => {}
        // Before Linux 5.7 it was privileged.
        Err(errno @ (libc::EPERM | libc::EACCES)) => {
            let error = fails("bind to interface", interface)(errno);
            degraded.not_bound_to_interface = Some(error.permitted_by(Capability::NetRaw));
        }
        Err(errno) => return Err(fails("bind to interface", interface)(errno)),
    }
    bind(fd.as_fd(), &encode_address(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port))).map_err(
        |errno| {
            let error = fails("bind UDP port", Subject::Port(port))(errno);
            error.permitted_by(Capability::NetBindService)
        },
    )?;
    configure(&fd, options, class)
        .map_err(fails("configure the socket on interface", interface))?;
    for group in [options.group, options.peer_group] {
        match set_option(
            fd.as_fd(),
            libc::IPPROTO_IP,
            libc::IP_ADD_MEMBERSHIP,
            &multicast_request(group, Ipv4Addr::UNSPECIFIED, options.interface_index),
        ) {
            // Both groups may be one.
            Ok(()) | Err(libc::EADDRINUSE) => {}
            Err(errno) => return Err(fails("join the group on interface", interface)(errno)),
        }
    }
    Ok(fd)
}

/// Everything that is not a right of the interface or the port.
fn configure(fd: &OwnedFd, options: &Udp4Options, class: Class) -> Result<(), i32> {
    let fd = fd.as_fd();
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
    set_int(fd, ip, libc::IP_PKTINFO, 1)?;
    // Not what other programs have joined; without it, a little more is discarded later.
    let _ = set_int(fd, ip, libc::IP_MULTICAST_ALL, 0);
    let _ = set_int(fd, libc::SOL_SOCKET, SO_RXQ_OVFL, 1);
    Ok(())
}

/// Stamps on reception, and those of transmission that a datagram asks for, with its whole frame.
fn request_stamps(fd: &OwnedFd) -> Result<(), KernelError> {
    let flags = libc::SOF_TIMESTAMPING_RX_SOFTWARE
        | libc::SOF_TIMESTAMPING_SOFTWARE
        | libc::SOF_TIMESTAMPING_OPT_ID;
    let fd = fd.as_fd();
    // Wakes a wait for POLLPRI; without it, the wait ends with POLLERR all the same.
    let _ = set_int(fd, libc::SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1);
    set_int(fd, libc::SOL_SOCKET, libc::SO_TIMESTAMPING, flags as i32).map_err(|errno| {
        let _ = set_int(fd, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1);
        KernelError::new("get kernel stamps", errno)
    })
}

/// An `ip_mreqn`: the group, an address of ours, the interface.
fn multicast_request(group: Ipv4Addr, ours: Ipv4Addr, interface_index: u32) -> [u8; 12] {
    let mut request = [0; 12];
    request[..4].copy_from_slice(&group.octets());
    request[4..8].copy_from_slice(&ours.octets());
    request[8..].copy_from_slice(&interface_index.to_ne_bytes());
    request
}

/// A `sockaddr_in`.
fn encode_address(address: SocketAddrV4) -> [u8; 16] {
    let mut name = [0; 16];
    name[..2].copy_from_slice(&(libc::AF_INET as libc::sa_family_t).to_ne_bytes());
    name[2..4].copy_from_slice(&address.port().to_be_bytes());
    name[4..8].copy_from_slice(&address.ip().octets());
    name
}

fn decode_address(name: &Name) -> Option<SocketAddrV4> {
    let mut octets = [0; Name::SIZE];
    let len = name.octets(&mut octets);
    let family = libc::sa_family_t::from_ne_bytes([octets[0], octets[1]]);
    if len < 8 || i32::from(family) != libc::AF_INET {
        return None;
    }
    let port = u16::from_be_bytes([octets[2], octets[3]]);
    let ip = Ipv4Addr::new(octets[4], octets[5], octets[6], octets[7]);
    Some(SocketAddrV4::new(ip, port))
}
