//! What a time receiver of ours reports to a monitor, while it follows ptp4l.
#![forbid(unsafe_code)]

mod lab;

use std::collections::BTreeMap;
use std::time::Duration;

use control::ClockState;
use lab::*;

/// The number in some octets of a message in hexadecimal.
fn number(hex: &str, at: usize, len: usize) -> i64 {
    let digits = &hex[2 * at..2 * (at + len)];
    let number = u64::from_str_radix(digits, 16).unwrap();
    if len == 8 { number as i64 } else { i64::try_from(number).unwrap() }
}

/// A Timestamp's octets, in nanoseconds.
fn moment(hex: &str, at: usize) -> i64 {
    number(hex, at, 6) * 1_000_000_000 + number(hex, at + 6, 4)
}

/// What passed of one kind, by sequenceId: when, and what.
fn by_sequence(frames: &[Vec<String>], kind: &str) -> Passed {
    let of_kind = frames.iter().filter(|frame| frame[0] == kind);
    let one = |frame: &Vec<String>| {
        let (seconds, nanos) = frame[1].split_once('.').unwrap();
        let at = seconds.parse::<i64>().unwrap() * 1_000_000_000 + nanos.parse::<i64>().unwrap();
        (number(&frame[2], 30, 2), (at, frame[2].clone()))
    };
    of_kind.map(one).collect()
}

/// Messages by their sequenceId: when they passed, and what they were.
type Passed = BTreeMap<i64, (i64, String)>;

/// A report against what passed.
fn check(hex: &str, [syncs, follow_ups, requests]: [&Passed; 3], records: &mut [u32; 3]) {
    // unicastFlag, logMessageInterval, targetPortIdentity.
    assert_eq!((&hex[12..14], &hex[66..68], &hex[68..88]), ("04", "7f", &"f".repeat(20)[..]));
    let (tlv, len) = (number(hex, 44, 2), number(hex, 46, 2) as usize);
    assert_eq!(48 + len, hex.len() / 2);
    match tlv {
        0x8004 => {
            for at in (58..48 + len).step_by(34) {
                let sequence = number(hex, at, 2);
                let (arrived, _) = syncs[&sequence];
                let (_, follow_up) = &follow_ups[&sequence];
                assert_eq!(moment(hex, at + 2), moment(follow_up, 34), "preciseOriginTimestamp");
                assert_eq!(number(hex, at + 12, 8), 0, "totalCorrectionField");
                // tcpdump's stamp is another program's of the same frame.
                let apart = moment(hex, at + 24) - arrived;
                assert!(apart.abs() < 1_000_000, "{apart} ns");
                records[0] += 1;
            }
        }
        0x8005 => {
            for at in (60..48 + len).step_by(22) {
                // Both clocks are the machine's, stamped by software.
                let offset = number(hex, at + 2, 8) >> 16;
                assert!(offset.abs() < 1_000_000, "{offset} ns");
                records[1] += 1;
            }
        }
        0x8006 => {
            assert_eq!(number(hex, 58, 1), 1, "Delay_Req");
            for at in (60..48 + len).step_by(12) {
                let (left, _) = requests[&number(hex, at, 2)];
                let apart = moment(hex, at + 2) - left;
                assert!(apart.abs() < 1_000_000, "{apart} ns");
                records[2] += 1;
            }
        }
        other => panic!("{other:#x}"),
    }
}

#[test]
fn what_is_reported_is_what_passed_on_the_wire() {
    if !wanted("what_is_reported_is_what_passed_on_the_wire") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let leader =
        ptp4l(&lab, 0, &["priority1 10", "logSyncInterval -2", "logMinDelayReqInterval -2"]);
    let more = [
        "--client-only",
        "--clock",
        "observe",
        "--monitor-sync-timing",
        "--monitor-sync-computed",
        "--monitor-tx-events",
        "--monitor-batch=2",
        "--monitor-address=10.77.0.1",
    ];
    let capture = Capture::start(&lab, 1);
    let node = node(&lab, 1, &more);
    node.wait_for(Duration::from_secs(30), |status| status.state == ClockState::Locked);
    std::thread::sleep(Duration::from_secs(8));
    let fields =
        ["ptp.v2.messagetype", "frame.time_epoch", "udp.payload", "ptp.v2.sig.tlv.tlvType"];
    let frames = capture.finish("ptp && !_ws.malformed", &fields);
    let kind = |name: &str| by_sequence(&frames, name);
    let (syncs, follow_ups, requests) = (kind("0x00"), kind("0x08"), kind("0x01"));
    let mut records = [0; 3];
    for frame in frames.iter().filter(|frame| frame[0] == "0x0c") {
        check(&frame[2], [&syncs, &follow_ups, &requests], &mut records);
    }
    println!("{records:?} records");
    assert!(records.iter().all(|count| *count >= 8), "{records:?}");
    // ptp4l has no use for them, and goes on.
    assert!(!leader.lines().iter().any(|line| line.contains("FAULT")), "{:?}", leader.lines());
}
