//! The fields of a message as a tree, with values that outlive the message.

use time::{LogInterval, Span, Timestamp};
use wire::{Label, Value, Visit};

/// A field, or several that belong together.
pub(crate) enum Node {
    Field { label: Label, len: usize, value: Owned },
    Group { label: Label, nodes: Vec<Node> },
}

/// A [`Value`] that borrows nothing.
#[derive(Clone, Debug)]
pub(crate) enum Owned {
    Unsigned(u64),
    Signed(i64),
    Code(u64, Option<&'static str>),
    Bits(u64, Vec<&'static str>),
    Interval(Span),
    Time(Timestamp),
    Log(LogInterval),
    Rate(i32),
    Float(f64),
    Identity(String),
    Text(String),
    Octets(String),
    Reserved,
}

/// Collects the fields of a message.
#[derive(Default)]
pub(crate) struct Fields {
    done: Vec<Node>,
    open: Vec<(Label, Vec<Node>)>,
}

impl Fields {
    /// The outermost fields; what an error left open is not among them.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.done
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some((_, nodes)) => nodes.push(node),
            None => self.done.push(node),
        }
    }
}

impl Visit for Fields {
    fn field(&mut self, label: Label, len: usize, value: Value<'_>) {
        self.add(Node::Field { label, len, value: owned(value) });
    }

    fn enter(&mut self, label: Label) {
        self.open.push((label, Vec::new()));
    }

    fn leave(&mut self) {
        let (label, nodes) = self.open.pop().expect("what is left was entered");
        self.add(Node::Group { label, nodes });
    }
}

fn owned(value: Value<'_>) -> Owned {
    match value {
        Value::Unsigned(number) => Owned::Unsigned(number),
        Value::Signed(number) => Owned::Signed(number),
        Value::Code { raw, name } => Owned::Code(raw, name),
        Value::Bits { raw, names } => {
            let set = names.iter().filter(|(mask, _)| raw & mask == *mask);
            Owned::Bits(raw, set.map(|(_, name)| *name).collect())
        }
        Value::Interval(span) => Owned::Interval(span),
        Value::Time(time) => Owned::Time(time),
        Value::Log(interval) => Owned::Log(interval),
        Value::Rate(rate) => Owned::Rate(rate),
        Value::Float(number) => Owned::Float(number),
        Value::Clock(clock) => Owned::Identity(clock.to_string()),
        Value::Port(port) => Owned::Identity(port.to_string()),
        Value::Text(text) => Owned::Text(String::from_utf8_lossy(text).into_owned()),
        Value::Octets(octets) => Owned::Octets(hex(octets)),
        Value::Reserved => Owned::Reserved,
    }
}

/// Two digits for each octet.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// A scaled rate in parts per billion.
pub(crate) fn parts_per_billion(rate: i32) -> f64 {
    f64::from(rate) * 1e9 / (1u64 << 41) as f64
}
