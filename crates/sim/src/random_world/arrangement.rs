//! Boundary clocks in any arrangement, with rings and wires to spare; some wires are cut and mended.
//! After each change there is time for the announces to get through, and then there is one tree in
//! each part that is joined.

use core::ops::Range;

use engine::{DelayMechanism, Edition, PortIndex, PortSettings, PortState, Role};
use time::LogInterval;

use super::build::{node, scale, shape};
use super::{Findings, conclude};
use crate::delay::Delay;
use crate::network::node_named;
use crate::outcome::Phase;
use crate::plan::{Faults, Happening, MediumPlan, MediumPort, NodePlan, Plan, What};
use crate::rng::Rng;
use crate::world::{Against, Watch, World};

const ANNOUNCE: LogInterval = LogInterval::new(-1);
/// Announce intervals for each hop, after a change.
const PATIENCE: f64 = 8.0;
/// How long clocks have to lock once there is one tree again, and are then looked at.
const LOCKING_S: f64 = 30.0;
const LOOKING_S: f64 = 10.0;
const LOOK_S: f64 = 0.5;
/// Ports of a clock at most.
const PORTS_MAX: usize = 16;

/// Which nodes are joined by wires, in the order of the media.
#[derive(Clone, Debug)]
struct Wires {
    nodes: usize,
    all: Vec<(usize, usize)>,
}

/// Runs the arrangement of a seed; `guard` is called around everything that engine and servo do.
pub fn arrange(seed: u64, guard: Option<fn(&mut dyn FnMut())>) -> Findings {
    let rng = &mut Rng::new(seed, "arrangement");
    let wires = wires(rng);
    let mut plan = plan(&wires, rng);
    let priorities: Vec<u8> = plan.nodes.iter().map(|node| node.priorities.0).collect();
    let cut = cut(&wires, rng);
    let settle_s = |cut: &[usize]| {
        PATIENCE * ANNOUNCE.duration().as_secs_f64() * (wires.diameter(cut) + 2) as f64
    };
    let whole_s = 5.0 + settle_s(&[]);
    let cut_s = whole_s + 1.5 * settle_s(&cut);
    let mended_s = cut_s + 1.5 * settle_s(&[]);
    for (at_s, plugged) in [(whole_s, false), (cut_s, true)] {
        for wire in &cut {
            let (a, b) = wires.all[*wire];
            plan.happenings.extend([a, b].map(|node| Happening {
                at_s,
                what: What::Plug { node, medium: Some(*wire), plugged },
            }));
        }
    }
    let watch = Watch { every_s: LOOK_S, settle_s: 0.0, log_max: 0, against: Against::Parent };
    let mut world = World::new(plan, seed, watch);
    world.guard(guard);
    let mut findings = Findings::default();
    for (until_s, cut) in [(whole_s, &[][..]), (cut_s, &cut[..]), (mended_s, &[])] {
        world.run(until_s, &mut |_, _| ());
        let trees = Trees { world: &world, wires: &wires, cut, priorities: &priorities };
        trees.check(&format!("at {until_s:.1} s"), &mut findings.violations);
    }
    let (locked_s, looks) = (mended_s + LOCKING_S, &mut findings);
    world.run(locked_s + LOOKING_S, &mut |_, point| {
        if point.at_s > locked_s && matches!(point.phase, Phase::Locked | Phase::Holdover) {
            looks.bounded += 1;
            looks.within += u64::from(point.error_s.abs() <= point.bound_s);
            looks.worst = looks.worst.max(point.error_s.abs() / point.bound_s);
        }
    });
    conclude(&mut world, &mut findings);
    findings
}

/// All are joined somehow, some more often.
fn wires(rng: &mut Rng) -> Wires {
    let nodes = 3 + rng.below(28) as usize;
    let mut wires = Wires { nodes, all: Vec::new() };
    for node in 1..nodes {
        loop {
            let other = rng.below(node as u64) as usize;
            if wires.degree(other) < PORTS_MAX {
                wires.all.push((other, node));
                break;
            }
        }
    }
    for _ in 0..rng.below(nodes as u64) {
        let (a, b) = (rng.below(nodes as u64) as usize, rng.below(nodes as u64) as usize);
        let edge = (a.min(b), a.max(b));
        let room = wires.degree(a) < PORTS_MAX && wires.degree(b) < PORTS_MAX;
        if a != b && room && !wires.all.contains(&edge) {
            wires.all.push(edge);
        }
    }
    wires
}

/// One to three wires, whatever that parts.
fn cut(wires: &Wires, rng: &mut Rng) -> Vec<usize> {
    let count = 1 + rng.below(3).min(wires.all.len() as u64 - 1);
    let mut cut = Vec::new();
    for _ in 0..count {
        let wire = rng.below(wires.all.len() as u64) as usize;
        if !cut.contains(&wire) {
            cut.push(wire);
        }
    }
    cut
}

fn plan(wires: &Wires, rng: &mut Rng) -> Plan {
    let port = PortSettings {
        announce: ANNOUNCE,
        sync: LogInterval::new(0),
        min_delay_req: LogInterval::new(0),
        delay_mechanism: if rng.chance(0.5) { DelayMechanism::P2p } else { DelayMechanism::E2e },
        ..PortSettings::default()
    };
    let edition = if rng.chance(0.5) { Edition::Ieee2008 } else { Edition::Ieee2019 };
    let path_trace = rng.chance(0.5);
    let one = |index, rng: &mut Rng| {
        let plan = node(index, (Role::Both, 248), (port, edition, path_trace), rng);
        NodePlan { priorities: (120 + rng.below(4) as u8, 128), ..plan }
    };
    let nodes = (0..wires.nodes).map(|index| one(index, rng)).collect();
    let jitter = scale(rng, 20e-9, 2e-6);
    let mut ports = vec![0; wires.nodes];
    let media = wires.all.iter().enumerate();
    let media = media.map(|(index, (a, b))| {
        let (floor, shape) = (scale(rng, 1e-6, 1e-4), shape(jitter, rng));
        let ends = [*a, *b].map(|node| {
            let port = ports[node];
            ports[node] += 1;
            let to = Delay::new(floor, shape.clone());
            MediumPort { node, port, from: Delay::constant(0.0), to }
        });
        MediumPlan {
            name: format!("w{index}"),
            ports: ends.to_vec(),
            faults: Faults::default(),
            hybrid: false,
            drops_new: false,
        }
    });
    let media = media.collect();
    Plan { nodes, media, happenings: Vec::new() }
}

impl Wires {
    fn degree(&self, node: usize) -> usize {
        self.all.iter().filter(|(a, b)| *a == node || *b == node).count()
    }

    /// Steps from a node to each other without the wires that are cut; none where there is no way.
    fn distances(&self, from: usize, cut: &[usize]) -> Vec<Option<usize>> {
        let mut distances = vec![None; self.nodes];
        distances[from] = Some(0);
        for _ in 0..self.nodes {
            let left = self.all.iter().enumerate().filter(|(wire, _)| !cut.contains(wire));
            for (_, (a, b)) in left {
                for (near, far) in [(*a, *b), (*b, *a)] {
                    let Some(steps) = distances[near] else { continue };
                    if distances[far].is_none_or(|known| known > steps + 1) {
                        distances[far] = Some(steps + 1);
                    }
                }
            }
        }
        distances
    }

    /// Steps from end to end of the largest part, at most.
    fn diameter(&self, cut: &[usize]) -> usize {
        let every: Range<usize> = 0..self.nodes;
        every.flat_map(|node| self.distances(node, cut)).flatten().max().unwrap_or(0)
    }
}

/// What there has to be one of in each part.
struct Trees<'a> {
    world: &'a World,
    wires: &'a Wires,
    cut: &'a [usize],
    priorities: &'a [u8],
}

impl Trees<'_> {
    fn check(&self, when: &str, violations: &mut Vec<String>) {
        for node in 0..self.wires.nodes {
            let part = self.wires.distances(node, self.cut);
            let joined = (0..self.wires.nodes).filter(|other| part[*other].is_some());
            // Of equal class, priority1 and then the identity decide, which is the number.
            let best = joined.min_by_key(|other| (self.priorities[*other], *other));
            let leads = self.leads(node);
            // Whoever is cut off altogether has nobody to lead.
            let alone = part.iter().flatten().count() == 1;
            if leads != (best == Some(node) && !alone) {
                violations.push(format!("{when}: n{node} leads: {leads}, but {best:?} should"));
            }
            if let Err(why) = self.way_up(node, best) {
                violations.push(format!("{when}: n{node}: {why}"));
            }
        }
        let mut ports = vec![0; self.wires.nodes];
        for (wire, (a, b)) in self.wires.all.iter().enumerate() {
            let ends = [*a, *b].map(|node| {
                ports[node] += 1;
                (node, ports[node] - 1)
            });
            let speakers = ends.iter().filter(|(node, port)| self.speaks(*node, *port)).count();
            if speakers != 1 && !self.cut.contains(&wire) {
                violations.push(format!("{when}: {speakers} ends of wire {wire} {ends:?} lead"));
            }
        }
    }

    fn leads(&self, node: usize) -> bool {
        self.world.node(node).alive.as_ref().is_some_and(|alive| alive.engine.is_grandmaster(0))
    }

    fn speaks(&self, node: usize, port: u8) -> bool {
        let state = |alive: &crate::node::Alive| alive.engine.port_state(0, PortIndex(port));
        let state = self.world.node(node).alive.as_deref().map(state);
        state == Some(PortState::TimeTransmitter)
    }

    /// From parent to parent, one step nearer each time, to the one that leads.
    fn way_up(&self, node: usize, best: Option<usize>) -> Result<(), String> {
        let (mut at, mut steps) = (node, None);
        for _ in 0..=self.wires.nodes {
            let Some(alive) = &self.world.node(at).alive else { return Err("it is off".into()) };
            let said = alive.engine.current(0).steps_removed;
            if steps.is_some_and(|below: u16| below != said + 1) {
                return Err(format!("n{at} is {said} steps away, and who follows it is {steps:?}"));
            }
            steps = Some(said);
            let parent = alive.engine.parent(0);
            if parent.port.port == 0 {
                let right = best == Some(at) && said == 0;
                return if right { Ok(()) } else { Err(format!("its way ends at n{at}")) };
            }
            let Some(next) = node_named(parent.port.clock) else {
                return Err(format!("n{at} follows nobody known"));
            };
            at = next;
        }
        Err("it is in a loop".into())
    }
}
