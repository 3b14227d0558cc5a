//! With Debian's ptp4l and ptpd, over veth between network namespaces, in both roles.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

const SECONDS_60: Duration = Duration::from_secs(60);

/// An offset and a rate no two runs share, from the clock's low digits.
fn drawn() -> (i64, i64) {
    let nanos = i64::from(linux::KernelClock::Realtime.read().unwrap().subsec_nanos());
    let offset_ns = (nanos % 20_000_000_000 - 500_000_000) * 7;
    let rate_ppb = (nanos / 7) % 200_001 - 100_000;
    (offset_ns, rate_ppb)
}

/// Follows whoever leads on host 0 and is measured against the machine's clock.
fn follow(lab: &Lab, mechanism: &str) {
    let (offset_ns, rate_ppb) = drawn();
    let (offset, rate) = (offset_ns.to_string(), rate_ppb.to_string());
    let more = ["--client-only", "--delay-mechanism", mechanism];
    let clock = [&format!("--virtual-offset-ns={offset}"), &format!("--virtual-rate-ppb={rate}")];
    let clock = clock.map(String::as_str);
    let node = node(lab, 1, &[&more[..], &clock].concat());
    node.wait_for(Duration::from_secs(20), |status| {
        status.ports.iter().any(|port| port.counters.get("rx_announce").is_some_and(|n| *n > 0))
    });
    let took = node.wait_state(Duration::from_secs(15), ClockState::Locked);
    let watch = Watch::open(&node.page);
    let samples = watch.samples(SECONDS_60);
    let errors = samples.iter().map(|sample| sample.error_ns);
    let mut bounds: Vec<u64> = samples.iter().map(|s| s.bound_ns.unwrap_or(u64::MAX)).collect();
    bounds.sort_unstable();
    let median_bound = bounds[bounds.len() / 2];
    let inside = samples
        .iter()
        .filter(|sample| sample.bound_ns.is_some_and(|b| sample.error_ns.unsigned_abs() <= b))
        .count() as f64
        / samples.len() as f64;
    let below_20 = share_below(errors.clone(), 20_000);
    let worst = errors.clone().map(i64::abs).max().unwrap();
    let mean = errors.clone().sum::<i64>() / samples.len() as i64;
    println!(
        "from {offset} ns and {rate} ppb: locked after {took:?}; {:.1} % below 20 us, worst {worst} \
         ns, mean {mean} ns; inside the bound {:.1} %, median bound {median_bound} ns",
        below_20 * 100.0,
        inside * 100.0
    );
    let status = node.status().unwrap();
    let said = status.true_error_ns.unwrap();
    let seen = watch.look().error_ns as f64;
    assert!((said - seen).abs() < 20_000.0, "true_error_ns says {said}, the page {seen}");
    assert!(below_20 >= 0.95, "{below_20:.3} below 20 us");
    assert!(worst <= 100_000, "worst {worst} ns");
    assert!(inside >= 0.99, "{inside:.3} inside the bound");
    assert!(median_bound <= 50_000, "median bound {median_bound} ns");
    assert!(status.steps <= 1, "{} steps", status.steps);
}

fn offsets(lines: &[String], of: impl Fn(&str) -> Option<i64>) -> Vec<i64> {
    lines.iter().filter_map(|line| of(line)).collect()
}

/// Leads with the machine's own clock, which is observed and never moved.
fn lead(lab: &Lab, mechanism: &str) -> Process {
    let control = lab.path("control-lead");
    let mut command = lab.command(0, env!("CARGO_BIN_EXE_zeitgeberd"));
    command.args(["-i", "eth0", "--clock", "observe", "--server-only", "--priority1", "10"]);
    command.args(["--delay-mechanism", mechanism, "--server-timescale", "arb-utc"]);
    // With one Sync a second a minute has too few offsets to speak of a share of them.
    command.args(["--sync-interval=-2", "--delay-interval=-2", "--pdelay-interval=-2"]);
    command.arg("--control").arg(&control);
    Process::start(command, lab.path("lead.log"))
}

fn is_followed_well(peer: &Process, offset: impl Fn(&str) -> Option<i64>) {
    std::thread::sleep(Duration::from_secs(30));
    let settled = peer.lines().len();
    std::thread::sleep(SECONDS_60);
    let lines = peer.lines();
    let offsets = offsets(&lines[settled.min(lines.len())..], offset);
    let below = share_below(offsets.iter().copied(), 20_000);
    println!("{} offsets, {:.1} % below 20 us", offsets.len(), below * 100.0);
    // ptp4l prints one a second.
    assert!(offsets.len() >= 50, "{} offsets\n{}", offsets.len(), lines.join("\n"));
    assert!(below >= 0.95, "{below:.3} below 20 us: {offsets:?}");
}

#[test]
fn we_follow_ptp4l_end_to_end() {
    if !wanted("we_follow_ptp4l_end_to_end") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let _leader = ptp4l(&lab, 0, &["priority1 10"]);
    follow(&lab, "e2e");
}

#[test]
fn we_follow_ptp4l_peer_to_peer() {
    if !wanted("we_follow_ptp4l_peer_to_peer") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let _leader = ptp4l(&lab, 0, &["priority1 10", "delay_mechanism P2P"]);
    follow(&lab, "p2p");
}

#[test]
fn we_follow_ptpd_end_to_end() {
    if !wanted("we_follow_ptpd_end_to_end") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let _leader = ptpd(&lab, 0, &["--ptpengine:preset=masteronly"]);
    follow(&lab, "e2e");
}

#[test]
fn ptp4l_follows_us_end_to_end() {
    if !wanted("ptp4l_follows_us_end_to_end") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let _leader = lead(&lab, "e2e");
    let peer = ptp4l(&lab, 1, &["slaveOnly 1", "freq_est_interval 0"]);
    is_followed_well(&peer, ptp4l_offset);
}

#[test]
fn ptp4l_follows_us_peer_to_peer() {
    if !wanted("ptp4l_follows_us_peer_to_peer") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let _leader = lead(&lab, "p2p");
    let peer = ptp4l(&lab, 1, &["slaveOnly 1", "freq_est_interval 0", "delay_mechanism P2P"]);
    is_followed_well(&peer, ptp4l_offset);
}

#[test]
fn ptpd_follows_us_end_to_end() {
    if !wanted("ptpd_follows_us_end_to_end") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let _leader = lead(&lab, "e2e");
    let peer = ptpd(&lab, 1, &["--ptpengine:preset=slaveonly"]);
    is_followed_well(&peer, ptpd_offset);
}
