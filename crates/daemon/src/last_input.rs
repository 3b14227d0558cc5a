//! What was handled last, for the line that a defect ends with.

use std::fmt::Write;
use std::sync::Mutex;

use engine::Input;

/// Octets of a frame that are kept.
const KEPT_MAX: usize = 256;

static LAST: Mutex<Last> = Mutex::new(Last::NOTHING);

struct Last {
    what: &'static str,
    port: Option<u8>,
    octets: [u8; KEPT_MAX],
    len: usize,
}

impl Last {
    const NOTHING: Last = Last { what: "nothing", port: None, octets: [0; KEPT_MAX], len: 0 };
}

/// Keeps what of an input would be needed to give it again.
pub(crate) fn note(input: &Input<'_>) {
    let Ok(mut last) = LAST.try_lock() else { return };
    let (what, port, bytes): (_, _, &[u8]) = match input {
        Input::Timeout => ("timeout", None, &[]),
        Input::Frame { port, bytes, .. } => ("frame", Some(port.0), bytes),
        Input::Sent { .. } => ("transmit stamp", None, &[]),
        Input::StampLost { .. } => ("lost stamp", None, &[]),
        Input::Link { port, .. } => ("link", Some(port.0), &[]),
        Input::Servo { .. } => ("estimate", None, &[]),
        Input::Local { body, .. } => ("management request", None, body.tlv),
    };
    let len = bytes.len().min(KEPT_MAX);
    last.what = what;
    last.port = port;
    last.octets[..len].copy_from_slice(&bytes[..len]);
    last.len = len;
}

/// What was kept, in words and as hexadecimal that `zeitgeber decode` reads.
pub(crate) fn describe() -> String {
    let Ok(last) = LAST.try_lock() else { return "unknown".to_owned() };
    let mut text = last.what.to_owned();
    if let Some(port) = last.port {
        let _ = write!(text, " on port {}", u32::from(port) + 1);
    }
    for (i, octet) in last.octets[..last.len].iter().enumerate() {
        let _ = write!(text, "{}{octet:02x}", if i == 0 { ": " } else { "" });
    }
    text
}

#[cfg(test)]
mod tests {
    use engine::{Channel, Peer, PortIndex};

    use super::*;

    #[test]
    fn the_last_frame_is_told_with_its_port_and_no_more_than_the_limit() {
        let (port, from, channel) = (PortIndex(1), Peer::None, Channel::General);
        note(&Input::Frame { port, from, channel, bytes: &[0xab, 0x02, 0], received: None });
        assert_eq!(describe(), "frame on port 2: ab0200");
        note(&Input::Frame { port, from, channel, bytes: &[7; 2048], received: None });
        assert_eq!(describe().len(), "frame on port 2: ".len() + 2 * KEPT_MAX);
        note(&Input::Timeout);
        assert_eq!(describe(), "timeout");
    }
}
