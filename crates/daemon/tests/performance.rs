//! Records of performance of a daemon that follows ptp4l (annex J).
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::{Answer, ClockState, FailureKind, Request};
use lab::*;

#[test]
fn the_record_of_the_quarter_holds_what_was_measured_and_counted() {
    if !wanted("the_record_of_the_quarter_holds_what_was_measured_and_counted") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let _leader = ptp4l(&lab, 0, &["priority1 10", "logSyncInterval -2"]);
    let node = node(&lab, 1, &["--client-only", "--performance-monitoring"]);
    node.wait_state(Duration::from_secs(30), ClockState::Locked);
    std::thread::sleep(Duration::from_secs(6));
    let ask = |port| match node.ask(Request::Performance(port)) {
        Some(Answer::Performance(seen)) => seen,
        other => panic!("{other:?}"),
    };
    let clock = ask(0);
    let indices: Vec<u16> = clock.records.iter().map(|record| record.index).collect();
    assert_eq!((clock.port, &indices[..]), (0, &[0, 97][..]));
    let quarter = &clock.records[0];
    assert!((5..60).contains(&quarter.began_s) && !quarter.complete && quarter.length_s == 900);
    let (offset, delay) = (quarter.offset.unwrap(), quarter.mean_delay.unwrap());
    assert!(offset.count >= 20, "{offset:?}");
    assert!(offset.min_ns <= offset.mean_ns && offset.mean_ns <= offset.max_ns, "{offset:?}");
    assert!(delay.count == offset.count && delay.mean_ns.abs() < 500_000.0, "{delay:?}");
    assert!(quarter.delay_to_us.unwrap().count >= offset.count);
    assert!(quarter.delay_from_us.unwrap().count > 3);
    // The same was counted by the port, but for what came since the last second.
    let port = ask(1);
    let counted = port.records[0].messages["rx_sync"];
    let status = node.status().unwrap();
    let all = status.ports[0].counters["rx_sync"];
    assert!(counted > 20 && all >= counted && all - counted < 12, "{counted} {all}");
    match node.ask(Request::Performance(2)) {
        Some(Answer::Error(failure)) => assert_eq!(failure.kind, FailureKind::Unavailable),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_recorded_unless_it_is_asked_for() {
    if !wanted("nothing_is_recorded_unless_it_is_asked_for") {
        return;
    }
    let lab = Lab::new(2);
    let node = node(&lab, 0, &[]);
    node.wait_for(Duration::from_secs(10), |_| true);
    match node.ask(Request::Performance(0)) {
        Some(Answer::Error(failure)) => {
            assert!(failure.text.contains("performance_monitoring = true"), "{failure:?}");
        }
        other => panic!("{other:?}"),
    }
}
