//! Which of many packets are believed: with a few per second and more, the fastest or the middle
//! one of each window speaks for all of it.

use crate::noise::quantile;
use crate::sample::Sample;
use crate::settings::Selection;

const WINDOW_MAX: usize = 64;
const RING: usize = 64;
/// How long a window is, in seconds.
const WINDOW_SECONDS: f64 = 0.5;
/// Upper over lower spread: 1 for Gaussian noise, 2.7 for exponential.
const SKEWED: f64 = 1.9;
const EVEN: f64 = 1.4;

/// How many samples that come every `interval` seconds make a window.
pub(crate) fn window(interval: f64) -> usize {
    ((WINDOW_SECONDS / interval) as usize).clamp(1, WINDOW_MAX)
}

/// Windows of one direction's samples.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    skewed: bool,
    skew: f64,
    held: [(f64, Sample); WINDOW_MAX],
    len: usize,
    residuals: [f64; RING],
    seen: usize,
}

impl Selector {
    pub(crate) fn new(none: Sample) -> Selector {
        Selector {
            skewed: false,
            skew: 1.0,
            held: [(0.0, none); WINDOW_MAX],
            len: 0,
            residuals: [0.0; RING],
            seen: 0,
        }
    }

    /// Forgets the window that is being filled.
    pub(crate) fn interrupt(&mut self) {
        self.len = 0;
    }

    /// Whether delays have a long tail. Both directions must be selected alike, or the difference
    /// of the methods looks like an offset.
    pub(crate) fn is_skewed(&self) -> bool {
        self.skewed
    }

    /// Takes a sample that is `residual` above what was expected. Returns the one that is to be
    /// believed, once `window` of them are there.
    pub(crate) fn select(
        &mut self,
        sample: Sample,
        residual: f64,
        window: usize,
        method: Selection,
    ) -> Option<Sample> {
        if window == 1 || method == Selection::All {
            self.len = 0;
            return Some(sample);
        }
        if self.len < WINDOW_MAX {
            self.held[self.len] = (residual, sample);
            self.len += 1;
        }
        if self.len < window {
            return None;
        }
        let held = &mut self.held[..self.len];
        held.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let place = if method == Selection::Median { held.len() / 2 } else { 0 };
        self.len = 0;
        Some(self.held[place].1)
    }

    /// Learns the shape of the scatter, which is looked at once per ring of residuals.
    pub(crate) fn learn(&mut self, residual: f64) {
        self.residuals[self.seen % RING] = residual;
        self.seen += 1;
        if self.seen.is_multiple_of(RING) {
            let at = |share| quantile(&self.residuals, share);
            let (low, middle, high) = (at(0.1), at(0.5), at(0.9));
            let skew = (high - middle).max(1e-15) / (middle - low).max(1e-15);
            self.skew += (skew.clamp(0.1, 10.0) - self.skew) / 4.0;
            let skew = self.skew;
            self.skewed = if self.skewed { skew > EVEN } else { skew > SKEWED };
        }
    }
}
