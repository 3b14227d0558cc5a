//! Events as lines for people: what changed, not what repeats.

use engine::{Agreement, Event, Incapable, ParentDs, Peer, PortIndex, Refusal, Told};
use wire::{ManagementAction, ManagementId};

use crate::expected;

/// A line for the log and whether it is worth a person's attention; nothing for what is only
/// counted.
pub(crate) fn describe(event: &Event, interface: impl Fn(PortIndex) -> String) -> Option<Line> {
    let port = |port: &PortIndex| format!("port {} ({})", port.0 + 1, interface(*port));
    let (severity, kind, text) = match event {
        Event::State { port: p, from, to, .. } => {
            (Severity::Notice, "state", format!("{}: {} -> {}", port(p), from.name(), to.name()))
        }
        Event::Parent { parent, .. } => (Severity::Notice, "parent", followed(parent)),
        Event::TimeProperties { properties, .. } => {
            let scale = if properties.is_ptp() { "TAI" } else { "arbitrary" };
            let text =
                format!("timescale {scale}, TAI - UTC announced as {} s", properties.utc_offset);
            (Severity::Info, "time_properties", text)
        }
        Event::ForeignNew { port: p, source } => {
            (Severity::Info, "foreign_new", format!("{}: new time transmitter {source}", port(p)))
        }
        Event::ForeignLost { port: p, source } => (
            Severity::Info,
            "foreign_lost",
            format!("{}: time transmitter {source} fell silent", port(p)),
        ),
        Event::AnnounceTimeout { port: p, .. } => (
            Severity::Notice,
            "announce_timeout",
            format!("{}: the time transmitter's Announce stayed away", port(p)),
        ),
        Event::Unicast { port: p, peer, service, change } => {
            let (severity, what) = agreement(*change);
            let (service, peer) = (service.name(), words(*peer));
            (severity, "unicast", format!("{}: {service} {what} {peer}", port(p)))
        }
        Event::StampMissing { port: p, kind } => (
            Severity::Info,
            "stamp_missing",
            format!(
                "{}: no transmit stamp of a {} in time; one measurement is lost",
                port(p),
                kind.name()
            ),
        ),
        Event::MultipleResponders { port: p, .. }
        | Event::Capable { port: p, .. }
        | Event::Deviation { port: p, .. }
        | Event::Version { port: p, .. }
        | Event::IntervalsAsked { port: p }
        | Event::Told { port: p, .. }
        | Event::SameWire { port: p, .. } => of_neighbours(event, &port(p))?,
        Event::Unanswered { port: p, kind } => {
            let text = format!("{}: a {} stayed without an answer", port(p), kind.name());
            (Severity::Debug, "unanswered", text)
        }
        Event::Discarded { port: p, reason } => {
            (Severity::Debug, "discarded", format!("{}: discarded: {reason}", port(p)))
        }
        Event::Managed { port: p, action, id, from, request: None, .. } => {
            (Severity::Notice, "managed", managed(*p, *action, *id, *from))
        }
        Event::Metadata { port: p, source, said, .. } => (
            Severity::Info,
            "metadata",
            format!("{}: {source} says: {}", port(p), crate::fields::words(said)),
        ),
        Event::Received { .. }
        | Event::Heard { .. }
        | Event::StampLate
        | Event::TimeSet { .. }
        | Event::Managed { .. } => return None,
    };
    Some(Line { severity, kind, text })
}

/// What somebody on the wire of a port does.
fn of_neighbours(event: &Event, port: &str) -> Option<(Severity, &'static str, String)> {
    Some(match event {
        Event::MultipleResponders { source, .. } => (
            Severity::Warning,
            "multiple_responders",
            format!(
                "{port}: {source} answered a Pdelay_Req too; a switch without PTP between the two?"
            ),
        ),
        Event::Capable { state, .. } => capable(port, *state),
        Event::Deviation { source, what, .. } => {
            (Severity::Warning, "deviation", format!("{port}: {source} {}", expected::words(*what)))
        }
        Event::Version { minor: 0, .. } => (
            Severity::Notice,
            "version",
            format!("{port}: messages of PTP 2.1 come to nothing; speaking 2.0 from now on"),
        ),
        Event::Version { minor, .. } => (
            Severity::Notice,
            "version",
            format!("{port}: 2.0 did not help either; speaking PTP 2.{minor} again"),
        ),
        Event::IntervalsAsked { .. } => (
            Severity::Info,
            "intervals_asked",
            format!("{port}: a neighbour asked for other intervals"),
        ),
        Event::Told { what, .. } => told(port, *what),
        Event::SameWire { other, .. } => (
            Severity::Warning,
            "same_wire",
            format!("{port}: one wire joins it with our port {other}, which leads there"),
        ),
        _ => return None,
    })
}

/// What a management message changed or did.
fn managed(port: u16, action: ManagementAction, id: ManagementId, from: Peer) -> String {
    let (action, id) = (action.name().unwrap_or("?"), id.name().unwrap_or("?"));
    let of = match port {
        0 => String::new(),
        0xffff => " of every port".to_owned(),
        port => format!(" of port {port}"),
    };
    format!("management: {action} {id}{of} for {}", words(from))
}

fn capable(port: &str, state: Result<(), Incapable>) -> (Severity, &'static str, String) {
    let why = match state {
        Ok(()) => {
            return (Severity::Notice, "capable", format!("{port}: the neighbour does gPTP"));
        }
        Err(Incapable::Unknown) => "nothing is known of the neighbour",
        Err(Incapable::Lost) => "the neighbour does not answer Pdelay_Req any more",
        Err(Incapable::Delay) => {
            "the link's delay is out of limits (link_delay_max_ns); something else than a wire is \
             in it"
        }
        Err(Incapable::Several) => "more than one neighbour answers Pdelay_Req",
    };
    (Severity::Warning, "capable", format!("{port}: no gPTP here: {why}"))
}

/// What somebody says of itself.
fn told(port: &str, what: Told) -> (Severity, &'static str, String) {
    let (severity, text) = match what {
        Told::Capable(true) => (Severity::Info, "the neighbour says that it does gPTP"),
        Told::Capable(false) => {
            (Severity::Notice, "the neighbour says no longer that it does gPTP")
        }
        Told::NetSyncAsked => (Severity::Debug, "the NetSync Monitor asked"),
        Told::Layer1 => (Severity::Debug, "another state of a physical layer is told of"),
        Told::Availability => (Severity::Debug, "messages of somebody can be had otherwise"),
        Told::Address => (Severity::Debug, "somebody tells of another address"),
        Told::Report(_) => (Severity::Debug, "a time receiver reports what it measures"),
    };
    (severity, "told", format!("{port}: {text}"))
}

/// What a person sees of an event.
pub(crate) struct Line {
    pub(crate) severity: Severity,
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Severity {
    Debug,
    Info,
    Notice,
    Warning,
}

/// Whether an event may come with every message, so that its text is made only when it is read.
pub(crate) const fn repeats(event: &Event) -> bool {
    matches!(
        event,
        Event::Received { .. }
            | Event::Heard { .. }
            | Event::Discarded { .. }
            | Event::Told {
                what: Told::Report(_)
                    | Told::NetSyncAsked
                    | Told::Layer1
                    | Told::Availability
                    | Told::Address,
                ..
            }
            | Event::Unanswered { .. }
            | Event::StampLate
            | Event::StampMissing { .. }
            | Event::Unicast { change: Agreement::Granted | Agreement::Refused(_), .. }
    )
}

/// What became of an agreement on unicast service, before the other's name.
const fn agreement(change: Agreement) -> (Severity, &'static str) {
    match change {
        Agreement::Granted => (Severity::Debug, "granted to"),
        Agreement::Refused(Refusal::Interval) => (Severity::Debug, "at that interval refused to"),
        Agreement::Refused(Refusal::Room) => (Severity::Debug, "for want of room refused to"),
        Agreement::Refused(Refusal::Address) => {
            (Severity::Debug, "refused to one too many of the address")
        }
        Agreement::Ended => (Severity::Info, "no longer granted to"),
        Agreement::Obtained => (Severity::Info, "granted by"),
        Agreement::Denied => (Severity::Info, "denied by"),
        Agreement::Unanswered => (Severity::Info, "asked for three times in vain of"),
        Agreement::Lost => (Severity::Notice, "no longer granted by"),
    }
}

/// An address as people write it.
pub(crate) fn words(peer: Peer) -> String {
    match peer {
        Peer::None => "an unknown address".to_owned(),
        Peer::Udp4(octets) => core::net::Ipv4Addr::from(octets).to_string(),
        Peer::Udp6(octets) => core::net::Ipv6Addr::from(octets).to_string(),
        Peer::Ethernet(octets) => octets.map(|octet| format!("{octet:02x}")).join(":"),
    }
}

fn followed(parent: &ParentDs) -> String {
    if parent.port.port == 0 {
        return "no clock is heard that we should follow".to_owned();
    }
    format!(
        "following {}: grandmaster {} (priority1 {}, class {}, accuracy {:#04x}, variance {:#06x}, \
         priority2 {})",
        parent.port,
        parent.grandmaster,
        parent.priority1,
        parent.quality.class,
        parent.quality.accuracy.0,
        parent.quality.variance,
        parent.priority2
    )
}
