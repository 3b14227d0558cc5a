//! What runs came to, as text and as JSON.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use serde_json::{Value, json};
use sim::Scenario;
use sim::outcome::{NodeOutcome, Outcome, Summary};

use super::Ran;
use super::page::tracks;
use crate::quantity;

/// A table of more clocks than that is no help; the worst are shown.
pub(crate) const NODES_MAX: usize = 20;

pub(crate) fn write(
    out: &mut dyn Write,
    scenario: &Scenario,
    all: &[Ran],
    many: bool,
) -> io::Result<()> {
    let first = &all[0].outcome;
    writeln!(out, "{}: {}", scenario.name, scenario.title)?;
    if many {
        writeln!(out, "{:.0} s, {} seeds from {}\n", first.duration_s, all.len(), first.seed)?;
        writeln!(out, "{}", spread(all))?;
        return failures(out, all);
    }
    writeln!(
        out,
        "{:.0} s, seed {}, digest {:016x}\n",
        first.duration_s, first.seed, first.digest
    )?;
    let mut table = table(&heads(all));
    for ran in all {
        for node in shown(&ran.outcome) {
            table.add_row(row(ran, node, all.len() > 1));
        }
    }
    writeln!(out, "{table}")?;
    let left_out = first.nodes.iter().filter(|node| follows(node)).count();
    if left_out > NODES_MAX {
        writeln!(out, "The {NODES_MAX} worst of {left_out} clocks are shown.")?;
    }
    if let Some(stability) = report::table(&tracks(scenario, all)) {
        let heads: Vec<&str> = stability.heads.iter().map(String::as_str).collect();
        let mut table = self::table(&heads);
        for row in stability.rows {
            table.add_row(row);
        }
        writeln!(out, "\n{table}")?;
    }
    for verdict in &first.verdicts {
        let word = if verdict.held { "held" } else { "FAILED" };
        writeln!(out, "{word:6}  {}: {}", verdict.expectation, verdict.found)?;
    }
    Ok(())
}

fn table<T: ToString>(heads: &[T]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(heads.iter().map(ToString::to_string));
    table
}

/// Whether a clock followed another one at all.
pub(crate) fn follows(node: &NodeOutcome) -> bool {
    node.lock_time_s.is_some() || node.summary.bounded > 0 || node.role == "receiver"
}

/// The clocks that are shown: all that follow, or the worst of many.
pub(crate) fn shown(outcome: &Outcome) -> Vec<&NodeOutcome> {
    let mut nodes: Vec<&NodeOutcome> = outcome.nodes.iter().filter(|node| follows(node)).collect();
    if nodes.len() > NODES_MAX {
        nodes.sort_by(|a, b| b.summary.rms_s.total_cmp(&a.summary.rms_s));
        nodes.truncate(NODES_MAX);
    }
    nodes
}

/// The heads of the columns of [`row`].
pub(crate) fn heads(all: &[Ran]) -> Vec<&'static str> {
    let mut heads = vec![
        "clock",
        "rms",
        "max",
        "99.9 % below",
        "mean",
        "locked after",
        "steps",
        "rms / limit",
        "within bound",
        "mean bound",
    ];
    if all.len() > 1 {
        heads.insert(0, "servo");
    }
    heads
}

pub(crate) fn row(ran: &Ran, node: &NodeOutcome, named: bool) -> Vec<String> {
    let Summary { rms_s, max_s, p999_s, mean_s, mean_bound_s, .. } = node.summary;
    let mut row = vec![
        node.name.clone(),
        span(rms_s),
        span(max_s),
        span(p999_s),
        span(mean_s),
        node.lock_time_s.map_or("never".to_owned(), |seconds| format!("{seconds:.1} s")),
        node.steps.to_string(),
        node.summary.rho.map_or("-".to_owned(), |rho| format!("{rho:.2}")),
        coverage(&node.summary),
        span(mean_bound_s),
    ];
    if named {
        row.insert(0, ran.name.clone());
    }
    row
}

fn coverage(summary: &Summary) -> String {
    match summary.bounded {
        0 => "-".to_owned(),
        _ => format!("{:.3} %", summary.coverage * 100.0),
    }
}

fn span(seconds: f64) -> String {
    quantity::span(seconds * 1e9)
}

/// Of each clock the least, the middle and the most of what it did with the seeds.
fn spread(all: &[Ran]) -> Table {
    let heads = ["clock", "", "least", "median", "most", "most with"];
    let mut table = table(&heads);
    let of =
        [("rms", (|summary: &Summary| summary.rms_s) as fn(&Summary) -> f64), ("max", |s| s.max_s)];
    for node in shown(&all[0].outcome) {
        for (what, of) in of {
            let values = all.iter().filter_map(|ran| {
                let same = ran.outcome.nodes.iter().find(|other| other.name == node.name)?;
                Some((of(&same.summary), ran.name.as_str()))
            });
            let mut values: Vec<(f64, &str)> = values.collect();
            values.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (least, median) = (values[0].0, values[values.len() / 2].0);
            let (most, seed) = values[values.len() - 1];
            let cells = [&node.name, what, &span(least), &span(median), &span(most), seed];
            table.add_row(cells);
        }
    }
    table
}

/// How often each expectation held, and with which seeds not.
fn failures(out: &mut dyn Write, all: &[Ran]) -> io::Result<()> {
    for (i, verdict) in all[0].outcome.verdicts.iter().enumerate() {
        let failed: Vec<&Ran> = all.iter().filter(|ran| !ran.outcome.verdicts[i].held).collect();
        let (held, of) = (all.len() - failed.len(), all.len());
        let word = if failed.is_empty() { "held" } else { "FAILED" };
        writeln!(out, "{word:6}  {}: with {held} of {of} seeds", verdict.expectation)?;
        for ran in failed.iter().take(5) {
            writeln!(out, "        {}: {}", ran.name, ran.outcome.verdicts[i].found)?;
        }
    }
    Ok(())
}

pub(crate) fn json(scenario: &Scenario, all: &[Ran]) -> Value {
    let runs: Vec<Value> = all.iter().map(object).collect();
    json!({ "scenario": scenario.name, "title": scenario.title, "runs": runs })
}

fn object(ran: &Ran) -> Value {
    let nodes = ran.outcome.nodes.iter().map(|node| {
        let summary = &node.summary;
        json!({
            "name": node.name,
            "role": node.role,
            "rms_ns": summary.rms_s * 1e9,
            "mean_ns": summary.mean_s * 1e9,
            "max_ns": summary.max_s * 1e9,
            "p999_ns": summary.p999_s * 1e9,
            "lock_time_s": node.lock_time_s,
            "steps": node.steps,
            "limit_ns": node.limit_s.map(|limit| limit * 1e9),
            "rho": summary.rho,
            "coverage": summary.coverage,
            "bounded": summary.bounded,
            "mean_bound_ns": summary.mean_bound_s * 1e9,
        })
    });
    let verdicts = ran.outcome.verdicts.iter().map(|verdict| {
        json!({ "expectation": verdict.expectation, "held": verdict.held, "found": verdict.found })
    });
    json!({
        "name": ran.name,
        "seed": ran.outcome.seed,
        "duration_s": ran.outcome.duration_s,
        "digest": format!("{:016x}", ran.outcome.digest),
        "events": ran.outcome.events_handled,
        "held": ran.outcome.held(),
        "nodes": nodes.collect::<Vec<_>>(),
        "verdicts": verdicts.collect::<Vec<_>>(),
    })
}
