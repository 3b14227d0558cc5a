//! Whom a node of a scenario may follow, and what it says besides its rank.

use engine::{AlternateSettings, AlternateTimescale, Edition, Held, HoldoverClasses, Power};

use super::section::{Inside, Section};
use super::units;
use crate::clock::true_time;
use crate::selection::SelectionPlan;

const LENGTH: (fn(&str) -> Option<f64>, &str) = (units::length, units::LENGTH);

/// Whose state decision algorithm.
pub(super) fn edition(section: &Section<'_>) -> Edition {
    let editions = [
        ("2008", Edition::Ieee2008),
        ("2019", Edition::Ieee2019),
        ("g8275", Edition::G8275),
        ("g8265", Edition::G8265),
        ("external", Edition::External),
    ];
    section.choice("edition", &editions).unwrap_or(Edition::Ieee2019)
}

/// All but the names of the nodes that it accepts.
pub(super) fn read(section: &Section<'_>) -> SelectionPlan {
    let usual = SelectionPlan::default();
    let number = |key, usual| section.whole(key, 1..=255).map_or(usual, |number| number as u8);
    SelectionPlan {
        local_priority: number("local_priority", usual.local_priority),
        class_max: number("class_limit", usual.class_max),
        max_steps_removed: section
            .whole("max_steps", 2..=255)
            .map_or(usual.max_steps_removed, |steps| steps as u16),
        cluster: section.truth("cluster").unwrap_or(usual.cluster),
        holdover: holdover(section),
        held: held(section),
        minor_version: section
            .whole("minor_version", 0..=1)
            .map_or(usual.minor_version, |minor| minor as u8),
        alternate: alternate(section),
        power: power(section),
        accepts: Vec::new(),
    }
}

/// Alternate time transmitters: how many, and whether they send Sync.
pub(super) fn alternates(section: &Section<'_>) -> AlternateSettings {
    let interval = (units::interval as fn(&str) -> Option<time::LogInterval>, units::INTERVAL);
    AlternateSettings {
        count: section.whole("alternates", 0..=8).unwrap_or(0) as u8,
        sync: section.quantity("alternate_sync", interval),
    }
}

/// What it contends with once it has lost its grandmaster.
fn holdover(section: &Section<'_>) -> Option<(HoldoverClasses, f64)> {
    let Inside::Table(table) = section.inside("holdover")? else { return None };
    let class = |key, usual| table.whole(key, 1..=255).map_or(usual, |class| class as u8);
    let classes = HoldoverClasses { within: class("within", 135), beyond: class("beyond", 165) };
    let limit_s = table.quantity("limit", LENGTH).unwrap_or(1.5e-6);
    table.finish("holdover");
    Some((classes, limit_s))
}

fn held(section: &Section<'_>) -> Vec<Held> {
    let words = section.words("held").into_iter();
    let one = |word: super::Word<'_>| match word.text {
        "transmitter" => Some(Held::TimeTransmitter),
        "receiver" => Some(Held::TimeReceiver),
        "passive" => Some(Held::Passive),
        other => {
            let allowed = "expected \"transmitter\", \"receiver\" or \"passive\" for each port";
            section.problem(word.at, format!("held = \"{other}\""), allowed);
            None
        }
    };
    words.filter_map(one).collect()
}

/// Another timescale: its name and offset, and a jump that is so long after the beginning.
fn alternate(section: &Section<'_>) -> Option<AlternateTimescale> {
    let Inside::Table(table) = section.inside("timescale")? else { return None };
    let name = table.word("name").map_or("OTHER", |word| word.text);
    let seconds = |key| table.whole(key, -1_000_000..=1_000_000).unwrap_or(0) as i32;
    let alternate = AlternateTimescale::new(0, name, seconds("offset"));
    let (jump_s, at) = (seconds("jump"), table.quantity("jumps_at", LENGTH));
    table.finish("another timescale");
    let mut alternate = alternate?;
    alternate.jump_s = jump_s;
    if let Some(after_s) = at {
        alternate.next_jump = (true_time(0).seconds() + after_s as i64).unsigned_abs();
    }
    Some(alternate)
}

/// The power profile's TLV: its edition, and how wrong its clock may be or what it adds.
fn power(section: &Section<'_>) -> Option<Power> {
    let choice = section.choice("power", &[("2011", 2011), ("2017", 2017)]);
    let inaccuracy = section.quantity("inaccuracy", LENGTH).map_or(u32::MAX, |s| (s * 1e9) as u32);
    Some(match choice? {
        2011 => Power::Edition2011 {
            grandmaster_id: 3,
            grandmaster_ns: inaccuracy,
            network_ns: u32::MAX,
        },
        _ => Power::Edition2017 { grandmaster_id: 3, total_ns: inaccuracy },
    })
}
