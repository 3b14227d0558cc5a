//! Each profile on the wire, as tshark reads it: a leader and a follower of ours that set nothing but
//! the profile, and what two ends must be told.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

const FIELDS: [&str; 9] = [
    "ptp.v2.messagetype",
    "ptp.v2.domainnumber",
    "ptp.v2.majorsdoid",
    "ptp.v2.minorversionptp",
    "ptp.v2.logmessageperiod",
    "eth.dst",
    "eth.type",
    "ip.dst",
    "_ws.malformed",
];

/// What a profile's frames have in common, and the logarithms of the intervals they say.
struct Profile {
    name: &'static str,
    domain: &'static str,
    sdo: &'static str,
    minor: &'static str,
    /// Where Sync goes: an Ethernet group, or an IPv4 address.
    to: &'static str,
    announce: Option<i8>,
    sync: i8,
    /// Of both ends.
    more: &'static [&'static str],
    leader: &'static [&'static str],
    follower: &'static [&'static str],
}

const GROUP: &str = "01:1b:19:00:00:00";
const LOCAL_GROUP: &str = "01:80:c2:00:00:0e";
const IP_GROUP: &str = "224.0.1.129";
/// A veth pair's delay in software is longer than a wire's.
const SLOW_LINK: &[&str] = &["--link-delay-max-ns", "10000000"];

const PLAIN: Profile = Profile {
    name: "default-e2e",
    domain: "0",
    sdo: "0x00",
    minor: "1",
    to: IP_GROUP,
    announce: Some(1),
    sync: 0,
    more: &[],
    leader: &["--priority2", "10"],
    follower: &["--client-only"],
};
const L2: Profile = Profile { to: GROUP, announce: Some(0), ..PLAIN };
const GPTP: Profile =
    Profile { sdo: "0x01", to: LOCAL_GROUP, announce: Some(0), sync: -3, more: SLOW_LINK, ..PLAIN };

const PROFILES: [Profile; 15] = [
    PLAIN,
    Profile { name: "default-p2p", announce: Some(1), ..L2 },
    Profile { name: "high-accuracy", ..PLAIN },
    Profile { name: "gptp", ..GPTP },
    Profile { name: "gptp-2011", minor: "0", ..GPTP },
    Profile { name: "automotive", announce: None, leader: &["--server-only"], ..GPTP },
    Profile { name: "power-2011", ..L2 },
    Profile { name: "power-2017", domain: "254", ..L2 },
    Profile { name: "utility", ..L2 },
    Profile {
        name: "g8265.1",
        domain: "4",
        to: "10.77.0.2",
        sync: 127,
        leader: &["--server-only"],
        follower: &["--client-only", "--unicast-servers", "10.77.0.1"],
        ..PLAIN
    },
    Profile {
        name: "g8275.1",
        domain: "24",
        to: LOCAL_GROUP,
        announce: Some(-3),
        sync: -4,
        ..PLAIN
    },
    Profile {
        name: "g8275.2",
        domain: "44",
        to: "10.77.0.2",
        announce: Some(0),
        sync: 127,
        leader: &["--server-only"],
        follower: &["--client-only", "--unicast-servers", "10.77.0.1"],
        ..PLAIN
    },
    Profile { name: "smpte-2059-2", domain: "127", announce: Some(-2), sync: -3, ..PLAIN },
    Profile { name: "aes67", sync: -3, ..PLAIN },
    Profile { name: "enterprise", announce: Some(0), ..PLAIN },
];

fn speaks(profile: &Profile) {
    let lab = Lab::new(2);
    let common = [&["--profile", profile.name], profile.more].concat();
    let capture = Capture::start(&lab, 0);
    let _leader = node(&lab, 0, &[&common[..], profile.leader].concat());
    let follower = node(&lab, 1, &[&common[..], profile.follower].concat());
    follower.wait_state(Duration::from_secs(45), ClockState::Locked);
    std::thread::sleep(Duration::from_secs(1));
    let frames = capture.finish("ptp", &FIELDS);
    let name = profile.name;
    for frame in &frames {
        assert_eq!(frame[8], "", "{name}: {frame:?}");
        assert_eq!(frame[1], profile.domain, "{name}: {frame:?}");
        assert_eq!(frame[2], profile.sdo, "{name}: {frame:?}");
        assert_eq!(frame[3], profile.minor, "{name}: {frame:?}");
    }
    let of = |kind: &str| -> Vec<&Vec<String>> {
        frames.iter().filter(|frame| frame[0] == kind).collect()
    };
    let sync = of("0x00");
    assert!(sync.len() >= 3, "{name}: {} Sync", sync.len());
    assert_eq!(sync[0][4], profile.sync.to_string(), "{name}");
    for frame in sync {
        let to = if profile.to.contains(':') { &frame[5] } else { &frame[7] };
        assert_eq!(to, profile.to, "{name}: {frame:?}");
        // A car's receiver asks for one a second once it is locked.
        let settles = if name == "automotive" { 0 } else { profile.sync };
        let intervals = [profile.sync, settles].map(|log| log.to_string());
        assert!(intervals.contains(&frame[4]), "{name}: {frame:?}");
    }
    let announce = of("0x0b");
    assert_eq!(announce.is_empty(), profile.announce.is_none(), "{name}");
    let interval = profile.announce.map(|log| log.to_string());
    assert!(announce.iter().all(|frame| Some(&frame[4]) == interval.as_ref()), "{name}");
}

#[test]
fn every_profile_is_spoken_as_its_document_says() {
    if !wanted("every_profile_is_spoken_as_its_document_says") {
        return;
    }
    let _quiet = quiet();
    for some in PROFILES.chunks(5) {
        std::thread::scope(|scope| {
            for profile in some {
                scope.spawn(|| speaks(profile));
            }
        });
    }
}
