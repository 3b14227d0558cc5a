//! What lost and doubled messages cost, against the limit at the rate that is left and against the
//! best that anybody reaches from the messages that came.

use crate::grid::cell::Cell;
use crate::grid::exchange::World;
use crate::grid::limit::{Limit, Problem};
use crate::grid::linear::problem;
use crate::grid::run::Length;
use crate::grid::score::Score;
use crate::grid::steered::{Steered, settings};
use crate::rng::Rng;

/// What happens to messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// Each is lost with this probability.
    Lost(f64),
    /// So many exchanges without answers to requests, then as many without Syncs, and so on.
    Alternating(u64),
    /// Each comes twice with this probability.
    Doubled(f64),
}

impl Fate {
    /// How many copies arrive of the Sync and of the Delay_Resp.
    fn copies(self, number: u64, rng: &mut Rng) -> [u32; 2] {
        match self {
            Fate::Lost(share) => [0; 2].map(|_: u32| u32::from(!rng.chance(share))),
            Fate::Alternating(length) if (number / length).is_multiple_of(2) => [1, 0],
            Fate::Alternating(_) => [0, 1],
            Fate::Doubled(share) => [0; 2].map(|_: u32| 1 + u32::from(rng.chance(share))),
        }
    }

    /// The share of messages that arrive, without copies.
    fn left(self) -> f64 {
        match self {
            Fate::Lost(share) => 1.0 - share,
            Fate::Alternating(_) => 0.5,
            Fate::Doubled(_) => 1.0,
        }
    }
}

/// Errors over the limit at the rate that is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Of our servo.
    pub ours: f64,
    /// Of a Kalman filter that knows oscillator, delays and what is lost, and acts at once.
    pub best: f64,
}

/// What one seed costs.
pub fn run(cell: Cell, fate: Fate, seed: u64, length: Length) -> Cost {
    let whole = problem(cell);
    let limit = Limit::new(&Problem { interval: whole.interval / fate.left(), ..whole }).rms();
    let settings = settings(servo::ControlKind::Kalman, cell.crystal.class());
    let mut clock = Steered::new(settings, cell.interval(), cell.crystal.noise());
    let (mut world, mut rng) = (World::new(cell, seed), Rng::new(seed, "loss"));
    let mut knowing = Knowing::new(whole);
    let mut square = 0.0;
    for number in 0..length.total() {
        if number == length.warm {
            (clock.score, square) = (Score::default(), 0.0);
        }
        let copies = fate.copies(number, &mut rng);
        clock.exchange(&world.exchange(), copies);
        square += knowing.exchange(copies);
    }
    let scored = (length.total() - length.warm) as f64;
    Cost { ours: clock.score.rms() / limit, best: libm::sqrt(square / scored) / limit }
}

/// The covariance of phase, frequency and delay of the filter that knows everything.
struct Knowing {
    problem: Problem,
    cov: [[f64; 3]; 3],
}

impl Knowing {
    fn new(problem: Problem) -> Knowing {
        Knowing { problem, cov: [[1e-8, 0.0, 0.0], [0.0, 1e-12, 0.0], [0.0, 0.0, 1e-8]] }
    }

    /// Takes what arrived and returns the mean square error over the interval that follows.
    fn exchange(&mut self, copies: [u32; 2]) -> f64 {
        for (sign, copies) in [1.0, -1.0].into_iter().zip(copies) {
            if copies > 0 {
                self.observe(sign);
            }
        }
        let Problem { interval: t, white, wander, .. } = self.problem;
        let p = self.cov;
        let (first, second) = (white * t, wander * t * t * t);
        let square = p[0][0] + t * p[0][1] + t * t * p[1][1] / 3.0 + first / 2.0 + second / 12.0;
        let xx = p[0][0] + 2.0 * t * p[0][1] + t * t * p[1][1] + first + second / 3.0;
        let xy = p[0][1] + t * p[1][1] + wander * t * t / 2.0;
        let xd = p[0][2] + t * p[1][2];
        self.cov = [[xx, xy, xd], [xy, p[1][1] + wander * t, p[1][2]], [xd, p[1][2], p[2][2]]];
        square
    }

    /// One direction; `sign` is that of the phase in it.
    fn observe(&mut self, sign: f64) {
        let gain = self.cov.map(|row| sign * row[0] + row[2]);
        // A problem's variance is of half the sum of both directions.
        let variance = sign * gain[0] + gain[2] + 2.0 * self.problem.variance;
        for i in 0..3 {
            for j in 0..3 {
                self.cov[i][j] -= gain[i] * gain[j] / variance;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_knows_everything_and_loses_nothing_is_at_the_limit() {
        let problem = Problem { interval: 0.5, variance: 5e-13, white: 1e-18, wander: 1e-18 };
        let mut knowing = Knowing::new(problem);
        let square = (0..100_000).map(|_| knowing.exchange([1; 2])).last();
        let limit = Limit::new(&problem).rms();
        assert!((libm::sqrt(square.unwrap()) / limit - 1.0).abs() < 1e-3);
    }
}
