//! Links and switches without PTP: how frames get from one port to others.

use core::ops::Range;

use engine::{Channel, Destination, FRAME_LEN, Peer};

use crate::delay::Delay;
use crate::frames::Frames;
use crate::plan::{Faults, MediumPlan, MediumPort};
use crate::queue::{Event, Queue, picoseconds, seconds};
use crate::rng::Rng;

/// messageType in the first octet, and where a Delay_Resp says whom it is for (13.3, 13.8).
const DELAY_REQ: u8 = 0x1;
const DELAY_RESP: u8 = 0x9;
const SYNC: u8 = 0x0;
const REQUESTING: usize = 44;

/// All that lies between nodes, and what is to come.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) now: u64,
    pub(crate) queue: Queue,
    pub(crate) frames: Frames,
    media: Vec<Medium>,
    /// For each node, for each of its ports: the medium and the place in it.
    attached: Vec<Vec<(u32, u32)>>,
    /// Where engines write frames; there is only one at work at a time.
    pub(crate) buffer: Option<Box<[u8; FRAME_LEN]>>,
    /// Called around everything that engine and servo do.
    pub(crate) guard: Option<fn(&mut dyn FnMut())>,
}

#[derive(Debug)]
struct Medium {
    places: Vec<Place>,
    faults: Faults,
    hybrid: bool,
    drops_new: bool,
    /// Places from which a Sync came, where only these hear a Delay_Req; and whether one came since
    /// somebody's last.
    leaders: Vec<(u32, bool)>,
    rng: Rng,
}

#[derive(Debug)]
struct Place {
    node: u32,
    port: u8,
    plugged: bool,
    part: u16,
    from: Delay,
    to: Delay,
    /// When the last frame arrives: no frame overtakes another.
    last: u64,
}

/// Who a node is, from what it calls itself; the reverse of [`identity`].
fn node_of(identity: &[u8]) -> Option<u32> {
    let &[2, 0x5a, _, 0xff, 0xfe, a, b, c] = identity else { return None };
    Some(u32::from_be_bytes([0, a, b, c]))
}

/// Where a node is; the reverse is in [`Medium::whom`].
pub(crate) const fn address(node: u32) -> Peer {
    Peer::Udp4(node.to_be_bytes())
}

/// What a node calls itself. The order of nodes is that of identities.
pub(crate) fn identity(node: usize) -> wire::ClockIdentity {
    let [_, a, b, c] = (node as u32).to_be_bytes();
    wire::ClockIdentity([2, 0x5a, 0, 0xff, 0xfe, a, b, c])
}

/// Which node calls itself so.
pub(crate) fn node_named(identity: wire::ClockIdentity) -> Option<usize> {
    node_of(&identity.0).map(|node| node as usize)
}

impl Network {
    pub(crate) fn new(plans: &[MediumPlan], nodes: usize, seed: u64) -> Network {
        let mut attached = vec![Vec::new(); nodes];
        for (m, plan) in plans.iter().enumerate() {
            for (p, port) in plan.ports.iter().enumerate() {
                let ports: &mut Vec<(u32, u32)> = &mut attached[port.node];
                let index = usize::from(port.port);
                if ports.len() <= index {
                    ports.resize(index + 1, (u32::MAX, 0));
                }
                ports[index] = (m as u32, p as u32);
            }
        }
        Network {
            now: 0,
            queue: Queue::default(),
            frames: Frames::default(),
            media: plans.iter().map(|plan| Medium::new(plan, seed)).collect(),
            attached,
            buffer: None,
            guard: None,
        }
    }

    /// Lets engine or servo do something under the guard's eyes.
    pub(crate) fn guarded<T>(&self, call: impl FnOnce() -> T) -> T {
        let Some(guard) = self.guard else { return call() };
        let (mut call, mut result) = (Some(call), None);
        guard(&mut || result = call.take().map(|call| call()));
        result.expect("the guard calls what it guards")
    }

    /// Puts a frame onto the medium at a node's port.
    pub(crate) fn send(
        &mut self,
        (node, port): (u32, u8),
        (to, channel): (Destination, Channel),
        octets: &[u8],
    ) {
        let place = self.attached[node as usize].get(usize::from(port)).copied();
        let Some((medium, place)) = place else { return };
        let Some(medium) = self.media.get_mut(medium as usize) else { return };
        if !medium.places[place as usize].plugged {
            return;
        }
        let frame = self.frames.keep(octets, channel, (node, self.now));
        self.frames.expect(frame);
        let whom = medium.whom(to);
        medium.carry((place, whom), (frame, octets), (self.now, &mut self.queue, &mut self.frames));
        self.frames.release(frame);
    }

    /// Whether a node's port has a cable.
    pub(crate) fn is_plugged(&self, node: usize, port: u8) -> bool {
        let place = self.attached[node].get(usize::from(port));
        let place = place.and_then(|&(medium, place)| {
            self.media.get(medium as usize)?.places.get(place as usize)
        });
        place.is_some_and(|place| place.plugged)
    }

    /// Pulls or plugs in a node's cables; returns the ports that it concerns.
    pub(crate) fn plug(&mut self, node: usize, only: Option<usize>, plugged: bool) -> Vec<u8> {
        let mut ports = Vec::new();
        for (port, &(medium, place)) in (0u8..).zip(&self.attached[node]) {
            if only.is_none_or(|only| only == medium as usize)
                && let Some(medium) = self.media.get_mut(medium as usize)
            {
                medium.places[place as usize].plugged = plugged;
                ports.push(port);
            }
        }
        ports
    }

    /// Lets a medium fall into parts.
    pub(crate) fn partition(&mut self, medium: usize, parts: &[Vec<usize>]) {
        for place in &mut self.media[medium].places {
            let part = parts.iter().position(|part| part.contains(&(place.node as usize)));
            place.part = part.map_or(0, |part| part as u16 + 1);
        }
    }

    pub(crate) fn set_faults(&mut self, medium: usize, faults: Faults) {
        self.media[medium].faults = faults;
    }

    /// The delays to or from some nodes, or all.
    pub(crate) fn delays(
        &mut self,
        medium: usize,
        nodes: &[usize],
        toward: bool,
    ) -> impl Iterator<Item = &mut Delay> {
        let places = self.media[medium].places.iter_mut();
        let concerned =
            places.filter(move |p| nodes.is_empty() || nodes.contains(&(p.node as usize)));
        concerned.map(move |place| if toward { &mut place.to } else { &mut place.from })
    }
}

impl Medium {
    fn new(plan: &MediumPlan, seed: u64) -> Medium {
        let place = |port: &MediumPort| Place {
            node: port.node as u32,
            port: port.port,
            plugged: true,
            part: 0,
            from: port.from.clone(),
            to: port.to.clone(),
            last: 0,
        };
        Medium {
            places: plan.ports.iter().map(place).collect(),
            faults: plan.faults,
            hybrid: plan.hybrid,
            drops_new: plan.drops_new,
            leaders: Vec::new(),
            rng: Rng::new(seed, &format!("medium {}", plan.name)),
        }
    }

    /// Lets a frame reach everybody it can reach.
    fn carry(
        &mut self,
        (from, whom): (u32, Option<Range<usize>>),
        (frame, octets): (u32, &[u8]),
        (now, queue, frames): (u64, &mut Queue, &mut Frames),
    ) {
        let sender = &mut self.places[from as usize];
        let (part, lag) = (sender.part, sender.from.draw(&mut self.rng, seconds(now)));
        let kind = octets.first().map_or(0xff, |octet| octet & 0xf);
        if self.drops_new && octets.get(1).is_some_and(|version| version >> 4 > 0) {
            return;
        }
        if self.hybrid && kind == SYNC {
            self.leads(from);
        }
        let only = if self.hybrid { self.only(kind, octets) } else { None };
        let reach = whom.or(only).unwrap_or(0..self.places.len());
        for to in reach {
            let place = &self.places[to];
            let leads = |&(leader, _): &(u32, bool)| leader == to as u32;
            let excluded = self.hybrid && kind == DELAY_REQ && !self.leaders.iter().any(leads);
            if to == from as usize || !place.plugged || place.part != part || excluded {
                continue;
            }
            self.deliver(to, lag, (frame, octets), (now, queue, frames));
        }
    }

    /// A place sends a Sync: who did not between this and its last one leads no more.
    fn leads(&mut self, from: u32) {
        if self.leaders.iter().any(|&(leader, _)| leader == from) {
            self.leaders.retain(|&(leader, heard)| heard || leader == from);
            for (leader, heard) in &mut self.leaders {
                *heard = *leader == from;
            }
        } else {
            self.leaders.push((from, true));
        }
    }

    /// The one place that an answer is for, where only that hears it.
    fn only(&self, kind: u8, octets: &[u8]) -> Option<Range<usize>> {
        if kind != DELAY_RESP {
            return None;
        }
        self.place_of(node_of(octets.get(REQUESTING..REQUESTING + 8)?)?)
    }

    /// Where a frame goes that is for one clock; nothing: everywhere.
    fn whom(&self, to: Destination) -> Option<Range<usize>> {
        match to {
            Destination::Unicast(Peer::Udp4(octets)) => {
                Some(self.place_of(u32::from_be_bytes(octets)).unwrap_or(0..0))
            }
            Destination::Unicast(_) => Some(0..0),
            Destination::Multicast | Destination::PeerMulticast => None,
        }
    }

    fn place_of(&self, node: u32) -> Option<Range<usize>> {
        // Places are in the order of their nodes wherever a scenario lists them so.
        let guess = self.places.binary_search_by_key(&node, |place| place.node).ok();
        let place = guess.or_else(|| self.places.iter().position(|place| place.node == node))?;
        Some(place..place + 1)
    }

    fn deliver(
        &mut self,
        to: usize,
        lag: f64,
        (frame, octets): (u32, &[u8]),
        (now, queue, frames): (u64, &mut Queue, &mut Frames),
    ) {
        let Faults { loss, duplicate, reorder, reorder_by_s, corrupt } = self.faults;
        let rng = &mut self.rng;
        if loss > 0.0 && rng.chance(loss) {
            return;
        }
        let copies = 1 + u32::from(duplicate > 0.0 && rng.chance(duplicate));
        for _ in 0..copies {
            let place = &mut self.places[to];
            let late = reorder > 0.0 && rng.chance(reorder);
            let delay = lag + place.to.draw(rng, seconds(now));
            let mut at = now.saturating_add(picoseconds(delay)).max(now + 1);
            if late {
                at = at.saturating_add(picoseconds(reorder_by_s));
            } else {
                at = at.max(place.last);
                place.last = at;
            }
            let mut carried = frame;
            if corrupt > 0.0 && rng.chance(corrupt) && !octets.is_empty() {
                carried = spoil(octets, frame, rng, frames);
            }
            frames.expect(carried);
            queue.push(at, Event::Arrive { node: place.node, port: place.port, frame: carried });
        }
    }
}

/// A copy of a frame with one octet wrong.
fn spoil(octets: &[u8], original: u32, rng: &mut Rng, frames: &mut Frames) -> u32 {
    let mut wrong = octets.to_vec();
    let place = rng.below(wrong.len() as u64) as usize;
    wrong[place] ^= 1 + rng.below(255) as u8;
    let (frame, _) = frames.look(original);
    let (channel, origin) = (frame.channel, (frame.from, frame.sent));
    frames.keep(&wrong, channel, origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: (Destination, Channel) = (Destination::Multicast, Channel::Event);

    #[test]
    fn what_is_for_one_reaches_one_and_what_is_for_nobody_nobody() {
        let mut hub = hub(4, Faults::default());
        let only = |node| (Destination::Unicast(address(node)), Channel::Event);
        hub.send((1, 0), only(3), &[0; 44]);
        assert_eq!(arrivals(&mut hub), [(3_000_000, 3)]);
        hub.send((1, 0), only(9), &[0; 44]);
        assert!(arrivals(&mut hub).is_empty());
    }

    fn hub(ports: usize, faults: Faults) -> Network {
        let port = |node| MediumPort {
            node,
            port: 0,
            from: Delay::constant(0.0),
            to: Delay::constant(1e-6 * node as f64),
        };
        let ports = (0..ports).map(port).collect();
        let plan =
            MediumPlan { name: "hub".to_owned(), ports, faults, hybrid: false, drops_new: false };
        Network::new(&[plan], 5, 1)
    }

    fn arrivals(network: &mut Network) -> Vec<(u64, u32)> {
        let events = core::iter::from_fn(|| network.queue.pop());
        let arrivals = events.map(|(at, event)| match event {
            Event::Arrive { node, .. } => (at, node),
            other => panic!("{other:?}"),
        });
        arrivals.collect()
    }

    #[test]
    fn a_frame_reaches_everybody_else_after_their_delays() {
        let mut hub = hub(3, Faults::default());
        hub.send((1, 0), ALL, &[0; 44]);
        assert_eq!(arrivals(&mut hub), [(1, 0), (2_000_000, 2)]);
    }

    #[test]
    fn nothing_leaves_or_reaches_who_is_unplugged_or_in_another_part() {
        let mut hub = hub(4, Faults::default());
        hub.partition(0, &[vec![0, 1]]);
        hub.send((0, 0), ALL, &[0; 44]);
        assert_eq!(arrivals(&mut hub), [(1_000_000, 1)]);
        hub.partition(0, &[]);
        hub.plug(2, None, false);
        hub.send((2, 0), ALL, &[0; 44]);
        assert!(arrivals(&mut hub).is_empty());
        hub.send((0, 0), ALL, &[0; 44]);
        assert_eq!(arrivals(&mut hub).len(), 2);
    }

    #[test]
    fn faults_happen_as_often_as_they_should() {
        let faults = Faults { loss: 0.25, duplicate: 0.1, ..Faults::default() };
        let mut hub = hub(2, faults);
        (0..10_000).for_each(|_| hub.send((0, 0), ALL, &[0; 44]));
        let count = arrivals(&mut hub).len() as f64;
        assert!((count / (10_000.0 * 0.75 * 1.1) - 1.0).abs() < 0.03, "{count}");
    }

    #[test]
    fn frames_overtake_only_where_they_are_reordered() {
        let mut hub = hub(2, Faults::default());
        for delay in hub.delays(0, &[], true) {
            *delay = Delay::new(0.0, crate::delay::Shape::Exponential { mean: 1e-3 });
        }
        for k in 0..100 {
            hub.now = k * 1_000_000;
            hub.send((0, 0), ALL, &[k as u8; 4]);
        }
        let events = core::iter::from_fn(|| hub.queue.pop());
        let frames: Vec<u32> = events
            .map(|(_, event)| match event {
                Event::Arrive { frame, .. } => frame,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(frames.is_sorted());
    }
}
