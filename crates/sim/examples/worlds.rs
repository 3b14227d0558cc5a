//! Explores random worlds: `worlds 0..2000`, or one seed to be told more of it.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Instant;

use sim::outcome::Phase;
use sim::{Against, Findings, RunOptions, explore, random_world, run};

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "0..200".to_owned());
    let seeds: Option<(u64, u64)> = match argument.split_once("..") {
        Some((from, to)) => from.parse().ok().zip(to.parse().ok()),
        None => argument.parse().ok().map(|seed: u64| (seed, seed + 1)),
    };
    let Some((from, to)) = seeds else {
        eprintln!("{argument}: expected a seed or a range such as 0..2000");
        return ExitCode::FAILURE;
    };
    if to == from + 1 {
        tell(from);
    }
    let start = Instant::now();
    let mut total = Findings::default();
    let mut violated = 0;
    for seed in from..to {
        let found = explore(seed, None);
        violated += u64::from(!found.violations.is_empty());
        found.violations.iter().for_each(|violation| println!("seed {seed}: {violation}"));
        if found.worst > 3.0 {
            println!("seed {seed}: error of {:.1} bounds", found.worst);
        }
        total.bounded += found.bounded;
        total.within += found.within;
        total.followers += found.followers;
        total.locked += found.locked;
        total.events += found.events;
    }
    println!(
        "{} worlds, {violated} with violations, {} of {} followers locked, {:.3} % of {} looks \
         within the bound, {} events in {:.1} s",
        to - from,
        total.locked,
        total.followers,
        100.0 * total.within as f64 / total.bounded.max(1) as f64,
        total.bounded,
        total.events,
        start.elapsed().as_secs_f64()
    );
    if violated == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(seed: u64) {
    let invented = random_world(seed);
    let plan = &invented.scenario.plan;
    for node in &plan.nodes {
        println!(
            "{}: {:?}, class {}, priority1 {}, {:?}, offset {}",
            node.name,
            node.role,
            node.quality.class,
            node.priorities.0,
            node.servo.step,
            node.offset
        );
    }
    for medium in &plan.media {
        let nodes: Vec<usize> = medium.ports.iter().map(|port| port.node).collect();
        println!("{}: {nodes:?}, {:?}, {:?}", medium.name, medium.ports[0].to, medium.faults);
    }
    println!("{:?}", plan.nodes[0].port);
    println!("healed {:.3} s, agreed {:.3} s", invented.healed_s, invented.agreed_s);
    let against = Some(Against::Parent);
    let options = &mut RunOptions { against, ..RunOptions::default() };
    let outcome = run(&invented.scenario, seed, options);
    for line in &outcome.log {
        println!("{:9.3} {:8} {}", line.at_s, line.node, line.text);
    }
    for node in &outcome.nodes {
        println!("{} ({}): {:?}", node.name, node.role, node.summary);
        let beyond = node.track.iter().filter(|p| p.at_s > invented.agreed_s);
        let known = beyond.filter(|p| matches!(p.phase, Phase::Locked | Phase::Holdover));
        for point in known.filter(|p| p.error_s.abs() > p.bound_s).take(5) {
            println!("    beyond its bound: {point:?}");
        }
    }
}
