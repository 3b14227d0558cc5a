//! What the best of all estimators would reach: a particle filter with the true model.
//!
//! It knows the noise of the oscillator, the density of each direction behind its stamps, how a
//! load comes and goes (not whether it is there: each particle filters that), and the constant
//! delay of the path. Contenders have to learn the last; by a Kalman filter with and without it,
//! that costs them nothing where both directions scatter alike, and 3 % of the error after fifty
//! memories where one scatters ten times as much. So the oracle is a bound that nobody quite
//! reaches. With 250, 1000 and 8000 particles its errors are the same within 1.5 %.
//!
//! Particles are phases; each carries the Gaussian belief of the frequency given its own past,
//! whose variance is the same for all (Rao and Blackwell).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::grid::cell::{Cell, Kind, STAMP};
use crate::grid::density::Density;
use crate::grid::exchange::Exchange;
use crate::grid::limit::{Limit, Problem};
use crate::grid::linear::{Estimator, problem};
use crate::rng::Rng;

const PARTICLES: usize = 1000;
/// Gaussian numbers that are used again and again, from another one on each time.
const DICE: usize = 1 << 16;
/// The load begins with this probability for each frame, and stays with that.
const BEGINS: f64 = 1.0 / 40.0;
const STAYS: f64 = 1.0 - 1.0 / 20.0;

/// Phases, what belongs to each, and what all know.
#[derive(Clone, Debug)]
pub struct Oracle {
    interval: f64,
    noise: (f64, f64),
    floor: f64,
    model: Arc<Model>,
    particles: Vec<Particle>,
    spare: Vec<Particle>,
    weights: Vec<f64>,
    /// Of the frequency, given the phases until now.
    rate_variance: f64,
    dice: Vec<f64>,
    rng: Rng,
}

#[derive(Clone, Copy, Debug)]
struct Particle {
    phase: f64,
    rate: f64,
    /// How probable it is that the load is there, towards us and away from us.
    busy: [f64; 2],
    /// The logarithm of its weight.
    weight: f64,
}

/// What is known of a cell, computed once.
#[derive(Debug)]
pub struct Model {
    densities: [Vec<Density>; 2],
    bound: Limit,
}

static MODELS: Mutex<BTreeMap<Cell, Arc<Model>>> = Mutex::new(BTreeMap::new());

impl Model {
    /// Of a cell of the grid; nothing is known of the wrong models.
    pub fn of(cell: Cell) -> Option<Arc<Model>> {
        if !Kind::GRID.contains(&cell.kind) {
            return None;
        }
        let mut models = MODELS.lock().ok()?;
        if let Some(model) = models.get(&cell) {
            return Some(Arc::clone(model));
        }
        let [down, up] = cell.kind.shapes(cell.sd());
        let first = Density::of(&down, STAMP)?;
        let second = if down == up { first.clone() } else { Density::of(&up, STAMP)? };
        let information = information(&first) + information(&second);
        let bound = Limit::new(&Problem { variance: 1.0 / information, ..problem(cell) });
        let model = Arc::new(Model { densities: [first, second], bound });
        models.insert(cell, Arc::clone(&model));
        Some(model)
    }

    /// The bound of van Trees and Tichavsky: nobody's mean square error is below that of the
    /// linear servo with measurements that are Gaussian and say as much as the true ones can at
    /// most. Whoever does not know whether a load is there knows less than is assumed here.
    pub fn bound(&self) -> f64 {
        self.bound.rms()
    }
}

/// Of one value, at most.
fn information(densities: &[Density]) -> f64 {
    match densities {
        [free, busy] => {
            let share = BEGINS / (BEGINS + 1.0 - STAYS);
            (1.0 - share) * free.information() + share * busy.information()
        }
        all => all.iter().map(Density::information).sum(),
    }
}

impl Oracle {
    /// Begins near the truth of the first exchange that it sees; none where it does not know the
    /// density of the delays.
    pub fn new(cell: Cell, seed: u64) -> Option<Oracle> {
        let model = Model::of(cell)?;
        let mut rng = Rng::new(seed, "oracle");
        let noise = cell.crystal.noise();
        Some(Oracle {
            interval: cell.interval(),
            noise,
            floor: cell.floor(),
            model,
            particles: Vec::with_capacity(PARTICLES),
            spare: Vec::with_capacity(PARTICLES),
            weights: vec![0.0; PARTICLES],
            rate_variance: rate_variance(cell.interval(), noise),
            dice: (0..DICE + PARTICLES).map(|_| rng.gauss()).collect(),
            rng,
        })
    }

    fn begin(&mut self, e: &Exchange) {
        let [p11, p12, p22] = self.model.bound.after;
        let slope = p12 / p11;
        let left = libm::sqrt((p22 - self.rate_variance - slope * p12).max(0.0));
        for _ in 0..PARTICLES {
            let off = libm::sqrt(p11) * self.rng.gauss();
            let rate = e.rate + slope * off + left * self.rng.gauss();
            let (phase, busy) = (e.phase + off, [1.0 / 3.0; 2]);
            self.particles.push(Particle { phase, rate, busy, weight: 0.0 });
        }
    }

    /// Moves all to the next exchange.
    fn advance(&mut self) {
        let (t, (white, wander)) = (self.interval, self.noise);
        let step = t * t * self.rate_variance + white * t + wander * t * t * t / 3.0;
        let both = t * self.rate_variance + wander * t * t / 2.0;
        let (kick, turn) = (libm::sqrt(step), both / libm::sqrt(step));
        let from = self.rng.below(DICE as u64) as usize;
        for (particle, die) in self.particles.iter_mut().zip(&self.dice[from..]) {
            particle.phase += t * particle.rate + kick * die;
            particle.rate += turn * die;
        }
        self.rate_variance += wander * t - turn * turn;
    }

    /// Weighs all by what was seen.
    fn weigh(&mut self, e: &Exchange) {
        for particle in &mut self.particles {
            let off = e.phase - particle.phase;
            let values = [e.down - self.floor + off, e.up - self.floor - off];
            for ((value, densities), busy) in
                values.into_iter().zip(&self.model.densities).zip(&mut particle.busy)
            {
                particle.weight += match &densities[..] {
                    [one] => one.log(value),
                    all => {
                        let prior = *busy * STAYS + (1.0 - *busy) * BEGINS;
                        let with = prior * libm::exp(all[1].log(value));
                        let both = with + (1.0 - prior) * libm::exp(all[0].log(value));
                        *busy = with / both.max(1e-300);
                        libm::log(both.max(1e-300))
                    }
                };
            }
        }
    }

    /// Mean phase and frequency; begins anew with the heavy ones where few are left.
    fn conclude(&mut self) -> (f64, f64) {
        let most = self.particles.iter().map(|p| p.weight).fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut squares, mut phase, mut rate) = (0.0, 0.0, 0.0, 0.0);
        let first = self.particles[0];
        for (particle, weight) in self.particles.iter_mut().zip(&mut self.weights) {
            particle.weight -= most;
            *weight = if particle.weight < -40.0 { 0.0 } else { libm::exp(particle.weight) };
            sum += *weight;
            squares += *weight * *weight;
            phase += *weight * (particle.phase - first.phase);
            rate += *weight * (particle.rate - first.rate);
        }
        if sum * sum < 0.5 * PARTICLES as f64 * squares {
            self.resample(sum);
        }
        (first.phase + phase / sum, first.rate + rate / sum)
    }

    fn resample(&mut self, sum: f64) {
        let step = sum / PARTICLES as f64;
        let mut next = step * self.rng.uniform();
        let mut reached = 0.0;
        self.spare.clear();
        for (particle, weight) in self.particles.iter().zip(&self.weights) {
            reached += weight;
            while next < reached && self.spare.len() < PARTICLES {
                self.spare.push(Particle { weight: 0.0, ..*particle });
                next += step;
            }
        }
        while let (true, Some(last)) = (self.spare.len() < PARTICLES, self.spare.last().copied()) {
            self.spare.push(last);
        }
        core::mem::swap(&mut self.particles, &mut self.spare);
    }
}

impl Estimator for Oracle {
    fn exchange(&mut self, e: &Exchange) -> (f64, f64) {
        if self.particles.is_empty() {
            self.begin(e);
        } else {
            self.advance();
        }
        self.weigh(e);
        self.conclude()
    }
}

/// Of the frequency, for somebody who sees the phase exactly, after a long time.
fn rate_variance(t: f64, (white, wander): (f64, f64)) -> f64 {
    let mut variance = wander * t;
    for _ in 0..1_000_000 {
        let step = t * t * variance + white * t + wander * t * t * t / 3.0;
        let both = t * variance + wander * t * t / 2.0;
        let next = variance + wander * t - both * both / step;
        if libm::fabs(next - variance) < 1e-12 * variance {
            break;
        }
        variance = next;
    }
    variance
}
