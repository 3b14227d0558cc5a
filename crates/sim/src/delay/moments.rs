//! Mean and mean square of what a shape adds, in closed form.

use super::{RADIO_TRIES, SLOT_S, Shape, WINDOW_FIRST, WINDOW_MAX};

/// Mean and mean square.
pub(super) fn of(shape: &Shape) -> (f64, f64) {
    match *shape {
        Shape::Constant => (0.0, 0.0),
        Shape::Gaussian { sd } => (0.0, sd * sd),
        Shape::Exponential { mean } => exponential(mean),
        Shape::Gamma { k, sd } => (sd * libm::sqrt(k), sd * sd * (1.0 + k)),
        // The load is on for a third of the frames.
        Shape::Burst { sd } => {
            let half = (0.02 * sd * libm::sqrt(core::f64::consts::FRAC_2_PI), 4e-4 * sd * sd);
            blend(1.0 / 3.0, exponential(1.5 * sd), half)
        }
        Shape::OnOff { on_s, off_s, busy, mean } => {
            blend(busy * on_s / (on_s + off_s), exponential(mean), (0.0, 0.0))
        }
        Shape::Mixture { sd } => blend(0.1, exponential(10.0 * sd), (0.0, 0.09 * sd * sd)),
        Shape::Hops { count, busy, frame_s } => hops(count, frame_s, (busy, busy * busy)),
        Shape::Correlated { count, frame_s, load, load_sd, .. } => {
            hops(count, frame_s, cut(load, load_sd))
        }
        Shape::Discrete { ref values } => {
            let total: f64 = values.iter().map(|(_, weight)| weight).sum();
            let sum = |power: fn(f64) -> f64| -> f64 {
                values.iter().map(|&(value, weight)| power(value) * weight / total).sum()
            };
            (sum(|value| value), sum(|value| value * value))
        }
        // The mean is m + a cos, whose square is on average m^2 + a^2 / 2.
        Shape::Drifting { low, high, .. } => {
            let (middle, swing) = (0.5 * (low + high), 0.5 * (high - low));
            (middle, 2.0 * (middle * middle + 0.5 * swing * swing))
        }
        Shape::SelfSimilar { sources, on_s, off_s, peak, frame_s, .. } => {
            queue(sources, on_s / (on_s + off_s), peak, frame_s)
        }
        Shape::Radio { on_s, off_s, retry, airtime_s } => {
            let [calm, busy] = retry.map(|retry| radio(retry, airtime_s));
            blend(on_s / (on_s + off_s), busy, calm)
        }
    }
}

fn exponential(mean: f64) -> (f64, f64) {
    (mean, 2.0 * mean * mean)
}

fn blend(share: f64, one: (f64, f64), other: (f64, f64)) -> (f64, f64) {
    let both = |one: f64, other: f64| share * one + (1.0 - share) * other;
    (both(one.0, other.0), both(one.1, other.1))
}

/// For the mean and the mean square of the load.
fn hops(count: u32, frame_s: f64, (load, square): (f64, f64)) -> (f64, f64) {
    let n = f64::from(count);
    let each = load / 3.0;
    let pairs = n * (n - 1.0) * square / 4.0;
    (n * frame_s * load / 2.0, frame_s * frame_s * (n * each + pairs))
}

/// Mean and mean square of a Gaussian that is cut to 0..1.
fn cut(mean: f64, sd: f64) -> (f64, f64) {
    if sd <= 0.0 {
        let mean = mean.clamp(0.0, 1.0);
        return (mean, mean * mean);
    }
    let (a, b) = (-mean / sd, (1.0 - mean) / sd);
    let below = |x: f64| 0.5 * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2);
    let density = |x: f64| libm::exp(-0.5 * x * x) / libm::sqrt(core::f64::consts::TAU);
    let (inside, above) = (below(b) - below(a), 1.0 - below(b));
    let edge = density(a) - density(b);
    let square = (mean * mean + sd * sd) * inside
        + 2.0 * mean * sd * edge
        + sd * sd * (a * density(a) - b * density(b));
    (mean * inside + sd * edge + above, square + above)
}

/// Of an M/M/1 queue under the load of a binomial number of sources.
fn queue(sources: u32, on: f64, peak: f64, frame_s: f64) -> (f64, f64) {
    let n = sources.max(1);
    let mut share = libm::pow(1.0 - on, f64::from(n));
    let (mut mean, mut square) = (0.0, 0.0);
    for k in 0..=n {
        let load = peak * f64::from(k) / f64::from(n);
        let (first, second) = exponential(frame_s / (1.0 - load));
        mean += share * load * first;
        square += share * load * second;
        share *= f64::from(n - k) / f64::from(k + 1) * on / (1.0 - on);
    }
    (mean, square)
}

/// The tries are independent, and one more follows with the probability of a retry.
fn radio(retry: f64, airtime_s: f64) -> (f64, f64) {
    let (mut mean, mut square) = (0.0, 0.0);
    let (mut sum, mut variance) = (0.0, 0.0);
    let mut window = WINDOW_FIRST;
    for k in 0..RADIO_TRIES {
        let w = window as f64;
        sum += airtime_s + SLOT_S * w / 2.0;
        variance += SLOT_S * SLOT_S * w * (w + 2.0) / 12.0;
        let ends = if k + 1 == RADIO_TRIES { 1.0 } else { 1.0 - retry };
        let share = ends * libm::pow(retry, f64::from(k));
        mean += share * sum;
        square += share * (sum * sum + variance);
        window = (2 * window + 1).min(WINDOW_MAX);
    }
    (mean, square)
}
