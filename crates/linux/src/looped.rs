//! What the error queue returns of a datagram that was sent: the frame as it left, from its link
//! layer's header on, in which the payload has to be found.

use core::net::{Ipv4Addr, SocketAddrV4};
use core::ops::Range;

const ETHERNET_HEADER: usize = 14;
const VLAN_TAG: usize = 4;
const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_VLAN: u16 = 0x8100;
const ETHERTYPE_PROVIDER_VLAN: u16 = 0x88a8;
const PROTOCOL_UDP: u8 = 17;
const UDP_HEADER: usize = 8;
/// A tag of the provider's and one of the customer's.
const VLAN_TAGS_MAX: usize = 2;

/// Where in a frame its UDP payload is, and where the frame was sent to.
///
/// The frame begins with an Ethernet header with up to two VLAN tags or, on interfaces without a
/// link layer, with the IPv4 header.
pub(crate) fn udp4_payload(frame: &[u8]) -> Option<(Range<usize>, SocketAddrV4)> {
    ethernet_payload(frame)
        .and_then(|start| ipv4_payload(frame, start))
        .or_else(|| ipv4_payload(frame, 0))
}

/// Where the IPv4 header begins.
fn ethernet_payload(frame: &[u8]) -> Option<usize> {
    let mut start = ETHERNET_HEADER;
    for _ in 0..=VLAN_TAGS_MAX {
        match u16_at(frame, start - 2)? {
            ETHERTYPE_IPV4 => return Some(start),
            ETHERTYPE_VLAN | ETHERTYPE_PROVIDER_VLAN => start += VLAN_TAG,
            _ => return None,
        }
    }
    None
}

fn ipv4_payload(frame: &[u8], start: usize) -> Option<(Range<usize>, SocketAddrV4)> {
    let header = frame.get(start..)?;
    let (version, header_len) = (header.first()? >> 4, usize::from(header[0] & 0xf) * 4);
    if version != 4 || header_len < 20 || header.get(9) != Some(&PROTOCOL_UDP) {
        return None;
    }
    let address: [u8; 4] = header.get(16..20)?.try_into().ok()?;
    let udp = start + header_len;
    let port = u16_at(frame, udp + 2)?;
    let len = usize::from(u16_at(frame, udp + 4)?).checked_sub(UDP_HEADER)?;
    let payload = udp + UDP_HEADER..udp + UDP_HEADER + len;
    let whole = payload.end <= frame.len();
    whole.then(|| (payload, SocketAddrV4::new(Ipv4Addr::from(address), port)))
}

fn u16_at(octets: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_be_bytes(octets.get(offset..offset + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From RFC 791 and RFC 768: a UDP datagram to 224.0.1.129:319 with the payload "PTP!".
    const DATAGRAM: [u8; 32] = [
        0x45, 0, 0, 32, 0, 1, 0x40, 0, 1, 17, 0, 0, 192, 0, 2, 1, 224, 0, 1, 129, // IPv4
        0x01, 0x3f, 0x01, 0x3f, 0, 12, 0, 0, b'P', b'T', b'P', b'!', // UDP
    ];

    fn payload_of(frame: &[u8]) -> Option<&[u8]> {
        let (payload, to) = udp4_payload(frame)?;
        assert_eq!(to, SocketAddrV4::new(Ipv4Addr::new(224, 0, 1, 129), 319));
        Some(&frame[payload])
    }

    #[test]
    fn the_payload_is_found_behind_every_link_layer() {
        let macs = [0u8; 12];
        let tag = [0x81, 0, 0x20, 5];
        let provider_tag = [0x88, 0xa8, 0, 9];
        let ipv4 = [8, 0];
        let payload = Some(&b"PTP!"[..]);

        assert_eq!(payload_of(&[&macs[..], &ipv4, &DATAGRAM].concat()), payload);
        assert_eq!(payload_of(&[&macs[..], &tag, &ipv4, &DATAGRAM].concat()), payload);
        let double = [&macs[..], &provider_tag, &tag, &ipv4, &DATAGRAM].concat();
        assert_eq!(payload_of(&double), payload);
        assert_eq!(payload_of(&DATAGRAM), payload);
    }

    #[test]
    fn padding_is_not_payload() {
        let frame = [&[0; 12][..], &[8, 0], &DATAGRAM, &[0; 14]].concat();
        assert_eq!(payload_of(&frame), Some(&b"PTP!"[..]));
    }

    #[test]
    fn a_frame_cut_anywhere_has_no_payload() {
        let frame = [&[0; 12][..], &[8, 0], &DATAGRAM].concat();
        for len in 0..frame.len() {
            assert_eq!(udp4_payload(&frame[..len]), None, "{len}");
        }
    }

    #[test]
    fn options_are_skipped_and_other_protocols_refused() {
        let mut options = DATAGRAM.to_vec();
        options[0] = 0x46;
        options.splice(20..20, [1; 4]);
        assert_eq!(payload_of(&options), Some(&b"PTP!"[..]));

        let mut tcp = DATAGRAM;
        tcp[9] = 6;
        assert_eq!(udp4_payload(&tcp), None);
    }
}
