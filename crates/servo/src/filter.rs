//! One Kalman filter over phase, frequency and path delay of the uncorrected oscillator: with its
//! moment as a belief, and without as what each of many hypotheses keeps.

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

impl Filter {
    /// The belief at `at`, with an oscillator that wanders like that.
    pub(crate) fn predict(&self, at: Span, wander: Wander) -> Filter {
        Moments::of(self).predict(seconds(at - self.at), wander).at(at)
    }

    /// Believes phase and delay less, by these variances.
    pub(crate) fn doubt(&mut self, phase: f64, delay: f64) {
        self.cov[0][0] += phase;
        self.cov[2][2] += delay;
    }

    /// Moves phase and delay.
    pub(crate) fn shift(&mut self, phase: f64, delay: f64) {
        self.mean[0] += phase;
        self.mean[2] += delay;
    }
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

/// A belief without its moment and without what is twice in a covariance: there are many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moments {
    pub(crate) mean: State,
    /// Variances of phase, frequency and delay.
    own: [f64; 3],
    /// Covariances of phase with frequency, phase with delay, frequency with delay.
    joint: [f64; 3],
}

impl Moments {
    pub(crate) fn of(filter: &Filter) -> Moments {
        let p = &filter.cov;
        Moments {
            mean: filter.mean,
            own: [p[0][0], p[1][1], p[2][2]],
            joint: [p[0][1], p[0][2], p[1][2]],
        }
    }

    /// The same as a belief at a moment.
    pub(crate) fn at(&self, at: Span) -> Filter {
        Filter { at, mean: self.mean, cov: self.cov() }
    }

    pub(crate) fn cov(&self) -> Covariance {
        let ([xx, yy, dd], [xy, xd, yd]) = (self.own, self.joint);
        [[xx, xy, xd], [xy, yy, yd], [xd, yd, dd]]
    }

    /// After `dt` seconds of an oscillator that wanders like that.
    pub(crate) fn predict(&self, dt: f64, wander: Wander) -> Moments {
        let ([xx, yy, dd], [xy, xd, yd]) = (self.own, self.joint);
        let h = dt.max(0.0);
        let later = Moments {
            mean: [self.mean[0] + dt * self.mean[1], self.mean[1], self.mean[2]],
            own: [
                xx + 2.0 * dt * xy
                    + dt * dt * yy
                    + wander.phase * h
                    + wander.rate * h * h * h / 3.0,
                yy + wander.rate * h,
                dd + DELAY_WANDER * h,
            ],
            joint: [xy + dt * yy + wander.rate * h * h / 2.0, xd + dt * yd, yd],
        };
        later.bounded()
    }

    /// How far `value` is above what is expected of the floor, and the variance of that.
    pub(crate) fn excess(&self, direction: Direction, value: f64) -> (f64, f64) {
        let s = direction.sign();
        let variance = s * s * self.own[0] + 2.0 * s * self.joint[1] + self.own[2];
        (value - (s * self.mean[0] + self.mean[2]), variance.max(1e-30))
    }

    /// Takes an observation, given the derivatives of the logarithm of its predicted density.
    pub(crate) fn update(&mut self, direction: Direction, slope: f64, curvature: f64) {
        let s = direction.sign();
        let ([xx, _, dd], [xy, xd, yd]) = (self.own, self.joint);
        let g = [s * xx + xd, s * xy + yd, s * xd + dd];
        for (i, g) in g.into_iter().enumerate() {
            self.mean[i] -= g * slope;
            self.own[i] += g * g * curvature;
        }
        for (joint, (i, j)) in self.joint.iter_mut().zip(PAIRS) {
            *joint += g[i] * g[j] * curvature;
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
        self.own[0] += s * s * doubt;
        self.own[2] += doubt;
        self.joint[1] += s * doubt;
    }

    /// Moves phase and delay.
    pub(crate) fn shift(&mut self, phase: f64, delay: f64) {
        self.mean[0] += phase;
        self.mean[2] += delay;
    }

    /// Believes phase and delay less, by these variances.
    pub(crate) fn doubt(&mut self, phase: f64, delay: f64) {
        self.own[0] += phase;
        self.own[2] += delay;
    }

    /// Keeps variances positive and finite whatever was observed.
    fn bounded(mut self) -> Moments {
        self.own = self.own.map(|own| own.clamp(VARIANCE_LEAST, VARIANCE_MAX));
        for (joint, (i, j)) in self.joint.iter_mut().zip(PAIRS) {
            let most = self.own[i] * self.own[j];
            if *joint * *joint > most {
                *joint = libm::copysign(libm::sqrt(most), *joint);
            }
        }
        self.mean[1] = self.mean[1].clamp(-0.5, 0.5);
        self
    }
}

/// Which entries of a covariance are `joint`.
const PAIRS: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];
