//! Another timescale whose offset jumps while tshark reads what is announced of it.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use control::ClockState;
use lab::*;

/// 2027-03-28T01:00:37, as seconds of TAI: summer time begins in Central Europe (`date -u` says so).
const MOMENT: i64 = 1806195637;
const TAI_UTC: i64 = 37;
const AHEAD_S: i64 = 8;

#[test]
fn the_offset_after_the_jump_is_announced_after_it() {
    if !wanted("the_offset_after_the_jump_is_announced_after_it") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let ahead = (MOMENT - AHEAD_S - TAI_UTC - now) * 1_000_000_000;
    let offset = format!("--virtual-offset-ns={ahead}");
    let more = ["--virtual-timescale=tai", "--announce-interval=-2", &offset];
    let told = "--alternate-timescales=CET:+3563:jump=3600@2027-03-28T01:00:37";
    let capture = Capture::start(&lab, 1);
    let leader = node(&lab, 0, &[&more[..], &["--server-only", told]].concat());
    leader.wait_state(Duration::from_secs(10), ClockState::Grandmaster);
    std::thread::sleep(Duration::from_secs(AHEAD_S as u64 + 4));
    let field = |name: &str| format!("ptp.v2.an.atoi.{name}");
    let fields = ["currentOffset", "jumpSeconds", "timeOfNextJump"].map(field);
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let frames = capture.finish("ptp.v2.messagetype == 0xb", &fields);
    let moment = format!("{MOMENT:012x}");
    let (before, after) = ([["3563", "3600", &moment]], [["7163", "0", "000000000000"]]);
    let jumped = frames.iter().position(|frame| frame[..] == after[0]).expect("it jumps");
    assert!(jumped >= 8 && frames.len() >= jumped + 8, "{jumped} of {}", frames.len());
    assert!(frames[..jumped].iter().all(|frame| frame[..] == before[0]), "{frames:?}");
    assert!(frames[jumped..].iter().all(|frame| frame[..] == after[0]), "{frames:?}");
}
