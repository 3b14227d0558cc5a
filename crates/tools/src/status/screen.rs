//! A status as text: one question per line, in the order in which one asks them.

use std::fmt::Write;

use comfy_table::{ContentArrangement, Table, presets};
use control::{ClockState, Domain, Grandmaster, Granted, Port, Status, TimeProperties, Unicast};

use crate::paragraph::wrap;
use crate::{quantity, words};

/// Wider ones are broken by the terminal.
const WIDTH: usize = 100;
/// Every message is counted; these show whether a port works.
const MESSAGES: [&str; 4] = ["announce", "sync", "delay", "pdelay"];

/// What was for others: requests to the time transmitter, and our own echo.
const NORMAL: [&str; 3] = ["discarded_state", "discarded_own_message", "heard_not_for_us"];

/// The whole screen.
pub(super) fn draw(status: &Status) -> String {
    let mut screen = Screen(String::new());
    screen.identity(status);
    screen.source(status);
    screen.quality(status);
    screen.time(status);
    screen.said(status);
    for port in &status.ports {
        screen.link(port);
        screen.alternates(port);
        if !port.told.is_empty() {
            screen.line(&format!("told on {}", port.number), &port.told.join("; "));
        }
    }
    for domain in &status.domains {
        screen.domain(domain);
    }
    if let Some(reason) = &status.reason {
        screen.line("why not better", reason);
    }
    if let Some(smpte) = &status.smpte {
        let text = format!(
            "{} frames, {}, local offset {} s, by {}",
            smpte.frame_rate, smpte.locking_status, smpte.local_offset_s, smpte.source
        );
        screen.line("SMPTE", &text);
    }
    for set in &status.managed {
        let of = if set.port == 0 { String::new() } else { format!(" of port {}", set.port) };
        let kept = if set.saved { "" } else { ", until it ends" };
        screen.line("managed", &format!("{}{of}: {}{kept}", set.id, set.value));
    }
    for note in &status.notes {
        screen.line("note", note);
    }
    for heard in &status.heard {
        let times = if heard.count == 1 { "once" } else { &format!("{} times", heard.count) };
        let ago = quantity::duration(heard.last_s);
        let text = format!("{}: {times}, last {ago} ago, port {}", heard.what, heard.port);
        screen.line("not for us", &text);
    }
    for port in &status.ports {
        if let Some(unicast) = &port.unicast {
            screen.unicast(port.number, unicast);
        }
    }
    if !status.ports.is_empty() {
        screen.0 += &ports(&status.ports);
    }
    screen.0
}

struct Screen(String);

impl Screen {
    fn line(&mut self, name: &str, text: &str) {
        const NAME: usize = 16;
        let mut name = name;
        for part in wrap(text, WIDTH - NAME) {
            let line = format!("{name:NAME$}{part}");
            let _infallible = writeln!(self.0, "{}", line.trim_end());
            name = "";
        }
    }

    /// Who serves us and whom we serve.
    fn unicast(&mut self, port: u16, unicast: &Unicast) {
        for server in &unicast.servers {
            let granted: Vec<String> = server.granted.iter().map(granted).collect();
            let granted =
                if granted.is_empty() { "nothing yet".into() } else { granted.join(", ") };
            let follows = if server.selected { ", followed" } else { "" };
            let text = format!("port {port}: {} grants {granted}{follows}", server.address);
            self.line("served by", &text);
        }
        if unicast.clients_most > 0 {
            let (now, most) = (unicast.clients, unicast.clients_most);
            let text = format!("port {port}: {now} time receivers in unicast, at most {most}");
            self.line("serves", &text);
        }
    }

    fn identity(&mut self, status: &Status) {
        let state = status.state.word();
        let since = quantity::duration(status.since_s);
        self.line("state", &format!("{state} for {since}"));
        let (clock, role) = (words::clock(status.clock.kind), words::role(status.role));
        let (identity, domain) = (status.clock.identity, status.domain);
        self.line("clock", &format!("{identity}, {clock}, {role}, domain {domain}"));
        if status.pid != 0 {
            let text = format!("zeitgeberd {}, process {}", status.version, status.pid);
            self.line("daemon", &text);
        }
    }

    fn link(&mut self, port: &Port) {
        let name = format!("link {}", port.number);
        let capable = match port.capable {
            Some(true) => ", it does gPTP",
            Some(false) => ", no gPTP",
            None => "",
        };
        match (port.link_delay_ns, port.neighbor_rate_ppb) {
            (Some(delay), Some(rate)) => {
                let (delay, rate) = (quantity::span(delay), quantity::rate(rate));
                self.line(&name, &format!("{delay} long, the neighbour at {rate}{capable}"));
            }
            _ if port.capable.is_some() => {
                self.line(&name, &format!("nothing is measured{capable}"));
            }
            _ => {}
        }
    }

    /// Who would lead if the best clock did not.
    fn alternates(&mut self, port: &Port) {
        let known =
            port.alternates.iter().map(|known| format!("{} port {}", known.identity, known.port));
        let known: Vec<String> = known.collect();
        if !known.is_empty() {
            self.line("standing by", &format!("port {}: {}", port.number, known.join(", ")));
        }
    }

    /// What the source says of its accuracy and its rate.
    fn said(&mut self, status: &Status) {
        if let Some(said) = &status.accuracy {
            let clocks = said.boundary_clocks.saturating_add(said.transparent_clocks);
            let on_the_way =
                said.transient_ns + said.dynamic_ns + said.instance_ns + said.medium_ns;
            let text = format!(
                "the grandmaster {}, {clocks} clocks on the way {}; deviation {}",
                quantity::plus_minus(said.grandmaster_ns),
                quantity::plus_minus(on_the_way),
                quantity::span(said.deviation_ns)
            );
            self.line("said accuracy", &text);
        }
        if let Some(rate) = status.grandmaster_rate_ppb {
            self.line("said rate", &format!("the grandmaster at {}", quantity::rate(rate)));
        }
    }

    fn domain(&mut self, domain: &Domain) {
        let name = format!("domain {}", domain.domain);
        let Some(grandmaster) = &domain.grandmaster else {
            return self.line(&name, "nobody is heard");
        };
        let offset = domain.offset_ns.map_or_else(
            || "not measured yet".to_owned(),
            |offset| format!("we are {} off", quantity::span(offset)),
        );
        let bound = domain.bound_ns.map(|bound| format!(" {}", quantity::plus_minus(bound)));
        let text = format!(
            "{offset}{}; grandmaster {}; {}",
            bound.unwrap_or_default(),
            grandmaster.identity,
            quality(grandmaster)
        );
        self.line(&name, &text);
    }

    fn source(&mut self, status: &Status) {
        match &status.parent {
            Some(parent) => {
                let address = parent.address.as_ref().map(|address| format!(" at {address}"));
                let address = address.unwrap_or_default();
                let text = format!("{} port {}{address}", parent.identity, parent.port);
                self.line("follows", &text);
            }
            None => self.line("follows", "nobody"),
        }
        if let Some(grandmaster) = &status.grandmaster {
            let who = if status.state == ClockState::Grandmaster {
                "this clock".to_owned()
            } else if status.parent.as_ref().is_some_and(|p| p.identity == grandmaster.identity) {
                "the same".to_owned()
            } else {
                let steps = status.steps_removed.unwrap_or(0);
                format!("{}, {steps} steps away", grandmaster.identity)
            };
            self.line("grandmaster", &format!("{who}; {}", quality(grandmaster)));
        }
    }

    fn quality(&mut self, status: &Status) {
        let known =
            |ns: Option<f64>, name: &str| ns.map(|ns| (name.to_owned(), quantity::span(ns)));
        if let Some(offset) = status.offset_ns {
            let direction = if offset < 0.0 { "behind" } else { "ahead" };
            let mut text = format!("{} {direction}", quantity::span(offset.abs()));
            let more =
                [known(status.offset_rms_ns, "rms"), known(status.mean_delay_ns, "path delay")];
            for (name, value) in more.into_iter().flatten() {
                let _infallible = write!(text, ", {name} {value}");
            }
            self.line("offset", &text);
        }
        if let Some(bound) = status.bound_ns {
            let mut text = quantity::plus_minus(bound);
            if let Some(random) = status.bound_random_ns {
                let _infallible =
                    write!(text, ", of which chance {}", quantity::plus_minus(random));
            }
            self.line("sure to", &text);
        } else if status.offset_ns.is_some() {
            self.line("sure to", "not known yet");
        }
        if let Some(error) = status.true_error_ns {
            let text = format!("{} against the system's clock", quantity::span(error));
            self.line("true error", &text);
        }
        if let Some(rate) = status.rate_ppb {
            self.line("correction", &format!("{} of the oscillator", quantity::rate(rate)));
        }
    }

    fn time(&mut self, status: &Status) {
        let mut text = words::timescale(status.clock.timescale).to_owned();
        if let Some(offset) = status.utc_offset {
            let _infallible = write!(text, ", TAI - UTC {offset} s");
        }
        let steps = match status.steps {
            0 => "never stepped".to_owned(),
            1 => "stepped once".to_owned(),
            steps => format!("stepped {steps} times"),
        };
        let _infallible = write!(text, ", {steps}");
        self.line("time", &text);
        if let Some(properties) = &status.time_properties {
            self.line("source says", &source_says(properties));
        }
    }
}

fn granted((name, granted): (&String, &Granted)) -> String {
    let name = name.replace('_', " ");
    let every = match granted.log_interval {
        Some(log) if log < 0 => format!(" {} per second", 1_u32 << -log.max(-31)),
        Some(log) => format!(" every {} s", 1_u32 << log.min(31)),
        None => String::new(),
    };
    match granted.left_s {
        Some(left) => format!("{name}{every} for {}", quantity::duration(left)),
        None => format!("{name}{every}"),
    }
}

fn quality(grandmaster: &Grandmaster) -> String {
    let Grandmaster { priority1, priority2, class, accuracy, .. } = grandmaster;
    let accuracy = words::accuracy(*accuracy);
    format!("class {class}, accuracy {accuracy}, priorities {priority1} and {priority2}")
}

fn source_says(said: &TimeProperties) -> String {
    let mut text = String::from(if said.ptp_timescale { "TAI" } else { "an arbitrary timescale" });
    if said.utc_offset_valid {
        let _infallible = write!(text, ", TAI - UTC {} s", said.utc_offset);
    } else {
        text += ", TAI - UTC not known";
    }
    for (flag, words) in [
        (said.leap59, ", a second is left out at the end of this UTC day"),
        (said.leap61, ", a second is put in at the end of this UTC day"),
        (said.time_traceable, ", traceable time"),
        (said.frequency_traceable, ", traceable frequency"),
    ] {
        if flag {
            text += words;
        }
    }
    text
}

fn ports(ports: &[Port]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let messages = MESSAGES.map(|message| format!("{message} rx/tx"));
    let head = ["port", "interface", "state", "stamps"].map(str::to_owned);
    table.set_header(head.into_iter().chain(messages).chain(["trouble".to_owned()]));
    for port in ports {
        let first = [
            port.number.to_string(),
            port.interface.clone(),
            words::port(port.state).to_owned(),
            port.timestamping.clone().unwrap_or_else(|| "-".into()),
        ];
        let counts = MESSAGES.map(|message| counts(port, message));
        table.add_row(first.into_iter().chain(counts).chain([trouble(port)]));
    }
    let lines = table.to_string();
    lines.lines().fold(String::from("\n"), |all, line| all + line.trim() + "\n")
}

/// Received and sent, where requests and responses are one thing.
fn counts(port: &Port, message: &str) -> String {
    let sum = |direction: &str| {
        let named = port.counters.iter().filter(|(name, _)| {
            let kind = name.strip_prefix(direction).unwrap_or_default();
            match message {
                "announce" | "sync" => kind == message,
                _ => kind.starts_with(&format!("{message}_re")),
            }
        });
        named.map(|(_, count)| count).sum::<u64>()
    };
    format!("{}/{}", sum("rx_"), sum("tx_"))
}

/// Every counter that is not of messages and has counted what is not normal on a shared wire.
fn trouble(port: &Port) -> String {
    let messages = |name: &str| {
        let counted = name.starts_with("rx_") || name.starts_with("tx_");
        counted && !name.starts_with("tx_stamps")
    };
    let counted = port
        .counters
        .iter()
        .filter(|(name, count)| **count > 0 && !messages(name) && !NORMAL.contains(&name.as_str()));
    let counted: Vec<String> =
        counted.map(|(name, count)| format!("{} {count}", name.replace('_', " "))).collect();
    if counted.is_empty() { "none".into() } else { counted.join(", ") }
}
