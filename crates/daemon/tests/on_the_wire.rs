//! What our daemon puts on the wire, as tcpdump and tshark see it.
#![forbid(unsafe_code)]

mod lab;

use std::process::Command;
use std::time::Duration;

use lab::*;

/// The fields of every PTP frame on host 0's interface within so many seconds, as tshark reads it.
fn capture(lab: &Lab, seconds: u64, fields: &[&str]) -> Vec<Vec<String>> {
    let capture = Capture::start(lab, 0);
    std::thread::sleep(Duration::from_secs(seconds));
    capture.finish("ptp", fields)
}

const FIELDS: [&str; 7] = [
    "ip.src",
    "ip.dst",
    "udp.dstport",
    "ptp.v2.messagetype",
    "ptp.v2.flags.twostep",
    "ip.ttl",
    "_ws.malformed",
];

#[test]
fn an_ordinary_clock_sends_what_the_standard_says() {
    if !wanted("an_ordinary_clock_sends_what_the_standard_says") {
        return;
    }
    let lab = Lab::new(2);
    let _leader = node(&lab, 0, &["--priority1", "10"]);
    let _follower = node(&lab, 1, &["--client-only"]);
    let frames = capture(&lab, 30, &FIELDS);
    let of = |source: &str, kind: &str| -> Vec<&Vec<String>> {
        frames.iter().filter(|f| f[0] == source && f[3] == kind).collect()
    };
    for frame in &frames {
        assert_eq!(frame[6], "", "{frame:?}");
        assert_eq!(frame[1], "224.0.1.129", "{frame:?}");
        assert_eq!(frame[5], "1", "{frame:?}");
        let event = ["0x00", "0x01", "0x02", "0x03"].contains(&frame[3].as_str());
        assert_eq!(frame[2], if event { "319" } else { "320" }, "{frame:?}");
    }
    let (leader, follower) = ("10.77.0.1", "10.77.0.2");
    let sync = of(leader, "0x00");
    assert!(sync.len() >= 15, "{} Sync", sync.len());
    assert!(sync.iter().all(|frame| frame[4] == "1" || frame[4] == "True"), "{:?}", sync[0]);
    for (who, kind, least) in [(leader, "0x0b", 8), (leader, "0x08", 15), (leader, "0x09", 8)] {
        assert!(of(who, kind).len() >= least, "{kind}: {}", of(who, kind).len());
    }
    assert!(of(follower, "0x01").len() >= 8);
    assert!(frames.iter().all(|f| f[0] == leader || f[3] == "0x01"), "a client only asks");
}

/// Fields by which frames of any transport are told apart.
const PLACES: [&str; 8] = [
    "ptp.v2.messagetype",
    "ip.dst",
    "ipv6.dst",
    "udp.dstport",
    "eth.dst",
    "eth.type",
    "ipv6.hlim",
    "_ws.malformed",
];

/// Each in a laboratory of its own.
fn at_once<T: Copy + Send>(cases: [T; 2], check: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for case in cases {
            let check = &check;
            scope.spawn(move || check(case));
        }
    });
}

/// What a leader and a follower of ours put on the wire with this transport: for each mechanism,
/// which kinds of message went where.
fn places(transport: &[&str]) -> Vec<[String; 7]> {
    let lab = Lab::new(2);
    let mut found = Vec::new();
    for mechanism in ["e2e", "p2p"] {
        let quick = ["--sync-interval=-3", "--delay-interval=-3", "--pdelay-interval=-3"];
        let quick = [&quick[..], &["--announce-interval=-2", "--delay-mechanism", mechanism]];
        let quick = [&quick.concat()[..], transport].concat();
        let leader = node(&lab, 0, &[&quick[..], &["--priority1", "10"]].concat());
        let follower = node(&lab, 1, &[&quick[..], &["--client-only"]].concat());
        leader.wait_state(Duration::from_secs(20), control::ClockState::Grandmaster);
        follower.wait_state(Duration::from_secs(20), control::ClockState::Locked);
        for frame in capture(&lab, 3, &PLACES) {
            assert_eq!(frame[7], "", "{frame:?}");
            let frame: [String; 7] = frame[..7].to_vec().try_into().unwrap();
            if !found.contains(&frame) {
                found.push(frame);
            }
        }
    }
    found.sort();
    found
}

const EVENTS: [&str; 4] = ["0x00", "0x01", "0x02", "0x03"];
const PEER_DELAY: [&str; 3] = ["0x02", "0x03", "0x0a"];
/// Sync, Delay_Req, peer delay, Follow_Up, Delay_Resp, Announce.
const KINDS: [&str; 8] = ["0x00", "0x01", "0x02", "0x03", "0x08", "0x09", "0x0a", "0x0b"];

fn expected(place: impl Fn(&str) -> [String; 6]) -> Vec<[String; 7]> {
    let row = |kind: &&str| {
        let [a, b, c, d, e, f] = place(kind);
        [(*kind).to_owned(), a, b, c, d, e, f]
    };
    KINDS.iter().map(row).collect()
}

fn udp_port(kind: &str) -> String {
    if EVENTS.contains(&kind) { "319" } else { "320" }.to_owned()
}

#[test]
fn ipv4_is_the_default_with_the_groups_and_ports_of_annex_c() {
    if !wanted("ipv4_is_the_default_with_the_groups_and_ports_of_annex_c") {
        return;
    }
    let none = String::new;
    let all = expected(|kind| {
        let (group, mac) = match PEER_DELAY.contains(&kind) {
            true => ("224.0.0.107", "01:00:5e:00:00:6b"),
            false => ("224.0.1.129", "01:00:5e:00:01:81"),
        };
        [group.into(), none(), udp_port(kind), mac.into(), "0x0800".into(), none()]
    });
    assert_eq!(places(&[]), all);
}

#[test]
fn ipv6_has_the_groups_ports_and_hop_limits_of_annex_d() {
    if !wanted("ipv6_has_the_groups_ports_and_hop_limits_of_annex_d") {
        return;
    }
    at_once([("14", "ff0e::181"), ("2", "ff02::181")], |(scope, group)| {
        let all = expected(|kind| {
            let (group, mac, hops) = match PEER_DELAY.contains(&kind) {
                true => ("ff02::6b", "33:33:00:00:00:6b", "1"),
                false => (group, "33:33:00:00:01:81", "7"),
            };
            let [group, mac, hops] = [group, mac, hops].map(str::to_owned);
            [String::new(), group, udp_port(kind), mac, "0x86dd".into(), hops]
        });
        let options = ["--transport", "udp6", "--udp6-scope", scope, "--ttl", "7"];
        assert_eq!(places(&options), all, "{scope}");
    });
}

#[test]
fn ieee_802_3_has_its_type_and_the_groups_of_annex_e_or_one_for_all() {
    if !wanted("ieee_802_3_has_its_type_and_the_groups_of_annex_e_or_one_for_all") {
        return;
    }
    let none = String::new;
    at_once(["01:1b:19:00:00:00", "01:80:c2:00:00:0e"], |group| {
        let all = expected(|kind| {
            let peer_delay = PEER_DELAY.contains(&kind);
            let mac = if peer_delay { "01:80:c2:00:00:0e" } else { group };
            [none(), none(), none(), mac.to_owned(), "0x88f7".into(), none()]
        });
        let options = ["--transport", "l2", "--l2-group", group];
        assert_eq!(places(&options), all, "{group}");
    });
}

#[test]
fn intervals_are_kept_from_128_a_second_on() {
    if !wanted("intervals_are_kept_from_128_a_second_on") {
        return;
    }
    let lab = Lab::new(2);
    let fast = ["--announce-interval=-7", "--sync-interval=-7", "--delay-interval=-7"];
    let leader = node(&lab, 0, &[&fast[..], &["--priority1", "10"]].concat());
    let follower = node(&lab, 1, &[&fast[..], &["--client-only"]].concat());
    follower.wait_state(Duration::from_secs(10), control::ClockState::Locked);
    let counts = || {
        let (a, b) = (leader.status().unwrap(), follower.status().unwrap());
        let (a, b) = (&a.ports[0].counters, &b.ports[0].counters);
        [a["tx_announce"], a["tx_sync"], a["tx_follow_up"], b["tx_delay_req"]]
    };
    let (before, start) = (counts(), std::time::Instant::now());
    std::thread::sleep(Duration::from_secs(10));
    let (after, length) = (counts(), start.elapsed().as_secs_f64());
    for (i, (before, after)) in before.iter().zip(after).enumerate() {
        let rate = (after - before) as f64 / length;
        assert!((115.2..140.8).contains(&rate), "{i}: {rate} a second");
    }
}

#[test]
fn the_slowest_intervals_are_accepted_and_slower_ones_refused() {
    let check = |interval: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zeitgeberd"));
        let options = ["announce", "sync", "delay"].map(|o| format!("--{o}-interval={interval}"));
        command.args(["--check", "-i", "eth0"]).args(options);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(check("7").0, Some(0));
    let (code, text) = check("8");
    assert_eq!(code, Some(64));
    assert_eq!(text.matches("-7").count(), 3, "{text}");
}
