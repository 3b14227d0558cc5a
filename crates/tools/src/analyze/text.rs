//! What was found, as text and as JSON.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use report::Grid;
use serde_json::{Value, json};

use super::Analysis;
use super::anomalies::Anomaly;
use super::seen::seconds;
use super::series::Series;
use super::speakers::Speaker;
use crate::quantity;

pub(crate) fn write(out: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    writeln!(out, "{}", summary(analysis))?;
    if !analysis.speakers.is_empty() {
        writeln!(out, "\n{}", table(&SPEAKERS, analysis.speakers.iter().map(speaker)))?;
    }
    if let Some(source) = &analysis.source {
        let (one, two) = analysis.steps;
        writeln!(out, "\nSource: {source}, {one} one-step and {two} two-step Syncs")?;
    }
    if !analysis.series.is_empty() {
        writeln!(out, "\n{}", table(&DIRECTIONS, analysis.series.iter().map(direction)))?;
    }
    if let Some(stability) = report::table(&super::page::tracks(analysis)) {
        writeln!(out, "\n{}", table(&stability.heads, stability.rows.into_iter()))?;
    }
    for note in &analysis.notes {
        writeln!(out, "\n{note}")?;
    }
    writeln!(out)?;
    if analysis.anomalies.is_empty() {
        return writeln!(out, "Nothing is odd.");
    }
    writeln!(out, "What is odd:")?;
    for anomaly in &analysis.anomalies {
        writeln!(out, "- {}", sentence(anomaly))?;
    }
    Ok(())
}

/// What it is of, in a line.
pub(crate) fn summary(analysis: &Analysis) -> String {
    let of = match analysis.frames {
        Some(frames) => format!("{} PTP messages in {frames} frames", analysis.messages),
        None => format!("{} exchanges of a record", analysis.messages),
    };
    format!("{}: {of}, {:.1} s", analysis.title, analysis.length_s)
}

/// An oddity with where it is.
pub(crate) fn sentence(anomaly: &Anomaly) -> String {
    match (anomaly.frame, anomaly.at_s) {
        (Some(frame), Some(at)) => format!("{} (first: frame {frame}, {at:.3} s)", anomaly.text),
        (Some(frame), None) => format!("{} (first: frame {frame})", anomaly.text),
        (None, Some(at)) => format!("{} (from {at:.3} s)", anomaly.text),
        (None, None) => anomaly.text.clone(),
    }
}

fn table<H: ToString>(heads: &[H], rows: impl Iterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(heads.iter().map(ToString::to_string));
    rows.for_each(|row| {
        table.add_row(row);
    });
    table
}

pub(crate) const SPEAKERS: [&str; 8] =
    ["port", "domain", "message", "count", "a second", "announced", "interval", "jitter"];

pub(crate) fn speaker(speaker: &Speaker) -> Vec<String> {
    let none = || "-".to_owned();
    let interval = speaker.interval();
    vec![
        speaker.stream.port.to_string(),
        speaker.stream.domain.to_string(),
        speaker.kind.name().to_owned(),
        speaker.count.to_string(),
        speaker.rate().map_or_else(none, |rate| format!("{rate:.2}")),
        speaker.announced_s.map_or_else(none, span),
        interval.map_or_else(none, |(median, _)| span(median)),
        interval.map_or_else(none, |(_, jitter)| span(jitter)),
    ]
}

pub(crate) const DIRECTIONS: [&str; 8] =
    ["direction", "count", "drift", "above the floor: 50 %", "90 %", "99 %", "99.9 %", "all"];

const SHARES: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 1.0];

pub(crate) fn direction(series: &Series) -> Vec<String> {
    let mut row =
        vec![series.name.clone(), series.count().to_string(), quantity::rate(series.drift * 1e9)];
    row.extend(SHARES.map(|share| span(series.percentile(share))));
    row
}

fn span(seconds: f64) -> String {
    quantity::span(seconds * 1e9)
}

pub(crate) fn json(analysis: &Analysis) -> Value {
    let speakers = analysis.speakers.iter().map(|speaker| {
        json!({
            "port": speaker.stream.port.to_string(),
            "domain": speaker.stream.domain,
            "message": speaker.kind.name(),
            "count": speaker.count,
            "per_second": speaker.rate(),
            "announced_s": speaker.announced_s,
            "interval_s": speaker.interval().map(|(median, _)| median),
            "jitter_s": speaker.interval().map(|(_, jitter)| jitter),
            "missing": speaker.missing.0,
            "duplicates": speaker.duplicates.0,
            "reordered": speaker.reordered.0,
        })
    });
    let ways = analysis.ways.iter().map(|(with, way, offset)| {
        json!({ "with": with, "there_and_back_ns": way * 1e9, "offset_s": offset })
    });
    let odd = analysis.anomalies.iter().map(
        |anomaly| json!({ "frame": anomaly.frame, "seconds": anomaly.at_s, "text": anomaly.text }),
    );
    json!({
        "file": analysis.title,
        "frames": analysis.frames,
        "messages": analysis.messages,
        "length_s": analysis.length_s,
        "speakers": speakers.collect::<Vec<_>>(),
        "source": analysis.source,
        "one_step": analysis.steps.0,
        "two_step": analysis.steps.1,
        "directions": analysis.series.iter().map(object).collect::<Vec<_>>(),
        "ways": ways.collect::<Vec<_>>(),
        "notes": analysis.notes,
        "odd": odd.collect::<Vec<_>>(),
    })
}

fn object(series: &Series) -> Value {
    let above: Vec<f64> = SHARES.map(|share| series.percentile(share) * 1e9).to_vec();
    let grid = Grid::of(&series.above);
    let rows = grid.map(|grid| grid.deviations()).unwrap_or_default();
    let stability = rows.iter().map(
        |row| json!({ "tau_s": row.tau, "tdev_ns": row.tdev * 1e9, "mtie_ns": row.mtie * 1e9 }),
    );
    json!({
        "name": series.name,
        "count": series.count(),
        "floor_ns": series.floor.nanos(),
        "floor_s": seconds(series.floor),
        "drift_ppb": series.drift * 1e9,
        "above_shares": SHARES,
        "above_ns": above,
        "stability": stability.collect::<Vec<_>>(),
    })
}
