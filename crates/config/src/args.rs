//! The daemon's command line, made from the table. It is one more layer, above the file.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::layer::{Context, Layer, give, unknown};
use crate::opt::{Kind, Opt, Since};
use crate::problem::{Place, Problem, Problems};
use crate::table::{self, SWITCHES};

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// What to do.
    pub action: Action,
    /// The file to read.
    pub file: Option<PathBuf>,
    pub(crate) layer: Layer,
}

/// What to do with the configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Run the daemon.
    Run,
    /// Say whether it is right.
    Check,
    /// Print it as a file.
    PrintConfig {
        /// Also what has its default.
        all: bool,
    },
    /// Print this and end: help or the version.
    Print(String),
}

/// Reads a command line, whose first word is the program's name.
///
/// # Errors
///
/// Everything that is wrong with it, at once.
pub fn parse_args<I>(args: I) -> Result<Invocation, Problems>
where
    I: IntoIterator<Item = OsString>,
{
    let mut problems = Problems::default();
    let known = without_unknown(args.into_iter().collect(), &mut problems);
    let matches = match command().try_get_matches_from(known) {
        Ok(matches) => matches,
        Err(error) if is_text(error.kind()) && !problems.fatal() => {
            let action = Action::Print(error.to_string());
            return Ok(Invocation { action, file: None, layer: Layer::default() });
        }
        Err(error) => {
            problems.0.push(Problem::error(&Place::Arguments, first_line(&error)));
            return Err(problems);
        }
    };
    let layer = read(&matches, &mut problems);
    if problems.fatal() {
        return Err(problems);
    }
    let action = match matches.get_one::<String>("print_config") {
        Some(which) => Action::PrintConfig { all: which == "all" },
        None if matches.get_flag("check") => Action::Check,
        None => Action::Run,
    };
    let file = matches.get_one::<OsString>("config").map(PathBuf::from);
    Ok(Invocation { action, file, layer })
}

/// The command line as clap knows it, for help and completions.
pub fn command() -> Command {
    let mut command = Command::new("zeitgeberd")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Keeps the time of a network with the Precision Time Protocol (IEEE 1588)")
        .arg(
            Arg::new("config")
                .short('c')
                .long("config")
                .value_name("FILE")
                .value_parser(clap::value_parser!(OsString))
                .help("The configuration file; what is on the command line wins over it"),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help("Say what is wrong with the configuration, and end"),
        )
        .arg(
            Arg::new("print_config")
                .long("print-config")
                .num_args(0..=1)
                .default_missing_value("all")
                .value_name("WHICH")
                .value_parser(PossibleValuesParser::new(["all", "changed"]))
                .help("Print the configuration that would be used as a file, and end"),
        );
    for (switch, role, word) in SWITCHES {
        command = command.arg(
            Arg::new(*switch)
                .long(switch.replace('_', "-"))
                .alias(*switch)
                .action(ArgAction::SetTrue)
                .help(format!("The same as --{role} {word}")),
        );
    }
    for opt in table::options() {
        command = command.arg(argument(opt));
    }
    command
}

fn argument(opt: &'static Opt) -> Arg {
    let mut help = format!("{} [{}; default: {}]", opt.doc, opt.accepts(), opt.default);
    if let Since::Later(with) = opt.since {
        help = format!("Not available in this version: comes with {with}");
    }
    let mut arg = Arg::new(opt.name)
        .long(opt.argument())
        .value_name(opt.kind.placeholder())
        .action(ArgAction::Append)
        .allow_hyphen_values(matches!(opt.kind, Kind::Int { .. } | Kind::Float { .. }))
        .help_heading(format!("Options of the {}", opt.scope.name()))
        .help(help);
    for name in opt.names() {
        for alias in [name.to_owned(), name.replace('_', "-")] {
            if alias != opt.argument() {
                arg = arg.alias(alias);
            }
        }
    }
    match opt.kind {
        Kind::Bool => arg.num_args(0..=1).default_missing_value("true"),
        Kind::Interfaces => arg.short('i'),
        _ => arg,
    }
}

fn read(matches: &ArgMatches, problems: &mut Problems) -> Layer {
    let names_interfaces = matches.contains_id("interfaces");
    let mut layer = Layer { names_interfaces, ..Layer::default() };
    let place = (Context::Top, &Place::Arguments);
    for (switch, ..) in SWITCHES.iter().filter(|(switch, ..)| matches.get_flag(switch)) {
        give(&mut layer.given, problems, (switch, "true"), place);
    }
    for opt in table::options() {
        for text in matches.get_many::<String>(opt.name).unwrap_or_default() {
            give(&mut layer.given, problems, (opt.name, text), place);
        }
    }
    layer
}

/// Takes out options that nobody knows, so that one of them does not hide the other problems.
fn without_unknown(args: Vec<OsString>, problems: &mut Problems) -> Vec<OsString> {
    let mut known = Vec::with_capacity(args.len());
    let mut args = args.into_iter().peekable();
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy();
        let name = text.strip_prefix("--").map(|text| text.split('=').next().unwrap_or_default());
        match name {
            Some(name) if !name.is_empty() && !is_known(name) => {
                problems.0.push(Problem::error(&Place::Arguments, unknown(name)));
                if !text.contains('=') {
                    args.next_if(|next| !next.to_string_lossy().starts_with('-'));
                }
            }
            _ => known.push(arg),
        }
    }
    known
}

fn is_known(name: &str) -> bool {
    let plain = name.replace('-', "_");
    table::find(name).is_some()
        || SWITCHES.iter().any(|(switch, ..)| *switch == plain)
        || ["config", "check", "print-config", "help", "version"].contains(&name)
}

fn is_text(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).into()
}
