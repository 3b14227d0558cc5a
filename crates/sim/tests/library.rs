//! The library: every story parses, is told, and ends as it should.

use sim::{RunOptions, Scenario, library, run};

fn scenario(name: &str) -> Scenario {
    let entry = library().iter().find(|entry| entry.name == name).unwrap();
    Scenario::parse(entry.name, entry.text).unwrap()
}

#[test]
fn every_scenario_parses_and_tells_a_story() {
    let mut titles = std::collections::BTreeSet::new();
    for entry in library() {
        let file = format!("{}.toml", entry.name);
        let scenario = Scenario::parse(&file, entry.text).unwrap_or_else(|problems| {
            panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>())
        });
        assert_eq!((scenario.name.as_str(), scenario.title.as_str()), (entry.name, entry.title));
        assert!(entry.text.starts_with("# "), "{file} begins without its story");
        assert!(!scenario.expectations.is_empty(), "{file} expects nothing");
        assert!(titles.insert(entry.title), "{file} has the title of another");
    }
    assert!(library().len() >= 40);
}

#[test]
fn every_file_is_in_the_library() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".toml");
        assert!(library().iter().any(|entry| entry.name == name), "{name} is not in the library");
    }
}

#[test]
fn every_scenario_ends_as_expected() {
    let part = |offset: usize| {
        move || {
            let mut missed = String::new();
            for entry in library().iter().skip(offset).step_by(2) {
                let scenario = Scenario::parse(entry.name, entry.text).unwrap();
                let outcome = run(&scenario, 1, &mut RunOptions::default());
                for verdict in outcome.verdicts.iter().filter(|verdict| !verdict.held) {
                    let (expected, found) = (&verdict.expectation, &verdict.found);
                    missed += &format!("{}: {expected}, but {found}\n", entry.name);
                }
            }
            missed
        }
    };
    let other = std::thread::spawn(part(1));
    let missed = part(0)() + &other.join().unwrap();
    assert!(missed.is_empty(), "\n{missed}");
}

#[test]
fn the_same_seed_gives_the_same_log_and_another_gives_another() {
    let scenario = scenario("failover");
    let run = |seed| run(&scenario, seed, &mut RunOptions::default());
    let (first, again, other) = (run(3), run(3), run(4));
    assert_eq!(first, again);
    assert_ne!(first.digest, other.digest);
}

#[test]
fn many_seeds_on_threads_are_what_they_are_alone() {
    let scenario = scenario("cold-start");
    let outcomes = sim::run_many(&scenario, &[1, 2, 3], 2);
    let alone: Vec<_> =
        (1..=3).map(|seed| run(&scenario, seed, &mut RunOptions::default())).collect();
    assert_eq!(outcomes, alone);
}

#[test]
fn another_servo_and_a_shorter_run_can_be_asked_for() {
    let scenario = scenario("quiet-lan");
    let mut told = 0.0;
    let outcome = run(
        &scenario,
        1,
        &mut RunOptions {
            servo: Some(servo::ControlKind::PiHardware),
            duration_s: Some(60.0),
            progress: Some(&mut |share| told = share),
            ..RunOptions::default()
        },
    );
    assert_eq!((outcome.duration_s, told), (60.0, 1.0));
    assert!(outcome.nodes[1].track.len() > 500);
    let whole = run(&scenario, 1, &mut RunOptions::default());
    assert_ne!(outcome.nodes[1].track, whole.nodes[1].track[..outcome.nodes[1].track.len()]);
}
