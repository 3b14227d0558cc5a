//! One hypothesis: a belief about the oscillator and the path, with the delays and the wander that
//! it rests on.

use crate::density::{Density, Mood};
use crate::filter::{Moments, Wander};
use crate::sample::Direction;

/// A core is narrowed or widened by this factor of its variance.
const CORE_STEP: f64 = 6.25;

/// A filter and what it believes in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) filter: Moments,
    /// Of delays down, and up or of the link.
    densities: [Density; 2],
    /// Both directions are alike, and learned together.
    tied: bool,
    moods: [Mood; 2],
    /// How much more the frequency wanders than the bank believes.
    pub(crate) restless: f64,
    /// The logarithm of its discounted predictive likelihood, against the best one's.
    pub(crate) score: f64,
    /// Samples since it was made.
    pub(crate) age: u32,
}

/// An observation, and what all hypotheses agree on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) direction: Direction,
    /// Since the last one, in seconds.
    pub(crate) dt: f64,
    /// In seconds.
    pub(crate) value: f64,
    pub(crate) wander: Wander,
    /// Of all delays, in seconds.
    pub(crate) scale: f64,
}

/// How a hypothesis may differ from the one it is made from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Change {
    /// Another core of the directions.
    Core { down: bool, up: bool, narrower: bool },
    /// No tail in this direction.
    Gaussian { down: bool },
    /// Everything about delays learned anew.
    Refreshed,
    /// Both directions alike.
    Tied,
    /// Floors that may be elsewhere.
    Loosened,
}

/// What is tried, one after the other.
pub(crate) const CHANGES: [Change; 11] = [
    Change::Core { down: true, up: false, narrower: true },
    Change::Core { down: false, up: true, narrower: true },
    Change::Core { down: true, up: true, narrower: true },
    Change::Core { down: true, up: true, narrower: false },
    Change::Core { down: true, up: false, narrower: false },
    Change::Core { down: false, up: true, narrower: false },
    Change::Gaussian { down: true },
    Change::Gaussian { down: false },
    Change::Refreshed,
    Change::Tied,
    Change::Loosened,
];

/// Which of the two densities is a direction's.
pub(crate) fn side(direction: Direction) -> usize {
    usize::from(direction != Direction::Down)
}

impl Member {
    pub(crate) fn new(filter: Moments, densities: [Density; 2], tied: bool) -> Member {
        Member { filter, densities, tied, moods: [[0.5; 2]; 2], restless: 1.0, score: 0.0, age: 0 }
    }

    /// What is believed of a direction's delays.
    pub(crate) fn density(&self, side: usize) -> &Density {
        &self.densities[if self.tied { 0 } else { side }]
    }

    /// How many nats a hypothesis is preferred beforehand: simple ones are.
    pub(crate) fn prior(&self) -> f64 {
        let gaussian = |side| u8::from(self.density(side).is_gaussian());
        let count = gaussian(0) + gaussian(1);
        let simple = match (count, self.tied) {
            (2, _) => ALIKE + PLAIN,
            (_, true) => ALIKE,
            (1, false) => self.one_sided(),
            (_, false) => 0.0,
        };
        simple - RESTLESS * libm::fabs(libm::log2(self.restless))
    }

    /// Load has a tail: a direction without one is the quiet one.
    fn one_sided(&self) -> f64 {
        let [down, up] = self.densities.map(|density| density.variance());
        let plain_down = self.densities[0].is_gaussian();
        let (plain, loaded) = if plain_down { (down, up) } else { (up, down) };
        if plain < loaded / 4.0 { GAUSSIAN } else { -ALIKE }
    }

    /// Takes an observation `dt` seconds after the last one. Returns the logarithm of its predicted
    /// density.
    pub(crate) fn take(&mut self, seen: &Seen) -> f64 {
        let Seen { direction, dt, wander, scale, .. } = *seen;
        let side = side(direction);
        let wander = if self.restless == 1.0 { wander } else { wander.times(self.restless) };
        self.filter = self.filter.predict(dt, wander);
        let (excess, variance) = self.filter.excess(direction, seen.value);
        let shape = if self.tied { 0 } else { side };
        let verdict = self.densities[shape].judge(excess, variance, self.moods[side], scale);
        // Never less sure than before by more than an ambiguous sample can make it.
        let curvature = verdict.curvature.min(1.0 / variance);
        self.filter.update(direction, verdict.slope, curvature);
        self.densities[shape].learn(&verdict);
        self.moods[side] = verdict.mood;
        self.age = self.age.saturating_add(1);
        verdict.likelihood
    }

    /// The same hypothesis with a change, if that makes a difference. The mean of each direction's
    /// delays stays where it is: what the tail loses, phase and delay gain.
    pub(crate) fn changed(&self, change: Change) -> Option<Member> {
        let mut other = *self;
        other.densities[1] = *self.density(1);
        let gaussian = other.densities.map(|density| density.is_gaussian());
        match change {
            Change::Core { down, up, narrower } => {
                if down && up && (gaussian[0] || gaussian[1]) {
                    return None;
                }
                let factor = if narrower { 1.0 / CORE_STEP } else { CORE_STEP };
                for (density, wanted) in other.densities.iter_mut().zip([down, up]) {
                    *density = if wanted { density.with_core(factor) } else { *density };
                }
                other.tied = self.tied && down && up;
            }
            Change::Gaussian { down } => {
                let side = usize::from(!down);
                if gaussian[side] {
                    return None;
                }
                other.densities[side] = other.densities[side].without_tail();
                other.tied = false;
            }
            Change::Refreshed => {
                other.densities = other.densities.map(Density::refreshed);
            }
            Change::Loosened => {
                let variance = self.density(0).variance() + self.density(1).variance();
                other.filter.doubt(variance, variance);
            }
            Change::Tied => {
                if self.tied || (gaussian[0] && gaussian[1]) {
                    return None;
                }
                let source = other.densities[usize::from(gaussian[0])];
                (other.densities, other.tied) = ([source; 2], true);
            }
        }
        for (side, direction) in [Direction::Down, Direction::Up].into_iter().enumerate() {
            let lost = self.density(side).mean() - other.density(side).mean();
            other.filter.raise(direction, lost);
        }
        other.age = 0;
        Some(other)
    }
}

/// Nats for a direction without tail, and for directions that are alike: what few parameters
/// explain is likelier. Against a bound on one path's asymmetry nothing else speaks.
const GAUSSIAN: f64 = 5.0;
const PLAIN: f64 = 2.0;
const ALIKE: f64 = 25.0;
/// Nats for each doubling of the wander.
const RESTLESS: f64 = 0.75;
