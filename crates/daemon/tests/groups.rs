//! Membership of groups as switches see it, and ports of several transports in one process.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

const QUICK: [&str; 2] = ["--announce-interval=-1", "--sync-interval=-2"];

/// Each group that a report of IGMP or MLD in the capture names.
fn reported(capture: Capture) -> Vec<String> {
    let fields = ["igmp.maddr", "icmpv6.mldr.mar.multicast_address"];
    let rows = capture.finish("igmp or icmpv6.type == 143", &fields);
    let cells = rows.concat();
    cells.iter().flat_map(|cell| cell.split(',')).map(str::to_owned).collect()
}

#[test]
fn memberships_are_reported_when_it_begins_and_when_the_link_comes_back() {
    if !wanted("memberships_are_reported_when_it_begins_and_when_the_link_comes_back") {
        return;
    }
    for (transport, groups) in
        [("udp4", ["224.0.1.129", "224.0.0.107"]), ("udp6", ["ff0e::181", "ff02::6b"])]
    {
        let lab = Lab::new(2);
        let begin = Capture::start(&lab, 0);
        let node = node(&lab, 1, &[&QUICK[..], &["--transport", transport]].concat());
        node.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
        let found = reported(begin);
        assert!(groups.iter().all(|group| found.iter().any(|found| found == group)), "{found:?}");

        lab.ip(1, &["link", "set", "eth0", "down"]);
        node.wait_for(Duration::from_secs(5), |status| status.state == ClockState::Faulty);
        let again = Capture::start(&lab, 0);
        lab.ip(1, &["link", "set", "eth0", "up"]);
        node.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
        let found = reported(again);
        assert!(groups.iter().all(|group| found.iter().any(|found| found == group)), "{found:?}");
    }
}

#[test]
fn a_membership_that_the_switch_lost_is_told_again() {
    if !wanted("a_membership_that_the_switch_lost_is_told_again") {
        return;
    }
    let lab = Lab::new(2);
    let leader = node(&lab, 0, &[&QUICK[..], &["--priority1", "10"]].concat());
    let follower = node(&lab, 1, &QUICK);
    // A switch that snoops: groups go only where they were asked for.
    lab.bridge("multicast_query_response_interval", "100");
    // It asks once in the beginning, and not again.
    lab.bridge("multicast_query_interval", "100000");
    lab.bridge("multicast_startup_query_count", "1");
    lab.bridge("multicast_querier", "1");
    lab.bridge("multicast_snooping", "1");
    leader.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
    let hears = |status: &control::Status| {
        status.parent.is_some() && status.state != ClockState::Grandmaster
    };
    let minute = Duration::from_secs(60);
    follower.wait_for(minute, hears);
    let joined = || lab.groups(&["show"]).lines().any(|l| l.contains("p1 grp 224.0.1.129"));
    follower.wait_for(minute, |_| joined());

    // Answers to the first question may still come, and only after a while does the bridge trust
    // its table.
    follower.wait_for(minute, |status| {
        if joined() {
            lab.groups(&["del", "dev", "br0", "port", "p1", "grp", "224.0.1.129"]);
        }
        !hears(status)
    });
    let back = follower.wait_for(Duration::from_secs(25), hears);
    println!("heard again after {back:?}");
    assert!(joined());
}

#[test]
fn one_process_has_ports_of_several_transports_one_of_them_without_an_address() {
    if !wanted("one_process_has_ports_of_several_transports_one_of_them_without_an_address") {
        return;
    }
    let lab = Lab::new(3);
    lab.interface(1, "eth1");
    lab.ip(2, &["address", "flush", "dev", "eth0"]);
    let file = lab.path("boundary.toml");
    let text = "[[port]]\ninterface = \"eth0\"\n\n[[port]]\ninterface = \"eth1\"\ntransport = \
                \"l2\"\n";
    std::fs::write(&file, text).unwrap();
    let leader =
        node(&lab, 0, &[&QUICK[..], &["--transport", "udp4", "--priority1", "1"]].concat());
    let ports = ["-i", "eth1", "-c", file.to_str().unwrap()];
    let boundary = node(&lab, 1, &[&QUICK[..], &ports].concat());
    let follower = node(&lab, 2, &[&QUICK[..], &["--transport", "l2", "--client-only"]].concat());
    leader.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
    boundary.wait_state(Duration::from_secs(30), ClockState::Locked);
    follower.wait_state(Duration::from_secs(30), ClockState::Locked);
    let status = follower.status().unwrap();
    assert_eq!(status.steps_removed, Some(2));
}
