//! What one front end said: options with their values and places, nothing resolved yet.

use crate::nearest::nearest;
use crate::opt::{Kind, Opt, Scope, Since};
use crate::problem::{Place, Problem, Problems};
use crate::table::{self, SWITCHES};
use crate::value::{self, Value};

/// A value that was given, and where.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given {
    pub(crate) opt: &'static str,
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// A port that was given, with its own options.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PortLayer {
    pub(crate) interface: Option<String>,
    pub(crate) place: Place,
    pub(crate) given: Vec<Given>,
}

/// What one front end said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// Whether it tried to name an interface, rightly or not.
    pub(crate) names_interfaces: bool,
    pub(crate) given: Vec<Given>,
    pub(crate) ports: Vec<PortLayer>,
}

/// Where a name was used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Context {
    Top,
    Port,
}

/// Reads `name = text`, into `into`, or says what is wrong with it.
pub(crate) fn give(
    into: &mut Vec<Given>,
    problems: &mut Problems,
    (name, text): (&str, &str),
    (context, place): (Context, &Place),
) {
    match read(name, text, context, into, place) {
        Ok(Some(given)) => into.push(given),
        Ok(None) => {}
        Err(why) => problems.0.push(Problem::error(place, why)),
    }
}

fn read(
    name: &str,
    text: &str,
    context: Context,
    before: &[Given],
    place: &Place,
) -> Result<Option<Given>, String> {
    let switch = SWITCHES.iter().find(|(switch, ..)| *switch == name.replace('-', "_"));
    let (opt, text) = match switch {
        Some((_, role, word)) => match text {
            "true" => (table::find(role), *word),
            "false" => return Ok(None),
            _ => return Err(format!("{name} = {text}: true or false is expected")),
        },
        None => (table::find(name), text),
    };
    let opt = opt.ok_or_else(|| unknown(name))?;
    if let Since::Later(with) = opt.since {
        let later = "is not available in this version: it comes with";
        return Err(format!("{name} {later} {with}; remove it"));
    }
    if context == Context::Port && opt.scope != Scope::Port {
        let scope = opt.scope.name();
        return Err(format!(
            "{name} belongs to the {scope}, not to a port; put it above the first [[port]]"
        ));
    }
    if let Some(other) = before.iter().find(|given| given.opt == opt.name)
        && !matches!(opt.kind, Kind::Interfaces)
    {
        let name = if name == opt.name {
            name.into()
        } else {
            format!("{name} means {}, which", opt.name)
        };
        return Err(format!("{name} was already given ({}); remove one", other.place));
    }
    let value =
        value::parse(opt, text).map_err(|why| format!("{name} = {}: {why}", quoted(text)))?;
    Ok(Some(Given { opt: opt.name, value, place: place.clone() }))
}

/// What to say of a name that nobody knows.
pub(crate) fn unknown(name: &str) -> String {
    let folded = name.replace('-', "_").to_ascii_lowercase();
    let hint = near(&folded).map(|near| format!("; did you mean {near}?"));
    format!("unknown option {name}{}", hint.unwrap_or_default())
}

/// The option that was probably meant by `name`.
pub(crate) fn near(name: &str) -> Option<&'static str> {
    let foreign = table::options().find(|opt| {
        [opt.dialects.ptp4l, opt.dialects.ptpd2, opt.dialects.nuttx]
            .iter()
            .any(|other| !other.is_empty() && other.eq_ignore_ascii_case(name))
    });
    let names = table::options().flat_map(Opt::names);
    foreign.map(|opt| opt.name).or_else(|| nearest(name, names))
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "\"\"".into() } else { text.escape_debug().to_string() }
}
