//! From an Ethernet frame to the PTP message in it, for captures and looped-back frames.
//!
//! Pure: it neither checks checksums nor knows addresses; who may talk is the driver's affair.

use core::fmt;

use crate::{DecodeError, Reader};

/// The EtherType of PTP (annex E).
pub const ETHERTYPE: u16 = 0x88f7;
/// The UDP port of messages whose times matter (annexes C and D).
pub const EVENT_PORT: u16 = 319;
/// The UDP port of all others (annexes C and D).
pub const GENERAL_PORT: u16 = 320;

/// An Ethernet frame with a PTP message in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frame<'a> {
    /// The destination's MAC address.
    pub destination: [u8; 6],
    /// The source's MAC address.
    pub source: [u8; 6],
    /// The tag control information of 802.1Q tags, outermost first.
    pub tags: [Option<u16>; 2],
    /// What carries the message.
    pub transport: Transport,
    /// The message, with whatever follows it.
    pub payload: &'a [u8],
    /// Which octet of the frame the message starts at.
    pub at: usize,
}

/// What carries a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transport {
    /// Ethernet itself.
    Ieee8023,
    /// UDP over IPv4.
    Udp4 {
        /// Source and destination addresses.
        addresses: [[u8; 4]; 2],
        /// Source and destination ports.
        ports: [u16; 2],
    },
    /// UDP over IPv6.
    Udp6 {
        /// Source and destination addresses.
        addresses: [[u8; 16]; 2],
        /// Source and destination ports.
        ports: [u16; 2],
    },
}

/// Why there is no message in a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LinkError {
    /// It is something else.
    NotPtp,
    /// A fragment, which PTP is never sent in.
    Fragment {
        /// Which octet of the frame says so.
        at: usize,
    },
    /// A header does not hold; octets count from the start of the frame.
    Malformed(DecodeError),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::NotPtp => f.write_str("not a PTP frame"),
            LinkError::Fragment { at } => write!(f, "octet {at}: a fragment"),
            LinkError::Malformed(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl core::error::Error for LinkError {}

impl From<DecodeError> for LinkError {
    fn from(error: DecodeError) -> LinkError {
        LinkError::Malformed(error)
    }
}

impl<'a> Frame<'a> {
    /// Finds the message in a frame that starts with the destination's MAC address.
    pub fn parse(octets: &'a [u8]) -> Result<Frame<'a>, LinkError> {
        let mut r = Reader::new(octets, 0);
        let destination = r.array("destination")?;
        let source = r.array("source")?;
        let mut tags = [None; 2];
        let mut ethertype = r.u16("ethertype")?;
        for tag in &mut tags {
            if !matches!(ethertype, 0x8100 | 0x88a8 | 0x9100) {
                break;
            }
            *tag = Some(r.u16("tag")?);
            ethertype = r.u16("ethertype")?;
        }
        let (transport, payload) = match ethertype {
            ETHERTYPE => (Transport::Ieee8023, r),
            0x0800 => ipv4(r)?,
            0x86dd => ipv6(r)?,
            _ => return Err(LinkError::NotPtp),
        };
        let (at, payload) = (payload.at(), payload.rest());
        Ok(Frame { destination, source, tags, transport, payload, at })
    }
}

const UDP: u8 = 17;

fn ipv4(mut r: Reader<'_>) -> Result<(Transport, Reader<'_>), LinkError> {
    let start = r;
    let version = r.u8("version")?;
    let header = usize::from(version & 0x0f) * 4;
    if version >> 4 != 4 || header < 20 {
        return Err(DecodeError::Value { field: "version", at: start.at() }.into());
    }
    r.u8("service")?;
    let total = usize::from(r.u16("totalLength")?);
    r.u16("identification")?;
    let fragment_at = r.at();
    let fragment = r.u16("fragmentOffset")?;
    r.u8("ttl")?;
    let protocol = r.u8("protocol")?;
    r.u16("checksum")?;
    let addresses = [r.array("sourceAddress")?, r.array("destinationAddress")?];
    if protocol != UDP {
        return Err(LinkError::NotPtp);
    }
    if fragment & 0x3fff != 0 {
        return Err(LinkError::Fragment { at: fragment_at });
    }
    r.octets("options", header - 20)?;
    if total < header {
        return Err(DecodeError::Value { field: "totalLength", at: start.at() + 2 }.into());
    }
    let content = bounded(r, total - header)?;
    let (ports, payload) = udp(content)?;
    Ok((Transport::Udp4 { addresses, ports }, payload))
}

fn ipv6(mut r: Reader<'_>) -> Result<(Transport, Reader<'_>), LinkError> {
    let start = r.at();
    if r.u32("version")? >> 28 != 6 {
        return Err(DecodeError::Value { field: "version", at: start }.into());
    }
    let length = usize::from(r.u16("payloadLength")?);
    let mut next = r.u8("nextHeader")?;
    r.u8("hopLimit")?;
    let addresses = [r.array("sourceAddress")?, r.array("destinationAddress")?];
    let mut r = bounded(r, length)?;
    // Hop-by-hop options, routing and destination options; each names what follows and its length.
    while matches!(next, 0 | 43 | 60) {
        next = r.u8("nextHeader")?;
        let length = usize::from(r.u8("headerExtensionLength")?);
        r.octets("extension", length * 8 + 6)?;
    }
    match next {
        UDP => {}
        44 => return Err(LinkError::Fragment { at: r.at() }),
        _ => return Err(LinkError::NotPtp),
    }
    let (ports, payload) = udp(r)?;
    Ok((Transport::Udp6 { addresses, ports }, payload))
}

fn udp(mut r: Reader<'_>) -> Result<([u16; 2], Reader<'_>), LinkError> {
    let start = r.at();
    let ports = [r.u16("sourcePort")?, r.u16("destinationPort")?];
    if !ports.iter().any(|port| matches!(*port, EVENT_PORT | GENERAL_PORT)) {
        return Err(LinkError::NotPtp);
    }
    let length = usize::from(r.u16("length")?);
    r.u16("checksum")?;
    let Some(length) = length.checked_sub(8) else {
        return Err(DecodeError::Value { field: "length", at: start + 4 }.into());
    };
    Ok((ports, bounded(r, length)?))
}

/// The next `len` octets, without the padding that follows.
fn bounded(mut r: Reader<'_>, len: usize) -> Result<Reader<'_>, DecodeError> {
    let at = r.at();
    Ok(Reader::new(r.octets("payload", len)?, at))
}
