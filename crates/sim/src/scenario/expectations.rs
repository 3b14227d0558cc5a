//! What a scenario expects.

use engine::{Discard, PortState, Role};

use super::section::Section;
use super::{Names, units};
use crate::outcome::Phase;
use crate::plan::{Expect, Expectation, Plan};

const LENGTH: (fn(&str) -> Option<f64>, &str) = (units::length, units::LENGTH);
const SHARE: (fn(&str) -> Option<f64>, &str) = (units::share, units::SHARE);

#[derive(Clone, Copy)]
enum Kind {
    Rms,
    Max,
    Coverage,
    Ratio,
    Grandmaster,
    Locked,
    Phase,
    Steps,
    Discards,
    UtcOffset,
    Alternate,
    Inaccuracy,
    State,
    Serves,
    MinorVersion,
    Parent,
    Alternates,
}

const KINDS: &[(&str, Kind)] = &[
    ("rms", Kind::Rms),
    ("max", Kind::Max),
    ("coverage", Kind::Coverage),
    ("ratio", Kind::Ratio),
    ("grandmaster", Kind::Grandmaster),
    ("locked", Kind::Locked),
    ("phase", Kind::Phase),
    ("steps", Kind::Steps),
    ("discards", Kind::Discards),
    ("utc_offset", Kind::UtcOffset),
    ("timescale", Kind::Alternate),
    ("inaccuracy", Kind::Inaccuracy),
    ("state", Kind::State),
    ("serves", Kind::Serves),
    ("minor_version", Kind::MinorVersion),
    ("parent", Kind::Parent),
    ("alternates", Kind::Alternates),
];

/// One expectation; of all receivers where it names no node.
pub(super) fn read(
    section: Section<'_>,
    names: &Names,
    (duration_s, settle_s): (f64, f64),
    plan: &Plan,
) -> Option<Expectation> {
    if !section.has("what") {
        let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        section.problem(section.at, "", format!("what is missing: one of {}", known.join(", ")));
    }
    let kind = section.choice("what", KINDS);
    let mut nodes = names.of("node", &section);
    if !section.has("node") {
        let all = plan.nodes.iter().enumerate();
        let followers =
            all.filter(|(_, node)| node.role == Role::ReceiverOnly || node.quality.class >= 128);
        nodes = followers.map(|(index, _)| index).collect();
    }
    let at = section.quantity("at", LENGTH);
    let from_s = section.quantity("from", LENGTH).unwrap_or(settle_s);
    let until_s = section.quantity("until", LENGTH).or(at).unwrap_or(duration_s);
    let from_s = if at.is_some() { 0.0 } else { from_s };
    let what = kind.and_then(|kind| read_kind(&section, kind, names));
    if kind.is_some() {
        section.finish("this expectation");
    }
    Some(Expectation { what: what?, nodes, from_s, until_s })
}

fn read_kind(section: &Section<'_>, kind: Kind, names: &Names) -> Option<Expect> {
    Some(match kind {
        Kind::Rms => Expect::Rms(section.needs("below", LENGTH)?),
        Kind::Max => Expect::Max(section.needs("below", LENGTH)?),
        Kind::Coverage => Expect::Coverage(section.needs("above", SHARE)?),
        Kind::Ratio => {
            let ratio = section.positive("below");
            if ratio.is_none() {
                section.problem(section.at, "", "below is missing: a number of linear limits");
            }
            Expect::Ratio(ratio?)
        }
        Kind::Grandmaster => Expect::Grandmaster(names.one("is", section)?),
        Kind::Locked => Expect::Locked(section.needs("within", LENGTH)?),
        Kind::Phase => {
            let phases = [
                ("free", Phase::Free),
                ("acquiring", Phase::Acquiring),
                ("locked", Phase::Locked),
                ("holdover", Phase::Holdover),
            ];
            let phase = section.choice("is", &phases);
            if phase.is_none() && !section.has("is") {
                section.problem(section.at, "", "is is missing: free, acquiring, locked, holdover");
            }
            Expect::Phase(phase?)
        }
        Kind::Steps => {
            let most = section.whole("at_most", 0..=1_000_000);
            if most.is_none() {
                section.problem(section.at, "", "at_most is missing: how many steps");
            }
            Expect::Steps(most? as u32)
        }
        Kind::Discards => discards(section)?,
        Kind::UtcOffset => Expect::UtcOffset(number(section, "seconds")? as i16),
        Kind::Alternate => Expect::Alternate(number(section, "seconds")? as i32),
        Kind::Inaccuracy => Expect::Inaccuracy((section.needs("is", LENGTH)? * 1e9).round() as u32),
        Kind::Serves => Expect::Serves(number(section, "clients")? as usize),
        Kind::MinorVersion => Expect::MinorVersion(number(section, "a minor version")? as u8),
        Kind::Parent => Expect::Parent(names.one("is", section)?),
        Kind::Alternates => Expect::Alternates(number(section, "clocks")? as usize),
        Kind::State => state(section)?,
    })
}

fn number(section: &Section<'_>, of: &str) -> Option<i64> {
    if !section.has("is") {
        section.problem(section.at, "", format!("is is missing: a number, of {of}"));
    }
    section.whole("is", -30_000..=30_000)
}

fn state(section: &Section<'_>) -> Option<Expect> {
    let states = [
        PortState::Listening,
        PortState::PreTimeTransmitter,
        PortState::TimeTransmitter,
        PortState::Passive,
        PortState::Uncalibrated,
        PortState::TimeReceiver,
    ];
    let choices = states.map(|state| (state.name(), state));
    if !section.has("is") {
        let names = states.map(PortState::name).join(", ");
        section.problem(section.at, "", format!("is is missing: one of {names}"));
    }
    let port = section.whole("port", 1..=16).unwrap_or(1) as u8;
    Some(Expect::State(port, section.choice("is", &choices)?))
}

fn discards(section: &Section<'_>) -> Option<Expect> {
    let names = Discard::NAMES;
    let choices: Vec<(&str, usize)> =
        names.iter().enumerate().map(|(index, name)| (*name, index)).collect();
    if !section.has("reason") {
        section.problem(section.at, "", format!("reason is missing: one of {}", names.join(", ")));
    }
    let reason = section.choice("reason", &choices)?;
    if let Some(least) = section.whole("at_least", 1..=1_000_000_000) {
        return Some(Expect::DiscardsSome(reason, least as u64));
    }
    Some(Expect::Discards(reason, section.whole("at_most", 0..=1_000_000_000).unwrap_or(0) as u64))
}
