//! What the daemon records of a real exchange is replayed bit for bit; trouble with the record is
//! none for the clock.
#![forbid(unsafe_code)]

mod lab;

use std::process::Command;
use std::time::Duration;

use control::{Answer, ClockState, Request};
use lab::*;
use record::{Entry, Reader, chain, replay};

const FAST: [&str; 3] = ["--client-only", "--delay-interval=-5", "--virtual-rate-ppb=23456"];

fn read(path: &std::path::Path) -> Reader {
    Reader::new(std::fs::read(path).unwrap()).unwrap()
}

/// Over a change of files, and with another place by a reload.
#[test]
fn a_run_beside_ptp4l_is_replayed_bit_for_bit() {
    if !wanted("a_run_beside_ptp4l_is_replayed_bit_for_bit") {
        return;
    }
    let _quiet = quiet();
    let lab = Lab::new(2);
    let _leader =
        ptp4l(&lab, 0, &["priority1 10", "logSyncInterval -5", "logMinDelayReqInterval -5"]);
    let (first, second) = (lab.path("first"), lab.path("second"));
    let file = lab.path("recording.toml");
    let configure = |record: &std::path::Path| {
        let text = format!("record = \"{}\"\nrecord_max_bytes = 65536\n", record.display());
        std::fs::write(&file, text).unwrap();
    };
    configure(&first);
    let node = node(&lab, 1, &[&FAST[..], &["-c", file.to_str().unwrap()]].concat());
    node.wait_state(Duration::from_secs(30), ClockState::Locked);
    // Until a file was exchanged for a new one.
    let older = lab.path("first.1");
    node.wait_for(Duration::from_secs(90), |_| older.exists());
    configure(&second);
    match node.ask(Request::Reload) {
        Some(Answer::Reloaded(done)) => assert_eq!(done.applied.len(), 1, "{done:?}"),
        other => panic!("{other:?}"),
    }
    std::thread::sleep(Duration::from_secs(2));
    let steps = node.status().unwrap().steps;
    node.process.signal("-TERM");
    let mut node = node;
    assert!(node.process.wait(Duration::from_secs(3)).is_some());

    let octets: u64 = [&first, &older].map(|path| path.metadata().unwrap().len()).iter().sum();
    let (mut stepped, mut syncs) = (0, 0);
    let mut files = chain(vec![read(&first), read(&older)]).unwrap();
    let replayed = replay(&mut files, |step| match step.entry {
        Entry::Actuated(actuation) => stepped += u64::from(actuation.step != time::Span::ZERO),
        Entry::Measured(m, _) => {
            syncs += u64::from(matches!(m.exchange, time::Exchange::Sync { .. }));
        }
        _ => {}
    });
    println!("{replayed:?}\n{:.1} octets for an exchange", octets as f64 / syncs as f64);
    assert!(replayed.is_same(), "{replayed:?}");
    assert!(replayed.estimates > 700 && replayed.decisions > 300, "{replayed:?}");
    assert_eq!(stepped, steps);
    assert!(replayed.ended, "by the reload");
    // The second record begins in the middle of a run and says so.
    let mut middle = [read(&second)];
    let replayed = replay(&mut middle, |_| {});
    assert!(!replayed.whole && replayed.ended && replayed.broken.is_none(), "{replayed:?}");
}

#[test]
fn a_record_that_cannot_be_written_is_one_line_and_time_goes_on() {
    if !wanted("a_record_that_cannot_be_written_is_one_line_and_time_goes_on") {
        return;
    }
    let lab = Lab::new(2);
    let fast = ["--announce-interval=-2", "--sync-interval=-4", "--delay-interval=-4"];
    let _leader = node(&lab, 0, &[&fast[..], &["--priority1", "10"]].concat());
    let small = Small::new(lab.path("small"));
    let record = small.0.join("record");
    let option = ["--client-only", "--record", record.to_str().unwrap()];
    let node = node(&lab, 1, &[&fast[..], &option].concat());
    let said = || {
        let lines = node.process.lines();
        lines.iter().filter(|line| line.contains("the record ends")).count()
    };
    node.wait_for(Duration::from_secs(40), |_| said() > 0);
    node.wait_state(Duration::from_secs(20), ClockState::Locked);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(said(), 1);
    let mut files = [read(&record)];
    let replayed = replay(&mut files, |_| {});
    assert!(replayed.estimates > 50 && replayed.difference.is_none(), "{replayed:?}");
    assert!(replayed.broken.is_none() && !replayed.ended, "{replayed:?}");
}

/// A file system in memory that is gone when dropped.
struct Small(std::path::PathBuf);

impl Small {
    fn new(place: std::path::PathBuf) -> Small {
        std::fs::create_dir_all(&place).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8k", "tmpfs"]).arg(&place);
        assert!(mount.status().unwrap().success());
        Small(place)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
