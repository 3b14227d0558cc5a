//! The scene in a terminal: who does what, and how the errors shrink.

use std::io;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyModifiers};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Paragraph, Row, Table};
use ratatui::{DefaultTerminal, Frame};

use super::scene::Scene;
use crate::paragraph::wrap;
use crate::quantity;

const COLORS: [Color; 4] = [Color::Yellow, Color::Magenta, Color::Cyan, Color::Green];
/// Powers of ten of the plotted errors in nanoseconds: 10 ns to 100 s.
const DECADES: [f64; 2] = [1.0, 11.0];
const DECADE_NAMES: [&str; 6] = ["10 ns", "1 us", "100 us", "10 ms", "1 s", "100 s"];
const EVENTS: usize = 4;

/// The terminal, which is as before when this is dropped.
pub(super) struct Live {
    terminal: DefaultTerminal,
}

impl Live {
    pub(super) fn begin() -> io::Result<Live> {
        Ok(Live { terminal: ratatui::try_init()? })
    }

    /// Draws it; false when the viewer presses q or Ctrl-C.
    pub(super) fn show(&mut self, scene: &Scene) -> io::Result<bool> {
        self.terminal.draw(|frame| draw(frame, scene))?;
        while event::poll(Duration::ZERO)? {
            if let Event::Key(key) = event::read()? {
                let control = key.modifiers.contains(KeyModifiers::CONTROL);
                match key.code {
                    KeyCode::Char('q') | KeyCode::Esc => return Ok(false),
                    KeyCode::Char('c') if control => return Ok(false),
                    _ => {}
                }
            }
        }
        Ok(true)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

fn draw(frame: &mut Frame<'_>, scene: &Scene) {
    let rows = u16::try_from(scene.nodes.len() + 1).unwrap_or(u16::MAX);
    let heading = wrap(&scene.heading, usize::from(frame.area().width));
    let parts = [
        Constraint::Length(heading.len() as u16 + 1),
        Constraint::Length(rows + 1),
        Constraint::Min(6),
        Constraint::Length(EVENTS as u16),
    ];
    let [head, table, chart, foot] = Layout::vertical(parts).areas(frame.area());
    frame.render_widget(Paragraph::new(heading.join("\n")), head);
    nodes(frame, table, scene);
    plot(frame, chart, scene);
    events(frame, foot, scene);
}

fn nodes(frame: &mut Frame<'_>, area: Rect, scene: &Scene) {
    let rows = scene.members.iter().zip(&scene.nodes).enumerate().map(|(i, (member, node))| {
        let killed = i == 0 && scene.killed_at.is_some();
        let is_truth = i == scene.truth();
        let state = if killed {
            "killed"
        } else {
            node.state.map_or("starting", control::ClockState::word)
        };
        let error = match node.look.error_ns {
            _ if is_truth => "is the truth".to_owned(),
            Some(ns) => quantity::span(ns as f64),
            None => "-".into(),
        };
        let bound = node.look.bound_ns.filter(|_| !is_truth);
        let within = match node.look.within() {
            Some(true) if !is_truth => "yes",
            Some(false) if !is_truth => "no",
            _ => "",
        };
        let bound = bound.map_or_else(String::new, |ns| quantity::plus_minus(ns as f64));
        let correction = node.rate_ppb.map_or_else(String::new, quantity::rate);
        let cells = [member.name.into(), state.into(), error, bound, within.into(), correction];
        let modifier = if killed { Modifier::CROSSED_OUT } else { Modifier::empty() };
        Row::new(cells).style(Style::new().fg(COLORS[i % COLORS.len()]).add_modifier(modifier))
    });
    let head = Row::new(["node", "state", "true error", "bound", "within?", "correction"]);
    let widths = [13, 12, 13, 11, 8, 14].map(Constraint::Length);
    let table = Table::new(rows, widths).header(head.style(Modifier::BOLD));
    frame.render_widget(table, area);
}

fn plot(frame: &mut Frame<'_>, area: Rect, scene: &Scene) {
    let curves: Vec<Vec<(f64, f64)>> = scene
        .nodes
        .iter()
        .map(|node| node.history.iter().map(|&(at, error)| (at, decade(error))).collect())
        .collect();
    let killed_at = scene.killed_at.map(|at| at.as_secs_f64());
    let kill: Vec<(f64, f64)> =
        killed_at.map(|at| DECADES.map(|decade| (at, decade)).to_vec()).unwrap_or_default();
    let mut sets = vec![
        Dataset::default()
            .data(&kill)
            .graph_type(GraphType::Line)
            .marker(Marker::Dot)
            .style(Style::new().fg(Color::DarkGray)),
    ];
    for (i, curve) in curves.iter().enumerate().filter(|(_, curve)| !curve.is_empty()) {
        let style = Style::new().fg(COLORS[i % COLORS.len()]);
        sets.push(Dataset::default().data(curve).marker(Marker::Braille).style(style));
    }
    let length = scene.length.as_secs_f64();
    let seconds = [0.0, length / 2.0, length].map(|at| format!("{at:.0} s"));
    let x = Axis::default().bounds([0.0, length]).labels(seconds);
    let y = Axis::default().bounds(DECADES).labels(DECADE_NAMES);
    let chart = Chart::new(sets).x_axis(x.style(Color::DarkGray)).y_axis(y.style(Color::DarkGray));
    frame.render_widget(chart, area);
}

/// The power of ten of its size, within what is plotted.
fn decade(error_ns: i64) -> f64 {
    (error_ns.unsigned_abs().max(1) as f64).log10().clamp(DECADES[0], DECADES[1])
}

fn events(frame: &mut Frame<'_>, area: Rect, scene: &Scene) {
    let first = scene.events.len().saturating_sub(EVENTS);
    let lines = scene.events[first..].iter().map(|(at, text)| {
        let at = Span::styled(format!("{:5.1} s  ", at.as_secs_f64()), Color::DarkGray);
        Line::from(vec![at, Span::raw(text.as_str())])
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), area);
}
