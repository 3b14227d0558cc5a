//! How it ended, as a table and as a judgement.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use control::ClockState;

use super::scene::Scene;
use crate::quantity;

/// Prints the table; true if every follower ended locked, within its stated bound of the truth.
pub(super) fn print(out: &mut dyn Write, scene: &Scene) -> io::Result<bool> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["node", "role", "state", "true error", "bound", "within?", "while locked"]);
    let mut failures = Vec::new();
    for (i, (member, node)) in scene.members.iter().zip(&scene.nodes).enumerate() {
        let killed = i == 0 && scene.killed_at.is_some();
        let (state, is_truth) =
            (node.state.map_or("no answer", control::ClockState::word), i == scene.truth());
        let within = node.look.within();
        if member.follows_only && (node.state != Some(ClockState::Locked) || within != Some(true)) {
            let reason = node.reason.as_deref().unwrap_or("it gives no reason");
            failures.push(format!("{} is {state}: {reason}", member.name));
        }
        let error = match node.look.error_ns {
            _ if is_truth => "is the truth".to_owned(),
            Some(ns) => quantity::span(ns as f64),
            None => "-".into(),
        };
        let bound = node.look.bound_ns.filter(|_| !is_truth);
        let share = f64::from(node.looks_within) * 100.0 / f64::from(node.locked_looks.max(1));
        table.add_row([
            member.name.to_owned(),
            member.role.to_owned(),
            if killed { "killed".into() } else { state.to_owned() },
            error,
            bound.map_or_else(|| "-".into(), |ns| quantity::plus_minus(ns as f64)),
            within.filter(|_| !is_truth).map_or("-", |is| if is { "yes" } else { "no" }).into(),
            if node.locked_looks == 0 { "-".into() } else { format!("{share:.1} % within") },
        ]);
    }
    writeln!(out)?;
    for line in table.to_string().lines() {
        writeln!(out, "{}", line.trim())?;
    }
    if failures.is_empty() {
        writeln!(out, "\nEvery follower ended locked, within its stated bound of the truth.")?;
    } else {
        writeln!(out, "\nNot every follower ended locked, within its stated bound of the truth:")?;
        for failure in &failures {
            writeln!(out, "  {failure}")?;
        }
    }
    Ok(failures.is_empty())
}
