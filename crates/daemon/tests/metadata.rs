//! Synchronisation metadata of SMPTE ST 2059-2 between two daemons, as tshark reads them.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

#[test]
fn the_smpte_profile_sends_metadata_that_tshark_reads_and_a_follower_shows() {
    if !wanted("the_smpte_profile_sends_metadata_that_tshark_reads_and_a_follower_shows") {
        return;
    }
    let lab = Lab::new(2);
    let options = [
        "--profile=smpte-2059-2",
        "--clock-class=6",
        "--virtual-timescale=tai",
        "--smpte-frame-rate=25",
        "--smpte-drop-frame=true",
        "--smpte-local-offset-s=3563",
        "--smpte-jump=3600@2037-03-29T01:00:37",
        "--smpte-daily-jam=02:00:00",
    ];
    let leader = node(&lab, 0, &options);
    leader.wait_state(Duration::from_secs(10), ClockState::Grandmaster);
    let follower = node(&lab, 1, &["--profile=smpte-2059-2", "--client-only"]);
    let locked = follower.wait_state(Duration::from_secs(10), ClockState::Locked);
    let capture = Capture::start(&lab, 1);
    std::thread::sleep(Duration::from_secs(5));
    let oe = |field: &str| format!("ptp.v2.oe.smpte.{field}");
    let fields = [
        "frame.time_epoch",
        "ptp.v2.domainnumber",
        "ip.dst",
        "udp.dstport",
        &oe("SubType"),
        &oe("defaultsystemframerate.numerator"),
        &oe("defaultsystemframerate.denominator"),
        &oe("masterlockingstatus"),
        &oe("timeaddressflags"),
        &oe("currentlocaloffset"),
        &oe("jumpseconds"),
        &oe("timeofnextjump"),
        &oe("timeofnextjam"),
        &oe("timeofpreviousjam"),
        &oe("previousjamlocaloffset"),
        &oe("daylightsaving"),
        &oe("leapsecondjump"),
        "_ws.malformed",
    ];
    let seen = capture.finish("ptp.v2.messagetype == 0xd", &fields);
    assert!((4..=7).contains(&seen.len()), "one a second: {seen:?}");
    let row = &seen[0];
    assert_eq!(row[1..5], ["127", "224.0.1.129", "320", "0x000001"]);
    assert_eq!(row[5..12], ["25", "1", "4", "0x01", "3563", "3600", "2121901237"]);
    assert_eq!(row[14..], ["3563", "0x02", "0x00", ""]);
    // 02:00:00 of local time, which is our time and 3563 s; one is ahead, one is less than a day ago.
    let [next, previous]: [i64; 2] = [row[12].parse().unwrap(), row[13].parse().unwrap()];
    assert_eq!((next + 3_563).rem_euclid(86_400), 7_200);
    assert_eq!(next - previous, 86_400);
    let now = row[0].split('.').next().unwrap().parse::<i64>().unwrap() + 37;
    assert!(previous <= now + 1 && now - 1 < next, "{previous} {now} {next}");

    let status = follower.status().unwrap();
    let said = status.smpte.expect("the follower heard it");
    assert_eq!((said.frame_rate.as_str(), said.locking_status.as_str()), ("25/1", "locked"));
    assert_eq!((said.local_offset_s, said.next_jam), (3_563, next as u64));
    assert_eq!(said.source, leader.status().unwrap().clock.identity);
    assert!(leader.status().unwrap().smpte.is_none());
    assert!(locked < Duration::from_secs(10), "{locked:?}");
}
