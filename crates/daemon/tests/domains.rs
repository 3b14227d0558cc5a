//! Two domains with two grandmasters on one wire: one is followed, both are measured.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

/// How far the second grandmaster is ahead of the first.
const AHEAD_NS: f64 = 3_000_000.0;

#[test]
fn one_of_two_domains_is_followed_and_both_are_measured() {
    if !wanted("one_of_two_domains_is_followed_and_both_are_measured") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(3);
    let leads = ["--server-only", "--sync-interval=-3", "--delay-interval=-3"];
    let _first = node(&lab, 0, &[&leads[..], &["--priority1", "10"]].concat());
    let offset = format!("--virtual-offset-ns={AHEAD_NS}");
    let second = [&leads[..], &["--domain", "5", &offset]].concat();
    let _second = node(&lab, 1, &second);
    let receiver = node(&lab, 2, &["--client-only", "--also-domains", "5"]);
    receiver.wait_state(Duration::from_secs(30), ClockState::Locked);
    receiver.wait_for(Duration::from_secs(30), |status| {
        let [other] = &status.domains[..] else { return false };
        let off = other.offset_ns.unwrap_or(0.0) + AHEAD_NS;
        // The machine's own noise: what is wanted is the three milliseconds.
        other.domain == 5 && other.state == ClockState::Locked && off.abs() < 200_000.0
    });
    let status = receiver.status().unwrap();
    assert_eq!(status.domain, 0);
    assert_eq!(status.state, ClockState::Locked);
    let (followed, measured) =
        (status.grandmaster.unwrap(), status.domains[0].grandmaster.unwrap());
    assert_ne!(followed.identity, measured.identity);
    assert!(status.domains[0].bound_ns.is_some_and(|bound| bound < 1e6));
}
