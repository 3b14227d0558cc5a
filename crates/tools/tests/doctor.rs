//! `zeitgeber doctor` on the loopback, where the peers are this test.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
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
        "note: 127.0.0.1, clock aa:bb:cc:ff:fe:dd:ee:ff port 1, domain 24, PTP 2.1 over UDP/IPv4: ",
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
    assert!(peers[1].starts_with("problem: nobody has announced a time in 1 s -> "), "{peers:?}");
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
