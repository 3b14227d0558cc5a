//! Deviations over averaging times, with the masks of telecom clocks.

use servo::statistics::mask::{self, Class};
use servo::statistics::{Stability, Wander};

use crate::chart::{Axis, Chart, Colour, Look, Quantity};
use crate::page::Table;
use crate::ticks;

/// Phases on an even grid.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The distance in seconds.
    pub tau0: f64,
    /// In seconds.
    pub phases: Vec<f64>,
}

/// A phase over time, for stability.
#[derive(Clone, Debug)]
pub struct Track {
    /// For the legend.
    pub name: String,
    /// On an even grid.
    pub grid: Grid,
}

/// Deviations at one averaging time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The averaging time in seconds.
    pub tau: f64,
    /// The overlapping Allan deviation.
    pub adev: f64,
    /// The time deviation in seconds.
    pub tdev: f64,
    /// The maximum time interval error in seconds.
    pub mtie: f64,
}

impl Grid {
    /// Of points at uneven times, in their order: each place of the grid has the last value before
    /// it. The distance is the median one of the points.
    pub fn of(points: &[(f64, f64)]) -> Option<Grid> {
        let (first, last) = (points.first()?.0, points.last()?.0);
        let mut gaps: Vec<f64> = points.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        gaps.retain(|gap| *gap > 0.0);
        gaps.sort_by(f64::total_cmp);
        let tau0 = *gaps.get(gaps.len() / 2)?;
        let count = ((last - first) / tau0).min(5e7) as usize;
        let mut phases = Vec::with_capacity(count + 1);
        let mut at = 0;
        for i in 0..=count {
            let time = first + (i as f64 + 1e-6) * tau0;
            while at + 1 < points.len() && points[at + 1].0 <= time {
                at += 1;
            }
            phases.push(points[at].1);
        }
        Some(Grid { tau0, phases })
    }

    /// Its deviations at averaging times of 1, 2, 4, ... distances.
    pub fn deviations(&self) -> Vec<Row> {
        let (mut stability, mut wander) = (Stability::new(self.tau0), Wander::new(self.tau0));
        for phase in &self.phases {
            stability.add(*phase);
            wander.add(*phase);
        }
        let pairs = stability.all().zip(wander.all());
        let row = |(deviations, interval): (
            servo::statistics::Deviations,
            servo::statistics::TimeInterval,
        )| Row {
            tau: deviations.tau,
            adev: deviations.adev,
            tdev: deviations.tdev,
            mtie: interval.mtie,
        };
        pairs.map(row).collect()
    }
}

/// The Allan deviation, the time deviation and the maximum time interval error of some tracks.
pub fn charts(tracks: &[Track]) -> Vec<Chart> {
    let tau = || Axis::log("averaging time \u{3c4}", Quantity::Seconds);
    let mut adev = Chart::new("Allan deviation", tau(), Axis::log("ADEV", Quantity::Number))
        .caption("Of the clock's frequency over averaging times; a slope of \u{2212}1 is noise of stamps.");
    let mut tdev = Chart::new("Time deviation", tau(), Axis::log("TDEV", Quantity::Seconds))
        .caption(
            "Dashed: the limits of ITU-T G.8273.2 at constant temperature, classes A and B, and C.",
        );
    let interval = Axis::log("MTIE", Quantity::Seconds);
    let mut mtie = Chart::new("Maximum time interval error", tau(), interval).caption(
        "The largest change within any window. Dashed: the limits of ITU-T G.8273.2 at constant \
         temperature. They are for errors behind a low-pass filter of 0.1 Hz; these are unfiltered, \
         which is worse or equal.",
    );
    let (mut least, mut most) = (f64::INFINITY, 0.0f64);
    for (i, track) in tracks.iter().enumerate() {
        let rows = track.grid.deviations();
        let points = |of: fn(&Row) -> f64| {
            let pairs = rows.iter().map(|row| (row.tau, of(row)));
            pairs.filter(|pair| pair.1 > 0.0).collect::<Vec<_>>()
        };
        least = rows.first().map_or(least, |row| least.min(row.tau));
        most = rows.last().map_or(most, |row| most.max(row.tau));
        let colour = Colour::of(i);
        adev = adev.with(&track.name, points(|row| row.adev), colour, Look::Dotted);
        tdev = tdev.with(&track.name, points(|row| row.tdev), colour, Look::Dotted);
        mtie = mtie.with(&track.name, points(|row| row.mtie), colour, Look::Dotted);
    }
    if most > 0.0 {
        for (class, name) in [(Class::A, "class A, B"), (Class::C, "class C")] {
            let flat = |limit: Option<f64>| {
                limit.map_or(Vec::new(), |limit| vec![(least, limit), (most.min(1000.0), limit)])
            };
            tdev = tdev.with(name, flat(mask::tdev(class, 1.0)), Colour::Grey, Look::Dashes);
            mtie = mtie.with(name, flat(mask::mtie(class, 1.0)), Colour::Grey, Look::Dashes);
        }
    }
    vec![adev, tdev, mtie]
}

/// The time deviation and the maximum time interval error at decades of the averaging time.
pub fn table(tracks: &[Track]) -> Option<Table> {
    let all: Vec<(&str, Vec<Row>)> =
        tracks.iter().map(|track| (track.name.as_str(), track.grid.deviations())).collect();
    let decades: Vec<f64> = (-3..6).map(|exponent| 10f64.powi(exponent)).collect();
    let near = |rows: &[Row], tau: f64| {
        let close = |row: &&Row| row.tau > tau / 1.42 && row.tau <= tau * 1.42;
        rows.iter().find(close).copied()
    };
    let there: Vec<f64> = decades
        .into_iter()
        .filter(|tau| all.iter().any(|(_, rows)| near(rows, *tau).is_some()))
        .collect();
    if there.is_empty() {
        return None;
    }
    let mut heads = vec![String::new()];
    heads.extend(there.iter().map(|tau| format!("{tau} s")));
    let mut lines = Vec::new();
    for (name, rows) in &all {
        for (what, of) in
            [("MTIE", (|row: &Row| row.mtie) as fn(&Row) -> f64), ("TDEV", |row| row.tdev)]
        {
            let mut line = vec![format!("{name}, {what}")];
            let cell =
                |tau: &f64| near(rows, *tau).map_or(String::new(), |row| ticks::span(of(&row)));
            line.extend(there.iter().map(cell));
            lines.push(line);
        }
    }
    let caption = "At the averaging times nearest to decades.".to_owned();
    Some(Table { caption, heads, rows: lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uneven_points_come_onto_an_even_grid() {
        let points = [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (4.0, 5.0), (5.0, 6.0)];
        let grid = Grid::of(&points).unwrap();
        assert_eq!(grid.tau0, 1.0);
        assert_eq!(grid.phases, [1.0, 2.0, 3.0, 3.0, 5.0, 6.0]);
        assert!(Grid::of(&points[..1]).is_none());
    }

    #[test]
    fn a_ramp_wanders_by_its_slope() {
        let points: Vec<(f64, f64)> =
            (0..1000).map(|i| (f64::from(i), f64::from(i) * 1e-9)).collect();
        let rows = Grid::of(&points).unwrap().deviations();
        for row in rows {
            assert!((row.mtie / (row.tau * 1e-9) - 1.0).abs() < 1e-6, "{row:?}");
            assert!(row.adev < 1e-15);
        }
    }
}
