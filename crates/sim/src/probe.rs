//! Looks at all clocks from outside: tracks and statistics.

use servo::statistics::{Moments, Quantiles};

use crate::outcome::{DelayPoint, Phase, Summary, TrackPoint};

/// Points and delays that are kept of each clock at most.
const TRACK_MAX: usize = 20_000;
const DELAYS_MAX: usize = 2_000;

/// What is known of one clock's error.
#[derive(Debug)]
pub(crate) struct Errors {
    moments: Moments,
    quantiles: Quantiles,
    bounds: Moments,
    within: u64,
}

impl Errors {
    pub(crate) const fn new() -> Errors {
        Errors {
            moments: Moments::new(),
            quantiles: Quantiles::new(),
            bounds: Moments::new(),
            within: 0,
        }
    }

    pub(crate) fn add(&mut self, point: &TrackPoint) {
        self.moments.add(point.error_s);
        self.quantiles.add(point.error_s);
        if matches!(point.phase, Phase::Locked | Phase::Holdover) {
            self.bounds.add(point.bound_s);
            self.within += u64::from(point.error_s.abs() <= point.bound_s);
        }
    }

    pub(crate) fn summary(&self, limit_s: Option<f64>) -> Summary {
        let rms_s = self.moments.rms().unwrap_or(0.0);
        let largest = |value: Option<f64>| value.unwrap_or(0.0).abs();
        let bounded = self.bounds.count();
        Summary {
            count: self.moments.count(),
            rms_s,
            mean_s: self.moments.mean().unwrap_or(0.0),
            max_s: largest(self.moments.min()).max(largest(self.moments.max())),
            p999_s: self.quantiles.at(0.999).unwrap_or(0.0),
            coverage: if bounded > 0 { self.within as f64 / bounded as f64 } else { 1.0 },
            bounded,
            mean_bound_s: self.bounds.mean().unwrap_or(0.0),
            rho: limit_s.map(|limit| rms_s / limit),
        }
    }
}

/// What is kept of one clock.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) errors: Errors,
    pub(crate) track: Vec<TrackPoint>,
    /// Every so many looks make a point.
    stride: u32,
    skipped: u32,
    pub(crate) delays: Vec<DelayPoint>,
    delay_stride: u32,
    delay_skipped: u32,
}

impl Record {
    pub(crate) const fn new() -> Record {
        Record {
            errors: Errors::new(),
            track: Vec::new(),
            stride: 1,
            skipped: 0,
            delays: Vec::new(),
            delay_stride: 1,
            delay_skipped: 0,
        }
    }

    /// Keeps a point; once there are too many, every other is dropped and only every other comes.
    pub(crate) fn keep(&mut self, point: TrackPoint) {
        self.skipped += 1;
        if self.skipped < self.stride {
            return;
        }
        self.skipped = 0;
        if self.track.len() >= TRACK_MAX {
            thin(&mut self.track);
            self.stride *= 2;
        }
        self.track.push(point);
    }

    /// Keeps how long a frame took, likewise.
    pub(crate) fn delay(&mut self, point: DelayPoint) {
        self.delay_skipped += 1;
        if self.delay_skipped < self.delay_stride {
            return;
        }
        self.delay_skipped = 0;
        if self.delays.len() >= DELAYS_MAX {
            // Frames of both directions alternate: keep pairs.
            let mut place = 0;
            self.delays.retain(|_| {
                place += 1;
                place % 4 < 2
            });
            self.delay_stride *= 2;
        }
        self.delays.push(point);
    }
}

fn thin(track: &mut Vec<TrackPoint>) {
    let mut odd = false;
    track.retain(|_| {
        odd = !odd;
        odd
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at_s: f64, error_s: f64) -> TrackPoint {
        TrackPoint {
            at_s,
            error_s,
            offset_s: 0.0,
            bound_s: 2.5,
            random_bound_s: 1.0,
            rate_error: 0.0,
            phase: Phase::Locked,
        }
    }

    #[test]
    fn a_summary_says_how_often_the_bound_held() {
        let mut errors = Errors::new();
        for error in [1.0, -2.0, 3.0, -1.0] {
            errors.add(&point(0.0, error));
        }
        let summary = errors.summary(Some(0.5));
        assert_eq!((summary.count, summary.coverage, summary.max_s), (4, 0.75, 3.0));
        assert!((summary.rms_s - 3.75_f64.sqrt()).abs() < 1e-12);
        assert!((summary.rho.unwrap() - 2.0 * summary.rms_s).abs() < 1e-12);
    }

    #[test]
    fn a_long_track_is_thinned_and_stays_even() {
        let mut record = Record::new();
        (0..100_000).for_each(|k| record.keep(point(f64::from(k), 0.0)));
        assert!(record.track.len() <= TRACK_MAX && record.track.len() >= TRACK_MAX / 2);
        let gaps: Vec<f64> = record.track.windows(2).map(|w| w[1].at_s - w[0].at_s).collect();
        assert!(gaps.iter().all(|&gap| gap <= 16.0), "{:?}", gaps.iter().copied().reduce(f64::max));
        assert!(record.track.last().unwrap().at_s > 99_980.0);
    }
}
