//! Ethernet frames around a message.

use wire::DecodeError;
use wire::link::{Frame, LinkError, Transport};

const MESSAGE: [u8; 4] = [0x0b, 2, 0, 64];

fn ethernet(ethertype: &[u8], content: &[u8]) -> Vec<u8> {
    let addresses = [1, 0x1b, 0x19, 0, 0, 0, 2, 0x78, 0, 0, 1, 1];
    [&addresses[..], ethertype, content].concat()
}

fn udp(ports: [u16; 2], payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u16 + 8;
    let words = [ports[0], ports[1], length, 0];
    let header: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    [&header[..], payload].concat()
}

fn ipv4(options: &[u8], fragment: u16, content: &[u8]) -> Vec<u8> {
    let total = 20 + options.len() + content.len();
    let mut header = vec![0x45 + options.len() as u8 / 4, 0];
    header.extend((total as u16).to_be_bytes());
    header.extend([0, 0]);
    header.extend(fragment.to_be_bytes());
    header.extend([1, 17, 0, 0, 10, 78, 1, 1, 224, 0, 1, 129]);
    [&header[..], options, content].concat()
}

fn ipv6(next: u8, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0x60, 0, 0, 0];
    header.extend((content.len() as u16).to_be_bytes());
    header.extend([next, 1]);
    header.extend([0xfe; 32]);
    [&header[..], content].concat()
}

#[test]
fn a_message_is_found_in_ethernet_with_and_without_tags() {
    let plain = ethernet(&[0x88, 0xf7], &MESSAGE);
    let frame = Frame::parse(&plain).unwrap();
    assert_eq!((frame.payload, frame.at, frame.tags), (&MESSAGE[..], 14, [None, None]));
    assert_eq!(frame.destination, [1, 0x1b, 0x19, 0, 0, 0]);

    let tagged = ethernet(&[0x81, 0, 0x80, 5, 0x88, 0xf7], &MESSAGE);
    let frame = Frame::parse(&tagged).unwrap();
    assert_eq!((frame.payload, frame.at, frame.tags), (&MESSAGE[..], 18, [Some(0x8005), None]));

    let twice = ethernet(&[0x88, 0xa8, 0, 9, 0x81, 0, 0, 5, 0x88, 0xf7], &MESSAGE);
    assert_eq!(Frame::parse(&twice).unwrap().tags, [Some(9), Some(5)]);
}

#[test]
fn a_message_is_found_behind_ip_options_and_before_padding() {
    let datagram = ipv4(&[1, 1, 1, 0], 0x4000, &udp([319, 319], &MESSAGE));
    let padded = [ethernet(&[8, 0], &datagram), vec![0; 9]].concat();
    let frame = Frame::parse(&padded).unwrap();
    assert_eq!((frame.payload, frame.at), (&MESSAGE[..], 14 + 24 + 8));
    let addresses = [[10, 78, 1, 1], [224, 0, 1, 129]];
    assert_eq!(frame.transport, Transport::Udp4 { addresses, ports: [319, 319] });
}

#[test]
fn a_message_is_found_behind_ipv6_extensions() {
    let hop_by_hop = [&[60, 0, 5, 2, 0, 0, 0, 0][..], &[17, 1], &[0; 14]].concat();
    let content = [hop_by_hop, udp([320, 40_000], &MESSAGE)].concat();
    let octets = ethernet(&[0x86, 0xdd], &ipv6(0, &content));
    let frame = Frame::parse(&octets).unwrap();
    assert_eq!(frame.payload, MESSAGE);
    let addresses = [[0xfe; 16]; 2];
    assert_eq!(frame.transport, Transport::Udp6 { addresses, ports: [320, 40_000] });
}

#[test]
fn fragments_are_refused() {
    for fragment in [0x2000, 0x0001, 0x2001] {
        let octets = ethernet(&[8, 0], &ipv4(&[], fragment, &udp([319, 319], &MESSAGE)));
        assert_eq!(Frame::parse(&octets), Err(LinkError::Fragment { at: 20 }));
    }
    let octets = ethernet(&[0x86, 0xdd], &ipv6(44, &udp([319, 319], &MESSAGE)));
    assert_eq!(Frame::parse(&octets), Err(LinkError::Fragment { at: 54 }));
}

#[test]
fn other_traffic_is_not_ptp() {
    let mut tcp = ipv4(&[], 0, &udp([319, 319], &MESSAGE));
    tcp[9] = 6;
    let others = [
        ethernet(&[8, 6], &MESSAGE),
        ethernet(&[8, 0], &ipv4(&[], 0, &udp([123, 123], &MESSAGE))),
        ethernet(&[8, 0], &tcp),
        ethernet(&[0x86, 0xdd], &ipv6(58, &udp([319, 319], &MESSAGE))),
    ];
    for octets in others {
        assert_eq!(Frame::parse(&octets), Err(LinkError::NotPtp));
    }
}

#[test]
fn a_truncated_frame_is_an_error() {
    let frames = [
        ethernet(&[8, 0], &ipv4(&[1, 1, 1, 0], 0, &udp([319, 319], &MESSAGE))),
        ethernet(&[0x86, 0xdd], &ipv6(17, &udp([319, 319], &MESSAGE))),
    ];
    for octets in frames {
        for len in 0..octets.len() {
            let error = Frame::parse(&octets[..len]).unwrap_err();
            let truncated = matches!(
                error,
                LinkError::Malformed(DecodeError::Truncated { at, .. }) if at <= len
            );
            assert!(truncated, "{len}: {error:?}");
        }
    }
}

#[test]
fn lengths_that_contradict_are_errors() {
    let mut short_header = ipv4(&[], 0, &udp([319, 319], &MESSAGE));
    short_header[0] = 0x44;
    let mut short_total = ipv4(&[], 0, &udp([319, 319], &MESSAGE));
    short_total[3] = 19;
    let mut short_udp = ipv4(&[], 0, &udp([319, 319], &MESSAGE));
    short_udp[25] = 7;
    for datagram in [short_header, short_total, short_udp] {
        let error = Frame::parse(&ethernet(&[8, 0], &datagram).clone()).unwrap_err();
        assert!(matches!(error, LinkError::Malformed(DecodeError::Value { .. })), "{error:?}");
    }
}
