//! The pages of reports in a browser: no error on its console, and all figures drawn.

#[path = "../../record/tests/world/mod.rs"]
mod world;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use servo::ControlKind;
use world::{Folder, World};

/// What the browser says of a page: its document after loading, and its console.
fn browse(page: &Path) -> Option<(String, String)> {
    let profile = page.with_extension("profile");
    let mut command = Command::new("chromium");
    // A browser that runs as root, as in a container, refuses its own sandbox.
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]);
    command.args(["--no-first-run", "--enable-logging=stderr", "--v=0", "--dump-dom"]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.arg(format!("file://{}", page.display())).stdin(Stdio::null());
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            let ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!ci, "chromium is missing: {error}");
            // The test runner keeps what eprintln! says of a test that passes to itself.
            let line = format!("SKIPPED: chromium is missing: {error}\n");
            let _ = std::io::stderr().write_all(line.as_bytes());
            return None;
        }
    };
    let _ = std::fs::remove_dir_all(profile);
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    Some((text(&output.stdout), text(&output.stderr)))
}

fn complaints(console: &str) -> Vec<&str> {
    console.lines().filter(|line| line.contains("CONSOLE")).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages")
}

fn is_clean(page: &Path, figures: usize) {
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.len() < 1_000_000, "{} octets", html.len());
    assert!(!html.contains("http://") || html.matches("http://").count() == figures, "fetches");
    assert!(!html.contains("https://") && !html.contains("<script"));
    let Some((document, console)) = browse(page) else { return };
    assert!(complaints(&console).is_empty(), "{console}");
    assert_eq!(document.matches("<svg ").count(), figures, "{}", page.display());
    assert!(!document.contains("There is nothing to show"));
}

fn run(arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zeitgeber"));
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_browser_test_sees_an_error() {
    std::fs::create_dir_all(folder()).unwrap();
    let page = folder().join("wrong.html");
    std::fs::write(&page, "<!DOCTYPE html><script>nothing.at.all()</script>").unwrap();
    let Some((_, console)) = browse(&page) else { return };
    assert!(!complaints(&console).is_empty(), "{console}");
}

#[test]
fn the_page_of_a_replay_is_clean() {
    let place = Folder::new("page-replay");
    let mut world = World::recorded(ControlKind::Kalman, place.place(1 << 30, 1));
    (0..4800).for_each(|_| world.exchange());
    world.servo.end();
    let record = place.0.join("record").display().to_string();
    let report = folder().display().to_string();
    run(&["replay", &record, "--servo", "pi,linreg", "--report", &report]);
    is_clean(&folder().join("replay.html"), 7);
}

#[test]
fn the_page_of_a_simulation_is_clean() {
    let report = folder().display().to_string();
    run(&["sim", "quiet-lan", "--compare", "pi,linreg", "--report", &report]);
    is_clean(&folder().join("sim.html"), 6);
}

#[test]
fn the_page_of_an_analysis_is_clean() {
    let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/../wire/tests/vectors/smpte-udp4.pcap");
    let report = folder().display().to_string();
    run(&["analyze", capture, "--report", &report]);
    is_clean(&folder().join("analyze.html"), 6);
}
