//! The native front end: a TOML file, read with the place of everything in it.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::layer::{Context, Layer, PortLayer, give};
use crate::problem::{Place, Problem, Problems};
use crate::table;
use crate::value;

/// Reads a file's text; `name` is what problems call it.
pub(crate) fn parse(name: &str, text: &str, problems: &mut Problems) -> Layer {
    let places = Places { name, text };
    let (root, errors) = DeTable::parse_recoverable(text);
    let broken: Vec<Problem> = errors
        .iter()
        .map(|error| {
            let place = places.at(error.span().map_or(0, |span| span.start));
            Problem::error(&place, error.message())
        })
        .collect();
    let names_interfaces = root.get_ref().keys().any(|key| is_interfaces(key.get_ref()));
    let mut layer = Layer { names_interfaces, ..Layer::default() };
    for (key, entry) in root.get_ref() {
        let place = places.at(key.span().start);
        match (key.get_ref().as_ref(), entry.get_ref()) {
            ("port", DeValue::Array(tables)) => {
                ports(tables, &places, &mut layer, problems);
            }
            ("port", _) => problems.0.push(Problem::error(
                &place,
                "port is a list: write [[port]], then interface = \"...\" on the next line",
            )),
            (name, DeValue::Table(_)) => problems.0.push(Problem::error(
                &place,
                format!("there is no table [{name}]: options stand at the top or in a [[port]]"),
            )),
            (name, value) => match scalar(value) {
                Ok(text) => {
                    give(&mut layer.given, problems, (name, &text), (Context::Top, &place));
                }
                Err(why) => problems.0.push(Problem::error(&place, format!("{name}: {why}"))),
            },
        }
    }
    problems
        .0
        .retain(|problem| !broken.iter().any(|other| other.place.line() == problem.place.line()));
    problems.0.extend(broken);
    layer
}

fn is_interfaces(key: &str) -> bool {
    key == "port" || table::find(key).is_some_and(|opt| opt.name == "interfaces")
}

fn ports(tables: &DeArray<'_>, places: &Places<'_>, layer: &mut Layer, problems: &mut Problems) {
    for entry in tables {
        let mut port = PortLayer { place: places.at(entry.span().start), ..PortLayer::default() };
        let DeValue::Table(table) = entry.get_ref() else {
            problems.0.push(Problem::error(&port.place, "a port is a table: write [[port]]"));
            continue;
        };
        for (key, value) in table {
            let place = places.at(key.span().start);
            let name = key.get_ref().as_ref();
            match scalar(value.get_ref()) {
                Ok(text) if name == "interface" => {
                    port.place = place;
                    interface(&mut port, &text, problems);
                }
                Ok(text) => give(&mut port.given, problems, (name, &text), (Context::Port, &place)),
                Err(why) => problems.0.push(Problem::error(&place, format!("{name}: {why}"))),
            }
        }
        if !table.keys().any(|key| key.get_ref() == "interface") {
            let text = "this port has no interface; add interface = \"...\"";
            problems.0.push(Problem::error(&port.place, text));
        }
        layer.ports.push(port);
    }
}

fn interface(port: &mut PortLayer, text: &str, problems: &mut Problems) {
    match value::interface(text) {
        Ok(name) => port.interface = Some(name),
        Err(why) => {
            let text = format!("interface = {}: {why}", text.escape_debug());
            problems.0.push(Problem::error(&port.place, text));
        }
    }
}

/// A value as one would write it on the command line.
fn scalar(value: &DeValue<'_>) -> Result<String, &'static str> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().into()),
        DeValue::Integer(number) if number.radix() == 8 => Ok(format!("0o{}", number.as_str())),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map(|number| number.to_string())
            .map_err(|_| "this number is too large"),
        DeValue::Float(number) => Ok(number.as_str().into()),
        DeValue::Boolean(value) => Ok(value.to_string()),
        DeValue::Array(items) => list(items),
        DeValue::Datetime(_) => Err("a date is not a value of any option"),
        DeValue::Table(_) => Err("a table is not a value of any option"),
    }
}

fn list(items: &DeArray<'_>) -> Result<String, &'static str> {
    let texts = items.iter().map(|item: &Spanned<DeValue<'_>>| match item.get_ref() {
        DeValue::String(text) => Ok(text.as_ref()),
        _ => Err("a list of texts is expected, like [\"eth0\", \"eth1\"]"),
    });
    Ok(texts.collect::<Result<Vec<_>, _>>()?.join(","))
}

/// Turns octets of the text into lines and columns.
struct Places<'a> {
    name: &'a str,
    text: &'a str,
}

impl Places<'_> {
    fn at(&self, octet: usize) -> Place {
        let before = self.text.get(..octet.min(self.text.len())).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Place::File { name: self.name.into(), line, column }
    }
}
