//! The NetSync Monitor's client of linuxptp asks our daemon, which leads or follows.
#![forbid(unsafe_code)]

mod lab;

use std::process::Stdio;
use std::time::{Duration, Instant};

use control::{ClockState, PortState};
use lab::*;

/// How far our clock is ahead of the machine's.
const AHEAD_NS: i64 = 3_000_000;

/// Asks whoever is at an address once; what the client prints within some seconds.
fn ask(lab: &Lab, host: usize, address: &str) -> String {
    let log = lab.path(&format!("nsm-{host}.log"));
    let out = std::fs::File::create(&log).unwrap();
    let mut command = lab.command(host, "nsm");
    command.args(["-i", "eth0", "--time_stamping", "software"]);
    command.stdin(Stdio::piped()).stdout(out.try_clone().unwrap()).stderr(out);
    let mut client = command.spawn().unwrap();
    let mut orders = client.stdin.take().unwrap();
    std::io::Write::write_all(&mut orders, format!("NSM {address}\n").as_bytes()).unwrap();
    let start = Instant::now();
    let mut text = String::new();
    while start.elapsed() < Duration::from_secs(3) && !text.contains("lastSync") {
        std::thread::sleep(Duration::from_millis(100));
        text = std::fs::read_to_string(&log).unwrap();
    }
    let _ = client.kill();
    let _ = client.wait();
    text
}

/// The last word of the line that begins with another.
fn word<'t>(text: &'t str, name: &str) -> &'t str {
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(name));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).split_whitespace().last().unwrap()
}

/// The identity as nsm and pmc print it.
fn identity(lab: &Lab, host: usize) -> String {
    let digits = lab.identity(host).replace([':', '.'], "");
    format!("{}.{}.{}", &digits[..6], &digits[6..10], &digits[10..])
}

#[test]
fn the_client_is_told_of_a_node_that_leads_and_measures_it() {
    if !wanted("the_client_is_told_of_a_node_that_leads_and_measures_it") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let ahead = format!("--virtual-offset-ns={AHEAD_NS}");
    let node = node(&lab, 0, &["--server-only", "--net-sync-monitor", "--priority1=77", &ahead]);
    node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    let text = ask(&lab, 1, "10.77.0.1");
    assert!(text.contains("NSM MEASUREMENT COMPLETE"), "{text}");
    assert_eq!(word(&text, "portState"), "MASTER");
    assert_eq!(word(&text, "grandmasterPriority1"), "77");
    assert_eq!(word(&text, "grandmasterIdentity"), identity(&lab, 0));
    assert_eq!(word(&text, "stepsRemoved"), "0");
    // The client's clock is the machine's, less ours.
    let offset: i64 = word(&text, "offset").parse().unwrap();
    println!("the client measures {offset} ns");
    assert!((offset + AHEAD_NS).abs() < 500_000, "{text}");
}

#[test]
fn the_client_is_told_whom_a_node_follows() {
    if !wanted("the_client_is_told_whom_a_node_follows") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(3);
    let _leader = ptp4l(&lab, 2, &["priority1 11"]);
    let node = node(&lab, 0, &["--client-only", "--net-sync-monitor"]);
    node.wait_for(Duration::from_secs(40), |status| status.ports[0].state == PortState::Receiver);
    let text = ask(&lab, 1, "10.77.0.1");
    assert!(text.contains("NSM MEASUREMENT COMPLETE"), "{text}");
    assert_eq!(word(&text, "portState"), "SLAVE");
    assert_eq!(word(&text, "parentPortAddress"), "10.77.0.3");
    assert_eq!(word(&text, "grandmasterIdentity"), identity(&lab, 2));
    assert_eq!((word(&text, "stepsRemoved"), word(&text, "grandmasterPriority1")), ("1", "11"));
    // ptp4l leads with the machine's clock, so the node shows what the client has.
    let offset: i64 = word(&text, "offset").parse().unwrap();
    assert!(offset.abs() < 500_000, "{text}");
    let counted = node.status().unwrap().ports[0].counters.get("told_net_sync_asked").copied();
    assert_eq!(counted, Some(1));
}

#[test]
fn without_the_option_the_client_waits_in_vain() {
    if !wanted("without_the_option_the_client_waits_in_vain") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let node = node(&lab, 0, &["--server-only"]);
    node.wait_state(Duration::from_secs(20), ClockState::Grandmaster);
    let text = ask(&lab, 1, "10.77.0.1");
    assert!(!text.contains("NSM MEASUREMENT COMPLETE"), "{text}");
}
