//! A transparent clock: passes on what it hears and says how long that took (clause 10).
//!
//! Event messages leave as two-step messages: their residence time goes into the message that
//! follows them. Whatever is passed on was checked as a whole first, and only the message itself is
//! sent again.

use time::{Span, Stamp};
use wire::{Body, EnhancedAccuracy, Flags, Header, Message, MessageType, Response, Tlvs};

use crate::accuracy;
use crate::arrival::Arrival;
use crate::context::Context;
use crate::event::Discard;
use crate::frame_store::{FrameSlot, FrameStore};
use crate::link::Link;
use crate::outbox::{Content, Draft, Forward};
use crate::passage::{Key, PassageId, Passages, Passing};
use crate::place::{LinkState, Peer, PortIndex};
use crate::settings::{DelayMechanism, Settings, TransparentSettings};
use crate::ticket::Purpose;

/// Messages that are remembered, against those that run in circles.
const SEEN_MAX: usize = 64;

#[derive(Debug)]
pub(crate) struct Transparent {
    pub(crate) settings: TransparentSettings,
    pub(crate) frames: FrameStore,
    passages: Passages,
    seen: [Option<(Key, PortIndex)>; SEEN_MAX],
    next_seen: usize,
    /// What of inaccuracy is our own.
    accuracy: Option<EnhancedAccuracy>,
}

impl Transparent {
    pub(crate) fn new(settings: TransparentSettings, engine: &Settings) -> Transparent {
        let ports = engine.links.len();
        Transparent {
            accuracy: engine.instances.first().and_then(|instance| instance.accuracy),
            settings,
            frames: FrameStore::new(settings.frames),
            passages: Passages::new(usize::from(settings.frames) * ports.max(2)),
            seen: [None; SEEN_MAX],
            next_seen: 0,
        }
    }

    /// Passes a message on.
    pub(crate) fn on_message(
        &mut self,
        (message, arrival): (&Message<'_>, &Arrival<'_>),
        links: &[Link],
        ctx: &mut Context<'_>,
    ) {
        let e2e = self.settings.mechanism == DelayMechanism::E2e;
        match &message.body {
            // The peer delay mechanism measures from neighbour to neighbour: we answer ourselves.
            body if body.kind().is_peer_delay() && !e2e => {}
            Body::DelayReq(_) | Body::DelayResp(_) if !e2e => {
                ctx.discard(arrival.port, Discard::Mechanism);
            }
            Body::Sync(_) | Body::DelayReq(_) | Body::PdelayReq(_) => {
                self.pass_event((message, arrival), links, ctx);
            }
            Body::PdelayResp(response) => {
                self.pass_pdelay_resp((message, arrival), response, links, ctx);
            }
            Body::FollowUp(_) => {
                let key = Key::new(MessageType::Sync, message.header.source, &message.header);
                self.follow(arrival, key, ctx);
            }
            Body::DelayResp(response) => self.pass_delay_resp((message, arrival), response, ctx),
            Body::PdelayRespFollowUp(response) => {
                let key = Key::new(MessageType::PdelayResp, response.requesting, &message.header);
                self.follow(arrival, key, ctx);
            }
            Body::Announce(announce) => {
                let steps = self.settings.spanning_tree.then(|| announce.steps_removed + 1);
                self.pass_plain((message, arrival), steps, links, ctx);
            }
            Body::Signaling(_) | Body::Management(_) => {
                self.pass_plain((message, arrival), None, links, ctx);
            }
        }
    }

    /// Whether the clock in us has a use for such messages too.
    pub(crate) fn is_for_us(&self, kind: MessageType) -> bool {
        match self.settings.mechanism {
            DelayMechanism::P2p => true,
            _ => !kind.is_peer_delay(),
        }
    }

    /// Announce, signaling and management leave as they came.
    fn pass_plain(
        &mut self,
        (message, arrival): (&Message<'_>, &Arrival<'_>),
        steps: Option<u16>,
        links: &[Link],
        ctx: &mut Context<'_>,
    ) {
        let key = Key::new(message.body.kind(), message.header.source, &message.header);
        if self.circles(key, arrival.port) {
            return ctx.discard(arrival.port, Discard::Duplicate);
        }
        let Some(slot) = self.keep(arrival, ctx) else { return };
        if let (Body::Announce(_), Some(own)) = (&message.body, &self.accuracy) {
            let copy = self.frames.octets_mut(slot);
            if let Err(error) = accuracy::through_transparent(message, own, copy) {
                ctx.discard(arrival.port, Discard::Malformed(error));
            }
        }
        for egress in others(arrival.port, links) {
            let forward = Forward { slot, kind: key.kind, grows: Span::ZERO, steps };
            self.send(egress, forward, None, ctx);
        }
    }

    /// Sync and requests leave at once; their residence time is known when they left.
    fn pass_event(
        &mut self,
        (message, arrival): (&Message<'_>, &Arrival<'_>),
        links: &[Link],
        ctx: &mut Context<'_>,
    ) {
        let (header, kind) = (&message.header, message.body.kind());
        let Some(received) = received(arrival, links) else {
            return ctx.discard(arrival.port, Discard::NoStamp);
        };
        let key = Key::new(kind, header.source, header);
        if self.circles(key, arrival.port) {
            return ctx.discard(arrival.port, Discard::Duplicate);
        }
        let Some(slot) = self.keep(arrival, ctx) else { return };
        let inward = &links[usize::from(arrival.port.0)];
        for egress in others(arrival.port, links) {
            let besides = match kind {
                MessageType::Sync => inward.settings.asymmetry + self.link_delay(inward),
                _ => -links[usize::from(egress.0)].settings.asymmetry,
            };
            let (ingress, owes) = (arrival.port, None);
            let passing = Passing { key, ingress, egress, received, besides, owes };
            let Some(id) = self.pass(&passing, slot, ctx) else { continue };
            if let Body::Sync(origin) = message.body
                && !header.flags.has(Flags::TWO_STEP)
            {
                self.await_made(id, &follow_up(header, Body::FollowUp(origin)), ctx);
            }
        }
    }

    /// A Pdelay_Resp goes to where its request came from.
    fn pass_pdelay_resp(
        &mut self,
        (message, arrival): (&Message<'_>, &Arrival<'_>),
        response: &Response,
        links: &[Link],
        ctx: &mut Context<'_>,
    ) {
        let header = &message.header;
        let asked = Key::new(MessageType::PdelayReq, response.requesting, header);
        let Some(request) = self.passages.leaving(asked, arrival.port, ctx.now) else {
            return ctx.discard(arrival.port, Discard::Unmatched(MessageType::PdelayResp));
        };
        // It may be here before it is known when the request left; what follows it waits for that.
        let (egress, ingress, kept) = (request.ingress, arrival.port, request.grown());
        let owes = if kept.is_none() { Some(request.id) } else { None };
        let Some(received) = received(arrival, links) else {
            return ctx.discard(arrival.port, Discard::NoStamp);
        };
        let Some(slot) = self.keep(arrival, ctx) else { return };
        let asymmetry = links[usize::from(arrival.port.0)].settings.asymmetry;
        let besides = kept.unwrap_or(Span::ZERO) + asymmetry;
        let key = Key::new(MessageType::PdelayResp, response.requesting, header);
        let passing = Passing { key, ingress, egress, received, besides, owes };
        let Some(id) = self.pass(&passing, slot, ctx) else { return };
        if !header.flags.has(Flags::TWO_STEP) {
            let body = Response { time: time::Timestamp::ZERO, ..*response };
            self.await_made(id, &follow_up(header, Body::PdelayRespFollowUp(body)), ctx);
        }
    }

    /// A Delay_Resp goes to where its request came from, and says how long that was kept.
    fn pass_delay_resp(
        &mut self,
        (message, arrival): (&Message<'_>, &Arrival<'_>),
        response: &Response,
        ctx: &mut Context<'_>,
    ) {
        let asked = Key::new(MessageType::DelayReq, response.requesting, &message.header);
        let Some(request) = self.passages.leaving(asked, arrival.port, ctx.now) else {
            return ctx.discard(arrival.port, Discard::Unmatched(MessageType::DelayResp));
        };
        let (egress, grows) = (request.ingress, request.grown());
        if grows.is_none() && request.waits.is_some() {
            return ctx.discard(arrival.port, Discard::Duplicate);
        }
        let Some(slot) = self.keep(arrival, ctx) else { return };
        if let Some(grows) = grows {
            let forward = Forward { slot, kind: MessageType::DelayResp, grows, steps: None };
            return self.send(egress, forward, None, ctx);
        }
        // The answer is here before it is known when the request left.
        if let Some(request) = self.passages.leaving(asked, arrival.port, ctx.now) {
            request.waits = Some(slot);
            self.frames.owe(slot);
        }
    }

    /// A Follow_Up goes after its event message, on each way with the residence time there.
    fn follow(&mut self, arrival: &Arrival<'_>, key: Key, ctx: &mut Context<'_>) {
        let Some(slot) = self.keep(arrival, ctx) else { return };
        let mut found = false;
        let mut due: [Option<(PortIndex, Span)>; PORTS_MAX] = [None; PORTS_MAX];
        let passages = self.passages.of(key, ctx.now);
        for (passage, due) in passages.filter(|p| p.ingress == arrival.port).zip(&mut due) {
            found = true;
            match passage.grown() {
                Some(grows) => *due = Some((passage.egress, grows)),
                None if passage.waits.is_none() => {
                    passage.waits = Some(slot);
                    self.frames.owe(slot);
                }
                None => {}
            }
        }
        if !found {
            return ctx.discard(arrival.port, Discard::Unmatched(key.kind));
        }
        let kind = after(key.kind);
        for (egress, grows) in due.into_iter().flatten() {
            self.send(egress, Forward { slot, kind, grows, steps: None }, None, ctx);
        }
    }

    /// An event message left.
    pub(crate) fn on_sent(
        &mut self,
        id: PassageId,
        at: Stamp,
        links: &[Link],
        ctx: &mut Context<'_>,
    ) {
        let Some(passage) = self.passages.get_mut(id) else { return };
        if !passage.received.comparable(&at) {
            ctx.discard(passage.egress, Discard::EpochChanged);
            return self.on_stamp_lost(id);
        }
        let left = at.time + links[usize::from(passage.egress.0)].settings.egress_latency;
        passage.residence = Some(left - passage.received.time);
        self.release(id, ctx);
        let kept = self.passages.get_mut(id).and_then(|request| request.grown());
        while let (Some(kept), Some(answer)) = (kept, self.passages.owing(id)) {
            // More than one neighbour's answer is a flood, which goes nowhere.
            if ctx.outbox.room() <= ENOUGH {
                return;
            }
            if let Some(answer) = self.passages.get_mut(answer) {
                answer.owes = None;
                answer.besides += kept;
            }
            self.release(answer, ctx);
        }
    }

    /// Sends what waited, once it is known how long its event message was kept.
    fn release(&mut self, id: PassageId, ctx: &mut Context<'_>) {
        let Some(passage) = self.passages.get_mut(id) else { return };
        let (Some(grows), Some(slot)) = (passage.grown(), passage.waits) else { return };
        passage.waits = None;
        let kind = after(passage.key.kind);
        let answers = kind == MessageType::DelayResp;
        let way = if answers { passage.ingress } else { passage.egress };
        self.frames.settle(slot);
        self.send(way, Forward { slot, kind, grows, steps: None }, None, ctx);
    }

    /// When an event message left will never be known, nor what needs that.
    pub(crate) fn on_stamp_lost(&mut self, id: PassageId) {
        let mut lost = Some(id);
        while let Some(one) = lost {
            if let Some(slot) = self.passages.forget(one) {
                self.frames.settle(slot);
            }
            lost = self.passages.owing(id);
        }
    }

    /// Sends an event message on and waits for its stamp.
    fn pass(
        &mut self,
        passing: &Passing,
        slot: FrameSlot,
        ctx: &mut Context<'_>,
    ) -> Option<PassageId> {
        let (passage, gave_way) = self.passages.begin(passing, ctx.now);
        if let Some(slot) = gave_way {
            self.frames.settle(slot);
        }
        let (kind, link) = (passing.key.kind, passing.egress);
        let Some(ticket) = ctx.ticket(Purpose::Passage { link, kind, passage }) else {
            ctx.discard(link, Discard::TicketTable);
            return None;
        };
        let forward = Forward { slot, kind, grows: Span::ZERO, steps: None };
        self.send(passing.egress, forward, Some(ticket), ctx);
        Some(passage)
    }

    /// Keeps a Follow_Up of our own making for a one-step message.
    fn await_made(&mut self, id: PassageId, message: &Message<'_>, ctx: &mut Context<'_>) {
        let Some(slot) = self.frames.write(|buffer| message.encode(buffer).ok()) else {
            return ctx.discard(PortIndex(0), Discard::FrameStore);
        };
        if let Some(passage) = self.passages.get_mut(id) {
            passage.waits = Some(slot);
            self.frames.owe(slot);
        }
    }

    fn link_delay(&self, link: &Link) -> Span {
        match self.settings.mechanism {
            DelayMechanism::P2p => link.neighbor.delay().unwrap_or(Span::ZERO),
            _ => Span::ZERO,
        }
    }

    /// Whether the message came back over another port: there is a loop of transparent clocks.
    fn circles(&mut self, key: Key, port: PortIndex) -> bool {
        let known = self.seen.iter().flatten().find(|(seen, _)| *seen == key);
        if let Some((_, first)) = known {
            return *first != port;
        }
        self.seen[self.next_seen] = Some((key, port));
        self.next_seen = (self.next_seen + 1) % SEEN_MAX;
        false
    }

    fn keep(&mut self, arrival: &Arrival<'_>, ctx: &mut Context<'_>) -> Option<FrameSlot> {
        let length = wire::Packet::parse(arrival.bytes).ok()?.trailing.len();
        let message = &arrival.bytes[..arrival.bytes.len() - length];
        let slot = self.frames.keep(message);
        if slot.is_none() {
            ctx.discard(arrival.port, Discard::FrameStore);
        }
        slot
    }

    fn send(
        &mut self,
        egress: PortIndex,
        forward: Forward,
        ticket: Option<u32>,
        ctx: &mut Context<'_>,
    ) {
        self.frames.owe(forward.slot);
        ctx.send(Draft {
            instance: 0,
            link: egress,
            to: Peer::None,
            sequence: 0,
            ticket,
            content: Content::Forward(forward),
        });
    }
}

/// Ports an engine has at most.
const PORTS_MAX: usize = 16;

/// Outputs there must be room for beside what answers have to say.
const ENOUGH: usize = 4;

/// What follows an event message; of a Delay_Req, the other way.
const fn after(kind: MessageType) -> MessageType {
    match kind {
        MessageType::DelayReq => MessageType::DelayResp,
        MessageType::PdelayResp => MessageType::PdelayRespFollowUp,
        _ => MessageType::FollowUp,
    }
}

/// Of a one-step message that leaves as a two-step one: what stood in it stays there.
fn follow_up(header: &Header, body: Body) -> Message<'static> {
    let flags = header.flags.with(Flags::TWO_STEP, false);
    let header =
        Header { flags, correction: Span::ZERO, control: body.kind().control(), ..*header };
    Message { header, body, tlvs: Tlvs::NONE }
}

fn received(arrival: &Arrival<'_>, links: &[Link]) -> Option<Stamp> {
    let latency = links[usize::from(arrival.port.0)].settings.ingress_latency;
    arrival.received.map(|stamp| Stamp { time: stamp.time - latency, ..stamp })
}

/// The ports that a message of `port` leaves through.
fn others(port: PortIndex, links: &[Link]) -> impl Iterator<Item = PortIndex> {
    let up = links.iter().filter(|link| link.state == LinkState::Up).map(|link| link.index);
    up.filter(move |link| *link != port)
}
