//! The system's clock of a virtual machine, which follows a grandmaster of ours outside: stepped,
//! steered, and taken over a leap second, by the real kernel calls.
#![forbid(unsafe_code)]

mod lab;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use control::{Answer, ClockState, Status};
use lab::*;

const FAST: [&str; 3] = ["--announce-interval=-2", "--sync-interval=-3", "--delay-interval=-3"];

/// The midnight that ends 2026-12-31, in POSIX seconds.
const MIDNIGHT: i64 = 1_798_761_600;
/// TAI - UTC until then.
const BEFORE: i64 = 37;

/// Definitions for the scripts here.
const BEGIN: &str = r#"
set -e
ip address add 10.0.9.2/24 dev eth0; ip link set eth0 up
follow() {
    zeitgeberd -i eth0 --client-only --clock system --control control --state-dir state \
        --announce-interval=-2 --sync-interval=-3 --delay-interval=-3 "$@" > ours.log 2>&1 &
    ours=$!
    zeitgeber wait --locked --timeout 60 --control control || { cat ours.log; exit 1; }
}
says() { zeitgeber status --json --control control; }
kernel() { adjtimex | tr -d '\n' | tr -s ' '; }
"#;

/// A grandmaster on a virtual clock, so far ahead of the machine's, and a virtual machine that
/// starts at a date and runs a script.
fn beside(
    name: &str,
    (ahead_ns, leads): (i64, &[&str]),
    starts_at: &str,
    script: &str,
) -> Option<Vec<String>> {
    if !wanted(name) {
        return None;
    }
    let _quiet = quiet();
    let chain = Chain::new(1, &[]);
    let ip = |args: &[&str]| {
        let mut command = chain.command(0, "ip");
        assert!(command.args(args).status().unwrap().success(), "{args:?}");
    };
    ip(&["tuntap", "add", "e0", "mode", "tap"]);
    ip(&["address", "add", "10.0.9.1/24", "dev", "e0"]);
    ip(&["link", "set", "e0", "up"]);
    let ahead = format!("--virtual-offset-ns={ahead_ns}");
    let lead = ["--virtual-timescale=tai", "--priority1=10", &ahead];
    let _leader = node_on(&chain, 0, &["e0"], &[&FAST[..], &lead, leads].concat());
    let mut guest = Guest::new(chain.path("guest"), Pace::RealTime);
    let date = format!("base={starts_at}");
    for option in ["-rtc", &date, "-netdev", NETDEV, "-device", "virtio-net-pci,netdev=n,romfile="]
    {
        guest.options.push(option.to_owned());
    }
    let process = guest.boot(&format!("{BEGIN}{script}"), chain.command(0, EMULATOR));
    let lines = finish(process, Duration::from_secs(150));
    println!("{}", lines.join("\n"));
    Some(lines)
}

const NETDEV: &str = "tap,id=n,ifname=e0,script=no,downscript=no";

fn status(lines: &[String], name: &str) -> Status {
    let line = format!("{{\"status\":{}}}", value(lines, name));
    match Answer::parse(line.as_bytes()) {
        Ok(Answer::Status(status)) => *status,
        other => panic!("{other:?}"),
    }
}

fn now_s() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// A number that `adjtimex` prints behind a name.
fn kernel(lines: &[String], name: &str, what: &str) -> i64 {
    let (_, rest) = value(lines, name).split_once(what).unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_system_clock_is_stepped_once_and_steered() {
    let lines = beside(
        "the_system_clock_is_stepped_once_and_steered",
        (0, &["--virtual-rate-ppb=25000"]),
        // Years behind.
        "2026-10-01T00:00:00",
        r#"
        echo "begin $(kernel)"
        follow
        sleep 20
        echo "date $(date +%s)"
        echo "after $(says)"
        echo "kernel $(kernel)"
        kill $ours; wait $ours || true
        echo "left $(kernel)"
        "#,
    );
    let Some(lines) = lines else { return };
    let after = status(&lines, "after");
    assert_eq!((after.state, after.steps), (ClockState::Locked, 1));
    let off = value(&lines, "date").parse::<i64>().unwrap() - now_s();
    assert!((-30..=1).contains(&off), "{off} s");
    // The grandmaster is 25 ppm fast, and so is what follows it, give or take what the emulator's
    // own pauses look like: 65536 is 1 ppm.
    let ppm = kernel(&lines, "kernel", "freq.adjust:") as f64 / 65_536.0;
    assert!((5.0..60.0).contains(&ppm), "{ppm} ppm");
    assert!(!value(&lines, "kernel").contains("UNSYNC"), "the kernel is told that it is right");
    assert!(value(&lines, "left").contains("UNSYNC"), "and that nobody cares any more");
    let left = kernel(&lines, "left", "freq.adjust:") as f64 / 65_536.0;
    assert!((5.0..60.0).contains(&left), "the frequency is left in place: {left} ppm");
}

/// `change` is the leap second's; the kernel says what it did with it.
fn over_a_leap_second(name: &str, change: i64, kernel_says: &str) {
    // Time enough for the virtual machine to start and to follow.
    const EVE_S: i64 = 45;
    let ahead_s = MIDNIGHT - EVE_S - now_s();
    let what = format!("--leap-second=2026-12-31{change:+}");
    let lines = beside(
        name,
        (ahead_s * 1_000_000_000, &[&what]),
        "2026-12-31T23:58:00",
        r#"
        follow
        echo "before $(says)"
        sleep 5
        echo "armed $(kernel)"
        while ! dmesg | grep -q 'leap second'; do sleep 0.2; date > now; [ $(date +%s) -lt 1798761640 ]; done
        sleep 8
        echo "after $(says)"
        echo "kernel $(dmesg | grep 'leap second')"
        "#,
    );
    let Some(lines) = lines else { return };
    let before = status(&lines, "before");
    assert_eq!(before.utc_offset, Some(BEFORE as i16));
    let after = status(&lines, "after");
    assert_eq!((after.state, after.steps), (ClockState::Locked, before.steps));
    assert_eq!(after.utc_offset, Some((BEFORE + change) as i16));
    // A kernel that did not count it would leave a whole second.
    let offset = after.offset_ns.unwrap();
    assert!(offset.abs() < 20e6, "{offset} ns");
    assert!(value(&lines, "kernel").contains(kernel_says), "{kernel_says}");
}

#[test]
fn the_kernel_inserts_a_leap_second_and_the_clock_stays_locked() {
    let name = "the_kernel_inserts_a_leap_second_and_the_clock_stays_locked";
    over_a_leap_second(name, 1, "inserting leap second 23:59:60 UTC");
}

#[test]
fn the_kernel_deletes_a_leap_second_and_the_clock_stays_locked() {
    let name = "the_kernel_deletes_a_leap_second_and_the_clock_stays_locked";
    over_a_leap_second(name, -1, "deleting leap second 23:59:59 UTC");
}
