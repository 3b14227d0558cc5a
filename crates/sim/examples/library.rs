//! Runs the library, or the scenarios and files that are named, and says what held.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Instant;

use sim::{RunOptions, Scenario, library, run};

fn main() -> ExitCode {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    // A number is the seed.
    let seed = names.iter().find_map(|name| name.parse().ok()).unwrap_or(1);
    names.retain(|name| name.parse::<u64>().is_err());
    let files = names.iter().filter(|name| name.ends_with(".toml"));
    let texts: Vec<(&String, String)> =
        files.filter_map(|name| Some((name, std::fs::read_to_string(name).ok()?))).collect();
    let chosen = library().iter().filter(|e| names.is_empty() || names.iter().any(|n| n == e.name));
    let mut failed = 0;
    let begin = Instant::now();
    let own = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in chosen.map(|entry| (entry.name, entry.text)).chain(own) {
        let scenario = match Scenario::parse(name, text) {
            Ok(scenario) => scenario,
            Err(problems) => {
                problems.iter().for_each(|problem| println!("{problem}"));
                failed += 1;
                continue;
            }
        };
        let start = Instant::now();
        let outcome = run(&scenario, seed, &mut RunOptions::default());
        let held = outcome.held();
        failed += usize::from(!held);
        println!(
            "{} {}: {} events, {:.2} s, digest {:016x}",
            if held { "ok  " } else { "FAIL" },
            name,
            outcome.events_handled,
            start.elapsed().as_secs_f64(),
            outcome.digest
        );
        for verdict in &outcome.verdicts {
            if !verdict.held || !names.is_empty() {
                let word = if verdict.held { "held" } else { "MISS" };
                println!("       {word} {} -- {}", verdict.expectation, verdict.found);
            }
        }
        if !names.is_empty() {
            for line in &outcome.log {
                println!("       {:9.3} {:8} {}", line.at_s, line.node, line.text);
            }
            for node in &outcome.nodes {
                let s = &node.summary;
                println!(
                    "       {} ({}): rms {:.0} ns, max {:.0} ns, bound {:.0} ns, coverage {:.4}, \
                     rho {:?}, limit {:?}, locked {:?}, steps {}",
                    node.name,
                    node.role,
                    s.rms_s * 1e9,
                    s.max_s * 1e9,
                    s.mean_bound_s * 1e9,
                    s.coverage,
                    s.rho,
                    node.limit_s,
                    node.lock_time_s,
                    node.steps
                );
            }
        }
    }
    println!("{failed} failed, {:.1} s", begin.elapsed().as_secs_f64());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
