//! The way in, the way out, and the deadline.

use alloc::boxed::Box;

use core::time::Duration;

use time::{Mono, Stamp};
use wire::MessageType;

use crate::arrival::Arrival;
use crate::compose::{compose, pass_on, route};
use crate::context::Context;
use crate::dataset::TimeSet;
use crate::delta::{Delta, Refused};
use crate::dispatch;
use crate::event::Event;
use crate::inout::{FRAME_LEN, Input, ManagementRequest, Output, TxStamp};
use crate::instance::Instance;
use crate::link::Link;
use crate::management::{self, Desk, Parts, Scene};
use crate::outbox::{Content, Draft, Outbox, Pending};
use crate::place::{LinkState, PortIndex};
use crate::random::Random;
use crate::reply::{Reply, RequestId};
use crate::settings::{DelayMechanism, Role, Settings, SettingsError};
use crate::ticket::{Purpose, TICKETS_LEAST, Tickets, TxTicket};
use crate::transparent::Transparent;
use crate::version::Turn;

/// The protocol of one device: its interfaces and its instances.
#[derive(Debug)]
pub struct Engine {
    now: Mono,
    stamp_timeout: Duration,
    pub(crate) instances: Box<[Instance]>,
    pub(crate) links: Box<[Link]>,
    outbox: Outbox,
    random: Random,
    tickets: Tickets,
    transparent: Option<Box<Transparent>>,
    desk: Desk,
}

impl Engine {
    /// Builds everything; nothing is allocated later. Interfaces start down.
    ///
    /// # Errors
    /// The settings contradict themselves.
    pub fn new(settings: &Settings, now: Mono) -> Result<Engine, SettingsError> {
        settings.check()?;
        let mut random = Random::new(settings.seed);
        let mut first = || random.next_u32() as u16;
        let instances = (0u8..).zip(&settings.instances);
        let instances =
            instances.map(|(i, instance)| Instance::new(i, instance, &settings.links, first()));
        let instances: Box<[Instance]> = instances.collect();
        let links = (0u8..).zip(&settings.links);
        let links = links.map(|(i, link)| Link::new(PortIndex(i), *link, first())).collect();
        Ok(Engine {
            now,
            stamp_timeout: settings.stamp_timeout,
            instances,
            links,
            outbox: Outbox::new(settings.links.len() * settings.instances.len()),
            random,
            tickets: Tickets::new(TICKETS_LEAST + 2 * clients(settings) + passages(settings)),
            transparent: settings
                .transparent
                .map(|transparent| Box::new(Transparent::new(transparent, settings))),
            desk: Desk::new(settings, now),
        })
    }

    /// Takes one input. Never fails: whatever the network sends ends in an [`Output`].
    ///
    /// # Panics
    /// If time went backwards, or the outputs of the last input were not polled.
    pub fn handle(&mut self, now: Mono, input: Input<'_>) {
        assert!(now >= self.now, "time went backwards");
        assert!(self.outbox.is_empty(), "outputs were not drained");
        self.now = now;

        match input {
            Input::Timeout => self.on_timeout(),
            Input::Frame { port, from, channel, bytes, received } => {
                self.on_frame(&Arrival { port, from, channel, bytes, received });
            }
            Input::Sent { ticket, at } => self.on_sent(&ticket, at),
            Input::Local { request, body } => self.on_local(request, &body),
            Input::StampLost { ticket } => self.on_stamp_lost(&ticket),
            Input::Link { port, state } => self.on_link(port, state),
            Input::Servo { instance, state } => {
                let (instances, _, mut ctx) = self.parts();
                if let Some(instance) = instances.get_mut(usize::from(instance)) {
                    instance.on_servo(&state, &mut ctx);
                }
            }
        }
    }

    /// The next thing to do, if any; a frame is written to `frame`.
    pub fn poll(&mut self, frame: &mut [u8; FRAME_LEN]) -> Option<Output> {
        let pending = self.outbox.pop()?;
        self.watch_version(&pending);
        self.take_note(&pending);
        Some(match pending {
            Pending::Event(event) => Output::Event(event),
            Pending::Measured(measurement) => Output::Measured(measurement),
            Pending::Send(draft) => self.compose(&draft, frame),
        })
    }

    /// Counts messages and remembers faults, for whoever asks.
    fn take_note(&mut self, pending: &Pending) {
        match pending {
            Pending::Event(Event::Received { port, kind }) => {
                self.links[usize::from(port.0)].stats.count_received(*kind);
            }
            Pending::Send(draft) => {
                self.links[usize::from(draft.link.0)].stats.count_sent(draft.content.kind());
            }
            Pending::Event(event) => self.desk.faults.note(event, self.now),
            Pending::Measured(_) => {}
        }
    }

    /// Falls back to version 2.0 where 2.1 comes to nothing. A minor sdoId needs 2.1.
    fn watch_version(&mut self, pending: &Pending) {
        let plain = |instance: &Instance| {
            instance.settings.minor_version == 1 && instance.settings.sdo_id.0 & 0xff == 0
        };
        let port = match pending {
            Pending::Event(
                Event::Received { port, .. }
                | Event::Unanswered { port, .. }
                | Event::StampMissing { port, .. },
            ) => *port,
            Pending::Measured(measurement) => PortIndex((measurement.port - 1) as u8),
            Pending::Send(Draft { link, content: Content::FollowUp { .. }, .. }) => {
                return self.links[usize::from(link.0)].version.succeeded();
            }
            _ => return,
        };
        if !self.instances.iter().all(plain) {
            return;
        }
        let Some(link) = self.links.get_mut(usize::from(port.0)) else { return };
        if let Turn::To(minor) = link.version.see(pending) {
            // What was popped made room for it.
            self.outbox.push(Pending::Event(Event::Version { port, minor }));
        }
    }

    /// Applies a change between inputs; its outputs are polled like an input's.
    ///
    /// # Errors
    /// The change needs another engine, or makes no sense; then nothing has changed.
    pub fn apply(&mut self, now: Mono, delta: &Delta) -> Result<(), Refused> {
        assert!(now >= self.now, "time went backwards");
        assert!(self.outbox.is_empty(), "outputs were not drained");
        self.now = now;
        match *delta {
            Delta::Clock { .. }
            | Delta::Time { .. }
            | Delta::Contend { .. }
            | Delta::Forget { .. } => self.apply_to_clock(delta),
            Delta::Metadata { instance, metadata } => {
                let instance = self.instances.get_mut(usize::from(instance));
                instance.ok_or(Refused::Absent)?.settings.metadata = metadata;
                Ok(())
            }
            Delta::Alternates { instance, alternates } => {
                let instance = self.instances.get_mut(usize::from(instance));
                instance.ok_or(Refused::Absent)?.settings.alternates = alternates;
                Ok(())
            }
            Delta::Port { .. } | Delta::Link { .. } | Delta::Address { .. } => {
                self.apply_to_port(delta)
            }
        }
    }

    /// Ends all that is agreed upon with others, before the driver ends; its outputs are polled like
    /// an input's. True while there is more to say.
    pub fn leave(&mut self, now: Mono) -> bool {
        assert!(now >= self.now, "time went backwards");
        assert!(self.outbox.is_empty(), "outputs were not drained");
        self.now = now;
        let (instances, _, mut ctx) = self.parts();
        instances.iter_mut().any(|instance| instance.leave(&mut ctx))
    }

    /// When to come back with [`Input::Timeout`].
    pub fn deadline(&self) -> Mono {
        let instances = self.instances.iter().map(Instance::deadline);
        let links = self.links.iter().map(Link::deadline);
        instances.chain(links).min().unwrap_or(Mono::NEVER).min(self.tickets.deadline())
    }

    fn on_timeout(&mut self) {
        let mut transparent = self.transparent.take();
        let (instances, links, mut ctx) = self.parts();
        while ctx.outbox.room() > 8 {
            let Some(purpose) = ctx.tickets.expire(ctx.now) else { break };
            ctx.event(stamp_missing(&purpose));
            if let (Purpose::Passage { passage, .. }, Some(transparent)) =
                (purpose, &mut transparent)
            {
                transparent.on_stamp_lost(passage);
            }
        }
        for instance in instances.iter_mut() {
            instance.on_timeout(&mut ctx);
        }
        for (place, link) in links.iter_mut().enumerate() {
            if ctx.outbox.room() > 4 {
                let to = instances[0].ports[place].pdelay_goes_to();
                link.on_timeout(0, to, &mut ctx);
                dispatch::tell_capable(link, instances, &mut ctx);
            }
        }
        self.transparent = transparent;
    }

    fn on_frame(&mut self, arrival: &Arrival<'_>) {
        if let Some(received) = arrival.received {
            self.desk.faults.read(self.now, received.time);
        }
        let Engine { instances, links, transparent, desk, .. } = self;
        let mut ctx = Context {
            now: self.now,
            outbox: &mut self.outbox,
            random: &mut self.random,
            tickets: &mut self.tickets,
            stamp_timeout: self.stamp_timeout,
        };
        let besides = (transparent.as_deref_mut(), desk);
        dispatch::on_frame(arrival, instances, links, besides, &mut ctx);
    }

    fn on_local(&mut self, request: RequestId, body: &ManagementRequest<'_>) {
        let place = usize::from(body.instance);
        if place >= self.instances.len() || body.tlv.len() < 2 {
            return;
        }
        let Engine { instances, links, desk, .. } = self;
        let mut ctx = Context {
            now: self.now,
            outbox: &mut self.outbox,
            random: &mut self.random,
            tickets: &mut self.tickets,
            stamp_timeout: self.stamp_timeout,
        };
        let transparent = self.transparent.is_some();
        let parts = Parts { instances, place, links, transparent };
        management::on_local(request, body, parts, desk, &mut ctx);
    }

    fn on_sent(&mut self, ticket: &TxTicket, at: Stamp) {
        let mut transparent = self.transparent.take();
        let (instances, links, mut ctx) = self.parts();
        match ctx.tickets.redeem(ticket) {
            None => ctx.event(Event::StampLate),
            Some(Purpose::Passage { passage, .. }) => {
                if let Some(transparent) = &mut transparent {
                    transparent.on_sent(passage, at, links, &mut ctx);
                }
            }
            Some(purpose) => on_own_sent(&purpose, at, (instances, links), &mut ctx),
        }
        self.transparent = transparent;
    }

    fn on_stamp_lost(&mut self, ticket: &TxTicket) {
        let mut transparent = self.transparent.take();
        let (_, _, mut ctx) = self.parts();
        if let Some(purpose) = ctx.tickets.redeem(ticket) {
            ctx.event(stamp_missing(&purpose));
            if let (Purpose::Passage { passage, .. }, Some(transparent)) =
                (purpose, &mut transparent)
            {
                transparent.on_stamp_lost(passage);
            }
        }
        self.transparent = transparent;
    }

    fn on_link(&mut self, port: PortIndex, state: LinkState) {
        let (instances, links, mut ctx) = self.parts();
        let Some(link) = links.get_mut(usize::from(port.0)) else { return };
        if link.state == state {
            return;
        }
        link.state = state;
        link.version.forget();
        let mut peer_delay = false;
        for instance in instances.iter_mut() {
            let here = &mut instance.ports[usize::from(port.0)];
            match state {
                LinkState::Up => here.start(&mut ctx),
                LinkState::Down => here.fail(&mut ctx),
            }
            peer_delay |= here.settings.enabled && here.uses(DelayMechanism::P2p);
            if state == LinkState::Down || instance.settings.edition.leads_at_once() {
                instance.decide_soon(&mut ctx);
            }
        }
        link.run(peer_delay, ctx.now);
        dispatch::tell_capable(link, instances, &mut ctx);
    }

    fn apply_to_clock(&mut self, delta: &Delta) -> Result<(), Refused> {
        let (instances, _, mut ctx) = self.parts();
        let (Delta::Clock { instance, .. }
        | Delta::Time { instance, .. }
        | Delta::Contend { instance, .. }
        | Delta::Forget { instance }) = *delta
        else {
            return Err(Refused::Absent);
        };
        let instance = instances.get_mut(usize::from(instance)).ok_or(Refused::Absent)?;
        if let Delta::Clock { role, .. } = *delta
            && role != Role::ReceiverOnly
            && instance.lacks_clients
        {
            return Err(Refused::NotWhileRunning("the table of unicast clients"));
        }
        let settings = &mut instance.settings;
        match *delta {
            Delta::Clock { priority1, priority2, quality, role, .. } => {
                settings.priority1 = priority1;
                settings.priority2 = priority2;
                settings.quality = quality;
                settings.role = role;
                instance.leading_class = if quality.class == 255 { 248 } else { quality.class };
                for port in &mut instance.ports {
                    port.clock_only_leads = role == Role::TransmitterOnly;
                    if port.transmitter_only() {
                        port.foreign.clear();
                    }
                }
            }
            Delta::Time { time, .. } => settings.time = time,
            Delta::Contend { quality, .. } => settings.contends = quality,
            Delta::Forget { .. } => instance.set = TimeSet::default(),
            Delta::Alternates { .. }
            | Delta::Metadata { .. }
            | Delta::Port { .. }
            | Delta::Link { .. }
            | Delta::Address { .. } => {}
        }
        instance.renew(&mut ctx);
        Ok(())
    }

    fn apply_to_port(&mut self, delta: &Delta) -> Result<(), Refused> {
        let (instances, links, mut ctx) = self.parts();
        match *delta {
            Delta::Port { instance, port, settings } => {
                settings.check().map_err(Refused::Settings)?;
                let instance = instances.get_mut(usize::from(instance)).ok_or(Refused::Absent)?;
                let here = instance.ports.get_mut(usize::from(port.0)).ok_or(Refused::Absent)?;
                let switched = here.settings.enabled != settings.enabled;
                here.adopt(settings, ctx.now).map_err(Refused::NotWhileRunning)?;
                let link = &mut links[usize::from(port.0)];
                let silenced = here.transmitter_only() && here.foreign.iter().next().is_some();
                if switched && management::switch_port(instance, link, &mut ctx) {
                    instance.decide(None, &mut ctx);
                } else if silenced {
                    instance.ports[usize::from(port.0)].foreign.clear();
                    instance.decide(None, &mut ctx);
                }
            }
            Delta::Link { port, settings } => {
                settings.check().map_err(Refused::Settings)?;
                let link = links.get_mut(usize::from(port.0)).ok_or(Refused::Absent)?;
                link.configure(settings, ctx.now);
                for instance in instances {
                    instance.ports[usize::from(port.0)].link_settings = settings;
                }
            }
            Delta::Address { port, address } => {
                links.get_mut(usize::from(port.0)).ok_or(Refused::Absent)?.address = address;
            }
            Delta::Clock { .. }
            | Delta::Time { .. }
            | Delta::Contend { .. }
            | Delta::Alternates { .. }
            | Delta::Metadata { .. }
            | Delta::Forget { .. } => {}
        }
        Ok(())
    }

    /// An answer to a management message, or a copy of one.
    fn compose_managed(&self, draft: &Draft, reply: &Reply, frame: &mut [u8; FRAME_LEN]) -> usize {
        let scene = Scene {
            instance: &self.instances[usize::from(draft.instance)],
            links: &self.links,
            faults: &self.desk.faults,
            transparent: self.transparent.as_ref().map(|transparent| transparent.settings),
            about: self.desk.faults.about(self.now),
        };
        management::compose((draft, reply), &scene, frame)
    }

    fn compose(&mut self, draft: &Draft, frame: &mut [u8; FRAME_LEN]) -> Output {
        let instance = &self.instances[usize::from(draft.instance)];
        let link = &self.links[usize::from(draft.link.0)];
        let len = match (draft.content, &mut self.transparent) {
            (Content::Forward(forward), Some(transparent)) => {
                let octets = transparent.frames.octets(forward.slot);
                let len = pass_on(octets, &forward, frame);
                transparent.frames.settle(forward.slot);
                len.expect("what is kept was checked")
            }
            (Content::Managed(reply), _) => self.compose_managed(draft, &reply, frame),
            (Content::PassManagement, _) => {
                let passed = self.desk.passed();
                frame[..passed.len()].copy_from_slice(passed);
                passed.len()
            }
            _ => compose(draft, instance, link, frame),
        };
        let (to, channel) = route(draft);
        if let Content::Managed(reply) = draft.content {
            let stamp = if reply.tells_time() { TxStamp::InsertTime } else { TxStamp::None };
            return match reply.request {
                Some(request) => Output::Answer { request, len, stamp },
                None => Output::Send { port: draft.link, to, channel, len, stamp },
            };
        }
        let stamp = match draft.ticket {
            Some(id) => TxStamp::Report(TxTicket(id)),
            None if matches!(draft.content, Content::OneStepSync) => TxStamp::InsertOrigin,
            None => TxStamp::None,
        };
        Output::Send { port: draft.link, to, channel, len, stamp }
    }

    fn parts(&mut self) -> (&mut [Instance], &mut [Link], Context<'_>) {
        let ctx = Context {
            now: self.now,
            outbox: &mut self.outbox,
            random: &mut self.random,
            tickets: &mut self.tickets,
            stamp_timeout: self.stamp_timeout,
        };
        (&mut self.instances, &mut self.links, ctx)
    }
}

/// A frame of our own left.
fn on_own_sent(
    purpose: &Purpose,
    at: Stamp,
    (instances, links): (&mut [Instance], &mut [Link]),
    ctx: &mut Context<'_>,
) {
    match *purpose {
        Purpose::Sync { instance, port, sequence } => instances[usize::from(instance)].ports
            [usize::from(port)]
        .on_sync_sent(sequence, at, ctx),
        Purpose::DelayReq { instance, port, sequence } => instances[usize::from(instance)].ports
            [usize::from(port)]
        .on_delay_req_sent(sequence, at, ctx),
        Purpose::UnicastSync { instance, port, client, sequence } => instances
            [usize::from(instance)]
        .ports[usize::from(port)]
        .on_client_sync_sent((client, sequence), at, ctx),
        Purpose::NetSync { instance, port, to, sequence } => instances[usize::from(instance)].ports
            [usize::from(port)]
        .on_net_sync_sent((to, sequence), at, ctx),
        Purpose::PdelayReq { link: port, sequence } => {
            let link = &mut links[usize::from(port.0)];
            let left = at.time + link.settings.egress_latency;
            for here in instances.iter_mut().map(|i| &mut i.ports[usize::from(port.0)]) {
                here.report_sent((MessageType::PdelayReq, sequence), left, ctx);
            }
            let measured = link.on_request_sent(sequence, at, ctx);
            dispatch::publish(instances, port, measured, ctx);
            dispatch::tell_capable(link, instances, ctx);
        }
        Purpose::PdelayResp { link, answer } => {
            links[usize::from(link.0)].on_answer_sent(0, answer, &at, ctx);
        }
        Purpose::Passage { .. } => {}
    }
}

fn stamp_missing(purpose: &Purpose) -> Event {
    let port = match *purpose {
        Purpose::Sync { port, .. }
        | Purpose::DelayReq { port, .. }
        | Purpose::UnicastSync { port, .. }
        | Purpose::NetSync { port, .. } => PortIndex(port),
        Purpose::PdelayReq { link, .. }
        | Purpose::PdelayResp { link, .. }
        | Purpose::Passage { link, .. } => link,
    };
    Event::StampMissing { port, kind: dispatch::purpose_kind(purpose) }
}

/// Clients that may be served in unicast at a time.
fn clients(settings: &Settings) -> usize {
    let lead = settings.instances.iter().filter(|instance| instance.role != Role::ReceiverOnly);
    let unicast = lead.flat_map(|instance| &instance.unicast);
    let serving = unicast.filter_map(|unicast| unicast.serving.as_ref());
    serving.map(|serving| usize::from(serving.max_clients)).sum()
}

/// Stamps that a transparent clock may wait for at a time.
fn passages(settings: &Settings) -> usize {
    let frames = settings.transparent.map_or(0, |transparent| usize::from(transparent.frames));
    frames * settings.links.len()
}
