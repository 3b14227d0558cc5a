//! The scene as lines, for pipes and logs.

use std::io::{self, Write};
use std::time::Duration;

use super::scene::{NodeView, Scene};
use crate::paragraph::wrap;
use crate::quantity;

const WIDTH: usize = 96;

/// What one sees.
pub(super) fn head(out: &mut dyn Write, scene: &Scene) -> io::Result<()> {
    wrap(&scene.heading, WIDTH).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// A line per second and one per event.
pub(super) struct Plain {
    events: usize,
    next: Duration,
}

impl Plain {
    pub(super) fn begin(out: &mut dyn Write, scene: &Scene) -> io::Result<Plain> {
        head(out, scene)?;
        writeln!(out)?;
        for member in &scene.members {
            writeln!(
                out,
                "{:12} starts {:>8}, runs {}",
                member.name,
                quantity::span(member.offset_ns as f64),
                quantity::rate(member.rate_ppb as f64)
            )?;
        }
        writeln!(out)?;
        out.flush()?;
        Ok(Plain { events: 0, next: Duration::ZERO })
    }

    /// Never asks to leave.
    pub(super) fn show(&mut self, out: &mut dyn Write, scene: &Scene) -> io::Result<bool> {
        for (at, text) in &scene.events[self.events..] {
            writeln!(out, "{:5.1} s  {text}", at.as_secs_f64())?;
        }
        self.events = scene.events.len();
        if scene.at >= self.next {
            self.next = Duration::from_secs(scene.at.as_secs() + 1);
            let others = (0..scene.nodes.len())
                .filter(|i| *i != scene.truth() && !(*i == 0 && scene.killed_at.is_some()));
            let nodes: Vec<String> = others
                .map(|i| format!("{} {}", scene.members[i].name, node(&scene.nodes[i])))
                .collect();
            writeln!(out, "{:5.1} s  {}", scene.at.as_secs_f64(), nodes.join(" | "))?;
        }
        out.flush()?;
        Ok(true)
    }
}

fn node(node: &NodeView) -> String {
    let state = node.state.map_or("starting", control::ClockState::word);
    let error = node.look.error_ns.map_or_else(|| "?".into(), |ns| quantity::span(ns as f64));
    let bound = node.look.bound_ns.map(|ns| format!(" {}", quantity::plus_minus(ns as f64)));
    format!("{state} {error}{}", bound.unwrap_or_default())
}
