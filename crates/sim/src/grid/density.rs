//! The true densities of delays behind noisy stamps, as tables of their logarithms.

use core::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

use crate::delay::Shape;

/// Cells of the table, and parts of a cell where the logarithm bends.
const COARSE: usize = 4096;
const FINE: usize = 512;
/// A table goes this many deviations of the stamps below the floor.
const BELOW: f64 = 9.0;
/// How far a straight line may be from the logarithm before a cell is divided.
const BEND: f64 = 2e-3;
const WHOLE: u32 = u32::MAX;

/// The logarithm of a density, up to a constant of the whole table.
#[derive(Clone, Debug)]
pub struct Density {
    low: f64,
    step: f64,
    nodes: Vec<f64>,
    divided: Vec<u32>,
    parts: Vec<f64>,
}

impl Density {
    /// Of what these shapes add, behind Gaussian noise of `stamp`; a shape that the oracle has no
    /// density of gives none. A load that comes and goes has two: without it, and with it.
    pub fn of(shape: &Shape, stamp: f64) -> Option<Vec<Density>> {
        let (s, table) = (stamp, Density::table);
        Some(match *shape {
            Shape::Gaussian { sd } => {
                let both = libm::sqrt(sd * sd + s * s);
                vec![table((-12.0 * both, 12.0 * both), &|e| normal(e, both))]
            }
            Shape::Exponential { mean } => vec![exponential(mean, s)],
            Shape::Gamma { k, sd } => {
                let scale = sd / libm::sqrt(k);
                let whole = libm::tgamma(k);
                let density = move |u: f64| {
                    let u = u / scale;
                    libm::exp(-u + (k - 1.0) * libm::log(u)) / (scale * whole)
                };
                let range = (-BELOW * s, 30.0 * sd + BELOW * s);
                vec![table(range, &|e| libm::log(blurred(&density, 60.0 * sd, s, e)))]
            }
            Shape::Burst { sd } => vec![half_normal(0.02 * sd, s), exponential(1.5 * sd, s)],
            Shape::Hops { count, busy, frame_s } => {
                let range = (-BELOW * s, f64::from(count) * frame_s + BELOW * s);
                vec![table(range, &|e| libm::log(hops(count, busy, frame_s, s, e)))]
            }
            _ => return None,
        })
    }

    fn table((low, high): (f64, f64), log: &dyn Fn(f64) -> f64) -> Density {
        let log = |e: f64| log(e).max(-690.0);
        let step = (high - low) / COARSE as f64;
        let nodes: Vec<f64> = (0..=COARSE).map(|i| log(low + i as f64 * step)).collect();
        let mut divided = vec![WHOLE; COARSE];
        let mut parts = Vec::new();
        for i in 0..COARSE {
            let bends = [0.25, 0.5, 0.75].iter().any(|share| {
                let line = nodes[i] + share * (nodes[i + 1] - nodes[i]);
                libm::fabs(line - log(low + (i as f64 + share) * step)) > BEND
            });
            if bends {
                divided[i] = parts.len() as u32;
                let at = |j: usize| low + (i as f64 + j as f64 / FINE as f64) * step;
                parts.extend((0..=FINE).map(|j| log(at(j))));
            }
        }
        Density { low, step, nodes, divided, parts }
    }

    /// The logarithm at `e` seconds above the floor.
    pub fn log(&self, e: f64) -> f64 {
        let t = (e - self.low) / self.step;
        if t < 0.0 {
            return self.nodes[0] + t * (self.nodes[1] - self.nodes[0]).max(1e-3);
        }
        let i = t as usize;
        if i >= COARSE {
            let slope = (self.nodes[COARSE] - self.nodes[COARSE - 1]).min(-1e-3);
            return self.nodes[COARSE] + (t - COARSE as f64) * slope;
        }
        let share = t - i as f64;
        if self.divided[i] == WHOLE {
            return self.nodes[i] + share * (self.nodes[i + 1] - self.nodes[i]);
        }
        let u = share * FINE as f64;
        let j = (u as usize).min(FINE - 1);
        let from = self.divided[i] as usize + j;
        self.parts[from] + (u - j as f64) * (self.parts[from + 1] - self.parts[from])
    }

    /// What one value says of its place at most: Fisher's information in 1/s^2.
    pub fn information(&self) -> f64 {
        let (mut mass, mut sum) = (0.0, 0.0);
        let mut piece = |from: f64, to: f64, width: f64| {
            let density = libm::exp(f64::midpoint(from, to));
            let slope = (to - from) / width;
            mass += density * width;
            sum += density * slope * slope * width;
        };
        for i in 0..COARSE {
            if self.divided[i] == WHOLE {
                piece(self.nodes[i], self.nodes[i + 1], self.step);
            } else {
                let from = self.divided[i] as usize;
                for pair in self.parts[from..=from + FINE].windows(2) {
                    piece(pair[0], pair[1], self.step / FINE as f64);
                }
            }
        }
        sum / mass
    }
}

fn normal(e: f64, sd: f64) -> f64 {
    -0.5 * (e / sd) * (e / sd) - libm::log(sd * libm::sqrt(TAU))
}

/// Below this many deviations, for a Gaussian one.
fn below(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// Exponential plus Gaussian, in closed form.
fn exponential(mean: f64, s: f64) -> Density {
    let log = |e: f64| {
        let a = (s / mean - e / s) * FRAC_1_SQRT_2;
        let tail = if a < 5.0 {
            libm::log(libm::erfc(a))
        } else {
            -a * a - libm::log(a * libm::sqrt(PI)) + libm::log(1.0 - 1.0 / (2.0 * a * a))
        };
        -libm::log(2.0 * mean) + s * s / (2.0 * mean * mean) - e / mean + tail
    };
    Density::table((-BELOW * s, 20.0 * mean + BELOW * s), &log)
}

/// The magnitude of a Gaussian number plus another one, in closed form.
fn half_normal(scale: f64, s: f64) -> Density {
    let both = libm::sqrt(scale * scale + s * s);
    let log = |e: f64| normal(e, both) + libm::log(2.0 * below(e * scale / (s * both)).max(1e-300));
    Density::table((-BELOW * s, 10.0 * scale + BELOW * s), &log)
}

/// A density on 0..`end` behind Gaussian noise at `e`, by Simpson's rule over where it matters.
fn blurred(density: &dyn Fn(f64) -> f64, end: f64, s: f64, e: f64) -> f64 {
    const PIECES: usize = 128;
    let (from, to) = ((e - 8.0 * s).max(0.0), (e + 8.0 * s).min(end));
    if from >= to {
        return 0.0;
    }
    let width = (to - from) / PIECES as f64;
    let sum: f64 = (0..=PIECES)
        .map(|i| {
            let u = from + i as f64 * width;
            let weight = match i {
                0 | PIECES => 1.0,
                i if i % 2 == 1 => 4.0,
                _ => 2.0,
            };
            weight * density(u) * libm::exp(normal(e - u, s))
        })
        .sum();
    sum * width / 3.0
}

/// Each hop is busy or not; so many busy ones take a sum of uniform times (Irwin and Hall).
fn hops(count: u32, busy: f64, frame: f64, s: f64, e: f64) -> f64 {
    let choose =
        |n: u32, k: u32| -> f64 { (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product() };
    let power = |base: f64, n: u32| (0..n).map(|_| base).product::<f64>();
    let share = |n: u32| choose(count, n) * power(busy, n) * power(1.0 - busy, count - n);
    let idle = share(0) * libm::exp(normal(e, s));
    let one = share(1) * (below(e / s) - below((e - frame) / s)) / frame;
    let more = (2..=count).map(|n| {
        let factorial: f64 = (1..n).map(f64::from).product();
        let sum = |u: f64| -> f64 {
            (0..=n)
                .filter(|k| u > f64::from(*k))
                .map(|k| {
                    let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
                    sign * choose(n, k) * power(u - f64::from(k), n - 1)
                })
                .sum()
        };
        let density = |u: f64| (sum(u / frame) / (factorial * frame)).max(0.0);
        share(n) * blurred(&density, f64::from(n) * frame, s, e)
    });
    idle + one.max(0.0) + more.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delay::Delay;
    use crate::rng::Rng;

    #[test]
    fn tables_are_the_densities_of_what_is_drawn() {
        let s = 0.2;
        for shape in [
            Shape::Gaussian { sd: 1.0 },
            Shape::Exponential { mean: 1.0 },
            Shape::Gamma { k: 2.0, sd: 1.0 },
            Shape::Gamma { k: 4.0, sd: 1.0 },
            Shape::Hops { count: 5, busy: 0.3, frame_s: 1.0 },
        ] {
            let density = &Density::of(&shape, s).unwrap()[0];
            let (mut rng, mut delay) = (Rng::new(4, "density"), Delay::new(0.0, shape.clone()));
            let mut counts = [0.0; 60];
            let draws = 400_000;
            for i in 0..draws {
                let e = delay.draw(&mut rng, f64::from(i)) + s * rng.gauss();
                let bin = ((e + 2.0) * 10.0) as usize;
                if e >= -2.0 && bin < counts.len() {
                    counts[bin] += 1.0;
                }
            }
            for (i, count) in counts.iter().enumerate() {
                // Five points of each bin, by Simpson's rule.
                let at = |k: u32| density.log(-2.0 + (i as f64 + f64::from(k) / 4.0) / 10.0).exp();
                let share = (at(0) + 4.0 * at(1) + 2.0 * at(2) + 4.0 * at(3) + at(4)) / 120.0;
                let expected = share * f64::from(draws);
                let distance = (count - expected).abs() / (expected + 1.0).sqrt();
                assert!(distance < 5.0, "{shape:?} {i}: {count} {expected}");
            }
        }
    }

    #[test]
    fn a_value_says_of_its_place_what_theory_says() {
        let gauss = &Density::of(&Shape::Gaussian { sd: 3.0 }, 4.0).unwrap()[0];
        assert!((gauss.information() * 25.0 - 1.0).abs() < 1e-3);
        // Gamma of shape k and scale 1 without noise: 1 / (k - 2).
        let gamma = &Density::of(&Shape::Gamma { k: 4.0, sd: 2.0 }, 1e-3).unwrap()[0];
        assert!((gamma.information() * 2.0 - 1.0).abs() < 0.03, "{}", gamma.information());
    }
}
