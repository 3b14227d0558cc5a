//! Boundary and transparent clocks of ours in a row, Debian's ptp4l at the ends.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

const FAST: [&str; 3] = ["--announce-interval=-2", "--sync-interval=-3", "--delay-interval=-3"];
const PTP4L_FAST: [&str; 3] =
    ["logAnnounceInterval -2", "logSyncInterval -3", "logMinDelayReqInterval -3"];

/// How far the first clock of each chain is ahead: a clock that ignores its parent does not show it.
const AHEAD_NS: i64 = 1_000_000;

/// ptp4l's clock, ahead by [`AHEAD_NS`] as far as its messages say.
fn leader(lab: &impl Net, interface: &str, more: &[&str]) -> Process {
    let (egress, ingress) =
        (format!("egressLatency {AHEAD_NS}"), format!("ingressLatency -{AHEAD_NS}"));
    let lines = [&PTP4L_FAST[..], &["priority1 10", &egress, &ingress], more].concat();
    ptp4l_on(lab, 0, &[interface], &lines)
}

/// ptp4l at the end of a chain, which says how far off it is.
fn end(lab: &impl Net, host: usize, interface: &str, more: &[&str]) -> Process {
    let lines = [&PTP4L_FAST[..], &["slaveOnly 1", "freq_est_interval 0"], more].concat();
    ptp4l_on(lab, host, &[interface], &lines)
}

/// `rms 123 max 456 freq ...` or `master offset -1000123 s2 ...`: the offset.
fn offsets(process: &Process) -> Vec<i64> {
    let offset = |line: &String| {
        let rest = line.split("master offset").nth(1)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    process.lines().iter().filter_map(offset).collect()
}

/// Waits until the end has seen enough, and looks at the later half of it.
fn shows_the_lead(process: &Process, settle: Duration, look: Duration) {
    std::thread::sleep(settle);
    let settled = offsets(process).len();
    std::thread::sleep(look);
    let all = offsets(process);
    let late = &all[settled.min(all.len())..];
    let off: Vec<i64> = late.iter().map(|offset| offset + AHEAD_NS).collect();
    let below = share_below(off.iter().copied(), 50_000);
    let mut sorted: Vec<i64> = off.iter().map(|offset| offset.abs()).collect();
    sorted.sort_unstable();
    println!(
        "{} offsets, {:.1} % below 50 us, median {:?}",
        off.len(),
        below * 100.0,
        sorted.get(sorted.len() / 2)
    );
    assert!(off.len() >= 10, "{} offsets\n{}", off.len(), process.lines().join("\n"));
    assert!(below >= 0.95, "{below:.3} below 50 us: {off:?}");
}

#[test]
fn three_boundary_clocks_pass_the_time_on() {
    if !wanted("three_boundary_clocks_pass_the_time_on") {
        return;
    }
    let _quiet = quiet();
    let chain = Chain::new(5, &[(0, 1), (1, 2), (2, 3), (3, 4)]);
    let _leader = leader(&chain, "e0", &[]);
    let between = [(1, ["e0", "e1"]), (2, ["e1", "e2"]), (3, ["e2", "e3"])];
    let nodes: Vec<Node> = between
        .iter()
        .map(|(host, interfaces)| node_on(&chain, *host, interfaces, &FAST))
        .collect();
    let end = end(&chain, 4, "e3", &[]);
    for node in &nodes {
        node.wait_state(Duration::from_secs(40), ClockState::Locked);
    }
    shows_the_lead(&end, Duration::from_secs(8), Duration::from_secs(15));
    let steps: Vec<Option<u16>> =
        nodes.iter().map(|node| node.status().unwrap().steps_removed).collect();
    assert_eq!(steps, [Some(1), Some(2), Some(3)]);
}

fn transparent(mechanism: &str, ptp4l_says: &[&str]) {
    let chain = Chain::new(3, &[(0, 1), (1, 2)]);
    let _leader = leader(&chain, "e0", ptp4l_says);
    let kind = format!("{mechanism}-transparent");
    let more = [&FAST[..], &["--clock-type", &kind, "--pdelay-interval=-2"]].concat();
    let middle = node_on(&chain, 1, &["e0", "e1"], &more);
    let end = end(&chain, 2, "e1", ptp4l_says);
    middle.wait_state(Duration::from_secs(30), ClockState::Locked);
    shows_the_lead(&end, Duration::from_secs(5), Duration::from_secs(15));
}

#[test]
fn an_end_to_end_transparent_clock_between_two_of_theirs() {
    if wanted("an_end_to_end_transparent_clock_between_two_of_theirs") {
        let _quiet = quiet();
        transparent("e2e", &[]);
    }
}

#[test]
fn a_peer_to_peer_transparent_clock_between_two_of_theirs() {
    if wanted("a_peer_to_peer_transparent_clock_between_two_of_theirs") {
        let _quiet = quiet();
        transparent("p2p", &["delay_mechanism P2P", "logMinPdelayReqInterval -2"]);
    }
}

#[test]
fn a_boundary_clock_behind_a_bad_wire_keeps_its_bound() {
    if !wanted("a_boundary_clock_behind_a_bad_wire_keeps_its_bound") {
        return;
    }
    let _quiet = quiet();
    let chain = Chain::new(4, &[(0, 1), (1, 2), (2, 3)]);
    let bad = ["--delay", "200us", "--jitter", "50us", "--loss", "2%", "--reorder", "1%"];
    let _relay = impair(&chain, 1, ["e0", "e1"], &bad);
    let _leader = ptp4l_on(&chain, 0, &["e0"], &[&PTP4L_FAST[..], &["priority1 10"]].concat());
    let node = node_on(&chain, 2, &["e1", "e2"], &FAST);
    let end = end(&chain, 3, "e2", &[]);
    node.wait_state(Duration::from_secs(40), ClockState::Locked);
    std::thread::sleep(Duration::from_secs(8));
    let steps = node.status().unwrap().steps;
    let samples = Watch::open(&node.page).samples(Duration::from_secs(12));
    let status = node.status().unwrap();
    let delay = status.mean_delay_ns.unwrap();
    let held = |sample: &&Sample| {
        sample.bound_ns.is_some_and(|bound| sample.error_ns.unsigned_abs() <= bound)
    };
    let share = samples.iter().filter(held).count() as f64 / samples.len() as f64;
    let errors = samples.iter().map(|sample| sample.error_ns);
    println!(
        "errors {:?} to {:?} ns, bound {:?} ns, held in {:.1} %; delay {delay} ns; {} offsets at \
         the end, the last {:?}",
        errors.clone().min(),
        errors.clone().max(),
        samples.last().and_then(|sample| sample.bound_ns),
        share * 100.0,
        offsets(&end).len(),
        offsets(&end).last()
    );
    assert_eq!((status.state, status.steps), (ClockState::Locked, steps));
    assert!((150_000.0..600_000.0).contains(&delay), "{delay} ns");
    assert!(share >= 0.99, "{share}: {samples:?}");
    assert!(share_below(errors, 50_000) >= 0.95, "{samples:?}");
    assert!(offsets(&end).len() > 10, "{:?}", end.lines());
}
