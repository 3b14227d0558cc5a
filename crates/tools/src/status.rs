//! `zeitgeber status`: the daemon on one screen.

mod performance;
mod screen;

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use control::{Performance, Request, Status, Topic};

use crate::client::{Client, NoAnswer, ask_status, control_argument, control_path};
use crate::tool::Tool;

pub(crate) const TOOL: Tool = Tool { command, run };

const UNREACHABLE: u8 = 1;
/// To the upper left, and erase from there on.
const CLEAR: &str = "\x1b[H\x1b[2J";

fn command() -> Command {
    let flag = |name| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new("status")
        .about("Say what the clock is, whom it follows, how far off it is and how sure")
        .arg(flag("json").help("Print the status as the daemon gives it, one JSON object per line"))
        .arg(flag("watch").help("Print it again each second"))
        .arg(
            flag("performance")
                .conflicts_with("watch")
                .help("Print offsets, delays and messages by quarters of an hour and days instead"),
        )
        .arg(control_argument())
        .after_help("Exit codes: 0 here it is; 1 the daemon does not answer; 2 usage")
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    let json = arguments.get_flag("json");
    let path = control_path(arguments);
    if arguments.get_flag("performance") {
        return match records(path) {
            Ok(all) => {
                performance::print(out, &all, json)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(no_answer) => Ok(complain(&no_answer)),
        };
    }
    if !arguments.get_flag("watch") {
        return match ask_status(path) {
            Ok(status) => {
                print(out, &status, json)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(no_answer) => Ok(complain(&no_answer)),
        };
    }
    let subscribed = Client::connect(path).and_then(|mut client| {
        client.send(Request::Subscribe(Topic::Status))?;
        Ok(client)
    });
    let mut client = match subscribed {
        Ok(client) => client,
        Err(no_answer) => return Ok(complain(&no_answer)),
    };
    let clears = !json && io::stdout().is_terminal();
    loop {
        let status = match client.receive_status() {
            Ok(status) => status,
            Err(no_answer) => return Ok(complain(&no_answer)),
        };
        if clears {
            write!(out, "{CLEAR}")?;
        }
        print(out, &status, json)?;
        if !json && !clears {
            writeln!(out)?;
        }
        out.flush()?;
    }
}

/// Of the clock, and of each of its ports.
fn records(path: &Path) -> Result<Vec<Performance>, NoAnswer> {
    let ports = ask_status(path)?.ports.len() as u16;
    (0..=ports).map(|port| Client::connect(path)?.performance(port)).collect()
}

fn print(out: &mut dyn Write, status: &Status, json: bool) -> io::Result<()> {
    if json {
        let text = serde_json::to_string(status).map_err(io::Error::other)?;
        return writeln!(out, "{text}");
    }
    write!(out, "{}", screen::draw(status))
}

fn complain(no_answer: &NoAnswer) -> ExitCode {
    eprintln!("zeitgeber status: {no_answer}");
    ExitCode::from(UNREACHABLE)
}
