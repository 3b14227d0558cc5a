//! What a record shows of the exchanges that were measured.

use record::{Entry, Reader, replay};
use time::{Exchange, Span};

use super::Analysis;
use super::anomalies::Anomaly;
use super::seen::seconds;
use super::series::Series;
use crate::quantity;

/// A correction that changes by more is no residence time of a switch without load.
const CORRECTION: Span = Span::from_nanos(100_000);

/// Looks at the files of a run, oldest first.
pub(crate) fn analyze(files: &mut [Reader]) -> Analysis {
    let mut looked = Looked::default();
    let mut counts = servo::Counts::default();
    let replayed = replay(files, |step| {
        counts = step.estimate.map_or(counts, |estimate| estimate.counts);
        looked.take(step.entry, step.seconds);
    });
    let mut analysis = Analysis {
        length_s: replayed.length_s,
        messages: replayed.estimates as usize,
        notes: vec![
            "A record has the stamps of both ends: each direction's delay is known up to the \
             asymmetry, with the offset taken out as the servo believed it at that moment."
                .to_owned(),
        ],
        offset: looked.offset,
        anomalies: looked.found,
        ..Analysis::default()
    };
    let directions = [("from the source", looked.down), ("to the source", looked.up)];
    let series =
        directions.into_iter().filter_map(|(name, values)| Series::new(name.to_owned(), &values));
    analysis.series = series.collect();
    for (count, what) in [
        (counts.void, "exchanges were of another epoch of the clock, or absurd"),
        (counts.too_long, "exchanges took longer than max_path_delay_ns"),
        (counts.outliers, "exchanges were far from what was expected"),
        (counts.relearned, "times path or source was learned anew, because outliers agreed"),
    ] {
        if count > 0 {
            let text = format!("{count} {what}");
            analysis.anomalies.push(Anomaly { frame: None, at_s: None, text });
        }
    }
    analysis.gaps(&looked.syncs);
    if let Some(broken) = replayed.broken {
        let text = format!("the record is broken: {broken}");
        analysis.anomalies.push(Anomaly { frame: None, at_s: None, text });
        analysis.broken = true;
    }
    analysis
}

#[derive(Default)]
struct Looked {
    down: Vec<(f64, Span)>,
    up: Vec<(f64, Span)>,
    offset: Vec<(f64, f64)>,
    syncs: Vec<f64>,
    corrections: [Option<Span>; 2],
    found: Vec<Anomaly>,
}

impl Looked {
    fn odd(&mut self, at: f64, text: String) {
        self.found.push(Anomaly { frame: None, at_s: Some(at), text });
    }

    fn take(&mut self, entry: &Entry, at: f64) {
        match entry {
            Entry::Measured(measurement, track) => {
                self.offset.push((at, seconds(track.offset)));
                self.exchange(&measurement.exchange, track.offset, at);
            }
            Entry::Actuated(actuation) if actuation.step != Span::ZERO => {
                self.odd(at, format!("the servo stepped the clock by {}", actuation.step));
            }
            Entry::Jumped(..) => self.odd(at, "somebody else stepped the clock".to_owned()),
            Entry::Selected(_) if at > 0.0 => {
                self.odd(at, "another source was followed from here on".to_owned());
            }
            _ => {}
        }
    }

    fn exchange(&mut self, exchange: &Exchange, offset: Span, at: f64) {
        let (direction, correction) = match exchange {
            Exchange::Sync { origin, received, correction } => {
                self.down.push((at, *received - *origin - *correction - offset));
                self.syncs.push(at);
                (0, *correction)
            }
            Exchange::Delay { sent, received, correction } => {
                self.up.push((at, *received - *sent - *correction + offset));
                (1, *correction)
            }
            Exchange::Link { .. } => return,
        };
        let last = self.corrections[direction].replace(correction);
        if let Some(change) = last.map(|last| correction - last)
            && change.abs() > CORRECTION
        {
            let way = ["from", "to"][direction];
            self.odd(at, format!("the correction {way} the source jumps by {change}"));
        }
    }
}

impl Analysis {
    /// Syncs that did not come.
    fn gaps(&mut self, syncs: &[f64]) {
        let mut intervals: Vec<f64> = syncs.windows(2).map(|pair| pair[1] - pair[0]).collect();
        intervals.sort_by(f64::total_cmp);
        let Some(median) = intervals.get(intervals.len() / 2).copied() else { return };
        let long = |pair: &&[f64]| pair[1] - pair[0] > 1.7 * median;
        let mut gaps = syncs.windows(2).filter(long);
        let count = gaps.clone().count();
        if let Some(first) = gaps.next() {
            let text = format!(
                "{count} times no Sync was measured for more than 1.7 intervals of {}; the longest \
                 silence {}",
                quantity::span(median * 1e9),
                quantity::span(intervals[intervals.len() - 1] * 1e9)
            );
            self.anomalies.push(Anomaly { frame: None, at_s: Some(first[0]), text });
        }
    }
}
