//! Whether something about an interface changed, so that one asks again.
//!
//! A netlink socket (rtnetlink(7)) that is optional: where it is refused, ask every second.

use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use crate::descriptor::{bind, socket};
use crate::error::KernelError;
use crate::message::receive;

/// A length, a type, flags, a sequence number, a port.
const HEADER: usize = 16;
/// Where in the message the index is: behind `ifinfomsg`'s and `ifaddrmsg`'s first four octets.
const INDEX: usize = HEADER + 4;
const DONE: u16 = libc::NLMSG_DONE as u16;

/// What changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LinkChange {
    /// The link or an IP address of this one interface.
    Interface(u32),
    /// More than one, or more than the kernel could tell: ask about all.
    Several,
}

impl LinkChange {
    /// Whether the interface with the index `index` may be different now.
    pub const fn concerns(self, index: u32) -> bool {
        match self {
            LinkChange::Interface(changed) => changed == index,
            LinkChange::Several => true,
        }
    }
}

/// A watch over all interfaces of this network namespace.
#[derive(Debug)]
pub struct LinkWatch {
    fd: OwnedFd,
}

impl LinkWatch {
    /// Begins to watch.
    pub fn open() -> Result<LinkWatch, KernelError> {
        let error = |errno| KernelError::new("watch the interfaces", errno);
        let fd = socket(libc::AF_NETLINK, libc::SOCK_DGRAM, libc::NETLINK_ROUTE).map_err(error)?;
        // A sockaddr_nl: the family, padding, a port of the kernel's choice, the groups.
        let mut address = [0; 12];
        let family = libc::AF_NETLINK as libc::sa_family_t;
        address[..2].copy_from_slice(&family.to_ne_bytes());
        let groups = libc::RTMGRP_LINK | libc::RTMGRP_IPV4_IFADDR | libc::RTMGRP_IPV6_IFADDR;
        address[8..].copy_from_slice(&(groups as u32).to_ne_bytes());
        bind(fd.as_fd(), &address).map_err(error)?;
        Ok(LinkWatch { fd })
    }

    /// What to wait for.
    pub fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Takes the next report; nothing if there is none.
    pub fn receive(&self) -> Result<Option<LinkChange>, KernelError> {
        let mut buffer = [0; 2048];
        match receive(self.fd.as_fd(), &mut buffer, 0) {
            // Longer ones have attributes at the end, in which we have no interest.
            Ok(message) => Ok(change(&buffer[..message.len])),
            Err(libc::ENOBUFS) => Ok(Some(LinkChange::Several)),
            Err(libc::EAGAIN | libc::EINTR) => Ok(None),
            Err(errno) => Err(KernelError::new("watch the interfaces", errno)),
        }
    }
}

/// What one report says, which may consist of several messages.
fn change(mut octets: &[u8]) -> Option<LinkChange> {
    let mut found: Option<LinkChange> = None;
    while let Some((index, next)) = message(octets) {
        octets = next;
        let Some(index) = index else { continue };
        found = match found {
            None => Some(LinkChange::Interface(index)),
            Some(same) if same == LinkChange::Interface(index) => found,
            Some(_) => return Some(LinkChange::Several),
        };
    }
    found
}

/// The index in the first message, if it is about an interface, and what follows it.
fn message(octets: &[u8]) -> Option<(Option<u32>, &[u8])> {
    let len = u32::from_ne_bytes(octets.get(..4)?.try_into().ok()?) as usize;
    let kind = u16::from_ne_bytes(octets.get(4..6)?.try_into().ok()?);
    if len < HEADER || kind == DONE {
        return None;
    }
    let next = octets.get(len.checked_next_multiple_of(4)?..).unwrap_or_default();
    let about_an_interface = matches!(
        kind,
        libc::RTM_NEWLINK | libc::RTM_DELLINK | libc::RTM_NEWADDR | libc::RTM_DELADDR
    );
    let index = octets.get(INDEX..INDEX + 4)?.try_into().ok().map(u32::from_ne_bytes);
    Some((index.filter(|_| about_an_interface), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(messages: &[(u16, u32)]) -> Vec<u8> {
        let mut octets = Vec::new();
        for (kind, index) in messages {
            octets.extend(32u32.to_ne_bytes());
            octets.extend(kind.to_ne_bytes());
            octets.extend([0; 14]);
            octets.extend(index.to_ne_bytes());
            octets.extend([0; 8]);
        }
        octets
    }

    #[test]
    fn a_report_names_the_interface_or_says_that_there_are_several() {
        let link = libc::RTM_NEWLINK;
        let address = libc::RTM_DELADDR;

        assert_eq!(change(&report(&[(link, 7)])), Some(LinkChange::Interface(7)));
        assert_eq!(change(&report(&[(link, 7), (address, 7)])), Some(LinkChange::Interface(7)));
        assert_eq!(change(&report(&[(link, 7), (address, 8)])), Some(LinkChange::Several));
        assert_eq!(change(&report(&[(libc::RTM_NEWROUTE, 7)])), None);
    }

    #[test]
    fn a_report_cut_anywhere_is_no_danger() {
        let whole = report(&[(libc::RTM_NEWLINK, 7)]);
        for len in 0..24 {
            assert_eq!(change(&whole[..len]), None);
        }
        assert_eq!(change(&[0; 64]), None);
        assert_eq!(change(&[0xff; 64]), None);
    }
}
