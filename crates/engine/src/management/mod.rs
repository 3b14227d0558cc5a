//! Management messages: who is meant, how far they go, and what is answered (clause 15).
//!
//! What changes something is in `change`; the answers' data is put together when they are polled.

mod answer;
mod change;
mod clock;
mod np;
mod option;
mod port;
mod scene;
mod table;

use core::ops::Range;

use alloc::boxed::Box;
use time::Mono;
use wire::{
    ClockIdentity, Flags, Header, Management, ManagementAction, ManagementBody, ManagementError,
    ManagementGet, ManagementId, MessageType, PortIdentity, Scope, Tlv, TlvType, Tlvs,
};

use crate::allowance::Allowance;
use crate::alternate::ALTERNATES_MAX;
use crate::context::Context;
use crate::event::{Discard, Event};
use crate::fault_log::FaultLog;
use crate::inout::{FRAME_LEN, ManagementRequest};
use crate::instance::Instance;
use crate::link::Link;
use crate::management_settings::Access;
use crate::metadata_flow::of_organization;
use crate::outbox::{Content, Draft};
use crate::place::{Peer, PortIndex};
use crate::port_state::PortState;
use crate::reply::{Reply, RequestId};
use crate::settings::Settings;

pub(crate) use answer::compose;
pub(crate) use change::switch_port;
pub(crate) use scene::Scene;

/// What is kept for management messages.
#[derive(Debug)]
pub(crate) struct Desk {
    allowance: Allowance,
    pub(crate) faults: FaultLog,
    /// The message that is passed on; its copies are polled before the next input.
    passed: Box<[u8]>,
    passed_len: usize,
}

impl Desk {
    pub(crate) fn new(settings: &Settings, now: Mono) -> Desk {
        // Who has one port passes nothing on.
        let room = if settings.links.len() > 1 { FRAME_LEN } else { 0 };
        Desk {
            allowance: Allowance::new(now),
            faults: FaultLog::new(),
            passed: alloc::vec![0; room].into(),
            passed_len: 0,
        }
    }

    /// The message that is passed on.
    pub(crate) fn passed(&self) -> &[u8] {
        &self.passed[..self.passed_len]
    }
}

/// A management message that came in.
pub(crate) struct Letter<'a> {
    pub(crate) port: PortIndex,
    pub(crate) from: Peer,
    pub(crate) header: &'a Header,
    pub(crate) management: &'a Management,
    pub(crate) tlvs: Tlvs<'a>,
    /// All of it.
    pub(crate) octets: &'a [u8],
}

/// Whom a question concerns.
pub(crate) struct Parts<'a> {
    pub(crate) instances: &'a mut [Instance],
    /// Which of them.
    pub(crate) place: usize,
    pub(crate) links: &'a mut [Link],
    /// Whether a transparent clock is around it.
    pub(crate) transparent: bool,
}

/// What is asked, and by whom.
struct Question<'a> {
    action: ManagementAction,
    /// The port that it is about.
    port: u16,
    tlv: Tlv<'a>,
    may_write: bool,
    /// Where the answer leaves, and to whom.
    link: PortIndex,
    to: Peer,
    from: Peer,
    asker: PortIdentity,
    sequence: u16,
    domain: u8,
    hops: u8,
    request: Option<RequestId>,
}

/// A management message in the domain of an instance (15.3).
pub(crate) fn on_message(
    letter: &Letter<'_>,
    mut parts: Parts<'_>,
    desk: &mut Desk,
    ctx: &mut Context<'_>,
) {
    let Letter { port, header, management, .. } = *letter;
    let instance = &mut parts.instances[parts.place];
    let answers = instance.settings.management.access != Access::Off;
    let own = instance.settings.identity;
    let ours = management.target.clock == own;
    let in_unicast = header.flags.has(Flags::UNICAST);
    if !ours && !in_unicast && !parts.transparent && answers {
        pass_on(letter, instance, desk, ctx);
    }
    if !ours && management.target.clock != ClockIdentity::ALL {
        return;
    }
    if management.action == ManagementAction::COMMAND
        && let Some(tlv) = of_organization(letter.tlvs)
    {
        return instance.on_metadata(port, (header, &tlv), ctx);
    }
    if !answers {
        return ctx.discard(port, Discard::Unsupported(MessageType::Management));
    }
    match management.action {
        ManagementAction::GET | ManagementAction::SET | ManagementAction::COMMAND => {}
        ManagementAction::RESPONSE | ManagementAction::ACKNOWLEDGE => return,
        _ => return ctx.discard(port, Discard::ManagementForm),
    }
    let Some(tlv) = only(letter.tlvs) else {
        return ctx.discard(port, Discard::ManagementForm);
    };
    let question = Question {
        action: management.action,
        port: management.target.port,
        tlv,
        may_write: instance.settings.management.lets_write(letter.from),
        link: port,
        to: if in_unicast { letter.from } else { Peer::None },
        from: letter.from,
        asker: header.source,
        sequence: header.sequence_id,
        domain: header.domain,
        hops: management.starting_boundary_hops.saturating_sub(management.boundary_hops),
        request: None,
    };
    let silent = is_off(&parts, port);
    answer(&question, &mut parts, desk, silent, ctx);
}

/// The driver asks for something itself.
pub(crate) fn on_local(
    request: RequestId,
    asked: &ManagementRequest<'_>,
    mut parts: Parts<'_>,
    desk: &mut Desk,
    ctx: &mut Context<'_>,
) {
    let settings = &parts.instances[parts.place].settings;
    let question = Question {
        action: asked.action,
        port: asked.port,
        tlv: Tlv { kind: TlvType::MANAGEMENT, value: asked.tlv, at: 48 },
        may_write: true,
        link: PortIndex(0),
        to: Peer::None,
        from: Peer::None,
        asker: PortIdentity { clock: settings.identity, port: 0 },
        sequence: request.0 as u16,
        domain: settings.domain,
        hops: 0,
        request: Some(request),
    };
    answer(&question, &mut parts, desk, false, ctx);
}

/// Whether a port may say nothing because it is switched off (9.2.5).
fn is_off(parts: &Parts<'_>, port: PortIndex) -> bool {
    let port = &parts.instances[parts.place].ports[usize::from(port.0)];
    port.state.name() == PortState::Disabled
}

/// The management TLV, which is alone but for an AUTHENTICATION TLV after it (15.4).
fn only(tlvs: Tlvs<'_>) -> Option<Tlv<'_>> {
    let mut all = tlvs.iter();
    let tlv = all.next().filter(|tlv| tlv.kind == TlvType::MANAGEMENT && tlv.value.len() >= 2)?;
    let signed = all.next().is_none_or(|next| next.kind == TlvType::AUTHENTICATION);
    (signed && all.next().is_none()).then_some(tlv)
}

/// A boundary clock passes on what may go further, one hop less (15.3.3).
fn pass_on(letter: &Letter<'_>, instance: &Instance, desk: &mut Desk, ctx: &mut Context<'_>) {
    let carries = |place: usize| {
        matches!(
            instance.ports[place].state.name(),
            PortState::TimeTransmitter
                | PortState::PreTimeTransmitter
                | PortState::Uncalibrated
                | PortState::TimeReceiver
        )
    };
    let ingress = usize::from(letter.port.0);
    let others = || (0..instance.ports.len()).filter(|place| *place != ingress && carries(*place));
    if letter.management.boundary_hops == 0 || !carries(ingress) || others().next().is_none() {
        return;
    }
    let len = letter.octets.len();
    let Some(copy) = desk.passed.get_mut(..len) else { return };
    if !desk.allowance.spend(others().count(), ctx.now) {
        return ctx.discard(letter.port, Discard::ManagementLimit);
    }
    copy.copy_from_slice(letter.octets);
    copy[BOUNDARY_HOPS] = letter.management.boundary_hops - 1;
    desk.passed_len = len;
    for place in others() {
        ctx.send(Draft {
            instance: instance.index,
            link: PortIndex(place as u8),
            to: Peer::None,
            sequence: letter.header.sequence_id,
            ticket: None,
            content: Content::PassManagement,
        });
    }
}

/// Where boundaryHops is (Table 56).
const BOUNDARY_HOPS: usize = 34 + 11;

fn answer(
    question: &Question<'_>,
    parts: &mut Parts<'_>,
    desk: &mut Desk,
    was_off: bool,
    ctx: &mut Context<'_>,
) {
    let id = ManagementId(u16::from_be_bytes([question.tlv.value[0], question.tlv.value[1]]));
    let (ports, ahead) = match check(question, id, parts) {
        Ok(ports) => (ports, None),
        Err(error) => (only_at(question.link), Some(error)),
    };
    if question.request.is_none() && !desk.allowance.spend(ports.len(), ctx.now) {
        return ctx.discard(question.link, Discard::ManagementLimit);
    }
    let mut outcomes = [Ok(()); PORTS_MAX];
    let mut key = 0;
    let done = match ahead {
        Some(error) => Err(error),
        None if question.action == ManagementAction::GET => key_of(question).map(|of| key = of),
        None => {
            let body = body_of(question, id);
            key = body.as_ref().map_or(0, change::key_of);
            body.map(|body| {
                for (at, outcome) in ports.clone().zip(&mut outcomes) {
                    *outcome = match question.action {
                        ManagementAction::SET => change::set(&body, at, parts, ctx),
                        _ => change::command(id, at, parts, desk, ctx),
                    };
                }
                if outcomes[..ports.len()].contains(&Ok(())) {
                    tell(question, id, parts, ctx);
                }
            })
        }
    };
    if was_off && is_off(parts, question.link) {
        return;
    }
    for (at, outcome) in ports.zip(outcomes) {
        let outcome = done.and(outcome);
        reply(question, (id, key), (at, outcome), parts, ctx);
    }
}

/// Ports an instance has at most.
const PORTS_MAX: usize = 16;

const fn only_at(link: PortIndex) -> Range<usize> {
    link.0 as usize..link.0 as usize + 1
}

/// The ports that answer, counted from 0, if the action is one that the id has here (15.4.1.6,
/// 15.5.4).
fn check(
    question: &Question<'_>,
    id: ManagementId,
    parts: &Parts<'_>,
) -> Result<Range<usize>, ManagementError> {
    let asks = question.action == ManagementAction::GET;
    if !asks && !question.may_write {
        return Err(ManagementError::NOT_SUPPORTED);
    }
    let row = id.row().ok_or(ManagementError::NO_SUCH_ID)?;
    if option::is_absent(id, parts.transparent) {
        return Err(ManagementError::NOT_SUPPORTED);
    }
    let action = match question.action {
        ManagementAction::GET => wire::Actions::GET,
        ManagementAction::SET => wire::Actions::SET,
        _ => wire::Actions::COMMAND,
    };
    if !row.actions.has(action) {
        let readable = row.actions.has(wire::Actions::GET);
        let sets = question.action == ManagementAction::SET;
        return Err(if sets && readable {
            ManagementError::NOT_SETABLE
        } else {
            ManagementError::NOT_SUPPORTED
        });
    }
    if question.action == ManagementAction::SET && option::is_fixed(id) {
        return Err(ManagementError::NOT_SETABLE);
    }
    let ports = parts.instances[parts.place].ports.len();
    match (row.scope, usize::from(question.port)) {
        (Scope::Clock, _) => Ok(only_at(question.link)),
        (Scope::Port, 0xffff) => Ok(0..ports),
        (Scope::Port, port) if (1..=ports).contains(&port) => Ok(port - 1..port),
        (Scope::Port, _) => Err(ManagementError::WRONG_VALUE),
    }
}

/// keyField of a GET.
fn key_of(question: &Question<'_>) -> Result<u8, ManagementError> {
    let get = ManagementGet::decode(&question.tlv).map_err(|_| ManagementError::WRONG_LENGTH)?;
    let key = get.key.unwrap_or(0);
    if usize::from(key) < ALTERNATES_MAX { Ok(key) } else { Err(ManagementError::WRONG_VALUE) }
}

/// What a SET or COMMAND says.
fn body_of<'a>(
    question: &Question<'a>,
    id: ManagementId,
) -> Result<ManagementBody<'a>, ManagementError> {
    let body = ManagementBody::decode(&question.tlv).map_err(|error| match error {
        wire::DecodeError::Value { .. } => ManagementError::WRONG_VALUE,
        _ => ManagementError::WRONG_LENGTH,
    })?;
    let length = id.row().and_then(|row| row.length).map(usize::from);
    let said = question.tlv.value.len() - 2;
    let empty = matches!(body, ManagementBody::Empty(_)) && length != Some(0);
    if empty || length.is_some_and(|length| length != said) {
        return Err(ManagementError::WRONG_LENGTH);
    }
    Ok(body)
}

/// The driver may want to keep it.
fn tell(question: &Question<'_>, id: ManagementId, parts: &Parts<'_>, ctx: &mut Context<'_>) {
    let of_port = id.row().is_some_and(|row| row.scope == Scope::Port);
    if id == ManagementId::NULL_PTP_MANAGEMENT {
        return;
    }
    ctx.event(Event::Managed {
        instance: parts.place as u8,
        port: if of_port { question.port } else { 0 },
        action: question.action,
        id,
        from: question.from,
        request: question.request,
    });
}

fn reply(
    question: &Question<'_>,
    (id, key): (ManagementId, u8),
    (port, outcome): (usize, Result<(), ManagementError>),
    parts: &Parts<'_>,
    ctx: &mut Context<'_>,
) {
    let reply = Reply {
        target: question.asker,
        domain: question.domain,
        hops: question.hops,
        action: match question.action {
            ManagementAction::COMMAND => ManagementAction::ACKNOWLEDGE,
            _ => ManagementAction::RESPONSE,
        },
        port: port as u8,
        id,
        key,
        outcome,
        request: question.request,
    };
    ctx.send(Draft {
        instance: parts.place as u8,
        link: question.link,
        to: question.to,
        sequence: question.sequence,
        ticket: None,
        content: Content::Managed(reply),
    });
}
