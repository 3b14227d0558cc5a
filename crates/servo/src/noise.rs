//! How much one direction scatters, learned from differences of neighbours.

use time::Span;

use crate::sample::{Sample, seconds};

const WINDOW: usize = 64;
/// The median of |a - b| of two Gaussian values with standard deviation one.
const MEDIAN_OF_DIFFERENCE: f64 = 0.953_9;
/// The guess counts as this many differences, until there are enough of them.
const GUESS_WEIGHT: f64 = 2.0;
const ENOUGH: usize = 16;
const LEAST: f64 = 1e-11;

/// The scatter of one direction. The median ignores spikes; the trend is taken out before.
#[derive(Clone, Debug)]
pub(crate) struct Noise {
    guess: f64,
    last: Option<Sample>,
    differences: [f64; WINDOW],
    count: usize,
    deviation: f64,
}

impl Noise {
    pub(crate) fn new(guess: f64) -> Noise {
        let guess = guess.max(LEAST);
        Noise { guess, last: None, differences: [0.0; WINDOW], count: 0, deviation: guess }
    }

    /// Forgets the neighbour, not the scatter: the next value may be on another level.
    pub(crate) fn interrupt(&mut self) {
        self.last = None;
    }

    /// Takes the next sample; `slope` is how fast values are expected to rise.
    pub(crate) fn learn(&mut self, sample: Sample, slope: f64) {
        if let Some(last) = self.last.replace(sample) {
            let dt = seconds(sample.at - last.at);
            if dt <= 0.0 {
                return;
            }
            let difference = libm::fabs(sample.value - last.value - slope * dt);
            self.differences[self.count % WINDOW] = difference;
            self.count += 1;
            self.deviation = self.blend();
        }
    }

    /// The standard deviation, in seconds.
    pub(crate) fn deviation(&self) -> f64 {
        self.deviation
    }

    pub(crate) fn variance(&self) -> f64 {
        self.deviation * self.deviation
    }

    fn blend(&self) -> f64 {
        let held = self.count.min(WINDOW);
        let seen = median(&self.differences[..held]) / MEDIAN_OF_DIFFERENCE;
        if held >= ENOUGH {
            return seen.max(LEAST);
        }
        let n = held as f64;
        let square = GUESS_WEIGHT * self.guess * self.guess + n * seen * seen;
        libm::sqrt(square / (GUESS_WEIGHT + n)).max(LEAST)
    }
}

/// The middle of at most [`WINDOW`] finite values; zero of none.
pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which this share of at most [`WINDOW`] finite values is; zero of none.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = [0.0; WINDOW];
    let count = values.len().min(WINDOW);
    if count == 0 {
        return 0.0;
    }
    sorted[..count].copy_from_slice(&values[..count]);
    let sorted = &mut sorted[..count];
    sorted.sort_unstable_by(f64::total_cmp);
    let place = share * (count - 1) as f64;
    let (below, part) = (place as usize, place - (place as usize) as f64);
    let above = (below + 1).min(count - 1);
    sorted[below] + part * (sorted[above] - sorted[below])
}

/// The mean interval of a direction's samples, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Interval {
    last: Option<Span>,
    mean: Option<f64>,
}

impl Interval {
    pub(crate) fn see(&mut self, at: Span) {
        if let Some(last) = self.last {
            let dt = seconds(at - last);
            if dt <= 0.0 {
                return;
            }
            self.mean = Some(match self.mean {
                // A gap is a loss, not a new interval; many of them are.
                Some(mean) => mean + 0.2 * (dt.min(2.0 * mean) - mean),
                None => dt.min(1024.0),
            });
        }
        self.last = Some(at);
    }

    /// Forgets when the last one was.
    pub(crate) fn interrupt(&mut self) {
        self.last = None;
    }

    pub(crate) fn last(&self) -> Option<Span> {
        self.last
    }

    /// One second until two samples were seen.
    pub(crate) fn seconds(&self) -> f64 {
        self.mean.unwrap_or(1.0)
    }
}
