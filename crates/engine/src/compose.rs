//! From what was decided to octets.

use time::{LogInterval, Span, Timestamp};
use wire::{
    Announce, Body, EncodeError, Flags, Header, HeaderMut, Management, ManagementAction, Message,
    MessageType, OrganizationBody, Pad, PortIdentity, Response, SdoId, TlvBody, TlvType, TlvWriter,
};

use crate::accuracy;
use crate::inout::FRAME_LEN;
use crate::instance::{Instance, PATH_MAX, own_parent};
use crate::link::Link;
use crate::netsync;
use crate::options::EVENT_LENGTH_MAX;
use crate::outbox::{Content, Draft, Forward};
use crate::place::{Channel, Destination, Peer};
use crate::port::Port;
use crate::power::Power;
use crate::propagated::TLVS_MAX;
use crate::reachable;
use crate::standing_by::flagged;
use crate::words::REACHABLE_LEN;

// A PATH_TRACE of all clocks and ourselves, and the power profiles', leave room for what is passed on.
const _: () =
    assert!(4 + 8 * (PATH_MAX + 1) + Power::LEN_MAX + accuracy::LEN + REACHABLE_LEN < TLVS_MAX);

/// To every clock on the wire and no further, and nobody is to answer.
const TO_ALL: Management = Management {
    target: PortIdentity::ALL,
    starting_boundary_hops: 0,
    boundary_hops: 0,
    action: ManagementAction::COMMAND,
};

/// Writes the frame and says how long it is.
pub(crate) fn compose(
    draft: &Draft,
    instance: &Instance,
    link: &Link,
    frame: &mut [u8; FRAME_LEN],
) -> usize {
    let port = &instance.ports[usize::from(draft.link.0)];
    let mut octets = [0; TLVS_MAX];
    let mut tlvs = TlvWriter::new(&mut octets);
    let stands_by = port.stands_by(draft);
    let (flags, correction, body) = content(draft, (instance, stands_by), link);
    let flags = flagged(flags.with(Flags::UNICAST, draft.to != Peer::None), stands_by);
    attach(draft, instance, port, &mut tlvs).expect("there is room for all of it");
    if draft.content.kind().is_event() {
        pad(draft.content.kind(), port.settings.options.event_length, &mut tlvs);
    }
    let tlvs = tlvs.tlvs();
    let header = header(draft, instance, (port, link), flags, correction);
    Message { header, body, tlvs }.encode(frame).expect("a frame holds what we compose")
}

/// What a message carries besides its body.
fn attach(
    draft: &Draft,
    instance: &Instance,
    port: &Port,
    tlvs: &mut TlvWriter<'_>,
) -> Result<(), EncodeError> {
    match draft.content {
        Content::Announce { .. } if port.stands_by(draft) => Ok(()),
        Content::Announce { .. } => {
            if instance.settings.path_trace && instance.path().len() < PATH_MAX {
                add_path(tlvs, instance);
            }
            if let Some(power) = instance.power() {
                power.write(tlvs)?;
            }
            if let Some(accuracy) = instance.accuracy() {
                TlvBody::EnhancedAccuracy(accuracy).encode(tlvs)?;
            }
            reachable::write(port, tlvs)?;
            instance.write_more(tlvs)
        }
        Content::FollowUp { information, .. } => {
            if let Some(information) = information {
                let body = OrganizationBody::FollowUpInformation(information.body());
                let kind = TlvType::ORGANIZATION_EXTENSION;
                TlvBody::Organization { kind, body }.encode(tlvs)?;
            }
            instance.write_ratio(tlvs)
        }
        Content::OneStepSync => instance.write_ratio(tlvs),
        Content::Metadata(said) => {
            let body = OrganizationBody::SynchronizationMetadata(said);
            let kind = TlvType::ORGANIZATION_EXTENSION;
            TlvBody::Organization { kind, body }.encode(tlvs)
        }
        Content::Signaling(signals) => signals.write(tlvs),
        Content::NetSyncResp { .. } => netsync::write(instance, port, draft.to, tlvs),
        Content::Report(report) => match &port.monitor {
            Some(monitor) => monitor.write(report, tlvs),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Makes an event message as long as it is to be at least (14.4.2). A PAD takes four octets itself.
fn pad(kind: MessageType, least: u16, tlvs: &mut TlvWriter<'_>) {
    let body = if kind.is_peer_delay() { 54 } else { 44 };
    let lacks = least.min(EVENT_LENGTH_MAX) as usize;
    let lacks = lacks.saturating_sub(body + tlvs.tlvs().octets().len());
    if lacks > 0 {
        let len = lacks.saturating_sub(4).next_multiple_of(2) as u16;
        TlvBody::Pad(Pad { len }).encode(tlvs).expect("there is room for it");
    }
}

/// Copies a frame that is passed on, changed where it must be (10.2, 10.3).
pub(crate) fn pass_on(
    octets: &[u8],
    forward: &Forward,
    frame: &mut [u8; FRAME_LEN],
) -> Option<usize> {
    let copy = frame.get_mut(..octets.len())?;
    copy.copy_from_slice(octets);
    let mut header = HeaderMut::new(copy).ok()?;
    header.add_correction(forward.grows);
    if matches!(forward.kind, MessageType::Sync | MessageType::PdelayResp) {
        let flags = header.flags();
        header.set_flags(flags.with(Flags::TWO_STEP, true));
    }
    if let Some(steps) = forward.steps {
        header.set_steps_removed(steps).ok()?;
    }
    Some(octets.len())
}

/// To whom and through which channel a message goes.
pub(crate) const fn route(draft: &Draft) -> (Destination, Channel) {
    let (group, channel) = in_multicast(&draft.content);
    match draft.to {
        Peer::None => (group, channel),
        peer => (Destination::Unicast(peer), channel),
    }
}

const fn in_multicast(content: &Content) -> (Destination, Channel) {
    match content {
        Content::Sync | Content::OneStepSync | Content::DelayReq => {
            (Destination::Multicast, Channel::Event)
        }
        Content::Announce { .. }
        | Content::FollowUp { .. }
        | Content::DelayResp { .. }
        | Content::NetSyncResp { .. }
        | Content::Managed(_)
        | Content::Metadata(_)
        | Content::PassManagement
        | Content::Signaling(_)
        | Content::Report(_) => (Destination::Multicast, Channel::General),
        Content::PdelayReq | Content::PdelayResp { .. } => {
            (Destination::PeerMulticast, Channel::Event)
        }
        Content::PdelayRespFollowUp { .. } => (Destination::PeerMulticast, Channel::General),
        Content::Forward(forward) => {
            let to = if forward.kind.is_peer_delay() {
                Destination::PeerMulticast
            } else {
                Destination::Multicast
            };
            (to, if forward.kind.is_event() { Channel::Event } else { Channel::General })
        }
    }
}

fn add_path(tlvs: &mut TlvWriter<'_>, instance: &Instance) {
    let own = &instance.settings.identity;
    let clocks = instance.path().iter().chain(core::iter::once(own));
    tlvs.add(TlvType::PATH_TRACE, |w| clocks.into_iter().try_for_each(|clock| w.octets(&clock.0)))
        .expect("there is room for all of them");
}

fn header(
    draft: &Draft,
    instance: &Instance,
    (port, link): (&Port, &Link),
    flags: Flags,
    correction: Span,
) -> Header {
    let kind = draft.content.kind();
    let gptp = link.settings.gptp;
    let log_interval = match draft.content {
        // As IEEE 802.1AS has it (11.4.2.9 there).
        Content::PdelayReq if gptp => link.settings.pdelay,
        Content::Announce { interval } => interval,
        // What goes to one clock only has an interval where both agreed upon it (Table 42).
        _ if draft.to != Peer::None => LogInterval::NONE,
        Content::Sync | Content::OneStepSync | Content::FollowUp { .. } => port.sync_interval(),
        Content::DelayResp { .. } => port.settings.min_delay_req,
        _ => LogInterval::NONE,
    };
    let domain = match draft.content {
        Content::PdelayResp { answer, .. } | Content::PdelayRespFollowUp { answer, .. } => {
            answer.domain
        }
        Content::PdelayReq if link.settings.common => 0,
        _ => instance.settings.domain,
    };
    let sdo_id = match draft.content {
        Content::PdelayResp { answer, .. } | Content::PdelayRespFollowUp { answer, .. } => {
            answer.sdo_id
        }
        Content::PdelayReq if link.settings.common => SdoId::CMLDS,
        _ => instance.settings.sdo_id,
    };
    Header {
        sdo_id,
        minor_version: link.version.minor(instance.settings.minor_version),
        domain,
        flags,
        correction,
        type_specific: 0,
        source: port.identity,
        sequence_id: draft.sequence,
        control: if gptp { 0 } else { kind.control() },
        log_interval,
    }
}

/// The flags, correctionField and body (9.5, 11.3, 11.4).
fn content(
    draft: &Draft,
    (instance, stands_by): (&Instance, bool),
    link: &Link,
) -> (Flags, Span, Body) {
    let none = Flags::default();
    let asymmetry = instance.ports[usize::from(draft.link.0)].asymmetry();
    let respond = |time: Timestamp, requesting: PortIdentity| Response { time, requesting };
    match draft.content {
        Content::Announce { .. } if stands_by => {
            (instance.settings.time.flags, Span::ZERO, announce_own(instance))
        }
        Content::Announce { .. } => (instance.announce_flags(), Span::ZERO, announce(instance)),
        Content::Sync => (Flags::TWO_STEP, Span::ZERO, Body::Sync(Timestamp::ZERO)),
        // Whoever inserts the time knows nothing of what lies between its stamp and the departure.
        Content::OneStepSync => (none, link.settings.egress_latency, Body::Sync(Timestamp::ZERO)),
        Content::FollowUp { origin, correction, .. } => (none, correction, Body::FollowUp(origin)),
        Content::DelayReq => (none, -asymmetry, Body::DelayReq(Timestamp::ZERO)),
        Content::DelayResp { received, correction, requesting }
        | Content::NetSyncResp { received, correction, requesting } => {
            let correction = correction - received.fraction();
            (none, correction, Body::DelayResp(respond(received, requesting)))
        }
        Content::Report(_) => (none, Span::ZERO, Body::Signaling(PortIdentity::ALL)),
        Content::Signaling(signals) => (none, Span::ZERO, Body::Signaling(signals.target)),
        Content::PdelayReq => (none, -link.settings.asymmetry, Body::PdelayReq(Timestamp::ZERO)),
        Content::PdelayResp { received, answer } => {
            let body = Body::PdelayResp(respond(received, answer.requesting));
            let fraction = received.fraction();
            // IEEE 802.1AS adds what IEEE 1588 takes away (11.4.3 here, 11.4.2.3 there).
            let theirs = link.settings.gptp && answer.sdo_id != SdoId::CMLDS;
            let correction = if theirs { fraction } else { -fraction };
            (Flags::TWO_STEP, correction, body)
        }
        Content::Metadata(_) => (none, Span::ZERO, Body::Management(TO_ALL)),
        Content::Forward(_) | Content::PassManagement | Content::Managed(_) => {
            unreachable!("what is passed on is not composed, and answers are elsewhere")
        }
        Content::PdelayRespFollowUp { sent, answer } => {
            let body = Body::PdelayRespFollowUp(respond(sent, answer.requesting));
            (none, answer.correction + sent.fraction(), body)
        }
    }
}

/// As if we led in our own name (17.3.3).
fn announce_own(instance: &Instance) -> Body {
    let (own, time) = (own_parent(&instance.settings), &instance.settings.time);
    Body::Announce(Announce {
        origin: Timestamp::ZERO,
        utc_offset: time.utc_offset,
        priority1: own.priority1,
        quality: own.quality,
        priority2: own.priority2,
        grandmaster: own.grandmaster,
        steps_removed: 0,
        time_source: time.time_source,
    })
}

fn announce(instance: &Instance) -> Body {
    let parent = &instance.parent;
    Body::Announce(Announce {
        origin: Timestamp::ZERO,
        utc_offset: instance.time.utc_offset,
        priority1: parent.priority1,
        quality: parent.quality,
        priority2: parent.priority2,
        grandmaster: parent.grandmaster,
        steps_removed: instance.current.steps_removed,
        time_source: instance.time.time_source,
    })
}
