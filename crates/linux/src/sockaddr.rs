//! Addresses in the kernel's form and out of it.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use crate::message::Name;

/// A `sockaddr_in`.
pub(crate) fn encode4(address: SocketAddrV4) -> [u8; 16] {
    let mut name = [0; 16];
    name[..2].copy_from_slice(&(libc::AF_INET as libc::sa_family_t).to_ne_bytes());
    name[2..4].copy_from_slice(&address.port().to_be_bytes());
    name[4..8].copy_from_slice(&address.ip().octets());
    name
}

/// From a `sockaddr_in`.
pub(crate) fn decode4(name: &Name) -> Option<SocketAddrV4> {
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

/// A `sockaddr_in6`.
pub(crate) fn encode6(address: SocketAddrV6) -> [u8; 28] {
    let mut name = [0; 28];
    name[..2].copy_from_slice(&(libc::AF_INET6 as libc::sa_family_t).to_ne_bytes());
    name[2..4].copy_from_slice(&address.port().to_be_bytes());
    name[8..24].copy_from_slice(&address.ip().octets());
    name[24..].copy_from_slice(&address.scope_id().to_ne_bytes());
    name
}

/// From a `sockaddr_in6`.
pub(crate) fn decode6(name: &Name) -> Option<SocketAddrV6> {
    let mut octets = [0; Name::SIZE];
    let len = name.octets(&mut octets);
    let family = libc::sa_family_t::from_ne_bytes([octets[0], octets[1]]);
    if len < 28 || i32::from(family) != libc::AF_INET6 {
        return None;
    }
    let port = u16::from_be_bytes([octets[2], octets[3]]);
    let ip: [u8; 16] = octets[8..24].try_into().ok()?;
    let scope = u32::from_ne_bytes(octets[24..28].try_into().ok()?);
    Some(SocketAddrV6::new(Ipv6Addr::from(ip), port, 0, scope))
}
