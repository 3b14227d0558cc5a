//! What lost and doubled messages cost, against the limit at the rate that is left.

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

/// The error over the limit at the rate that is left, for one seed.
pub fn run(cell: Cell, fate: Fate, seed: u64, length: Length) -> f64 {
    let whole = problem(cell);
    let limit = Limit::new(&Problem { interval: whole.interval / fate.left(), ..whole }).rms();
    let settings = settings(servo::ControlKind::Kalman, cell.crystal.class());
    let mut clock = Steered::new(settings, cell.interval(), cell.crystal.noise());
    let (mut world, mut rng) = (World::new(cell, seed), Rng::new(seed, "loss"));
    for number in 0..length.total() {
        if number == length.warm {
            clock.score = Score::default();
        }
        clock.exchange(&world.exchange(), fate.copies(number, &mut rng));
    }
    clock.score.rms() / limit
}
