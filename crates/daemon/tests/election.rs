//! Who leads, between three of ours and ptp4l on one bridge.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, Instant};

use control::{ClockState, Status};
use lab::*;

/// The announce interval of these tests: 0.25 s.
const TA: Duration = Duration::from_millis(250);

/// What is compared of a clock; the names are ours and ptp4l's.
#[derive(Clone, Copy)]
struct Rank {
    priority1: u8,
    class: u8,
    accuracy: u8,
    variance: u16,
    priority2: u8,
}

const PLAIN: Rank =
    Rank { priority1: 100, class: 200, accuracy: 0x25, variance: 0x4000, priority2: 100 };

fn ours(lab: &Lab, host: usize, rank: &Rank) -> Node {
    let text = |value: u16| value.to_string();
    let (priority1, priority2) = (text(rank.priority1.into()), text(rank.priority2.into()));
    let (class, accuracy) = (text(rank.class.into()), text(rank.accuracy.into()));
    node(
        lab,
        host,
        &[
            "--announce-interval=-2",
            "--sync-interval=-3",
            "--delay-interval=-3",
            "--priority1",
            &priority1,
            "--clock-class",
            &class,
            "--clock-accuracy",
            &accuracy,
            "--offset-scaled-log-variance",
            &text(rank.variance),
            "--priority2",
            &priority2,
        ],
    )
}

fn theirs(lab: &Lab, host: usize, rank: &Rank) -> Process {
    let lines = [
        "logAnnounceInterval -2".to_owned(),
        "logSyncInterval -3".to_owned(),
        "logMinDelayReqInterval -3".to_owned(),
        format!("priority1 {}", rank.priority1),
        format!("clockClass {}", rank.class),
        format!("clockAccuracy {}", rank.accuracy),
        format!("offsetScaledLogVariance {}", rank.variance),
        format!("priority2 {}", rank.priority2),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    ptp4l(lab, host, &lines)
}

/// Host 3 is ptp4l; whoever has `better` must lead all, though its identity is the worst of two.
fn leads(better: &Rank) {
    for leader in [2, 3] {
        let lab = Lab::new(4);
        let rank = |host: usize| if host == leader { *better } else { PLAIN };
        let nodes: Vec<Node> = (0..3).map(|host| ours(&lab, host, &rank(host))).collect();
        let peer = theirs(&lab, 3, &rank(3));
        std::thread::sleep(TA * 24);
        let identity = lab.identity(leader);
        for (host, node) in nodes.iter().enumerate() {
            let status = node.status().unwrap();
            let grandmaster = status.grandmaster.unwrap();
            assert_eq!(grandmaster.identity.to_string(), identity, "host {host}, leader {leader}");
            assert_eq!(status.state == ClockState::Grandmaster, host == leader);
        }
        assert_eq!(ptp4l_follows(&peer), (leader != 3).then(|| dotted(&identity)));
    }
}

/// 00:11:22:ff:fe:33:44:55 as ptp4l writes it: 001122.fffe.334455.
fn dotted(identity: &str) -> String {
    let digits = identity.replace(':', "");
    format!("{}.{}.{}", &digits[..6], &digits[6..10], &digits[10..])
}

/// Whom ptp4l chose last; nobody if that is itself.
fn ptp4l_follows(peer: &Process) -> Option<String> {
    let lines = peer.lines();
    let chosen = lines.iter().rev().find(|line| line.contains("selected"))?;
    let (_, rest) = chosen.split_once("selected best master clock ")?;
    rest.split_whitespace().next().map(str::to_owned)
}

#[test]
fn priority1_decides_before_all_else() {
    if wanted("priority1_decides_before_all_else") {
        leads(&Rank {
            priority1: 99,
            class: 248,
            accuracy: 0x30,
            variance: 0xffff,
            priority2: 200,
        });
    }
}

#[test]
fn class_decides_before_accuracy() {
    if wanted("class_decides_before_accuracy") {
        leads(&Rank { class: 199, accuracy: 0x30, variance: 0xffff, priority2: 200, ..PLAIN });
    }
}

#[test]
fn accuracy_decides_before_variance() {
    if wanted("accuracy_decides_before_variance") {
        leads(&Rank { accuracy: 0x24, variance: 0xffff, priority2: 200, ..PLAIN });
    }
}

#[test]
fn variance_decides_before_priority2() {
    if wanted("variance_decides_before_priority2") {
        leads(&Rank { variance: 0x3fff, priority2: 200, ..PLAIN });
    }
}

#[test]
fn priority2_decides_before_identity() {
    if wanted("priority2_decides_before_identity") {
        leads(&Rank { priority2: 99, ..PLAIN });
    }
}

#[test]
fn identity_decides_between_equals() {
    if !wanted("identity_decides_between_equals") {
        return;
    }
    let lab = Lab::new(4);
    let nodes: Vec<Node> = (0..3).map(|host| ours(&lab, host, &PLAIN)).collect();
    let peer = theirs(&lab, 3, &PLAIN);
    std::thread::sleep(TA * 24);
    assert_eq!(leaders(&nodes), [0]);
    assert_eq!(ptp4l_follows(&peer), Some(dotted(&lab.identity(0))));
}

fn leaders(nodes: &[Node]) -> Vec<usize> {
    let leads = |node: &Node| node.status().is_some_and(|s| s.state == ClockState::Grandmaster);
    (0..nodes.len()).filter(|i| leads(&nodes[*i])).collect()
}

#[test]
fn a_change_of_priority_on_reload_changes_the_roles() {
    if !wanted("a_change_of_priority_on_reload_changes_the_roles") {
        return;
    }
    let lab = Lab::new(4);
    let mut nodes: Vec<Node> = (0..3).map(|host| ours(&lab, host, &PLAIN)).collect();
    let file = lab.path("reloaded.toml");
    let write = |priority1: u8| {
        let text = format!("announce_interval = -2\nsync_interval = -3\npriority1 = {priority1}\n");
        std::fs::write(&file, text).unwrap();
    };
    write(200);
    nodes.push(node(&lab, 3, &["-c", file.to_str().unwrap()]));
    std::thread::sleep(TA * 24);
    assert_eq!(leaders(&nodes), [0]);
    let before = nodes[3].status().unwrap();
    write(1);
    nodes[3].process.signal("-HUP");
    std::thread::sleep(TA * 24);
    assert_eq!(leaders(&nodes), [3]);
    write(250);
    nodes[3].process.signal("-HUP");
    std::thread::sleep(TA * 24);
    assert_eq!(leaders(&nodes), [0]);
    std::fs::write(&file, "priority1 = 300\n").unwrap();
    nodes[3].process.signal("-HUP");
    std::thread::sleep(TA * 8);
    let after = nodes[3].status().unwrap();
    assert_eq!((after.pid, after.steps), (before.pid, before.steps));
    let log = nodes[3].process.lines().join("\n");
    assert!(log.contains("reloaded.toml:1:") && log.contains("300"), "{log}");
}

/// Kills the best and sees who takes over, when, and that nobody steps.
fn take_over(repetition: usize) {
    let lab = Lab::new(4);
    let rank = |host: usize| Rank { priority1: 10 + host as u8, ..PLAIN };
    let mut nodes: Vec<Node> = (0..3).map(|host| ours(&lab, host, &rank(host))).collect();
    let peer = theirs(&lab, 3, &rank(3));
    for node in &nodes[1..] {
        node.wait_state(Duration::from_secs(25), ClockState::Locked);
    }
    std::thread::sleep(TA * (repetition as u32 % 4) / 4);
    let steps = |nodes: &[Node]| -> Vec<u64> {
        nodes[1..].iter().map(|node| node.status().unwrap().steps).collect()
    };
    let announced = |node: &Node| node.status().map_or(0, |status| sent(&status, "tx_announce"));
    let before = (steps(&nodes), announced(&nodes[1]) + announced(&nodes[2]));
    let peer_before = peer.lines().len();
    nodes[0].process.kill();
    let killed = Instant::now();
    let took_over = |nodes: &[Node]| {
        announced(&nodes[1]) + announced(&nodes[2]) > before.1
            || peer.lines()[peer_before..].iter().any(|line| line.contains("to MASTER"))
    };
    while !took_over(&nodes) {
        assert!(killed.elapsed() < TA * 4 + Duration::from_millis(500), "nobody announces");
        std::thread::sleep(Duration::from_millis(5));
    }
    let first = killed.elapsed();
    std::thread::sleep(TA * 4);
    assert_eq!(leaders(&nodes), [1], "repetition {repetition}, first after {first:?}");
    assert_eq!(ptp4l_follows(&peer), Some(dotted(&lab.identity(1))));
    assert_eq!(steps(&nodes), before.0, "somebody stepped");
}

fn sent(status: &Status, counter: &str) -> u64 {
    status.ports.iter().filter_map(|port| port.counters.get(counter)).sum()
}

#[test]
fn the_next_best_takes_over_in_20_of_20_repetitions() {
    if !wanted("the_next_best_takes_over_in_20_of_20_repetitions") {
        return;
    }
    std::thread::scope(|scope| {
        for lane in 0..4 {
            scope.spawn(move || (0..5).for_each(|i| take_over(lane * 5 + i)));
        }
    });
}

#[test]
fn three_devices_elect_one_without_a_time_server() {
    if !wanted("three_devices_elect_one_without_a_time_server") {
        return;
    }
    let lab = Lab::new(3);
    let nodes: Vec<Node> = (0..3).map(|host| node(&lab, host, &[])).collect();
    for node in &nodes[1..] {
        node.wait_state(Duration::from_secs(40), ClockState::Locked);
    }
    assert_eq!(leaders(&nodes), [0]);
}
