//! Worlds that chance makes up, and what must be true in every one of them.
//!
//! The seed picks topology, clocks, configuration, noise and faults. All faults heal; after that
//! there is time for the announces to get through, and then one clock leads everybody.

mod arrangement;
mod build;
mod faults;

use engine::{PortIndex, PortState, Role};

use crate::network::node_named;
use crate::outcome::Phase;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::world::{Against, Watch, World};

pub use arrangement::arrange;
pub use build::random_world;

/// How often clocks are looked at.
const LOOK_S: f64 = 0.25;
/// Announce intervals for each hop, after healing.
const PATIENCE: f64 = 8.0;
/// How long clocks have after that.
const LOCKING_S: f64 = 45.0;

/// A world that was made up.
#[derive(Clone, Debug)]
pub struct Invented {
    /// The world, in which nothing is expected.
    pub scenario: Scenario,
    /// When its last fault has healed, in seconds.
    pub healed_s: f64,
    /// When one clock has to lead everybody.
    pub agreed_s: f64,
}

/// What was found in a world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// What must not be.
    pub violations: Vec<String>,
    /// Looks at locked and coasting clocks after the healing, and those within the bound.
    pub bounded: u64,
    /// Those of them in which the error was within the bound.
    pub within: u64,
    /// The largest error over its bound.
    pub worst: f64,
    /// Clocks that should follow, and those of them that were locked at the end.
    pub followers: u64,
    /// Those that were locked at the end.
    pub locked: u64,
    /// Events handled.
    pub events: u64,
    /// The hash of what happened.
    pub digest: u64,
}

/// Runs the world of a seed; `guard` is called around everything that engine and servo do.
pub fn explore(seed: u64, guard: Option<fn(&mut dyn FnMut())>) -> Findings {
    let invented = random_world(seed);
    let against = Against::Parent;
    let watch = Watch { every_s: LOOK_S, settle_s: 0.0, log_max: 0, against };
    let mut world = World::new(invented.scenario.plan.clone(), seed, watch);
    world.guard(guard);
    let mut findings = Findings::default();
    world.run(invented.agreed_s, &mut |_, _| ());
    agreement(&world, &invented.scenario.plan, &mut findings.violations);
    let looks = &mut findings;
    world.run(invented.scenario.duration_s, &mut |_, point| {
        if matches!(point.phase, Phase::Locked | Phase::Holdover) {
            looks.bounded += 1;
            looks.within += u64::from(point.error_s.abs() <= point.bound_s);
            looks.worst = looks.worst.max(point.error_s.abs() / point.bound_s);
        }
    });
    agreement(&world, &invented.scenario.plan, &mut findings.violations);
    conclude(&mut world, &mut findings);
    findings
}

/// One clock leads, and all that follow follow it.
fn agreement(world: &World, plan: &Plan, violations: &mut Vec<String>) {
    let mut leaders = Vec::new();
    let mut followed = Vec::new();
    for index in 0..world.len() {
        let Some(alive) = &world.node(index).alive else {
            violations.push(format!("{} is off", world.name(index)));
            continue;
        };
        if alive.engine.is_grandmaster(0) {
            leaders.push(index);
        }
        let ports = 0..world.ports_of(index) as u8;
        let states = ports.map(|port| alive.engine.port_state(0, PortIndex(port)));
        let follows = states
            .clone()
            .any(|state| matches!(state, PortState::TimeReceiver | PortState::Uncalibrated));
        if follows {
            followed.push(node_named(alive.engine.parent(0).grandmaster));
        } else if plan.nodes[index].role == Role::ReceiverOnly {
            violations.push(format!("{} follows nobody", world.name(index)));
        }
    }
    let names: Vec<String> = leaders.iter().map(|&index| world.name(index)).collect();
    if leaders.len() != 1 {
        violations.push(format!("{} clocks lead: {}", leaders.len(), names.join(", ")));
    } else if followed.iter().any(|&index| index != Some(leaders[0])) {
        violations.push(format!("not everybody follows {}", names[0]));
    }
}

fn conclude(world: &mut World, findings: &mut Findings) {
    for index in 0..world.len() {
        let Some(alive) = &world.node(index).alive else { continue };
        if alive.follower.refused > 0 {
            let text = format!("{} wanted to step against the policy", world.name(index));
            findings.violations.push(text);
        }
        if alive.engine.parent(0).port.port == 0 {
            continue;
        }
        findings.followers += 1;
        findings.locked += u64::from(alive.follower.is_locked());
    }
    findings.events = world.events_handled();
    findings.digest = world.journal.digest;
}
