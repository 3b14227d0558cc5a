//! A clock that has lost ptp4l contends with what it has learned, as tshark sees it, and gives way
//! again.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

#[test]
fn a_clock_in_holdover_leads_with_the_class_of_its_holdover() {
    if !wanted("a_clock_in_holdover_leads_with_the_class_of_its_holdover") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(3);
    let leader = |lab: &Lab| ptp4l(lab, 1, &["clockClass 6", "logAnnounceInterval 0"]);
    let theirs = leader(&lab);
    let more = [
        "--announce-interval=0",
        "--sync-interval=-2",
        "--delay-interval=-2",
        "--holdover-upgrade",
        "--holdover-class=135",
        "--holdover-class-beyond=165",
        // Software stamps in a crowded laboratory.
        "--holdover-limit-ns=5000000",
    ];
    let node = node(&lab, 0, &more);
    let plain = node_on(&lab, 2, &["eth0"], &["--priority2=1", "--announce-interval=0"]);
    node.wait_state(Duration::from_secs(60), ClockState::Locked);
    let capture = Capture::start(&lab, 2);
    drop(theirs);
    node.wait_state(Duration::from_secs(30), ClockState::Grandmaster);
    let ours = lab.identity(0);
    plain.wait_for(Duration::from_secs(20), |status| {
        let parent = status.parent.as_ref();
        parent.is_some_and(|parent| parent.identity.to_string() == ours)
    });
    let class = plain.status().unwrap().grandmaster.unwrap().class;
    assert_eq!(class, 135);
    let _theirs = leader(&lab);
    node.wait_for(Duration::from_secs(30), |status| status.parent.is_some());
    let fields = ["ptp.v2.clockidentity", "ptp.v2.an.grandmasterclockclass"];
    let name = ours.replace(':', "");
    let frames = capture.finish("ptp.v2.messagetype == 0xb", &fields);
    let own: Vec<&str> =
        frames.iter().filter(|f| f[0].ends_with(&name)).map(|f| f[1].as_str()).collect();
    assert!(!own.is_empty() && own.iter().all(|class| *class == "135"), "{own:?}");
    assert!(
        node.process.lines().iter().any(|line| line.contains("contending with clockClass 248"))
    );
}
