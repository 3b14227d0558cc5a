//! An instance: one clock in one domain, its data sets and its ports (8.2, 9.3).

use alloc::boxed::Box;

use time::{Mono, Rate};
use wire::{Announce, ClockIdentity, EnhancedAccuracy, Header, PortIdentity, Tlvs};

use crate::accuracy;
use crate::compare::{Rank, compare};
use crate::context::Context;
use crate::dataset::{CurrentDs, ParentDs, TimeProperties, TimeSet};
use crate::decide::{Code, Question, decide};
use crate::deviation::Deviations;
use crate::event::{Discard, Event};
use crate::foreign::{ForeignRecord, HeardAnnounce, Preference};
use crate::inout::ServoState;
use crate::management_settings::Access;
use crate::metadata::Metadata;
use crate::place::{Peer, PortIndex};
use crate::port::{Advice, Heard, Port};
use crate::power::Power;
use crate::propagated::{COUNT_MAX, Propagated, TLVS_MAX};
use crate::ratio::Ratio;
use crate::settings::{Edition, InstanceSettings, LinkSettings, Role};
use crate::state::State;
use crate::unicast::Unicast;
use crate::words::REACHABLE_LEN;

/// Identities that are passed on in PATH_TRACE at most.
pub(crate) const PATH_MAX: usize = 128;

/// Rows of the table of acceptable clocks that it can be set to (17.5.3.2).
pub(crate) const ACCEPTABLE_MAX: usize = 64;

#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) index: u8,
    pub(crate) settings: InstanceSettings,
    pub(crate) ports: Box<[Port]>,
    pub(crate) current: CurrentDs,
    pub(crate) parent: ParentDs,
    pub(crate) time: TimeProperties,
    /// What of our own time was set from outside.
    pub(crate) set: TimeSet,
    /// clockClass while we may lead.
    pub(crate) leading_class: u8,
    /// Whose state decision algorithm, where ports are not held.
    pub(crate) algorithm: Edition,
    /// Of the parent's Announce, grandmaster first.
    pub(crate) path: Path,
    pub(crate) parents_power: Option<Power>,
    pub(crate) parents_accuracy: Option<EnhancedAccuracy>,
    /// The grandmaster's rate over ours, while we follow.
    pub(crate) ratio: Option<Rate>,
    pub(crate) propagated: Propagated,
    pub(crate) metadata: Metadata,
    pub(crate) deviations: Deviations,
    /// Whom we follow or followed last, and that source's number.
    followed: Option<PortIdentity>,
    source: u32,
    /// A state decision is due as soon as there is room for its outputs.
    undecided: bool,
    /// Whose clients are served first next time.
    turn: usize,
    /// Whether clients were to be served, had it not been for a role that serves none.
    pub(crate) lacks_clients: bool,
}

/// The clocks an Announce came through (16.2).
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) clocks: Box<[ClockIdentity]>,
    pub(crate) len: usize,
}

impl Instance {
    pub(crate) fn new(
        index: u8,
        settings: &InstanceSettings,
        links: &[LinkSettings],
        first_sequence: u16,
    ) -> Instance {
        let identity = settings.identity;
        let ports = settings.ports.iter().zip(links).zip(0u8..).map(|((port, link), number)| {
            let port_identity = PortIdentity { clock: identity, port: u16::from(number) + 1 };
            let place = (index, PortIndex(number));
            let edition = settings.edition;
            let mut port = Port::new(port_identity, place, (*port, *link), edition, first_sequence);
            port.unicast = Unicast::new(settings, place.1, first_sequence.into());
            port.clock_only_leads = settings.role == Role::TransmitterOnly;
            port.acceptable_only = !settings.acceptable.is_empty();
            port.ratio = settings.rate_ratio.then(|| Box::new(Ratio::new()));
            port
        });
        let writable = settings.management.access == Access::Write;
        let mut instance = Instance {
            index,
            settings: settings.clone(),
            ports: ports.collect(),
            current: CurrentDs::default(),
            parent: own_parent(settings),
            time: settings.time,
            set: TimeSet::default(),
            leading_class: leading_class(settings),
            algorithm: match settings.edition {
                Edition::External => Edition::Ieee2019,
                edition => edition,
            },
            path: Path::new(settings.path_trace || writable),
            parents_power: None,
            parents_accuracy: None,
            ratio: None,
            propagated: Propagated::new(settings.ports.len()),
            metadata: Metadata::new(first_sequence, Mono::default()),
            deviations: Deviations::new(settings.expected),
            followed: None,
            source: 0,
            undecided: false,
            turn: 0,
            lacks_clients: settings.role == Role::ReceiverOnly
                && settings.unicast.iter().any(|unicast| unicast.serving.is_some()),
        };
        instance.drop_allocations();
        if writable {
            let known = instance.settings.acceptable.len();
            instance.settings.acceptable.reserve(ACCEPTABLE_MAX.saturating_sub(known));
        }
        instance
    }

    /// The ports were moved out; the copy in the settings is not kept in step.
    fn drop_allocations(&mut self) {
        self.settings.ports = alloc::vec::Vec::new();
        self.settings.unicast = alloc::vec::Vec::new();
    }

    pub(crate) fn on_announce(
        &mut self,
        port: PortIndex,
        from: Peer,
        (header, announce, tlvs): (&Header, &Announce, Tlvs<'_>),
        ctx: &mut Context<'_>,
    ) {
        if announce.steps_removed >= self.settings.max_steps_removed {
            return ctx.discard(port, Discard::StepsRemoved);
        }
        let own = self.settings.identity;
        let mut path = tlvs.iter().filter_map(|tlv| tlv.path()).flatten();
        if self.settings.path_trace && path.any(|clock| clock == own) {
            return ctx.discard(port, Discard::PathLoop);
        }
        if self.ports.len() <= usize::from(port.0) {
            return;
        }
        let Some(preference) = self.preference(usize::from(port.0), header.source) else {
            return ctx.discard(port, Discard::NotAcceptable);
        };
        if announce.quality.class > self.settings.class_max {
            return ctx.discard(port, Discard::ClockClass);
        }
        let Some(here) = self.ports.get_mut(usize::from(port.0)) else { return };
        if !here.capable {
            return ctx.discard(port, Discard::NotCapable);
        }
        let known = false;
        let announce = HeardAnnounce { header, announce: *announce, from, preference, known };
        let heard = here.on_announce(&announce, ctx);
        if heard == Heard::Decide {
            self.decide(None, ctx);
        }
        let state = &self.ports[usize::from(port.0)].state;
        if state.receiver().is_some_and(|receiver| receiver.parent == header.source) {
            self.take(port, tlvs, ctx);
        }
    }

    /// Keeps what goes on from here of what the parent's Announce carries.
    fn take(&mut self, port: PortIndex, tlvs: Tlvs<'_>, ctx: &mut Context<'_>) {
        self.path.take(tlvs);
        self.parents_power = Power::of(tlvs);
        let (power, accuracy) = (self.settings.power.is_some(), self.settings.accuracy.is_some());
        let outcome = self.propagated.take(tlvs, self.room_to_propagate(), (power, accuracy));
        if let Err(reason) = outcome {
            ctx.discard(port, reason);
        }
        self.parents_accuracy = None;
        match accuracy::of(tlvs) {
            Ok(said) => self.parents_accuracy = said,
            Err(error) if accuracy => ctx.discard(port, Discard::Malformed(error)),
            Err(_) => {}
        }
    }

    /// Octets that PATH_TRACE and the power profiles leave in Announce.
    fn room_to_propagate(&self) -> (usize, usize) {
        let path = if self.settings.path_trace { 4 + 8 * (self.path.len + 1) } else { 0 };
        let accuracy = if self.settings.accuracy.is_some() { accuracy::LEN } else { 0 };
        let (says, accurate) = (self.says_availability(), accuracy > 0);
        let reachable = if says { REACHABLE_LEN } else { 0 };
        let others = usize::from(accurate) + 2 * usize::from(says);
        (TLVS_MAX - path - Power::LEN_MAX - accuracy - reachable, COUNT_MAX - others)
    }

    /// What the table of acceptable clocks says of one; nothing: it is not to be followed (17.5).
    pub(crate) fn preference(&self, port: usize, source: PortIdentity) -> Option<Preference> {
        let table = &self.settings.acceptable;
        if !self.ports[port].acceptable_only {
            return Some(Preference::default());
        }
        let listed = table.iter().find(|known| {
            known.port.clock == source.clock
                && (known.port.port == source.port || known.port.port == u16::MAX)
        })?;
        let priority1 = Some(listed.priority1).filter(|priority1| *priority1 != 0);
        Some(Preference { priority1, ..Preference::default() })
    }

    /// An Announce of one of our own ports came in on another: the higher of the two stands by.
    pub(crate) fn on_own_announce(
        &mut self,
        port: PortIndex,
        sender: PortIdentity,
        ctx: &mut Context<'_>,
    ) {
        let Some(here) = self.ports.get_mut(usize::from(port.0)) else { return };
        let up = here.state.name().is_up();
        if up && sender.port < here.identity.port && here.on_echo(sender, ctx) == Heard::Decide {
            ctx.event(Event::SameWire { port, other: sender.port });
            self.decide_soon(ctx);
        }
    }

    pub(crate) fn on_servo(&mut self, state: &ServoState, ctx: &mut Context<'_>) {
        let mut follows = false;
        for port in &mut self.ports {
            follows |= port.state.receiver().is_some();
            if port.on_servo(state.locked, ctx) {
                port.ask_for_intervals(ctx);
            }
        }
        if follows {
            self.current.offset = state.offset;
            self.current.mean_delay = state.mean_delay;
        }
    }

    /// What is due, one port after the other.
    pub(crate) fn on_timeout(&mut self, ctx: &mut Context<'_>) {
        if self.undecided && ctx.outbox.room() >= self.enough() {
            self.decide(None, ctx);
        }
        for i in 0..self.ports.len() {
            if ctx.outbox.room() < self.enough() {
                return;
            }
            self.on_port_timeout(i, ctx);
        }
        self.send_metadata(ctx);
        self.turn = self.turn.wrapping_add(1);
        for k in 0..self.ports.len() {
            self.on_unicast_timeout(self.turn.wrapping_add(k) % self.ports.len(), ctx);
        }
    }

    /// What is due in unicast, as far as it leaves room for all else.
    fn on_unicast_timeout(&mut self, i: usize, ctx: &mut Context<'_>) {
        let (enough, port) = (self.enough(), &mut self.ports[i]);
        let leads = matches!(port.state, State::TimeTransmitter(_));
        let Some((unicast, site)) = port.in_unicast() else { return };
        if unicast.deadline() > ctx.now {
            return;
        }
        unicast.serve(&site, (leads, enough), ctx);
        let refused = unicast.ask(&site, enough, ctx);
        port.ask_as_agreed();
        if let Some(source) = refused {
            port.foreign.remove(source);
            self.decide_soon(ctx);
        }
    }

    /// Ends what is agreed upon with others; true while there is more to say.
    pub(crate) fn leave(&mut self, ctx: &mut Context<'_>) -> bool {
        let mut more = false;
        for port in self.ports.iter_mut().filter(|port| port.state.name().is_up()) {
            if let Some((unicast, site)) = port.in_unicast() {
                more |= unicast.leave(&site, ctx);
            }
        }
        more
    }

    fn on_port_timeout(&mut self, i: usize, ctx: &mut Context<'_>) {
        self.mind_capable(i, ctx);
        if ctx.outbox.room() < self.enough() {
            return;
        }
        self.expire_foreign(i, ctx);
        if ctx.outbox.room() < self.enough() {
            return;
        }
        self.mind_alternates(i, ctx);
        if ctx.outbox.room() < self.enough() {
            return;
        }
        let port = &mut self.ports[i];
        let (state, mut site) = port.at_work();
        match state {
            State::TimeTransmitter(transmitter) => transmitter.on_timeout(&mut site, ctx),
            State::PreTimeTransmitter(until) if *until <= ctx.now => port.transmit(ctx),
            State::Listening(waiting) | State::Passive(waiting)
                if waiting.announce_timeout <= ctx.now =>
            {
                self.nobody_was_heard(i, ctx);
            }
            State::Uncalibrated(receiver) | State::TimeReceiver(receiver) => {
                if receiver.silence() <= ctx.now {
                    self.parent_fell_silent(i, ctx);
                } else {
                    receiver.on_timeout(&mut site, ctx);
                }
            }
            _ => {}
        }
    }

    fn expire_foreign(&mut self, i: usize, ctx: &mut Context<'_>) {
        let enough = self.enough();
        let port = &mut self.ports[i];
        if port.foreign_deadline() > ctx.now {
            return;
        }
        let kept = port.depends_on();
        let mut lost = false;
        while ctx.outbox.room() > enough {
            let Some(source) = port.foreign.expire(ctx.now, kept) else { break };
            ctx.event(Event::ForeignLost { port: port.link, source });
            lost = true;
        }
        if lost {
            self.decide(None, ctx);
        }
    }

    /// ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES while LISTENING or PASSIVE (9.2.6.12).
    fn nobody_was_heard(&mut self, i: usize, ctx: &mut Context<'_>) {
        if !self.ports[i].capable {
            return self.ports[i].listen_on(ctx);
        }
        if self.settings.role == Role::ReceiverOnly {
            return self.ports[i].listen_on(ctx);
        }
        let port = &mut self.ports[i];
        if let State::Passive(waiting) = &port.state
            && let Some(source) = waiting.because_of
        {
            port.foreign.remove(source);
            port.echo = None;
        }
        self.decide(Some(i), ctx);
    }

    /// ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES while following (9.2.6.12).
    fn parent_fell_silent(&mut self, i: usize, ctx: &mut Context<'_>) {
        let port = &mut self.ports[i];
        ctx.event(Event::AnnounceTimeout { instance: self.index, port: port.link });
        if let Some(receiver) = port.state.receiver() {
            let parent = receiver.parent;
            port.foreign.remove(parent);
        }
        self.decide(None, ctx);
        // Where silence ends nothing, it is told once.
        if let Some(receiver) = self.ports[i].state.receiver_mut() {
            receiver.outlive_silence(ctx.now);
        }
    }

    /// What a state decision and what led to it may have to say: two states of each port, whom we
    /// follow, and its time.
    pub(crate) fn enough(&self) -> usize {
        2 * self.ports.len() + 8
    }

    /// Decides now, or with the next timeout, should there be no room for all that it may say.
    pub(crate) fn decide_soon(&mut self, ctx: &mut Context<'_>) {
        if ctx.outbox.room() < self.enough() {
            self.undecided = true;
        } else {
            self.decide(None, ctx);
        }
    }

    /// Runs the state decision algorithm over all ports; `impatient` has listened long enough.
    pub(crate) fn decide(&mut self, impatient: Option<usize>, ctx: &mut Context<'_>) {
        self.undecided = false;
        let own = own_rank(&self.settings);
        let best = self.best();
        let best_rank = best.map(|(i, record)| record.rank(&self.ports[i].ear()));
        let mut codes = [None; 16];
        for (i, (port, code)) in self.ports.iter().zip(&mut codes).enumerate() {
            let port_best = port.best().map(|best| best.rank(&port.ear()));
            let decided = decide(&Question {
                own: &own,
                best: best_rank.as_ref(),
                port_best: port_best.as_ref(),
                listening: matches!(port.state, State::Listening(_)) && impatient != Some(i),
                transmitter_only: port.transmitter_only(),
                receiver_only: self.settings.role == Role::ReceiverOnly,
                edition: self.settings.edition,
                held: port.settings.held,
            });
            *code = decided.map(|code| if port.echo.is_some() { code.on_one_wire() } else { code });
        }
        let advice = self.take_over(&codes, best.map(|(i, record)| (i, *record)), ctx);
        let relays = self.settings.relay && !self.is_grandmaster();
        self.ports.iter_mut().for_each(|port| port.relays = relays);
        for (i, code) in codes.into_iter().take(self.ports.len()).enumerate() {
            let Some(code) = code else { continue };
            let port = &mut self.ports[i];
            port.recommend(code, &advice, ctx);
            if impatient == Some(i) && matches!(port.state, State::PreTimeTransmitter(_)) {
                port.transmit(ctx);
            }
        }
    }

    /// The best that any port heard (Ebest).
    fn best(&self) -> Option<(usize, &ForeignRecord)> {
        let bests = self.ports.iter().enumerate().filter(|(_, port)| port.state.name().is_up());
        let bests = bests.filter_map(|(i, port)| Some((i, port.best()?)));
        bests.reduce(|a, b| {
            let rank = |(i, record): (usize, &ForeignRecord)| record.rank(&self.ports[i].ear());
            let order = compare(self.settings.edition, &rank(b), &rank(a));
            if order.is_better() { b } else { a }
        })
    }

    /// Updates the data sets for what was decided (9.3.5).
    fn take_over(
        &mut self,
        codes: &[Option<Code>],
        best: Option<(usize, ForeignRecord)>,
        ctx: &mut Context<'_>,
    ) -> Advice {
        let leads = codes.iter().flatten().any(|code| matches!(code, Code::M1 | Code::M2));
        let follows = codes.contains(&Some(Code::S1));
        let peer = best.map_or(Peer::None, |(_, record)| record.peer);
        match best {
            Some((_, record)) if follows => self.follow(&record, ctx),
            _ if leads => self.lead(ctx),
            _ => {}
        }
        Advice {
            receiver_only: self.settings.role == Role::ReceiverOnly,
            steps_removed: self.current.steps_removed,
            parent: self.parent.port,
            peer,
            source: self.source,
        }
    }

    /// M1 and M2: our own data (Table 30).
    pub(crate) fn lead(&mut self, ctx: &mut Context<'_>) {
        self.current = CurrentDs::default();
        self.path.len = 0;
        self.propagated.clear();
        let parent = own_parent(&self.settings);
        self.set_parent(parent, ctx);
        self.set_time(self.own_time(), ctx);
    }

    /// S1: the parent's data (Table 33).
    fn follow(&mut self, record: &ForeignRecord, ctx: &mut Context<'_>) {
        let announce = &record.announce;
        self.current.steps_removed = announce.steps_removed + 1;
        let parent = ParentDs {
            port: record.source,
            grandmaster: announce.grandmaster,
            quality: announce.quality,
            priority1: announce.priority1,
            priority2: announce.priority2,
        };
        self.set_parent(parent, ctx);
        self.set_time(TimeProperties::announced(announce, record.flags), ctx);
    }

    fn set_parent(&mut self, parent: ParentDs, ctx: &mut Context<'_>) {
        if self.parent == parent {
            return;
        }
        if self.parent.port != parent.port {
            self.metadata.heard = None;
            self.path.len = 0;
            self.propagated.clear();
            (self.parents_accuracy, self.ratio) = (None, None);
        }
        let follows = parent.port.clock != self.settings.identity;
        if follows && self.followed.replace(parent.port) != Some(parent.port) {
            self.source += 1;
        }
        self.parent = parent;
        ctx.event(Event::Parent { instance: self.index, source: self.source, parent });
    }

    fn set_time(&mut self, time: TimeProperties, ctx: &mut Context<'_>) {
        if self.time != time {
            self.time = time;
            ctx.event(Event::TimeProperties { instance: self.index, properties: time });
        }
    }

    /// What we say of our own time.
    pub(crate) fn own_time(&self) -> TimeProperties {
        self.set.over(self.settings.time)
    }

    /// Whether there is room for the path of an Announce.
    pub(crate) const fn can_trace(&self) -> bool {
        !self.path.clocks.is_empty()
    }

    /// Whether we lead in our own name.
    pub(crate) fn is_grandmaster(&self) -> bool {
        self.parent.port.clock == self.settings.identity
    }

    /// Our own words have changed.
    pub(crate) fn renew(&mut self, ctx: &mut Context<'_>) {
        if self.is_grandmaster() {
            self.lead(ctx);
        }
        self.decide(None, ctx);
    }

    pub(crate) fn deadline(&self) -> Mono {
        if self.undecided {
            return Mono::default();
        }
        let ports = self.ports.iter().map(Port::deadline).min().unwrap_or(Mono::NEVER);
        ports.min(self.metadata_deadline())
    }
}

impl Path {
    /// Of whoever passes paths on, else of nobody.
    fn new(traced: bool) -> Path {
        let room = if traced { PATH_MAX } else { 0 };
        Path { clocks: alloc::vec![ClockIdentity::default(); room].into(), len: 0 }
    }

    fn take(&mut self, tlvs: Tlvs<'_>) {
        self.len = 0;
        let clocks = tlvs.iter().filter_map(|tlv| tlv.path()).flatten();
        for (slot, clock) in self.clocks.iter_mut().zip(clocks) {
            *slot = clock;
            self.len += 1;
        }
    }
}

/// clockClass of a clock that may lead, were it only told to follow (7.6.2.5).
const fn leading_class(settings: &InstanceSettings) -> u8 {
    match settings.quality.class {
        255 => 248,
        class => class,
    }
}

pub(crate) fn own_rank(settings: &InstanceSettings) -> Rank {
    let own = PortIdentity { clock: settings.identity, port: 0 };
    Rank {
        priority1: settings.priority1,
        quality: settings.contends.unwrap_or(settings.quality),
        priority2: settings.priority2,
        local_priority: settings.local_priority,
        grandmaster: settings.identity,
        steps_removed: 0,
        sender: own,
        receiver: own,
    }
}

pub(crate) fn own_parent(settings: &InstanceSettings) -> ParentDs {
    ParentDs {
        port: PortIdentity { clock: settings.identity, port: 0 },
        grandmaster: settings.identity,
        quality: settings.contends.unwrap_or(settings.quality),
        priority1: settings.priority1,
        priority2: settings.priority2,
    }
}
