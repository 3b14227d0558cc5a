//! `zeitgeber explain`: all that is known of one option.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use crate::tool::Tool;

pub(crate) const TOOL: Tool = Tool { command, run };

fn command() -> Command {
    Command::new("explain")
        .about("Say what an option of the configuration means, takes and is by default")
        .arg(Arg::new("option").value_name("OPTION").required(true))
        .after_help("Exit codes: 0 explained; 1 there is no such option; 2 usage")
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    let name: &String = arguments.get_one("option").expect("clap requires it");
    match config::explain(name.trim_start_matches('-')) {
        Ok(text) => {
            write!(out, "{text}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            eprintln!("zeitgeber explain: {why}");
            Ok(ExitCode::FAILURE)
        }
    }
}
