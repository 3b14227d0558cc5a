//! What options demand of each other. Each rule says why, and what to change.

use crate::deviations;
use crate::lists;
use crate::media;
use crate::peers::{self, PeerAddress};
use crate::problem::{Place, Problem, Problems};
use crate::resolve::{Resolved, ResolvedPort};
use crate::value::Value;

/// Adds what is wrong with the whole.
pub(crate) fn check(resolved: &Resolved, problems: &mut Problems) {
    let mut found = Vec::new();
    class_and_role(resolved, &mut found);
    virtual_clock(resolved, &mut found);
    steps(resolved, &mut found);
    identity_of_traffic(resolved, &mut found);
    sockets(resolved, &mut found);
    udp_ports(resolved, &mut found);
    listed(resolved, &mut found);
    management(resolved, &mut found);
    media(resolved, &mut found);
    rehearsed(resolved, &mut found);
    unicast(resolved, &mut found);
    selection(resolved, &mut found);
    transparent(resolved, &mut found);
    idle(resolved, &mut found);
    deviations::check(resolved, &mut found);
    if resolved.ports.is_empty() && !resolved.names_interfaces {
        let text = "no interface is named; use -i IFACE, or [[port]] with interface = \"...\"";
        found.push(Problem::error(&Place::Default, text));
    }
    problems.0.append(&mut found);
}

fn word(resolved: &Resolved, name: &str) -> String {
    resolved.values.get(name).to_string()
}

fn class_and_role(resolved: &Resolved, found: &mut Vec<Problem>) {
    let client = word(resolved, "role") == "client-only";
    let Value::Int(class) = *resolved.values.get("clock_class") else { return };
    let place = resolved.place("clock_class");
    if client && class != 255 {
        found.push(Problem::error(
            &place,
            format!(
                "clock_class = {class}: a client-only clock has class 255 (7.6.2.5); remove \
                 clock_class, or set role = \"both\""
            ),
        ));
    } else if !client && class == 255 {
        found.push(Problem::error(
            &place,
            "clock_class = 255: this class means client-only (7.6.2.5); set role = \
             \"client-only\", or another class",
        ));
    }
}

fn virtual_clock(resolved: &Resolved, found: &mut Vec<Problem>) {
    let clock = word(resolved, "clock");
    if clock == "virtual" {
        let rate = match *resolved.values.get("virtual_rate_ppb") {
            Value::Float(rate) => rate,
            _ => 0.0,
        };
        if let Value::Int(most) = *resolved.values.get("max_rate_ppb")
            && rate.abs() > most as f64
        {
            found.push(Problem::warning(
                &resolved.place("virtual_rate_ppb"),
                format!(
                    "virtual_rate_ppb = {rate}: max_rate_ppb = {most} cannot make up for it; the \
                     clock will not lock"
                ),
            ));
        }
        if let Some(place) = resolved.given("arb_timescale") {
            let text = "arb_timescale has no effect: a virtual clock follows the arbitrary \
                        timescale as it is";
            found.push(Problem::warning(place, text));
        }
        return;
    }
    for option in ["clock_page", "virtual_offset_ns", "virtual_rate_ppb"] {
        if let Some(place) = resolved.given(option) {
            let text =
                format!("{option} has no effect with clock = \"{clock}\"; it needs \"virtual\"");
            found.push(Problem::warning(place, text));
        }
    }
}

fn steps(resolved: &Resolved, found: &mut Vec<Problem>) {
    let policy = word(resolved, "step_policy");
    if policy != "above"
        && let Some(place) = resolved.given("step_threshold_ns")
    {
        let text = format!(
            "step_threshold_ns has no effect with step_policy = \"{policy}\"; it needs \"above\""
        );
        found.push(Problem::warning(place, text));
    }
}

fn identity_of_traffic(resolved: &Resolved, found: &mut Vec<Problem>) {
    let (sdo, minor) = (resolved.values.get("sdo_id"), resolved.values.get("minor_version"));
    if let (Value::Int(sdo), Value::Int(0)) = (sdo, minor)
        && sdo & 0xff != 0
    {
        found.push(Problem::error(
            &resolved.place("sdo_id"),
            format!(
                "sdo_id = {sdo}: its low 8 bits exist since the edition of 2019 (7.1.4); set \
                 minor_version = 1, or a multiple of 256"
            ),
        ));
    }
}

fn sockets(resolved: &Resolved, found: &mut Vec<Problem>) {
    let control = word(resolved, "control");
    if !control.is_empty() && control == word(resolved, "control_readonly") {
        found.push(Problem::error(
            &resolved.place("control_readonly"),
            format!("control_readonly = {control}: this is the path of control; choose another"),
        ));
    }
}

fn rehearsed(resolved: &Resolved, found: &mut Vec<Problem>) {
    let text = word(resolved, "leap_second");
    if !text.is_empty() && time::LeapEvent::parse(&text).is_none() {
        let text = format!("leap_second = {text}: a day and +1 or -1 is expected: 2026-12-31+1");
        found.push(Problem::error(&resolved.place("leap_second"), text));
    }
}

fn listed(resolved: &Resolved, found: &mut Vec<Problem>) {
    let wrong = lists::acceptable(&word(resolved, "acceptable")).err();
    if let Some(text) = wrong {
        let text = format!("acceptable = {text}");
        found.push(Problem::error(&resolved.place("acceptable"), text));
    }
    if let Err(text) = lists::timescales(&word(resolved, "alternate_timescales")) {
        let text = format!("alternate_timescales = {text}");
        found.push(Problem::error(&resolved.place("alternate_timescales"), text));
    }
    let Value::Int(own) = *resolved.values.get("domain") else { return };
    let domains = lists::domains(&word(resolved, "also_domains"));
    let wrong = match domains {
        Err(text) => Some(text),
        Ok(all) if all.iter().any(|domain| i64::from(*domain) == own) => {
            Some(format!("{own} is our own domain; remove it"))
        }
        Ok(_) => None,
    };
    if let Some(text) = wrong {
        let text = format!("also_domains = {text}");
        found.push(Problem::error(&resolved.place("also_domains"), text));
    }
}

fn media(resolved: &Resolved, found: &mut Vec<Problem>) {
    let rate = media::frame_rate(&word(resolved, "smpte_frame_rate")).err();
    let jump = lists::optional_jump(&word(resolved, "smpte_jump")).err();
    let jam = media::time_of_day(&word(resolved, "smpte_daily_jam")).err();
    let wrong = [("smpte_frame_rate", rate), ("smpte_jump", jump), ("smpte_daily_jam", jam)];
    for (option, text) in wrong {
        if let Some(text) = text {
            let text = format!("{option} = {text}");
            found.push(Problem::error(&resolved.place(option), text));
        }
    }
}

/// The longest userDescription (8.2.5.2).
const DESCRIPTION_MAX: usize = 128;

fn management(resolved: &Resolved, found: &mut Vec<Problem>) {
    let place = resolved.place("management_allow");
    if let Err(text) = peers::clients(&word(resolved, "management_allow")) {
        found.push(Problem::error(&place, format!("management_allow = {text}")));
    }
    let access = word(resolved, "management");
    for option in ["management_allow", "management_time"] {
        if let Some(place) = resolved.given(option).filter(|_| access != "write") {
            let text = format!(
                "{option} has no effect with management = \"{access}\"; it needs \"write\""
            );
            found.push(Problem::warning(place, text));
        }
    }
    let len = word(resolved, "user_description").len();
    if len > DESCRIPTION_MAX {
        let text = format!("user_description has {len} octets; at most {DESCRIPTION_MAX} are sent");
        found.push(Problem::error(&resolved.place("user_description"), text));
    }
}

/// Addresses, in the order of the ports; a rule of one port names the port.
fn unicast(resolved: &Resolved, found: &mut Vec<Problem>) {
    for port in &resolved.ports {
        let text = |name| port.values.get(name).to_string();
        let listed = |option| -> Result<Vec<PeerAddress>, String> {
            Ok(peers::servers(&text(option))?.iter().map(|server| server.address).collect())
        };
        let transport = text("transport");
        for (option, addresses) in [
            ("unicast_servers", listed("unicast_servers")),
            ("grandmaster_cluster", listed("grandmaster_cluster")),
            ("unicast_clients", peers::clients(&text("unicast_clients"))),
            ("unicast_peer", peers::one(&text("unicast_peer"))),
            ("monitor_address", peers::one(&text("monitor_address"))),
            ("protocol_address", peers::one(&text("protocol_address"))),
        ] {
            let strange = |all: Vec<PeerAddress>| {
                let stranger = all.iter().position(|address| address.transport() != transport)?;
                let nth = stranger + 1;
                Some(format!(
                    "address {nth} is none of transport = \"{transport}\"; name one of it"
                ))
            };
            let why = match addresses {
                Ok(all) => strange(all),
                Err(why) => Some(why),
            };
            let why = why.map(|why| format!("{option} of {}: {why}", port.interface));
            found.extend(why.map(|why| Problem::error(&resolved.place(option), why)));
        }
        let flag = |name| *port.values.get(name) == Value::Bool(true);
        let cluster = !text("grandmaster_cluster").is_empty();
        if cluster && (!text("unicast_servers").is_empty() || !flag("unicast_negotiation")) {
            let why = format!(
                "grandmaster_cluster of {}: its members are asked by negotiation, and count besides \
                 others; remove unicast_servers and unicast_negotiation = false",
                port.interface
            );
            found.push(Problem::error(&resolved.place("grandmaster_cluster"), why));
        }
        let leads_only = word(resolved, "role") == "server-only";
        let nobody = !flag("unicast_listen") && text("unicast_clients").is_empty();
        if leads_only && nobody && !flag("multicast") {
            let why = format!(
                "multicast = false: {} serves nobody; set unicast_listen = true, or name whom to \
                 serve in unicast_clients",
                port.interface
            );
            found.push(Problem::error(&resolved.place("multicast"), why));
        }
        if flag("unicast_listen") && !flag("unicast_negotiation") {
            let why = format!(
                "unicast_listen of {} has no effect without unicast_negotiation; name whom to \
                 serve in unicast_clients",
                port.interface
            );
            found.push(Problem::warning(&resolved.place("unicast_listen"), why));
        }
    }
}

fn transparent(resolved: &Resolved, found: &mut Vec<Problem>) {
    let clock_type = word(resolved, "clock_type");
    let passes_on = clock_type.ends_with("transparent");
    if passes_on && resolved.ports.len() == 1 {
        let text = format!(
            "clock_type = \"{clock_type}\": it passes on from one interface to another; name two or \
             more"
        );
        found.push(Problem::error(&resolved.place("clock_type"), text));
    }
    if passes_on && word(resolved, "role") == "server-only" {
        let text = format!(
            "role = \"server-only\": a transparent clock leads nobody; remove it, or clock_type = \
             \"{clock_type}\""
        );
        found.push(Problem::error(&resolved.place("role"), text));
    }
    if let Some(place) = resolved.given("tc_spanning_tree").filter(|_| !passes_on) {
        let text = "tc_spanning_tree has no effect: it needs a clock_type that is transparent";
        found.push(Problem::warning(place, text));
    }
}

/// What was given for a thing that is off.
fn idle(resolved: &Resolved, found: &mut Vec<Problem>) {
    for option in ["holdover_class", "holdover_class_beyond", "holdover_limit_ns"] {
        let off = word(resolved, "holdover_upgrade") != "true";
        if let Some(place) = resolved.given(option).filter(|_| off) {
            let text = format!("{option} has no effect; it needs holdover_upgrade = true");
            found.push(Problem::warning(place, text));
        }
    }
}

fn selection(resolved: &Resolved, found: &mut Vec<Problem>) {
    let bmca = word(resolved, "bmca");
    let only = [
        ("local_priority", &["g8275"][..]),
        ("port_local_priority", &["g8275", "g8265"]),
        ("port_role", &["external"]),
    ];
    for (option, algorithms) in only {
        let Some(place) = resolved.given(option).filter(|_| !algorithms.contains(&&*bmca)) else {
            continue;
        };
        let needs = algorithms.join("\" or \"");
        let text = format!("{option} has no effect with bmca = \"{bmca}\"; it needs \"{needs}\"");
        found.push(Problem::warning(place, text));
    }
    let receivers = resolved.ports.iter().filter(|port| {
        port.values.get("port_role").to_string() == "receiver" && bmca == "external"
    });
    if receivers.count() > 1 {
        let text = "port_role = \"receiver\": only one port can follow; make the others \
                    \"passive\" or \"transmitter\"";
        found.push(Problem::error(&resolved.place("port_role"), text));
    }
}

fn udp_ports(resolved: &Resolved, found: &mut Vec<Problem>) {
    let same =
        |port: &&ResolvedPort| port.values.get("event_port") == port.values.get("general_port");
    if let Some(port) = resolved.ports.iter().find(same) {
        let number = port.values.get("event_port");
        let given = resolved.given("general_port").or(resolved.given("event_port"));
        found.push(Problem::error(
            &given.cloned().unwrap_or_default(),
            format!(
                "general_port and event_port of {} are both {number}; choose another for one",
                port.interface
            ),
        ));
    }
}
