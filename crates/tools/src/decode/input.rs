//! Files with frames in them: pcap, pcapng, hexadecimal text.

use std::time::Duration;

use pcap_file::DataLink;
use pcap_file::pcap::PcapReader;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::{Block, PcapNgReader};

/// A frame as it was in the file.
pub(crate) struct Captured {
    /// When it was captured, in seconds and nanoseconds.
    pub(crate) time: Option<(u64, u32)>,
    /// What it starts with.
    pub(crate) start: Start,
    pub(crate) octets: Vec<u8>,
}

/// What a frame starts with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Start {
    /// The PTP header or the Ethernet header, whichever fits.
    Either,
    /// The Ethernet header.
    Ethernet,
    /// The header of Linux's "any" interface.
    Cooked,
    /// The same, second version.
    Cooked2,
}

/// All frames of a file.
pub(crate) fn frames(file: &[u8]) -> Result<Vec<Captured>, String> {
    match file {
        [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0x3c, 0x4d, ..]
        | [0x4d, 0x3c, 0xb2, 0xa1, ..] => pcap(file),
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => pcapng(file),
        _ => hex(file),
    }
}

fn start(link: DataLink) -> Result<Start, String> {
    match link {
        DataLink::ETHERNET => Ok(Start::Ethernet),
        DataLink::LINUX_SLL => Ok(Start::Cooked),
        DataLink::LINUX_SLL2 => Ok(Start::Cooked2),
        other => Err(format!("link type {other:?} is not supported; capture on an interface")),
    }
}

fn pcap(file: &[u8]) -> Result<Vec<Captured>, String> {
    let mut reader = PcapReader::new(file).map_err(|error| format!("its header: {error}"))?;
    let start = start(reader.header().datalink)?;
    let mut frames = Vec::new();
    while let Some(packet) = reader.next_packet() {
        let packet = packet.map_err(|error| format!("frame {}: {error}", frames.len() + 1))?;
        let time = Some((packet.timestamp.as_secs(), packet.timestamp.subsec_nanos()));
        frames.push(Captured { time, start, octets: packet.data.into_owned() });
    }
    Ok(frames)
}

/// An interface of a pcapng section.
#[derive(Clone)]
struct Interface {
    start: Result<Start, String>,
    /// How many of its units of time make a second.
    units_per_second: u64,
    /// What to add to its times, in seconds.
    offset_s: u64,
}

impl Interface {
    fn new(block: &InterfaceDescriptionBlock<'_>) -> Interface {
        let start = start(block.linktype);
        let mut interface = Interface { start, units_per_second: 1_000_000, offset_s: 0 };
        for option in &block.options {
            match option {
                InterfaceDescriptionOption::IfTsResol(code) => {
                    let base = if code & 0x80 == 0 { 10_u64 } else { 2 };
                    let units = base.checked_pow(u32::from(code & 0x7f));
                    interface.units_per_second = units.unwrap_or(1_000_000);
                }
                InterfaceDescriptionOption::IfTsOffset(offset_s) => {
                    interface.offset_s = *offset_s;
                }
                _ => {}
            }
        }
        interface
    }

    /// The reader takes whatever unit it is for nanoseconds.
    fn time(&self, read: Duration) -> (u64, u32) {
        let (raw, units) = (read.as_nanos(), u128::from(self.units_per_second));
        let seconds = (raw / units) as u64;
        let nanos = (raw % units * 1_000_000_000 / units) as u32;
        (seconds.wrapping_add(self.offset_s), nanos)
    }
}

fn pcapng(file: &[u8]) -> Result<Vec<Captured>, String> {
    let mut reader = PcapNgReader::new(file).map_err(|error| format!("its header: {error}"))?;
    let mut frames: Vec<Captured> = Vec::new();
    let mut interfaces: Vec<Interface> = Vec::new();
    while let Some(block) = reader.next_block() {
        let number = frames.len() + 1;
        let block = block.map_err(|error| format!("the block of frame {number}: {error}"))?;
        let find = |index: u32| {
            let found = interfaces.get(index as usize);
            found.ok_or_else(|| format!("frame {number}: there is no interface {index}"))
        };
        match block {
            Block::SectionHeader(_) => interfaces.clear(),
            Block::InterfaceDescription(block) => interfaces.push(Interface::new(&block)),
            Block::EnhancedPacket(block) => {
                let interface = find(block.interface_id)?;
                let (start, time) = (interface.start.clone()?, interface.time(block.timestamp));
                let octets = block.data.into_owned();
                frames.push(Captured { time: Some(time), start, octets });
            }
            Block::SimplePacket(block) => {
                let (start, octets) = (find(0)?.start.clone()?, block.data.into_owned());
                frames.push(Captured { time: None, start, octets });
            }
            _ => {}
        }
    }
    Ok(frames)
}

/// Digits in pairs; blank lines part messages.
fn hex(file: &[u8]) -> Result<Vec<Captured>, String> {
    let text = str::from_utf8(file).map_err(|_| "neither a capture nor text".to_string())?;
    let mut frames = Vec::new();
    let mut octets = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            finish(&mut frames, &mut octets);
            continue;
        }
        let digits = line.split('#').next().unwrap_or_default();
        hex_line(number, digits, &mut octets)?;
    }
    finish(&mut frames, &mut octets);
    if frames.is_empty() { Err("there are no hexadecimal digits".to_string()) } else { Ok(frames) }
}

fn finish(frames: &mut Vec<Captured>, octets: &mut Vec<u8>) {
    if !octets.is_empty() {
        let octets = core::mem::take(octets);
        frames.push(Captured { time: None, start: Start::Either, octets });
    }
}

fn hex_line(number: usize, line: &str, octets: &mut Vec<u8>) -> Result<(), String> {
    let mut upper = None;
    for (column, character) in (1..).zip(line.chars()) {
        if character.is_whitespace() || matches!(character, ':' | '-' | ',') {
            continue;
        }
        let digit = character.to_digit(16).ok_or_else(|| {
            format!("line {number}, column {column}: {character:?} is no hexadecimal digit")
        })?;
        match upper.take() {
            None => upper = Some(digit),
            Some(upper) => octets.push((upper << 4 | digit) as u8),
        }
    }
    if upper.is_some() {
        return Err(format!("line {number}: the number of hexadecimal digits is odd"));
    }
    Ok(())
}
