//! The `zeitgeber` program: a table of subcommands, each of which is a module of the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::{ArgMatches, Command};

/// One subcommand: what it takes, and what it does.
struct Subcommand {
    command: fn() -> Command,
    run: fn(&ArgMatches) -> ExitCode,
}

const SUBCOMMANDS: [Subcommand; 1] =
    [Subcommand { command: tools::decode::command, run: tools::decode::run }];

fn main() -> ExitCode {
    let commands = SUBCOMMANDS.iter().map(|subcommand| (subcommand.command)());
    let program = Command::new("zeitgeber")
        .about("Looks at PTP")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(commands);
    let matches = program.get_matches();
    let (name, arguments) = matches.subcommand().expect("clap requires a subcommand");
    let chosen = SUBCOMMANDS.iter().find(|subcommand| (subcommand.command)().get_name() == name);
    (chosen.expect("clap knows only these").run)(arguments)
}
