//! A message as a JSON object.
//!
//! A field has `name`, `at`, `len`, `hex` and `value`, and where it makes sense `unit`, `index`,
//! `text` (of an enumeration), `set` (of flags), `scaled` (of intervals, exact, in 2^-16 ns) or
//! `ppb` (of rates). A group has `name`, `at` and `fields`.

use serde_json::{Map, Value, json};

use super::Decoded;
use super::fields::{Node, Owned, hex, parts_per_billion};

/// The frame.
pub(crate) fn object(decoded: &Decoded<'_>) -> Value {
    let mut object = Map::new();
    object.insert("frame".into(), decoded.number.into());
    if let Some((seconds, nanos)) = decoded.time {
        object.insert("time".into(), format!("{seconds}.{nanos:09}").into());
    }
    if let Some(link) = &decoded.link {
        object.insert("link".into(), link.as_str().into());
    }
    object.insert("fields".into(), nodes(decoded.fields.nodes(), decoded.octets));
    if let Some(error) = &decoded.error {
        object.insert("error".into(), error.as_str().into());
    }
    Value::Object(object)
}

/// Fields; `octets` is what their places count in.
pub(crate) fn nodes(nodes_here: &[Node], octets: &[u8]) -> Value {
    nodes_here.iter().map(|node| self::node(node, octets)).collect()
}

fn node(node: &Node, octets: &[u8]) -> Value {
    let mut object = Map::new();
    let label = match node {
        Node::Field { label, len, value } => {
            let raw = octets.get(label.at..label.at + len).unwrap_or_default();
            object.insert("len".into(), (*len).into());
            object.insert("hex".into(), hex(raw).into());
            insert(&mut object, value);
            label
        }
        Node::Group { label, nodes: inner } => {
            object.insert("fields".into(), nodes(inner, octets));
            label
        }
    };
    object.insert("name".into(), label.name.into());
    object.insert("at".into(), label.at.into());
    if let Some(index) = label.index {
        object.insert("index".into(), index.into());
    }
    if !label.unit.is_empty() {
        object.insert("unit".into(), label.unit.into());
    }
    Value::Object(object)
}

fn insert(object: &mut Map<String, Value>, value: &Owned) {
    let mut also = |key: &str, value: Value| object.insert(key.into(), value);
    let value = match value {
        Owned::Unsigned(number) => json!(number),
        Owned::Signed(number) => json!(number),
        Owned::Code(raw, name) => {
            if let Some(name) = name {
                also("text", json!(name));
            }
            json!(raw)
        }
        Owned::Bits(raw, names) => {
            also("set", json!(names));
            json!(raw)
        }
        Owned::Interval(span) => {
            also("unit", json!("ns"));
            also(
                "scaled",
                match i64::try_from(span.scaled()) {
                    Ok(scaled) => json!(scaled),
                    Err(_) => json!(span.scaled().to_string()),
                },
            );
            json!(span.scaled() as f64 / 65536.0)
        }
        Owned::Time(time) => {
            also("unit", json!("s"));
            json!(time.to_string())
        }
        Owned::Log(interval) => {
            also("unit", json!("log2 s"));
            json!(interval.log())
        }
        Owned::Rate(rate) => {
            also("ppb", json!(parts_per_billion(*rate)));
            json!(rate)
        }
        Owned::Float(number) => json!(number),
        Owned::Identity(text) | Owned::Text(text) | Owned::Octets(text) => json!(text),
        Owned::Reserved => Value::Null,
    };
    object.insert("value".into(), value);
}
