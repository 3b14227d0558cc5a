//! What an option holds, how it is read from a text and how it is written again.

use std::fmt;

use crate::nearest::nearest;
use crate::opt::{Kind, Label, Opt, Since, Word};

/// What an option holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of [`Kind::Bool`].
    Bool(bool),
    /// Of [`Kind::Int`] and [`Kind::Mode`].
    Int(i64),
    /// Of [`Kind::Float`].
    Float(f64),
    /// Of [`Kind::Label`], the canonical word; or a word in the place of a number.
    Word(&'static str),
    /// Of the kinds that are texts.
    Text(String),
    /// Of [`Kind::Interfaces`].
    List(Vec<String>),
}

/// As in the file, without quotes; lists are separated by commas.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value}"),
            Value::Word(value) => f.write_str(value),
            Value::Text(value) => f.write_str(value),
            Value::List(values) => f.write_str(&values.join(",")),
        }
    }
}

/// The value that `text` means for `opt`, or why it means none: what is wrong and what to do.
pub(crate) fn parse(opt: &Opt, text: &str) -> Result<Value, String> {
    match opt.kind {
        Kind::Bool => match text {
            "true" | "yes" | "on" | "1" => Ok(Value::Bool(true)),
            "false" | "no" | "off" | "0" => Ok(Value::Bool(false)),
            _ => Err("true or false is expected".into()),
        },
        Kind::Int { min, max, unit, words } => {
            int(text, min, max, words).ok_or_else(|| explain_number(opt, text, words, unit))
        }
        Kind::Float { min, max, .. } => match text.parse::<f64>() {
            Ok(value) if value >= min && value <= max => Ok(Value::Float(value)),
            _ => Err(format!("a number in {} is expected", opt.accepts())),
        },
        Kind::Label(labels) => label(opt, text, labels),
        Kind::Text | Kind::Path => plain(text).map(Value::Text),
        Kind::Mode => match i64::from_str_radix(text.trim_start_matches("0o"), 8) {
            Ok(mode) if (0..=0o777).contains(&mode) => Ok(Value::Int(mode)),
            _ => Err(format!("{} are expected", opt.accepts())),
        },
        Kind::Identity => identity(text),
        Kind::GroupMac => group_mac(opt, text),
        Kind::Interfaces => {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(interface).collect::<Result<Vec<_>, _>>().map(Value::List)
        }
    }
}

/// The default of `opt`; the tests hold that each is one.
pub(crate) fn default(opt: &Opt) -> Value {
    parse(opt, opt.default).expect("every default in the table is a value of its option")
}

fn int(text: &str, min: i64, max: i64, words: &[Word]) -> Option<Value> {
    if let Some(word) = words.iter().find(|word| word.name == text) {
        return Some(word.number.map_or(Value::Word(word.name), Value::Int));
    }
    let digits = text.replace('_', "");
    let value = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => i64::from_str_radix(hex, 16).ok()?,
        None => digits.parse::<i64>().ok()?,
    };
    (min..=max).contains(&value).then_some(Value::Int(value))
}

fn explain_number(opt: &Opt, text: &str, words: &[Word], unit: &str) -> String {
    let names = words.iter().map(|word| word.name);
    let hint = match nearest(text, names) {
        Some(name) if text.parse::<f64>().is_err() => format!("; did you mean {name}?"),
        _ if unit == "log2 s" => "; it is a logarithm: -3 is 1/8 s, 0 is 1 s, 1 is 2 s".into(),
        _ => String::new(),
    };
    format!("a whole number in {} is expected{hint}", opt.accepts())
}

fn label(opt: &Opt, text: &str, labels: &'static [Label]) -> Result<Value, String> {
    let folded = text.to_ascii_lowercase();
    let fits = |label: &&Label| label.is(text) || label.is(&folded);
    if let Some(label) = labels.iter().find(fits) {
        return match label.since {
            Since::Now => Ok(Value::Word(label.name)),
            Since::Later(with) => Err(format!(
                "this is not available in this version: it comes with {with}; use one of {}",
                opt.accepts()
            )),
        };
    }
    let words = labels
        .iter()
        .flat_map(|label| [label.name].into_iter().chain(label.aliases.iter().copied()));
    let hint = nearest(&folded, words).map(|name| format!("; did you mean {name}?"));
    Err(format!("one of {} is expected{}", opt.accepts(), hint.unwrap_or_default()))
}

fn plain(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("a text without control characters is expected".into());
    }
    Ok(text.into())
}

/// An interface's name as the kernel allows it.
pub(crate) fn interface(name: &str) -> Result<String, String> {
    let plain = name.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
    if (1..=15).contains(&name.len()) && plain && name != "." && name != ".." {
        return Ok(name.into());
    }
    Err("an interface name has 1..15 visible characters and no slash; `ip link` lists them".into())
}

fn group_mac(opt: &Opt, text: &str) -> Result<Value, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    match u64::from_str_radix(&digits, 16) {
        Ok(octets) if digits.len() == 12 && octets >> 40 & 1 == 1 => {
            let octets = octets.to_be_bytes().map(|octet| format!("{octet:02x}"));
            Ok(Value::Text(octets[2..].join(":")))
        }
        _ => Err(format!("{} are expected", opt.accepts())),
    }
}

fn identity(text: &str) -> Result<Value, String> {
    if text == "auto" {
        return Ok(Value::Text(text.into()));
    }
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
    let octets = u64::from_str_radix(&digits, 16);
    let Ok(octets) = octets else {
        return Err("auto or 8 octets like 00:11:22:ff:fe:33:44:55 are expected".into());
    };
    if digits.len() != 16 {
        return Err("8 octets are expected, that is 16 hexadecimal digits".into());
    }
    if octets == 0 || octets == u64::MAX {
        return Err("all zeros and all ones are reserved; choose another identity".into());
    }
    let octets = octets.to_be_bytes().map(|octet| format!("{octet:02x}"));
    Ok(Value::Text(octets.join(":")))
}
