//! `zeitgeber analyze` from outside: captures and records in, what is known and what is odd out.

#[path = "../../record/tests/world/mod.rs"]
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use pcap_file::pcap::{PcapPacket, PcapReader, PcapWriter};
use serde_json::Value;
use servo::ControlKind;
use world::{Folder, World};

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn analyze(arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zeitgeber"));
    let output = command.arg("analyze").args(arguments).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn json(path: &Path, more: &[&str]) -> Value {
    let ran = analyze(&[&["--json", path.to_str().unwrap()], more].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", path.display());
    serde_json::from_str(&ran.out).unwrap()
}

fn capture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wire/tests/vectors").join(name)
}

/// The columns that tshark reads of each PTP message; nothing where there is no tshark.
fn tshark(path: &Path, columns: &[&str]) -> Option<Vec<Vec<String>>> {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(path).args(["-Y", "ptp", "-T", "fields"]);
    command.args(columns.iter().flat_map(|column| ["-e", column]));
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            let ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!ci, "tshark is missing: {error}");
            // The test runner keeps what eprintln! says of a test that passes to itself.
            let line = format!("SKIPPED: tshark is missing: {error}\n");
            let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
            return None;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

/// `0x0278…` as `02:78:…`.
fn identity(hex: &str) -> String {
    let digits = hex.trim_start_matches("0x");
    (0..8).map(|i| digits[2 * i..2 * i + 2].to_owned()).collect::<Vec<_>>().join(":")
}

#[test]
fn who_speaks_is_what_tshark_counts() {
    let names = [
        ("Sync", "0x00"),
        ("Delay_Req", "0x01"),
        ("Pdelay_Req", "0x02"),
        ("Pdelay_Resp", "0x03"),
        ("Follow_Up", "0x08"),
        ("Delay_Resp", "0x09"),
        ("Pdelay_Resp_Follow_Up", "0x0a"),
        ("Announce", "0x0b"),
        ("Signaling", "0x0c"),
        ("Management", "0x0d"),
    ];
    let columns = ["clockidentity", "sourceportid", "domainnumber", "messagetype"]
        .map(|c| format!("ptp.v2.{c}"));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    for name in ["udp4-e2e", "smpte-udp4", "gptp-l2", "g8275-1", "udp6-p2p", "bc-l2-up"] {
        let path = capture(&format!("{name}.pcap"));
        let Some(rows) = tshark(&path, &columns) else { return };
        let mut theirs: BTreeMap<(String, u64, String), u64> = BTreeMap::new();
        for row in rows {
            let port = format!("{}-{}", identity(&row[0]), row[1]);
            let kind = names.iter().find(|(_, number)| *number == row[3]).unwrap().0;
            *theirs.entry((port, row[2].parse().unwrap(), kind.to_owned())).or_default() += 1;
        }
        let object = json(&path, &[]);
        let ours = object["speakers"].as_array().unwrap().iter().map(|speaker| {
            let text = |key: &str| speaker[key].as_str().unwrap().to_owned();
            let domain = speaker["domain"].as_u64().unwrap();
            ((text("port"), domain, text("message")), speaker["count"].as_u64().unwrap())
        });
        assert_eq!(ours.collect::<BTreeMap<_, _>>(), theirs, "{name}");
    }
}

#[test]
fn the_one_way_series_is_what_tshark_extracts() {
    let path = capture("smpte-udp4.pcap");
    let columns = [
        "frame.time_epoch",
        "ptp.v2.messagetype",
        "ptp.v2.sequenceid",
        "ptp.v2.correction.ns",
        "ptp.v2.fu.preciseorigintimestamp.seconds",
        "ptp.v2.fu.preciseorigintimestamp.nanoseconds",
    ];
    let Some(rows) = tshark(&path, &columns) else { return };
    let nanos = |text: &str| {
        let (seconds, fraction) = text.split_once('.').unwrap();
        seconds.parse::<i64>().unwrap() * 1_000_000_000 + fraction.parse::<i64>().unwrap()
    };
    let number = |text: &str| text.parse::<i64>().unwrap();
    let mut arrived: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut differences = Vec::new();
    for row in &rows {
        if row[1] == "0x00" {
            arrived.insert(row[2].clone(), (nanos(&row[0]), number(&row[3])));
        } else if row[1] == "0x08" {
            let (at, correction) = arrived[&row[2]];
            let origin = number(&row[4]) * 1_000_000_000 + number(&row[5]);
            differences.push(at - origin - correction - number(&row[3]));
        }
    }
    let object = json(&path, &[]);
    let down = &object["directions"][0];
    assert_eq!(down["count"].as_u64().unwrap(), differences.len() as u64);
    let floor = *differences.iter().min().unwrap();
    // The correction of tshark is in whole nanoseconds.
    assert!((down["floor_ns"].as_i64().unwrap() - floor).abs() <= 1, "{floor} {down}");
    assert_eq!((object["one_step"].as_u64(), object["two_step"].as_u64()), (Some(0), Some(120)));
}

#[test]
fn every_capture_is_analyzed_and_explained() {
    let folder = std::fs::read_dir(capture("")).unwrap();
    let files = folder.map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|found| found == "pcap")) {
        let ran = analyze(&[path.to_str().unwrap()]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", path.display());
        assert!(ran.out.contains("Nothing is odd.") || ran.out.contains("What is odd:"));
    }
}

/// A frame of a capture: when it was captured, and its octets.
type Frame = (Duration, Vec<u8>);

/// The capture with some frames changed, in another file.
fn changed(name: &str, change: impl FnOnce(&mut Vec<Frame>)) -> PathBuf {
    let mut reader =
        PcapReader::new(std::fs::File::open(capture("smpte-udp4.pcap")).unwrap()).unwrap();
    let mut frames = Vec::new();
    while let Some(packet) = reader.next_packet() {
        let packet = packet.unwrap();
        frames.push((packet.timestamp, packet.data.into_owned()));
    }
    change(&mut frames);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("analyze-{name}.pcap"));
    let mut writer = PcapWriter::new(std::fs::File::create(&path).unwrap()).unwrap();
    for (at, octets) in frames {
        let packet = PcapPacket::new(at, octets.len() as u32, &octets);
        writer.write_packet(&packet).unwrap();
    }
    path
}

/// Ethernet, IPv4 and UDP come before it.
const PTP: usize = 42;

/// Where messages of this number are.
fn places(frames: &[Frame], kind: u8) -> Vec<usize> {
    let is = |place: &usize| frames[*place].1[PTP] & 0x0f == kind;
    (0..frames.len()).filter(is).collect()
}

fn odd(path: &Path) -> Vec<String> {
    let object = json(path, &[]);
    let odd = object["odd"].as_array().unwrap().iter();
    odd.map(|anomaly| anomaly["text"].as_str().unwrap().to_owned()).collect()
}

fn has(found: &[String], words: &[&str]) -> bool {
    found.iter().any(|text| words.iter().all(|word| text.contains(word)))
}

#[test]
fn what_was_made_odd_is_named_and_nothing_else() {
    assert_eq!(odd(&changed("same", |_| {})), [""; 0]);

    let found = odd(&changed("lost", |frames| {
        let (sync, follow_up) = (places(frames, 0)[50], places(frames, 8)[60]);
        frames.remove(follow_up.max(sync));
        frames.remove(follow_up.min(sync));
    }));
    assert!(has(&found, &["numbers of Sync", "never passed", ": 1"]), "{found:?}");
    assert!(has(&found, &["numbers of Follow_Up", ": 1"]), "{found:?}");
    assert!(has(&found, &["without Follow_Up: 1"]), "{found:?}");
    assert_eq!(found.len(), 3, "{found:?}");

    let found = odd(&changed("twice", |frames| {
        let announce = places(frames, 0xb)[20];
        let again = frames[announce].clone();
        frames.insert(announce + 1, again);
    }));
    assert!(found.len() == 1 && has(&found, &["Announce", "passed again: 1"]), "{found:?}");

    let found = odd(&changed("late", |frames| {
        let follow_up = places(frames, 8)[70];
        frames[follow_up].0 += Duration::from_millis(30);
    }));
    assert!(found.len() == 1 && has(&found, &["1 Follow_Ups", "10.0 ms"]), "{found:?}");
}

#[test]
fn steps_corrections_and_delays_are_named() {
    let found = odd(&changed("stepped", |frames| {
        for place in places(frames, 8).split_off(80) {
            // The seconds of preciseOriginTimestamp.
            let octets: [u8; 4] = frames[place].1[PTP + 36..PTP + 40].try_into().unwrap();
            let seconds = u32::from_be_bytes(octets) + 5;
            frames[place].1[PTP + 36..PTP + 40].copy_from_slice(&seconds.to_be_bytes());
        }
    }));
    assert!(has(&found, &["stepped by 5.00"]), "{found:?}");

    let found = odd(&changed("correction", |frames| {
        let place = places(frames, 8)[80];
        // A million nanoseconds of 2^-16.
        frames[place].1[PTP + 8..PTP + 16].copy_from_slice(&(1_000_000i64 << 16).to_be_bytes());
    }));
    assert!(has(&found, &["correction of Sync jumps by 1000000"]), "{found:?}");

    let found = odd(&changed("slow", |frames| {
        let place = places(frames, 0)[80];
        frames[place].0 += Duration::from_micros(400);
        frames[place + 1].0 += Duration::from_micros(400);
    }));
    assert!(has(&found, &["1 of 120 messages", "than the floor"]), "{found:?}");
}

#[test]
fn a_source_and_a_domain_can_be_chosen() {
    let path = capture("gptp-l2.pcap");
    let object = json(&path, &["--source", "02:78:00:ff:fe:00:07:02"]);
    assert!(object["source"].as_str().unwrap().starts_with("02:78:00:ff:fe:00:07:02-1"));
    assert_eq!(object["two_step"], 19);
    let odd = object["odd"].as_array().unwrap();
    assert!(odd.iter().any(|odd| odd["text"].as_str().unwrap().contains("two transmitters")));

    let path = path.to_str().unwrap();
    let ran = analyze(&[path, "--source", "ff"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("sends no Sync here; 02:78:00:ff:fe:00:07:01-1"), "{}", ran.err);
    let ran = analyze(&[path, "--domain", "9"]);
    assert!(ran.code == 2 && ran.err.contains("none of its 325 frames"), "{}", ran.err);
    assert!(analyze(&["/nowhere"]).err.contains("/nowhere: "));
    assert_eq!(analyze(&[path, path]).code, 2);
}

#[test]
fn a_record_shows_both_directions() {
    let folder = Folder::new("analyze-record");
    let mut world = World::recorded(ControlKind::Kalman, folder.place(1 << 30, 1));
    for i in 0..1200 {
        world.exchange();
        if i == 800 {
            world.jump(time::Span::from_seconds(3));
        }
    }
    world.servo.end();
    let path = folder.0.join("record");
    let object = json(&path, &[]);
    let directions = object["directions"].as_array().unwrap();
    assert_eq!(directions.len(), 2);
    for direction in directions {
        assert_eq!(direction["count"], 1200);
        // The world's delays are 20 us and more, exponential with a mean of 3 us.
        let floor = direction["floor_ns"].as_f64().unwrap();
        assert!((15_000.0..21_000.0).contains(&floor), "{floor}");
    }
    let text = analyze(&[path.to_str().unwrap()]).out;
    assert!(text.contains("somebody else stepped the clock (from 100."), "{text}");
    let octets = std::fs::read(&path).unwrap();
    std::fs::write(&path, &octets[..octets.len() - 3]).unwrap();
    let ran = analyze(&[path.to_str().unwrap()]);
    assert!(ran.code == 2 && ran.out.contains("the record is broken"), "{}", ran.out);
}

/// A capture whose truth is known: exchanges every 62.5 ms, the capture's clock 1 ms ahead of the
/// source and 160 ppb too fast, each way 20 us and up to 4 us more.
fn known_truth() -> PathBuf {
    changed("truth", |frames| {
        let pick = |kind: u8| frames[places(frames, kind)[0]].1.clone();
        let (sync, follow_up, request, answer) = (pick(0), pick(8), pick(1), pick(9));
        let mut random = 1u64;
        let mut delay = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            20_000 + (random >> 33) % 4_000
        };
        let mut made = Vec::new();
        for i in 0..4000u64 {
            let ahead = 1_000_000 + i * 10;
            let mut put = |at: u64, frame: &[u8], stamp: Option<u64>| {
                let mut octets = frame.to_vec();
                octets[PTP + 30..PTP + 32].copy_from_slice(&(i as u16).to_be_bytes());
                octets[PTP + 33] = 0xfc;
                if let Some(stamp) = stamp {
                    let seconds = (stamp / 1_000_000_000) as u32;
                    let nanos = (stamp % 1_000_000_000) as u32;
                    octets[PTP + 36..PTP + 40].copy_from_slice(&seconds.to_be_bytes());
                    octets[PTP + 40..PTP + 44].copy_from_slice(&nanos.to_be_bytes());
                }
                // The file has microseconds; what is below is lost as by any such capture.
                made.push((Duration::from_nanos(at), octets));
            };
            let t1 = 1_795_227_457_000_000_000 + i * 62_500_000;
            let arrived = t1 + delay();
            put(arrived + ahead, &sync, None);
            put(arrived + ahead + 30_000, &follow_up, Some(t1));
            let t3 = t1 + 20_000_000;
            let t4 = t3 + delay();
            put(t3 + ahead, &request, None);
            put(t3 + ahead + 100_000, &answer, Some(t4));
        }
        *frames = made;
    })
}

#[test]
fn what_is_known_of_a_capture_is_found_in_it() {
    let object = json(&known_truth(), &[]);
    assert_eq!(object["odd"].as_array().unwrap().len(), 0, "{}", object["odd"]);
    let number = |value: &Value| value.as_f64().unwrap();
    let (down, up) = (&object["directions"][0], &object["directions"][1]);
    for (direction, drift) in [(down, 160.0), (up, -160.0)] {
        let found = number(&direction["drift_ppb"]);
        assert!((found - drift).abs() < 5.0, "{found} ppb, not {drift}");
        let most = number(&direction["above_ns"][4]);
        assert!((3_000.0..6_000.0).contains(&most), "{most} ns above the floor");
    }
    let way = number(&object["ways"][0]["there_and_back_ns"]);
    assert!((way - 40_000.0).abs() < 1_500.0, "{way} ns there and back, not 40 us");
    let offset = number(&object["ways"][0]["offset_s"]);
    // In the middle of 250 s the clock has gained 20 us.
    assert!((offset - 0.001_020).abs() < 1e-6, "{offset} s, not 1.02 ms");
}
