//! A cluster of grandmasters: ptp4l that serves in unicast alone counts besides ptp4l in multicast.
#![forbid(unsafe_code)]

mod lab;

use std::time::Duration;

use control::ClockState;
use lab::*;

#[test]
fn a_cluster_of_one_ptp4l_counts_besides_another_in_multicast() {
    if !wanted("a_cluster_of_one_ptp4l_counts_besides_another_in_multicast") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(3);
    let alone = ["unicast_listen 1", "inhibit_multicast_service 1", "priority1 10"];
    let mut alone = ptp4l(&lab, 1, &alone);
    let _all = ptp4l(&lab, 2, &["priority1 20", "logAnnounceInterval 0"]);
    let more = ["--priority1=250", "--grandmaster-cluster=10.77.0.2", "--announce-interval=0"];
    let node = node(&lab, 0, &more);
    let follows = |host: usize| {
        let identity = lab.identity(host);
        move |status: &control::Status| {
            let parent = status.parent.as_ref();
            parent.is_some_and(|parent| parent.identity.to_string() == identity)
        }
    };
    node.wait_for(Duration::from_secs(30), follows(1));
    node.wait_state(Duration::from_secs(30), ClockState::Locked);
    let served = |status: &control::Status| {
        let unicast = status.ports[0].unicast.as_ref().unwrap();
        unicast.servers[0].granted.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(served(&node.status().unwrap()), ["announce", "delay_resp", "sync"]);
    alone.kill();
    node.wait_for(Duration::from_secs(40), follows(2));
    node.wait_state(Duration::from_secs(30), ClockState::Locked);
}
