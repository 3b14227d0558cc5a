//! The message that asks, and what of an answer is read.

use time::{LogInterval, Span};
use wire::{
    Body, ClockIdentity, Flags, Header, Management, ManagementAction, ManagementErrorStatus,
    ManagementId, Message, MessageType, PortIdentity, Tlv, TlvBody, TlvType, TlvWriter,
};

use super::arguments::Asked;

/// An answer as it came.
pub(super) struct Answer {
    /// Where from, in words.
    pub(super) from: String,
    pub(super) source: PortIdentity,
    pub(super) action: ManagementAction,
    /// The value of its TLV.
    pub(super) value: Vec<u8>,
    kind: TlvType,
}

impl Answer {
    /// Why it was refused, if it was.
    pub(super) fn error(&self) -> Option<ManagementErrorStatus<'_>> {
        match TlvBody::decode(&self.tlv()) {
            Ok(TlvBody::ManagementErrorStatus(status)) => Some(status),
            _ => None,
        }
    }

    pub(super) const fn tlv(&self) -> Tlv<'_> {
        Tlv { kind: self.kind, value: self.value.as_slice(), at: 0 }
    }
}

/// Who we are: not the clock on this machine, which takes no messages of its own.
pub(super) fn own_identity(mac: [u8; 6]) -> PortIdentity {
    let [a, b, c, d, e, f] = mac;
    let clock = ClockIdentity([a | 0x02, b, c, 0xff, 0xfd, d, e, f]);
    PortIdentity { clock, port: (std::process::id() % 0xfffe) as u16 + 1 }
}

/// The sequenceId of the only message that we send.
const SEQUENCE: u16 = 1;

pub(super) fn question(asked: &Asked, source: PortIdentity) -> Result<Vec<u8>, String> {
    let mut octets = [0; 1452];
    let mut tlvs = TlvWriter::new(&mut octets);
    let too_long = |_| "that is more than a message can carry".to_owned();
    tlvs.add(TlvType::MANAGEMENT, |w| {
        w.u16(asked.id.0)?;
        w.octets(&asked.data)
    })
    .map_err(too_long)?;
    let management = Management {
        target: asked.target,
        starting_boundary_hops: asked.hops,
        boundary_hops: asked.hops,
        action: asked.action,
    };
    let header = Header {
        sdo_id: asked.sdo_id,
        minor_version: u8::from(asked.sdo_id.0 & 0xff != 0),
        domain: asked.domain,
        flags: Flags::default().with(Flags::UNICAST, asked.to.is_some()),
        correction: Span::ZERO,
        type_specific: 0,
        source,
        sequence_id: SEQUENCE,
        control: MessageType::Management.control(),
        log_interval: LogInterval::NONE,
    };
    let message = Message { header, body: Body::Management(management), tlvs: tlvs.tlvs() };
    let mut frame = [0; wire::FRAME_MAX];
    let len = message.encode(&mut frame).map_err(too_long)?;
    Ok(frame[..len].to_vec())
}

/// The answer in a message that came in, if it is one to us.
pub(super) fn answer(
    octets: &[u8],
    from: String,
    asked: &Asked,
    own: PortIdentity,
) -> Option<Answer> {
    let message = Message::decode(octets).ok()?;
    let Body::Management(management) = message.body else { return None };
    let answers =
        [ManagementAction::RESPONSE, ManagementAction::ACKNOWLEDGE].contains(&management.action);
    let ours = management.target == own && message.header.sequence_id == SEQUENCE;
    let header = &message.header;
    if !answers || !ours || header.domain != asked.domain || header.sdo_id != asked.sdo_id {
        return None;
    }
    let tlv = message.tlvs.iter().next()?;
    let id_at = if tlv.kind == TlvType::MANAGEMENT { 0 } else { 2 };
    let id = tlv.value.get(id_at..id_at + 2)?;
    if ManagementId(u16::from_be_bytes([id[0], id[1]])) != asked.id {
        return None;
    }
    Some(Answer {
        from,
        source: header.source,
        action: management.action,
        value: tlv.value.to_vec(),
        kind: tlv.kind,
    })
}
