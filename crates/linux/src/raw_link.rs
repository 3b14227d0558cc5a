//! An interface's frames as they are, for a relay that stands between two wires.
//!
//! A packet socket (packet(7)) of everything, with the virtio header that says how far the kernel got
//! with a checksum: a frame that is passed on with it is finished by whoever needs it.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use crate::capability::Capability;
use crate::cmsg::Control;
use crate::descriptor::{bind, set_int, set_option, socket};
use crate::error::{KernelError, Subject};
use crate::interface_name::InterfaceName;
use crate::message::{receive, transmit};
use crate::sockaddr::encode_packet;

const ETHERTYPE_ALL: u16 = 0x0003;

/// All that passes one interface, whoever it is for.
#[derive(Debug)]
pub struct RawLink {
    fd: OwnedFd,
    interface: InterfaceName,
}

impl RawLink {
    /// The most that one read returns: what the kernel says of a frame, and the frame.
    pub const FRAME_MAX: usize = 65_600;

    /// Opens it.
    ///
    /// # Errors
    /// Without `CAP_NET_RAW`, or without the interface.
    pub fn open(interface: InterfaceName, index: u32) -> Result<RawLink, KernelError> {
        let fails = |operation| {
            move |errno| KernelError::new(operation, errno).about(Subject::Interface(interface))
        };
        let fd = socket(libc::AF_PACKET, libc::SOCK_RAW, 0).map_err(|errno| {
            fails("open a packet socket on interface")(errno).permitted_by(Capability::NetRaw)
        })?;
        for option in [libc::PACKET_VNET_HDR, libc::PACKET_IGNORE_OUTGOING] {
            set_int(fd.as_fd(), libc::SOL_PACKET, option, 1)
                .map_err(fails("set up a relay's socket on interface"))?;
        }
        let mut request = [0; 16];
        request[..4].copy_from_slice(&index.to_ne_bytes());
        request[4..6].copy_from_slice(&(libc::PACKET_MR_PROMISC as u16).to_ne_bytes());
        set_option(fd.as_fd(), libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &request)
            .map_err(fails("hear everything on interface"))?;
        let name = encode_packet(ETHERTYPE_ALL, index, [0; 6]);
        bind(fd.as_fd(), &name).map_err(fails("bind to interface"))?;
        Ok(RawLink { fd, interface })
    }

    /// Takes what came in next: its octets, of which there are `n`, are to be given to
    /// [`RawLink::send`] as they are.
    pub fn receive(&self, buffer: &mut [u8]) -> Result<Option<usize>, KernelError> {
        match receive(self.fd.as_fd(), buffer, 0) {
            Ok(message) => Ok(Some(message.len)),
            Err(libc::EAGAIN | libc::EINTR | libc::ENETDOWN) => Ok(None),
            Err(errno) => Err(self.error("receive on interface", errno)),
        }
    }

    /// Sends what another link received.
    pub fn send(&self, octets: &[u8]) -> Result<(), KernelError> {
        transmit(self.fd.as_fd(), &[], octets, &Control::empty())
            .map_err(|errno| self.error("send on interface", errno))
    }

    /// What to wait for.
    pub fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    fn error(&self, operation: &'static str, errno: i32) -> KernelError {
        KernelError::new(operation, errno).about(Subject::Interface(self.interface))
    }
}
