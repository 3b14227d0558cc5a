//! What is asked, of whom, and over which transport.

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use config::PeerAddress;
use wire::{ClockIdentity, ManagementAction, ManagementId, PortIdentity, Scope, SdoId};

use super::{ids, value};

/// A whole question.
pub(super) struct Asked {
    pub(super) interface: String,
    pub(super) transport: Transport,
    /// Nobody in particular: the group.
    pub(super) to: Option<PeerAddress>,
    pub(super) target: PortIdentity,
    pub(super) domain: u8,
    pub(super) sdo_id: SdoId,
    pub(super) hops: u8,
    pub(super) timeout: Duration,
    pub(super) ports: (u16, u16),
    pub(super) scope: u8,
    pub(super) action: ManagementAction,
    pub(super) id: ManagementId,
    /// dataField.
    pub(super) data: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Transport {
    Udp4,
    Udp6,
    L2,
}

const EXIT_CODES: &str = "\
A SET takes its fields as NAME=VALUE or in their order: `set UTC_PROPERTIES currentUtcOffset=37 \
flags=UTC_OFFSET_VALID`. Flags are names with commas, `none`, or on and off where there is one.

Exit codes:
  0  everybody who answered did as asked
  1  at least one refused; the answer says why
  2  what was asked makes no sense, or cannot be sent from here
  3  nobody answered";

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// Its arguments.
pub(super) fn command() -> Command {
    let positional = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).value_name(value).required_unless_present("list").help(help)
    };
    Command::new("manage")
        .about("Ask clocks on the network by PTP management messages, or tell them what to do")
        .after_help(EXIT_CODES)
        .arg(switch("list", "List what can be asked and set"))
        .args(whom())
        .args(ways())
        .arg(switch("json", "Print the answers as one JSON object"))
        .arg(
            positional("action", "ACTION", "What to do")
                .ignore_case(true)
                .value_parser(["get", "set", "command"]),
        )
        .arg(positional("id", "ID", "What about, by name or number"))
        .arg(
            Arg::new("values")
                .value_name("VALUE")
                .num_args(0..)
                .allow_negative_numbers(true)
                .help("Fields of a SET; the key of a GET that has several"),
        )
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// Who is asked, and how long for answers.
fn whom() -> [Arg; 7] {
    let target = "Only this clock, or this port of it, answers; 8 octets like \
                  00:11:22:ff:fe:33:44:55";
    [
        option("to", "ADDRESS", "Ask this address alone, in unicast; without it, the group"),
        option("target", "CLOCK[-PORT]", target),
        option("port", "N", "Only the ports of this number answer")
            .value_parser(value_parser!(u16).range(1..))
            .conflicts_with("target"),
        option("domain", "N", "domainNumber").value_parser(value_parser!(u8)).default_value("0"),
        option("sdo-id", "N", "sdoId; 256 is IEEE 802.1AS")
            .value_parser(value_parser!(u16).range(..=4095))
            .default_value("0"),
        option("hops", "N", "Boundary clocks that may pass it on one after the other")
            .value_parser(value_parser!(u8))
            .default_value("1"),
        option("timeout", "S", "How long to wait for answers, in seconds")
            .value_parser(value_parser!(f64))
            .default_value("1"),
    ]
}

/// What the messages go over.
fn ways() -> [Arg; 5] {
    let port = |name: &'static str, default: &'static str, help: &'static str| {
        option(name, "N", help).value_parser(value_parser!(u16).range(1..)).default_value(default)
    };
    [
        option("interface", "IFACE", "The interface to ask on")
            .short('i')
            .required_unless_present("list"),
        option("transport", "HOW", "What the messages go over; udp4 unless --to says otherwise")
            .value_parser(["udp4", "udp6", "l2"]),
        port("event-port", "319", "The UDP port of event messages"),
        port("general-port", "320", "The UDP port of general messages"),
        option("udp6-scope", "X", "The scope X of the IPv6 group FF0X::181")
            .value_parser(value_parser!(u8).range(1..=15))
            .default_value("14"),
    ]
}

impl Asked {
    pub(super) fn of(matches: &ArgMatches) -> Result<Asked, String> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let octet = |name: &str| matches.get_one::<u8>(name).copied().unwrap_or_default();
        let word = |name: &str| matches.get_one::<u16>(name).copied().unwrap_or_default();
        let to = text("to").map(|to| to.parse::<PeerAddress>()).transpose()?;
        let transport = transport(text("transport").as_deref(), to.as_ref())?;
        let timeout = matches.get_one::<f64>("timeout").copied().unwrap_or(1.0);
        let timeout = Duration::try_from_secs_f64(timeout)
            .ok()
            .filter(|timeout| (1..=600_000).contains(&timeout.as_millis()))
            .ok_or("--timeout is 0.001 to 600 seconds")?;
        let id = ids::find(&text("id").unwrap_or_default())?;
        let values: Vec<String> =
            matches.get_many("values").map(|all| all.cloned().collect()).unwrap_or_default();
        let action = text("action").unwrap_or_default().to_lowercase();
        let (action, data) = match action.as_str() {
            "get" => (ManagementAction::GET, value::key(id, &values)?),
            "set" => (ManagementAction::SET, value::data(id, &values)?),
            _ if id == ManagementId::INITIALIZE && values.is_empty() => {
                (ManagementAction::COMMAND, vec![0, 0])
            }
            _ => (ManagementAction::COMMAND, value::data(id, &values)?),
        };
        let target = match (text("target"), matches.get_one::<u16>("port")) {
            (Some(target), _) => port_identity(&target)?,
            (None, Some(port)) => PortIdentity { clock: ClockIdentity::ALL, port: *port },
            (None, None) => PortIdentity::ALL,
        };
        Ok(Asked {
            interface: text("interface").unwrap_or_default(),
            transport,
            to,
            target,
            domain: octet("domain"),
            sdo_id: SdoId(word("sdo-id")),
            hops: octet("hops"),
            timeout,
            ports: (word("event-port"), word("general-port")),
            scope: octet("udp6-scope"),
            action,
            id,
            data,
        })
    }

    /// Whether no more than one answer can come.
    pub(super) fn has_one_answer(&self) -> bool {
        let of_clock = self.id.row().is_some_and(|row| row.scope == Scope::Clock);
        let one_clock = self.target.clock != ClockIdentity::ALL || self.to.is_some();
        one_clock && (of_clock || self.target.port != u16::MAX)
    }
}

fn transport(word: Option<&str>, to: Option<&PeerAddress>) -> Result<Transport, String> {
    let of_address = to.map(|to| match to {
        PeerAddress::Udp4(_) => Transport::Udp4,
        PeerAddress::Udp6(_) => Transport::Udp6,
        PeerAddress::Ethernet(_) => Transport::L2,
    });
    let said = word.map(|word| match word {
        "udp6" => Transport::Udp6,
        "l2" => Transport::L2,
        _ => Transport::Udp4,
    });
    match (said, of_address) {
        (Some(said), Some(of)) if said != of => {
            Err("--to is an address of another transport than --transport".into())
        }
        (said, of) => Ok(said.or(of).unwrap_or(Transport::Udp4)),
    }
}

/// CLOCK or CLOCK-PORT, with colons, as linuxptp has it, or as plain digits.
pub(super) fn port_identity(text: &str) -> Result<PortIdentity, String> {
    let expected =
        || format!("{text}: a port is 8 octets and a number, like 00:11:22:ff:fe:33:44:55-1");
    let (clock, port) = match text.rsplit_once('-') {
        Some((clock, port)) => (clock, port.parse().map_err(|_| expected())?),
        None => (text, u16::MAX),
    };
    let digits = clock.replace([':', '.'], "");
    let number = u64::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 16);
    let clock = ClockIdentity(number.ok_or_else(expected)?.to_be_bytes());
    Ok(PortIdentity { clock, port })
}
