//! One Kalman filter over phase, frequency and path delay of the uncorrected oscillator.

use time::Span;

use crate::sample::{Direction, seconds};

/// A vector of phase (s), frequency and delay (s).
pub(crate) type State = [f64; 3];
/// Their covariance.
pub(crate) type Covariance = [[f64; 3]; 3];

/// Random walk of the phase, in s: white frequency noise of 1e-10 over one second.
const PHASE_WANDER: f64 = 1e-20;
/// Random walk of the delay, in s: a tenth of a microsecond in 1000 s.
const DELAY_WANDER: f64 = 1e-17;
const VARIANCE_MAX: f64 = 1e12;

/// The belief at a moment of the oscillator's axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    pub(crate) at: Span,
    pub(crate) mean: State,
    pub(crate) cov: Covariance,
}

/// What a measurement said of the filter's prediction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Innovation {
    /// Observed minus predicted, in seconds.
    pub(crate) value: f64,
    /// Its predicted variance.
    pub(crate) variance: f64,
}

impl Filter {
    /// The belief at `at`, with a frequency that wanders by `wander`.
    pub(crate) fn predict(&self, at: Span, wander: f64) -> Filter {
        let dt = seconds(at - self.at);
        let (m, p, h) = (self.mean, self.cov, dt.max(0.0));
        let pxx = p[0][0] + 2.0 * dt * p[0][1] + dt * dt * p[1][1];
        let pxy = p[0][1] + dt * p[1][1];
        let pxd = p[0][2] + dt * p[1][2];
        let xx = pxx + PHASE_WANDER * h + wander * h * h * h / 3.0;
        let xy = pxy + wander * h * h / 2.0;
        let yy = p[1][1] + wander * h;
        let dd = p[2][2] + DELAY_WANDER * h;
        let cov = [[xx, xy, pxd], [xy, yy, p[1][2]], [pxd, p[1][2], dd]];
        Filter { at, mean: [m[0] + dt * m[1], m[1], m[2]], cov }.bounded()
    }

    /// How far `value` is from what is expected; `noise` is its variance.
    pub(crate) fn innovation(&self, direction: Direction, value: f64, noise: f64) -> Innovation {
        let (s, p) = (direction.sign(), &self.cov);
        let variance = s * s * p[0][0] + 2.0 * s * p[0][2] + p[2][2] + noise;
        Innovation { value: value - (s * self.mean[0] + self.mean[2]), variance }
    }

    /// Takes an observation at the filter's moment.
    pub(crate) fn update(&mut self, direction: Direction, innovation: Innovation) {
        let (s, p) = (direction.sign(), self.cov);
        let covariance = |i: usize| s * p[i][0] + p[i][2];
        let g = [covariance(0), covariance(1), covariance(2)];
        for i in 0..3 {
            self.mean[i] += g[i] / innovation.variance * innovation.value;
            for j in 0..3 {
                self.cov[i][j] = p[i][j] - g[i] * g[j] / innovation.variance;
            }
        }
        *self = self.bounded();
    }

    /// Believes phase and delay less, by these variances.
    pub(crate) fn doubt(&mut self, phase: f64, delay: f64) {
        self.cov[0][0] += phase;
        self.cov[2][2] += delay;
    }

    /// Keeps variances positive and finite whatever was observed.
    fn bounded(mut self) -> Filter {
        for i in 0..3 {
            self.cov[i][i] = self.cov[i][i].clamp(1e-30, VARIANCE_MAX);
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
