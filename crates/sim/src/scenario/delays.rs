//! Delays as a scenario writes them: a time, or a table with a floor and a kind.

use super::section::{Inside, Section};
use super::units;
use crate::delay::{Delay, Shape};

const KINDS: &[(&str, Kind)] = &[
    ("constant", Kind::Constant),
    ("gaussian", Kind::Gaussian),
    ("exponential", Kind::Exponential),
    ("gamma", Kind::Gamma),
    ("burst", Kind::Burst),
    ("on-off", Kind::OnOff),
    ("mixture", Kind::Mixture),
    ("hops", Kind::Hops),
    ("correlated", Kind::Correlated),
    ("discrete", Kind::Discrete),
    ("drifting", Kind::Drifting),
    ("self-similar", Kind::SelfSimilar),
    ("radio", Kind::Radio),
];

#[derive(Clone, Copy)]
enum Kind {
    Constant,
    Gaussian,
    Exponential,
    Gamma,
    Burst,
    OnOff,
    Mixture,
    Hops,
    Correlated,
    Discrete,
    Drifting,
    SelfSimilar,
    Radio,
}

const LENGTH: (fn(&str) -> Option<f64>, &str) = (units::length, units::LENGTH);
const DURATION: (fn(&str) -> Option<f64>, &str) = (units::duration, units::DURATION);
const SHARE: (fn(&str) -> Option<f64>, &str) = (units::share, units::SHARE);

/// The delay under a key of a table, if it is there.
pub(super) fn read(section: &Section<'_>, key: &'static str) -> Option<Delay> {
    from(section.inside(key)?, section)
}

/// A delay that stands somewhere.
pub(super) fn from(inside: Inside<'_>, outer: &Section<'_>) -> Option<Delay> {
    match inside {
        Inside::Text(word) => {
            let floor = units::length(word.text);
            if floor.is_none() {
                outer.problem(word.at, word.text, format!("expected {}", units::LENGTH));
            }
            floor.map(Delay::constant)
        }
        Inside::Table(table) => {
            let floor = table.quantity("floor", LENGTH).unwrap_or(0.0);
            let kind = table.choice("kind", KINDS).unwrap_or(Kind::Constant);
            let shape = shape(&table, kind);
            table.finish("a delay of this kind");
            shape.map(|shape| Delay::new(floor, shape))
        }
        Inside::Neither => None,
    }
}

fn shape(table: &Section<'_>, kind: Kind) -> Option<Shape> {
    let length = |key| table.needs(key, LENGTH);
    let share = |key| table.needs(key, SHARE);
    let lasts = |key| table.needs(key, DURATION);
    Some(match kind {
        Kind::Constant => Shape::Constant,
        Kind::Gaussian => Shape::Gaussian { sd: length("sd")? },
        Kind::Exponential => Shape::Exponential { mean: length("mean")? },
        Kind::Gamma => Shape::Gamma { k: table.positive("k").unwrap_or(2.0), sd: length("sd")? },
        Kind::Burst => Shape::Burst { sd: length("sd")? },
        Kind::OnOff => Shape::OnOff {
            on_s: lasts("on")?,
            off_s: lasts("off")?,
            busy: share("busy")?,
            mean: length("mean")?,
        },
        Kind::Mixture => Shape::Mixture { sd: length("sd")? },
        Kind::Hops => {
            Shape::Hops { count: hops(table), busy: share("busy")?, frame_s: length("frame")? }
        }
        Kind::Correlated => Shape::Correlated {
            count: hops(table),
            frame_s: length("frame")?,
            load: share("load")?,
            load_sd: share("load_sd")?,
            time_s: lasts("time")?,
        },
        Kind::Discrete => Shape::Discrete { values: values(table)? },
        Kind::Drifting => Shape::Drifting {
            low: length("low")?,
            high: length("high")?,
            period_s: lasts("period")?,
        },
        Kind::SelfSimilar => Shape::SelfSimilar {
            sources: table.whole("sources", 1..=1_000).unwrap_or(20) as u32,
            on_s: lasts("on")?,
            off_s: lasts("off")?,
            tail: 1.5,
            peak: share("peak")?.min(0.99),
            frame_s: length("frame")?,
        },
        Kind::Radio => Shape::Radio {
            on_s: lasts("on")?,
            off_s: lasts("off")?,
            retry: [share("retry")?, share("retry_busy")?],
            airtime_s: length("airtime")?,
        },
    })
}

fn hops(table: &Section<'_>) -> u32 {
    table.whole("hops", 1..=100).unwrap_or(5) as u32
}

fn values(table: &Section<'_>) -> Option<Vec<(f64, f64)>> {
    let words = table.words("values");
    if words.is_empty() {
        table.problem(table.at, "", format!("values is missing: a list of {}", units::LENGTH));
        return None;
    }
    let mut values = Vec::new();
    for word in words {
        match units::length(word.text) {
            Some(value) => values.push((value, 1.0)),
            None => table.problem(word.at, word.text, format!("expected {}", units::LENGTH)),
        }
    }
    Some(values)
}
