//! The topology, the clocks and the noise of a world that chance makes up.

use engine::{DelayMechanism, Edition, LinkSettings, PortSettings, Role, TimeProperties};
use servo::StepPolicy;
use time::{LogInterval, Span};
use wire::{ClockAccuracy, ClockQuality, Flags};

use super::{Invented, LOCKING_S, LOOK_S, PATIENCE, faults};
use crate::clock::Actuator;
use crate::delay::{Delay, Shape};
use crate::oscillator::OscillatorSettings;
use crate::plan::{
    ClockKind, Faults, MediumPlan, MediumPort, NodePlan, Plan, StampPlan, time_properties,
};
use crate::rng::Rng;
use crate::scenario::Scenario;
use crate::selection::SelectionPlan;

/// Who is on which segment, and how many hops are between the farthest.
struct Topology {
    segments: Vec<Vec<usize>>,
    nodes: usize,
    /// Nodes with several ports.
    boundaries: Vec<usize>,
    diameter: usize,
    /// Whether there are two ways between some.
    loops: bool,
}

/// The world of a seed.
pub fn random_world(seed: u64) -> Invented {
    let rng = &mut Rng::new(seed, "world");
    let topology = topology(rng);
    let direct = topology.segments.iter().all(|segment| segment.len() == 2);
    let common = PortSettings {
        announce: LogInterval::new(rng.below(3) as i8 - 1),
        announce_receipt_timeout: 3 + rng.below(2) as u8,
        sync: LogInterval::new(rng.below(4) as i8 - 3),
        min_delay_req: LogInterval::new(rng.below(4) as i8 - 3),
        delay_mechanism: if direct && rng.chance(0.5) {
            DelayMechanism::P2p
        } else {
            DelayMechanism::E2e
        },
        ..PortSettings::default()
    };
    let edition = if rng.chance(0.5) { Edition::Ieee2008 } else { Edition::Ieee2019 };
    let nodes = nodes(&topology, (common, edition), rng);
    let media = topology.segments.iter().enumerate();
    let jitter = scale(rng, 20e-9, 20e-6);
    let mut ports = vec![0; topology.nodes];
    let media: Vec<MediumPlan> =
        media.map(|(index, segment)| medium(index, segment, (jitter, &mut ports), rng)).collect();
    let announce_s = common.announce.duration().as_secs_f64();
    let mut plan = Plan { nodes, media, happenings: Vec::new() };
    let healed_s = faults::invent(&mut plan, rng);
    let agreed_s = healed_s + PATIENCE * announce_s * topology.diameter as f64;
    let scenario = Scenario {
        name: format!("world-{seed}"),
        title: format!("The world of seed {seed}"),
        duration_s: agreed_s + LOCKING_S,
        settle_s: agreed_s,
        look_s: LOOK_S,
        long: false,
        plan,
        expectations: Vec::new(),
    };
    Invented { scenario, healed_s, agreed_s }
}

/// Spread evenly over the logarithm.
pub(super) fn scale(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low * libm::pow(high / low, rng.uniform())
}

fn topology(rng: &mut Rng) -> Topology {
    match rng.below(4) {
        0 => star(2 + rng.below(9) as usize),
        1 => chain(1 + rng.below(3) as usize, rng),
        2 => tree(2 + rng.below(2) as usize, rng),
        _ => ring(rng),
    }
}

/// Everybody on one segment.
fn star(nodes: usize) -> Topology {
    let segments = vec![(0..nodes).collect()];
    Topology { segments, nodes, boundaries: Vec::new(), diameter: 1, loops: false }
}

/// Boundary clocks in a row with a clock at each end.
fn chain(between: usize, rng: &mut Rng) -> Topology {
    let boundaries: Vec<usize> = (1..=between).collect();
    let mut segments: Vec<Vec<usize>> = (0..=between).map(|k| vec![k, k + 1]).collect();
    let mut nodes = between + 2;
    if rng.chance(0.5) {
        segments[between].push(nodes);
        nodes += 1;
    }
    Topology { segments, nodes, boundaries, diameter: between + 1, loops: false }
}

/// A boundary clock in the middle, and a segment on each of its ports.
fn tree(branches: usize, rng: &mut Rng) -> Topology {
    let mut nodes = 1;
    let mut segments = Vec::new();
    for _ in 0..branches {
        let more = 1 + rng.below(3) as usize;
        segments.push((0..1).chain(nodes..nodes + more).collect());
        nodes += more;
    }
    Topology { segments, nodes, boundaries: vec![0], diameter: 2, loops: false }
}

/// Two segments that two boundary clocks join.
fn ring(rng: &mut Rng) -> Topology {
    let (left, right) = (1 + rng.below(3) as usize, 1 + rng.below(3) as usize);
    let nodes = 2 + left + right;
    let first = (0..2 + left).collect();
    let second = (0..2).chain(2 + left..nodes).collect();
    let boundaries = vec![0, 1];
    Topology { segments: vec![first, second], nodes, boundaries, diameter: 2, loops: true }
}

fn nodes(
    topology: &Topology,
    (common, edition): (PortSettings, Edition),
    rng: &mut Rng,
) -> Vec<NodePlan> {
    let leader = rng.below(topology.nodes as u64) as usize;
    let every = 0..topology.nodes;
    let role = |index, rng: &mut Rng| {
        let several = topology.boundaries.contains(&index);
        if several || index == leader || rng.chance(0.4) { Role::Both } else { Role::ReceiverOnly }
    };
    let path_trace = topology.loops;
    every
        .map(|index| {
            let role = role(index, rng);
            let class = match role {
                Role::ReceiverOnly => 255,
                // A clock of a class below 128 follows nobody: between two segments it parts them.
                _ if topology.boundaries.contains(&index) => 248,
                _ if index == leader && rng.chance(0.7) => 6,
                _ => [6, 13, 52, 135, 187, 248][rng.below(6) as usize],
            };
            node(index, (role, class), (common, edition, path_trace), rng)
        })
        .collect()
}

pub(super) fn node(
    index: usize,
    (role, class): (Role, u8),
    (port, edition, path_trace): (PortSettings, Edition, bool),
    rng: &mut Rng,
) -> NodePlan {
    let leads = class < 128;
    let preset = match rng.below(4) {
        _ if leads => OscillatorSettings::PERFECT,
        0 | 1 => OscillatorSettings::XO,
        2 => OscillatorSettings::TCXO,
        _ => OscillatorSettings::OCXO,
    };
    let rate = if leads { 0.0 } else { 5e-5 * (2.0 * rng.uniform() - 1.0) };
    let offset = match rng.below(3) {
        _ if leads => Span::ZERO,
        0 => Span::ZERO,
        1 => Span::from_nanos(rng.below(2_000_000) as i64 - 1_000_000),
        _ => Span::from_seconds(rng.below(2_000) as i64 - 1_000),
    };
    let steps = [StepPolicy::First, StepPolicy::Always, StepPolicy::Above(Span::MILLISECOND)];
    NodePlan {
        name: format!("n{index}"),
        role,
        priorities: (120 + rng.below(3) as u8, 128),
        quality: ClockQuality { class, accuracy: ClockAccuracy::UNKNOWN, variance: 0xffff },
        time: if leads { time_properties(Flags(0), 37) } else { TimeProperties::UNKNOWN },
        port,
        link: LinkSettings { pdelay: port.min_delay_req, ..LinkSettings::default() },
        edition,
        selection: SelectionPlan::default(),
        asks: Vec::new(),
        serves: 0,
        path_trace,
        domain: 0,
        kind: ClockKind::Clock,
        residence: Delay::constant(0.0),
        servo: servo::Settings { step: steps[rng.below(3) as usize], ..servo::Settings::default() },
        memory: None,
        oscillator: OscillatorSettings { rate, ..preset },
        actuator: Actuator::default(),
        offset,
        stamps: StampPlan {
            resolution_s: if rng.chance(0.5) { 8e-9 } else { 0.0 },
            noise_s: if rng.chance(0.5) { scale(rng, 1e-9, 1e-6) } else { 0.0 },
            lost: if rng.chance(0.2) { 0.05 } else { 0.0 },
            late: if rng.chance(0.2) { 0.1 } else { 0.0 },
            lateness_s: 5e-3,
            ..StampPlan::default()
        },
        start_s: if rng.chance(0.3) { 5.0 * rng.uniform() } else { 0.0 },
    }
}

fn medium(
    index: usize,
    nodes: &[usize],
    (jitter, ports): (f64, &mut [u8]),
    rng: &mut Rng,
) -> MediumPlan {
    let (floor, shape) = (scale(rng, 1e-6, 1e-4), shape(jitter, rng));
    let attach = |&node: &usize| {
        let port = ports[node];
        ports[node] += 1;
        let to = Delay::new(floor, shape.clone());
        MediumPort { node, port, from: Delay::constant(0.0), to }
    };
    let ports = nodes.iter().map(attach).collect();
    let often = |rng: &mut Rng, share| if rng.chance(0.15) { share } else { 0.0 };
    let faults = Faults {
        loss: often(rng, 0.03),
        duplicate: often(rng, 0.05),
        reorder: often(rng, 0.05),
        reorder_by_s: 1e-3,
        corrupt: 0.0,
    };
    MediumPlan { name: format!("s{index}"), ports, faults, hybrid: false, drops_new: false }
}

pub(super) fn shape(jitter: f64, rng: &mut Rng) -> Shape {
    match rng.below(6) {
        0 => Shape::Constant,
        1 => Shape::Gaussian { sd: jitter.min(1e-7) },
        2 => Shape::Exponential { mean: jitter },
        3 => Shape::Gamma { k: 2.0, sd: jitter },
        4 => Shape::Hops { count: 1 + rng.below(5) as u32, busy: 0.3, frame_s: jitter },
        _ => Shape::Mixture { sd: 0.1 * jitter },
    }
}
