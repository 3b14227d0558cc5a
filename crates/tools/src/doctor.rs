//! `zeitgeber doctor`: why this machine might not keep time on an interface, and what to do.
//!
//! It looks and listens; it changes nothing.

mod finding;
mod interface;
mod kernel;
mod peers;
mod processes;
mod rights;
mod tally;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::tool::Tool;
use finding::{Finding, Level};
use peers::Listening;

pub(crate) const TOOL: Tool = Tool { command, run };

fn command() -> Command {
    let port = |name: &'static str, default: &'static str, kind: &str| {
        Arg::new(name)
            .long(name)
            .value_name("N")
            .value_parser(value_parser!(u16).range(1..))
            .default_value(default)
            .help(format!("The UDP port of {kind} messages"))
    };
    Command::new("doctor")
        .about("Say what is in the way of keeping time on an interface, and what to do about it")
        .arg(
            Arg::new("interface")
                .short('i')
                .long("interface")
                .value_name("IFACE")
                .required(true)
                .help("The network interface"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print the findings as one JSON object"),
        )
        .arg(
            Arg::new("seconds")
                .long("seconds")
                .value_name("N")
                .value_parser(value_parser!(u64).range(1..=3600))
                .default_value("5")
                .help("How long to listen for peers"),
        )
        .arg(port("event-port", "319", "event"))
        .arg(port("general-port", "320", "general"))
        .after_help(
            "It changes nothing; while it listens, it is a member of PTP's multicast groups.\n\n\
             Exit codes: 0 no problem; 1 at least one problem; 2 usage",
        )
}

fn run(arguments: &ArgMatches, out: &mut dyn Write) -> io::Result<ExitCode> {
    let name: &String = arguments.get_one("interface").expect("clap requires it");
    let port = |name| *arguments.get_one::<u16>(name).expect("it has a default");
    let (event_port, general_port) = (port("event-port"), port("general-port"));
    let seconds = *arguments.get_one::<u64>("seconds").expect("it has a default");
    let json = arguments.get_flag("json");
    let (mut findings, usable) = interface::examine(name);
    findings.extend(rights::examine(event_port.min(general_port)));
    findings.extend(processes::examine([event_port, general_port]));
    findings.extend(kernel::examine());
    if !json {
        for finding in &findings {
            write!(out, "{finding}")?;
        }
        out.flush()?;
    }
    let heard = usable.map_or_else(Vec::new, |(name, state)| {
        let length = Duration::from_secs(seconds);
        peers::examine(&Listening { name, state, event_port, general_port, length })
    });
    if !json {
        for finding in &heard {
            write!(out, "{finding}")?;
        }
    }
    findings.extend(heard);
    let problems = findings.iter().filter(|finding| finding.level == Level::Problem).count();
    if json {
        let value = serde_json::json!({
            "schema": 1,
            "interface": name,
            "problems": problems,
            "findings": findings.iter().map(Finding::to_json).collect::<Vec<_>>(),
        });
        writeln!(out, "{value}")?;
    } else {
        let plural = if problems == 1 { "" } else { "s" };
        writeln!(out, "\n{problems} problem{plural}")?;
    }
    Ok(ExitCode::from(u8::from(problems > 0)))
}
