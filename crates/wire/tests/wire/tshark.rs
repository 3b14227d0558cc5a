//! What tshark makes of everything we send.

use std::path::{Path, PathBuf};
use std::process::Command;

use pcap_file::pcap::{PcapPacket, PcapWriter};

use wire::Packet;

use crate::support::{self, Collect, Shown};

/// A capture of frames with these messages; the name keeps tests apart.
fn capture(name: &str, messages: &[Vec<u8>]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut writer = PcapWriter::new(std::fs::File::create(&path).unwrap()).unwrap();
    for message in messages {
        let mut frame = vec![0x01, 0x1b, 0x19, 0, 0, 0, 2, 0x78, 0, 0, 1, 1, 0x88, 0xf7];
        frame.extend(message);
        let at = std::time::Duration::from_secs(1);
        let packet = PcapPacket::new(at, frame.len() as u32, &frame);
        writer.write_packet(&packet).unwrap();
    }
    path
}

/// What tshark prints, or nothing where there is no tshark.
fn tshark(path: &Path, arguments: &[&str]) -> Option<String> {
    let output = match Command::new("tshark").arg("-r").arg(path).args(arguments).output() {
        Ok(output) => output,
        Err(error) => {
            let ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!ci, "tshark is missing: {error}");
            // The test runner keeps what eprintln! says of a test that passes to itself.
            let _ = std::io::Write::write_fmt(
                &mut std::io::stderr(),
                format_args!("SKIPPED: tshark is missing: {error}\n"),
            );
            return None;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn tshark_finds_nothing_malformed_in_what_we_send() {
    for minor_version in [0, 1] {
        let messages = support::messages(minor_version);
        let path = capture(&format!("all-{minor_version}.pcap"), &messages);
        let columns = ["-e", "frame.number", "-e", "_ws.malformed", "-e", "_ws.expert.message"];
        let arguments = [&["-Y", "_ws.malformed or _ws.expert", "-T", "fields"], &columns[..]];
        let Some(found) = tshark(&path, &arguments.concat()) else { return };
        assert_eq!(found, "", "of {} frames", messages.len());
        let seen = tshark(&path, &["-Y", "ptp", "-T", "fields", "-e", "frame.number"]).unwrap();
        assert_eq!(seen.lines().count(), messages.len());
    }
}

#[test]
fn tshark_notices_what_is_malformed() {
    let mut message = support::messages(0).remove(7);
    message.truncate(60);
    let path = capture("malformed.pcap", &[message]);
    let filter = "_ws.malformed or _ws.expert";
    let arguments = ["-Y", filter, "-T", "fields", "-e", "frame.number"];
    let Some(found) = tshark(&path, &arguments) else { return };
    assert_eq!(found.lines().count(), 1);
}

/// A field as tshark reads it, with its place in the message.
struct Read {
    name: String,
    at: usize,
    len: usize,
    shown: String,
    /// For a part of an octet or two: which bits, most significant first; dots are other bits.
    bits: Option<String>,
}

fn attribute(line: &str, name: &str) -> Option<String> {
    let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(line[start..].split('"').next()?.to_string())
}

fn read_field(line: &str) -> Option<Read> {
    const ETHERNET: usize = 14;
    // The seconds of preciseOriginTimestamp once more, of which it takes the wrong four octets.
    const WRONG: &str = "ptp.v2.fu.preciseorigintimestamp.32bit";
    let name = attribute(line, "name").filter(|name| name.starts_with("ptp.") && name != WRONG)?;
    let masked = attribute(line, "unmaskedvalue").is_some();
    let bits = attribute(line, "showname")?.split(" = ").next()?.replace(' ', "");
    Some(Read {
        name,
        at: attribute(line, "pos")?.parse::<usize>().ok()?.checked_sub(ETHERNET)?,
        len: attribute(line, "size")?.parse().ok()?,
        shown: attribute(line, "show")?,
        bits: masked.then_some(bits),
    })
}

/// Whether both read the same, or nothing where the two do not compare.
fn same(theirs: &Read, ours: &Shown) -> Option<bool> {
    if let Some(bits) = &theirs.bits {
        let number = ours.number.filter(|_| theirs.len == ours.len)?;
        let width = bits.len();
        let mut digits = bits.chars().enumerate().filter(|(_, bit)| *bit != '.');
        return Some(digits.all(|(place, bit)| {
            let set = number >> (width - 1 - place) & 1 == 1;
            set == (bit == '1')
        }));
    }
    let shown = match theirs.shown.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok()?,
        None => theirs.shown.parse().ok()?,
    };
    if theirs.len == ours.len {
        let number = ours.number.or_else(|| {
            let octets = ours.octets.as_ref().filter(|octets| octets.len() <= 10)?;
            Some(octets.iter().fold(0, |number, octet| number << 8 | i128::from(*octet)))
        });
        return Some(shown == number?);
    }
    let from = theirs.at - ours.at;
    if ours.text.starts_with("Interval") && (ours.len, from, theirs.len) == (8, 0, 6) {
        return Some(shown as u64 as i64 as i128 == ours.number? >> 16);
    }
    let octets = ours.octets.as_ref()?.get(from..from + theirs.len)?;
    Some(shown == octets.iter().fold(0, |number, octet| number << 8 | i128::from(*octet)))
}

#[test]
fn tshark_reads_what_we_read() {
    let messages = support::messages(1);
    let path = capture("read.pcap", &messages);
    let Some(pdml) = tshark(&path, &["-T", "pdml"]) else { return };
    let mut compared = 0;
    for (message, packet) in messages.iter().zip(pdml.split("<packet>").skip(1)) {
        let mut collect = Collect::default();
        Packet::parse(message).unwrap().walk(&mut collect).unwrap();
        for theirs in packet.lines().filter_map(read_field) {
            let holds = |ours: &&Shown| {
                ours.at <= theirs.at && theirs.at + theirs.len <= ours.at + ours.len
            };
            let Some(ours) = collect.fields.iter().find(holds) else { continue };
            let Some(same) = same(&theirs, ours) else { continue };
            let Read { name, at, shown, .. } = &theirs;
            assert!(same, "{name} at {at} is {shown}, but we read {ours:?} in {message:?}");
            compared += 1;
        }
    }
    println!("{compared} fields compared");
    assert!(compared > 3000, "{compared}");
}
