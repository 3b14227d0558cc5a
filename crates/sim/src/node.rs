//! A clock that takes part: the real engine and the real servo, joined to a clock and to ports.

use engine::{
    Channel, Delta, Destination, Engine, Event, FRAME_LEN, HoldoverClasses, Input, LinkState,
    ManagementRequest, Output, PortIndex, PortState, RequestId, TxStamp, TxTicket,
};
use time::{ClockIndex, Mono, Span, Stamp, StampKind, Timestamp};
use wire::{HeaderMut, ManagementAction};

use crate::clock::Clock;
use crate::delay::Delay;
use crate::engine_settings::settings;
use crate::follower::Follower;
use crate::journal::Journal;
use crate::network::{Network, address};
use crate::plan::{NodePlan, StampPlan};
use crate::queue::{Event as Happens, NEVER, SECOND_PS, picoseconds, seconds};
use crate::rng::Rng;

/// A clock that takes part.
#[derive(Debug)]
pub(crate) struct Node {
    index: u32,
    pub(crate) clock: Clock,
    pub(crate) alive: Option<Box<Alive>>,
    stamps: StampPlan,
    /// How long what it sends waits inside, if it does.
    residence: Option<Delay>,
    residence_rng: Rng,
    rng: Rng,
    /// When it is woken next.
    alarm: u64,
    ports: u8,
    own_class: u8,
    holdover: Option<(HoldoverClasses, f64)>,
}

/// What is lost when it stops.
#[derive(Debug)]
pub(crate) struct Alive {
    pub(crate) engine: Engine,
    pub(crate) follower: Follower,
    /// Frames whose transmit stamps are on their way.
    departures: Vec<Option<(TxTicket, Stamp)>>,
    /// Frames that wait inside, and when the last one of each port leaves.
    waiting: Vec<Option<Waiting>>,
    last: Vec<u64>,
    tick: u64,
    /// Discarded frames, by reason.
    pub(crate) discards: [u32; engine::Discard::NAMES.len()],
}

/// A frame that waits inside.
#[derive(Debug)]
struct Waiting {
    port: u8,
    to: Destination,
    channel: Channel,
    octets: Vec<u8>,
    stamp: TxStamp,
}

impl Node {
    /// A node that is not switched on yet.
    pub(crate) fn new(index: usize, plan: &NodePlan, seed: u64) -> Node {
        let stream = |what: &str| Rng::new(seed, &format!("{what} {index}"));
        Node {
            index: index as u32,
            clock: Clock::new(plan.oscillator, plan.actuator, plan.offset, stream("clock")),
            alive: None,
            stamps: plan.stamps,
            residence: (plan.residence.mean() > 0.0).then(|| plan.residence.clone()),
            residence_rng: stream("residence"),
            rng: stream("stamps"),
            alarm: NEVER,
            ports: 0,
            own_class: plan.quality.class,
            holdover: plan.selection.holdover,
        }
    }

    /// Switches it on.
    pub(crate) fn start(
        &mut self,
        plan: &NodePlan,
        ports: usize,
        net: &mut Network,
        journal: &mut Journal,
    ) {
        let at = net.now;
        self.ports = ports as u8;
        let seed = self.rng.bits();
        let settings = settings(plan, self.index as usize, ports, seed);
        let now = mono(at);
        let Ok(engine) = Engine::new(&settings, now) else { return };
        let follower = Follower::new(plan.servo, plan.memory, &mut self.clock, at);
        let tick = at + self.rng.below(SECOND_PS);
        self.alive = Some(Box::new(Alive {
            engine,
            follower,
            departures: Vec::new(),
            waiting: Vec::new(),
            last: vec![0; ports],
            tick,
            discards: Default::default(),
        }));
        self.alarm = NEVER;
        for port in 0..ports as u8 {
            let state = up(net.is_plugged(self.index as usize, port));
            self.feed(Input::Link { port: PortIndex(port), state }, net, journal);
        }
        self.schedule(net);
    }

    /// Switches it off; its clock goes on.
    pub(crate) fn stop(&mut self) {
        self.alive = None;
        self.alarm = NEVER;
    }

    /// A cable was pulled or plugged in.
    pub(crate) fn on_link(
        &mut self,
        port: u8,
        plugged: bool,
        net: &mut Network,
        journal: &mut Journal,
    ) {
        self.feed(Input::Link { port: PortIndex(port), state: up(plugged) }, net, journal);
        self.schedule(net);
    }

    /// What it says of itself changes.
    pub(crate) fn apply(&mut self, delta: &Delta, net: &mut Network, journal: &mut Journal) {
        let Some(alive) = &mut self.alive else { return };
        if alive.engine.apply(mono(net.now), delta).is_ok() {
            self.drain(net, journal);
        }
        self.schedule(net);
    }

    /// A management message about every port orders it to do something.
    pub(crate) fn manage(
        &mut self,
        action: ManagementAction,
        tlv: &[u8],
        net: &mut Network,
        journal: &mut Journal,
    ) {
        let Some(alive) = &mut self.alive else { return };
        let body = ManagementRequest { instance: 0, port: u16::MAX, action, tlv };
        alive.engine.handle(mono(net.now), Input::Local { request: RequestId(0), body });
        self.drain(net, journal);
        self.schedule(net);
    }

    /// Its stamps are others from now on.
    pub(crate) const fn set_stamps(&mut self, stamps: StampPlan) {
        self.stamps = stamps;
    }

    /// Its deadline passed, if it still is the one.
    pub(crate) fn on_wake(&mut self, net: &mut Network, journal: &mut Journal) {
        let at = net.now;
        if self.alarm != at {
            return;
        }
        self.alarm = NEVER;
        let now = mono(at);
        while self.alive.as_ref().is_some_and(|alive| alive.engine.deadline() <= now) {
            self.feed(Input::Timeout, net, journal);
        }
        let Some(alive) = &mut self.alive else { return };
        net.guarded(|| alive.follower.on_timeout(now, &mut self.clock, at));
        if alive.tick <= at {
            alive.tick += SECOND_PS;
            let state = net.guarded(|| alive.follower.tick(&mut self.clock, at));
            if let Some(state) = state {
                self.feed(Input::Servo { instance: 0, state }, net, journal);
            }
            self.mind_alternate(net, journal);
            self.mind_holdover(net, journal);
        }
        self.report(net.now, journal);
        self.schedule(net);
    }

    /// Tells the engine what to contend with, by what the estimator says of the clock (17.7).
    fn mind_holdover(&mut self, net: &mut Network, journal: &mut Journal) {
        let (Some(alive), Some((classes, limit_s))) = (&mut self.alive, &self.holdover) else {
            return;
        };
        let alone = alive.engine.parent(0).port.port == 0;
        let lost = alive.follower.lost_class().filter(|_| alone);
        let bound_s = alive.follower.estimate(&mut self.clock, net.now).bound_total_s;
        let quality =
            lost.and_then(|lost| classes.quality(self.own_class, lost, bound_s <= *limit_s));
        if quality != alive.engine.contends(0) {
            self.apply(&Delta::Contend { instance: 0, quality }, net, journal);
        }
    }

    /// Tells the new offset of another timescale once its jump is over.
    fn mind_alternate(&mut self, net: &mut Network, journal: &mut Journal) {
        let Some(alive) = &mut self.alive else { return };
        let before = alive.engine.alternates(0);
        let read = self.clock.read(net.now);
        let alternates = before.map(|alternate| alternate.map(|alternate| alternate.at(read)));
        if alternates != before {
            self.apply(&Delta::Alternates { instance: 0, alternates }, net, journal);
        }
    }

    /// A frame arrived.
    pub(crate) fn on_frame(
        &mut self,
        port: u8,
        frame: u32,
        net: &mut Network,
        journal: &mut Journal,
    ) {
        if self.alive.is_none() || !net.is_plugged(self.index as usize, port) {
            return;
        }
        let kept = net.frames.look(frame).0;
        let (channel, from) = (kept.channel, address(kept.from));
        let stamped = channel == Channel::Event && !self.happens(self.stamps.unstamped);
        let received = stamped.then(|| self.stamp(net.now, self.stamps.ingress_s));
        let octets = net.frames.lend(frame);
        let (port, bytes) = (PortIndex(port), octets.as_slice());
        self.feed(Input::Frame { port, from, channel, bytes, received }, net, journal);
        net.frames.give_back(frame, octets);
        self.schedule(net);
    }

    /// A transmit stamp is known.
    pub(crate) fn on_stamped(&mut self, place: u32, net: &mut Network, journal: &mut Journal) {
        let Some(alive) = &mut self.alive else { return };
        let Some((ticket, at)) = alive.departures.get_mut(place as usize).and_then(Option::take)
        else {
            return;
        };
        self.feed(Input::Sent { ticket, at }, net, journal);
        self.schedule(net);
    }

    /// Gives the engine an input and does what it says, until it has nothing left to say.
    fn feed(&mut self, input: Input<'_>, net: &mut Network, journal: &mut Journal) {
        let Some(alive) = &mut self.alive else { return };
        net.guarded(|| alive.engine.handle(mono(net.now), input));
        self.drain(net, journal);
    }

    fn drain(&mut self, net: &mut Network, journal: &mut Journal) {
        let mut frame = net.buffer.take().unwrap_or_else(|| Box::new([0; FRAME_LEN]));
        loop {
            let mut servo = None;
            while let Some(alive) = &mut self.alive
                && let Some(output) = net.guarded(|| alive.engine.poll(&mut frame))
            {
                match output {
                    Output::Send { port, to, channel, len, stamp } => {
                        let way = (port.0, to, channel);
                        match self.residence {
                            Some(_) => self.wait(way, &frame[..len], stamp, net),
                            None => self.send(way, &mut frame[..len], stamp, net),
                        }
                    }
                    Output::Measured(measurement) => {
                        let (clock, follower) = (&mut self.clock, &mut alive.follower);
                        let said = net.guarded(|| follower.measured(&measurement, clock, net.now));
                        servo = said.or(servo);
                    }
                    Output::Event(event) => self.on_event(&event, net.now, journal),
                    // Nobody in here asks.
                    Output::Answer { .. } => {}
                }
            }
            self.report(net.now, journal);
            let (Some(state), Some(alive)) = (servo, &mut self.alive) else { break };
            let input = Input::Servo { instance: 0, state };
            net.guarded(|| alive.engine.handle(mono(net.now), input));
        }
        net.buffer = Some(frame);
    }

    /// Keeps a frame inside for a while. Frames leave in their order.
    fn wait(
        &mut self,
        (port, to, channel): (u8, Destination, Channel),
        octets: &[u8],
        stamp: TxStamp,
        net: &mut Network,
    ) {
        let (Some(residence), Some(alive)) = (&mut self.residence, &mut self.alive) else {
            return;
        };
        let kept = picoseconds(residence.draw(&mut self.residence_rng, seconds(net.now)));
        let last = &mut alive.last[usize::from(port)];
        *last = net.now.saturating_add(kept).max(*last);
        let free = alive.waiting.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            alive.waiting.push(None);
            alive.waiting.len() - 1
        });
        let frame = Waiting { port, to, channel, octets: octets.to_vec(), stamp };
        alive.waiting[place] = Some(frame);
        net.queue.push(*last, Happens::Leave { node: self.index, place: place as u32 });
    }

    /// A frame has waited long enough.
    pub(crate) fn on_leave(&mut self, place: u32, net: &mut Network) {
        let Some(alive) = &mut self.alive else { return };
        let frame = alive.waiting.get_mut(place as usize).and_then(Option::take);
        if let Some(Waiting { port, to, channel, mut octets, stamp }) = frame {
            self.send((port, to, channel), &mut octets, stamp, net);
        }
    }

    fn send(
        &mut self,
        (port, to, channel): (u8, Destination, Channel),
        octets: &mut [u8],
        stamp: TxStamp,
        net: &mut Network,
    ) {
        if let TxStamp::InsertOrigin = stamp {
            insert_origin(octets, &self.stamp(net.now, -self.stamps.egress_s));
        }
        if let TxStamp::Report(ticket) = stamp {
            let at = self.stamp(net.now, -self.stamps.egress_s);
            if !self.happens(self.stamps.lost) {
                let late = self.happens(self.stamps.late);
                let wait = self.stamps.after_s + if late { self.stamps.lateness_s } else { 0.0 };
                let place = self.departs(ticket, at);
                let event = Happens::Stamped { node: self.index, place };
                net.queue.push(net.now.saturating_add(picoseconds(wait)), event);
            }
        }
        net.send((self.index, port), (to, channel), octets);
    }

    fn departs(&mut self, ticket: TxTicket, at: Stamp) -> u32 {
        let Some(alive) = &mut self.alive else { return 0 };
        let free = alive.departures.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            alive.departures.push(None);
            alive.departures.len() - 1
        });
        alive.departures[place] = Some((ticket, at));
        place as u32
    }

    /// A stamp that is taken so much after the moment that it is for.
    fn stamp(&mut self, at: u64, late_s: f64) -> Stamp {
        let mut error = late_s;
        if self.stamps.noise_s > 0.0 {
            error += self.stamps.noise_s * self.rng.gauss();
        }
        let mut time = self.clock.read(at) + Span::from_scaled((error * 65_536e9) as i128);
        if self.stamps.resolution_s > 0.0 {
            let unit = (self.stamps.resolution_s * 65_536e9) as i128;
            let scaled = time.since_epoch().scaled();
            time = Timestamp::from_span(Span::from_scaled(scaled - scaled.rem_euclid(unit.max(1))));
        }
        Stamp { clock: ClockIndex(0), epoch: self.clock.epoch(), time, kind: StampKind::Hardware }
    }

    fn happens(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.rng.chance(probability)
    }

    fn on_event(&mut self, event: &Event, at: u64, journal: &mut Journal) {
        let Some(alive) = &mut self.alive else { return };
        match event {
            Event::Parent { source, parent, .. } if parent.port.port != 0 => {
                alive.follower.select(*source, &mut self.clock, at);
                alive.follower.source_says(parent.quality.accuracy);
                alive.follower.source_class = parent.quality.class;
            }
            Event::Discarded { reason, .. } => alive.discards[reason.index()] += 1,
            _ => {}
        }
        journal.event(at, self.index, event);
    }

    /// Tells what the follower did.
    fn report(&mut self, at: u64, journal: &mut Journal) {
        let Some(alive) = &mut self.alive else { return };
        if let Some(moved) = alive.follower.moved.take() {
            journal.moved(at, self.index, &moved);
        }
        journal.locked(at, self.index, alive.follower.is_locked());
    }

    /// Wakes it at its next deadline.
    fn schedule(&mut self, net: &mut Network) {
        let Some(alive) = &self.alive else { return };
        let due = alive.engine.deadline().min(alive.follower.deadline());
        let due = due.nanos().saturating_mul(1_000).min(alive.tick).max(net.now);
        if due < self.alarm {
            self.alarm = due;
            net.queue.push(due, Happens::Wake { node: self.index });
        }
    }

    /// Somebody moves its clock.
    pub(crate) fn step(&mut self, by: Span, noticed: bool, net: &Network) {
        if !noticed {
            return self.clock.shift(net.now, by);
        }
        self.clock.step(net.now, by);
        if let Some(alive) = &mut self.alive {
            alive.follower.clock_jumped(&self.clock);
        }
    }

    /// What it is now, in a word.
    pub(crate) fn role(&self) -> &'static str {
        let Some(alive) = &self.alive else { return "silent" };
        let ports = 0..self.ports;
        let mut states = ports.map(|port| alive.engine.port_state(0, PortIndex(port)));
        if alive.engine.is_grandmaster(0) {
            return "grandmaster";
        }
        let follows = |state| matches!(state, PortState::TimeReceiver | PortState::Uncalibrated);
        let (mut leads, mut receives) = (false, false);
        states.by_ref().for_each(|state| {
            leads |= state == PortState::TimeTransmitter;
            receives |= follows(state);
        });
        match (leads, receives) {
            (true, true) => "boundary",
            (false, true) => "receiver",
            _ => "listening",
        }
    }
}

/// What hardware does that sends in one step.
fn insert_origin(octets: &mut [u8], left: &Stamp) {
    let Ok(mut sync) = HeaderMut::new(octets) else { return };
    let written = sync.set_timestamp(left.time);
    debug_assert!(written.is_ok(), "only a Sync is sent in one step");
    sync.add_correction(left.time.fraction());
}

/// The driver's monotonic clock, which is true time.
pub(crate) const fn mono(at: u64) -> Mono {
    Mono::from_nanos(at / 1_000)
}

const fn up(plugged: bool) -> LinkState {
    if plugged { LinkState::Up } else { LinkState::Down }
}
