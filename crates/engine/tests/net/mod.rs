//! Engines with several ports, joined by wires, with clocks that are right but for an offset.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};

use engine::*;
use time::*;
use wire::{ClockIdentity, Message};

/// One way over a wire.
pub const DELAY_NS: u64 = 5_000;

pub struct Net {
    pub now: Mono,
    pub nodes: Vec<Node>,
    /// Which ports hear each other; a port may be on one wire.
    wires: Vec<Vec<At>>,
    /// One way over each wire.
    pub delays_ns: Vec<u64>,
    /// What a port's card or its driver throws away of what comes in.
    pub drops: Option<(At, Matches)>,
    /// What a node's cards give no stamp for.
    pub unstamped: Option<(usize, Matches)>,
    flight: BTreeMap<(Mono, u64), Flying>,
    /// Transmit stamps that are not known yet.
    stamps: BTreeMap<(Mono, u64), (usize, TxTicket, Stamp)>,
    count: u64,
    pub events: Vec<(usize, Event)>,
    pub measurements: Vec<(usize, Measurement)>,
    pub sent: Vec<Sent>,
    /// Whether the three above are filled.
    pub keep: bool,
}

/// Which frames.
pub type Matches = fn(&[u8]) -> bool;

/// A node's port, both counted from 0.
pub type At = (usize, u8);

pub struct Node {
    pub engine: Engine,
    pub offset: Span,
    pub alive: bool,
    /// By how much its clock runs faster than time, in parts per 10^9.
    pub rate_ppb: i64,
    /// How long what it sends waits inside before it leaves.
    pub hold_ns: u64,
    /// How long after it left a frame's stamp comes.
    pub late_ns: u64,
}

/// A frame that left.
pub struct Sent {
    pub at: Mono,
    pub from: At,
    pub to: Destination,
    pub octets: Vec<u8>,
}

struct Flying {
    to: At,
    channel: Channel,
    octets: Vec<u8>,
}

pub fn identity(n: u8) -> ClockIdentity {
    ClockIdentity([2, 0, 0, 0xff, 0xfe, 0, 0, n])
}

/// A clock of the default profile with so many ports and the identity `n`.
pub fn clock(n: u8, ports: usize) -> Settings {
    let mut settings = Settings::ordinary(u64::from(n), identity(n));
    settings.links = vec![LinkSettings::default(); ports];
    settings.instances[0].ports = vec![PortSettings::default(); ports];
    settings
}

impl Net {
    pub fn new(settings: impl IntoIterator<Item = Settings>, wires: &[&[At]]) -> Net {
        let now = Mono::from_nanos(0);
        let mut net = Net {
            now,
            nodes: Vec::new(),
            wires: wires.iter().map(|wire| wire.to_vec()).collect(),
            delays_ns: vec![DELAY_NS; wires.len()],
            drops: None,
            unstamped: None,
            flight: BTreeMap::new(),
            stamps: BTreeMap::new(),
            count: 0,
            events: Vec::new(),
            measurements: Vec::new(),
            sent: Vec::new(),
            keep: true,
        };
        let mut ports = Vec::new();
        for settings in settings {
            ports.push(settings.links.len() as u8);
            net.nodes.push(Node {
                engine: Engine::new(&settings, now).unwrap(),
                offset: Span::from_seconds(1_800_000_000),
                alive: true,
                hold_ns: 0,
                late_ns: 0,
                rate_ppb: 0,
            });
        }
        for (node, ports) in ports.into_iter().enumerate() {
            for port in 0..ports {
                net.link((node, port), LinkState::Up);
            }
        }
        net
    }

    pub fn link(&mut self, (node, port): At, state: LinkState) {
        self.feed(node, Input::Link { port: PortIndex(port), state });
    }

    /// Takes a wire away; both ends notice. Gives it back with [`Net::mend`].
    pub fn cut(&mut self, wire: usize) -> Vec<At> {
        let ends = std::mem::take(&mut self.wires[wire]);
        for end in &ends {
            self.link(*end, LinkState::Down);
        }
        ends
    }

    pub fn mend(&mut self, wire: usize, ends: Vec<At>) {
        for end in &ends {
            self.link(*end, LinkState::Up);
        }
        self.wires[wire] = ends;
    }

    pub fn state(&self, (node, port): At) -> PortState {
        self.nodes[node].engine.port_state(0, PortIndex(port))
    }

    /// The nodes that lead in their own name.
    pub fn grandmasters(&self) -> Vec<usize> {
        let alive = |n: &usize| self.nodes[*n].alive;
        let leads = |n: &usize| self.nodes[*n].engine.is_grandmaster(0);
        (0..self.nodes.len()).filter(alive).filter(leads).collect()
    }

    pub fn run(&mut self, seconds: f64) {
        let end = Mono::from_nanos(self.now.nanos() + (seconds * 1e9) as u64);
        loop {
            let flying = self.flight.first_key_value().map_or(Mono::NEVER, |(key, _)| key.0);
            let due = |n: &usize| self.nodes[*n].engine.deadline();
            let node = (0..self.nodes.len()).filter(|n| self.nodes[*n].alive).min_by_key(due);
            let deadline = node.as_ref().map_or(Mono::NEVER, due);
            let stamped = self.stamps.first_key_value().map_or(Mono::NEVER, |(key, _)| key.0);
            let next = flying.min(deadline).min(stamped);
            if next > end {
                break;
            }
            self.now = self.now.max(next);
            if stamped <= flying.min(deadline) {
                if let Some((_, (node, ticket, at))) = self.stamps.pop_first() {
                    self.feed(node, Input::Sent { ticket, at });
                }
            } else if flying <= deadline {
                self.arrive();
            } else if let Some(node) = node {
                self.feed(node, Input::Timeout);
            }
        }
        self.now = end;
    }

    /// What a node's clock shows now.
    pub fn stamp(&self, node: usize) -> Stamp {
        let node = &self.nodes[node];
        let gained =
            i128::from(self.now.nanos()) * 65_536 * i128::from(node.rate_ppb) / 1_000_000_000;
        let passed = Span::from_nanos(self.now.nanos() as i64) + Span::from_scaled(gained);
        let time = Timestamp::ZERO + node.offset + passed;
        Stamp { clock: ClockIndex(0), epoch: 0, time, kind: StampKind::Software }
    }

    fn arrive(&mut self) {
        let Some((_, Flying { to, channel, octets })) = self.flight.pop_first() else { return };
        let joined = self.wires.iter().any(|wire| wire.contains(&to));
        let dropped = self.drops.is_some_and(|(at, drops)| at == to && drops(&octets));
        if self.nodes[to.0].alive && joined && !dropped {
            self.hear(to, channel, &octets);
        }
    }

    /// A frame comes in.
    pub fn hear(&mut self, (node, port): At, channel: Channel, octets: &[u8]) {
        let received = Some(self.stamp(node));
        let (port, from) = (PortIndex(port), Peer::None);
        self.feed(node, Input::Frame { port, from, channel, bytes: octets, received });
    }

    pub fn feed(&mut self, node: usize, input: Input<'_>) {
        self.nodes[node].engine.handle(self.now, input);
        self.drain(node);
    }

    pub fn drain(&mut self, node: usize) {
        let mut frame = [0; FRAME_LEN];
        let mut left = Vec::new();
        while let Some(output) = self.nodes[node].engine.poll(&mut frame) {
            match output {
                Output::Send { port, to, channel, len, stamp } => {
                    let octets = frame[..len].to_vec();
                    let stamped = !self.unstamped.is_some_and(|(n, no)| n == node && no(&octets));
                    self.transmit((node, port.0), to, channel, octets);
                    if let TxStamp::Report(ticket) = stamp
                        && stamped
                    {
                        left.push(ticket);
                    }
                }
                Output::Measured(measurement) if self.keep => {
                    self.measurements.push((node, measurement));
                }
                Output::Event(event) if self.keep => self.events.push((node, event)),
                _ => {}
            }
        }
        let Node { hold_ns, late_ns, rate_ppb, .. } = self.nodes[node];
        let gained = i128::from(hold_ns) * 65_536 * i128::from(rate_ppb) / 1_000_000_000;
        let held = Span::from_nanos(hold_ns as i64) + Span::from_scaled(gained);
        for ticket in left {
            let now = self.stamp(node);
            let at = Stamp { time: now.time + held, ..now };
            if late_ns > 0 {
                self.count += 1;
                let known = Mono::from_nanos(self.now.nanos() + hold_ns + late_ns);
                self.stamps.insert((known, self.count), (node, ticket, at));
            } else {
                self.feed(node, Input::Sent { ticket, at });
            }
        }
    }

    fn transmit(&mut self, from: At, to: Destination, channel: Channel, octets: Vec<u8>) {
        let held = self.nodes[from.0].hold_ns;
        let Some(number) = self.wires.iter().position(|wire| wire.contains(&from)) else {
            return self.keep_sent(from, to, octets);
        };
        let at = Mono::from_nanos(self.now.nanos() + held + self.delays_ns[number]);
        for end in self.wires[number].iter().filter(|end| **end != from) {
            self.count += 1;
            let flying = Flying { to: *end, channel, octets: octets.clone() };
            self.flight.insert((at, self.count), flying);
        }
        self.keep_sent(from, to, octets);
    }

    fn keep_sent(&mut self, from: At, to: Destination, octets: Vec<u8>) {
        if self.keep {
            self.sent.push(Sent { at: self.now, from, to, octets });
        }
    }

    /// The messages of one kind that a port sent.
    pub fn sent_by(&self, from: At, kind: wire::MessageType) -> Vec<Message<'_>> {
        let of_port = self.sent.iter().filter(|sent| sent.from == from);
        let decoded = of_port.filter_map(|sent| Message::decode(&sent.octets).ok());
        decoded.filter(|message| message.body.kind() == kind).collect()
    }

    /// Every living node's way to its grandmaster by its parents; `Err` where that is a loop or
    /// does not end at a grandmaster.
    pub fn trees(&self) -> Result<BTreeMap<usize, usize>, String> {
        let by_identity = |wanted: ClockIdentity| {
            (0..self.nodes.len()).find(|n| self.nodes[*n].engine.identity(0) == wanted)
        };
        let mut roots = BTreeMap::new();
        for node in (0..self.nodes.len()).filter(|n| self.nodes[*n].alive) {
            let (mut at, mut seen) = (node, BTreeSet::new());
            while self.nodes[at].engine.parent(0).port.port != 0 {
                if !seen.insert(at) {
                    return Err(format!("node {node} is in a loop"));
                }
                let parent = self.nodes[at].engine.parent(0).port.clock;
                at = by_identity(parent).ok_or(format!("node {at} follows nobody known"))?;
            }
            roots.insert(node, at);
        }
        Ok(roots)
    }
}
