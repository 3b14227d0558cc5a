//! What the error queue returns of a datagram that was sent: the frame as it left, from its link
//! layer's header on, in which the payload has to be found.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::ops::Range;

const ETHERNET_HEADER: usize = 14;
const VLAN_TAG: usize = 4;
const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;
pub(crate) const ETHERTYPE_PTP: u16 = 0x88f7;
const ETHERTYPE_VLAN: u16 = 0x8100;
const ETHERTYPE_PROVIDER_VLAN: u16 = 0x88a8;
const PROTOCOL_UDP: u8 = 17;
const UDP_HEADER: usize = 8;
const IPV6_HEADER: usize = 40;
/// A tag of the provider's and one of the customer's.
const VLAN_TAGS_MAX: usize = 2;
/// As many extension headers as a node need expect before those of the transport.
const EXTENSIONS_MAX: usize = 6;
/// Extension headers of a length in their second octet (RFC 8200, 4): hop-by-hop options, routing,
/// destination options.
const EXTENSIONS: [u8; 3] = [0, 43, 60];

/// The UDP payload of a frame, and where the frame was sent to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UdpPayload {
    pub(crate) payload: Range<usize>,
    pub(crate) to: IpAddr,
    pub(crate) port: u16,
}

/// Where in a frame its UDP payload is.
///
/// The frame begins with an Ethernet header with up to two VLAN tags or, on interfaces without a
/// link layer, with the IP header.
pub(crate) fn udp_payload(frame: &[u8]) -> Option<UdpPayload> {
    let at_once = || ipv4_payload(frame, 0).or_else(|| ipv6_payload(frame, 0));
    match ethernet_payload(frame) {
        Some((ETHERTYPE_IPV4, start)) => ipv4_payload(frame, start).or_else(at_once),
        Some((ETHERTYPE_IPV6, start)) => ipv6_payload(frame, start).or_else(at_once),
        _ => at_once(),
    }
}

/// Where in an Ethernet frame its PTP message is, padding included, and where it was sent to.
pub(crate) fn ethernet_ptp(frame: &[u8]) -> Option<(Range<usize>, [u8; 6])> {
    match ethernet_payload(frame)? {
        (ETHERTYPE_PTP, start) => Some((start..frame.len(), *frame.first_chunk()?)),
        _ => None,
    }
}

/// What follows the Ethernet header, and where it begins.
fn ethernet_payload(frame: &[u8]) -> Option<(u16, usize)> {
    let mut start = ETHERNET_HEADER;
    for _ in 0..=VLAN_TAGS_MAX {
        match u16_at(frame, start - 2)? {
            ETHERTYPE_VLAN | ETHERTYPE_PROVIDER_VLAN => start += VLAN_TAG,
            ethertype => return Some((ethertype, start)),
        }
    }
    None
}

fn ipv4_payload(frame: &[u8], start: usize) -> Option<UdpPayload> {
    let header = frame.get(start..)?;
    let (version, header_len) = (header.first()? >> 4, usize::from(header[0] & 0xf) * 4);
    if version != 4 || header_len < 20 || header.get(9) != Some(&PROTOCOL_UDP) {
        return None;
    }
    let address: [u8; 4] = header.get(16..20)?.try_into().ok()?;
    payload_at(frame, start + header_len, IpAddr::V4(Ipv4Addr::from(address)))
}

fn ipv6_payload(frame: &[u8], start: usize) -> Option<UdpPayload> {
    let header = frame.get(start..start + IPV6_HEADER)?;
    if header[0] >> 4 != 6 {
        return None;
    }
    let address: [u8; 16] = header[24..40].try_into().ok()?;
    let (mut next, mut at) = (header[6], start + IPV6_HEADER);
    for _ in 0..EXTENSIONS_MAX {
        if !EXTENSIONS.contains(&next) {
            break;
        }
        let len = 8 + usize::from(*frame.get(at + 1)?) * 8;
        next = *frame.get(at)?;
        at += len;
    }
    if next != PROTOCOL_UDP {
        return None;
    }
    payload_at(frame, at, IpAddr::V6(Ipv6Addr::from(address)))
}

fn payload_at(frame: &[u8], udp: usize, to: IpAddr) -> Option<UdpPayload> {
    let port = u16_at(frame, udp + 2)?;
    let len = usize::from(u16_at(frame, udp + 4)?).checked_sub(UDP_HEADER)?;
    let payload = udp + UDP_HEADER..udp + UDP_HEADER + len;
    let whole = payload.end <= frame.len();
    whole.then_some(UdpPayload { payload, to, port })
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
        let found = udp_payload(frame)?;
        assert_eq!((found.to.to_string().as_str(), found.port), ("224.0.1.129", 319));
        Some(&frame[found.payload])
    }

    /// From RFC 8200 and RFC 768: the same over IPv6 to FF0E::181, with `before` in front of UDP.
    fn datagram6(first: u8, before: &[u8]) -> Vec<u8> {
        let mut octets = vec![0x60, 0, 0, 0, 0, 12 + before.len() as u8, first, 1];
        octets.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        octets.extend([0xff, 0x0e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x81]);
        octets.extend(before);
        octets.extend([0x01, 0x3f, 0x01, 0x3f, 0, 12, 0, 0, b'P', b'T', b'P', b'!']);
        octets
    }

    #[test]
    fn the_payload_is_found_behind_the_headers_of_ipv6() {
        let found = |frame: &[u8]| {
            let found = udp_payload(frame)?;
            assert_eq!((found.to.to_string().as_str(), found.port), ("ff0e::181", 319));
            Some(frame[found.payload].to_vec())
        };
        let payload = Some(b"PTP!".to_vec());
        let hop_by_hop = [60, 0, 5, 2, 0, 0, 1, 0];
        let destination = [17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let both = datagram6(0, &[&hop_by_hop[..], &destination].concat());
        let ethernet = [&[0; 12][..], &[0x86, 0xdd], &both].concat();

        assert_eq!(found(&datagram6(17, &[])), payload);
        assert_eq!(found(&both), payload);
        assert_eq!(found(&ethernet), payload);
        for len in 0..ethernet.len() {
            assert_eq!(found(&ethernet[..len]), None, "{len}");
        }
        assert_eq!(found(&datagram6(44, &[17, 0, 0, 0, 0, 0, 0, 0])), None, "a fragment");
        let endless = datagram6(60, &[60, 0, 1, 4, 0, 0, 0, 0].repeat(7));
        assert_eq!(found(&endless), None);
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
    fn a_ptp_message_is_found_in_an_ethernet_frame() {
        let group = [1, 0x1b, 0x19, 0, 0, 0];
        let plain = [&group[..], &[2; 6], &[0x88, 0xf7], b"PTP!"].concat();
        let tagged = [&group[..], &[2; 6], &[0x81, 0, 0xe0, 0, 0x88, 0xf7], b"PTP!"].concat();

        for frame in [&plain, &tagged] {
            let (payload, to) = ethernet_ptp(frame).unwrap();
            assert_eq!((&frame[payload], to), (&b"PTP!"[..], group));
        }
        for len in 0..14 {
            assert_eq!(ethernet_ptp(&plain[..len]), None);
        }
        let ipv4 = [&[0; 12][..], &[8, 0], &DATAGRAM].concat();
        assert_eq!(ethernet_ptp(&ipv4), None);
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
            assert_eq!(udp_payload(&frame[..len]), None, "{len}");
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
        assert_eq!(udp_payload(&tcp), None);
    }
}
