//! A grandmaster, three boundary clocks and a receiver in a row, one of them ours and four Debian's
//! ptp4l, which really follow: each has a clock of its own.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, Instant};

use control::ClockState;
use lab::*;

const FAST: [&str; 3] = ["--announce-interval=-2", "--sync-interval=-3", "--delay-interval=-3"];
/// ptp4l's own constants for software stamps take half a minute to settle at each hop. These do not
/// ring, so that what disturbs the first does not grow from one to the next.
const PTP4L_FAST: [&str; 5] = [
    "logAnnounceInterval -2",
    "logSyncInterval -3",
    "logMinDelayReqInterval -3",
    "pi_proportional_const 1.5",
    "pi_integral_const 0.05",
];

/// How far the first clock is ahead of the last: a clock that ignores its parent does not show it.
const AHEAD_NS: i64 = 1_000_000;

/// The clocks of the three in the middle when they start, if they are ptp4l's.
const ASTRAY: [OwnClock; 3] = [
    OwnClock { offset_ns: 300_000_000, ppb: 20_000 },
    OwnClock { offset_ns: -200_000_000, ppb: -30_000 },
    OwnClock { offset_ns: 5_000_000, ppb: 8_000 },
];

/// Five hosts in a row, ours at one place.
struct Row {
    ours: Node,
    theirs: Vec<Process>,
    chain: Chain,
}

impl Row {
    /// Each starts when the one before it has settled: ptp4l steps once, to what it hears then.
    fn with_ours_at(place: usize) -> Row {
        let chain = Chain::new(5, &[(0, 1), (1, 2), (2, 3), (3, 4)]);
        let mut theirs = Vec::new();
        let mut ours = None;
        let on: [&[&str]; 5] = [&["e0"], &["e0", "e1"], &["e1", "e2"], &["e2", "e3"], &["e3"]];
        for (host, interfaces) in on.into_iter().enumerate() {
            if host == place {
                let node = Row::our_clock(&chain, host, interfaces);
                node.wait_for(Duration::from_secs(40), |status| match host {
                    0 => status.state == ClockState::Grandmaster,
                    // Whoever moves nothing does not lock.
                    4 => status.offset_ns.is_some(),
                    _ => status.state == ClockState::Locked,
                });
                ours = Some(node);
            } else {
                let process = Row::their_clock(&chain, host, interfaces);
                wait_for_theirs(&process, host);
                theirs.push(process);
            }
        }
        Row { ours: ours.unwrap(), theirs, chain }
    }

    fn our_clock(chain: &Chain, host: usize, interfaces: &[&str]) -> Node {
        let ahead = [
            "--priority1=10".to_owned(),
            format!("--egress-latency-ns={AHEAD_NS}"),
            format!("--ingress-latency-ns=-{AHEAD_NS}"),
        ];
        let ahead: Vec<&str> = ahead.iter().map(String::as_str).collect();
        let more: &[&str] = match host {
            0 => &ahead,
            4 => &["--client-only", "--clock", "observe"],
            _ => &[],
        };
        node_on(chain, host, interfaces, &[&FAST, more].concat())
    }

    fn their_clock(chain: &Chain, host: usize, interfaces: &[&str]) -> Process {
        let ahead = OwnClock { offset_ns: AHEAD_NS, ppb: 0 };
        let (clock, more): (OwnClock, &[&str]) = match host {
            0 => (ahead, &["priority1 10"]),
            4 => {
                let lines = ["slaveOnly 1", "freq_est_interval 0"];
                return ptp4l_on(chain, host, interfaces, &[&PTP4L_FAST[..], &lines].concat());
            }
            _ => (ASTRAY[host - 1], &[]),
        };
        ptp4l_with_own_clock(chain, host, interfaces, clock, &[&PTP4L_FAST[..], more].concat())
    }

    /// How far the last clock finds itself ahead, and so how far it is off, over a while.
    fn end_is_off_by(&self, look: Duration) -> Vec<i64> {
        if let [.., end] = &self.theirs[..]
            && end.log == self.chain.path("ptp4l-4.log")
        {
            let before = offsets(end).len();
            std::thread::sleep(look);
            return offsets(end)[before..].iter().map(|offset| offset + AHEAD_NS).collect();
        }
        let mut off = Vec::new();
        for _ in 0..look.as_millis() / 250 {
            std::thread::sleep(Duration::from_millis(250));
            off.extend(self.ours.status().and_then(|status| status.offset_ns));
        }
        off.into_iter().map(|offset| offset as i64 + AHEAD_NS).collect()
    }
}

fn offsets(process: &Process) -> Vec<i64> {
    process.lines().iter().filter_map(|line| ptp4l_offset(line)).collect()
}

/// Leading, following its own servo's word, or seeing offsets, by its place.
fn wait_for_theirs(process: &Process, host: usize) {
    let start = Instant::now();
    let settled = |line: &&String| match host {
        0 => line.contains("assuming the grand master role"),
        4 => line.contains("master offset"),
        _ => line.contains(" s2 "),
    };
    let enough = if host == 0 { 1 } else { 20 };
    while process.lines().iter().filter(settled).count() < enough {
        assert!(start.elapsed() < Duration::from_secs(40), "{}", process.lines().join("\n"));
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn the_end_shows_the_first_clock(place: usize) {
    let _quiet = quiet();
    let row = Row::with_ours_at(place);
    std::thread::sleep(Duration::from_secs(5));
    let off = row.end_is_off_by(Duration::from_secs(15));
    let below = share_below(off.iter().copied(), 50_000);
    let mut sorted: Vec<i64> = off.iter().map(|off| off.abs()).collect();
    sorted.sort_unstable();
    println!(
        "ours at {place}: {} offsets, {:.1} % below 50 us, median {:?}, worst {:?}",
        off.len(),
        below * 100.0,
        sorted.get(sorted.len() / 2),
        sorted.last()
    );
    let logs = row.theirs.iter().map(|process| process.lines().join("\n"));
    assert!(off.len() >= 10, "{} offsets\n{}", off.len(), logs.collect::<Vec<_>>().join("\n\n"));
    assert!(below >= 0.95, "{below:.3} below 50 us: {off:?}");
    // An offset of nothing at all is what is shown of one that is not known.
    assert!(!off.contains(&AHEAD_NS), "{off:?}");
}

#[test]
fn ours_leads_three_boundary_clocks_of_theirs() {
    if wanted("ours_leads_three_boundary_clocks_of_theirs") {
        the_end_shows_the_first_clock(0);
    }
}

#[test]
fn ours_is_the_first_boundary_clock_before_two_of_theirs() {
    if wanted("ours_is_the_first_boundary_clock_before_two_of_theirs") {
        the_end_shows_the_first_clock(1);
    }
}

#[test]
fn ours_is_the_boundary_clock_between_two_of_theirs() {
    if wanted("ours_is_the_boundary_clock_between_two_of_theirs") {
        the_end_shows_the_first_clock(2);
    }
}

#[test]
fn ours_is_the_last_boundary_clock_behind_two_of_theirs() {
    if wanted("ours_is_the_last_boundary_clock_behind_two_of_theirs") {
        the_end_shows_the_first_clock(3);
    }
}

#[test]
fn ours_receives_behind_three_boundary_clocks_of_theirs() {
    if wanted("ours_receives_behind_three_boundary_clocks_of_theirs") {
        the_end_shows_the_first_clock(4);
    }
}
