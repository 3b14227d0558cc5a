//! What the running daemon takes: threads, system calls, memory.
#![forbid(unsafe_code)]

mod lab;

use std::collections::BTreeMap;
use std::time::Duration;

use control::ClockState;
use lab::*;

const LENGTH: Duration = Duration::from_secs(30);

/// How often each system call was made, and the largest number of threads.
fn trace(lab: &Lab, node: &Node, host: usize) -> BTreeMap<String, u32> {
    let file = lab.path(&format!("strace-{host}"));
    let id = node.process.id().to_string();
    let mut command = std::process::Command::new("strace");
    command.args(["-f", "-qq", "-o"]).arg(&file).args(["-p", &id]);
    let tracer = Process::start(command, lab.path("strace.log"));
    std::thread::sleep(LENGTH);
    tracer.signal("-INT");
    std::thread::sleep(Duration::from_secs(1));
    let mut calls = BTreeMap::new();
    let mut threads = std::collections::BTreeSet::new();
    for line in std::fs::read_to_string(&file).unwrap().lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        threads.insert(thread.to_owned());
        let name = call.trim().split('(').next().unwrap();
        *calls.entry(name.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(threads.len(), 1, "{threads:?}");
    calls
}

fn is_lean(lab: &Lab, node: &Node, host: usize) {
    let calls = trace(lab, node, host);
    println!("{calls:?}");
    let total: u32 = calls.values().sum();
    for forbidden in ["brk", "mmap", "mremap", "epoll_wait", "epoll_pwait", "ppoll", "select"] {
        assert!(!calls.contains_key(forbidden), "{calls:?}");
    }
    assert!(calls.contains_key("poll"), "{calls:?}");
    let per_second = f64::from(total) / LENGTH.as_secs_f64();
    assert!(per_second < 40.0, "{per_second} system calls a second: {calls:?}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.process.id())).unwrap();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: u64 = kib.split_whitespace().next().unwrap().parse().unwrap();
    println!("{per_second:.1} system calls a second, {kib} KiB");
    assert!(kib < 6 * 1024, "{kib} KiB");
}

#[test]
fn one_thread_one_wait_few_calls_little_memory() {
    if !wanted("one_thread_one_wait_few_calls_little_memory") {
        return;
    }
    let lab = Lab::new(2);
    let leader = node(&lab, 0, &["--priority1", "10"]);
    // With a record, which is to cost one write a second and no memory.
    let record = lab.path("record");
    let follower = node(&lab, 1, &["--client-only", "--record", record.to_str().unwrap()]);
    follower.wait_state(Duration::from_secs(30), ClockState::Locked);
    std::thread::scope(|scope| {
        scope.spawn(|| is_lean(&lab, &leader, 0));
        scope.spawn(|| is_lean(&lab, &follower, 1));
    });
}
