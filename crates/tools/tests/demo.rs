//! The demonstration, with real daemons, which it builds itself under cargo.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{stderr, stdout, zeitgeber};

fn shows_all(more: &[&str]) -> String {
    let arguments = ["demo", "--plain", "--seconds", "20", "--seed", "5"];

    let output = zeitgeber(&[&arguments, more].concat());

    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}\n{}", stderr(&output));
    for part in [
        "grandmaster leads",
        "grandmaster is killed",
        "standby leads",
        "follower 2 is locked",
        "Every follower ended locked, within its stated bound of the truth.",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    text
}

#[test]
fn the_daemons_find_the_time_and_survive_their_grandmaster() {
    let text = shows_all(&[]);

    let place = ["a bridge between network namespaces", "no network namespaces for us: "];
    assert!(place.iter().any(|place| text.contains(place)), "{text}");
}

#[test]
fn the_loopback_will_do() {
    let text = shows_all(&["--loopback"]);

    assert!(text.contains("over the loopback, UDP ports "), "{text}");
}

#[test]
fn an_interrupted_demonstration_leaves_nothing_behind() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_zeitgeber"))
        .args(["demo", "--plain"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    let folder = std::env::temp_dir().join(format!("zgdemo-{id}"));
    let start = Instant::now();
    while !folder.join("page-3").exists() {
        assert!(start.elapsed() < Duration::from_secs(120), "the daemons do not start");
        std::thread::sleep(Duration::from_millis(50));
    }

    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let status = child.wait().unwrap();

    assert_eq!(status.code(), Some(1));
    assert!(!folder.exists());
    let left = std::fs::read_dir("/run/netns").into_iter().flatten().flatten();
    let left = left.filter(|entry| entry.file_name().to_string_lossy().contains(&id));
    assert_eq!(left.count(), 0);
    assert!(!runs_with(&format!("zgdemo-{id}/")), "a daemon still runs");
}

/// Whether any process has `text` in its arguments.
fn runs_with(text: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let arguments = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&arguments).contains(text)
    })
}
