//! What happens in a scenario.

use wire::{Flags, ManagementAction, ManagementId};

use super::section::Section;
use super::{Names, delays, media, nodes, units};
use crate::plan::{Faults, Happening, Plan, StampPlan, What};

const LENGTH: (fn(&str) -> Option<f64>, &str) = (units::length, units::LENGTH);
const SHIFT: (fn(&str) -> Option<f64>, &str) = (units::shift, units::SHIFT);

#[derive(Clone, Copy)]
enum Kind {
    Plug(bool),
    Partition,
    Heal,
    Kill,
    Start,
    Clock,
    Manage,
    Leap,
    Delay,
    Floor,
    Faults,
    Step(bool),
    Ambient,
    Jump,
    Stamps,
}

const KINDS: &[(&str, Kind)] = &[
    ("unplug", Kind::Plug(false)),
    ("plug", Kind::Plug(true)),
    ("partition", Kind::Partition),
    ("heal", Kind::Heal),
    ("kill", Kind::Kill),
    ("restart", Kind::Start),
    ("clock", Kind::Clock),
    ("manage", Kind::Manage),
    ("leap", Kind::Leap),
    ("delay", Kind::Delay),
    ("route", Kind::Floor),
    ("faults", Kind::Faults),
    ("step", Kind::Step(true)),
    ("lie", Kind::Step(false)),
    ("ambient", Kind::Ambient),
    ("jump", Kind::Jump),
    ("stamps", Kind::Stamps),
];

/// What one table says, for each of its nodes and as often as it repeats.
pub(super) fn read(section: Section<'_>, names: (&Names, &Names), plan: &Plan) -> Vec<Happening> {
    let at_s = section.needs("at", LENGTH).unwrap_or(0.0);
    if !section.has("do") {
        let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        section.problem(section.at, "", format!("do is missing: one of {}", known.join(", ")));
    }
    let kind = section.choice("do", KINDS);
    let every = section.quantity("every", LENGTH).filter(|every| *every > 0.0);
    let times = section.whole("times", 1..=100_000).unwrap_or(1);
    let whats = kind.map_or(Vec::new(), |kind| read_kind(&section, kind, names, plan));
    if kind.is_some() {
        section.finish("this event");
    }
    let repeat = |k: i64| at_s + every.unwrap_or(0.0) * k as f64;
    let all = (0..times).flat_map(|k| whats.iter().map(move |what| (k, what.clone())));
    all.map(|(k, what)| Happening { at_s: repeat(k), what }).collect()
}

fn read_kind(
    section: &Section<'_>,
    kind: Kind,
    (nodes, media): (&Names, &Names),
    plan: &Plan,
) -> Vec<What> {
    let medium = || media.one("segment", section);
    match kind {
        Kind::Partition => {
            let groups = section.groups("parts").into_iter();
            let parts = groups
                .map(|group| group.iter().flat_map(|word| nodes.places(word, section)).collect());
            let parts: Vec<Vec<usize>> = parts.collect();
            if parts.is_empty() {
                section.problem(section.at, "", "parts is missing: a list of lists of names");
            }
            medium().map(|medium| What::Partition { medium, parts }).into_iter().collect()
        }
        Kind::Heal => {
            let parts = Vec::new();
            medium().map(|medium| What::Partition { medium, parts }).into_iter().collect()
        }
        Kind::Delay | Kind::Floor => way(section, kind, (nodes, media)).into_iter().collect(),
        Kind::Faults => {
            let usual = Faults::default();
            let faults = media::faults(section, usual);
            medium().map(|medium| What::Faults { medium, faults }).into_iter().collect()
        }
        _ => {
            let places = nodes.of("node", section);
            if places.is_empty() {
                section.problem(section.at, "", "node is missing: the name of a node");
            }
            let all = places.into_iter();
            all.filter_map(|node| of_node(section, kind, node, media, plan)).collect()
        }
    }
}

/// Another way to or from some nodes.
fn way(section: &Section<'_>, kind: Kind, (nodes, media): (&Names, &Names)) -> Option<What> {
    let medium = media.one("segment", section);
    let (to, away) = (nodes.of("toward", section), nodes.of("from", section));
    let toward = away.is_empty();
    let nodes = if toward { to } else { away };
    if matches!(kind, Kind::Floor) {
        let floor_s = section.needs("floor", LENGTH)?;
        return Some(What::Floor { medium: medium?, nodes, toward, floor_s });
    }
    if !section.has("delay") {
        section.problem(section.at, "", "delay is missing: a time, or a table with a kind");
    }
    let delay = delays::read(section, "delay")?;
    Some(What::Delay { medium: medium?, nodes, toward, delay })
}

fn of_node(
    section: &Section<'_>,
    kind: Kind,
    node: usize,
    media: &Names,
    plan: &Plan,
) -> Option<What> {
    let number = |key| section.whole(key, 0..=255).map(|number| number as u8);
    Some(match kind {
        Kind::Plug(plugged) => {
            let medium = if section.has("segment") { media.one("segment", section) } else { None };
            What::Plug { node, medium, plugged }
        }
        Kind::Kill => What::Kill { node },
        Kind::Start => What::Start { node },
        Kind::Clock => What::Clock {
            node,
            priority1: number("priority1"),
            priority2: number("priority2"),
            class: number("class"),
            accuracy: nodes::accuracy(section),
        },
        Kind::Manage => order(section, node)?,
        Kind::Leap => {
            let leaps = [("61", Flags::LEAP61), ("59", Flags::LEAP59), ("none", Flags(0))];
            let leap = section.choice("leap", &leaps).unwrap_or(Flags(0));
            let offset = section.whole("utc_offset", -100..=1_000);
            let usual = i64::from(time::TAI_UTC_LATEST.seconds());
            What::Time { node, leap, utc_offset: offset.unwrap_or(usual) as i16 }
        }
        Kind::Step(noticed) => {
            What::Step { node, by: nodes::span(section.needs("by", SHIFT)?), noticed }
        }
        Kind::Ambient => What::Ambient {
            node,
            kelvin: section.needs("to", (units::kelvin, units::KELVIN))?,
            over_s: section.quantity("over", LENGTH).unwrap_or(0.0),
        },
        Kind::Jump => {
            let fraction = (units::rate as fn(&str) -> Option<f64>, units::RATE);
            What::Jump { node, rate: section.needs("by", fraction)? }
        }
        Kind::Stamps => {
            let usual = plan.nodes.get(node).map_or(StampPlan::default(), |node| node.stamps);
            What::Stamps { node, stamps: nodes::stamps(section, usual) }
        }
        _ => return None,
    })
}

/// A management message to one node.
fn order(section: &Section<'_>, node: usize) -> Option<What> {
    let actions = [("set", ManagementAction::SET), ("command", ManagementAction::COMMAND)];
    let action = section.choice("order", &actions);
    let id = section.word("id");
    let known = id.as_ref().and_then(|id| ManagementId::from_name(id.text));
    let data = section.word("data");
    let octets = data.as_ref().map_or(Some(Vec::new()), |data| hexadecimal(data.text));
    if let (None, Some(id)) = (known, &id) {
        section.problem(id.at, id.text, "a managementId is expected, as PRIORITY1");
    }
    if let (None, Some(data)) = (&octets, &data) {
        section.problem(data.at, data.text, "the dataField in hexadecimal is expected");
    }
    if action.is_none() || id.is_none() {
        section.problem(section.at, "", "order and id are needed: set or command, and of what");
    }
    let tlv = [&known?.0.to_be_bytes()[..], &octets?].concat();
    Some(What::Manage { node, action: action?, tlv })
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let octet = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(octet).collect()
}
