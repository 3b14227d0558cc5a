//! A software clock over the monotonic clock, which never touches the system's.
//!
//! Its oscillator may be given an error, for demonstrations and tests: the clock then behaves like
//! one that has to be disciplined. Frequencies are in parts per 10^9, positive where it runs faster.
//! All arithmetic is in integers, so two of them that were told the same read the same.

use time::{Mono, Rate, Span, Timestamp};

use crate::line::ClockLine;

/// The largest frequency that can be set, in both directions: a tenth.
pub const VIRTUAL_FREQUENCY_MAX_PPB: f64 = 1e8;

/// A reading and the epoch it belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VirtualReading {
    /// What it read.
    pub time: Timestamp,
    /// Grows with each step.
    pub epoch: u16,
}

/// The clock.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VirtualClock {
    line: ClockLine,
    epoch: u16,
    /// What was in force before `line` began, for stamps that were taken then and come late.
    before: Option<(ClockLine, u16)>,
    oscillator: Rate,
    applied: Rate,
}

impl VirtualClock {
    /// A clock that reads `time` at `at`, with an oscillator that runs faster by
    /// `oscillator_error_ppb`.
    pub fn new(at: Mono, time: Timestamp, oscillator_error_ppb: f64) -> VirtualClock {
        let oscillator = rate(oscillator_error_ppb);
        VirtualClock {
            line: ClockLine { mono: at, time, rate: oscillator },
            epoch: 0,
            before: None,
            oscillator,
            applied: Rate::ONE,
        }
    }

    /// Lets it run faster by `ppb` from `at` on, without a jump, and returns what was made of that:
    /// the limit if it is beyond, and what it was before if it is not a number.
    pub fn set_frequency(&mut self, at: Mono, ppb: f64) -> f64 {
        if !ppb.is_nan() {
            self.applied = rate(ppb);
            let total = product(self.oscillator, self.applied);
            self.begin(ClockLine { mono: at, time: self.line.at(at), rate: total }, self.epoch);
        }
        ppb_of(self.applied)
    }

    /// Moves it forward by `step` at `at`: a new epoch.
    pub fn step(&mut self, at: Mono, step: Span) {
        let time = self.line.at(at) + step;
        let line = ClockLine { mono: at, time, rate: self.line.rate };
        self.begin(line, self.epoch.wrapping_add(1));
    }

    /// A new epoch without a step: the stamps before do not compare with those after, because the
    /// clock they are converted from has jumped.
    pub fn begin_epoch(&mut self, at: Mono) {
        self.step(at, Span::ZERO);
    }

    /// What it reads at `mono`. Of the past, one change is remembered.
    pub fn at(&self, mono: Mono) -> VirtualReading {
        match self.before {
            Some((line, epoch)) if mono < self.line.mono => {
                VirtualReading { time: line.at(mono), epoch }
            }
            _ => VirtualReading { time: self.line.at(mono), epoch: self.epoch },
        }
    }

    /// The frequency that was set.
    pub fn frequency_ppb(&self) -> f64 {
        ppb_of(self.applied)
    }

    /// What is in force now.
    pub fn line(&self) -> ClockLine {
        self.line
    }

    /// Grows with each step.
    pub fn epoch(&self) -> u16 {
        self.epoch
    }

    fn begin(&mut self, line: ClockLine, epoch: u16) {
        self.before = Some((self.line, self.epoch));
        self.line = line;
        self.epoch = epoch;
    }
}

/// One plus `ppb`, within the limit.
fn rate(ppb: f64) -> Rate {
    let one = Rate::ONE.raw();
    let limited = ppb.clamp(-VIRTUAL_FREQUENCY_MAX_PPB, VIRTUAL_FREQUENCY_MAX_PPB);
    let scaled = limited * (one as f64 / 1e9);
    Rate::from_raw(one + scaled as i64)
}

fn ppb_of(rate: Rate) -> f64 {
    let one = Rate::ONE.raw();
    (rate.raw() - one) as f64 * (1e9 / one as f64)
}

/// One rate after the other, rounded down.
fn product(first: Rate, second: Rate) -> Rate {
    let product = (i128::from(first.raw()) * i128::from(second.raw())) >> 62;
    Rate::from_raw(i64::try_from(product).expect("both are within a tenth of one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn at(seconds: u64) -> Mono {
        Mono::from_nanos(seconds * SECOND)
    }

    fn clock(oscillator_error_ppb: f64) -> VirtualClock {
        VirtualClock::new(at(0), Timestamp::new(100, 0), oscillator_error_ppb)
    }

    /// How far it is from one that read the same and has no error.
    fn error(clock: &VirtualClock, seconds: u64) -> Span {
        let right = Timestamp::new(100 + i64::try_from(seconds).unwrap(), 0);
        clock.at(at(seconds)).time - right
    }

    #[test]
    fn without_an_error_it_is_the_monotonic_clock_with_another_beginning() {
        let clock = clock(0.0);
        assert_eq!(error(&clock, 0), Span::ZERO);
        assert_eq!(error(&clock, 1_000_000_000), Span::ZERO);
    }

    #[test]
    fn the_oscillators_error_accumulates_and_a_frequency_undoes_it() {
        let mut clock = clock(50_000.0);
        assert!((error(&clock, 10) - Span::from_nanos(500_000)).abs() <= Span::NANOSECOND);

        // (1 + 5e-5) (1 + f) = 1
        clock.set_frequency(at(10), -1e9 * (1.0 - 1.0 / 1.00005));

        let drift = error(&clock, 1010) - error(&clock, 10);
        assert!(drift.abs() <= Span::NANOSECOND, "{drift}");
    }

    #[test]
    fn a_change_of_the_frequency_is_no_jump_and_no_epoch() {
        let mut clock = clock(12_345.678);
        let moment = Mono::from_nanos(987_654_321_987);
        let reading = clock.at(moment);

        for ppb in [1e5, -3.3, 77.7] {
            clock.set_frequency(moment, ppb);
            assert_eq!(clock.at(moment), reading);
        }
    }

    #[test]
    fn a_step_is_exact_and_begins_an_epoch() {
        let mut clock = clock(100.0);
        let (moment, step) = (Mono::from_nanos(123_456_789), Span::from_scaled(-98_765_432_123));
        let reading = clock.at(moment);

        clock.step(moment, step);

        assert_eq!(clock.at(moment), VirtualReading { time: reading.time + step, epoch: 1 });
    }

    #[test]
    fn a_stamp_from_before_a_step_keeps_its_time_and_its_epoch() {
        let mut clock = clock(100.0);
        let early = clock.at(at(5));

        clock.step(at(6), Span::from_seconds(1000));

        assert_eq!(clock.at(at(5)), early);
        assert_eq!(clock.at(at(6)).epoch, 1);
    }

    #[test]
    fn what_is_applied_is_reported() {
        let mut clock = clock(0.0);

        assert!((clock.set_frequency(at(1), 12.5) - 12.5).abs() < 1e-6);
        assert_eq!(clock.set_frequency(at(1), f64::NAN), clock.frequency_ppb());
        assert_eq!(clock.set_frequency(at(1), f64::INFINITY).round(), VIRTUAL_FREQUENCY_MAX_PPB);
        assert_eq!(clock.set_frequency(at(1), -1e12).round(), -VIRTUAL_FREQUENCY_MAX_PPB);
    }
}
