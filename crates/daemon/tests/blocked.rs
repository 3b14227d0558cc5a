//! Unicast where the network lets no multicast pass.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

const QUICK: [&str; 3] = ["--announce-interval=-1", "--sync-interval=-3", "--delay-interval=-3"];

#[test]
fn unicast_works_where_multicast_is_blocked_and_a_third_host_sees_less() {
    if !wanted("unicast_works_where_multicast_is_blocked_and_a_third_host_sees_less") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(3);
    let seen_by_the_third = |leader: &[&str], follower: &[&str], locks: bool| {
        let leader = node(&lab, 0, &[&QUICK[..], &["--server-only"], leader].concat());
        let follower = node(&lab, 1, &[&QUICK[..], &["--client-only"], follower].concat());
        leader.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
        if locks {
            follower.wait_state(Duration::from_secs(30), ClockState::Locked);
        } else {
            std::thread::sleep(Duration::from_secs(8));
            assert_ne!(follower.status().unwrap().state, ClockState::Locked);
        }
        let capture = Capture::start(&lab, 2);
        std::thread::sleep(Duration::from_secs(3));
        capture.finish("ptp", &["frame.number"]).len()
    };
    let all = seen_by_the_third(&[], &[], true);
    assert!(all > 30, "{all} frames of multicast");
    for port in 0..3 {
        lab.wire_ip(&[
            "link",
            "set",
            &format!("p{port}"),
            "type",
            "bridge_slave",
            "mcast_flood",
            "off",
        ]);
    }
    let none = seen_by_the_third(&[], &[], false);
    assert_eq!(none, 0, "multicast is blocked");
    let unicast = seen_by_the_third(
        &["--unicast-listen", "true", "--multicast", "false"],
        &["--unicast-servers", "10.77.0.1"],
        true,
    );
    assert!(unicast <= 2, "{unicast} frames of {all} reach who has no part in it");
}
