//! The report of an analysis.

use report::{Axis, Chart, Colour, Grid, Look, Mark, Part, Quantity, Report, Table, Track};

use super::Analysis;
use super::text::{DIRECTIONS, SPEAKERS, direction, sentence, speaker, summary};

/// No figure has more events than can be told apart.
const MARKS_MAX: usize = 24;

/// All of it on a page.
pub(crate) fn report(analysis: &Analysis) -> Report {
    let mut page = Report {
        title: format!("Analysis of {}", analysis.title),
        subtitle: summary(analysis),
        parts: Vec::new(),
    };
    let odd = analysis.anomalies.iter().map(|anomaly| (false, sentence(anomaly)));
    let findings: Vec<(bool, String)> = odd.collect();
    let fine = vec![(true, "nothing is odd".to_owned())];
    page.push(Part::Findings(if findings.is_empty() { fine } else { findings }));
    if !analysis.speakers.is_empty() {
        page.push(Part::Heading("Who speaks".to_owned()));
        page.push(Part::Table(Table {
            caption: "Intervals as they passed at the point of capture: the median, and the \
                      standard deviation."
                .to_owned(),
            heads: SPEAKERS.map(str::to_owned).to_vec(),
            rows: analysis.speakers.iter().map(speaker).collect(),
        }));
    }
    page.push(Part::Heading("Delays".to_owned()));
    page.push(Part::Table(Table {
        caption: "Above the line along each direction's floor.".to_owned(),
        heads: DIRECTIONS.map(str::to_owned).to_vec(),
        rows: analysis.series.iter().map(direction).collect(),
    }));
    for note in &analysis.notes {
        page.push(Part::Text(note.clone()));
    }
    if !analysis.offset.is_empty() {
        page.chart(offset(analysis));
    }
    for (i, series) in analysis.series.iter().take(Colour::SERIES.len()).enumerate() {
        let y = Axis::linear("above the floor", Quantity::Seconds);
        let chart = Chart::new(&format!("Delay {}", series.name), time(), y)
            .caption("Each message's delay above the line along the floor.")
            .with(&series.name, series.above.clone(), Colour::of(i), Look::Dots);
        page.chart(if i == 0 && analysis.offset.is_empty() {
            marked(chart, analysis)
        } else {
            chart
        });
    }
    page.parts.extend(histogram(analysis));
    let tracks = tracks(analysis);
    if !tracks.is_empty() {
        let mut charts = report::charts(&tracks);
        "Of what varies in each direction, over averaging times."
            .clone_into(&mut charts[0].caption);
        charts.into_iter().for_each(|chart| page.chart(chart));
    }
    page
}

fn histogram(analysis: &Analysis) -> Option<Part> {
    let values: Vec<(&str, Vec<f64>)> = analysis
        .series
        .iter()
        .take(Colour::SERIES.len())
        .map(|series| (series.name.as_str(), series.above.iter().map(|point| point.1).collect()))
        .collect();
    let values: Vec<(&str, &[f64])> = values.iter().map(|(name, v)| (*name, &v[..])).collect();
    let mut chart = report::delays(&values)?;
    chart.x.name = "delay above the floor".to_owned();
    Some(Part::Chart(Box::new(chart)))
}

fn time() -> Axis {
    Axis::linear("time since the first message", Quantity::Elapsed)
}

fn marked(mut chart: Chart, analysis: &Analysis) -> Chart {
    let marks = analysis
        .anomalies
        .iter()
        .filter_map(|anomaly| Some(Mark { x: anomaly.at_s?, text: anomaly.text.clone() }));
    chart.marks = marks.take(MARKS_MAX).collect();
    chart
}

fn offset(analysis: &Analysis) -> Chart {
    let y = Axis::linear("offset", Quantity::Seconds);
    let chart = Chart::new("Offset", time(), y)
        .caption("As the servo believed it after each exchange.")
        .with("believed offset", analysis.offset.clone(), Colour::Blue, Look::Line);
    marked(chart, analysis)
}

/// What varies of each direction.
pub(crate) fn tracks(analysis: &Analysis) -> Vec<Track> {
    let series = analysis.series.iter().take(Colour::SERIES.len());
    let tracks = series.filter_map(|series| {
        let grid = Grid::of(&series.above)?;
        // Three points are the least that a deviation can be of.
        (grid.phases.len() > 3).then(|| Track { name: series.name.clone(), grid })
    });
    tracks.collect()
}
