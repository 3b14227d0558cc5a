//! The report of a simulation.

use report::{Axis, Band, Chart, Colour, Grid, Look, Mark, Part, Quantity, Report, Table, Track};
use sim::Scenario;
use sim::outcome::{LogLine, NodeOutcome};

use super::Ran;
use super::text::{follows, heads, row, shown};

/// No page has more figures of clocks than a person looks at.
const FIGURES_MAX: usize = 6;
/// No figure has more events than can be told apart.
const MARKS_MAX: usize = 24;

/// All of it on a page. The figures of many seeds are of the first.
pub(crate) fn report(scenario: &Scenario, all: &[Ran]) -> Report {
    let first = &all[0].outcome;
    let many = all.iter().skip(1).any(|ran| ran.outcome.seed != first.seed);
    let seeds = if many {
        format!("{} seeds from {}", all.len(), first.seed)
    } else {
        format!("seed {}", first.seed)
    };
    let mut page = Report {
        title: scenario.title.clone(),
        subtitle: format!("Scenario {}, {:.0} s, {seeds}", scenario.name, first.duration_s),
        parts: Vec::new(),
    };
    page.push(Part::Findings(findings(all, many)));
    let rows = all
        .iter()
        .flat_map(|ran| shown(&ran.outcome).into_iter().map(|node| row(ran, node, all.len() > 1)));
    page.push(Part::Table(Table {
        caption: format!(
            "True errors against the grandmaster's clock, from {:.0} s on.",
            scenario.settle_s
        ),
        heads: heads(all).into_iter().map(str::to_owned).collect(),
        rows: rows.collect(),
    }));
    let drawn: Vec<&Ran> = all
        .iter()
        .filter(|ran| ran.outcome.nodes.iter().any(|node| !node.track.is_empty()))
        .collect();
    let nodes: Vec<&NodeOutcome> = first
        .nodes
        .iter()
        .filter(|node| follows(node) && !node.track.is_empty())
        .take(FIGURES_MAX)
        .collect();
    for node in &nodes {
        page.chart(error(node, &first.log));
        if drawn.len() > 1 {
            page.chart(contenders(&node.name, &drawn));
        }
    }
    page.parts.extend(nodes.iter().take(2).filter_map(|node| delays(node)));
    let tracks = tracks(scenario, all);
    for chart in report::charts(&tracks) {
        page.chart(chart);
    }
    if let Some(table) = report::table(&tracks) {
        page.push(Part::Table(table));
    }
    page
}

/// What was expected and found; of many seeds the first with which it was not so.
fn findings(all: &[Ran], many: bool) -> Vec<(bool, String)> {
    let first = &all[0].outcome;
    let failed = |i: usize| all.iter().find(|ran| many && !ran.outcome.verdicts[i].held);
    let findings = first.verdicts.iter().enumerate().map(|(i, verdict)| match failed(i) {
        Some(ran) => (
            false,
            format!("{}: {} ({})", verdict.expectation, ran.outcome.verdicts[i].found, ran.name),
        ),
        None => (verdict.held, format!("{}: {}", verdict.expectation, verdict.found)),
    });
    findings.collect()
}

/// How long frames took to a clock and from it.
fn delays(node: &NodeOutcome) -> Option<Part> {
    let of = |down: bool| -> Vec<f64> {
        let points = node.delays.iter().filter(|point| point.down == down);
        points.map(|point| point.delay_s).collect()
    };
    let (down, up) = (of(true), of(false));
    let mut chart = report::delays(&[("from the source", &down), ("to the source", &up)])?;
    chart.title = format!("Delays of {}", node.name);
    Some(Part::Chart(Box::new(chart)))
}

fn time() -> Axis {
    Axis::linear("time", Quantity::Elapsed)
}

fn error(node: &NodeOutcome, log: &[LogLine]) -> Chart {
    let axis = Axis::linear("true error", Quantity::Seconds);
    let errors = node.track.iter().map(|point| (point.at_s, point.error_s)).collect();
    let band = node.track.iter().map(|point| (point.at_s, -point.bound_s, point.bound_s)).collect();
    let mut chart = Chart::new(&format!("Error of {}", node.name), time(), axis)
        .caption("Against the grandmaster's clock, with the bound that the clock itself gave.")
        .with("true error", errors, Colour::Blue, Look::Line);
    chart.bands.push(Band { name: "bound".to_owned(), points: band, colour: Colour::Blue });
    let concerns = |line: &&LogLine| line.node.is_empty() || line.node == node.name;
    let marks = log.iter().filter(concerns).take(MARKS_MAX);
    chart.marks = marks.map(|line| Mark { x: line.at_s, text: line.text.clone() }).collect();
    chart
}

fn contenders(name: &str, all: &[&Ran]) -> Chart {
    let axis = Axis::linear("true error", Quantity::Seconds);
    let mut chart = Chart::new(&format!("Error of {name} under each servo"), time(), axis)
        .caption("The same world: the same oscillators, delays and events.");
    for (i, ran) in all.iter().enumerate().rev() {
        let Some(node) = ran.outcome.nodes.iter().find(|node| node.name == name) else { continue };
        let points = node.track.iter().map(|point| (point.at_s, point.error_s)).collect();
        chart = chart.with(&ran.name, points, Colour::of(i), Look::Line);
    }
    chart
}

/// What stability is shown of: the first clock of each run, or the first clocks of one; from when
/// all has settled.
pub(crate) fn tracks(scenario: &Scenario, all: &[Ran]) -> Vec<Track> {
    let several = all.len() > 1;
    let take = if several { 1 } else { Colour::SERIES.len() };
    let mut tracks = Vec::new();
    for ran in all.iter().take(Colour::SERIES.len()) {
        let nodes = ran.outcome.nodes.iter().filter(|node| follows(node) && !node.track.is_empty());
        for node in nodes.take(take) {
            let from = scenario.settle_s;
            let late = node.track.iter().filter(|point| point.at_s >= from);
            let points: Vec<(f64, f64)> = late.map(|point| (point.at_s, point.error_s)).collect();
            let name = if several { ran.name.clone() } else { node.name.clone() };
            tracks.extend(Grid::of(&points).map(|grid| Track { name, grid }));
        }
    }
    tracks
}
