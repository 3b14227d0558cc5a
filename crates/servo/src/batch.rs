//! The first belief: a robust fit of phase, frequency and delay to the first few samples at once.
//!
//! A filter that starts from its first sample believes it; if that one was late, it takes long to
//! forget. A fit of all of them has no first sample.

use time::Span;

use crate::filter::{Covariance, Filter, State};
use crate::noise::median;
use crate::sample::{Direction, Sample, seconds};

pub(crate) const BATCH: usize = 24;
/// Less than this after the one before, a sample adds little.
const QUICK: Span = Span::from_nanos(100_000_000);
const ROUNDS: usize = 8;
/// The guess of the scatter counts as this many samples.
const GUESS_WEIGHT: f64 = 2.0;
/// With more degrees of freedom than this, soon nobody has to guess.
const ENOUGH: f64 = 4.0;
/// Beyond this many deviations a residual counts less.
const HUBER_LATE: f64 = 1.5;
const HUBER_EARLY: f64 = 3.0;
/// The quantile that is fitted first: delays are seldom short by accident, and often long.
const LOW: f64 = 0.25;

/// Samples to be fitted together, and what was believed before them.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    samples: [Sample; BATCH],
    len: usize,
    rate: f64,
    rate_deviation: f64,
}

/// What a fit says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    pub(crate) belief: Filter,
    /// The scatter of the samples that are not late.
    pub(crate) deviation: f64,
    /// The scatter of all.
    pub(crate) scatter: f64,
}

impl Batch {
    /// Nothing seen; the frequency is `rate`, more or less `rate_deviation`.
    pub(crate) fn new(rate: f64, rate_deviation: f64) -> Batch {
        let none = Sample { direction: Direction::Link, at: Span::ZERO, value: 0.0 };
        Batch { samples: [none; BATCH], len: 0, rate, rate_deviation }
    }

    /// Takes a sample. Where there are many, those in quick succession are not needed; without
    /// room, the oldest one of the more frequent direction gives way.
    pub(crate) fn push(&mut self, sample: Sample) {
        let of_same = |other: &&Sample| other.direction == sample.direction;
        let last = self.samples().iter().rev().find(of_same);
        let quick = last.is_some_and(|last| sample.at - last.at < QUICK);
        if quick && self.count(sample.direction) >= 4 {
            return;
        }
        if self.len == BATCH {
            let down = self.count(Direction::Down) > BATCH / 2;
            let gives_way = |other: &Sample| (other.direction == Direction::Down) == down;
            let place = self.samples().iter().position(gives_way).unwrap_or(0);
            self.samples.copy_within(place + 1.., place);
            self.len -= 1;
        }
        self.samples[self.len] = sample;
        self.len += 1;
    }

    /// The frequency that was believed before any sample.
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    pub(crate) fn samples(&self) -> &[Sample] {
        &self.samples[..self.len]
    }

    pub(crate) fn count(&self, direction: Direction) -> usize {
        self.samples().iter().filter(|sample| sample.direction == direction).count()
    }

    /// The belief at the moment of the latest sample; `guess` is the scatter expected beforehand.
    pub(crate) fn fit(&self, guess: f64) -> Option<Fit> {
        if self.count(Direction::Down) == 0 {
            return None;
        }
        let at = self.samples().iter().map(|sample| sample.at).max()?;
        let mut weights = [1.0; BATCH];
        let mut scale = guess;
        let mut solved = self.solve(at, &weights, guess)?;
        for round in 0..ROUNDS {
            let mut residuals = [0.0; BATCH];
            for (residual, sample) in residuals.iter_mut().zip(self.samples()) {
                *residual = sample.value - dot(row(sample, at), solved.0);
            }
            scale = self.scale(&residuals[..self.len], guess);
            for (weight, residual) in weights.iter_mut().zip(residuals) {
                let distance = libm::fabs(residual) / scale;
                let late = residual > 0.0;
                // A low quantile first, which late samples cannot move far; then a mean of those
                // that are near it.
                let (limit, share) = match (round + 2 < ROUNDS, late) {
                    (true, true) => (0.3, LOW),
                    (true, false) => (0.3, 1.0 - LOW),
                    (false, true) => (HUBER_LATE, 1.0),
                    (false, false) => (HUBER_EARLY, 1.0),
                };
                *weight = share * (limit / distance.max(1e-9)).min(1.0);
            }
            solved = self.solve(at, &weights, scale)?;
        }
        let scatter = self.scatter(at, solved.0, scale);
        Some(Fit {
            belief: Filter { at, mean: solved.0, cov: solved.1 },
            deviation: scale,
            scatter,
        })
    }

    /// The root of the mean square, where nothing counts as more than thirty deviations.
    fn scatter(&self, at: Span, state: State, deviation: f64) -> f64 {
        let most = 30.0 * deviation;
        let square = |sample: &Sample| {
            let residual = (sample.value - dot(row(sample, at), state)).clamp(-most, most);
            residual * residual
        };
        let sum: f64 = self.samples().iter().map(square).sum();
        let free = (self.len as f64 - 3.0).max(1.0);
        libm::sqrt(sum / free).max(1e-10)
    }

    /// From the middle of the residuals, and the guess as long as they are few.
    fn scale(&self, residuals: &[f64], guess: f64) -> f64 {
        let mut sizes = [0.0; BATCH];
        for (size, residual) in sizes.iter_mut().zip(residuals) {
            *size = libm::fabs(*residual);
        }
        let n = residuals.len() as f64;
        let free = (n - 3.0).max(0.0);
        let seen = 1.4826 * median(&sizes[..residuals.len()]) * libm::sqrt(n / free.max(1.0));
        let few = (ENOUGH / free.max(ENOUGH)) * (ENOUGH / free.max(ENOUGH));
        let weight = GUESS_WEIGHT * few * few * few;
        let square = weight * guess * guess + free * seen * seen;
        libm::sqrt(square / (weight + free)).max(1e-11)
    }

    /// Weighted least squares with what was believed before.
    fn solve(&self, at: Span, weights: &[f64; BATCH], scale: f64) -> Option<(State, Covariance)> {
        let prior_rate = 1.0 / (self.rate_deviation * self.rate_deviation);
        // With one direction only, the delay is taken for none, and phase and delay for unknown.
        let one_way = self.count(Direction::Up) + self.count(Direction::Link) == 0;
        let prior_delay = if one_way { 1e18 } else { 1.0 };
        let mut information = [[1e-6, 0.0, 0.0], [0.0, prior_rate, 0.0], [0.0, 0.0, prior_delay]];
        let mut sum = [0.0, prior_rate * self.rate, 0.0];
        for (sample, weight) in self.samples().iter().zip(weights) {
            let h = row(sample, at);
            let weight = weight / (scale * scale);
            for i in 0..3 {
                sum[i] += weight * h[i] * sample.value;
                for j in 0..3 {
                    information[i][j] += weight * h[i] * h[j];
                }
            }
        }
        let mut cov = inverse(&information)?;
        let mean = cov.map(|line| dot(line, sum));
        if one_way {
            cov[0][0] += 1.0;
            cov[2][2] += 1.0;
            cov[0][2] -= 1.0;
            cov[2][0] -= 1.0;
        }
        Some((mean, cov))
    }
}

fn row(sample: &Sample, at: Span) -> State {
    let sign = sample.direction.sign();
    [sign, sign * seconds(sample.at - at), 1.0]
}

fn dot(a: State, b: State) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The inverse of a symmetric positive matrix, by its Cholesky factor with scaled rows.
fn inverse(m: &Covariance) -> Option<Covariance> {
    let scale = [libm::sqrt(m[0][0]), libm::sqrt(m[1][1]), libm::sqrt(m[2][2])];
    if !scale.iter().all(|scale| scale.is_finite() && *scale > 0.0) {
        return None;
    }
    let mut l = [[0.0; 3]; 3];
    for i in 0..3 {
        for j in 0..=i {
            let mut rest = m[i][j] / (scale[i] * scale[j]);
            rest -= (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
            l[i][j] = if i == j { libm::sqrt(rest.max(1e-14)) } else { rest / l[j][j] };
        }
    }
    let mut out = [[0.0; 3]; 3];
    for column in 0..3 {
        let mut x = [0.0; 3];
        for i in 0..3 {
            let unit = if i == column { 1.0 } else { 0.0 };
            let below: f64 = (0..i).map(|k| l[i][k] * x[k]).sum();
            x[i] = (unit - below) / l[i][i];
        }
        for i in (0..3).rev() {
            let above: f64 = (i + 1..3).map(|k| l[k][i] * x[k]).sum();
            x[i] = (x[i] - above) / l[i][i];
        }
        for i in 0..3 {
            out[i][column] = x[i] / (scale[i] * scale[column]);
        }
    }
    Some(out)
}
