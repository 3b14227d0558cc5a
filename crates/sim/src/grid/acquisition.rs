//! How soon a clock is right: from 50 ppm off and any phase, with at most one step.
//!
//! After t seconds with r exchanges a second nobody knows the phase better than
//! sqrt(2) sigma / sqrt(r t) if he has to learn the frequency too, or half of that if he knew it,
//! and in the end nobody is better than the limit of the linear servo.

use servo::{ControlKind, FrequencyMemory, Settings};

use crate::delay::{Delay, Shape};
use crate::grid::cell::{Crystal, STAMP};
use crate::grid::exchange::World;
use crate::grid::limit::{Limit, Problem};
use crate::grid::score::Score;
use crate::grid::steered::{Steered, settings};
use crate::rng::Rng;

/// How far off the oscillator is.
const RATE: f64 = 50e-6;
/// The standard deviation of what was remembered of it.
const MEMORY: f64 = 10e-9;
const FLOOR: f64 = 500e-6;
/// Bins in each factor of ten of time.
const BINS: f64 = 10.0;
/// What the root of the mean square over seeds may be, over the limit.
pub const ALLOWED: f64 = 1.3;
/// How many limits a clock that says it is locked may be off, but for one in a hundred.
const OFF: f64 = 3.0;

/// A beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// Between exchanges, in seconds.
    pub interval: f64,
    /// Gaussian, of each direction.
    pub sd: f64,
    /// Whether the frequency is remembered.
    pub remembers: bool,
    /// How stamps scatter, as the servo is told, in seconds.
    pub stamps: f64,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beginning {
    /// The largest ratio of the root of the mean square over seeds to the limit, from 1 s on.
    pub worst: f64,
    /// And when that was.
    pub worst_at_s: f64,
    /// The ratio in the first of the bins.
    pub first: f64,
    /// The ratio in the last.
    pub last: f64,
    /// When half of the seeds had said that they were locked.
    pub locked_at_s: f64,
    /// How many of the errors since then were below three limits.
    pub within: f64,
    /// The most steps of one seed.
    pub steps: u32,
}

impl Case {
    fn limit(&self) -> (f64, f64) {
        let sigma = libm::sqrt(self.sd * self.sd + STAMP * STAMP);
        let (white, wander) = Crystal::Xo.noise();
        let variance = sigma * sigma / 2.0;
        let problem = Problem { interval: self.interval, variance, white, wander };
        (sigma, Limit::new(&problem).rms())
    }

    /// The limit after `t` seconds.
    pub fn at(&self, t: f64) -> f64 {
        let (sigma, best) = self.limit();
        let share = if self.remembers { core::f64::consts::FRAC_1_SQRT_2 } else { libm::sqrt(2.0) };
        best.max(share * sigma * libm::sqrt(self.interval / t))
    }

    /// Runs so many seeds for so long.
    pub fn run(&self, seeds: u64, seconds: f64) -> Beginning {
        let mut bins: Vec<(f64, f64)> = Vec::new();
        let (mut within, mut locked, mut steps) = (0u64, 0u64, 0);
        let mut locks = Vec::new();
        let limits: Vec<f64> =
            (0..=(seconds / self.interval) as u64).map(|k| self.at(self.time(k))).collect();
        for seed in 0..seeds {
            let (mut world, mut clock) = self.begin(seed);
            let mut locked_at = None;
            for (k, limit) in (0..).zip(&limits) {
                let e = world.exchange();
                clock.score = Score::default();
                clock.exchange(&e, [1; 2]);
                // Over the interval that follows, as the limit is.
                let error = clock.score.rms();
                let t = if k == 0 { 0.0 } else { self.time(k) };
                if locked_at.is_none() && clock.is_locked(&e) {
                    locked_at = Some(t);
                }
                if locked_at.is_some() {
                    locked += 1;
                    within += u64::from(error < OFF * limit);
                }
                if t >= 1.0 {
                    let bin = (BINS * libm::log10(t) + 1e-9) as usize;
                    bins.resize(bins.len().max(bin + 1), (0.0, 0.0));
                    bins[bin].0 += (error / limit) * (error / limit);
                    bins[bin].1 += 1.0;
                }
            }
            steps = steps.max(clock.steps);
            locks.push(locked_at.unwrap_or(f64::INFINITY));
        }
        locks.sort_by(f64::total_cmp);
        let ratios: Vec<(f64, f64)> = (0..)
            .zip(&bins)
            .filter(|(_, bin)| bin.1 > 0.0)
            .map(|(i, bin)| (libm::pow(10.0, f64::from(i) / BINS), libm::sqrt(bin.0 / bin.1)))
            .collect();
        let worst = ratios.iter().copied().fold((0.0, 0.0), |a, b| if b.1 > a.1 { b } else { a });
        let ratio = |bin: Option<&(f64, f64)>| bin.map_or(f64::NAN, |bin| bin.1);
        Beginning {
            worst: worst.1,
            worst_at_s: worst.0,
            first: ratio(ratios.first()),
            last: ratio(ratios.last()),
            locked_at_s: locks[locks.len() / 2],
            within: within as f64 / locked.max(1) as f64,
            steps,
        }
    }

    /// Since the source was chosen; the first exchange counts as one interval.
    fn time(&self, number: u64) -> f64 {
        (number as f64).max(1.0) * self.interval
    }

    fn begin(&self, seed: u64) -> (World, Steered) {
        let mut rng = Rng::new(seed, "beginning");
        let sign = |rng: &mut Rng| if rng.chance(0.5) { 1.0 } else { -1.0 };
        // From a microsecond to a hundred seconds.
        let phase = sign(&mut rng) * libm::pow(10.0, -6.0 + 8.0 * rng.uniform());
        let rate = RATE * sign(&mut rng);
        let noise = Crystal::Xo.noise();
        let paths = [0; 2].map(|_| Delay::new(FLOOR, Shape::Gaussian { sd: self.sd }));
        let world = World::with(self.interval, noise, paths, (phase, rate), seed);
        let settings =
            Settings { jitter: self.stamps, ..settings(ControlKind::Kalman, Crystal::Xo.class()) };
        let mut clock = Steered::new(settings, self.interval, noise);
        if self.remembers {
            let rate = rate + MEMORY * rng.gauss();
            clock.servo.recall(FrequencyMemory { rate, uncertainty: MEMORY });
        }
        (world, clock)
    }
}
