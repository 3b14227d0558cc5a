//! A boundary clock whose ports have nothing in common: each its transport and delay mechanism, a
//! ptp4l on each.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, Instant};

use control::ClockState;
use lab::*;

const PTP4L_FAST: [&str; 4] = [
    "logAnnounceInterval -2",
    "logSyncInterval -3",
    "logMinDelayReqInterval -3",
    "logMinPdelayReqInterval -3",
];
/// How far the first clock is ahead: a clock that ignores its parent does not show it.
const AHEAD_NS: i64 = 1_000_000;

const PORTS: &str = r#"
announce_interval = -2
sync_interval = -3
delay_interval = -3
pdelay_interval = -3

[[port]]
interface = "e0"
transport = "l2"

[[port]]
interface = "e1"
transport = "udp4"
delay_mechanism = "p2p"

[[port]]
interface = "e2"
transport = "udp6"
udp6_scope = 2

[[port]]
interface = "e3"
transport = "udp4"
hybrid = true
"#;

#[test]
fn each_port_has_its_own_transport_and_mechanism() {
    if !wanted("each_port_has_its_own_transport_and_mechanism") {
        return;
    }
    let _quiet = quiet();
    let chain = Chain::new(5, &[(0, 1), (1, 2), (1, 3), (1, 4)]);
    let ahead = OwnClock { offset_ns: AHEAD_NS, ppb: 0 };
    let first = ["priority1 10", "network_transport L2"];
    let _leader =
        ptp4l_with_own_clock(&chain, 0, &["e0"], ahead, &[&PTP4L_FAST[..], &first].concat());
    let file = chain.path("ports.toml");
    std::fs::write(&file, PORTS).unwrap();
    let middle = node_on(&chain, 1, &[], &["-c", file.to_str().unwrap()]);
    middle.wait_state(Duration::from_secs(30), ClockState::Locked);
    let ends: Vec<Process> = [
        (2, "e1", &["delay_mechanism P2P"][..]),
        (3, "e2", &["network_transport UDPv6", "udp6_scope 0x02"]),
        (4, "e3", &["hybrid_e2e 1"]),
    ]
    .into_iter()
    .map(|(host, interface, more)| {
        let receives = ["slaveOnly 1", "freq_est_interval 0"];
        ptp4l_on(&chain, host, &[interface], &[&PTP4L_FAST[..], &receives, more].concat())
    })
    .collect();
    let start = Instant::now();
    let seen = |end: &Process| -> Vec<i64> {
        end.lines().iter().filter_map(|line| ptp4l_offset(line)).collect()
    };
    while ends.iter().any(|end| seen(end).len() < 15) {
        let logs = ends.iter().map(|end| end.lines().join("\n")).collect::<Vec<_>>();
        assert!(start.elapsed() < Duration::from_secs(40), "{}", logs.join("\n\n"));
        std::thread::sleep(Duration::from_millis(200));
    }
    for end in &ends {
        let off: Vec<i64> = seen(end)[5..].iter().map(|offset| offset + AHEAD_NS).collect();
        println!("{off:?}");
        assert!(share_below(off.iter().copied(), 50_000) >= 0.9, "{off:?}");
    }
    let counters = middle.status().unwrap().ports.into_iter().map(|port| port.counters);
    let answers: Vec<[u64; 2]> =
        counters.map(|counters| [counters["tx_delay_resp"], counters["tx_pdelay_resp"]]).collect();
    let used = answers.iter().map(|answers| answers.map(|count| count > 0));
    let expected = [[false, false], [false, true], [true, false], [true, false]];
    assert_eq!(used.collect::<Vec<_>>(), expected, "{answers:?}");
}
