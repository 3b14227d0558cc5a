//! What a subcommand is.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{ArgMatches, Command};

/// One subcommand.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// Its name, arguments and help; the help ends with the exit codes.
    pub command: fn() -> Command,
    /// Runs it, writes to the given output, and returns the exit code.
    pub run: fn(&ArgMatches, &mut dyn Write) -> io::Result<ExitCode>,
}
