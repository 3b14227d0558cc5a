//! How the daemon behaves under whoever supervises it, and towards what may pass.
#![forbid(unsafe_code)]

mod lab;

use std::process::Command;
use std::time::Duration;

use control::{Answer, ClockState, FailureKind, Request};
use lab::*;

#[test]
fn it_stays_in_the_foreground_and_ends_when_asked() {
    if !wanted("it_stays_in_the_foreground_and_ends_when_asked") {
        return;
    }
    let lab = Lab::new(1);
    let file = lab.path("zeitgeberd.toml");
    std::fs::write(&file, "domain = 1\nrole = \"both\"\nforeground = true\n").unwrap();
    let mut node = node(&lab, 0, &["-c", file.to_str().unwrap()]);
    node.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
    assert_eq!(node.status().unwrap().pid, node.process.id());
    assert_eq!(node.status().unwrap().domain, 1);
    node.process.signal("-TERM");
    let status = node.process.wait(Duration::from_secs(3)).expect("it ends");
    assert_eq!(status.code(), Some(0));
    assert!(!node.control.exists());
}

#[test]
fn it_waits_for_an_interface_its_carrier_and_its_address() {
    if !wanted("it_waits_for_an_interface_its_carrier_and_its_address") {
        return;
    }
    let lab = Lab::new(1);
    lab.ip(0, &["link", "set", "eth0", "down"]);
    lab.ip(0, &["link", "set", "eth0", "name", "later0"]);
    let node = node(&lab, 0, &["--announce-interval=-3"]);
    let reason = |part: &'static str| {
        node.wait_for(Duration::from_secs(4), move |status| {
            status.state == ClockState::Faulty
                && status.reason.as_ref().is_some_and(|reason| reason.contains(part))
        })
    };
    reason("no such interface");
    lab.ip(0, &["link", "set", "later0", "name", "eth0"]);
    reason("no carrier");
    lab.ip(0, &["address", "flush", "dev", "eth0"]);
    lab.ip(0, &["link", "set", "eth0", "up"]);
    reason("no IPv4 address");
    lab.ip(0, &["address", "add", "10.77.0.9/24", "dev", "eth0"]);
    node.wait_state(Duration::from_secs(5), ClockState::Grandmaster);
    lab.ip(0, &["link", "set", "eth0", "down"]);
    reason("no carrier");
    lab.ip(0, &["link", "set", "eth0", "up"]);
    node.wait_state(Duration::from_secs(5), ClockState::Grandmaster);
}

#[test]
fn a_follower_survives_its_link_and_its_leader() {
    if !wanted("a_follower_survives_its_link_and_its_leader") {
        return;
    }
    let lab = Lab::new(2);
    let fast = ["--announce-interval=-1", "--sync-interval=-3", "--delay-interval=-3"];
    let leader = node(&lab, 0, &[&fast[..], &["--priority1", "10"]].concat());
    let follower = node(&lab, 1, &[&fast[..], &["--client-only"]].concat());
    follower.wait_state(Duration::from_secs(15), ClockState::Locked);
    lab.ip(1, &["link", "set", "eth0", "down"]);
    follower.wait_state(Duration::from_secs(3), ClockState::Holdover);
    let held = follower.status().unwrap();
    assert!(held.bound_ns.is_some() && held.reason.is_some(), "{held:?}");
    std::thread::sleep(Duration::from_secs(5));
    assert!(follower.status().unwrap().bound_ns > held.bound_ns, "the bound grows");
    lab.ip(1, &["link", "set", "eth0", "up"]);
    follower.wait_state(Duration::from_secs(10), ClockState::Locked);
    drop(leader);
    follower.wait_state(Duration::from_secs(5), ClockState::Holdover);
    let _leader = node(&lab, 0, &[&fast[..], &["--priority1", "10"]].concat());
    follower.wait_state(Duration::from_secs(15), ClockState::Locked);
    assert!(follower.status().unwrap().steps <= 1);
}

#[test]
fn other_domains_are_named_and_not_followed() {
    if !wanted("other_domains_are_named_and_not_followed") {
        return;
    }
    let lab = Lab::new(2);
    let _other = node(&lab, 0, &["--domain", "127", "--announce-interval=-3"]);
    let node = node(&lab, 1, &["--client-only"]);
    node.wait_for(Duration::from_secs(10), |status| {
        status.heard.iter().any(|heard| heard.what.contains("domain 127"))
    });
    let status = node.status().unwrap();
    assert_eq!(status.state, ClockState::Listening);
    assert!(status.reason.unwrap().contains("domain 127"));
}

#[test]
fn a_read_only_socket_answers_and_takes_no_orders() {
    if !wanted("a_read_only_socket_answers_and_takes_no_orders") {
        return;
    }
    let lab = Lab::new(1);
    let read_only = lab.path("read-only");
    let mut node = node(&lab, 0, &["--control-readonly", read_only.to_str().unwrap()]);
    node.wait_for(Duration::from_secs(5), |_| true);
    assert!(matches!(node.ask(Request::Reload), Some(Answer::Reloaded(_))));
    node.control = read_only;
    assert!(node.status().is_some());
    match node.ask(Request::Reload) {
        Some(Answer::Error(failure)) => assert_eq!(failure.kind, FailureKind::Forbidden),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_mistake_is_named_at_once_and_nothing_starts() {
    let file = std::env::temp_dir().join(format!("zeitgeber-wrong-{}.toml", std::process::id()));
    let text = "domain = 300\npriority = 1\nclock = \"sundial\"\ninterfaces = [\"eth0\"]\n";
    std::fs::write(&file, text).unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_zeitgeberd")).arg("-c").arg(&file).output().unwrap();
    std::fs::remove_file(&file).unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64), "{text}");
    for part in
        ["toml:1:", "300", "0..255", "toml:2:", "priority1", "toml:3:", "sundial", "virtual"]
    {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}

#[test]
fn what_a_later_version_brings_is_refused_by_name() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zeitgeberd"));
    let output = command.args(["--check", "-i", "eth0", "--clock", "/dev/ptp0"]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64), "{text}");
    assert!(text.contains("not available in this version"), "{text}");
}

#[test]
fn what_is_reloaded_back_is_in_force_again() {
    if !wanted("what_is_reloaded_back_is_in_force_again") {
        return;
    }
    let lab = Lab::new(1);
    let file = lab.path("zeitgeberd.toml");
    let write = |priority1: u8, time_source: &str| {
        let text = format!("priority1 = {priority1}\ntime_source = \"{time_source}\"\n");
        std::fs::write(&file, text).unwrap();
    };
    write(50, "gnss");
    let node = node(&lab, 0, &["-c", file.to_str().unwrap(), "--announce-interval=-3"]);
    node.wait_state(Duration::from_secs(5), ClockState::Grandmaster);
    for (priority1, time_source) in [(60, "ntp"), (50, "gnss"), (70, "gnss")] {
        write(priority1, time_source);
        match node.ask(Request::Reload) {
            Some(Answer::Reloaded(reloaded)) => assert!(!reloaded.applied.is_empty()),
            other => panic!("{other:?}"),
        }
        node.wait_for(Duration::from_secs(1), |status| {
            let grandmaster = status.grandmaster.as_ref().map(|grandmaster| grandmaster.priority1);
            grandmaster == Some(priority1)
        });
        match node.ask(Request::Reload) {
            Some(Answer::Reloaded(reloaded)) => assert_eq!(reloaded.applied, [""; 0]),
            other => panic!("{other:?}"),
        }
    }
}

/// Gives a process no new descriptor, or as many as usual.
fn refuse_descriptors(process: &Process, refuse: bool) {
    let id = process.id();
    let most = if refuse {
        (0..1024)
            .find(|fd| std::fs::symlink_metadata(format!("/proc/{id}/fd/{fd}")).is_err())
            .unwrap()
    } else {
        1024
    };
    let limit = format!("--nofile={most}:1024");
    let status = Command::new("prlimit").args(["--pid", &id.to_string(), &limit]).status();
    assert!(status.unwrap().success());
}

/// Processor time of a process, in clock ticks.
fn processor_ticks(process: &Process) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn without_a_descriptor_for_a_client_it_waits_and_does_not_spin() {
    if !wanted("without_a_descriptor_for_a_client_it_waits_and_does_not_spin") {
        return;
    }
    let lab = Lab::new(1);
    let node = node(&lab, 0, &[]);
    node.wait_for(Duration::from_secs(5), |_| true);
    std::thread::sleep(Duration::from_millis(300));
    refuse_descriptors(&node.process, true);
    let _client = std::os::unix::net::UnixStream::connect(&node.control).unwrap();
    let before = processor_ticks(&node.process);
    std::thread::sleep(Duration::from_secs(3));
    let ticks = processor_ticks(&node.process) - before;
    assert!(ticks < 30, "{ticks} ticks of processor time in 3 s");
    refuse_descriptors(&node.process, false);
    node.wait_for(Duration::from_secs(3), |_| true);
}

#[test]
fn sockets_that_cannot_be_opened_at_first_are_opened_later() {
    if !wanted("sockets_that_cannot_be_opened_at_first_are_opened_later") {
        return;
    }
    let lab = Lab::new(2);
    let fast = ["--announce-interval=-2", "--sync-interval=-3", "--delay-interval=-3"];
    let _leader = node(&lab, 0, &[&fast[..], &["--priority1", "10"]].concat());
    let follower = node(&lab, 1, &[&fast[..], &["--client-only"]].concat());
    follower.wait_state(Duration::from_secs(15), ClockState::Locked);
    lab.ip(1, &["link", "set", "eth0", "down"]);
    follower.wait_state(Duration::from_secs(3), ClockState::Holdover);
    std::thread::sleep(Duration::from_millis(200));
    refuse_descriptors(&follower.process, true);
    lab.ip(1, &["link", "set", "eth0", "up"]);
    std::thread::sleep(Duration::from_millis(1500));
    refuse_descriptors(&follower.process, false);
    follower.wait_state(Duration::from_secs(10), ClockState::Locked);
}

#[test]
fn an_error_of_a_socket_is_taken_note_of_once() {
    if !wanted("an_error_of_a_socket_is_taken_note_of_once") {
        return;
    }
    let lab = Lab::new(1);
    let node = node(&lab, 0, &["--announce-interval=-3"]);
    node.wait_state(Duration::from_secs(5), ClockState::Grandmaster);
    for port in [":319", ":320"] {
        let mut abort = lab.command(0, "ss");
        assert!(abort.args(["-K", "-u", "-a", "sport", "=", port]).output().is_ok());
    }
    let before = processor_ticks(&node.process);
    std::thread::sleep(Duration::from_secs(2));
    let ticks = processor_ticks(&node.process) - before;
    assert!(ticks < 20, "{ticks} ticks of processor time in 2 s");
}

#[test]
fn a_port_that_is_not_enabled_is_silent_until_it_is() {
    if !wanted("a_port_that_is_not_enabled_is_silent_until_it_is") {
        return;
    }
    let lab = Lab::new(2);
    let file = lab.path("enabled.toml");
    let configure = |enabled| std::fs::write(&file, format!("enabled = {enabled}\n")).unwrap();
    configure(false);
    let config = file.to_str().unwrap();
    let node = node(&lab, 0, &["--announce-interval=-2", "--sync-interval=-2", "-c", config]);
    let capture = Capture::start(&lab, 1);
    node.wait_for(Duration::from_secs(10), |status| !status.ports.is_empty());
    std::thread::sleep(Duration::from_secs(3));
    assert!(capture.finish("ptp", &["frame.number"]).is_empty());
    configure(true);
    assert!(matches!(node.ask(Request::Reload), Some(Answer::Reloaded(_))));
    node.wait_state(Duration::from_secs(10), ClockState::Grandmaster);
}
