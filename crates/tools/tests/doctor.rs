//! `zeitgeber doctor` on the loopback, where the peers are this test.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use support::cable::{Cable, may_run, send_if_told};
use support::{stderr, stdout, zeitgeber};

/// Announce of aa:bb:cc:ff:fe:dd:ee:ff port 1 in domain 24: priority1 10, class 6, accuracy 100 ns.
const ANNOUNCE: &str =
    "0b12 0040 1800 0008 0000000000000000 00000000 aabbccfffeddeeff0001 0007 05 01
    00000000000000000000 0025 00 0a 06 21 4e5d 80 aabbccfffeddeeff 0000 20";
/// Sync of the same.
const SYNC: &str = "0012 002c 1800 0200 0000000000000000 00000000 aabbccfffeddeeff0001 0009 00 00
    00000000000000000000";
/// The beginning of a Sync of PTP version 1.
const SYNC_V1: &str = "0001 0001 5f44464c540000000000000000000000 01 01 0002b3112233 0001";

fn octets(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
        .collect()
}

fn free_port() -> u16 {
    UdpSocket::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port()
}

/// Sends every message to the group on the loopback until dropped.
struct Peer {
    ends: Arc<AtomicBool>,
}

impl Peer {
    fn new(messages: &[(&str, u16)]) -> Peer {
        let ends = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ends);
        let messages: Vec<_> = messages.iter().map(|(hex, port)| (octets(hex), *port)).collect();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                for (octets, port) in &messages {
                    socket.send_to(octets, ("224.0.1.129", *port)).unwrap();
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Peer { ends }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
    }
}

fn examined(messages: &[(&str, bool)]) -> Value {
    let (event, general) = (free_port(), free_port());
    let port = |is_event| if is_event { event } else { general };
    let messages: Vec<_> = messages.iter().map(|(hex, is_event)| (*hex, port(*is_event))).collect();
    let _peer = Peer::new(&messages);
    let (event, general) = (event.to_string(), general.to_string());
    let ports = ["--event-port", &event, "--general-port", &general];
    let output =
        zeitgeber(&[&["doctor", "-i", "lo", "--json", "--seconds", "1"], &ports[..]].concat());
    let value: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let problems = value["problems"].as_u64().unwrap();
    assert_eq!(output.status.code(), Some(i32::from(problems > 0)), "{}", stderr(&output));
    value
}

/// The findings of a topic, as `level: text -> advice`.
fn findings(value: &Value, topic: &str) -> Vec<String> {
    let all = value["findings"].as_array().unwrap().iter();
    let of_topic = all.filter(|finding| finding["topic"] == topic);
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or("").to_owned();
    of_topic
        .map(|finding| {
            format!(
                "{}: {} -> {}",
                text(finding, "level"),
                text(finding, "text"),
                text(finding, "advice")
            )
        })
        .collect()
}

#[test]
fn a_grandmaster_is_heard_with_all_that_one_needs_to_follow_it() {
    let value = examined(&[(ANNOUNCE, false), (SYNC, true)]);

    let peers = findings(&value, "peers");
    assert_eq!(peers.len(), 1, "{peers:?}");
    for part in [
        "note: 127.0.0.1, clock aa:bb:cc:ff:fe:dd:ee:ff port 1, domain 24, sdoId 0x000, PTP 2.1 over \
         UDP/IPv4: ",
        " Sync, ",
        " Announce; announces itself as grandmaster, priority1 10, class 6, accuracy 100 ns, 0 steps",
        "-> to follow it, `--domain 24`",
    ] {
        assert!(peers[0].contains(part), "{part} is missing in {peers:?}");
    }
    assert!(
        findings(&value, "multicast")
            .contains(&"ok: joined 224.0.1.129 and 224.0.0.107 -> ".into())
    );
}

#[test]
fn what_is_not_ours_is_named_and_silence_is_a_problem() {
    let value = examined(&[(SYNC_V1, true)]);

    let peers = findings(&value, "peers");
    assert!(peers[0].starts_with("note: 127.0.0.1 speaks PTP version 1"), "{peers:?}");
    assert!(
        peers[1].starts_with("problem: nobody has announced a time in 1 s over UDP/IPv4"),
        "{peers:?}"
    );
}

#[test]
fn every_area_is_examined_and_every_problem_has_an_advice() {
    let value = examined(&[]);

    for topic in ["link", "address", "multicast", "stamps", "rights", "time daemons", "ports"] {
        assert!(!findings(&value, topic).is_empty(), "{topic}");
    }
    assert!(findings(&value, "system clock").len() >= 3);
    for finding in value["findings"].as_array().unwrap() {
        assert!(finding["level"] == "ok" || finding["advice"].is_string(), "{finding}");
    }
}

#[test]
fn an_interface_that_does_not_exist_is_a_problem_that_names_the_others() {
    let output = zeitgeber(&["doctor", "-i", "nowhere0"]);

    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(text.starts_with("problem interface     there is no interface nowhere0\n"), "{text}");
    assert!(text.contains("-> there are: "), "{text}");
}

/// Announce of gPTP, domain 0, by 11:22:33:ff:fe:44:55:66 port 1: priority1 248.
const ANNOUNCE_GPTP: &str =
    "1b12 0040 0000 0008 0000000000000000 00000000 112233fffe4455660001 0007 05 00
    00000000000000000000 0025 00 f8 f8 fe 4e5d f8 112233fffe445566 0000 a0";
/// A two-step Sync of the same.
const SYNC_GPTP: &str =
    "1002 002c 0000 0200 0000000000000000 00000000 112233fffe4455660001 0009 00 fd
    00000000000000000000";
/// Announce of domain 24 by 12:34:56:ff:fe:78:9a:bc port 2, another grandmaster.
const ANNOUNCE_OTHER: &str =
    "0b12 0040 1800 0008 0000000000000000 00000000 123456fffe789abc0002 0007 05 01
    00000000000000000000 0025 00 80 f8 fe 4e5d 80 123456fffe789abc 0000 a0";
/// Follow_Up of the same.
const FOLLOW_UP_OTHER: &str =
    "0812 002c 1800 0000 0000000000000000 00000000 123456fffe789abc0002 0009 02 00
    00000000000000000000";
/// Answers of two clocks to Pdelay_Req 5 of 00:00:00:00:00:00:00:07 port 1.
const ANSWERS: [&str; 2] = [
    "0312 0036 1800 0200 0000000000000000 00000000 112233fffe4455660001 0005 05 7f
    00000000000000000000 00000000000000070001",
    "0312 0036 1800 0200 0000000000000000 00000000 123456fffe789abc0002 0005 05 7f
    00000000000000000000 00000000000000070001",
];

/// What is found at our end of the cable, as an object.
fn doctor(cable: &Cable, before: &[&str], more: &[&str]) -> Value {
    let arguments = ["doctor", "-i", "p0", "--json", "--seconds", "1"];
    let output = cable.zeitgeber(before, &[&arguments, more].concat());
    serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)))
}

/// Whether one of `found` has all of `parts`.
fn says(found: &[String], parts: &[&str]) {
    let has_all = |one: &String| parts.iter().all(|part| one.contains(part));
    assert!(found.iter().any(has_all), "{parts:?} is missing in {found:#?}");
}

#[test]
fn each_transport_is_heard_with_what_one_needs_to_follow_it() {
    send_if_told(octets);
    if !may_run() {
        return;
    }
    let cable = Cable::new("heard");
    cable.address("10.9.0.1/24");
    cable.address("fe80::1/64");
    let messages = [("udp4", SYNC), ("udp6", ANNOUNCE), ("udp6", SYNC), ("l2", ANNOUNCE_GPTP)];
    let _peer = cable.peer("each_transport_is_heard_with_what_one_needs_to_follow_it", &messages);

    let all = doctor(&cable, &[], &[]);
    let only_udp4 = doctor(&cable, &[], &["--transport", "udp4"]);
    let elsewhere = doctor(&cable, &[], &["--transport", "udp6", "--udp6-scope", "5"]);

    let peers = findings(&all, "peers");
    says(&peers, &["ok: 10.9.0.2, clock aa:bb:cc:ff:fe:dd:ee:ff", "over UDP/IPv4: ", " Sync -> "]);
    says(&peers, &["note: fe80::2, ", "domain 24, sdoId 0x000, PTP 2.1 over UDP/IPv6: "]);
    says(&peers, &["UDP/IPv6", "Announce; announces itself", "`--transport udp6 --domain 24`"]);
    says(&peers, &["domain 0, sdoId 0x100, PTP 2.1 over IEEE 802.3: ", "`--profile gptp`"]);
    assert_eq!(peers.len(), 3, "{peers:#?}");
    let joined = findings(&all, "multicast");
    says(&joined, &["ok: joined ff0e::181 and ff02::6b"]);
    says(&joined, &["ok: joined 01:1b:19:00:00:00 and 01:80:c2:00:00:0e"]);
    let silence = findings(&only_udp4, "peers");
    says(&silence, &["problem: nobody has announced a time in 1 s over UDP/IPv4 -> ", "IGMP"]);
    assert!(silence.len() == 2 && !silence[1].contains("MLD"), "{silence:#?}");
    let silence = findings(&elsewhere, "peers");
    assert_eq!(silence.len(), 1, "{silence:#?}");
    says(&silence, &["problem: nobody has announced a time in 1 s over UDP/IPv6 -> ", "MLD"]);
}

#[test]
fn what_a_transport_lacks_is_a_problem_only_for_whom_it_is_for() {
    if !may_run() {
        return;
    }
    let cable = Cable::new("lacks");
    let without = ["setpriv", "--bounding-set=-net_raw"];

    let all = doctor(&cable, &[], &[]);
    let udp6 = doctor(&cable, &[], &["--transport", "udp6"]);
    let raw = doctor(&cable, &without, &["--transport", "l2"]);
    let raw_of_all = doctor(&cable, &without, &[]);
    cable.address("2001:db8::1/64");
    let global = doctor(&cable, &[], &["--transport", "udp6"]);

    let addresses = findings(&all, "address");
    says(&addresses, &["note: p0 has no IPv4 address -> "]);
    says(&addresses, &["note: p0 has no IPv6 address, not even a link-local one -> "]);
    says(&findings(&all, "peers"), &["problem: nobody", " over IEEE 802.3 -> ", "0x88f7"]);
    says(
        &findings(&udp6, "address"),
        &["problem: p0 has no IPv6 address", "`transport = \"udp6\"`"],
    );
    assert_eq!(findings(&udp6, "address").len(), 1);
    says(&findings(&udp6, "peers"), &["problem: cannot listen for peers on any transport"]);
    says(&findings(&raw, "rights"), &["problem: hear and send IEEE 802.3: CAP_NET_RAW is missing"]);
    says(&findings(&raw, "peers"), &["problem: cannot listen on IEEE 802.3: ", "get the right"]);
    assert!(findings(&raw, "ports").is_empty());
    says(&findings(&raw_of_all, "rights"), &["note: hear and send IEEE 802.3: CAP_NET_RAW is mis"]);
    says(&findings(&global, "address"), &["note: p0 has 2001:db8::1, but no link-local", "MLD"]);
}

#[test]
fn one_sided_worlds_and_rival_clocks_are_named() {
    send_if_told(octets);
    if !may_run() {
        return;
    }
    let cable = Cable::new("sides");
    cable.address("fe80::1/64");
    let messages = [
        ("udp6", ANNOUNCE),
        ("udp6", ANNOUNCE_OTHER),
        ("udp6", FOLLOW_UP_OTHER),
        ("udp6", ANSWERS[0]),
        ("udp6", ANSWERS[1]),
        ("l2", SYNC_GPTP),
        // The same clock in another world is no rival.
        ("l2", ANNOUNCE_OTHER),
    ];
    let _peer = cable.peer("one_sided_worlds_and_rival_clocks_are_named", &messages);

    let value = doctor(&cable, &[], &[]);

    let sides = findings(&value, "one-sided");
    let (first, other) = ("clock aa:bb:cc:ff:fe:dd:ee:ff port 1", "clock 12:34:56:ff:fe:78:9a:bc");
    says(&sides, &["note: ", first, "domain 24 over UDP/IPv6: ", " Announce and no Sync in 1 s"]);
    says(&sides, &["problem: ", other, "UDP/IPv6", "none of the Sync they belong", "UDP port 319"]);
    says(&sides, &["note: ", other, "IEEE 802.3: ", " Announce and no Sync in 1 s", "of frames"]);
    says(&sides, &["problem: clock 11:22:33", "Sync that promise a Follow_Up, and no Follow_Up"]);
    says(&sides, &["note: clock 11:22:33", " Sync and no Announce in 1 s", "automotive"]);
    assert_eq!(sides.len(), 5, "{sides:#?}");
    let rivals = findings(&value, "grandmasters");
    says(&rivals, &["note: domain 24 over UDP/IPv6: 2 grandmasters", "12:34:56:", "aa:bb:cc:"]);
    assert_eq!(rivals.len(), 1, "{rivals:#?}");
    let answers = findings(&value, "peer delay");
    says(&answers, &["UDP/IPv6: more than one port", "clock 00:00:00:00:00:00:00:07 port 1 ("]);
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[test]
fn a_whole_world_with_one_grandmaster_is_judged_by_nobody() {
    let value = examined(&[(ANNOUNCE, false), (SYNC, true)]);

    // Its Sync promises a Follow_Up, which is the only thing that is missing.
    assert_eq!(findings(&value, "one-sided").len(), 1);
    let follow_up = SYNC.replace("0012 002c 1800 0200", "0812 002c 1800 0000");
    let value = examined(&[(ANNOUNCE, false), (SYNC, true), (&follow_up, false)]);
    for topic in ["one-sided", "grandmasters", "peer delay"] {
        assert!(findings(&value, topic).is_empty(), "{topic}");
    }
}
