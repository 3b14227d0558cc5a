//! The management node: `zeitgeber manage` against our daemon, ptp4l and ptpd, and through boundary
//! clocks.
#![forbid(unsafe_code)]

mod lab;

use std::path::PathBuf;
use std::process::Output;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use control::ClockState;
use lab::*;

/// Asks from a host; the exit code and what was printed.
fn manage(lab: &impl Net, host: usize, arguments: &[&str]) -> (i32, String) {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| built("zeitgeber-tools", "zeitgeber"));
    let Output { status, stdout, stderr } =
        lab.command(host, program).arg("manage").args(arguments).output().unwrap();
    let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    (status.code().unwrap(), text)
}

/// Every id that is listed, with what can be done with it.
fn listed(lab: &impl Net) -> Vec<(String, String)> {
    let (code, text) = manage(lab, 0, &["--list"]);
    assert_eq!(code, 0, "{text}");
    let row = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        (words[1].to_owned(), words[3..].join(" "))
    };
    text.lines().map(row).collect()
}

#[test]
fn every_id_of_ours_is_answered_and_tshark_finds_nothing_malformed() {
    if !wanted("every_id_of_ours_is_answered_and_tshark_finds_nothing_malformed") {
        return;
    }
    let lab = Lab::new(2);
    let options = ["--management", "write", "--path-trace", "true", "--user-description", "a;b"];
    let node = node(&lab, 0, &options);
    node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    let capture = Capture::start(&lab, 1);
    let ids = listed(&lab);
    assert_eq!(ids.len(), 65);
    for (id, actions) in &ids {
        for action in ["get", "set", "command"] {
            let data: &[&str] = match (action, id.as_str()) {
                ("get", "ALTERNATE_TIME_OFFSET_ENABLE" | "ALTERNATE_TIME_OFFSET_NAME")
                | ("get", "ALTERNATE_TIME_OFFSET_PROPERTIES") => &["1"],
                ("get", _) => &[],
                (_, "PRIORITY1") => &["90"],
                (_, "NULL_PTP_MANAGEMENT") => &[],
                _ if !actions.contains(action) || action == "set" => continue,
                // The port that is asked over stays.
                (_, "DISABLE_PORT") => continue,
                _ => &[],
            };
            let ask = ["-i", "eth0", "--to", "10.77.0.1", "--json", action, id];
            let (code, text) = manage(&lab, 1, &[&ask[..], data].concat());
            assert!([0, 1].contains(&code) && text.contains("\"source\""), "{action} {id}: {text}");
            let refused = text.contains("\"NOT_SUPPORTED\"") || text.contains("\"NOT_SETABLE\"");
            assert_eq!(code == 1, refused, "{action} {id}: {text}");
        }
    }
    let fields = ["_ws.malformed", "_ws.expert.message"];
    let seen = capture.finish("ptp.v2.messagetype == 0xd && ip.src == 10.77.0.1", &fields);
    assert!(seen.len() > ids.len(), "{} answers", seen.len());
    let odd: Vec<_> = seen.iter().filter(|row| !row[0].is_empty() || !row[1].is_empty()).collect();
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn a_clock_is_asked_over_every_transport_by_name_number_and_spelling() {
    if !wanted("a_clock_is_asked_over_every_transport_by_name_number_and_spelling") {
        return;
    }
    for transport in ["udp4", "udp6", "l2"] {
        let lab = Lab::new(2);
        let node = node(&lab, 0, &["--transport", transport, "--management", "write"]);
        node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
        let ask = |words: &[&str]| {
            manage(&lab, 1, &[&["-i", "eth0", "--transport", transport][..], words].concat())
        };
        for name in ["TRACEBILITY_PROPERTIES", "TRACEABILITY_PROPERTIES", "0x2012"] {
            let (code, text) = ask(&["get", name]);
            assert_eq!(code, 0, "{text}");
            assert!(text.contains("response") && text.contains("flags"), "{text}");
        }
        let (code, text) = ask(&["set", "priority1", "66"]);
        assert!(code == 0 && text.contains("priority1") && text.contains("66"), "{text}");
        let (code, text) = ask(&["set", "TIME_TRANSMITTER_ONLY", "on"]);
        assert!(code == 0, "{text}");
        let (code, text) = ask(&["set", "TIME", "1800000000"]);
        assert!(code == 1 && text.contains("cannot be set there (NOT_SETABLE)"), "{text}");
        let (code, text) = ask(&["--port", "9", "get", "PORT_DATA_SET"]);
        assert!(code == 1 && text.contains("WRONG_VALUE"), "{text}");
        let (code, text) = ask(&["--domain", "9", "get", "PRIORITY1"]);
        assert!(code == 3 && text.contains("nobody answered"), "{text}");
    }
}

#[test]
fn the_time_of_a_virtual_grandmaster_is_set_where_that_is_allowed() {
    if !wanted("the_time_of_a_virtual_grandmaster_is_set_where_that_is_allowed") {
        return;
    }
    let lab = Lab::new(2);
    let node = node(&lab, 0, &["--management", "write", "--management-time", "true"]);
    node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    let (code, text) = manage(&lab, 1, &["-i", "eth0", "set", "TIME", "1900000000.25"]);
    assert!(code == 0 && text.contains("1900000000.2"), "{text}");
    let (_, text) = manage(&lab, 1, &["-i", "eth0", "get", "TIME"]);
    assert!(text.contains("19000000"), "{text}");
    assert!(node.process.lines().iter().any(|line| line.contains("management set the time")));
}

#[test]
fn other_timescales_that_were_set_and_saved_are_announced_after_a_restart() {
    if !wanted("other_timescales_that_were_set_and_saved_are_announced_after_a_restart") {
        return;
    }
    let lab = Lab::new(2);
    let options = ["--management", "write", "--alternate-timescales", "UTC:-37"];
    let mut first = node(&lab, 0, &options);
    first.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    let order = |words: &[&str]| {
        let (code, text) = manage(&lab, 1, &[&["-i", "eth0"][..], words].concat());
        assert_eq!(code, 0, "{words:?}: {text}");
    };
    order(&["set", "ALTERNATE_TIME_OFFSET_NAME", "2", "CET"]);
    order(&["set", "ALTERNATE_TIME_OFFSET_PROPERTIES", "2", "3563", "0", "0"]);
    order(&["set", "ALTERNATE_TIME_OFFSET_ENABLE", "2", "on"]);
    order(&["set", "ALTERNATE_TIME_OFFSET_ENABLE", "0", "off"]);
    order(&["command", "SAVE_IN_NON_VOLATILE_STORAGE"]);
    first.wait_for(Duration::from_secs(3), |s| s.managed.iter().any(|set| set.saved));
    assert_eq!(first.status().unwrap().managed.len(), 4, "{:?}", first.status().unwrap().managed);
    first.process.kill();
    let second = node(&lab, 0, &options);
    second.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    std::thread::sleep(Duration::from_secs(2));
    let announced = || {
        let capture = Capture::start(&lab, 1);
        std::thread::sleep(Duration::from_secs(4));
        let atoi = |field: &str| format!("ptp.v2.an.atoi.{field}");
        let fields = [&atoi("keyField")[..], &atoi("currentOffset"), &atoi("displayName")];
        let seen = capture.finish("ptp.v2.messagetype == 0xb", &fields);
        seen.last().unwrap().clone()
    };
    let said = announced();
    assert_eq!(said[..2], ["2", "3563"], "{said:?}");
    order(&["command", "RESET_NON_VOLATILE_STORAGE"]);
    second.wait_for(Duration::from_secs(3), |s| s.managed.is_empty());
    std::thread::sleep(Duration::from_secs(2));
    let said = announced();
    assert_eq!(said[..2], ["0", "-37"], "{said:?}");
}

#[test]
fn ptp4l_answers_our_questions_and_refuses_our_orders() {
    if !wanted("ptp4l_answers_our_questions_and_refuses_our_orders") {
        return;
    }
    let lab = Lab::new(2);
    let _peer = ptp4l(&lab, 0, &["priority1 101"]);
    std::thread::sleep(Duration::from_secs(2));
    let (code, text) = manage(&lab, 1, &["-i", "eth0", "get", "PRIORITY1"]);
    assert!(code == 0 && text.contains("101"), "{text}");
    for id in ["DEFAULT_DATA_SET", "PORT_DATA_SET", "CLOCK_DESCRIPTION", "TIME_STATUS_NP"] {
        let (code, text) = manage(&lab, 1, &["-i", "eth0", "get", id]);
        assert_eq!(code, 0, "{id}: {text}");
        assert!(!text.contains("cannot be read"), "{text}");
    }
    let (code, text) = manage(&lab, 1, &["-i", "eth0", "set", "PRIORITY1", "7"]);
    assert!(code == 1 && text.contains("NOT_SUPPORTED"), "{text}");
}

#[test]
fn ptpd_answers_our_questions_and_takes_our_orders() {
    if !wanted("ptpd_answers_our_questions_and_takes_our_orders") {
        return;
    }
    let lab = Lab::new(2);
    let options = ["-m", "--ptpengine:management_enable=Y", "--ptpengine:management_set_enable=Y"];
    let _peer = ptpd(&lab, 0, &options);
    std::thread::sleep(Duration::from_secs(3));
    for id in ["DEFAULT_DATA_SET", "PORT_DATA_SET", "CLOCK_DESCRIPTION", "PRIORITY1"] {
        let (code, text) = manage(&lab, 1, &["-i", "eth0", "get", id]);
        assert_eq!(code, 0, "{id}: {text}");
        assert!(!text.contains("cannot be read"), "{text}");
    }
    let (code, text) = manage(&lab, 1, &["-i", "eth0", "set", "PRIORITY1", "7"]);
    assert!(code == 0 && text.contains("priority1"), "{text}");
    let (code, text) = manage(&lab, 1, &["-i", "eth0", "get", "PRIORITY1"]);
    assert!(code == 0 && text.contains(" 7"), "{text}");
}

/// The source ports in what `pmc` on the first host of a chain prints for one question.
fn pmc(chain: &Chain, hops: &str) -> usize {
    let mut command = chain.command(0, "pmc");
    command.args(["-4", "-b", hops, "-i", "e0", "GET PRIORITY1"]);
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    text.matches("RESPONSE MANAGEMENT PRIORITY1").count()
}

#[test]
fn messages_go_through_our_boundary_clocks_as_far_as_their_hops() {
    if !wanted("messages_go_through_our_boundary_clocks_as_far_as_their_hops") {
        return;
    }
    // The asker, two boundary clocks, an ordinary one.
    let chain = Chain::new(4, &[(0, 1), (1, 2), (2, 3)]);
    let fast = ["--announce-interval=-2", "--sync-interval=-3", "--delay-interval=-3"];
    let more = |priority1| [&fast[..], &["--priority1", priority1]].concat();
    let first = node_on(&chain, 1, &["e0", "e1"], &more("10"));
    let second = node_on(&chain, 2, &["e1", "e2"], &more("20"));
    let last = node_on(&chain, 3, &["e2"], &more("30"));
    first.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    last.wait_state(Duration::from_secs(30), ClockState::Locked);
    drop(second.status());
    let expected = [("0", 1), ("1", 2), ("2", 3), ("3", 3)];
    for (hops, answers) in expected {
        let start = Instant::now();
        let mut counted = pmc(&chain, hops);
        while counted != answers && start.elapsed() < Duration::from_secs(5) {
            counted = pmc(&chain, hops);
        }
        assert_eq!(counted, answers, "{hops} hops");
        let ask = ["-i", "e0", "--hops", hops, "get", "PRIORITY1"];
        let (code, text) = manage(&chain, 0, &ask);
        assert_eq!((code, text.matches("response").count()), (0, answers), "{text}");
    }
}
