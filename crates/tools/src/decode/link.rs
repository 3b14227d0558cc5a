//! Where in a captured frame the message is, and what carried it.

use std::net::{Ipv4Addr, Ipv6Addr};

use wire::Packet;
use wire::link::{Frame, LinkError, Transport};

use super::input::{Captured, Start};

/// What carried the message, in words, and the message.
pub(crate) fn locate(captured: &Captured) -> Result<(Option<String>, &[u8]), LinkError> {
    let octets = &captured.octets[..];
    let frame = match captured.start {
        Start::Ethernet => Frame::parse(octets)?,
        // Its last twelve octets and the EtherType are where Ethernet has them, two octets later.
        Start::Cooked => Frame::parse(octets.get(2..).unwrap_or_default())?,
        Start::Cooked2 => return cooked2(octets),
        Start::Either => match Frame::parse(octets) {
            Ok(frame) if Packet::parse(octets).is_err() => frame,
            _ => return Ok((None, octets)),
        },
    };
    let words = if captured.start == Start::Cooked { cooked_words(&frame) } else { words(&frame) };
    Ok((Some(words), frame.payload))
}

/// The EtherType comes first, then 18 octets of other things.
fn cooked2(octets: &[u8]) -> Result<(Option<String>, &[u8]), LinkError> {
    let ethertype = octets.get(..2).unwrap_or_default();
    let content = octets.get(20..).unwrap_or_default();
    let frame = [&[0; 12], ethertype, content].concat();
    let frame = Frame::parse(&frame)?;
    let payload = octets.get(frame.at + 6..frame.at + 6 + frame.payload.len());
    Ok((Some(cooked_words(&frame)), payload.unwrap_or_default()))
}

fn words(frame: &Frame<'_>) -> String {
    let mut words = format!("{} > {}", mac(frame.source), mac(frame.destination));
    for tag in frame.tags.iter().flatten() {
        words += &format!(" vlan {} priority {}", tag & 0xfff, tag >> 13);
    }
    format!("{words} {}", cooked_words(frame))
}

/// Without the addresses of Ethernet, which the "any" interface does not have.
fn cooked_words(frame: &Frame<'_>) -> String {
    match frame.transport {
        Transport::Ieee8023 => "IEEE 802.3".to_string(),
        Transport::Udp4 { addresses, ports } => {
            let [source, destination] = addresses.map(Ipv4Addr::from);
            format!("UDP {source}:{} > {destination}:{}", ports[0], ports[1])
        }
        Transport::Udp6 { addresses, ports } => {
            let [source, destination] = addresses.map(Ipv6Addr::from);
            format!("UDP [{source}]:{} > [{destination}]:{}", ports[0], ports[1])
        }
    }
}

fn mac(address: [u8; 6]) -> String {
    let [a, b, c, d, e, f] = address;
    format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
}
