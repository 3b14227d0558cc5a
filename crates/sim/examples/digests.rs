//! Says the hash of what happens in scenarios, and in random worlds where a seed is given.
#![forbid(unsafe_code)]

use sim::{RunOptions, Scenario, explore, library, run};

fn main() {
    for name in std::env::args().skip(1) {
        if let Ok(seed) = name.parse() {
            let found = explore(seed, None);
            println!("{seed} {:016x} {}", found.digest, found.events);
            continue;
        }
        let entry = library().iter().find(|entry| entry.name == name);
        let scenario = entry.and_then(|entry| Scenario::parse(entry.name, entry.text).ok());
        let Some(scenario) = scenario else {
            println!("{name}: there is no such scenario");
            continue;
        };
        let outcome = run(&scenario, 5, &mut RunOptions::default());
        println!("{name} {:016x} {}", outcome.digest, outcome.events_handled);
    }
}
