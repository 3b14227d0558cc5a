//! The program `zeitgeber`.
#![forbid(unsafe_code)]

use std::io;
use std::process::ExitCode;

use clap::Command;
use tools::TOOLS;

fn main() -> ExitCode {
    let commands = TOOLS.iter().map(|tool| (tool.command)());
    let matches = Command::new("zeitgeber")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Looks at and looks after zeitgeberd, which keeps the time of a network")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(commands)
        .get_matches();
    let (name, arguments) = matches.subcommand().expect("a subcommand is required");
    let named = TOOLS.iter().find(|tool| (tool.command)().get_name() == name);
    let tool = named.expect("each subcommand is in the table");
    match (tool.run)(arguments, &mut io::stdout()) {
        Ok(code) => code,
        // Whoever read us has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("zeitgeber {name}: {error}");
            ExitCode::FAILURE
        }
    }
}
