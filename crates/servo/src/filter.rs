//! One Kalman filter over phase, frequency and path delay of the uncorrected oscillator.

use time::Span;

use crate::sample::{Direction, seconds};

/// A vector of phase (s), frequency and delay (s).
pub(crate) type State = [f64; 3];
/// Their covariance.
pub(crate) type Covariance = [[f64; 3]; 3];

/// Random walk of the delay, in s: a tenth of a nanosecond in 100 s.
const DELAY_WANDER: f64 = 1e-22;
const VARIANCE_MAX: f64 = 1e12;
const VARIANCE_LEAST: f64 = 1e-32;

/// The belief at a moment of the oscillator's axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    pub(crate) at: Span,
    pub(crate) mean: State,
    pub(crate) cov: Covariance,
}

/// How far an oscillator gets from its present frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wander {
    /// Random walk of the phase (white frequency noise), in s.
    pub(crate) phase: f64,
    /// Random walk of the frequency, in s^-1.
    pub(crate) rate: f64,
}

impl Wander {
    /// This many times more of a random walk of the frequency.
    pub(crate) fn times(self, factor: f64) -> Wander {
        Wander { phase: self.phase * libm::sqrt(factor), rate: self.rate * factor }
    }
}

impl Filter {
    /// The belief at `at`, with an oscillator that wanders like that.
    pub(crate) fn predict(&self, at: Span, wander: Wander) -> Filter {
        let dt = seconds(at - self.at);
        let (m, p, h) = (self.mean, self.cov, dt.max(0.0));
        let pxx = p[0][0] + 2.0 * dt * p[0][1] + dt * dt * p[1][1];
        let pxy = p[0][1] + dt * p[1][1];
        let pxd = p[0][2] + dt * p[1][2];
        let xx = pxx + wander.phase * h + wander.rate * h * h * h / 3.0;
        let xy = pxy + wander.rate * h * h / 2.0;
        let yy = p[1][1] + wander.rate * h;
        let dd = p[2][2] + DELAY_WANDER * h;
        let cov = [[xx, xy, pxd], [xy, yy, p[1][2]], [pxd, p[1][2], dd]];
        Filter { at, mean: [m[0] + dt * m[1], m[1], m[2]], cov }.bounded()
    }

    /// How far `value` is above what is expected of the floor, and the variance of that.
    pub(crate) fn excess(&self, direction: Direction, value: f64) -> (f64, f64) {
        let (s, p) = (direction.sign(), &self.cov);
        let variance = s * s * p[0][0] + 2.0 * s * p[0][2] + p[2][2];
        (value - (s * self.mean[0] + self.mean[2]), variance.max(1e-30))
    }

    /// Takes an observation at the filter's moment, given the derivatives of the logarithm of its
    /// predicted density.
    pub(crate) fn update(&mut self, direction: Direction, slope: f64, curvature: f64) {
        let (s, p) = (direction.sign(), self.cov);
        let covariance = |i: usize| s * p[i][0] + p[i][2];
        let g = [covariance(0), covariance(1), covariance(2)];
        for i in 0..3 {
            self.mean[i] -= g[i] * slope;
            for j in 0..3 {
                self.cov[i][j] = p[i][j] + g[i] * g[j] * curvature;
            }
        }
        *self = self.bounded();
    }

    /// The floor of this direction is `by` higher than was believed; which of phase and delay that
    /// is, is not known.
    pub(crate) fn raise(&mut self, direction: Direction, by: f64) {
        let s = direction.sign();
        let half = by / 2.0;
        self.mean[0] += s * half;
        self.mean[2] += if s == 0.0 { by } else { half };
        let doubt = by * by / 32.0;
        self.cov[0][0] += s * s * doubt;
        self.cov[2][2] += doubt;
        self.cov[0][2] += s * doubt;
        self.cov[2][0] += s * doubt;
    }

    /// Moves phase and delay.
    pub(crate) fn shift(&mut self, phase: f64, delay: f64) {
        self.mean[0] += phase;
        self.mean[2] += delay;
    }

    /// Believes phase and delay less, by these variances.
    pub(crate) fn doubt(&mut self, phase: f64, delay: f64) {
        self.cov[0][0] += phase;
        self.cov[2][2] += delay;
    }

    /// Keeps variances positive and finite whatever was observed.
    fn bounded(mut self) -> Filter {
        for i in 0..3 {
            self.cov[i][i] = self.cov[i][i].clamp(VARIANCE_LEAST, VARIANCE_MAX);
        }
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let most = libm::sqrt(self.cov[i][i] * self.cov[j][j]);
            let mean = (self.cov[i][j] + self.cov[j][i]) / 2.0;
            let mean = mean.clamp(-most, most);
            (self.cov[i][j], self.cov[j][i]) = (mean, mean);
        }
        self.mean[1] = self.mean[1].clamp(-0.5, 0.5);
        self
    }
}
