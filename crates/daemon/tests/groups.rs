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

#[test]
fn an_ipv6_address_that_is_late_or_goes_is_waited_for() {
    if !wanted("an_ipv6_address_that_is_late_or_goes_is_waited_for") {
        return;
    }
    let lab = Lab::new(1);
    let disable = |value: &str| {
        let line = format!("echo {value} > /proc/sys/net/ipv6/conf/eth0/disable_ipv6");
        assert!(lab.command(0, "sh").args(["-c", &line]).status().unwrap().success());
    };
    disable("1");
    let node = node(&lab, 0, &[&QUICK[..], &["--transport", "udp6"]].concat());
    let said = |text: &str, times: usize| {
        node.wait_for(Duration::from_secs(10), |_| {
            node.process.lines().iter().filter(|line| line.contains(text)).count() >= times
        });
    };
    said("the interface has no IPv6 address; waiting for one", 1);
    disable("0");
    node.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
    disable("1");
    said("the interface has no IPv6 address; waiting for one", 2);
    node.wait_state(Duration::from_secs(5), ClockState::Faulty);
    disable("0");
    node.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
    assert_eq!(node.process.lines().iter().filter(|line| line.ends_with(": ready")).count(), 2);
}

/// What is above Ethernet interfaces is one too; this kernel has macvlan and bridges, and no VLANs.
#[test]
fn interfaces_above_others_carry_every_transport() {
    if !wanted("interfaces_above_others_carry_every_transport") {
        return;
    }
    let lab = Lab::new(3);
    lab.ip(1, &["link", "add", "mv0", "link", "eth0", "type", "macvlan", "mode", "bridge"]);
    lab.ip(2, &["link", "add", "br1", "type", "bridge"]);
    lab.ip(2, &["link", "set", "eth0", "master", "br1"]);
    for (host, name) in [(1, "mv0"), (2, "br1")] {
        lab.ip(host, &["address", "flush", "dev", "eth0"]);
        let address = format!("10.77.0.{}/24", 100 + host);
        lab.ip(host, &["address", "add", &address, "dev", name]);
        lab.ip(host, &["link", "set", name, "up"]);
    }
    for transport in ["udp4", "udp6", "l2"] {
        let ours = [&QUICK[..], &["--transport", transport]].concat();
        let _leader = node(&lab, 0, &[&ours[..], &["--priority1", "1"]].concat());
        let client = [&ours[..], &["--client-only"]].concat();
        let nodes = [(1, "mv0"), (2, "br1")].map(|(host, on)| node_on(&lab, host, &[on], &client));
        for node in &nodes {
            node.wait_state(Duration::from_secs(25), ClockState::Locked);
            let missing =
                node.status().unwrap().ports[0].counters.get("tx_stamps_missing").copied();
            assert_eq!(missing, None, "{transport}");
        }
    }
}
