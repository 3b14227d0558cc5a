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

/// A `sockaddr_ll`: to whom on which interface, as which EtherType.
pub(crate) fn encode_packet(ethertype: u16, interface_index: u32, to: [u8; 6]) -> [u8; 20] {
    let mut name = [0; 20];
    name[..2].copy_from_slice(&(libc::AF_PACKET as libc::sa_family_t).to_ne_bytes());
    name[2..4].copy_from_slice(&ethertype.to_be_bytes());
    name[4..8].copy_from_slice(&interface_index.to_ne_bytes());
    name[11] = 6;
    name[12..18].copy_from_slice(&to);
    name
}

/// Who sent a frame, and whose it is (`PACKET_HOST` and so on).
#[derive(Clone, Copy, Debug)]
pub(crate) struct PacketName {
    pub(crate) kind: u8,
    pub(crate) mac: [u8; 6],
}

/// From a `sockaddr_ll`.
pub(crate) fn decode_packet(name: &Name) -> Option<PacketName> {
    let mut octets = [0; Name::SIZE];
    let len = name.octets(&mut octets);
    let family = libc::sa_family_t::from_ne_bytes([octets[0], octets[1]]);
    if len < 18 || i32::from(family) != libc::AF_PACKET || octets[11] != 6 {
        return None;
    }
    Some(PacketName { kind: octets[10], mac: octets[12..18].try_into().ok()? })
}
