//! Runs scenarios.

use servo::ControlKind;

use crate::grid::limit::{Limit, Problem};
use crate::judge::Judge;
use crate::outcome::Outcome;
use crate::plan::{NodePlan, Plan, What};
use crate::scenario::Scenario;
use crate::world::{Against, Watch, World};

/// Lines of a log that are kept, unless said otherwise.
const LOG_MAX: usize = 5_000;

/// How a scenario is run.
#[derive(Default)]
pub struct RunOptions<'a> {
    /// Another servo than the scenario's, for all of its nodes.
    pub servo: Option<ControlKind>,
    /// Told how much of the world's time has passed, from 0 to 1.
    pub progress: Option<&'a mut dyn FnMut(f64)>,
    /// Another duration than the scenario's, in seconds; what is expected later is not looked at.
    pub duration_s: Option<f64>,
    /// Lines of the log at most.
    pub log_max: Option<usize>,
    /// What clocks are compared with: their grandmaster, unless said otherwise.
    pub against: Option<Against>,
}

/// Runs a scenario once.
pub fn run(scenario: &Scenario, seed: u64, options: &mut RunOptions<'_>) -> Outcome {
    let mut plan = scenario.plan.clone();
    if let Some(control) = options.servo {
        plan.nodes.iter_mut().for_each(|node| node.servo.control = control);
    }
    let duration_s = options.duration_s.unwrap_or(scenario.duration_s).min(scenario.duration_s);
    let watch = Watch {
        every_s: scenario.look_s,
        settle_s: scenario.settle_s,
        log_max: options.log_max.unwrap_or(LOG_MAX),
        against: options.against.unwrap_or(Against::Grandmaster),
    };
    let mut world = World::new(plan, seed, watch);
    let expectations = scenario.expectations.iter();
    let expectations: Vec<_> =
        expectations.filter(|expected| expected.until_s <= duration_s).cloned().collect();
    let mut judge = Judge::new(&expectations);
    let mut stops = judge.moments();
    stops.extend((1..=100).map(|percent| duration_s * f64::from(percent) / 100.0));
    stops.sort_by(f64::total_cmp);
    for stop in stops {
        world.run(stop, &mut |node, point| judge.look(node, point));
        judge.moment(stop, &mut world);
        if let Some(progress) = &mut options.progress {
            progress(stop / duration_s);
        }
    }
    conclude(scenario, (seed, duration_s), &judge, world)
}

/// Runs a scenario with each seed, on so many threads.
pub fn run_many(scenario: &Scenario, seeds: &[u64], threads: usize) -> Vec<Outcome> {
    let share = seeds.len().div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        let work = |part: &'_ [u64]| -> Vec<Outcome> {
            part.iter().map(|&seed| run(scenario, seed, &mut RunOptions::default())).collect()
        };
        let parts: Vec<_> =
            seeds.chunks(share).map(|part| scope.spawn(move || work(part))).collect();
        // A failed assertion in a thread is one of the caller's.
        let joined = parts.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.flat_map(|part| part.unwrap_or_else(|why| std::panic::resume_unwind(why))).collect()
    })
}

fn conclude(
    scenario: &Scenario,
    (seed, duration_s): (u64, f64),
    judge: &Judge,
    mut world: World,
) -> Outcome {
    let limits: Vec<Option<f64>> =
        (0..world.len()).map(|node| limit(&scenario.plan, node)).collect();
    let verdicts = judge.verdicts(&world, &limits);
    let events_handled = world.events_handled();
    let nodes = (0..world.len()).map(|index| world.outcome_of(index, limits[index])).collect();
    Outcome {
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        seed,
        duration_s,
        digest: world.journal.digest,
        events_handled,
        log: core::mem::take(&mut world.journal.lines),
        nodes,
        verdicts,
    }
}

/// The linear limit of a receiver that shares its only segment with the only grandmaster, where
/// nothing changes and both directions are measured equally often. Flicker and ageing are left out,
/// which makes it lower.
fn limit(plan: &Plan, node: usize) -> Option<f64> {
    let own: &NodePlan = &plan.nodes[node];
    let changes = plan.happenings.iter().any(|happening| {
        matches!(happening.what, What::Delay { .. } | What::Faults { .. } | What::Stamps { .. })
    });
    let leads = |node: &NodePlan| node.quality.class < 128;
    let mut masters = plan.nodes.iter().enumerate().filter(|(_, node)| leads(node));
    let ((master, grandmaster), None) = (masters.next()?, masters.next()) else { return None };
    let same_rate = own.port.min_delay_req == grandmaster.port.sync;
    if changes || leads(own) || !same_rate {
        return None;
    }
    let place = |medium: &crate::plan::MediumPlan, node| {
        medium.ports.iter().position(|port| port.node == node)
    };
    let mut media = plan.media.iter().filter(|medium| place(medium, node).is_some());
    let (medium, None) = (media.next()?, media.next()) else { return None };
    let (from, to) = (&medium.ports[place(medium, master)?], &medium.ports[place(medium, node)?]);
    let variance = |sd: f64| sd * sd;
    let stamps =
        |node: &NodePlan| variance(node.stamps.noise_s) + variance(node.stamps.resolution_s) / 12.0;
    let paths = [&from.from, &from.to, &to.from, &to.to].map(|delay| variance(delay.sd()));
    let r = paths.iter().sum::<f64>() / 4.0 + (stamps(own) + stamps(grandmaster)) / 2.0;
    let interval = grandmaster.port.sync.duration().as_secs_f64();
    let (white, wander) = (own.oscillator.white, own.oscillator.wander);
    if r <= 0.0 || wander <= 0.0 {
        return None;
    }
    Some(Limit::new(&Problem { interval, variance: r, white, wander }).rms())
}
