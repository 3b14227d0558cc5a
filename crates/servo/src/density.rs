//! How delays of one direction are distributed above their floor, learned while it is used.
//!
//! A delay is floor + tail + core: the core is Gaussian with zero mean (stamps, wires), the tail
//! is a mixture of one half-normal and two exponential distributions, none of which is negative.
//! The shares of the mixture differ between two hidden states, idle and busy, that alternate as a
//! Markov chain, because load comes in bursts. Anything else is an outlier.
//!
//! With a Gaussian belief about the floor, the posterior mean and variance are derivatives of the
//! logarithm of the predicted density of the observation (C. J. Masreliez, IEEE Trans. Automatic
//! Control 20, 1975), and every part of the mixture has these in closed form. Parameters follow
//! the expected sufficient statistics of each sample (online expectation maximisation).

use crate::normal::{SQRT_2_OVER_PI, SQRT_2_PI, density, scaled_erfc};

/// The half-normal tail, and two exponential ones.
const TAILS: usize = 3;
/// A statement about this many samples is in the first guess.
const GUESS_WEIGHT: f64 = 8.0;
/// What was learned counts as at most so many samples.
const MEMORY: f64 = 2000.0;
/// A core may be learned within this factor of what it began with.
const CORE_ROOM: f64 = 2.2;
/// No part of the mixture ever vanishes.
const SHARE_LEAST: f64 = 5e-4;
const CHANGE_LEAST: f64 = 1e-3;
/// Share and width of outliers; the width is in scales.
const OUTLIERS: f64 = 0.002;
const OUTLIER_WIDTH: f64 = 20.0;
/// A Gaussian direction believes no more than this many deviations.
const GATE: f64 = 3.5;

/// The hidden state's probabilities after the last sample: idle, busy.
pub(crate) type Mood = [f64; 2];

/// What is believed of one direction's delays. Stored in single precision: there are many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Density {
    /// Variance of the core in s^2, and what it began with.
    core: f64,
    begun: f64,
    /// There is no tail.
    gaussian: bool,
    seen: f32,
    /// Joint probabilities of state and tail.
    share: [[f32; TAILS]; 2],
    /// Share times mean square (half-normal, s^2) or mean (exponential, s).
    reach: [f32; TAILS],
    /// Joint probabilities of the states before and after.
    change: [[f32; 2]; 2],
}

/// What one observation says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    /// The logarithm of its predicted density.
    pub(crate) likelihood: f64,
    /// First and second derivative of that with respect to the observation.
    pub(crate) slope: f64,
    pub(crate) curvature: f64,
    pub(crate) mood: Mood,
    part: [[f64; TAILS]; 2],
    reach: [f64; TAILS],
    change: [[f64; 2]; 2],
    core: f64,
    /// How much of it was no outlier.
    regular: f64,
}

/// One part of the mixture at an observation.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    density: f64,
    slope: f64,
    curvature: f64,
    /// Expected tail, or its square.
    reach: f64,
    /// Expected square of core and uncertainty of the floor together.
    square: f64,
}

impl Density {
    /// A core that is `level` of the `scale` of all delays, in seconds.
    pub(crate) fn new(level: f64, scale: f64) -> Density {
        let width = [(3.0 * level * scale).min(0.3 * scale), 0.4 * scale, 1.5 * scale];
        let share = [[0.35, 0.075, 0.075], [0.1, 0.2, 0.2]];
        let mut reach = [0.0; TAILS];
        for (i, reach) in reach.iter_mut().enumerate() {
            let mean = if i == 0 { width[0] * width[0] } else { width[i] };
            *reach = ((share[0][i] + share[1][i]) as f64 * mean) as f32;
        }
        let core = level * level * scale * scale;
        Density {
            core,
            begun: core,
            gaussian: false,
            seen: 0.0,
            share,
            reach,
            change: [[0.45, 0.05], [0.05, 0.45]],
        }
    }

    /// Without a tail, and with this standard deviation in seconds.
    pub(crate) fn gaussian(deviation: f64) -> Density {
        let core = deviation * deviation;
        Density { core, begun: core, gaussian: true, ..Density::new(1.0, deviation) }
    }

    pub(crate) fn is_gaussian(&self) -> bool {
        self.gaussian
    }

    /// How many samples it was learned from, up to its memory.
    pub(crate) fn seen(&self) -> f64 {
        f64::from(self.seen)
    }

    /// Of the core, in s^2.
    pub(crate) fn core(&self) -> f64 {
        self.core
    }

    /// The mean above the floor, in seconds.
    pub(crate) fn mean(&self) -> f64 {
        if self.gaussian {
            return 0.0;
        }
        let width = self.widths();
        let mean = |i: usize| if i == 0 { SQRT_2_OVER_PI * width[0] } else { width[i] };
        (0..TAILS).map(|i| self.both(i) * mean(i)).sum()
    }

    /// In s^2.
    pub(crate) fn variance(&self) -> f64 {
        if self.gaussian {
            return self.core;
        }
        let (width, mean) = (self.widths(), self.mean());
        let square = |i: usize| width[i] * width[i] * if i == 0 { 1.0 } else { 2.0 };
        let squares: f64 = (0..TAILS).map(|i| self.both(i) * square(i)).sum();
        self.core + (squares - mean * mean).max(0.0)
    }

    /// The same tail over another core, to be learned anew soon.
    pub(crate) fn with_core(mut self, factor: f64) -> Density {
        if self.gaussian {
            let mut other = Density::new(0.3, libm::sqrt(self.core));
            other.seen = self.seen.min(GUESS_WEIGHT as f32);
            return other;
        }
        self.core = (self.core * factor).max(1e-24);
        self.begun = self.core;
        self.seen = self.seen.min(100.0);
        self
    }

    /// A Gaussian of the same variance.
    pub(crate) fn without_tail(self) -> Density {
        Density { seen: 20.0, ..Density::gaussian(libm::sqrt(self.variance())) }
    }

    /// What was learned counts for little from now on.
    pub(crate) fn refreshed(mut self) -> Density {
        self.seen = self.seen.min(10.0);
        self
    }

    fn both(&self, tail: usize) -> f64 {
        f64::from(self.share[0][tail]) + f64::from(self.share[1][tail])
    }

    /// The parameters of the tails in seconds.
    fn widths(&self) -> [f64; TAILS] {
        let least = 0.3 * libm::sqrt(self.core);
        let mut widths = [0.0; TAILS];
        for (i, width) in widths.iter_mut().enumerate() {
            let mean = f64::from(self.reach[i]) / self.both(i).max(1e-9);
            *width = if i == 0 { libm::sqrt(mean) } else { mean }.max(least);
        }
        widths
    }

    /// Transition probabilities of the hidden state.
    fn transitions(&self) -> [[f64; 2]; 2] {
        let leaves = |state: usize| {
            let row = self.change[state].map(f64::from);
            row[1 - state] / (row[0] + row[1])
        };
        let (begins, ends) = (leaves(0), leaves(1));
        [[1.0 - begins, begins], [ends, 1.0 - ends]]
    }

    /// What an observation `excess` above the believed floor says, where that belief has the
    /// variance `uncertainty` and delays the overall scale `scale`.
    pub(crate) fn judge(&self, excess: f64, uncertainty: f64, mood: Mood, scale: f64) -> Verdict {
        if self.gaussian {
            return self.judge_gaussian(excess, uncertainty, mood);
        }
        let variance = uncertainty + self.core;
        let parts = parts(excess, variance, self.widths());
        let transitions = self.transitions();
        let mut before = [0.0; 2];
        for (to, before) in before.iter_mut().enumerate() {
            *before = mood[0] * transitions[0][to] + mood[1] * transitions[1][to];
        }
        let mut verdict = Verdict {
            likelihood: 0.0,
            slope: 0.0,
            curvature: 0.0,
            mood: before,
            part: [[0.0; TAILS]; 2],
            reach: parts.map(|part| part.reach),
            change: [[0.0; 2]; 2],
            core: 0.0,
            regular: 0.0,
        };
        let wide = variance + OUTLIER_WIDTH * OUTLIER_WIDTH * scale * scale;
        let far = OUTLIERS * density(excess, wide).max(1e-280);
        let mut regular = 0.0;
        for (state, before) in before.iter().enumerate() {
            let sum: f64 = self.share[state].iter().map(|share| f64::from(*share)).sum();
            for (i, part) in parts.iter().enumerate() {
                let share = f64::from(self.share[state][i]) / sum;
                verdict.part[state][i] = (1.0 - OUTLIERS) * before * share * part.density;
                regular += verdict.part[state][i];
            }
        }
        let total = regular + far;
        let outlier = far / total;
        verdict.likelihood = libm::log(total);
        verdict.regular = regular / total;
        let steep = -excess / wide;
        verdict.slope = outlier * steep;
        let mut bend = outlier * (steep * steep - 1.0 / wide);
        for (i, part) in parts.iter().enumerate() {
            let weight = (verdict.part[0][i] + verdict.part[1][i]) / total;
            verdict.slope += weight * part.slope;
            bend += weight * (part.curvature + part.slope * part.slope);
            verdict.core += weight * part.square;
        }
        verdict.curvature = bend - verdict.slope * verdict.slope;
        let kept = self.core / variance;
        verdict.core = kept * kept * verdict.core + kept * uncertainty * verdict.regular;
        verdict.settle(mood, &transitions, before, regular);
        verdict
    }

    fn judge_gaussian(&self, excess: f64, uncertainty: f64, mood: Mood) -> Verdict {
        let variance = uncertainty + self.core;
        let inflated = variance.max(excess * excess / (GATE * GATE));
        let kept = self.core / variance;
        let square = (excess * excess).min(GATE * GATE * variance);
        Verdict {
            likelihood: -(libm::log(inflated) + excess * excess / inflated) / 2.0
                - libm::log(SQRT_2_PI),
            slope: -excess / inflated,
            curvature: -1.0 / inflated,
            mood,
            part: [[0.0; TAILS]; 2],
            reach: [0.0; TAILS],
            change: [[0.0; 2]; 2],
            core: kept * kept * square + kept * uncertainty,
            regular: 1.0,
        }
    }

    /// Follows what an observation says.
    pub(crate) fn learn(&mut self, verdict: &Verdict) {
        self.seen = (self.seen + 1.0).min(MEMORY as f32);
        let gain = verdict.regular / (f64::from(self.seen) + GUESS_WEIGHT).min(MEMORY);
        let core = self.core + gain * (verdict.core / verdict.regular.max(1e-3) - self.core);
        if self.gaussian {
            self.core = core.max(1e-24);
            return;
        }
        let room = CORE_ROOM * CORE_ROOM;
        self.core = core.clamp(self.begun / room, self.begun * room).max(1e-24);
        let gain = gain as f32;
        for i in 0..TAILS {
            let mut now = 0.0;
            for state in 0..2 {
                let part = verdict.part[state][i] as f32;
                now += part;
                let share = &mut self.share[state][i];
                *share = (*share + gain * (part - *share)).max(SHARE_LEAST as f32);
            }
            self.reach[i] += gain * (now * verdict.reach[i] as f32 - self.reach[i]);
        }
        for from in 0..2 {
            for to in 0..2 {
                let change = &mut self.change[from][to];
                let now = verdict.change[from][to] as f32;
                *change = (*change + gain * (now - *change)).max(CHANGE_LEAST as f32);
            }
        }
    }
}

impl Verdict {
    /// Turns densities into probabilities, given that it is no outlier.
    fn settle(&mut self, mood: Mood, transitions: &[[f64; 2]; 2], before: Mood, regular: f64) {
        let regular = regular.max(1e-300);
        let mut after = [0.0; 2];
        for state in 0..2 {
            for part in &mut self.part[state] {
                *part /= regular;
                after[state] += *part;
            }
            // An outlier says nothing of the state.
            self.mood[state] = before[state] + self.regular * (after[state] - before[state]);
        }
        for from in 0..2 {
            for to in 0..2 {
                let ratio = after[to] / before[to].max(1e-300);
                self.change[from][to] = mood[from] * transitions[from][to] * ratio;
            }
        }
    }
}

/// All parts of the mixture at `excess`, with cores and floor of this variance.
fn parts(excess: f64, variance: f64, widths: [f64; TAILS]) -> [Part; TAILS] {
    let deviation = libm::sqrt(variance);
    let central = libm::exp(-excess * excess / (2.0 * variance));
    [
        half_normal(excess, variance, deviation, central, widths[0]),
        exponential(excess, variance, deviation, central, widths[1]),
        exponential(excess, variance, deviation, central, widths[2]),
    ]
}

/// A tail |N(0, width^2)|.
fn half_normal(u: f64, variance: f64, deviation: f64, central: f64, width: f64) -> Part {
    let all = variance + width * width;
    let root = libm::sqrt(all);
    let steep = width / (deviation * root);
    let a = -steep * u * core::f64::consts::FRAC_1_SQRT_2;
    let (weight, mills) = cut(a, central, || libm::exp(-u * u / (2.0 * all)));
    let b = steep * u;
    let mean = u * width * width / all;
    let spread = deviation * width / root;
    let first = mean + spread * mills;
    let second = (spread * spread + mean * mean + spread * mean * mills).max(0.0);
    Part {
        density: weight / (SQRT_2_PI * root),
        slope: -u / all + steep * mills,
        curvature: -1.0 / all - steep * steep * (b * mills + mills * mills),
        reach: second,
        square: (u * u - 2.0 * u * first + second).max(0.0),
    }
}

/// An exponential tail with mean `width`.
fn exponential(u: f64, variance: f64, deviation: f64, central: f64, width: f64) -> Part {
    let b = (u - variance / width) / deviation;
    let a = -b * core::f64::consts::FRAC_1_SQRT_2;
    let far = || libm::exp(variance / (2.0 * width * width) - u / width);
    let (weight, mills) = cut(a, central, far);
    let reach = (deviation * (b + mills)).max(0.0);
    let spread = (variance * (1.0 - b * mills - mills * mills)).max(0.0);
    Part {
        density: weight / (2.0 * width),
        slope: -1.0 / width + mills / deviation,
        curvature: -(b * mills + mills * mills) / variance,
        reach,
        square: (u - reach) * (u - reach) + spread,
    }
}

/// `central` exp(a^2) erfc(a), where `far` is `central` exp(a^2); and the ratio of the normal
/// density to its integral at that cut.
fn cut(a: f64, central: f64, far: impl Fn() -> f64) -> (f64, f64) {
    if a >= 0.0 {
        let scaled = scaled_erfc(a);
        (central * scaled, SQRT_2_OVER_PI / scaled)
    } else {
        let weight = 2.0 * far() - central * scaled_erfc(-a);
        let weight = weight.max(1e-290);
        (weight, SQRT_2_OVER_PI * central / weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The density of tail plus Gaussian, summed numerically.
    fn summed(u: f64, variance: f64, tail: impl Fn(f64) -> f64, far: f64) -> f64 {
        let steps = 200_000;
        let step = far / f64::from(steps);
        let at = |n| (f64::from(n) + 0.5) * step;
        (0..steps).map(|n| tail(at(n)) * density(u - at(n), variance) * step).sum()
    }

    fn close(a: f64, b: f64, what: &str) {
        assert!(libm::fabs(a - b) <= 1e-4 * libm::fabs(b) + 1e-9, "{what}: {a} {b}");
    }

    #[test]
    fn parts_are_the_convolutions_that_they_claim_to_be() {
        let (variance, width) = (0.49, 1.7);
        for u in [-2.5, -0.3, 0.0, 0.8, 3.0, 9.0] {
            let parts = parts(u, variance, [width; TAILS]);
            let half = |t: f64| 2.0 * density(t, width * width);
            let expected = summed(u, variance, half, 20.0);
            close(parts[0].density, expected, "half-normal");
            let exponential = |t: f64| libm::exp(-t / width) / width;
            let expected = summed(u, variance, exponential, 40.0);
            close(parts[1].density, expected, "exponential");
            let mean = summed(u, variance, |t| t * exponential(t), 60.0) / expected;
            close(parts[1].reach, mean, "expected tail");
            let square = summed(u, variance, |t| t * t * half(t), 20.0);
            close(parts[0].reach, square / parts[0].density, "expected square");
        }
    }

    #[test]
    fn slope_and_curvature_are_derivatives_of_the_likelihood() {
        let shape = Density::new(0.05, 1e-6);
        let mood = [0.7, 0.3];
        for u in [-3e-7, -2e-8, 1e-8, 4e-7, 3e-6] {
            let h = 1e-11;
            let at = |u: f64| shape.judge(u, 1e-15, mood, 1e-6);
            let (low, middle, high) = (at(u - h), at(u), at(u + h));
            let slope = (high.likelihood - low.likelihood) / (2.0 * h);
            assert!(libm::fabs(slope - middle.slope) < 1e-3 * libm::fabs(slope) + 10.0, "{u}");
            let bend = (high.slope - low.slope) / (2.0 * h);
            let error = libm::fabs(bend - middle.curvature);
            assert!(error < 1e-3 * libm::fabs(bend) + 1e9, "{u}: {bend} {}", middle.curvature);
        }
    }

    #[test]
    fn what_was_judged_sums_to_one() {
        let shape = Density::new(0.2, 1e-6);
        for u in [-1e-3, -1e-6, 0.0, 2e-6, 1e-4, 1.0] {
            let verdict = shape.judge(u, 1e-14, [0.4, 0.6], 1e-6);
            let mood: f64 = verdict.mood.iter().sum();
            let parts: f64 = verdict.part.iter().flatten().sum();
            assert!(libm::fabs(mood - 1.0) < 1e-9, "{u}: {mood}");
            assert!(parts <= 1.0 + 1e-9 && verdict.likelihood.is_finite(), "{u}: {parts}");
        }
    }

    #[test]
    fn exponential_delays_are_learned_as_such() {
        let mut shape = Density::new(0.05, 1e-6);
        let mut mood = [0.5; 2];
        let mut state = 1u64;
        for _ in 0..4000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let uniform = ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
            let verdict = shape.judge(-2e-6 * libm::log(uniform), 1e-16, mood, 2e-6);
            mood = verdict.mood;
            shape.learn(&verdict);
        }
        assert!((1.8e-6..2.2e-6).contains(&shape.mean()), "{}", shape.mean());
        let deviation = libm::sqrt(shape.variance());
        assert!((1.7e-6..2.3e-6).contains(&deviation), "{deviation}");
    }
}
