//! `zeitgeber check`: everything that is wrong with a configuration file, at once.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};

use linux::KernelClock;
use time::{UtcTime, leap_data_warning};

use crate::tool::Tool;

pub(crate) const TOOL: Tool = Tool { command, run };

fn command() -> Command {
    Command::new("check")
        .about("Say everything that is wrong with a configuration file")
        .arg(
            Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf)),
        )
        .after_help("Exit codes: 0 usable, perhaps with warnings; 1 errors; 2 usage")
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    let file: &PathBuf = arguments.get_one("file").expect("clap requires it");
    let name = file.display().to_string();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            writeln!(out, "{name}: error: cannot read the configuration: {error}")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let (usable, problems) = match config::check(&name, &text) {
        Ok((_, warnings)) => (true, warnings),
        Err(problems) => (false, problems),
    };
    for problem in &problems.0 {
        writeln!(out, "{problem}")?;
    }
    if let Some(warning) =
        KernelClock::Realtime.read().ok().and_then(|now| leap_data_warning(UtcTime::new(now)))
    {
        writeln!(out, "warning: {warning}")?;
    }
    let warnings = problems.0.iter().filter(|problem| problem.warning).count();
    let errors = problems.0.len() - warnings;
    match (usable, warnings) {
        (true, 0) => writeln!(out, "{name}: nothing is wrong")?,
        (true, _) => writeln!(out, "{name}: usable, {}", count(warnings, "warning"))?,
        (false, _) => writeln!(
            out,
            "{name}: not usable, {} and {}",
            count(errors, "error"),
            count(warnings, "warning")
        )?,
    }
    Ok(ExitCode::from(u8::from(!usable)))
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
