//! Records of performance as text: the clock's in one table, each port's in another.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use control::{Performance, Record, Summary};

use crate::quantity;

/// One object per line, or tables.
pub(super) fn print(out: &mut dyn Write, all: &[Performance], json: bool) -> io::Result<()> {
    for of_one in all {
        if json {
            let text = serde_json::to_string(of_one).map_err(io::Error::other)?;
            writeln!(out, "{text}")?;
        } else if of_one.port == 0 {
            writeln!(out, "The clock\n{}\n", clock(&of_one.records))?;
        } else {
            writeln!(out, "Port {}\n{}\n", of_one.port, port(&of_one.records))?;
        }
    }
    Ok(())
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    table
}

fn clock(records: &[Record]) -> Table {
    let mut table = table(&["", "began", "offset", "delay", "Sync took", "Delay_Req took"]);
    for record in records {
        table.add_row([
            length(record),
            began(record),
            summary(record.offset.as_ref()),
            summary(record.mean_delay.as_ref()),
            summary(record.delay_to_us.as_ref()),
            summary(record.delay_from_us.as_ref()),
        ]);
    }
    table
}

fn port(records: &[Record]) -> Table {
    let mut table = table(&["", "began", "link", "messages"]);
    for record in records {
        let messages = record.messages.iter().map(|(name, count)| format!("{name} {count}"));
        let messages = messages.collect::<Vec<_>>().join(", ");
        let link = summary(record.link_delay.as_ref());
        table.add_row([length(record), began(record), link, messages]);
    }
    table
}

fn length(record: &Record) -> String {
    let what = if record.length_s == 900 { "quarter" } else { "day" };
    if record.complete { what.to_owned() } else { format!("{what} so far") }
}

fn began(record: &Record) -> String {
    format!("{} ago", quantity::duration(record.began_s))
}

/// The mean and its deviation, and between what.
fn summary(of: Option<&Summary>) -> String {
    let Some(of) = of else { return "-".to_owned() };
    let deviation = of
        .deviation_ns
        .map_or_else(String::new, |deviation| format!(" {}", quantity::plus_minus(deviation)));
    let (mean, min, max) =
        (quantity::span(of.mean_ns), quantity::span(of.min_ns), quantity::span(of.max_ns));
    format!("{mean}{deviation} ({min} to {max})")
}
