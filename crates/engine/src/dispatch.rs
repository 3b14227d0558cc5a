//! Where a received frame goes: checks that need no state, then the instance and port it concerns.

use time::Stamp;
use wire::{
    Body, ClockIdentity, DecodeError, Flags, Message, MessageType, Packet, PortIdentity, Response,
    SdoId,
};

use crate::arrival::Arrival;
use crate::context::Context;
use crate::event::{Discard, Event, Heard};
use crate::follow_up::Information;
use crate::inout::RECEIVE_MAX;
use crate::instance::Instance;
use crate::link::{Link, Measured};
use crate::management::{self, Desk, Letter, Parts};
use crate::netsync;
use crate::place::{Channel, LinkState, Peer, PortIndex};
use crate::port_state::PortState;
use crate::settings::DelayMechanism;
use crate::state::State;
use crate::transmitter;
use crate::transparent::Transparent;
use crate::words::is_word;

pub(crate) fn on_frame(
    arrival: &Arrival<'_>,
    instances: &mut [Instance],
    links: &mut [Link],
    (transparent, desk): (Option<&mut Transparent>, &mut Desk),
    ctx: &mut Context<'_>,
) {
    let port = arrival.port;
    let around = transparent.is_some();
    let packet = match admit(arrival, instances) {
        Ok(packet) => packet,
        Err(Refusal::Discard(reason)) => return ctx.discard(port, reason),
        Err(Refusal::Heard(what)) => return ctx.event(Event::Heard { port, what }),
        Err(Refusal::OwnAnnounce(i, sender)) => {
            ctx.discard(port, Discard::OwnMessage);
            return instances[i].on_own_announce(port, sender, ctx);
        }
    };
    if let Some(transparent) = transparent
        && !pass_on(arrival, &packet, transparent, (instances, links), ctx)
    {
        return;
    }
    let common = packet.kind.is_peer_delay()
        && packet.header.sdo_id == SdoId::CMLDS
        && links.get(usize::from(port.0)).is_some_and(|link| link.settings.common);
    let ours = || instances.iter().position(|instance| is_for(&packet, instance));
    // The common service measures for every domain; the first instance's port is its name.
    let place = if common { Some(0) } else { ours() };
    let Some(place) = place else {
        if let Some(what) = instances[0].deviations.of_stranger(&packet.header) {
            ctx.event(Event::Deviation { port, source: packet.header.source, what });
        }
        let what = stranger(&packet, instances);
        return ctx.event(Event::Heard { port, what });
    };
    let message = match packet.message() {
        Ok(message) => message,
        Err(error) => return ctx.discard(port, Discard::Malformed(error)),
    };
    let at = usize::from(port.0);
    let Some(here) = instances[place].ports.get(at) else { return };
    let state = here.state.name();
    // Who is switched off can be switched on (9.2.5).
    let managed = packet.kind == MessageType::Management && state == PortState::Disabled;
    if !state.is_up() && !managed {
        return ctx.discard(port, Discard::State);
    }
    ctx.event(Event::Received { port, kind: packet.kind });
    let octets = &arrival.bytes[..arrival.bytes.len() - packet.trailing.len()];
    let parts = Parts { instances, place, links, transparent: around };
    take(&message, (arrival, octets), parts, desk, ctx);
}

/// A message that an instance has a use for.
fn take(
    message: &Message<'_>,
    (arrival, octets): (&Arrival<'_>, &[u8]),
    parts: Parts<'_>,
    desk: &mut Desk,
    ctx: &mut Context<'_>,
) {
    let (port, header) = (arrival.port, &message.header);
    if let Some(what) = parts.instances[parts.place].deviations.of(message) {
        ctx.event(Event::Deviation { port, source: header.source, what });
    }
    if let Body::Management(management) = &message.body {
        let (from, tlvs) = (arrival.from, message.tlvs);
        let letter = Letter { port, from, header, management, tlvs, octets };
        return management::on_message(&letter, parts, desk, ctx);
    }
    let Parts { instances, place, links, .. } = parts;
    let link = &mut links[usize::from(port.0)];
    let latency = link.settings.ingress_latency;
    let received = arrival.received.map(|stamp| Stamp { time: stamp.time - latency, ..stamp });
    let arrived = (port, arrival.from, received);
    if message.body.kind().is_peer_delay() {
        to_link(message, arrived, (instances, place), link, ctx);
        return tell_capable(link, instances, ctx);
    }
    if let Body::Signaling(target) = message.body {
        let said = (header, arrival.from, target, message.tlvs);
        return instances[place].on_signaling(port, said, link, ctx);
    }
    deliver(message, arrived, &mut instances[place], ctx);
    if matches!(message.body, Body::Sync(_) | Body::FollowUp(_)) {
        instances[place].track_ratio(port, link);
        instances[place].report_sync(port, link, ctx);
        instances[place].pass_sync_on(port, link, ctx);
    }
}

/// Tells the instances what became of the neighbour.
pub(crate) fn tell_capable(link: &mut Link, instances: &mut [Instance], ctx: &mut Context<'_>) {
    let Some(capable) = link.take_capable(ctx) else { return };
    for instance in instances {
        instance.on_across(link.index, capable, ctx);
    }
}

/// A transparent clock passes on what is right; whether the clock in it has a use for it too.
fn pass_on(
    arrival: &Arrival<'_>,
    packet: &Packet<'_>,
    transparent: &mut Transparent,
    (instances, links): (&[Instance], &[Link]),
    ctx: &mut Context<'_>,
) -> bool {
    let up = links.get(usize::from(arrival.port.0)).is_some_and(|l| l.state == LinkState::Up);
    let Some(message) = packet.message().ok().filter(|_| up) else {
        ctx.discard(arrival.port, Discard::State);
        return false;
    };
    // What is for one clock takes the network's way to it.
    if !packet.header.flags.has(Flags::UNICAST) {
        transparent.on_message((&message, arrival), links, ctx);
    }
    let ours = instances.iter().any(|instance| is_for(packet, instance));
    ours && transparent.is_for_us(packet.kind)
}

/// What a message is that is for none of us.
fn stranger(packet: &Packet<'_>, instances: &[Instance]) -> Heard {
    let theirs = packet.header.sdo_id;
    if instances.iter().any(|instance| instance.settings.sdo_id == theirs) {
        Heard::Domain(packet.header.domain)
    } else {
        Heard::SdoId(theirs)
    }
}

/// Whether it is of the instance's domain.
fn is_for(packet: &Packet<'_>, instance: &Instance) -> bool {
    (instance.settings.domain, instance.settings.sdo_id)
        == (packet.header.domain, packet.header.sdo_id)
}

enum Refusal {
    Discard(Discard),
    Heard(Heard),
    /// Of this instance's port.
    OwnAnnounce(usize, PortIdentity),
}

/// The checks that come before the body is read.
fn admit<'a>(arrival: &Arrival<'a>, instances: &[Instance]) -> Result<Packet<'a>, Refusal> {
    if arrival.bytes.len() >= RECEIVE_MAX {
        return Err(Refusal::Discard(Discard::Oversized));
    }
    let packet = Packet::parse(arrival.bytes).map_err(|error| match error {
        DecodeError::Version(version) => Refusal::Heard(Heard::Version(version)),
        error => Refusal::Discard(Discard::Malformed(error)),
    })?;
    let refuse = |reason| Err(Refusal::Discard(reason));
    let right_channel = match arrival.channel {
        Channel::Either => true,
        Channel::Event => packet.kind.is_event(),
        Channel::General => !packet.kind.is_event(),
    };
    if !right_channel {
        return refuse(Discard::Channel(packet.kind));
    }
    let source = packet.header.source;
    let own = |instance: &Instance| instance.settings.identity == source.clock;
    let here = |instance: &Instance| own(instance) && is_for(&packet, instance);
    // What is said by the way says nothing of wires.
    if packet.kind == MessageType::Announce
        && !packet.header.flags.has(Flags::ALTERNATE_TIME_TRANSMITTER)
        && let Some(i) = instances.iter().position(here)
    {
        return Err(Refusal::OwnAnnounce(i, source));
    }
    if instances.iter().any(own) {
        return refuse(Discard::OwnMessage);
    }
    let nobody = source.clock == ClockIdentity::ALL || source.clock == ClockIdentity::default();
    if nobody || source.port == 0 || source.port == u16::MAX {
        return refuse(Discard::SourceIdentity);
    }
    Ok(packet)
}

fn deliver(
    message: &Message<'_>,
    (port, from, received): (PortIndex, Peer, Option<Stamp>),
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) {
    let header = &message.header;
    let alternate = header.flags.has(Flags::ALTERNATE_TIME_TRANSMITTER);
    match &message.body {
        Body::Announce(announce) if alternate => {
            instance.on_alternate(port, from, (header, announce), ctx);
        }
        Body::Sync(_) | Body::FollowUp(_) | Body::DelayResp(_) if alternate => {
            ctx.discard(port, Discard::AlternateTransmitter);
        }
        Body::Announce(announce) => {
            if message.tlvs.iter().any(|tlv| is_word(tlv.kind)) {
                instance.hear_words(port, message.tlvs, ctx);
            }
            instance.on_announce(port, from, (header, announce, message.tlvs), ctx);
        }
        Body::Sync(_) | Body::FollowUp(_) | Body::DelayResp(_) | Body::DelayReq(_) => {
            if matches!(message.body, Body::Sync(_)) {
                instance.adopt(port, (header, from), ctx);
            }
            to_role(message, (port, from, received), instance, ctx);
        }
        body => ctx.discard(port, Discard::Unsupported(body.kind())),
    }
}

/// Messages that only one role has a use for.
fn to_role(
    message: &Message<'_>,
    (index, from, received): (PortIndex, Peer, Option<Stamp>),
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) {
    let port = &mut instance.ports[usize::from(index.0)];
    let header = &message.header;
    let e2e = port.uses(DelayMechanism::E2e);
    if matches!(message.body, Body::Sync(_)) {
        port.hears_sync(header.source, ctx.now);
    }
    if port.settings.options.net_sync_monitor && matches!(message.body, Body::DelayReq(_)) {
        match netsync::asks(header, message.tlvs) {
            Ok(true) => return port.answer_net_sync((header, from), received, ctx),
            Ok(false) => {}
            Err(error) => return ctx.discard(index, Discard::Malformed(error)),
        }
    }
    port.hear_ratio(message, ctx);
    let answers = port.answers((header.source, from), header.flags, ctx.now);
    let syncs = port.alternates.as_ref().is_some_and(|alternates| alternates.syncs());
    let (state, site) = port.at_work();
    match (&message.body, state) {
        (Body::DelayReq(_) | Body::DelayResp(_), _) if !e2e => {
            ctx.discard(index, Discard::Mechanism);
        }
        (Body::DelayReq(_), State::TimeTransmitter(_)) if !answers => {
            ctx.discard(index, Discard::NotGranted);
        }
        (Body::DelayReq(_), State::TimeTransmitter(_)) => {
            transmitter::answer_delay_req(&site, (header, from), received, ctx);
        }
        (Body::DelayReq(_), _) if syncs && !header.flags.has(Flags::UNICAST) => {
            transmitter::answer_delay_req(&site, (header, from), received, ctx);
        }
        (Body::Sync(origin), State::Uncalibrated(receiver) | State::TimeReceiver(receiver)) => {
            receiver.on_sync(&site, header, *origin, received, ctx);
        }
        (Body::FollowUp(origin), State::Uncalibrated(receiver) | State::TimeReceiver(receiver)) => {
            receiver.information = Information::of(message.tlvs);
            receiver.on_follow_up(&site, header, *origin, ctx);
        }
        (
            Body::DelayResp(response),
            State::Uncalibrated(receiver) | State::TimeReceiver(receiver),
        ) if response.requesting == site.identity => {
            receiver.on_delay_resp(&site, header, response, ctx);
        }
        // Answers to others are everyday multicast traffic, and no port answers what it does not
        // transmit: neither is worth a word.
        (Body::DelayResp(_) | Body::DelayReq(_), _) => {}
        _ => ctx.discard(index, Discard::State),
    }
}

/// Messages of the peer delay service.
fn to_link(
    message: &Message<'_>,
    (port, from, received): (PortIndex, Peer, Option<Stamp>),
    (instances, place): (&mut [Instance], usize),
    link: &mut Link,
    ctx: &mut Context<'_>,
) {
    let heard = matches!(message.body, Body::PdelayReq(_));
    if heard && instances[place].ports[usize::from(port.0)].on_pdelay_req() {
        link.run(true, ctx.now);
    }
    let answers = !heard
        || instances[place].ports[usize::from(port.0)].answers(
            (message.header.source, from),
            message.header.flags,
            ctx.now,
        );
    let here = &instances[place].ports[usize::from(port.0)];
    if !here.uses(DelayMechanism::P2p) {
        return ctx.discard(port, Discard::Mechanism);
    }
    let header = &message.header;
    let ours = |response: &Response| response.requesting == here.identity;
    let measured = match &message.body {
        Body::PdelayReq(_) if !answers => {
            ctx.discard(port, Discard::NotGranted);
            None
        }
        Body::PdelayReq(_) => {
            link.on_request(here.instance, (header, from), received, ctx);
            None
        }
        Body::PdelayResp(response) if ours(response) => {
            link.on_response(header, response, received, ctx)
        }
        Body::PdelayRespFollowUp(response) if ours(response) => {
            link.on_response_follow_up(header, response, ctx)
        }
        body => {
            ctx.discard(port, Discard::Unmatched(body.kind()));
            None
        }
    };
    publish(instances, port, measured, ctx);
}

/// Hands a measurement of the link to the instances that follow over it.
pub(crate) fn publish(
    instances: &[Instance],
    port: PortIndex,
    measured: Option<Measured>,
    ctx: &mut Context<'_>,
) {
    let Some((stamp, exchange)) = measured else { return };
    for instance in instances {
        let here = &instance.ports[usize::from(port.0)];
        if let Some(receiver) = here.state.receiver().filter(|_| here.uses(DelayMechanism::P2p)) {
            receiver.link_measured((here.instance, here.identity.port), &stamp, exchange, ctx);
        }
    }
}

/// Messages whose stamps are owed, for events.
pub(crate) const fn purpose_kind(purpose: &crate::ticket::Purpose) -> MessageType {
    use crate::ticket::Purpose;
    match purpose {
        Purpose::Sync { .. } | Purpose::UnicastSync { .. } | Purpose::NetSync { .. } => {
            MessageType::Sync
        }
        Purpose::DelayReq { .. } => MessageType::DelayReq,
        Purpose::PdelayReq { .. } => MessageType::PdelayReq,
        Purpose::PdelayResp { .. } => MessageType::PdelayResp,
        Purpose::Passage { kind, .. } => *kind,
    }
}
