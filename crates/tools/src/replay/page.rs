//! The report of a replay.

use record::{Entry, Step};
use report::{Axis, Band, Chart, Colour, Grid, Look, Mark, Part, Quantity, Report, Table, Track};
use time::{Exchange, Span};

use super::{Told, text};

/// No figure has more events than can be told apart.
const MARKS_MAX: usize = 24;

/// What the figures are of.
#[derive(Default)]
pub(crate) struct Points {
    pub(crate) offset: Vec<(f64, f64)>,
    bound: Vec<(f64, f64, f64)>,
    rate: Vec<(f64, f64)>,
    /// Of a Sync less the believed offset, and of a Delay_Req plus it: the delay of each direction.
    down: Vec<f64>,
    up: Vec<f64>,
    marks: Vec<Mark>,
    phase: Option<servo::Phase>,
}

fn seconds(span: Span) -> f64 {
    span.scaled() as f64 / 65_536e9
}

impl Points {
    pub(crate) fn take(&mut self, step: &Step<'_>) {
        let mut mark = |text: String| {
            if self.marks.len() < MARKS_MAX {
                self.marks.push(Mark { x: step.seconds, text });
            }
        };
        match step.entry {
            Entry::Measured(measurement, track) => {
                if self.phase.replace(track.phase) != Some(track.phase) {
                    mark(format!("{:?}", track.phase).to_lowercase());
                }
                let offset = seconds(track.offset);
                self.offset.push((step.seconds, offset));
                self.bound.push((step.seconds, -track.bound_s, track.bound_s));
                self.rate.push((step.seconds, track.rate));
                self.delay(&measurement.exchange, offset);
            }
            Entry::Actuated(actuation) if actuation.step != Span::ZERO => {
                mark(format!("the clock was stepped by {}", actuation.step));
            }
            Entry::Selected(_) => mark("another source is followed".to_owned()),
            Entry::Jumped(..) => mark("somebody else stepped the clock".to_owned()),
            Entry::Limited(_) => mark("other limits".to_owned()),
            _ => {}
        }
    }

    fn delay(&mut self, exchange: &Exchange, offset: f64) {
        match exchange {
            Exchange::Sync { origin, received, correction } => {
                self.down.push(seconds(*received - *origin - *correction) - offset);
            }
            Exchange::Delay { sent, received, correction } => {
                self.up.push(seconds(*received - *sent - *correction) + offset);
            }
            Exchange::Link { .. } => {}
        }
    }
}

/// All of it on a page.
pub(crate) fn report(told: &Told) -> Report {
    let title = format!("Replay of {}", told.title);
    let subtitle = format!(
        "{} on the {} clock, {:.0} s",
        told.header.program, told.header.clock, told.replayed.length_s
    );
    let mut page = Report { title, subtitle, parts: Vec::new() };
    let good = told.replayed.is_same() && told.replayed.broken.is_none();
    let findings = text::findings(&told.replayed).into_iter().map(|line| (good, line));
    page.push(Part::Findings(findings.collect()));
    if told.rows.len() > 1 {
        page.push(Part::Table(Table {
            caption:
                "Offsets are from the source's time as the recorded servo believed it, in the \
                      second half of the record."
                    .to_owned(),
            heads: text::HEADS.map(str::to_owned).to_vec(),
            rows: told.rows.iter().map(|row| text::cells(row).to_vec()).collect(),
        }));
    }
    page.chart(offset(&told.points));
    if told.rows.len() > 1 {
        page.chart(contenders(told));
    }
    page.chart(rate(&told.points));
    let directions =
        [("from the source", &told.points.down[..]), ("to the source", &told.points.up)];
    if let Some(chart) = report::delays(&directions) {
        page.chart(chart.caption(
            "Each direction's stamps with the believed offset taken out. The last bin holds all \
             that took longer.",
        ));
    }
    let tracks = tracks(told);
    for chart in report::charts(&tracks) {
        page.chart(chart);
    }
    if let Some(table) = report::table(&tracks) {
        page.push(Part::Table(table));
    }
    page
}

fn time() -> Axis {
    Axis::linear("time since the first exchange", Quantity::Elapsed)
}

fn offset(points: &Points) -> Chart {
    let mut chart = Chart::new("Offset", time(), Axis::linear("offset", Quantity::Seconds))
        .caption("As the servo believed it after each exchange, with the bound that it gave.")
        .with("believed offset", points.offset.clone(), Colour::Blue, Look::Line);
    let band = points.bound.clone();
    chart.bands.push(Band { name: "bound".to_owned(), points: band, colour: Colour::Blue });
    chart.marks.clone_from(&points.marks);
    chart
}

fn contenders(told: &Told) -> Chart {
    let mut chart = Chart::new("Other servos", time(), Axis::linear("offset", Quantity::Seconds))
        .caption("Each servo's clock against the source's time as the recorded servo believed it.");
    for (i, row) in told.rows.iter().enumerate().rev() {
        let moments = row.done.moments.iter().map(|moment| (moment.seconds, moment.offset_s));
        chart = chart.with(&row.name, moments.collect(), Colour::of(i), Look::Line);
    }
    chart
}

fn rate(points: &Points) -> Chart {
    Chart::new("Frequency", time(), Axis::linear("the oscillator's error", Quantity::Rate))
        .caption("How much too fast the uncorrected oscillator was believed to be.")
        .with("believed rate", points.rate.clone(), Colour::Green, Look::Line)
}

/// From the second half on, so that the acquisition does not hide the rest.
fn tracks(told: &Told) -> Vec<Track> {
    let half = told.replayed.length_s / 2.0;
    let rows = told.rows.iter().filter_map(|row| {
        let late = row.done.moments.iter().filter(|moment| moment.seconds >= half);
        let points: Vec<(f64, f64)> = late.map(|m| (m.seconds, m.offset_s)).collect();
        Some(Track { name: row.name.clone(), grid: Grid::of(&points)? })
    });
    rows.collect()
}
