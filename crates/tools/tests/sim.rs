//! `zeitgeber sim` from outside: scenarios in, tables, JSON and exit codes out.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn sim(arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zeitgeber"));
    let output = command.arg("sim").args(arguments).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

const SHORT: &str = r#"
title = "Short"
duration = "60 s"
settle = "30 s"
[node.gm]
role = "grandmaster"
[node.rx]
rate = "5 ppm"
[segment.lan]
nodes = ["gm", "rx"]
delay = { floor = "10 us", kind = "exponential", mean = "1 us" }
[[expect]]
what = "max"
below = "LIMIT"
"#;

fn written(name: &str, limit: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, SHORT.replace("LIMIT", limit)).unwrap();
    path
}

#[test]
fn the_library_is_listed_and_each_of_it_has_a_story() {
    let ran = sim(&["--list"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.out.lines().count(), sim::library().len());
    assert!(ran.out.contains("quiet-lan  "), "{}", ran.out);
}

#[test]
fn a_run_is_the_same_again_and_another_seed_is_not() {
    let path = written("same.toml", "1 ms");
    let run = |seed: &str| {
        let ran = sim(&[path.to_str().unwrap(), "--json", "--seed", seed]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        serde_json::from_str::<Value>(&ran.out).unwrap()
    };
    let first = run("1");
    assert_eq!(first, run("1"));
    assert_ne!(first["runs"][0]["digest"], run("2")["runs"][0]["digest"]);
    let node = &first["runs"][0]["nodes"][1];
    assert_eq!(node["name"], "rx");
    assert!(node["rms_ns"].as_f64().unwrap() > 0.0 && node["lock_time_s"].is_f64());
}

#[test]
fn an_expectation_that_fails_is_named_and_is_1() {
    let path = written("failing.toml", "1 ns");
    let ran = sim(&[path.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("FAILED  rx: "), "{}", ran.out);
    let ran = sim(&[path.to_str().unwrap(), "--seeds", "4"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("with 0 of 4 seeds") && ran.out.contains("seed 3: "), "{}", ran.out);
}

#[test]
fn seeds_and_servos_are_side_by_side() {
    let path = written("beside.toml", "1 ms");
    let path = path.to_str().unwrap();
    let ran = sim(&[path, "--seeds", "5", "--seed", "10"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("5 seeds from 10") && ran.out.contains("median"), "{}", ran.out);
    // Some seed of these five did worst.
    let worst = (10..15).any(|seed| ran.out.contains(&format!("seed {seed}")));
    assert!(worst, "{}", ran.out);
    let ran = sim(&[path, "--compare", "pi,linreg", "--json"]);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    let names: Vec<&str> = object["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["as written", "pi", "linreg"]);
    let text = sim(&[path, "--compare", "pi,linreg"]).out;
    assert!(text.contains("linreg, TDEV") && text.contains("rms / limit"), "{text}");
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_is_2() {
    let path = written("wrong.toml", "1 parsec");
    let ran = sim(&[path.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("wrong.toml:14: ") && ran.err.contains("parsec"), "{}", ran.err);
    let ran = sim(&["no-such-story"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no-such-story: ") && ran.err.contains("--list"), "{}", ran.err);
    assert_eq!(sim(&[]).code, 2);
}

#[test]
fn the_example_of_the_documentation_runs_and_holds() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sim.md");
    let page = std::fs::read_to_string(page).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("example.toml");
    std::fs::write(&path, example).unwrap();
    let ran = sim(&[path.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.matches("held  ").count() >= 5, "{}", ran.out);
}
