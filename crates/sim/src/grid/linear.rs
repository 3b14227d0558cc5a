//! Contenders that exist only here: estimators with a clock that goes where they want it.

use crate::delay::Delay;
use crate::grid::cell::{Cell, STAMP};
use crate::grid::exchange::{Exchange, delays};
use crate::grid::limit::{Limit, Problem};
use crate::grid::score::Score;
use crate::rng::Rng;

/// From exchanges to phase and frequency of the uncorrected oscillator.
pub trait Estimator {
    /// Takes an exchange and says what it believes just after it.
    fn exchange(&mut self, e: &Exchange) -> (f64, f64);
}

/// Scores an estimator.
#[derive(Clone, Debug)]
pub struct Scored<E> {
    /// What estimates.
    pub estimator: E,
    interval: f64,
    noise: (f64, f64),
    /// Of a clock that is corrected by rate alone, over one interval.
    pulled: f64,
    applied: f64,
    free: Score,
    by_rate: Score,
}

impl<E: Estimator> Scored<E> {
    /// In this cell.
    pub fn new(estimator: E, cell: Cell) -> Scored<E> {
        Scored {
            estimator,
            interval: cell.interval(),
            noise: cell.crystal.noise(),
            pulled: 0.0,
            applied: 0.0,
            free: Score::default(),
            by_rate: Score::default(),
        }
    }

    /// Shows it an exchange and scores the interval that follows.
    pub fn exchange(&mut self, e: &Exchange) {
        let t = self.interval;
        let (phase, rate) = self.estimator.exchange(e);
        self.free.add(t, e.phase - phase, e.rate - rate);
        self.free.add_noise(t, self.noise);
        self.pulled += self.applied * t;
        self.applied = -rate - (phase + self.pulled) / t;
        self.by_rate.add(t, e.phase + self.pulled, e.rate + self.applied);
        self.by_rate.add_noise(t, self.noise);
    }

    /// The error of a clock that goes at once where it is wanted, and the frequency error of one
    /// that is pulled there.
    pub fn rms(&self) -> (f64, f64) {
        (self.free.rms(), self.by_rate.rate_rms())
    }

    /// Forgets the score.
    pub fn restart(&mut self) {
        (self.free, self.by_rate) = (Score::default(), Score::default());
    }
}

/// The stationary Kalman filter of (down - up) / 2 with the true noise.
#[derive(Clone, Debug)]
pub struct FixedGain {
    interval: f64,
    limit: Limit,
    phase: f64,
    rate: f64,
    begun: bool,
}

impl FixedGain {
    /// With the gains for this cell; begins at the truth.
    pub fn new(cell: Cell) -> FixedGain {
        let limit = Limit::new(&problem(cell));
        FixedGain { interval: cell.interval(), limit, phase: 0.0, rate: 0.0, begun: false }
    }
}

impl Estimator for FixedGain {
    fn exchange(&mut self, e: &Exchange) -> (f64, f64) {
        if !self.begun {
            self.begun = true;
            (self.phase, self.rate) = (e.phase, e.rate);
            return (e.phase, e.rate);
        }
        self.phase += self.interval * self.rate;
        let innovation = e.phase + (e.down - e.up) / 2.0 - self.phase;
        self.phase += self.limit.alpha * innovation;
        self.rate += self.limit.beta / self.interval * innovation;
        (self.phase, self.rate)
    }
}

/// What the limit is for.
pub fn problem(cell: Cell) -> Problem {
    let (white, wander) = cell.crystal.noise();
    Problem { interval: cell.interval(), variance: cell.variance(), white, wander }
}

/// Numbers of exchanges that minima are taken of.
pub const WINDOWS: [usize; 4] = [8, 32, 128, 512];

/// A Kalman filter of the fastest of so many packets in each direction, after its own prediction
/// is taken out. It is told how much such minima scatter.
#[derive(Clone, Debug)]
pub struct WindowedMinimum {
    interval: f64,
    noise: (f64, f64),
    window: usize,
    variances: [f64; 2],
    /// Phase, frequency and delay.
    mean: [f64; 3],
    cov: [[f64; 3]; 3],
    least: [f64; 2],
    seen: usize,
    begun: bool,
}

impl WindowedMinimum {
    /// One of each of [`WINDOWS`].
    pub fn all(cell: Cell) -> Vec<WindowedMinimum> {
        let variances = scatter_of_minima(cell);
        let one = |(window, variances): (&usize, &[f64; 2])| WindowedMinimum {
            interval: cell.interval(),
            noise: cell.crystal.noise(),
            window: *window,
            variances: *variances,
            mean: [0.0; 3],
            cov: [[0.0; 3]; 3],
            least: [f64::INFINITY; 2],
            seen: 0,
            begun: false,
        };
        WINDOWS.iter().zip(&variances).map(one).collect()
    }

    fn begin(&mut self, e: &Exchange) {
        self.begun = true;
        self.mean = [e.phase, e.rate, f64::midpoint(e.down, e.up)];
        let spread = self.variances[0] + self.variances[1] + 1e-12;
        self.cov = [[spread, 0.0, 0.0], [0.0, 1e-14, 0.0], [0.0, 0.0, 100.0 * spread]];
    }

    fn predict(&mut self) {
        let (t, (white, wander)) = (self.interval, self.noise);
        self.mean[0] += t * self.mean[1];
        let p = &mut self.cov;
        let (p01, p11) = (p[0][1], p[1][1]);
        p[0][0] += t * (2.0 * p01 + t * p11) + white * t + wander * t * t * t / 3.0;
        p[0][1] = p01 + t * p11 + wander * t * t / 2.0;
        p[0][2] += t * p[1][2];
        p[1][1] += wander * t;
        (p[1][0], p[2][0]) = (p[0][1], p[0][2]);
    }

    /// Takes a value of sign * phase + delay that is `innovation` above what was expected.
    fn update(&mut self, sign: f64, innovation: f64, variance: f64) {
        let p = &self.cov;
        let gains: [f64; 3] = core::array::from_fn(|i| sign * p[i][0] + p[i][2]);
        let s = sign * gains[0] + gains[2] + variance;
        let mean = core::array::from_fn(|i| self.mean[i] + gains[i] / s * innovation);
        let cov = core::array::from_fn(|i| {
            core::array::from_fn(|j| self.cov[i][j] - gains[i] * gains[j] / s)
        });
        (self.mean, self.cov) = (mean, cov);
    }
}

impl Estimator for WindowedMinimum {
    fn exchange(&mut self, e: &Exchange) -> (f64, f64) {
        if self.begun {
            self.predict();
        } else {
            self.begin(e);
        }
        let [x, _, d] = self.mean;
        let residuals = [e.phase + e.down - x - d, e.up - e.phase + x - d];
        for (least, residual) in self.least.iter_mut().zip(residuals) {
            *least = least.min(residual);
        }
        self.seen += 1;
        if self.seen == self.window {
            let [down, up] = self.least;
            let before = self.mean;
            self.update(1.0, down, self.variances[0]);
            let moved = (before[0] - self.mean[0]) + (self.mean[2] - before[2]);
            self.update(-1.0, up - moved, self.variances[1]);
            (self.least, self.seen) = ([f64::INFINITY; 2], 0);
        }
        (self.mean[0], self.mean[1])
    }
}

/// The variance of minima in each direction, by drawing from the true delays.
fn scatter_of_minima(cell: Cell) -> [[f64; 2]; WINDOWS.len()] {
    let mut paths = delays(cell);
    let minima = |delay: &mut Delay, label| {
        let (mut rng, mut stamps) = (Rng::new(0, label), Rng::new(0, "stamps of minima"));
        let draws: Vec<f64> = (0..512 * 400)
            .map(|i| delay.draw(&mut rng, i as f64 * cell.interval()) + STAMP * stamps.gauss())
            .collect();
        WINDOWS.map(|window| {
            let least: Vec<f64> = draws
                .chunks(window)
                .map(|chunk| chunk.iter().copied().fold(f64::INFINITY, f64::min))
                .collect();
            let mean = least.iter().sum::<f64>() / least.len() as f64;
            least.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / least.len() as f64
        })
    };
    let [down, up] = &mut paths;
    let (down, up) = (minima(down, "minima down"), minima(up, "minima up"));
    core::array::from_fn(|i| [down[i], up[i]])
}
