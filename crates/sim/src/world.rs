//! The world: nodes, the network between them, what the scenario does to them, and the one loop.

use engine::Delta;
use time::Timestamp;
use wire::ClockQuality;

use crate::clock::true_time;
use crate::journal::Journal;
use crate::network::{Network, node_named};
use crate::node::Node;
use crate::outcome::{DelayPoint, NodeOutcome, Phase, TrackPoint};
use crate::plan::{Happening, Plan, What, time_properties};
use crate::probe::Record;
use crate::queue::{Event, picoseconds, seconds};

/// messageType of those whose delays are kept (13.3).
const SYNC: u8 = 0x0;
const DELAY_REQ: u8 = 0x1;
/// A ramp of the temperature is made of steps of this.
const RAMP_STEP_S: f64 = 1.0;

/// A world under way.
#[derive(Debug)]
pub struct World {
    plan: Plan,
    script: Vec<Happening>,
    net: Network,
    nodes: Vec<Node>,
    ports: Vec<usize>,
    /// What the nodes say of themselves at the moment.
    said: Vec<(u8, u8, ClockQuality)>,
    pub(crate) journal: Journal,
    pub(crate) records: Vec<Record>,
    /// How often clocks are looked at, in picoseconds; 0: never.
    probe_every: u64,
    settled: u64,
    against: Against,
    handled: u64,
    /// What is done with each look.
    looks: Vec<(usize, TrackPoint)>,
}

/// How much is kept of a run.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    /// How often clocks are looked at, in seconds; 0: never.
    pub every_s: f64,
    /// When statistics begin, in seconds.
    pub settle_s: f64,
    /// Lines of the log at most.
    pub log_max: usize,
    /// What clocks are compared with.
    pub against: Against,
}

/// What a clock is compared with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Against {
    /// The clock of its grandmaster; true time while it follows nobody.
    Grandmaster,
    /// The clock of whom it follows; it is not looked at while it follows nobody.
    Parent,
}

impl World {
    /// A world in which nothing has happened yet.
    pub fn new(plan: Plan, seed: u64, watch: Watch) -> World {
        let names = plan.nodes.iter().map(|node| node.name.clone()).collect();
        let watched = if watch.every_s > 0.0 { plan.nodes.len() } else { 0 };
        let mut ports = vec![0; plan.nodes.len()];
        for port in plan.media.iter().flat_map(|medium| &medium.ports) {
            ports[port.node] = ports[port.node].max(usize::from(port.port) + 1);
        }
        let nodes = plan.nodes.iter().enumerate();
        let mut world = World {
            net: Network::new(&plan.media, plan.nodes.len(), seed),
            nodes: nodes.map(|(index, node)| Node::new(index, node, seed)).collect(),
            ports,
            said: plan.nodes.iter().map(|n| (n.priorities.0, n.priorities.1, n.quality)).collect(),
            journal: Journal::new(names, watch.log_max),
            records: (0..watched).map(|_| Record::new()).collect(),
            probe_every: picoseconds(watch.every_s),
            settled: picoseconds(watch.settle_s),
            against: watch.against,
            handled: 0,
            looks: Vec::new(),
            script: Vec::new(),
            plan,
        };
        world.write_script();
        // What it was built from is built.
        world.plan.media = Vec::new();
        world.plan.happenings = Vec::new();
        world
    }

    fn write_script(&mut self) {
        let starts = self
            .plan
            .nodes
            .iter()
            .enumerate()
            .map(|(node, plan)| Happening { at_s: plan.start_s, what: What::Start { node } });
        self.script = starts.chain(self.plan.happenings.iter().cloned()).collect();
        for (index, happening) in (0u32..).zip(&self.script) {
            self.net.queue.push(picoseconds(happening.at_s), Event::Script { index });
        }
        if self.probe_every > 0 {
            self.net.queue.push(self.probe_every, Event::Probe);
        }
    }

    /// Lets everything happen that happens before `until` seconds. `look` is told of each look.
    pub fn run(&mut self, until_s: f64, look: &mut dyn FnMut(usize, &TrackPoint)) {
        let until = picoseconds(until_s);
        while self.net.queue.next_at() < until
            && let Some((at, event)) = self.net.queue.pop()
        {
            self.net.now = at;
            self.handled += 1;
            self.journal.mix(at);
            self.handle(event);
            for (node, point) in self.looks.drain(..) {
                look(node, &point);
            }
        }
        self.net.now = until;
    }

    fn handle(&mut self, event: Event) {
        let World { nodes, net, journal, .. } = self;
        match event {
            Event::Wake { node } => nodes[node as usize].on_wake(net, journal),
            Event::Leave { node, place } => nodes[node as usize].on_leave(place, net),
            Event::Stamped { node, place } => {
                nodes[node as usize].on_stamped(place, net, journal);
            }
            Event::Arrive { node, port, frame } => {
                nodes[node as usize].on_frame(port, frame, net, journal);
                self.note_delay(node, frame);
                self.net.frames.release(frame);
            }
            Event::Script { index } => self.happen(index),
            Event::Probe => self.probe(),
        }
    }

    fn note_delay(&mut self, node: u32, frame: u32) {
        if self.records.is_empty() {
            return;
        }
        let (kept, octets) = self.net.frames.look(frame);
        let (from, sent) = (kept.from, kept.sent);
        let kind = octets.first().map_or(0xff, |octet| octet & 0xf);
        let (of, down) = match kind {
            SYNC => (node, true),
            DELAY_REQ if self.nodes[node as usize].role() != "receiver" => (from, false),
            _ => return,
        };
        let at_s = seconds(self.net.now);
        let delay_s = seconds(self.net.now - sent);
        self.records[of as usize].delay(DelayPoint { at_s, down, delay_s });
    }

    /// Looks at every clock.
    fn probe(&mut self) {
        let now = self.net.now;
        self.net.queue.push(now + self.probe_every, Event::Probe);
        for index in 0..self.nodes.len() {
            if let Some(point) = self.look(index) {
                self.records[index].keep(point);
                if now >= self.settled {
                    self.records[index].errors.add(&point);
                }
                self.looks.push((index, point));
            }
        }
    }

    /// One look at a clock that follows; nothing of one that leads or is off.
    pub(crate) fn look(&mut self, index: usize) -> Option<TrackPoint> {
        let now = self.net.now;
        let alive = self.nodes[index].alive.as_ref()?;
        let parent = alive.engine.parent(0);
        let followed = match self.against {
            Against::Grandmaster => node_named(parent.grandmaster)?,
            Against::Parent if parent.port.port == 0 => return None,
            Against::Parent => node_named(parent.port.clock)?,
        };
        let reference = self.reference(followed, index);
        let node = &mut self.nodes[index];
        let alive = node.alive.as_ref()?;
        let estimate = alive.follower.estimate(&mut node.clock, now);
        let error = node.clock.read(now) - reference;
        Some(TrackPoint {
            at_s: seconds(now),
            error_s: error.scaled() as f64 / 65_536e9,
            offset_s: estimate.offset_s,
            bound_s: estimate.bound_total_s,
            random_bound_s: estimate.bound_random_s,
            rate_error: node.clock.rate_error(),
            phase: match estimate.health {
                servo::Phase::Free => Phase::Free,
                servo::Phase::Acquiring => Phase::Acquiring,
                servo::Phase::Locked => Phase::Locked,
                servo::Phase::Holdover => Phase::Holdover,
            },
        })
    }

    /// The time of whom a node follows, or the truth if that is itself.
    fn reference(&mut self, followed: usize, node: usize) -> Timestamp {
        let now = self.net.now;
        if followed == node {
            return true_time(now);
        }
        self.nodes.get_mut(followed).map_or(true_time(now), |other| other.clock.read(now))
    }

    fn happen(&mut self, index: u32) {
        let what = self.script[index as usize].what.clone();
        self.tell(&what);
        let World { nodes, net, journal, plan, ports, said, .. } = self;
        match what {
            What::Start { node } => {
                let own = &plan.nodes[node];
                said[node] = (own.priorities.0, own.priorities.1, own.quality);
                nodes[node].start(own, ports[node], net, journal);
            }
            What::Kill { node } => nodes[node].stop(),
            What::Plug { node, medium, plugged } => {
                for port in net.plug(node, medium, plugged) {
                    nodes[node].on_link(port, plugged, net, journal);
                }
            }
            What::Partition { medium, parts } => net.partition(medium, &parts),
            What::Clock { .. } => self.say(&what),
            What::Manage { node, action, tlv } => nodes[node].manage(action, &tlv, net, journal),
            What::Time { node, leap, utc_offset } => {
                let time = time_properties(leap, utc_offset);
                nodes[node].apply(&Delta::Time { instance: 0, time }, net, journal);
            }
            What::Delay { medium, nodes, toward, delay } => {
                net.delays(medium, &nodes, toward).for_each(|old| *old = delay.clone());
            }
            What::Floor { medium, nodes, toward, floor_s } => {
                net.delays(medium, &nodes, toward).for_each(|delay| delay.set_floor(floor_s));
            }
            What::Faults { medium, faults } => net.set_faults(medium, faults),
            What::Step { node, by, noticed } => nodes[node].step(by, noticed, net),
            What::Ambient { node, kelvin, over_s } => self.warm(node, kelvin, over_s),
            What::Jump { node, rate } => nodes[node].clock.disturb(net.now).jump(rate),
            What::Stamps { node, stamps } => nodes[node].set_stamps(stamps),
        }
    }

    fn tell(&mut self, what: &What) {
        let (node, text) = match what {
            What::Start { node } => (Some(*node), "is switched on".to_owned()),
            What::Kill { node } => (Some(*node), "stops".to_owned()),
            What::Plug { node, plugged: true, .. } => (Some(*node), "is plugged in".to_owned()),
            What::Plug { node, plugged: false, .. } => (Some(*node), "is unplugged".to_owned()),
            What::Step { node, by, .. } => (Some(*node), format!("is moved by {by}")),
            What::Ambient { node, kelvin, .. } if kelvin.is_finite() => {
                (Some(*node), format!("gets {kelvin:+} K"))
            }
            other => (None, format!("{other:?}")),
        };
        self.journal.tell(self.net.now, node.map(|node| node as u32), || text);
    }

    fn say(&mut self, what: &What) {
        let What::Clock { node, priority1, priority2, class, accuracy } = *what else { return };
        let (p1, p2, quality) = &mut self.said[node];
        *p1 = priority1.unwrap_or(*p1);
        *p2 = priority2.unwrap_or(*p2);
        quality.class = class.unwrap_or(quality.class);
        quality.accuracy = accuracy.unwrap_or(quality.accuracy);
        let delta = Delta::Clock {
            instance: 0,
            priority1: *p1,
            priority2: *p2,
            quality: *quality,
            role: self.plan.nodes[node].role,
        };
        self.nodes[node].apply(&delta, &mut self.net, &mut self.journal);
    }

    /// One step of a ramp, which then goes on.
    fn warm(&mut self, node: usize, kelvin: f64, over_s: f64) {
        let now = self.net.now;
        let oscillator = self.nodes[node].clock.disturb(now);
        if over_s <= RAMP_STEP_S {
            return oscillator.set_ambient(kelvin);
        }
        let next = oscillator.ambient() + (kelvin - oscillator.ambient()) * RAMP_STEP_S / over_s;
        oscillator.set_ambient(next);
        let what = What::Ambient { node, kelvin, over_s: over_s - RAMP_STEP_S };
        let at = now + picoseconds(RAMP_STEP_S);
        let index = self.script.len() as u32;
        self.script.push(Happening { at_s: seconds(at), what });
        self.net.queue.push(at, Event::Script { index });
    }

    /// Lets `guard` be called around everything that engine and servo do from now on.
    pub fn guard(&mut self, guard: Option<fn(&mut dyn FnMut())>) {
        self.net.guard = guard;
    }

    pub(crate) fn ports_of(&self, index: usize) -> usize {
        self.ports[index]
    }

    /// How many events there were.
    pub const fn events_handled(&self) -> u64 {
        self.handled
    }

    /// How many clocks there are.
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no clock.
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(crate) fn node(&self, index: usize) -> &Node {
        &self.nodes[index]
    }

    pub(crate) fn name(&self, index: usize) -> String {
        self.plan.nodes.get(index).map_or("?".to_owned(), |node| node.name.clone())
    }

    /// What is to be reported of a clock.
    pub(crate) fn outcome_of(&mut self, index: usize, limit_s: Option<f64>) -> NodeOutcome {
        let record = self.records.get_mut(index);
        let (track, delays, summary) = record.map_or_else(Default::default, |record| {
            let summary = record.errors.summary(limit_s);
            (core::mem::take(&mut record.track), core::mem::take(&mut record.delays), summary)
        });
        let node = &self.nodes[index];
        NodeOutcome {
            name: self.name(index),
            role: node.role().to_owned(),
            track,
            delays,
            lock_time_s: self.journal.first_lock(index).map(seconds),
            steps: node.alive.as_ref().map_or(0, |alive| alive.follower.steps),
            limit_s,
            summary,
        }
    }
}
