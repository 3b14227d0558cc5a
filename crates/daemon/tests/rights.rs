//! What a user without rights can do, and what is kept of rights.
#![forbid(unsafe_code)]

mod lab;

use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use control::{Answer, ClockState, Request};
use lab::*;

const NET_BIND_SERVICE: u64 = 1 << 10;
/// As setpriv(1) wants it.
const BIND: &str = "+net_bind_service";
const NET_ADMIN: u64 = 1 << 12;
const NET_RAW: u64 = 1 << 13;
const SYS_TIME: u64 = 1 << 25;

/// zeitgeberd as user 65534 with these capabilities and no others.
fn unprivileged(lab: &Lab, host: usize, capabilities: &str, more: &[&str]) -> Process {
    let grant = |list: &str| if list.is_empty() { "-all".into() } else { format!("-all,{list}") };
    let inheritable = grant(capabilities);
    let program = lab.path("zeitgeberd");
    if !program.exists() {
        std::fs::copy(env!("CARGO_BIN_EXE_zeitgeberd"), &program).unwrap();
    }
    let mut command = lab.command(host, "setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    command.arg(format!("--inh-caps={inheritable}")).arg(format!("--bounding-set={inheritable}"));
    if !capabilities.is_empty() {
        command.arg(format!("--ambient-caps={inheritable}"));
    }
    command.arg(&program).args(["-i", "eth0", "--log-level", "info"]);
    let folder = lab.path(&format!("nobody-{host}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::chown(&folder, Some(65_534), Some(65_534)).unwrap();
    command.arg("--control").arg(folder.join("control"));
    command.arg("--clock-page").arg(folder.join("page"));
    command.arg("--state-dir").arg(&folder);
    command.args(more);
    Process::start(command, lab.path(&format!("unprivileged-{host}.log")))
}

fn asked(process: Process, lab: &Lab, host: usize) -> Node {
    let folder = lab.path(&format!("nobody-{host}"));
    Node { process, control: folder.join("control"), page: folder.join("page") }
}

fn effective(process: &Process) -> u64 {
    effective_of(process.id())
}

fn effective_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
    u64::from_str_radix(line.trim(), 16).unwrap()
}

#[test]
fn a_user_with_the_right_to_bind_follows_and_leads() {
    if !wanted("a_user_with_the_right_to_bind_follows_and_leads") {
        return;
    }
    let lab = Lab::new(2);
    let right = "+net_bind_service";
    let clock = ["--clock", "virtual"];
    let leader = unprivileged(&lab, 0, right, &[&clock[..], &["--priority1", "10"]].concat());
    let leader = asked(leader, &lab, 0);
    let follower = unprivileged(&lab, 1, right, &[&clock[..], &["--client-only"]].concat());
    let follower = asked(follower, &lab, 1);
    leader.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
    follower.wait_state(Duration::from_secs(25), ClockState::Locked);
    for node in [&leader, &follower] {
        assert_eq!(effective(&node.process), NET_BIND_SERVICE);
        let log = node.process.lines().join("\n");
        assert!(!log.contains("root"), "{log}");
    }
    assert_eq!(follower.status().unwrap().capabilities, ["CAP_NET_BIND_SERVICE"]);
}

#[test]
fn without_a_right_it_says_what_is_missing_and_ends() {
    if !wanted("without_a_right_it_says_what_is_missing_and_ends") {
        return;
    }
    let lab = Lab::new(1);
    let cases = [("", "0", "319", "CAP_NET_BIND_SERVICE"), (BIND, "7", "eth0", "CAP_NET_ADMIN")];
    for (granted, priority, about, missing) in cases {
        let options = ["--clock", "virtual", "--socket-priority", priority];
        let mut process = unprivileged(&lab, 0, granted, &options);
        let status = process.wait(Duration::from_secs(5)).expect("it ends by itself");
        let log = process.lines().join("\n");
        assert_eq!(status.code(), Some(77), "{log}");
        for part in [about, missing, "setcap", "--cap-add", "AmbientCapabilities="] {
            assert!(log.contains(part), "{part} is not in {log}");
        }
    }
}

#[test]
fn without_the_right_to_packet_sockets_it_says_so_and_with_it_needs_no_other() {
    if !wanted("without_the_right_to_packet_sockets_it_says_so_and_with_it_needs_no_other") {
        return;
    }
    let lab = Lab::new(2);
    let options = ["--clock", "virtual", "--transport", "l2", "--announce-interval=-2"];
    let mut process = unprivileged(&lab, 0, "+net_bind_service", &options);
    let status = process.wait(Duration::from_secs(5)).expect("it ends by itself");
    let log = process.lines().join("\n");
    assert_eq!(status.code(), Some(77), "{log}");
    let line = log.lines().find(|line| line.contains("CAP_NET_RAW")).unwrap();
    for part in ["packet socket on interface eth0", "setcap", "--cap-add", "AmbientCapabilities="] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    let leader = unprivileged(&lab, 0, "+net_raw", &[&options[..], &["--priority1", "9"]].concat());
    let leader = asked(leader, &lab, 0);
    let more = [&options[..], &["--client-only"]].concat();
    let follower = asked(unprivileged(&lab, 1, "+net_raw", &more), &lab, 1);
    leader.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
    follower.wait_state(Duration::from_secs(25), ClockState::Locked);
    assert_eq!(effective(&follower.process), NET_RAW);
}

#[test]
fn above_the_privileged_ports_no_right_is_needed() {
    if !wanted("above_the_privileged_ports_no_right_is_needed") {
        return;
    }
    let lab = Lab::new(1);
    let ports = ["--clock", "virtual", "--event-port", "30319", "--general-port", "30320"];
    let node = asked(unprivileged(&lab, 0, "", &ports), &lab, 0);
    node.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
    assert_eq!(effective(&node.process), 0);
}

#[test]
fn of_all_rights_only_the_needed_are_kept() {
    if !wanted("of_all_rights_only_the_needed_are_kept") {
        return;
    }
    let lab = Lab::new(1);
    let cases: [(&[&str], u64); 7] = [
        (&["--clock", "virtual", "--socket-priority", "6"], NET_BIND_SERVICE),
        (&["--clock", "virtual", "--socket-priority", "7"], NET_BIND_SERVICE | NET_ADMIN),
        (&["--clock", "virtual", "--transport", "udp6"], NET_BIND_SERVICE),
        (&["--clock", "virtual", "--transport", "l2"], NET_RAW),
        (&["--clock", "virtual"], NET_BIND_SERVICE),
        (&["--clock", "observe"], NET_BIND_SERVICE),
        (&["--clock", "virtual", "--event-port", "30319", "--general-port", "30320"], 0),
    ];
    for (more, expected) in cases {
        let node = node(&lab, 0, more);
        node.wait_for(Duration::from_secs(5), |_| true);
        assert_eq!(effective(&node.process), expected, "{more:?}");
    }
}

/// Every call that could touch a clock is refused before the kernel sees it, so that no defect of
/// ours reaches the clock of the machine that runs the tests.
#[test]
fn steering_the_system_clock_keeps_the_right_to() {
    if !wanted("steering_the_system_clock_keeps_the_right_to") {
        return;
    }
    let lab = Lab::new(1);
    let (trace, control) = (lab.path("clock-calls"), lab.path("control-0"));
    let calls = "clock_adjtime,adjtimex,clock_settime,settimeofday";
    let mut command = lab.command(0, "strace");
    command.args(["-f", "-qq", "-e", &format!("trace={calls}")]);
    command.args(["-e", &format!("inject={calls}:error=EPERM"), "-o"]).arg(&trace);
    command.arg(env!("CARGO_BIN_EXE_zeitgeberd")).args(["-i", "eth0", "--clock", "system"]);
    command.args(["--client-only", "--control"]).arg(&control);
    command.arg("--state-dir").arg(lab.path("state-0"));
    let process = Process::start(command, lab.path("steering.log"));
    let node = Node { process, control, page: lab.path("none") };
    node.wait_for(Duration::from_secs(10), |_| true);
    let daemon = node.status().unwrap().pid;
    let _ends = Ends(daemon);
    assert_eq!(effective_of(daemon), NET_BIND_SERVICE | SYS_TIME);
    std::thread::sleep(Duration::from_secs(10));
    // Without a source it asks once, at the start, for the frequency that is applied.
    let calls = std::fs::read_to_string(&trace).unwrap();
    assert!(calls.lines().count() <= 1, "{calls}");
}

#[test]
fn without_the_right_to_steer_it_says_so_and_goes_on() {
    if !wanted("without_the_right_to_steer_it_says_so_and_goes_on") {
        return;
    }
    let lab = Lab::new(1);
    let process = unprivileged(&lab, 0, "+net_bind_service", &["--clock", "system"]);
    let node = asked(process, &lab, 0);
    node.wait_for(Duration::from_secs(5), |status| {
        status.notes.iter().any(|note| note.contains("CAP_SYS_TIME"))
    });
}

#[test]
fn it_becomes_the_configured_user_and_keeps_what_it_needs() {
    if !wanted("it_becomes_the_configured_user_and_keeps_what_it_needs") {
        return;
    }
    let lab = Lab::new(1);
    let node = node(&lab, 0, &["--user", "65534", "--control-group", "12345"]);
    node.wait_for(Duration::from_secs(5), |_| true);
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.process.id())).unwrap();
    assert!(status.contains("Uid:\t65534\t65534\t65534\t65534"), "{status}");
    assert!(status.contains("Gid:\t65534\t65534\t65534\t65534"), "{status}");
    assert_eq!(effective(&node.process), NET_BIND_SERVICE);
    let socket = std::fs::metadata(&node.control).unwrap();
    let owner = (MetadataExt::uid(&socket), MetadataExt::gid(&socket));
    assert_eq!(owner, (65_534, 12_345));
}

#[test]
fn a_user_that_does_not_exist_is_a_mistake_in_the_configuration() {
    if !wanted("a_user_that_does_not_exist_is_a_mistake_in_the_configuration") {
        return;
    }
    let lab = Lab::new(1);
    let mut node = node(&lab, 0, &["--user", "nobody-at-all"]);
    assert_eq!(node.process.wait(Duration::from_secs(5)).unwrap().code(), Some(64));
}

/// Who may connect may ask; only the socket's owner, its group and root may order.
#[test]
fn a_stranger_may_ask_and_not_order() {
    if let Some(path) = std::env::var_os("ZEITGEBER_ASK_AT") {
        return ask_as_a_stranger(path.into());
    }
    if !wanted("a_stranger_may_ask_and_not_order") {
        return;
    }
    let lab = Lab::new(1);
    let node = node(&lab, 0, &["--control-mode", "0666"]);
    node.wait_for(Duration::from_secs(5), |_| true);
    assert!(matches!(node.ask(Request::Reload), Some(Answer::Reloaded(_))));
    let program = lab.path("stranger");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut stranger = std::process::Command::new("setpriv");
    stranger.args(["--reuid", "12345", "--regid", "12345", "--clear-groups"]).arg(&program);
    stranger.args(["--exact", "a_stranger_may_ask_and_not_order"]);
    let output = stranger.env("ZEITGEBER_ASK_AT", &node.control).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

fn ask_as_a_stranger(control: std::path::PathBuf) {
    use std::io::{BufRead, BufReader, Write};
    let mut stream = std::os::unix::net::UnixStream::connect(control).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
    for (request, expected) in [(Request::Status, "{\"status\""), (Request::Reload, "forbidden")] {
        stream.write_all(request.to_line().as_bytes()).unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert!(answer.contains(expected), "{answer}");
    }
}
