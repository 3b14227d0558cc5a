//! What a replay found, as text and as JSON.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use record::{Difference, Replayed};
use serde_json::{Value, json};

use super::{Row, Told};
use crate::quantity;

pub(crate) fn write(out: &mut dyn Write, told: &Told) -> io::Result<()> {
    let replayed = &told.replayed;
    let header = &told.header;
    let exchanges = replayed.decisions.max(replayed.estimates / 2).max(1);
    writeln!(
        out,
        "{}: {} of {} by {}, {} of the {} clock, {:.0} octets for each",
        told.title,
        quantity::duration(replayed.length_s as u64),
        identity(header.identity),
        header.program,
        count(exchanges, "exchange"),
        header.clock,
        told.octets as f64 / exchanges as f64
    )?;
    for line in findings(replayed) {
        writeln!(out, "{line}")?;
    }
    if told.rows.len() > 1 {
        writeln!(out, "\nOffsets are from the source's time as the recorded servo believed it.")?;
        writeln!(out, "{}", table(&told.rows))?;
    }
    Ok(())
}

/// What was found, a line each.
pub(crate) fn findings(replayed: &Replayed) -> Vec<String> {
    let Replayed { estimates, decisions, .. } = replayed;
    let (estimates, decisions) = (count(*estimates, "estimate"), count(*decisions, "decision"));
    let mut lines = Vec::new();
    match (&replayed.difference, replayed.whole, replayed.agrees_after_s) {
        (None, true, _) => {
            lines.push(format!("reproduced {estimates} and {decisions} bit for bit"));
        }
        (Some(difference), true, _) => lines.push(words(difference)),
        (_, false, Some(seconds)) => lines.push(format!(
            "the servo had seen more than is in these files: replayed {estimates} from what is \
             there, of which the first {} are acquisition; nothing was checked bit for bit (give \
             the older files, too)",
            quantity::duration(seconds.ceil() as u64)
        )),
        (_, false, None) => lines.push(format!(
            "the servo had seen more than is in these files, and {estimates} were too few to come \
             to agree with it; nothing was checked bit for bit (give the older files, too)"
        )),
    }
    if let Some(broken) = replayed.broken {
        lines.push(format!("the record is broken: {broken}"));
    } else if !replayed.ended {
        lines.push("the record ends without anybody having asked for it: the daemon is still running, or was \
             ended by force".to_owned());
    }
    lines
}

fn words(difference: &Difference) -> String {
    let place = format!("entry {}, {:.3} s", difference.entry, difference.seconds);
    match difference.tracks {
        Some((recorded, now)) => format!(
            "differs first at {place}: recorded offset {} rate {:e} bound {:e} digest {:08x}, now \
             offset {} rate {:e} bound {:e} digest {:08x}",
            recorded.offset,
            recorded.rate,
            recorded.bound_s,
            recorded.digest,
            now.offset,
            now.rate,
            now.bound_s,
            now.digest
        ),
        None => format!("differs first at {place}: another correction was decided"),
    }
}

/// The heads of the columns of [`cells`].
pub(crate) const HEADS: [&str; 8] = [
    "servo",
    "rms offset",
    "99.9 % below",
    "worst",
    "rms measured",
    "steps",
    "changes of rate",
    "rms of them",
];

pub(crate) fn cells(row: &Row) -> [String; 8] {
    let done = &row.done;
    let span = |seconds: f64| quantity::span(seconds * 1e9);
    [
        row.name.clone(),
        span(done.rms_s),
        span(done.most_s),
        span(done.worst_s),
        span(done.measured_rms_s),
        done.steps.to_string(),
        done.rate_changes.to_string(),
        format!("{:.3} ppb", done.rate_change_rms * 1e9),
    ]
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(HEADS);
    for row in rows {
        table.add_row(cells(row));
    }
    table
}

fn identity(octets: [u8; 8]) -> String {
    octets.map(|octet| format!("{octet:02x}")).join(":")
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

pub(crate) fn json(told: &Told) -> Value {
    let replayed = &told.replayed;
    let rows = told.rows.iter().map(|row| {
        json!({
            "servo": row.name,
            "rms_ns": row.done.rms_s * 1e9,
            "p999_ns": row.done.most_s * 1e9,
            "worst_ns": row.done.worst_s * 1e9,
            "measured_rms_ns": row.done.measured_rms_s * 1e9,
            "steps": row.done.steps,
            "rate_changes": row.done.rate_changes,
            "rate_change_rms_ppb": row.done.rate_change_rms * 1e9,
        })
    });
    json!({
        "identity": identity(told.header.identity),
        "program": told.header.program,
        "clock": told.header.clock,
        "octets": told.octets,
        "length_s": replayed.length_s,
        "whole": replayed.whole,
        "estimates": replayed.estimates,
        "decisions": replayed.decisions,
        "bit_for_bit": replayed.is_same(),
        "differs": replayed.difference.as_ref().map(|difference| json!({
            "entry": difference.entry,
            "seconds": difference.seconds,
        })),
        "agrees_after_s": replayed.agrees_after_s,
        "ended": replayed.ended,
        "broken": replayed.broken.map(|broken| json!({
            "at": broken.at,
            "of": broken.of,
            "why": broken.why,
        })),
        "servos": rows.collect::<Vec<_>>(),
    })
}
