//! What everybody sees: the truth and the stamps of one exchange after the other.

use crate::delay::Delay;
use crate::grid::cell::{Cell, STAMP};
use crate::oscillator::{Oscillator, OscillatorSettings};
use crate::rng::Rng;

/// A Delay_Req and a Sync at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exchange {
    /// How many there were before.
    pub number: u64,
    /// The true phase of the uncorrected oscillator in seconds.
    pub phase: f64,
    /// Its true frequency error.
    pub rate: f64,
    /// What it gained since the exchange before, in seconds.
    pub gained: f64,
    /// From the source to us, with the noise of the stamps, in seconds.
    pub down: f64,
    /// From us to the source.
    pub up: f64,
}

/// The exchanges of a cell and a seed.
#[derive(Clone, Debug)]
pub struct World {
    interval: f64,
    oscillator: Oscillator,
    noise: Rng,
    delays: [Delay; 2],
    paths: [Rng; 2],
    stamps: Rng,
    phase: f64,
    number: u64,
}

impl World {
    /// Begins with a phase of some microseconds and a frequency that is some 10^-7 off.
    pub fn new(cell: Cell, seed: u64) -> World {
        let mut rng = Rng::new(seed, "start");
        let start = (1e-5 * rng.gauss(), 1e-7 * rng.gauss());
        World::with(cell.interval(), cell.crystal.noise(), delays(cell), start, seed)
    }

    /// For other delays, beginning with this phase in seconds and this frequency error.
    pub fn with(
        interval: f64,
        (white, wander): (f64, f64),
        delays: [Delay; 2],
        (phase, rate): (f64, f64),
        seed: u64,
    ) -> World {
        let mut noise = Rng::new(seed, "oscillator");
        let settings = OscillatorSettings { rate, ..OscillatorSettings::two_state(white, wander) };
        World {
            interval,
            oscillator: Oscillator::new(settings, &mut noise),
            phase,
            noise,
            delays,
            paths: [Rng::new(seed, "down"), Rng::new(seed, "up")],
            stamps: Rng::new(seed, "stamps"),
            number: 0,
        }
    }

    /// The next exchange.
    pub fn exchange(&mut self) -> Exchange {
        let gained = match self.number {
            0 => 0.0,
            _ => self.oscillator.advance(self.interval, &mut self.noise),
        };
        self.phase += gained;
        let at = self.number as f64 * self.interval;
        let [down, up] = core::array::from_fn(|i| {
            self.delays[i].draw(&mut self.paths[i], at) + STAMP * self.stamps.gauss()
        });
        let number = self.number;
        self.number += 1;
        Exchange { number, phase: self.phase, rate: self.oscillator.rate(), gained, down, up }
    }
}

/// Towards us and away from us.
pub fn delays(cell: Cell) -> [Delay; 2] {
    cell.kind.shapes(cell.sd()).map(|shape| Delay::new(cell.floor(), shape))
}
