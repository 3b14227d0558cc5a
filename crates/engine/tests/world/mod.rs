//! Engines on one wire, with clocks of their own and a monotonic clock for all.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

use std::collections::VecDeque;

use engine::*;
use time::*;
use wire::{ClockIdentity, Message};

pub const DELAY_NS: u64 = 5_000;

pub struct World {
    pub now: Mono,
    pub nodes: Vec<Node>,
    flight: VecDeque<Flying>,
    /// Of everything that was sent.
    pub digest: u64,
    pub delay_ns: u64,
    pub stamps: Stamps,
    pub events: Vec<(usize, Event)>,
    pub measurements: Vec<(usize, Measurement)>,
    pub sent: Vec<(Mono, usize, Vec<u8>)>,
    /// Whom each of these went to.
    pub sent_to: Vec<Destination>,
    /// Where each node's messages seem to come from.
    pub seen_at: Vec<Peer>,
    /// A kind of message of a node that arrives nowhere.
    pub lost: Option<(usize, wire::MessageType)>,
    /// Whether measurements, events and what was sent are kept.
    pub keep: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Stamps {
    InTime,
    Lost,
    /// So many nanoseconds later.
    Late(u64),
}

pub struct Node {
    pub engine: Engine,
    pub offset: Span,
    pub rate_ppb: i64,
    pub alive: bool,
    pub steps: u32,
    late: VecDeque<(Mono, TxTicket, Stamp)>,
}

struct Flying {
    at: Mono,
    from: usize,
    to: Destination,
    channel: Channel,
    bytes: [u8; 256],
    len: usize,
}

pub fn identity(n: u8) -> ClockIdentity {
    ClockIdentity([2, 0, 0, 0xff, 0xfe, 0, 0, n])
}

/// Where a node is.
pub fn address(node: usize) -> Peer {
    Peer::Udp4([10, 0, 0, node as u8 + 1])
}

impl World {
    pub fn new(settings: impl IntoIterator<Item = Settings>) -> World {
        let now = Mono::from_nanos(0);
        let node = |settings: Settings| Node {
            engine: Engine::new(&settings, now).unwrap(),
            offset: Span::from_seconds(1_800_000_000),
            rate_ppb: 0,
            alive: true,
            steps: 0,
            late: VecDeque::with_capacity(64),
        };
        let nodes = settings.into_iter().map(node).collect();
        let mut world = World {
            now,
            nodes,
            flight: VecDeque::with_capacity(4096),
            digest: 0xcbf2_9ce4_8422_2325,
            delay_ns: DELAY_NS,
            stamps: Stamps::InTime,
            events: Vec::new(),
            measurements: Vec::new(),
            sent: Vec::new(),
            sent_to: Vec::new(),
            seen_at: Vec::new(),
            lost: None,
            keep: true,
        };
        world.seen_at = (0..world.nodes.len()).map(address).collect();
        for i in 0..world.nodes.len() {
            world.link(i, LinkState::Up);
        }
        world
    }

    /// `count` ordinary clocks with identities 1, 2, ...
    pub fn ordinary(count: u8, mut change: impl FnMut(u8, &mut Settings)) -> World {
        World::new((1..=count).map(|n| {
            let mut settings = Settings::ordinary(u64::from(n), identity(n));
            change(n, &mut settings);
            settings
        }))
    }

    pub fn link(&mut self, node: usize, state: LinkState) {
        self.feed(node, Input::Link { port: PortIndex(0), state });
    }

    pub fn state(&self, node: usize) -> PortState {
        self.nodes[node].engine.port_state(0, PortIndex(0))
    }

    pub fn leaders(&self) -> Vec<usize> {
        let alive = |n: &usize| self.nodes[*n].alive;
        let leads = |n: &usize| self.state(*n) == PortState::TimeTransmitter;
        (0..self.nodes.len()).filter(alive).filter(leads).collect()
    }

    pub fn run(&mut self, seconds: f64) {
        self.run_until(Mono::from_nanos(self.now.nanos() + (seconds * 1e9) as u64));
    }

    pub fn run_until(&mut self, end: Mono) {
        loop {
            let flying = self.flight.front().map_or(Mono::NEVER, |frame| frame.at);
            let (node, deadline) = self.next_node();
            let next = flying.min(deadline);
            if next > end {
                break;
            }
            self.now = self.now.max(next);
            if flying <= deadline {
                self.arrive();
            } else if let Some((at, ..)) = self.nodes[node].late.front()
                && *at <= self.now
            {
                let (_, ticket, at) = self.nodes[node].late.pop_front().unwrap();
                self.feed(node, Input::Sent { ticket, at });
            } else {
                self.feed(node, Input::Timeout);
            }
        }
        self.now = end;
    }

    fn next_node(&self) -> (usize, Mono) {
        let due = |node: &Node| {
            let late = node.late.front().map_or(Mono::NEVER, |(at, ..)| *at);
            if node.alive { node.engine.deadline().min(late) } else { Mono::NEVER }
        };
        let nodes = self.nodes.iter().enumerate();
        nodes.map(|(i, node)| (i, due(node))).min_by_key(|(_, at)| *at).unwrap()
    }

    fn arrive(&mut self) {
        let frame = self.flight.pop_front().unwrap();
        for i in 0..self.nodes.len() {
            let meant = match frame.to {
                Destination::Unicast(peer) => peer == address(i),
                _ => i != frame.from,
            };
            if meant && self.nodes[i].alive {
                self.inject_from(
                    self.seen_at[frame.from],
                    i,
                    frame.channel,
                    &frame.bytes[..frame.len],
                );
            }
        }
    }

    /// Gives a node a frame that arrives now.
    pub fn inject(&mut self, node: usize, channel: Channel, bytes: &[u8]) {
        self.inject_from(Peer::None, node, channel, bytes);
    }

    pub fn inject_from(&mut self, from: Peer, node: usize, channel: Channel, bytes: &[u8]) {
        let received = (channel != Channel::General).then(|| self.stamp(node));
        let port = PortIndex(0);
        self.feed(node, Input::Frame { port, from, channel, bytes, received });
    }

    pub fn feed(&mut self, node: usize, input: Input<'_>) {
        self.nodes[node].engine.handle(self.now, input);
        self.drain(node);
    }

    pub fn apply(&mut self, node: usize, delta: &Delta) -> Result<(), Refused> {
        let result = self.nodes[node].engine.apply(self.now, delta);
        self.drain(node);
        result
    }

    /// A node begins anew.
    pub fn restart(&mut self, node: usize, settings: &Settings) {
        self.nodes[node].engine = Engine::new(settings, self.now).unwrap();
        self.nodes[node].late.clear();
        self.nodes[node].alive = true;
        self.link(node, LinkState::Up);
    }

    pub fn drain(&mut self, node: usize) {
        let mut frame = [0; FRAME_LEN];
        while let Some(output) = self.nodes[node].engine.poll(&mut frame) {
            match output {
                Output::Send { to, channel, len, stamp, .. } => {
                    if let TxStamp::InsertOrigin = stamp {
                        let left = self.stamp(node).time;
                        let mut sync = wire::HeaderMut::new(&mut frame[..len]).unwrap();
                        sync.set_timestamp(left).unwrap();
                        sync.add_correction(left.fraction());
                    }
                    self.send(node, (to, channel), &frame[..len], stamp);
                }
                Output::Measured(measurement) if self.keep => {
                    self.measurements.push((node, measurement));
                }
                Output::Event(event) if self.keep => self.events.push((node, event)),
                Output::Measured(_) | Output::Event(_) | Output::Answer { .. } => {}
            }
        }
    }

    fn send(
        &mut self,
        from: usize,
        (to, channel): (Destination, Channel),
        octets: &[u8],
        stamp: TxStamp,
    ) {
        for octet in octets {
            self.digest = (self.digest ^ u64::from(*octet)).wrapping_mul(0x100_0000_01b3);
        }
        if self.keep {
            self.sent.push((self.now, from, octets.to_vec()));
            self.sent_to.push(to);
        }
        let lost = |(node, kind): (usize, wire::MessageType)| {
            node == from && octets[0] & 0x0f == kind.number()
        };
        if self.lost.is_some_and(lost) {
            return;
        }
        let mut bytes = [0; 256];
        bytes[..octets.len()].copy_from_slice(octets);
        let at = Mono::from_nanos(self.now.nanos() + self.delay_ns);
        self.flight.push_back(Flying { at, from, to, channel, bytes, len: octets.len() });
        if let TxStamp::Report(ticket) = stamp {
            let at = self.stamp(from);
            let wait = match self.stamps {
                Stamps::Lost => return,
                Stamps::InTime => 1_000,
                Stamps::Late(nanos) => nanos,
            };
            let due = Mono::from_nanos(self.now.nanos() + wait);
            self.nodes[from].late.push_back((due, ticket, at));
        }
    }

    pub fn stamp(&self, node: usize) -> Stamp {
        Stamp {
            clock: ClockIndex(0),
            epoch: 0,
            time: self.reading(node),
            kind: StampKind::Software,
        }
    }

    pub fn reading(&self, node: usize) -> Timestamp {
        let node = &self.nodes[node];
        let now = i128::from(self.now.nanos()) << 16;
        let drift = now * i128::from(node.rate_ppb) / 1_000_000_000;
        Timestamp::from_span(node.offset + Span::from_scaled(now + drift))
    }

    /// What a node sent of one kind, and whom it went to.
    pub fn sent_where(&self, node: usize, kind: wire::MessageType) -> Vec<(Mono, Destination)> {
        let all = self.sent.iter().zip(&self.sent_to);
        let own =
            all.filter(|((_, from, octets), _)| *from == node && octets[0] & 0x0f == kind.number());
        own.map(|((at, ..), to)| (*at, *to)).collect()
    }

    pub fn count(&self, node: usize, wanted: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|(n, event)| *n == node && wanted(event)).count()
    }

    pub fn sent_by(&self, node: usize, kind: wire::MessageType) -> Vec<(Mono, Message<'_>)> {
        let own = self.sent.iter().filter(|(_, from, _)| *from == node);
        let messages = own.map(|(at, _, octets)| (*at, Message::decode(octets).unwrap()));
        messages.filter(|(_, message)| message.body.kind() == kind).collect()
    }
}
