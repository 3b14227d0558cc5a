//! Two daemons of ours that could lead: one stands by and says so in flagged messages. Ours
//! know it, and ptp4l, which hears both, follows the other.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, Instant};

use control::{ClockState, PortState};
use lab::*;

const FAST: [&str; 5] = [
    "--announce-interval=-1",
    "--sync-interval=-2",
    "--delay-interval=-2",
    "--alternate-transmitters=1",
    "--clock-class=6",
];

#[test]
fn peers_do_not_follow_whoever_stands_by() {
    if !wanted("peers_do_not_follow_whoever_stands_by") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(4);
    let leader = node(&lab, 0, &[&FAST[..], &["--priority1=10"]].concat());
    let second = node(&lab, 1, &[&FAST[..], &["--priority1=20", "--alternate-sync"]].concat());
    // Before they have heard each other both may lead for a moment.
    second.wait_for(Duration::from_secs(20), |s| s.ports[0].state == PortState::Passive);
    let theirs = ptp4l(&lab, 2, &["slaveOnly 1", "logAnnounceInterval -1"]);
    let receiver =
        node(&lab, 3, &["--client-only", "--alternate-transmitters=1", "--announce-interval=-1"]);
    receiver.wait_state(Duration::from_secs(40), ClockState::Locked);
    let standing = |status: &control::Status| {
        let known = status.ports[0].alternates.iter().map(|known| known.identity.to_string());
        known.collect::<Vec<_>>()
    };
    let (first, other) = (lab.identity(0), lab.identity(1));
    receiver.wait_for(Duration::from_secs(10), |status| standing(status) == [other.clone()]);
    let capture = Capture::start(&lab, 2);
    std::thread::sleep(Duration::from_secs(8));
    let fields = ["ptp.v2.messagetype", "ptp.v2.clockidentity", "ptp.v2.flags.alternatemaster"];
    let frames = capture.finish("ptp", &fields);
    let of = |kind: &str, identity: &str| -> Vec<bool> {
        let name = identity.replace(':', "");
        let own = frames.iter().filter(|f| f[0] == kind && f[1].ends_with(&name));
        own.map(|frame| ["1", "True"].contains(&frame[2].as_str())).collect()
    };
    for kind in ["0x00", "0x08", "0x0b"] {
        let (leads, stands) = (of(kind, &first), of(kind, &other));
        assert!(leads.len() >= 8 && !leads.contains(&true), "{kind}: {leads:?}");
        assert!(stands.len() >= 6 && !stands.contains(&false), "{kind}: {stands:?}");
    }
    let status = receiver.status().unwrap();
    assert_eq!(status.parent.unwrap().identity.to_string(), first);
    let name = |identity: &str| {
        let octets = identity.replace(':', "");
        format!("{}.{}.{}", &octets[..6], &octets[6..10], &octets[10..])
    };
    // ptp4l 3.1 does not look at the flag, and may take the other for the best before it has heard
    // the first often enough.
    let lines = theirs.lines();
    let chosen = lines.iter().rfind(|line| line.contains("selected best master clock"));
    assert!(chosen.is_some_and(|line| line.contains(&name(&first))), "{lines:#?}");
    drop(leader);
    let start = Instant::now();
    receiver.wait_for(Duration::from_secs(20), |status| {
        status.parent.as_ref().is_some_and(|parent| parent.identity.to_string() == other)
    });
    println!("followed the other {:?} after the first was gone", start.elapsed());
}
