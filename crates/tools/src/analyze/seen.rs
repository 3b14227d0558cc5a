//! The PTP messages of a capture, with the moments at which they passed.

use time::{Span, Timestamp};
use wire::{Body, Header, MessageType, Packet, PortIdentity};

use crate::decode::{frames, locate};

/// A message that passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// The frame's number in the file, from 1.
    pub(crate) frame: usize,
    /// When it passed, on the clock of the capture.
    pub(crate) at: Timestamp,
    pub(crate) kind: MessageType,
    pub(crate) header: Header,
    pub(crate) body: Body,
}

/// What was in a file.
pub(crate) struct Capture {
    pub(crate) seen: Vec<Seen>,
    pub(crate) frames: usize,
    /// PTP messages that could not be decoded, and the first of them.
    pub(crate) undecodable: Option<(usize, usize, String)>,
}

/// What speaks of one thing: a domain, a port and a kind of message.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Stream {
    pub(crate) domain: u8,
    pub(crate) port: PortIdentity,
    /// The message's number, which orders them.
    pub(crate) kind: u8,
}

impl Seen {
    pub(crate) fn stream(&self) -> Stream {
        let Header { domain, source, .. } = self.header;
        Stream { domain, port: source, kind: self.kind.number() }
    }

    /// The message's place in its stream.
    pub(crate) fn sequence(&self) -> u16 {
        self.header.sequence_id
    }
}

/// All messages of a capture, in its order; of one domain if that is wanted.
pub(crate) fn read(file: &[u8], domain: Option<u8>) -> Result<Capture, String> {
    let frames = frames(file)?;
    let mut capture = Capture { seen: Vec::new(), frames: frames.len(), undecodable: None };
    for (frame, captured) in (1..).zip(&frames) {
        let Ok((_, octets)) = locate(captured) else { continue };
        let Some((seconds, nanos)) = captured.time else {
            return Err("frames without times say nothing of time; give a capture".to_owned());
        };
        let packet = Packet::parse(octets);
        match packet.and_then(|packet| Ok((packet.kind, packet.message()?))) {
            Ok((kind, message)) => {
                let at = Timestamp::new(seconds as i64, nanos);
                let (header, body) = (message.header, message.body);
                if domain.is_none_or(|domain| header.domain == domain) {
                    capture.seen.push(Seen { frame, at, kind, header, body });
                }
            }
            Err(error) => {
                let first = (0, frame, error.to_string());
                capture.undecodable.get_or_insert(first).0 += 1;
            }
        }
    }
    Ok(capture)
}

/// In seconds; only for differences.
pub(crate) fn seconds(span: Span) -> f64 {
    span.scaled() as f64 / 65_536e9
}
