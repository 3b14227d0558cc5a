//! A few fields of the wire in one line.

use std::fmt::Write;

use wire::{Field, Label, Value, Visit};

/// The fields of a body, with their names.
pub(crate) fn words<'a>(body: &impl Field<'a>) -> String {
    let mut line = Line(String::new());
    body.walk(Label::new("", 0), &mut line);
    line.0
}

struct Line(String);

impl Visit for Line {
    fn field(&mut self, label: Label, _: usize, value: Value<'_>) {
        if matches!(value, Value::Reserved) || label.name == "managementId" {
            return;
        }
        let between = if self.0.is_empty() { "" } else { ", " };
        let _ = write!(self.0, "{between}{} ", label.name);
        let _ = match value {
            Value::Unsigned(number) => write!(self.0, "{number}"),
            Value::Signed(number) => write!(self.0, "{number}"),
            Value::Code { name: Some(name), .. } => write!(self.0, "{name}"),
            Value::Code { raw, .. } | Value::Bits { raw, .. } => write!(self.0, "{raw:#x}"),
            Value::Interval(span) => write!(self.0, "{span}"),
            Value::Time(time) => write!(self.0, "{time}"),
            Value::Log(interval) => write!(self.0, "{}", interval.log()),
            Value::Rate(rate) => write!(self.0, "{rate}"),
            Value::Float(number) => write!(self.0, "{number}"),
            Value::Clock(clock) => write!(self.0, "{clock}"),
            Value::Port(port) => write!(self.0, "{port}"),
            Value::Text(text) => write!(self.0, "\"{}\"", text.escape_ascii()),
            Value::Octets(octets) => octets.iter().try_for_each(|o| write!(self.0, "{o:02x}")),
            Value::Reserved => Ok(()),
        };
    }
}
