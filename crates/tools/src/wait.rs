//! `zeitgeber wait`: for scripts that need the right time before they go on.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use control::{ClockState, Status};

use crate::client::{ask_status, control_argument, control_path};
use crate::quantity;
use crate::tool::Tool;

pub(crate) const TOOL: Tool = Tool { command, run };

const TIMED_OUT: u8 = 3;
const PAUSE: Duration = Duration::from_millis(100);

fn command() -> Command {
    Command::new("wait")
        .about("Wait until the clock follows its source")
        .arg(
            Arg::new("locked")
                .long("locked")
                .required(true)
                .action(ArgAction::SetTrue)
                .help("Until the daemon is locked to its source"),
        )
        .arg(
            Arg::new("within")
                .long("within")
                .value_name("NS")
                .value_parser(value_parser!(u64))
                .help("And its error bound is not above so many nanoseconds"),
        )
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("S")
                .value_parser(value_parser!(u64).range(..=31_536_000))
                .help("Give up after so many seconds; without it, never"),
        )
        .arg(control_argument())
        .after_help(
            "A daemon that is not there yet is waited for too.\n\n\
             Exit codes: 0 it is so; 2 usage; 3 it was not so in time",
        )
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    let within = arguments.get_one::<u64>("within").copied();
    let timeout = arguments.get_one::<u64>("timeout").copied().map(Duration::from_secs);
    let start = Instant::now();
    loop {
        let lack = match look(control_path(arguments), within) {
            Ok(status) => {
                let bound = status.bound_ns.map_or_else(|| "unknown".into(), quantity::plus_minus);
                writeln!(out, "locked, error bound {bound}")?;
                return Ok(ExitCode::SUCCESS);
            }
            Err(lack) => lack,
        };
        if timeout.is_some_and(|timeout| start.elapsed() + PAUSE > timeout) {
            eprintln!("zeitgeber wait: not in time: {lack}");
            return Ok(ExitCode::from(TIMED_OUT));
        }
        std::thread::sleep(PAUSE);
    }
}

/// The status if it is as wanted, or what is missing.
fn look(path: &Path, within: Option<u64>) -> Result<Status, String> {
    let status = ask_status(path).map_err(|no_answer| no_answer.to_string())?;
    if status.state != ClockState::Locked {
        let reason = status.reason.as_deref().unwrap_or("the daemon gives no reason");
        return Err(format!("it is {}: {reason}", status.state.word()));
    }
    match (within, status.bound_ns) {
        (Some(_), None) => Err("it is locked, but has no error bound".into()),
        (Some(within), Some(bound)) if bound > within as f64 => {
            Err(format!("it is locked, but its error bound is {}", quantity::plus_minus(bound)))
        }
        _ => Ok(status),
    }
}
