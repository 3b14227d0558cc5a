//! `zeitgeber doctor`: why this machine might not keep time on an interface, and what to do.
//!
//! It looks and listens; it changes nothing.

mod addresses;
mod ear;
mod finding;
mod interface;
mod judge;
mod kernel;
mod peers;
mod processes;
mod rights;
mod tally;
mod transport;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::tool::Tool;
use ear::Ports;
use finding::{Finding, Level};
use peers::Listening;
use transport::Choice;

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
        .arg(
            Arg::new("transport")
                .long("transport")
                .value_name("HOW")
                .value_parser(["all", "udp4", "udp6", "l2"])
                .default_value("all")
                .help("What the daemon's port is to speak; what that lacks is then a problem"),
        )
        .arg(
            Arg::new("udp6-scope")
                .long("udp6-scope")
                .value_name("X")
                .value_parser(value_parser!(u8).range(1..=15))
                .default_value("14")
                .help("The scope X of the IPv6 group FF0X::181, as the daemon's `udp6_scope`"),
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
    let ports = ports(arguments);
    let word: &String = arguments.get_one("transport").expect("it has a default");
    let choice = Choice::of(word);
    let seconds = *arguments.get_one::<u64>("seconds").expect("it has a default");
    let json = arguments.get_flag("json");
    let (mut findings, usable) = interface::examine(name, choice);
    findings.extend(rights::examine(ports.event.min(ports.general), choice));
    let udp_ports = [ports.event, ports.general];
    findings.extend(processes::examine(if choice.has_udp() { &udp_ports } else { &[] }));
    findings.extend(kernel::examine());
    if !json {
        print(out, &findings)?;
        out.flush()?;
    }
    let heard = usable.map_or_else(Vec::new, |usable| {
        let length = Duration::from_secs(seconds);
        peers::examine(&Listening { usable, ports, choice, length })
    });
    if !json {
        print(out, &heard)?;
    }
    findings.extend(heard);
    conclude(out, name, &findings, json)
}

fn ports(arguments: &ArgMatches) -> Ports {
    let port = |name| *arguments.get_one::<u16>(name).expect("it has a default");
    Ports {
        event: port("event-port"),
        general: port("general-port"),
        scope: *arguments.get_one("udp6-scope").expect("it has a default"),
    }
}

fn print(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    findings.iter().try_for_each(|finding| write!(out, "{finding}"))
}

fn conclude(
    out: &mut dyn Write,
    name: &str,
    findings: &[Finding],
    json: bool,
) -> io::Result<ExitCode> {
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
