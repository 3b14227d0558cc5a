//! A message as a tree that people read.

use std::io::{self, Write};

use time::LogInterval;

use super::Decoded;
use super::fields::{Node, Owned, parts_per_billion};

/// Writes a line for the frame, and one for each field: its octet, its name, its value.
pub(crate) fn write(out: &mut impl Write, decoded: &Decoded<'_>) -> io::Result<()> {
    write!(out, "frame {}", decoded.number)?;
    if let Some((seconds, nanos)) = decoded.time {
        write!(out, "  {seconds}.{nanos:09}")?;
    }
    if let Some(link) = &decoded.link {
        write!(out, "  {link}")?;
    }
    writeln!(out, "  {} octets", decoded.octets.len())?;
    nodes(out, decoded.fields.nodes(), 0)?;
    if let Some(error) = &decoded.error {
        writeln!(out, "   ***  {error}")?;
    }
    writeln!(out)
}

fn nodes(out: &mut impl Write, nodes_here: &[Node], depth: usize) -> io::Result<()> {
    for node in nodes_here {
        let (label, rest) = match node {
            Node::Field { label, value, .. } => (label, format(value, label.unit)),
            Node::Group { label, .. } => (label, String::new()),
        };
        let index = label.index.map(|index| format!("[{index}]")).unwrap_or_default();
        let name = format!("{:depth$}{}{index}", "", label.name, depth = depth * 2);
        writeln!(out, "{}", format!("{:>6}  {name:<40} {rest}", label.at).trim_end())?;
        if let Node::Group { nodes: inner, .. } = node {
            nodes(out, inner, depth + 1)?;
        }
    }
    Ok(())
}

/// A value as people read it.
pub(crate) fn format(value: &Owned, unit: &str) -> String {
    let text = match value {
        Owned::Unsigned(number) => number.to_string(),
        Owned::Signed(number) => number.to_string(),
        Owned::Code(raw, Some(name)) => format!("{raw:#x} {name}"),
        Owned::Code(raw, None) => format!("{raw:#x}"),
        Owned::Bits(raw, names) => format!("{raw:#x} {}", names.join(", ")),
        Owned::Interval(span) => span.to_string(),
        Owned::Time(time) => format!("{time} s"),
        Owned::Log(interval) => log(*interval),
        Owned::Rate(rate) => format!("{rate} ({:.4} ppb)", parts_per_billion(*rate)),
        Owned::Float(number) => format!("{number:e}"),
        Owned::Identity(name) => name.clone(),
        Owned::Text(text) => format!("{text:?}"),
        Owned::Octets(digits) => digits.clone(),
        Owned::Reserved => "-".to_string(),
    };
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

fn log(interval: LogInterval) -> String {
    let log = interval.log();
    match log {
        -22..=22 => format!("{log} ({} s)", 2_f64.powi(log.into())),
        _ => log.to_string(),
    }
}
