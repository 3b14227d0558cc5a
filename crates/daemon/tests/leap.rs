//! Leap seconds, rehearsed: a grandmaster announces one, a boundary clock and a receiver follow, all
//! on virtual clocks. TAI does not notice, UTC does, and tshark sees what is announced.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use control::ClockState;
use lab::*;
use linux::{PageReader, mono_now};
use time::{Span, Timescale, Timestamp};

const FAST: [&str; 3] = ["--announce-interval=-2", "--sync-interval=-3", "--delay-interval=-3"];

/// The midnight that ends 2026-12-31, in POSIX seconds.
const MIDNIGHT: i64 = 1_798_761_600;
/// TAI - UTC until then.
const BEFORE: i64 = 37;
/// How long the clocks have before it happens.
const AHEAD_S: i64 = 20;
/// Within this after it, everybody is to know.
const TOLD: Span = Span::from_nanos(1_500_000_000);

/// The bit of `CAP_SYS_TIME`.
const SYS_TIME: u64 = 1 << 25;

/// What a clock's page shows: its time, TAI - UTC, and how far the time is from the grandmaster's.
#[derive(Clone, Copy, Debug)]
struct Look {
    tai: Timestamp,
    offset: Option<i16>,
    off: Span,
}

fn look(pages: &[PageReader]) -> Vec<Look> {
    let now = mono_now();
    let readings: Vec<_> = pages.iter().map(|page| page.now(now).unwrap()).collect();
    let look = |reading: &linux::PageReading| {
        assert_eq!(reading.contents.timescale, Timescale::Tai);
        let offset = reading.contents.utc_offset.map(time::UtcOffset::seconds);
        Look { tai: reading.time, offset, off: reading.time - readings[0].time }
    };
    readings.iter().map(look).collect()
}

fn rehearse(change: i64, flag: &str) {
    let _quiet = quiet();
    let chain = Chain::new(3, &[(0, 1), (1, 2)]);
    let moment = MIDNIGHT + BEFORE + change;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let ahead_ns = (moment - AHEAD_S - BEFORE - now) * 1_000_000_000;
    let what = format!("--leap-second=2026-12-31{change:+}");
    // All live on the eve of it, a few milliseconds apart.
    let start = |host: usize, interfaces: &[&str], more: &[&str]| {
        let offset = format!("--virtual-offset-ns={}", ahead_ns + 3_000_000 * host as i64);
        let eve = ["--virtual-timescale=tai", &offset];
        node_on(&chain, host, interfaces, &[&FAST[..], &eve, more].concat())
    };
    let leader = start(0, &["e0"], &["--priority1=10", &what]);
    let boundary = start(1, &["e0", "e1"], &["--priority1=250"]);
    // Whoever begins with the boundary clock's own time would have to slew after its step.
    boundary.wait_for(Duration::from_secs(8), |status| {
        status.state == ClockState::Locked && status.steps_removed == Some(1)
    });
    let capture = Capture::start_on(&chain, 2, "e1");
    let end = start(2, &["e1"], &["--client-only"]);
    let nodes = [&leader, &boundary, &end];
    end.wait_state(Duration::from_secs(8), ClockState::Locked);
    let steps: Vec<u64> = nodes.iter().map(|node| node.status().unwrap().steps).collect();
    let pages: Vec<_> = nodes.iter().map(|node| PageReader::open(&node.page).unwrap()).collect();
    let at = Timestamp::new(moment, 0);
    let (mut before, mut after) = (0, 0);
    loop {
        let looks = look(&pages);
        for (node, Look { tai, offset, off }) in looks.iter().enumerate() {
            assert!(off.abs() < Span::from_nanos(50_000), "node {node} is {off} off at {tai}");
            let offset = offset.map(i64::from);
            if *tai < at - Span::MILLISECOND {
                assert_eq!(offset, Some(BEFORE), "node {node}, {} before", at - *tai);
                before += 1;
            } else if *tai > at + TOLD {
                assert_eq!(offset, Some(BEFORE + change), "node {node}, {} after", *tai - at);
                after += 1;
            }
        }
        if looks[0].tai > at + Span::from_seconds(5) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(before > 10 && after > 100, "{before} looks before, {after} after");
    for (node, steps) in nodes.iter().zip(steps) {
        let status = node.status().unwrap();
        assert_eq!((status.steps, status.utc_offset), (steps, Some((BEFORE + change) as i16)));
        assert_ne!(status.state, ClockState::Acquiring);
    }
    announced(capture, change, flag);
}

/// What the boundary clock said, by tshark: the flag until it happens, then the new offset.
fn announced(capture: Capture, change: i64, flag: &str) {
    let flag = format!("ptp.v2.flags.{flag}");
    let lines =
        capture.finish("ptp.v2.messagetype == 0xb", &[&flag, "ptp.v2.an.origincurrentutcoffset"]);
    let said: Vec<(bool, i64)> = lines
        .iter()
        .map(|line| (["1", "True"].contains(&line[0].as_str()), line[1].parse().unwrap()))
        .collect();
    let first = said.iter().position(|said| *said == (true, BEFORE)).expect("it is announced");
    let then = said.iter().position(|said| *said == (false, BEFORE + change)).expect("and happens");
    assert!(then > first + 8, "{first} {then}");
    assert!(said[first..then].iter().all(|said| *said == (true, BEFORE)), "{said:?}");
    assert!(said[then..].iter().all(|said| *said == (false, BEFORE + change)), "{said:?}");
}

#[test]
fn a_leap_second_is_inserted_and_only_utc_notices() {
    if wanted("a_leap_second_is_inserted_and_only_utc_notices") {
        rehearse(1, "li61");
    }
}

#[test]
fn a_leap_second_is_deleted_and_only_utc_notices() {
    if wanted("a_leap_second_is_deleted_and_only_utc_notices") {
        rehearse(-1, "li59");
    }
}

/// Tells ptp4l what to say of its time.
fn tell(chain: &Chain, settings: &str) {
    let mut answer = String::new();
    for _ in 0..10 {
        let mut pmc = chain.command(0, "pmc");
        pmc.args(["-u", "-b", "0", "-s"]).arg(chain.path("ptp4l-0.sock"));
        pmc.arg("-i").arg(chain.path("pmc.sock"));
        let output = pmc.arg(format!("SET GRANDMASTER_SETTINGS_NP {settings}")).output().unwrap();
        answer = String::from_utf8_lossy(&output.stdout).into_owned();
        if answer.contains("RESPONSE MANAGEMENT GRANDMASTER_SETTINGS_NP") {
            return;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    panic!("{answer}");
}

/// The system's clock is the kernel's: no call that could move it is let through, here by strace,
/// which answers itself, and besides by the want of the right to.
#[test]
fn the_kernel_is_told_of_a_leap_second() {
    if !wanted("the_kernel_is_told_of_a_leap_second") {
        return;
    }
    let _quiet = quiet();
    let chain = Chain::new(2, &[(0, 1)]);
    let fast = ["logAnnounceInterval -2", "logSyncInterval -3", "logMinDelayReqInterval -3"];
    let _leader = ptp4l_on(&chain, 0, &["e0"], &fast);
    let (trace, control) = (chain.path("clock-calls"), chain.path("control-1"));
    let mut command = chain.command(1, "setpriv");
    command.args(["--bounding-set=-sys_time", "--inh-caps=-sys_time", "strace", "-f", "-qq"]);
    command.args(["-e", "trace=clock_adjtime,adjtimex,clock_settime,settimeofday"]);
    command.args(["-e", "inject=clock_adjtime:retval=0", "-o"]).arg(&trace);
    command.args(["-e", "inject=adjtimex,clock_settime,settimeofday:error=EPERM"]);
    command.arg(env!("CARGO_BIN_EXE_zeitgeberd")).args(["-i", "e0", "--clock", "system"]);
    // ptp4l with software stamps sends UTC whatever it says that it is.
    command.args(["--utc-offset=0", "--client-only", "--control"]).arg(&control);
    command.arg("--state-dir").arg(chain.path("state-1")).args(FAST);
    let process = Process::start(command, chain.path("node-1.log"));
    let mut node = Node { process, control, page: chain.path("none") };
    node.wait_for(Duration::from_secs(10), |_| true);
    let daemon = node.status().unwrap().pid;
    let _ends = Ends(daemon);
    let quality = "clockClass 248 clockAccuracy 0xfe offsetScaledLogVariance 0xffff";
    let rest = "timeTraceable 0 frequencyTraceable 0 timeSource 0xa0";
    let valid = "currentUtcOffsetValid 1";
    let says = |leap: &str| {
        tell(
            &chain,
            &format!("{quality} currentUtcOffset 37 {leap} {valid} ptpTimescale 1 {rest}"),
        );
    };
    says("leap61 0 leap59 0");
    node.wait_state(Duration::from_secs(30), ClockState::Locked);
    let rights = std::fs::read_to_string(format!("/proc/{daemon}/status")).unwrap();
    let effective = rights.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
    let effective = u64::from_str_radix(effective.trim(), 16).unwrap();
    assert_eq!(effective & SYS_TIME, 0, "{effective:x}");
    let told = |what: &str| {
        let start = std::time::Instant::now();
        loop {
            let calls = std::fs::read_to_string(&trace).unwrap();
            let last = calls.lines().rfind(|line| line.contains("modes=ADJ_STATUS"));
            if last.is_some_and(|line| line.contains(&format!("status={what},"))) {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(15), "never {what}:\n{calls}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    told("0");
    says("leap61 1 leap59 0");
    told("STA_INS");
    says("leap61 0 leap59 0");
    told("0");
    says("leap61 0 leap59 1");
    told("STA_DEL");
    let calls = std::fs::read_to_string(&trace).unwrap();
    assert!(calls.lines().all(|line| line.contains("INJECTED")), "{calls}");
    std::process::Command::new("kill").arg(daemon.to_string()).status().unwrap();
    assert!(node.process.wait(Duration::from_secs(10)).is_some(), "strace ends with the daemon");
}
