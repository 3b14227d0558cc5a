//! A port's socket for IEEE 802.3 on one interface (Annex E), with kernel stamps.
//!
//! One packet socket (packet(7)) has event and general messages; being bound to the interface and
//! the EtherType, it gets no others, and none of our own. The kernel writes the Ethernet header and
//! takes it off, with a tag that gives only a priority, whatever kind of interface it is. It needs
//! `CAP_NET_RAW`; nothing else here does.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use crate::arrival::{looped, received};
use crate::capability::Capability;
use crate::cmsg::Control;
use crate::datagram::{Address, Degraded, LoopedFrame, Received};
use crate::descriptor::{bind, set_int, set_option, socket};
use crate::error::{KernelError, Subject};
use crate::interface_name::InterfaceName;
use crate::looped::{ETHERTYPE_PTP, ethernet_ptp};
use crate::message::{receive, transmit};
use crate::sockaddr::{PacketName, decode_packet, encode_packet};
use crate::stamping::{ask_for_stamp, request_stamps};

const PACKET_OUTGOING: u8 = 4;
const PACKET_OTHERHOST: u8 = 3;
/// The least that an Ethernet frame holds beside its header and checksum (IEEE 802.3, 4A.4.2).
const PAYLOAD_MIN: usize = 46;

/// How to open a port's socket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EthernetOptions {
    /// The interface.
    pub interface: InterfaceName,
    /// That interface's index.
    pub interface_index: u32,
    /// The group of all messages but those of the peer delay mechanism.
    pub group: [u8; 6],
    /// The group of the peer delay mechanism.
    pub peer_group: [u8; 6],
    /// The priority in queues of this machine and, mapped by it, in a VLAN tag.
    pub priority: u8,
}

impl EthernetOptions {
    /// The group that bridges forward (Annex E).
    pub const GROUP: [u8; 6] = [0x01, 0x1b, 0x19, 0, 0, 0];
    /// The group that they do not.
    pub const PEER_GROUP: [u8; 6] = [0x01, 0x80, 0xc2, 0, 0, 0x0e];

    /// As the standard has them.
    pub const fn new(interface: InterfaceName, interface_index: u32) -> EthernetOptions {
        EthernetOptions {
            interface,
            interface_index,
            group: EthernetOptions::GROUP,
            peer_group: EthernetOptions::PEER_GROUP,
            priority: 0,
        }
    }
}

/// The socket.
#[derive(Debug)]
pub struct Ethernet {
    fd: OwnedFd,
    options: EthernetOptions,
    degraded: Degraded,
}

impl Ethernet {
    /// Opens it and joins both groups.
    ///
    /// # Errors
    /// Without `CAP_NET_RAW`, without the interface, or of the joins.
    pub fn open(options: EthernetOptions) -> Result<Ethernet, KernelError> {
        let fails = |operation| {
            move |errno| {
                let error = KernelError::new(operation, errno);
                error.about(Subject::Interface(options.interface))
            }
        };
        // Without a protocol it gets nothing before it is bound.
        let fd = socket(libc::AF_PACKET, libc::SOCK_DGRAM, 0).map_err(|errno| {
            fails("open a packet socket on interface")(errno).permitted_by(Capability::NetRaw)
        })?;
        let mut degraded = Degraded::default();
        if options.priority > 0 {
            let priority = i32::from(options.priority);
            set_int(fd.as_fd(), libc::SOL_SOCKET, libc::SO_PRIORITY, priority)
                .map_err(fails("set the priority on interface"))
                .map_err(|error| error.permitted_by(Capability::NetAdmin))?;
        }
        degraded.no_stamps = request_stamps(fd.as_fd()).err();
        let ethernet = Ethernet { fd, options, degraded };
        ethernet.join()?;
        let name = encode_packet(ETHERTYPE_PTP, options.interface_index, [0; 6]);
        bind(ethernet.fd.as_fd(), &name).map_err(fails("bind to interface"))?;
        Ok(ethernet)
    }

    /// Leaves both groups and joins them again, so that the card hears of it.
    pub fn rejoin(&self) -> Result<(), KernelError> {
        for request in self.memberships() {
            let level = libc::SOL_PACKET;
            // What is no longer joined cannot be left.
            let _ = set_option(self.fd.as_fd(), level, libc::PACKET_DROP_MEMBERSHIP, &request);
        }
        self.join()
    }

    fn join(&self) -> Result<(), KernelError> {
        for request in self.memberships() {
            let level = libc::SOL_PACKET;
            set_option(self.fd.as_fd(), level, libc::PACKET_ADD_MEMBERSHIP, &request)
                .map_err(|errno| self.error("join the group on interface", errno))?;
        }
        Ok(())
    }

    /// A `packet_mreq` of each group: the interface, the kind, the length and the address.
    fn memberships(&self) -> [[u8; 16]; 2] {
        [self.options.group, self.options.peer_group].map(|group| {
            let mut request = [0; 16];
            request[..4].copy_from_slice(&self.options.interface_index.to_ne_bytes());
            let kind = libc::PACKET_MR_MULTICAST as u16;
            request[4..6].copy_from_slice(&kind.to_ne_bytes());
            request[6..8].copy_from_slice(&6u16.to_ne_bytes());
            request[8..14].copy_from_slice(&group);
            request
        })
    }

    /// Takes the next frame; nothing if there is none for us. What it holds may be longer than the
    /// message in it.
    pub fn receive(&self, buffer: &mut [u8]) -> Result<Option<Received>, KernelError> {
        let message = match receive(self.fd.as_fd(), buffer, 0) {
            Ok(message) => message,
            Err(libc::EAGAIN | libc::EINTR) => return Ok(None),
            Err(errno) => return Err(self.error("receive on interface", errno)),
        };
        let Some(PacketName { kind, mac }) = decode_packet(&message.from) else { return Ok(None) };
        if kind == PACKET_OUTGOING {
            return Ok(None);
        }
        let found = received(&message, &message.control.read(), Address::Ethernet(mac));
        Ok(Some(Received { for_others: kind == PACKET_OTHERHOST, ..found }))
    }

    /// Takes the next sent frame with its stamp from the error queue; nothing if there is none, or
    /// something that is not a frame of ours.
    pub fn receive_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError> {
        let message = match receive(self.fd.as_fd(), buffer, libc::MSG_ERRQUEUE) {
            Ok(message) => message,
            Err(libc::EAGAIN | libc::EINTR) => return Ok(None),
            Err(errno) => return Err(self.error("receive transmit stamps on interface", errno)),
        };
        if message.flags & libc::MSG_ERRQUEUE == 0 {
            return Ok(None);
        }
        let Some((payload, to)) = ethernet_ptp(&buffer[..message.len]) else { return Ok(None) };
        Ok(Some(looped(payload, Address::Ethernet(to), &message.control.read())))
    }

    /// Sends `data`, filled up with zeros to what a frame holds at least; with `stamp`, its stamp
    /// will be in the error queue.
    pub fn send(&self, to: [u8; 6], data: &[u8], stamp: bool) -> Result<(), KernelError> {
        let mut control = Control::empty();
        if stamp && self.degraded.no_stamps.is_none() {
            ask_for_stamp(&mut control);
        }
        let mut padded = [0; PAYLOAD_MIN];
        let data = match padded.get_mut(..data.len()) {
            Some(start) => {
                start.copy_from_slice(data);
                &padded
            }
            None => data,
        };
        let name = encode_packet(ETHERTYPE_PTP, self.options.interface_index, to);
        transmit(self.fd.as_fd(), &name, data, &control)
            .map_err(|errno| self.error("send on interface", errno))
    }

    /// What to wait for: to read from, and the error queue.
    pub fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// As it was opened.
    pub fn options(&self) -> &EthernetOptions {
        &self.options
    }

    /// What the kernel would not give.
    pub fn degraded(&self) -> &Degraded {
        &self.degraded
    }

    /// The group for messages of the peer delay mechanism or for all others.
    pub fn group(&self, peer_delay: bool) -> [u8; 6] {
        if peer_delay { self.options.peer_group } else { self.options.group }
    }

    fn error(&self, operation: &'static str, errno: i32) -> KernelError {
        KernelError::new(operation, errno).about(Subject::Interface(self.options.interface))
    }
}
