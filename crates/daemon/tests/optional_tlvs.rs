//! A leader of ours that says everything optional, with ptp4l and ptpd as its followers, and tshark.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, Instant};

use control::ClockState;
use lab::*;

/// How far our clock is ahead of the machine's.
const AHEAD_NS: i64 = 2_000_000;

#[test]
fn their_followers_follow_a_leader_that_says_everything() {
    if !wanted("their_followers_follow_a_leader_that_says_everything") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(3);
    let capture = Capture::start(&lab, 0);
    let ahead = format!("--virtual-offset-ns={AHEAD_NS}");
    let node = node(
        &lab,
        0,
        &[
            "--server-only",
            "--sync-interval=-2",
            "--enhanced-accuracy",
            "--inaccuracy-grandmaster-ns=250",
            "--cumulative-rate-ratio",
            "--announce-availability",
            "--protocol-address=10.77.0.1",
            &ahead,
        ],
    );
    node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    let theirs = ptp4l(&lab, 1, &["slaveOnly 1"]);
    let follower = ptpd(&lab, 2, &["-s"]);
    let offsets = |of: &dyn Fn(&str) -> Option<i64>, process: &Process| -> Vec<i64> {
        process.lines().iter().filter_map(|line| of(line)).collect()
    };
    let start = Instant::now();
    let (ptp4l, ptpd) = loop {
        let found = (offsets(&ptp4l_offset, &theirs), offsets(&ptpd_offset, &follower));
        if found.0.len() >= 12 && found.1.len() >= 12 {
            break found;
        }
        let log = || [theirs.lines(), follower.lines()].concat().join("\n");
        assert!(start.elapsed() < Duration::from_secs(60), "{found:?}\n{}", log());
        std::thread::sleep(Duration::from_millis(200));
    };
    // Their clocks are the machine's, which ours is ahead of.
    for (name, found) in [("ptp4l", ptp4l), ("ptpd", ptpd)] {
        let off = found[4..].iter().map(|offset| offset + AHEAD_NS);
        assert!(share_below(off, 200_000) >= 0.8, "{name}: {found:?}");
    }
    let fields =
        ["ptp.v2.messagetype", "ptp.v2.messagelength", "ptp.v2.an.tlvType", "_ws.malformed"];
    let frames = capture.finish("ptp && ip.src == 10.77.0.1", &fields);
    let of = |kind: &str| frames.iter().filter(|frame| frame[0] == kind).collect::<Vec<_>>();
    let malformed: Vec<_> = frames.iter().filter(|frame| !frame[3].is_empty()).collect();
    assert!(malformed.is_empty(), "{malformed:?}");
    let announces = of("0x0b");
    assert!(!announces.is_empty());
    // Enhanced accuracy, availability and address; tshark counts in decimal.
    let types = |frame: &&Vec<String>| {
        let numbers = frame[2].split(',').map(|number| match number.strip_prefix("0x") {
            Some(digits) => u16::from_str_radix(digits, 16).unwrap(),
            None => number.parse().unwrap(),
        });
        numbers.collect::<Vec<u16>>()
    };
    assert!(
        announces.iter().all(|frame| types(frame) == [0x4001, 0x8002, 0x8003]),
        "{announces:?}"
    );
    // A Follow_Up's 44 octets and 8 of the rate ratio.
    assert!(of("0x08").iter().all(|frame| frame[1] == "52"));
    let status = node.status().unwrap();
    assert_eq!(status.accuracy.unwrap().grandmaster_ns, 250.0);
    assert_eq!(status.grandmaster_rate_ppb, Some(0.0));
}

/// What one of ours hears of another, as `status` shows it.
#[test]
fn our_follower_shows_what_our_leader_says() {
    if !wanted("our_follower_shows_what_our_leader_says") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let capture = Capture::start(&lab, 0);
    // ptp4l 3.1 discards a Sync with any TLV, so that PAD is for ours alone.
    let both = [
        "--enhanced-accuracy",
        "--cumulative-rate-ratio",
        "--sync-interval=-2",
        "--event-length=64",
    ];
    let leads = ["--server-only", "--inaccuracy-grandmaster-ns=250", "--announce-availability"];
    let _leader = node(&lab, 0, &[&both[..], &leads].concat());
    let follower = node(&lab, 1, &[&both[..], &["--client-only"]].concat());
    follower.wait_state(Duration::from_secs(30), ClockState::Locked);
    follower.wait_for(Duration::from_secs(20), |status| {
        status.accuracy.is_some_and(|said| said.grandmaster_ns == 250.0)
            && status.grandmaster_rate_ppb.is_some_and(|ppb| ppb.abs() < 200_000.0)
            && status.ports[0].told.iter().any(|said| said == "Sync by multicast")
    });
    let fields = ["ptp.v2.messagetype", "ptp.v2.messagelength"];
    let frames =
        capture.finish("ptp && (ptp.v2.messagetype == 0 || ptp.v2.messagetype == 1)", &fields);
    let requests = frames.iter().filter(|frame| frame[0] == "0x01").count();
    assert!(requests > 0 && frames.len() > requests + 8, "{frames:?}");
    assert!(frames.iter().all(|frame| frame[1] == "64"), "{frames:?}");
}
