//! `zeitgeber decode` from outside: files in, text and exit codes out.
#![expect(clippy::unwrap_used, reason = "what does not hold ends the test")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wire/tests/vectors")
}

fn files(extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(vectors()).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

/// Runs the program with this on its standard input.
fn decode(arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_zeitgeber"))
        .arg("decode")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn leaves<'a>(nodes: &'a Value, found: &mut Vec<&'a Value>) {
    for node in nodes.as_array().unwrap() {
        match node.get("fields") {
            Some(inner) => leaves(inner, found),
            None => found.push(node),
        }
    }
}

/// What the table says of a value, as the program writes it; nothing where it does not compare.
fn expected(text: &str) -> Option<Value> {
    let words: Vec<&str> = text.split(' ').collect();
    if let [seconds, "s", "+", nanos, "ns"] = words[..] {
        return Some(format!("{seconds}.{nanos:0>9}").into());
    }
    if let [_, "scaled", "=", nanos, "ns"] = words[..] {
        return Some(nanos.parse::<f64>().unwrap().into());
    }
    if let Some((clock, port)) = text.split_once('-').filter(|(clock, _)| clock.len() == 16) {
        let pairs: Vec<&str> = (0..8).map(|i| &clock[i * 2..i * 2 + 2]).collect();
        return Some(format!("{}-{port}", pairs.join(":")).into());
    }
    match words[0].strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok().map(Value::from),
        None => text.parse::<i64>().ok().map(Value::from),
    }
}

/// Whether the value is what the table says; nothing where it has none, or another form.
fn same(node: &Value, hex: &str, text: &str) -> Option<bool> {
    let expected = expected(text);
    match &node["value"] {
        Value::Null => None,
        Value::String(value) if expected.as_ref().is_some_and(Value::is_string) => {
            Some(expected.unwrap() == *value)
        }
        Value::String(value) => Some(value.replace(':', "") == hex),
        value if node["name"] == "varInaccuracy" => {
            let bits = u64::from_str_radix(hex, 16).unwrap();
            Some(value.as_f64() == Some(f64::from_bits(bits)))
        }
        value => Some(value.as_f64() == expected?.as_f64()),
    }
}

#[test]
fn the_json_of_every_vector_has_the_values_of_the_table() {
    let table = std::fs::read_to_string(vectors().join("fields.txt")).unwrap();
    let (mut located, mut compared) = (0, 0);
    for path in files("hex") {
        let ran = decode(&["--json", path.to_str().unwrap()], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{path:?}");
        let object: Value = serde_json::from_str(&ran.out).unwrap();
        let mut fields = Vec::new();
        leaves(&object["fields"], &mut fields);
        let name = path.file_stem().unwrap().to_str().unwrap();
        for row in table.lines().map(|line| line.split('\t').collect::<Vec<_>>()) {
            let [vector, at, len, field, hex, value] = row[..] else { continue };
            let (at, len) = (at.parse::<u64>().ok(), len.parse::<u64>().ok());
            let here = |node: &&&Value| node["at"].as_u64() == at && node["len"].as_u64() == len;
            let Some(node) = fields.iter().find(here).filter(|_| vector == name) else { continue };
            assert_eq!(node["hex"], hex, "{name} {field}");
            located += 1;
            let Some(same) = same(node, hex, value) else { continue };
            assert!(same || field.ends_with(".length"), "{name} {field}: {node} against {value}");
            compared += 1;
        }
    }
    assert!(located > 1350 && compared > 1100, "{located} {compared}");
}

#[test]
fn every_frame_of_every_capture_is_an_object() {
    let mut frames = 0;
    for path in files("pcap") {
        let ran = decode(&["--json", path.to_str().unwrap()], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{path:?}");
        for (number, line) in (1..).zip(ran.out.lines()) {
            let object: Value = serde_json::from_str(line).unwrap();
            assert_eq!(object["frame"], number);
            assert!(object.get("error").is_none());
            frames += 1;
        }
    }
    assert_eq!(frames, 2622);
}

#[test]
fn the_text_names_octet_field_value_and_unit() {
    let path = vectors().join("62-c-announce-c37238-2017.hex");
    let ran = decode(&[path.to_str().unwrap()], b"");
    let squeezed: Vec<String> =
        ran.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "frame 1 86 octets",
        "6 flagField 0x3c currentUtcOffsetValid, ptpTimescale, timeTraceable, frequencyTraceable",
        "44 currentUtcOffset 37 s",
        "64 tlvType 0x3 ORGANIZATION_EXTENSION",
        "80 totalTimeInaccuracy 250 ns",
    ] {
        assert!(squeezed.contains(&line.to_string()), "{line} in {squeezed:?}");
    }
}

#[test]
fn a_message_that_does_not_decode_names_frame_octet_and_field() {
    let ran = decode(&["-"], b"0b02 0040 00 # too short\n\n00 02");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("frame 1: octet 5: the message ends inside minorSdoId"));
    assert!(ran.err.contains("frame 2: octet 2: the message ends inside messageLength"));
}

#[test]
fn what_came_before_an_error_is_still_shown() {
    let path = vectors().join("26-signaling-grant-unicast-announce.hex");
    let text = std::fs::read_to_string(path).unwrap().replace("00050008b0", "00050007b0");
    let ran = decode(&["--json", "-"], text.as_bytes());
    assert_eq!(ran.code, 1);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(object["fields"][9]["name"], "sequenceId");
    assert!(object["error"].as_str().unwrap().starts_with("octet 44: "));
}

#[test]
fn files_that_make_no_sense_are_told_apart() {
    for (input, problem) in [
        (&b""[..], "there are no hexadecimal digits"),
        (b"# only a comment\n", "there are no hexadecimal digits"),
        (b"0b 02\n0b 0", "line 2: the number of hexadecimal digits is odd"),
        (b"0b02\n0b0x", "line 2, column 4: 'x' is no hexadecimal digit"),
        (b"\xff\xfe\xfd", "neither a capture nor text"),
        (b"\xd4\xc3\xb2\xa1\x02\x00", "its header"),
    ] {
        let ran = decode(&["-"], input);
        assert_eq!(ran.code, 2, "{input:?}");
        assert!(ran.err.contains(problem), "{}", ran.err);
    }
}

#[test]
fn a_missing_file_and_wrong_arguments_are_2() {
    let ran = decode(&["/nowhere/at/all"], b"");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("/nowhere/at/all: "));
    assert_eq!(decode(&[], b"").code, 2);
    assert_eq!(decode(&["--yaml", "-"], b"").code, 2);
}

#[test]
fn a_truncated_capture_is_2() {
    let capture = std::fs::read(vectors().join("constructed-l2.pcap")).unwrap();
    let ran = decode(&["-"], &capture[..capture.len() - 5]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("frame 27: "), "{}", ran.err);
}

#[test]
fn help_names_the_exit_codes() {
    let ran = decode(&["--help"], b"");
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("Exit codes:"));
}

/// A block of a pcapng file.
fn block(kind: u32, content: &[u8]) -> Vec<u8> {
    let len = (content.len() as u32 + 12).to_le_bytes();
    [&kind.to_le_bytes()[..], &len, content, &len].concat()
}

fn pcapng(interface_options: &[u8], time: u64, frame: &[u8]) -> Vec<u8> {
    let section = [&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &[0xff; 8]].concat();
    let interface = [&[1, 0, 0, 0, 0, 0, 4, 0][..], interface_options].concat();
    let mut packet = vec![0; 4];
    packet.extend(((time >> 32) as u32).to_le_bytes());
    packet.extend((time as u32).to_le_bytes());
    packet
        .extend([(frame.len() as u32).to_le_bytes(), (frame.len() as u32).to_le_bytes()].concat());
    packet.extend(frame);
    packet.resize(packet.len().next_multiple_of(4), 0);
    [block(0x0a0d_0d0a, &section), block(1, &interface), block(6, &packet)].concat()
}

#[test]
fn the_times_of_a_pcapng_file_are_in_its_unit() {
    let mut frame = vec![1, 0x1b, 0x19, 0, 0, 0, 2, 0x78, 0, 0, 1, 1, 0x88, 0xf7];
    frame.extend([0, 2, 0, 44]);
    frame.resize(14 + 44, 0);
    let nanos = [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
    for (options, units_per_second) in [(&[][..], 1_000_000), (&nanos[..], 1_000_000_000)] {
        let time = 1_795_226_935 * units_per_second + units_per_second / 4;
        let ran = decode(&["--json", "-"], &pcapng(options, time, &frame));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let object: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(object["time"], "1795226935.250000000");
        assert_eq!(object["link"], "02:78:00:00:01:01 > 01:1b:19:00:00:00 IEEE 802.3");
    }
}

#[test]
fn frames_without_ptp_are_counted() {
    let arp = [&[0xff; 12][..], &[8, 6], &[0; 46]].concat();
    let ran = decode(&["-"], &pcapng(&[], 0, &arp));
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "1 of 1 frames are not PTP\n");
}

fn pcap(link_type: u32, frame: &[u8]) -> Vec<u8> {
    let len = (frame.len() as u32).to_le_bytes();
    let header = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, link_type];
    let header: Vec<u8> = header.iter().flat_map(|word| word.to_le_bytes()).collect();
    [&header[..], &1_u32.to_le_bytes(), &2_u32.to_le_bytes(), &len, &len, frame].concat()
}

#[test]
fn captures_of_the_any_interface_are_read() {
    let mut sync = vec![0, 2, 0, 44];
    sync.resize(44, 0);
    let cooked = [&[0; 14][..], &[0x88, 0xf7], &sync].concat();
    let cooked2 = [&[0x88, 0xf7][..], &[0; 18], &sync].concat();
    for (link_type, frame) in [(113, cooked), (276, cooked2)] {
        let ran = decode(&["--json", "-"], &pcap(link_type, &frame));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let object: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(object["link"], "IEEE 802.3");
        assert_eq!(object["fields"][12]["name"], "originTimestamp");
    }
    let ran = decode(&["-"], &pcap(105, &sync));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("link type"), "{}", ran.err);
}
