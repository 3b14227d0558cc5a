//! From a reply that is due to the octets of its message (15.4).

use time::{LogInterval, Span};
use wire::{
    Body, Flags, Header, InitializationKey, Initialize, Management, ManagementAction,
    ManagementBody, ManagementError, ManagementErrorStatus, ManagementId, Message, TlvBody,
    TlvWriter,
};

use super::scene::Scene;
use super::{clock, np, option, port};
use crate::inout::FRAME_LEN;
use crate::outbox::Draft;
use crate::place::Peer;
use crate::reply::Reply;

/// Octets of the TLV: of a frame less the headers of UDP over IPv6 and the message around it.
const ANSWER_MAX: usize = FRAME_LEN - 48 - 48;

/// Writes the message and says how long it is.
pub(crate) fn compose(
    (draft, reply): (&Draft, &Reply),
    scene: &Scene<'_>,
    frame: &mut [u8; FRAME_LEN],
) -> usize {
    let mut octets = [0; ANSWER_MAX];
    let mut tlvs = TlvWriter::new(&mut octets);
    let mut space = [0; ANSWER_MAX];
    let said = reply.outcome.and_then(|()| {
        let body = TlvBody::Management(body(reply, scene, &mut space)?);
        body.encode(&mut tlvs).map_err(|_| ManagementError::RESPONSE_TOO_BIG)
    });
    if let Err(error) = said {
        let status = ManagementErrorStatus { error, id: reply.id, display: None };
        TlvBody::ManagementErrorStatus(status).encode(&mut tlvs).expect("a refusal is short");
    }
    let settings = &scene.instance.settings;
    let link = &scene.links[usize::from(draft.link.0)];
    let header = Header {
        sdo_id: settings.sdo_id,
        minor_version: link.version.minor(settings.minor_version),
        domain: reply.domain,
        flags: Flags::default().with(Flags::UNICAST, draft.to != Peer::None),
        correction: Span::ZERO,
        type_specific: 0,
        source: scene.port(reply).identity,
        sequence_id: draft.sequence,
        control: if link.settings.gptp { 0 } else { draft.content.kind().control() },
        log_interval: LogInterval::NONE,
    };
    let management = Management {
        target: reply.target,
        starting_boundary_hops: reply.hops,
        boundary_hops: reply.hops,
        action: reply.action,
    };
    let message = Message { header, body: Body::Management(management), tlvs: tlvs.tlvs() };
    message.encode(frame).expect("a frame holds what we compose")
}

fn body<'a>(
    reply: &Reply,
    scene: &Scene<'a>,
    space: &'a mut [u8],
) -> Result<ManagementBody<'a>, ManagementError> {
    let id = reply.id;
    let key = InitializationKey::INITIALIZE_EVENT;
    match reply.action {
        ManagementAction::ACKNOWLEDGE if id == ManagementId::INITIALIZE => {
            return Ok(ManagementBody::Initialize(Initialize { key }));
        }
        ManagementAction::ACKNOWLEDGE => return Ok(ManagementBody::Empty(id)),
        _ if id == ManagementId::NULL_PTP_MANAGEMENT => return Ok(ManagementBody::Empty(id)),
        _ => {}
    }
    let plain = clock::data(reply, scene).or_else(|| port::data(reply, scene));
    let plain = plain.or_else(|| option::data(reply, scene)).or_else(|| np::data(reply, scene));
    match plain {
        Some(body) => Ok(body),
        None => option::table(reply, scene, space)?.ok_or(ManagementError::NOT_SUPPORTED),
    }
}
