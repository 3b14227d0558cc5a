//! IEEE 802.1AS with ptp4l: as an end station in both roles, as a relay between two of its, and with
//! one neighbour too many.
#![forbid(unsafe_code)]

mod lab;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use control::{ClockState, PortState};
use lab::*;

/// How far the time transmitters of ptp4l and ours are ahead of the machine's clock.
const AHEAD_NS: i64 = 1_000_000;

const STATION: [&str; 21] = [
    "--transport",
    "l2",
    "--l2-group",
    "01:80:c2:00:00:0e",
    "--sdo-id",
    "256",
    "--bmca",
    "802.1as",
    "--delay-mechanism",
    "p2p",
    "--link-delay-max-ns",
    "5000000",
    "--path-trace",
    "--needs-capable",
    // ptp4l 3.1 never says it, and is of the edition of 2011.
    "--gptp-capable=require",
    "--follow-up-information",
    "--sync-receipt-timeout=3",
    "--allowed-lost-responses=3",
    "--announce-interval=-2",
    "--sync-interval=-3",
    "--pdelay-interval=-2",
];

/// gPTP.cfg of linuxptp, with the delays and the patience of software stamps.
const PTP4L_STATION: [&str; 14] = [
    "gmCapable 1",
    "logAnnounceInterval -2",
    "logSyncInterval -3",
    "logMinPdelayReqInterval -2",
    "syncReceiptTimeout 3",
    "neighborPropDelayThresh 5000000",
    "min_neighbor_prop_delay -20000000",
    "assume_two_step 1",
    "path_trace_enabled 1",
    "follow_up_info 1",
    "transportSpecific 0x1",
    "ptp_dst_mac 01:80:C2:00:00:0E",
    "network_transport L2",
    "delay_mechanism P2P",
];

fn station(more: &[&'static str]) -> Vec<&'static str> {
    [&STATION[..], more].concat()
}

/// ptp4l as the grandmaster, ahead as far as its messages say.
fn their_leader(lab: &impl Net, host: usize, interface: &str) -> Process {
    let (egress, ingress) =
        (format!("egressLatency {AHEAD_NS}"), format!("ingressLatency -{AHEAD_NS}"));
    // A second's rest: where a fault of its port is over at once, ptp4l 3.1 may take a message of
    // before for another, and then sends neither Pdelay_Req nor Announce any more.
    let more = ["priority1 10", "fault_reset_interval 0", &egress, &ingress];
    ptp4l_on(lab, host, &[interface], &[&PTP4L_STATION[..], &more].concat())
}

fn their_end(lab: &impl Net, host: usize, interface: &str) -> Process {
    let more = ["priority1 248", "freq_est_interval 0"];
    ptp4l_on(lab, host, &[interface], &[&PTP4L_STATION[..], &more].concat())
}

/// Waits for so many offsets of ptp4l's after the first ones: how far each is from [`AHEAD_NS`].
fn offsets(end: &Process, skip: usize, count: usize) -> Vec<i64> {
    let offset = |line: &String| {
        let rest = line.split("master offset").nth(1)?;
        rest.split_whitespace().next()?.parse::<i64>().ok()
    };
    let start = Instant::now();
    loop {
        let all: Vec<i64> = end.lines().iter().filter_map(offset).collect();
        if all.len() >= skip + count {
            return all[skip..].iter().map(|offset| offset + AHEAD_NS).collect();
        }
        assert!(start.elapsed() < Duration::from_secs(40), "{all:?}\n{}", end.lines().join("\n"));
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn assert_near(what: &str, off: &[i64]) {
    let mut sorted: Vec<i64> = off.iter().map(|off| off.abs()).collect();
    sorted.sort_unstable();
    println!("{what}: {} values, median {} ns", off.len(), sorted[sorted.len() / 2]);
    assert!(share_below(off.iter().copied(), 50_000) >= 0.9, "{what}: {off:?}");
}

fn said(node: &Node, what: &str) -> usize {
    node.process.lines().iter().filter(|line| line.contains(what)).count()
}

/// Waits until a line was said more often than `before`.
fn wait_said(node: &Node, what: &str, before: usize) {
    let start = Instant::now();
    while said(node, what) <= before {
        let lines = node.process.lines().join("\n");
        assert!(start.elapsed() < Duration::from_secs(20), "never {what:?}:\n{lines}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

const CAPABLE: &str = "the neighbour does gPTP";
const SEVERAL: &str = "more than one neighbour answers";

#[test]
fn our_end_station_follows_theirs_unless_a_third_is_on_the_wire() {
    if !wanted("our_end_station_follows_theirs_unless_a_third_is_on_the_wire") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(3);
    let _leader = their_leader(&lab, 1, "eth0");
    let node = node(&lab, 0, &station(&["--priority1=250"]));
    node.wait_state(Duration::from_secs(40), ClockState::Locked);
    assert_eq!((said(&node, CAPABLE), said(&node, SEVERAL)), (1, 0));
    std::thread::sleep(Duration::from_secs(3));
    let samples = Watch::open(&node.page).samples(Duration::from_secs(4));
    let off: Vec<i64> = samples.iter().map(|sample| sample.error_ns - AHEAD_NS).collect();
    assert_near("our end station", &off);

    let mut third = their_end(&lab, 2, "eth0");
    wait_said(&node, SEVERAL, 0);
    node.wait_for(Duration::from_secs(5), |status| status.ports[0].state == PortState::Listening);
    third.kill();
    wait_said(&node, CAPABLE, 1);
    let again = node.wait_state(Duration::from_secs(30), ClockState::Locked);
    println!("locked again after {again:?}");
}

#[test]
fn our_grandmaster_leads_their_end_station() {
    if !wanted("our_grandmaster_leads_their_end_station") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let capture = Capture::start(&lab, 1);
    let ahead = ["--priority1=10", "--virtual-offset-ns=1000000"];
    let node = node(&lab, 0, &station(&ahead));
    let end = their_end(&lab, 1, "eth0");
    let off = offsets(&end, 4, 10);
    let ours: Vec<i64> = Watch::open(&node.page)
        .samples(Duration::from_secs(1))
        .iter()
        .map(|sample| sample.error_ns - AHEAD_NS)
        .collect();
    // Our oscillator is the machine's: it stays where it was put.
    assert_near("our own clock", &ours);
    assert_near("their end station", &off);
    let fields = ["eth.dst", "ptp.v2.majorsdoid", "ptp.v2.versionptp"];
    for frame in capture.finish("ptp", &fields) {
        assert_eq!(frame[0], "01:80:c2:00:00:0e");
        assert!(["1", "0x01", "0x1"].contains(&frame[1].as_str()), "{frame:?}");
    }
}

#[test]
fn our_relay_passes_their_time_on() {
    if !wanted("our_relay_passes_their_time_on") {
        return;
    }
    let _quiet = quiet();
    let chain = Chain::new(3, &[(0, 1), (1, 2)]);
    let _leader = their_leader(&chain, 0, "e0");
    let relay =
        node_on(&chain, 1, &["e0", "e1"], &station(&["--clock-type", "relay", "--priority1=250"]));
    let end = their_end(&chain, 2, "e1");
    relay.wait_state(Duration::from_secs(40), ClockState::Locked);
    let captures = ["e0", "e1"].map(|interface| Capture::start_on(&chain, 1, interface));
    assert_near("their end behind our relay", &offsets(&end, 4, 12));
    let origins = captures.map(|capture| {
        let fields = [
            "ptp.v2.fu.preciseorigintimestamp.seconds",
            "ptp.v2.fu.preciseorigintimestamp.nanoseconds",
            "ptp.v2.correction.ns",
            "ptp.v2.clockidentity",
        ];
        let lines = capture.finish("ptp.v2.messagetype == 8", &fields);
        let one = |line: Vec<String>| {
            let number = |i: usize| line[i].parse::<i64>().unwrap();
            let correction = number(2);
            (number(0) * 1_000_000_000 + number(1), (correction, line[3].clone()))
        };
        lines.into_iter().map(one).collect::<BTreeMap<_, _>>()
    });
    // Each Sync of the leader's is passed on with the leader's own time, in the relay's name.
    let [came, left] = &origins;
    // The captures neither begin nor end at the same moment.
    let (first, last) = (came.keys().next().unwrap(), came.keys().last().unwrap());
    // The end may still have led when they began; the relay is named after its first interface.
    let of_relay = |name: &str| name.starts_with("0x020000fffe01");
    let left = left.range(first..=last).filter(|(_, (_, name))| of_relay(name));
    let left: BTreeMap<_, _> = left.collect();
    let both = left.iter().filter_map(|(origin, left)| Some((came.get(*origin)?, *left)));
    let both: Vec<_> = both.collect();
    assert!(both.len() >= 20 && left.len() - both.len() <= 2, "{} {}", both.len(), left.len());
    for ((before, theirs), (after, ours)) in &both {
        assert_ne!(theirs, ours);
        assert!(before < after && *after < 100_000_000, "{before} {after}");
    }
    assert_eq!(said(&relay, CAPABLE), 2);
}
