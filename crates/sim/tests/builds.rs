//! The same commit, scenario and seed give the same events in every build.

use std::process::Command;

use sim::{RunOptions, Scenario, explore, library, run};

const SCENARIOS: [&str; 5] =
    ["quiet-lan", "boundary-chain", "partition", "peer-delay", "holdover-tcxo"];
const WORLDS: [u64; 3] = [1, 2, 3];

/// Runs a program of this crate in release and returns what it says.
fn in_release(arguments: &[&str]) -> String {
    let cargo = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--package", "zeitgeber-sim", "--example", "digests"])
        .arg("--")
        .args(arguments)
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    String::from_utf8(cargo.stdout).unwrap()
}

#[test]
fn debug_and_release_tell_the_same_events() {
    let mut here = String::new();
    for name in SCENARIOS {
        let entry = library().iter().find(|entry| entry.name == name).unwrap();
        let scenario = Scenario::parse(entry.name, entry.text).unwrap();
        let outcome = run(&scenario, 5, &mut RunOptions::default());
        here += &format!("{name} {:016x} {}\n", outcome.digest, outcome.events_handled);
    }
    for seed in WORLDS {
        let found = explore(seed, None);
        here += &format!("{seed} {:016x} {}\n", found.digest, found.events);
    }
    let seeds = WORLDS.map(|seed| seed.to_string());
    let arguments: Vec<&str> =
        SCENARIOS.into_iter().chain(seeds.iter().map(String::as_str)).collect();
    assert_eq!(here, in_release(&arguments));
}
