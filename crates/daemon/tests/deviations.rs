//! ptp4l told to do what our profile does not allow: the log names each parameter, once.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, Instant};

use lab::*;

/// ptp4l leads so.
fn their_leader(lab: &Lab, host: usize, more: &[&str]) -> Process {
    let plain = ["network_transport L2", "priority1 10", "fault_reset_interval ASAP"];
    ptp4l(lab, host, &[&plain[..], more].concat())
}

/// Waits until each of these was said of the one neighbour, and then looks that each was said once
/// and nothing else.
fn deviates(node: &Node, identity: &str, wanted: &[&str]) {
    let start = Instant::now();
    let said = || -> Vec<String> {
        let of = |line: &String| line.contains("deviates") && line.contains(identity);
        let lines = node.process.lines().into_iter().filter(of);
        lines.filter_map(|line| Some(line.split_once("profile: ")?.1.to_owned())).collect()
    };
    while said().len() < wanted.len() && start.elapsed() < Duration::from_secs(25) {
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_secs(2));
    let mut said = said();
    said.sort_unstable();
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    assert_eq!(said, wanted, "{}", node.process.lines().join("\n"));
}

#[test]
fn what_ptp4l_says_against_the_power_profile_is_named() {
    if !wanted("what_ptp4l_says_against_the_power_profile_is_named") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let more =
        ["delay_mechanism P2P", "logSyncInterval -1", "logAnnounceInterval 0", "clockClass 13"];
    let _leader = their_leader(&lab, 1, &more);
    let node = node(&lab, 0, &["--profile", "power-2011", "--client-only"]);
    deviates(
        &node,
        &lab.identity(1),
        &[
            "its logSyncInterval is -1",
            "its grandmaster's clockClass is 13",
            "its timescale is arbitrary, not PTP's",
            "its Announce has no IEEE C37.238 TLV of our edition",
            "its Announce has no ALTERNATE_TIME_OFFSET_INDICATOR",
        ],
    );
}

#[test]
fn what_ptp4l_leaves_out_of_gptp_is_named() {
    if !wanted("what_ptp4l_leaves_out_of_gptp_is_named") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let more = [
        "delay_mechanism P2P",
        "transportSpecific 1",
        "ptp_dst_mac 01:80:C2:00:00:0E",
        "logSyncInterval -3",
        "logAnnounceInterval 0",
    ];
    let _leader = their_leader(&lab, 1, &more);
    let node = node(&lab, 0, &["--profile", "gptp", "--priority1=250"]);
    deviates(
        &node,
        &lab.identity(1),
        &[
            "its minorVersionPTP is 0",
            "its Announce has no PATH_TRACE",
            "its Follow_Up has no Follow_Up information TLV",
            // It says 0x7f as IEEE 1588 has it, and so nothing of the interval.
        ],
    );
}

#[test]
fn another_mechanism_and_another_domain_are_named() {
    if !wanted("another_mechanism_and_another_domain_are_named") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(3);
    let more = ["domainNumber 24", "delay_mechanism P2P", "clockClass 6", "logAnnounceInterval -3"];
    let group = "ptp_dst_mac 01:80:C2:00:00:0E";
    let _leader = their_leader(&lab, 1, &[&more[..], &[group, "priority1 7"]].concat());
    let others = ["domainNumber 10", group];
    let _other = their_leader(&lab, 2, &others);
    let node = node(&lab, 0, &["--profile", "g8275.1", "--client-only"]);
    deviates(
        &node,
        &lab.identity(1),
        &[
            "its logSyncInterval is 0",
            "its priority1 is 7",
            "it measures with Pdelay_Req",
            "its timescale is arbitrary, not PTP's",
        ],
    );
    deviates(&node, &lab.identity(2), &["its domainNumber is 10"]);
}
