//! A clock: an oscillator, what counts its turns, and what speeds it up or moves it.
//!
//! Readings are exact integers of 2^-16 ns. The oscillator's noise is drawn when the clock is read,
//! with its exact covariance since the last reading, so that no moment is drawn twice.

use time::{Span, Timestamp};

use crate::oscillator::{Oscillator, OscillatorSettings};
use crate::queue::{NEVER, seconds};
use crate::rng::Rng;

/// What every world calls the beginning: the reading of true time then, in seconds of TAI.
pub const BEGINNING_S: i64 = 1_800_000_000;

const SCALED_PER_SECOND: f64 = 65_536e9;

/// What speeds a clock up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Actuator {
    /// Rates are multiples of this fraction; 0: any.
    pub resolution: f64,
    /// No rate is larger than this fraction.
    pub max_rate: f64,
    /// How long a rate takes to have an effect, in seconds.
    pub latency_s: f64,
}

impl Default for Actuator {
    /// Like the kernel's: multiples of 2^-16 ppm, at most 500 ppm, at once.
    fn default() -> Actuator {
        Actuator { resolution: 1e-6 / 65_536.0, max_rate: 5e-4, latency_s: 0.0 }
    }
}

/// True time `at` picoseconds after the beginning.
pub fn true_time(at: u64) -> Timestamp {
    Timestamp::new(BEGINNING_S, 0) + Span::from_scaled(scaled(at))
}

/// Picoseconds in units of 2^-16 ns, which are 125 / 8192 ps.
fn scaled(at: u64) -> i128 {
    i128::from(at) * 8192 / 125
}

/// A clock under way.
#[derive(Debug)]
pub(crate) struct Clock {
    oscillator: Oscillator,
    rng: Rng,
    actuator: Actuator,
    /// Up to when the oscillator was drawn, in picoseconds, and the reading then.
    at: u64,
    reading: i128,
    rate: f64,
    /// The rate to come, and from when.
    next: (f64, u64),
    epoch: u16,
}

impl Clock {
    /// A clock that is ahead of true time by `offset` at the beginning.
    pub(crate) fn new(
        settings: OscillatorSettings,
        actuator: Actuator,
        offset: Span,
        mut rng: Rng,
    ) -> Clock {
        Clock {
            oscillator: Oscillator::new(settings, &mut rng),
            rng,
            actuator,
            at: 0,
            reading: (true_time(0) + offset).since_epoch().scaled(),
            rate: 0.0,
            next: (0.0, NEVER),
            epoch: 1,
        }
    }

    /// What it reads `at` so many picoseconds. Times do not go back.
    pub(crate) fn read(&mut self, at: u64) -> Timestamp {
        let (rate, from) = self.next;
        if from <= at {
            self.advance(from);
            (self.rate, self.next) = (rate, (rate, NEVER));
        }
        self.advance(at);
        Timestamp::from_span(Span::from_scaled(self.reading))
    }

    fn advance(&mut self, at: u64) {
        if at <= self.at {
            return;
        }
        let passed = scaled(at) - scaled(self.at);
        let gained = self.oscillator.advance(seconds(at - self.at), &mut self.rng);
        let turned = passed + libm::round(gained * SCALED_PER_SECOND) as i128;
        let sped = libm::round(turned as f64 * self.rate) as i128;
        self.reading += turned + sped;
        self.at = at;
    }

    /// Makes it run this much faster than its oscillator, as well as it can; returns what it can.
    pub(crate) fn set_rate(&mut self, at: u64, rate: f64) -> f64 {
        self.read(at);
        let Actuator { resolution, max_rate, latency_s } = self.actuator;
        let limited = rate.clamp(-max_rate, max_rate);
        let made =
            if resolution > 0.0 { libm::round(limited / resolution) * resolution } else { limited };
        if latency_s > 0.0 {
            self.next = (made, at.saturating_add(crate::queue::picoseconds(latency_s)));
        } else {
            self.rate = made;
        }
        made
    }

    /// Moves it, which begins a new epoch.
    pub(crate) fn step(&mut self, at: u64, by: Span) {
        self.read(at);
        self.reading += by.scaled();
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// Moves it as a receiver of satellites does that is wrong: nobody notices.
    pub(crate) fn shift(&mut self, at: u64, by: Span) {
        self.read(at);
        self.reading += by.scaled();
    }

    pub(crate) const fn epoch(&self) -> u16 {
        self.epoch
    }

    /// The rate that was asked for last.
    pub(crate) const fn rate(&self) -> f64 {
        if self.next.1 == NEVER { self.rate } else { self.next.0 }
    }

    /// How much too fast it runs, as a fraction.
    pub(crate) fn rate_error(&self) -> f64 {
        let own = self.oscillator.rate();
        own + self.rate + own * self.rate
    }

    /// The oscillator, whose surroundings change `at` so many picoseconds.
    pub(crate) fn disturb(&mut self, at: u64) -> &mut Oscillator {
        self.read(at);
        &mut self.oscillator
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::SECOND_PS;

    fn clock(rate: f64, actuator: Actuator) -> Clock {
        let settings = OscillatorSettings { rate, ..OscillatorSettings::PERFECT };
        Clock::new(settings, actuator, Span::ZERO, Rng::new(1, "clock"))
    }

    fn error(clock: &mut Clock, at: u64) -> Span {
        clock.read(at) - true_time(at)
    }

    #[test]
    fn a_rate_takes_the_oscillators_error_out_exactly() {
        let mut clock = clock(1e-4, Actuator { resolution: 0.0, ..Actuator::default() });
        assert_eq!(error(&mut clock, SECOND_PS), Span::from_nanos(100_000));
        clock.set_rate(SECOND_PS, 1.0 / 1.000_1 - 1.0);
        let later = error(&mut clock, 1_000 * SECOND_PS) - Span::from_nanos(100_000);
        assert!(later.abs() < Span::from_scaled(1_000), "{later}");
    }

    #[test]
    fn rates_are_as_coarse_and_as_late_as_the_actuator() {
        let actuator = Actuator { resolution: 1e-6, max_rate: 1e-5, latency_s: 2.0 };
        let mut clock = clock(0.0, actuator);
        assert_eq!(clock.set_rate(0, 2.4e-6), 2e-6);
        assert_eq!(error(&mut clock, 2 * SECOND_PS), Span::ZERO);
        assert_eq!(error(&mut clock, 3 * SECOND_PS), Span::from_nanos(2_000));
        let most = clock.set_rate(3 * SECOND_PS, -1.0);
        assert!((most + 1e-5).abs() < 1e-18, "{most}");
    }

    #[test]
    fn a_step_begins_an_epoch_and_a_shift_does_not() {
        let mut clock = clock(0.0, Actuator::default());
        clock.step(5, Span::SECOND);
        assert_eq!((error(&mut clock, 9), clock.epoch()), (Span::SECOND, 2));
        clock.shift(9, -Span::SECOND);
        assert_eq!((error(&mut clock, 9), clock.epoch()), (Span::ZERO, 2));
    }

    #[test]
    fn the_same_moment_reads_the_same() {
        let rng = Rng::new(3, "clock");
        let mut clock = Clock::new(OscillatorSettings::XO, Actuator::default(), Span::ZERO, rng);
        let first = clock.read(SECOND_PS);
        assert_eq!(clock.read(SECOND_PS), first);
    }
}
