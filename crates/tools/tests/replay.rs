//! `zeitgeber replay` from outside: records in, text, JSON, a page and exit codes out.

#[path = "../../record/tests/world/mod.rs"]
mod world;

use std::path::Path;
use std::process::Command;

use servo::ControlKind;
use world::{Folder, World};

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn replay(arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zeitgeber"));
    let output = command.arg("replay").args(arguments).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Two files of a run, the older one first.
fn recorded(folder: &Folder) -> [String; 2] {
    let mut world = World::recorded(ControlKind::Kalman, folder.place(65_536, 1));
    let mut exchanges = 0;
    while !folder.0.join("record.1").exists() {
        world.exchange();
        exchanges += 1;
    }
    (0..exchanges / 2).for_each(|_| world.exchange());
    world.servo.end();
    ["record.1", "record"].map(|name| folder.0.join(name).display().to_string())
}

#[test]
fn a_record_is_reproduced_and_other_servos_are_compared() {
    let folder = Folder::new("tools-replay");
    let [older, newer] = recorded(&folder);
    let ran = replay(&[&newer, &older]);
    println!("{}", ran.out);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("bit for bit") && ran.out.contains("octets for each"));

    let servos = ["--servo", "kalman,pi", "--servo", "pi-hardware", "--servo", "linreg"];
    let report = folder.0.join("report").display().to_string();
    let more = ["--json", "--report", &report];
    let ran = replay(&[&[&older[..], &newer], &servos[..], &more].concat());
    let object: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["bit_for_bit"], true);
    let rows = object["servos"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    let rms = |i: usize| rows[i]["rms_ns"].as_f64().unwrap();
    assert!((rms(0) / rms(1) - 1.0).abs() < 0.1, "the same servo again: {rows:?}");
    assert!(rms(3) > 2.0 * rms(0), "the gains for hardware stamps: {rows:?}");
    let page = std::fs::read_to_string(Path::new(&report).join("replay.html")).unwrap();
    assert!(page.contains("MTIE") && page.len() < 1_000_000);
    let text = replay(&[&[&older[..], &newer], &servos[..]].concat()).out;
    println!("{text}");
    assert!(text.contains("pi-hardware") && text.contains("ppb"));
}

#[test]
fn what_is_not_whole_is_named_and_kept() {
    let folder = Folder::new("tools-broken");
    let [older, newer] = recorded(&folder);
    let lone = replay(&[&newer]);
    assert_eq!(lone.code, 3, "{}", lone.out);
    assert!(lone.out.contains("nothing was checked bit for bit"), "{}", lone.out);

    let cut = folder.0.join("cut").display().to_string();
    let octets = std::fs::read(&older).unwrap();
    std::fs::write(&cut, &octets[..octets.len() / 2]).unwrap();
    let ran = replay(&[&cut]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("bit for bit") && ran.out.contains("the record is broken: read"));

    std::fs::write(&cut, b"no record at all").unwrap();
    let ran = replay(&[&cut]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("cut: it is no record"), "{}", ran.err);
    let ran = replay(&[&older, &older]);
    assert!(ran.code == 2 && ran.err.contains("twice"), "{}", ran.err);
    assert!(replay(&["/nowhere"]).err.contains("/nowhere: "));
}
