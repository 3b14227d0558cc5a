//! In a virtual machine: interfaces that not every kernel has, and a system clock that moves.
#![forbid(unsafe_code)]

mod lab;

use std::process::Command;
use std::time::Duration;

use control::{Answer, ClockState, Status};
use lab::*;

/// Two namespaces, `a` with ptp4l and `b` with ours. Definitions for all scripts here.
const BEGIN: &str = r#"
set -e
ip netns add a; ip netns add b
ip -n a link set lo up; ip -n b link set lo up
# wire A B: a cable from `a` to `b`
wire() { ip -n a link add $1 type veth peer name $2 netns b; ip -n a link set $1 up; ip -n b link set $2 up; }
# switch: one, in `s`; plug HOST NAME: an interface of that name, in it
switch() { ip netns add s; ip -n s link add br0 type bridge; ip -n s link set br0 up; }
plug() {
    ip -n $1 link add $2 type veth peer name $1-$2 netns s
    ip -n s link set $1-$2 master br0; ip -n s link set $1-$2 up; ip -n $1 link set $2 up
}
# theirs INTERFACE OPTION...: ptp4l leads in `a`
theirs() {
    on=$1; shift
    printf '[global]\nfree_running 1\ntime_stamping software\ntx_timestamp_timeout 100\n' > theirs.conf
    printf 'logAnnounceInterval -2\nlogSyncInterval -3\nlogMinDelayReqInterval -3\n' >> theirs.conf
    ip netns exec a ptp4l -f theirs.conf -i $on "$@" > theirs.log 2>&1 &
    theirs=$!
}
# ours INTERFACE OPTION...: zeitgeberd follows in `b`
ours() {
    on=$1; shift
    ip netns exec b zeitgeberd -i $on --client-only --clock virtual --clock-page page --control control \
        --announce-interval=-2 --sync-interval=-3 --delay-interval=-3 --state-dir state "$@" > ours.log 2>&1 &
    ours=$!
}
locks() {
    zeitgeber wait --locked --within 100000 --timeout 60 --control control || { cat ours.log theirs.log; exit 1; }
}
ends() { kill $ours $theirs; wait || true; }
says() { zeitgeber status --json --control control; }
"#;

fn runs(name: &str, script: &str) -> Option<Vec<String>> {
    if !wanted(name) {
        return None;
    }
    let _quiet = quiet();
    let folder = std::env::temp_dir().join(format!("zq{}{name}", std::process::id()));
    let guest = Guest::new(folder.clone(), Pace::Instructions);
    let script = format!("{BEGIN}{script}");
    let lines = finish(guest.boot(&script, Command::new(EMULATOR)), Duration::from_secs(180));
    std::fs::remove_dir_all(folder).unwrap();
    println!("{}", lines.join("\n"));
    Some(lines)
}

fn status(lines: &[String], name: &str) -> Status {
    let line = format!("{{\"status\":{}}}", value(lines, name));
    match Answer::parse(line.as_bytes()) {
        Ok(Answer::Status(status)) => *status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_tagged_network_is_followed_on_every_transport_with_its_priority() {
    let Some(lines) = runs(
        "a_tagged_network_is_followed_on_every_transport_with_its_priority",
        r#"
        wire a0 b0
        ip -n a link add link a0 name v5 type vlan id 5
        ip -n b link add link b0 name v5 type vlan id 5 egress-qos-map 4:6
        ip -n a address add 10.0.5.1/24 dev v5; ip -n b address add 10.0.5.2/24 dev v5
        ip -n a link set v5 up; ip -n b link set v5 up
        sleep 3
        for transport in udp4 udp6 l2; do
            case $transport in udp4) option=-4;; udp6) option=-6;; l2) option=-2;; esac
            theirs v5 $option
            ours v5 --transport $transport --socket-priority 4
            locks
            ip netns exec a timeout 20 tcpdump -Z root -n -e -c 3 -i a0 ether src $(ip netns exec b cat /sys/class/net/v5/address) and vlan and \( udp or ether proto 0x88f7 \) > frames 2> tcpdump.log || { cat tcpdump.log; exit 1; }
            echo "$transport-tags $(grep -o 'vlan [0-9]*, p [0-9]*' frames | sort | uniq -c | tr -s ' ')"
            ends
        done
        "#,
    ) else {
        return;
    };
    for transport in ["udp4", "udp6", "l2"] {
        assert_eq!(value(&lines, &format!("{transport}-tags")).trim(), "3 vlan 5, p 6");
    }
}

#[test]
fn a_bond_goes_on_over_its_other_link() {
    let Some(lines) = runs(
        "a_bond_goes_on_over_its_other_link",
        r#"
        switch
        plug a e0; plug b b1; plug b b2
        ip -n a address add 10.0.0.1/24 dev e0
        ip -n b link set b1 down; ip -n b link set b2 down
        ip -n b link add bond0 type bond mode active-backup miimon 100
        ip -n b link set b1 master bond0; ip -n b link set b2 master bond0
        ip -n b address add 10.0.0.2/24 dev bond0; ip -n b link set bond0 up
        sleep 3
        for option in -4 -2; do
            case $option in -4) transport=udp4;; -2) transport=l2;; esac
            theirs e0 $option
            ours bond0 --transport $transport
            locks
            active=$(ip netns exec b cat /sys/class/net/bond0/bonding/active_slave)
            echo "$transport-before $(says)"
            ip -n s link set b-$active down
            sleep 10
            echo "$transport-moved $active $(ip netns exec b cat /sys/class/net/bond0/bonding/active_slave)"
            echo "$transport-after $(says)"
            ip -n s link set b-$active up
            sleep 1
            ends
        done
        "#,
    ) else {
        return;
    };
    for transport in ["udp4", "l2"] {
        let moved = value(&lines, &format!("{transport}-moved"));
        assert!(["b1 b2", "b2 b1"].contains(&moved), "{moved}");
        let before = status(&lines, &format!("{transport}-before"));
        let after = status(&lines, &format!("{transport}-after"));
        assert_eq!((after.state, after.steps), (ClockState::Locked, before.steps));
        let syncs = |status: &Status| status.ports[0].counters["rx_sync"];
        // Eight a second, and a second or two without.
        assert!(syncs(&after) > syncs(&before) + 50, "{} {}", syncs(&before), syncs(&after));
    }
}

#[test]
fn a_bridge_is_an_interface_like_any_other() {
    let Some(lines) = runs(
        "a_bridge_is_an_interface_like_any_other",
        r#"
        wire a0 b0
        ip -n b link add br0 type bridge; ip -n b link set b0 master br0
        ip -n a address add 10.0.0.1/24 dev a0; ip -n b address add 10.0.0.2/24 dev br0
        ip -n b link set br0 up
        sleep 3
        for option in -4 -2; do
            case $option in -4) transport=udp4;; -2) transport=l2;; esac
            theirs a0 $option
            ours br0 --transport $transport
            locks
            echo "$transport $(says)"
            ends
        done
        "#,
    ) else {
        return;
    };
    for transport in ["udp4", "l2"] {
        assert_eq!(status(&lines, transport).state, ClockState::Locked);
    }
}

#[test]
fn switches_with_twenty_microseconds_of_jitter_leave_less_than_a_hundred() {
    let Some(lines) = runs(
        "switches_with_twenty_microseconds_of_jitter_leave_less_than_a_hundred",
        r#"
        switch
        plug a e0; plug b e0
        # Where frames leave the switch: the hosts stamp before and behind it.
        tc -n s qdisc add dev a-e0 root netem delay 100us 20us
        tc -n s qdisc add dev b-e0 root netem delay 100us 20us
        ip -n a address add 10.0.0.1/24 dev e0; ip -n b address add 10.0.0.2/24 dev e0
        sleep 3
        theirs e0 -4
        ours e0
        locks
        sleep 10
        for look in $(seq 40); do sleep 1; echo "look-$look $(says)"; done
        ends
        "#,
    ) else {
        return;
    };
    let looks: Vec<Status> = (1..=40).map(|look| status(&lines, &format!("look-{look}"))).collect();
    let errors = looks.iter().map(|look| look.true_error_ns.unwrap() as i64);
    println!("{:?} ns at most", errors.clone().map(i64::abs).max());
    assert!(share_below(errors, 100_000) >= 0.95);
    let delay = looks[39].mean_delay_ns.unwrap();
    assert!((80_000.0..200_000.0).contains(&delay), "{delay}");
}
