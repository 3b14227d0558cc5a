//! What the tests of the codec share: vectors, their table, and fields as they are shown.

use std::path::{Path, PathBuf};

use time::Span;
use wire::{Label, MessageType, Value, Visit};

pub(crate) mod samples;

/// A message as somebody else wrote it.
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) octets: Vec<u8>,
}

/// What somebody else reads in a vector.
pub(crate) struct Row {
    pub(crate) vector: String,
    pub(crate) at: usize,
    pub(crate) len: usize,
    pub(crate) field: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) value: String,
}

/// What we read: the octets are made from the typed value, not copied.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) at: usize,
    pub(crate) len: usize,
    pub(crate) octets: Option<Vec<u8>>,
    pub(crate) number: Option<i128>,
    pub(crate) text: String,
}

/// Collects what is shown.
#[derive(Default)]
pub(crate) struct Collect {
    pub(crate) fields: Vec<Shown>,
    path: Vec<String>,
}

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

pub(crate) fn files(extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory()).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::chars)
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub(crate) fn vectors() -> Vec<Vector> {
    let load = |path: PathBuf| Vector {
        name: path.file_stem().unwrap().to_str().unwrap().to_string(),
        octets: unhex(&std::fs::read_to_string(path).unwrap()),
    };
    files("hex").into_iter().map(load).collect()
}

pub(crate) fn rows() -> Vec<Row> {
    let table = std::fs::read_to_string(directory().join("fields.txt")).unwrap();
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.split('\t').collect();
    Row {
        vector: cells[0].to_string(),
        at: cells[1].parse().unwrap(),
        len: cells[2].parse().unwrap(),
        field: cells[3].to_string(),
        octets: unhex(cells[4]),
        value: cells[5].to_string(),
    }
}

impl Visit for Collect {
    fn field(&mut self, label: Label, len: usize, value: Value<'_>) {
        self.fields.push(Shown {
            path: self.path.join("."),
            name: label.name.to_string(),
            at: label.at,
            len,
            octets: octets(value, len),
            number: number(value),
            text: format!("{value:?}"),
        });
    }

    fn enter(&mut self, label: Label) {
        self.path.push(label.name.to_string());
    }

    fn leave(&mut self) {
        self.path.pop().unwrap();
    }
}

fn octets(value: Value<'_>, len: usize) -> Option<Vec<u8>> {
    let octets = match value {
        Value::Reserved => return None,
        Value::Octets(octets) => octets.to_vec(),
        Value::Text(text) => [&[text.len() as u8], text].concat(),
        Value::Clock(clock) => clock.0.to_vec(),
        Value::Port(port) => [&port.clock.0[..], &port.port.to_be_bytes()].concat(),
        Value::Time(time) => {
            [&time.seconds().to_be_bytes()[2..], &time.subsec_nanos().to_be_bytes()].concat()
        }
        _ => {
            let number = number(value).unwrap();
            number.to_be_bytes()[16 - len..].to_vec()
        }
    };
    Some(octets)
}

fn number(value: Value<'_>) -> Option<i128> {
    Some(match value {
        Value::Unsigned(raw) | Value::Code { raw, .. } | Value::Bits { raw, .. } => raw.into(),
        Value::Signed(value) => value.into(),
        Value::Log(interval) => interval.log().into(),
        Value::Rate(rate) => rate.into(),
        Value::Float(float) => float.to_bits().into(),
        Value::Interval(span) => Span::scaled(span),
        _ => return None,
    })
}

/// Every message, and every TLV in a message that carries it.
pub(crate) fn messages(minor_version: u8) -> Vec<Vec<u8>> {
    let plain = samples::bodies()
        .into_iter()
        .filter(|body| !matches!(body.kind(), MessageType::Signaling | MessageType::Management));
    let mut all: Vec<_> = plain.map(|body| samples::message(minor_version, body, None)).collect();
    for tlv in samples::tlvs() {
        all.push(samples::message(minor_version, samples::carrier(&tlv), Some(&tlv)));
    }
    all
}
