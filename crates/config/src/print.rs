//! The configuration as a file that reads back to the same, and the explanation of an option.

use std::fmt::Write;

use crate::labels::Profile;
use crate::layer::near;
use crate::opt::{Kind, Opt, Scope, Since};
use crate::resolve::{Values, port_options};
use crate::table;
use crate::typed::Config;
use crate::value::Value;

/// The configuration as a file; with `all`, also what has its default, and what each option means.
pub fn print_config(config: &Config, all: bool) -> String {
    let defaults = Values::defaults(config.profile);
    let plain = Values::defaults(Profile::None);
    let mut out = String::new();
    for opt in table::options().filter(|opt| opt.since == Since::Now && opt.name != "interfaces") {
        let default =
            if opt.name == "profile" { plain.get("profile") } else { defaults.get(opt.name) };
        let value = if opt.scope == Scope::Port { default } else { config.values.get(opt.name) };
        if all {
            comment(&mut out, opt);
        }
        if all || value != default {
            line(&mut out, opt, value);
        }
        if all {
            out.push('\n');
        }
    }
    for port in &config.resolved_ports {
        let _infallible = writeln!(out, "\n[[port]]\ninterface = {}", quoted(&port.interface));
        for opt in port_options() {
            let value = port.values.get(opt.name);
            if value != defaults.get(opt.name) {
                line(&mut out, opt, value);
            }
        }
    }
    out
}

fn comment(out: &mut String, opt: &Opt) {
    for line in wrap(opt.doc) {
        let _infallible = writeln!(out, "# {line}");
    }
    let default = if opt.default.is_empty() { "none" } else { opt.default };
    let _infallible = writeln!(out, "# {}; default: {default}", opt.accepts());
}

fn line(out: &mut String, opt: &Opt, value: &Value) {
    let text = match (value, opt.kind) {
        (Value::Int(mode), Kind::Mode) => format!("\"{mode:04o}\""),
        (Value::Float(value), _) => format!("{value:?}"),
        (Value::Word(_) | Value::Text(_), _) => quoted(&value.to_string()),
        (Value::List(names), _) => {
            format!("[{}]", names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "))
        }
        (value, _) => value.to_string(),
    };
    let _infallible = writeln!(out, "{} = {text}", opt.name);
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// All that is known of an option, as text.
///
/// # Errors
///
/// There is none of that name; the text says which ones are near.
pub fn explain(name: &str) -> Result<String, String> {
    let Some(opt) = table::find(name) else {
        let folded = name.replace('-', "_").to_ascii_lowercase();
        let hint = near(&folded).map(|near| format!("; did you mean {near}?"));
        return Err(format!("there is no option {name}{}", hint.unwrap_or_default()));
    };
    let mut out = format!("{} (--{})\n", opt.name, opt.argument());
    for line in wrap(opt.doc) {
        let _infallible = writeln!(out, "  {line}");
    }
    let default = if opt.default.is_empty() { "none" } else { opt.default };
    let reload = if opt.live { "applied on reload" } else { "needs a restart" };
    let _infallible = writeln!(
        out,
        "  values:  {}\n  default: {default}\n  scope:   {}\n  change:  {reload}",
        opt.accepts(),
        opt.scope.name()
    );
    if !opt.aliases.is_empty() {
        let _infallible = writeln!(out, "  also:    {}", opt.aliases.join(", "));
    }
    let dialects = opt.dialects;
    for (program, other) in
        [("ptp4l", dialects.ptp4l), ("ptpd2", dialects.ptpd2), ("nuttx", dialects.nuttx)]
    {
        if !other.is_empty() {
            let _infallible = writeln!(out, "  {program}:   {other}");
        }
    }
    if let Kind::Label(labels) = opt.kind {
        for label in labels {
            let later = match label.since {
                Since::Now => String::new(),
                Since::Later(with) => format!("not available in this version, comes with {with}"),
            };
            let text = if later.is_empty() { label.aliases.join(", ") } else { later };
            let _infallible = writeln!(out, "  {:<14} {text}", label.name);
        }
    }
    if let Since::Later(with) = opt.since {
        let _infallible = writeln!(out, "  not available in this version: it comes with {with}");
    }
    Ok(out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n")
}

/// Lines of at most 76 characters.
fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.len() + 1 + word.len() > 76 {
            lines.push(word.into());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
