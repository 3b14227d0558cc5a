//! A network that is broken again and again for as long as is asked: every follower comes back without
//! a step, keeps its bound, and takes no more memory than at first.
//!
//! `ZEITGEBER_SOAK_SECONDS` says how long, at least.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, Instant};

use control::{Answer, ClockState, Request};
use lab::*;

const FAST: [&str; 4] = [
    "--announce-interval=-2",
    "--sync-interval=-3",
    "--delay-interval=-3",
    "--virtual-rate-ppb=17000",
];
const SHORT: Duration = Duration::from_secs(40);
/// How long a follower may take to be locked after what was done to it.
const BACK: Duration = Duration::from_secs(20);
/// What the allocator of a C library may keep back for itself.
const SLACK_KIB: u64 = 256;

/// Ours leads in multicast and in unicast, ptp4l waits to take over; one of ours follows in
/// multicast, one in unicast, and a ptp4l.
struct Network {
    leader: Option<Node>,
    followers: [Node; 2],
    peer: Process,
    _second: Process,
    lab: Lab,
}

impl Network {
    fn new() -> Network {
        let lab = Lab::new(5);
        let lines = ["logAnnounceInterval -2", "logSyncInterval -3", "logMinDelayReqInterval -3"];
        let second = ptp4l(&lab, 1, &[&lines[..], &["priority1 20"]].concat());
        let leader = Some(lead(&lab));
        let multicast = node(&lab, 2, &[&FAST[..], &["--client-only"]].concat());
        let unicast = ["--client-only", "--unicast-servers=10.77.0.1", "--unicast-duration-s=10"];
        let unicast = node(&lab, 3, &[&FAST[..], &unicast].concat());
        let peer = ptp4l(&lab, 4, &[&lines[..], &["slaveOnly 1"]].concat());
        Network { leader, followers: [multicast, unicast], peer, _second: second, lab }
    }

    fn all_lock(&self, after: &str) {
        for node in &self.followers {
            let took = node.wait_state(BACK, ClockState::Locked);
            println!("{after}: locked after {took:?}");
        }
    }

    /// Does something to it, a different thing each time.
    fn disturb(&mut self, round: usize) -> &'static str {
        match round % 4 {
            0 => {
                // A power cut; ptp4l takes over, and whoever asks in unicast waits.
                self.leader = None;
                std::thread::sleep(Duration::from_secs(3));
                self.leader = Some(lead(&self.lab));
                "the leader's power"
            }
            1 => {
                self.lab.ip(2, &["link", "set", "eth0", "down"]);
                self.lab.ip(3, &["link", "set", "eth0", "down"]);
                std::thread::sleep(Duration::from_secs(3));
                self.lab.ip(2, &["link", "set", "eth0", "up"]);
                self.lab.ip(3, &["link", "set", "eth0", "up"]);
                "the followers' links"
            }
            2 => {
                for node in &self.followers {
                    let answer = node.ask(Request::Reload);
                    assert!(matches!(answer, Some(Answer::Reloaded(_))), "{answer:?}");
                }
                "a reload"
            }
            _ => {
                for host in [1, 4] {
                    self.lab.wire_ip(&["link", "set", &format!("p{host}"), "down"]);
                }
                std::thread::sleep(Duration::from_secs(2));
                for host in [1, 4] {
                    self.lab.wire_ip(&["link", "set", &format!("p{host}"), "up"]);
                }
                "the peers' links"
            }
        }
    }

    fn memory_kib(&self) -> Vec<u64> {
        let of = |node: &Node| {
            let path = format!("/proc/{}/status", node.process.id());
            let status = std::fs::read_to_string(path).unwrap();
            let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
            kib.split_whitespace().next().unwrap().parse().unwrap()
        };
        self.followers.iter().map(of).collect()
    }

    fn steps(&self) -> Vec<u64> {
        self.followers.iter().map(|node| node.status().unwrap().steps).collect()
    }
}

fn lead(lab: &Lab) -> Node {
    let ours = ["--priority1=10", "--unicast-listen", "--clock", "observe"];
    node(lab, 0, &[&FAST[..3], &ours, &["--server-timescale", "arb-utc"]].concat())
}

/// Looks at followers: how many, at how many a bound was published, and at how many it held.
#[derive(Clone, Copy, Debug, Default)]
struct Looks {
    all: usize,
    bounded: usize,
    held: usize,
}

impl Looks {
    fn add(&mut self, node: &Node) {
        let samples = Watch::open(&node.page).samples(Duration::from_secs(2));
        let bounded = || samples.iter().filter_map(|sample| Some((sample, sample.bound_ns?)));
        let held = bounded().filter(|(sample, bound)| sample.error_ns.unsigned_abs() <= *bound);
        self.held += held.count();
        self.bounded += bounded().count();
        self.all += samples.len();
    }
}

#[test]
fn a_network_that_is_broken_again_and_again_comes_back_each_time() {
    if !wanted("a_network_that_is_broken_again_and_again_comes_back_each_time") {
        return;
    }
    let _quiet = quiet();
    let seconds = std::env::var("ZEITGEBER_SOAK_SECONDS").ok().and_then(|s| s.parse().ok());
    let length = seconds.map_or(SHORT, Duration::from_secs);
    let mut network = Network::new();
    network.all_lock("the beginning");
    let (start, steps) = (Instant::now(), network.steps());
    let (mut looks, mut first) = (Looks::default(), None);
    let mut round = 0;
    while round < 4 || start.elapsed() < length {
        let what = network.disturb(round);
        network.all_lock(what);
        for node in &network.followers {
            looks.add(node);
        }
        let memory = network.memory_kib();
        println!("round {round}: {memory:?} KiB, {looks:?}");
        // Everything has happened once before the fifth.
        let least = first.get_or_insert_with(|| memory.clone());
        if round < 4 {
            *least = memory;
        } else {
            let grown = memory.iter().zip(least).any(|(now, then)| *now > *then + SLACK_KIB);
            assert!(!grown, "{:?} KiB, {:?} at first", network.memory_kib(), first);
        }
        assert_eq!(network.steps(), steps, "after {what}");
        round += 1;
    }
    assert!(looks.held * 100 >= looks.bounded * 99, "{looks:?}");
    // Whoever moves to another source says nothing until it knows that one.
    assert!(looks.bounded * 10 >= looks.all * 9, "{looks:?}");
    let seen = network.peer.lines().iter().filter_map(|line| ptp4l_offset(line)).count();
    assert!(seen > 10, "{}", network.peer.lines().join("\n"));
}
