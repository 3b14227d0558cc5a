//! Joins measurements, estimator and simulated clock by the rules that the daemon has, too: what was
//! seen goes in, what the estimator wants is done if they allow it, and what was done goes back in.

use engine::ServoState;
use servo::{Actuation, Conduct, Estimate, FrequencyMemory, Servo, Settings};
use time::{Measurement, Mono, Span};
use wire::ClockAccuracy;

use crate::clock::Clock;

/// A servo and what it has done.
#[derive(Debug)]
pub(crate) struct Follower {
    servo: Servo,
    conduct: Conduct,
    max_rate: f64,
    /// clockClass of the grandmaster that is or was followed last.
    pub(crate) source_class: u8,
    /// How often the clock was stepped, and how often a step was refused.
    pub(crate) steps: u32,
    pub(crate) refused: u32,
    /// What was done last, for whoever tells of it.
    pub(crate) moved: Option<Actuation>,
}

impl Follower {
    /// The clock runs as somebody left it.
    pub(crate) fn new(
        settings: Settings,
        memory: Option<FrequencyMemory>,
        clock: &mut Clock,
        at: u64,
    ) -> Follower {
        let mut follower = Follower {
            servo: Servo::new(settings),
            conduct: Conduct::new(settings.step, settings.max_step),
            max_rate: settings.max_rate,
            source_class: u8::MAX,
            steps: 0,
            refused: 0,
            moved: None,
        };
        if let Some(memory) = memory {
            follower.servo.recall(memory);
        }
        let at = clock.read(at);
        follower.servo.actuated(&Actuation { at, rate: clock.rate(), step: Span::ZERO });
        follower
    }

    /// Another source, or none.
    pub(crate) fn select(&mut self, source: u32, clock: &mut Clock, at: u64) {
        if self.conduct.select(source) {
            self.servo.select_source(clock.read(at));
        }
    }

    /// The clockClass of the grandmaster that was lost; nothing if the clock was never locked.
    pub(crate) fn lost_class(&self) -> Option<u8> {
        self.conduct.was_locked().then_some(self.source_class)
    }

    /// How wrong the grandmaster says that it may be (Table 5).
    pub(crate) fn source_says(&mut self, accuracy: ClockAccuracy) {
        let picoseconds = accuracy.picoseconds().unwrap_or(0);
        self.servo.source_says(Span::from_scaled((i128::from(picoseconds) << 16) / 1_000));
    }

    /// Somebody else stepped the clock.
    pub(crate) fn clock_jumped(&mut self, clock: &Clock) {
        self.servo.clock_jumped(clock.epoch(), None);
    }

    /// Takes a measurement into account and moves the clock.
    pub(crate) fn measured(
        &mut self,
        measurement: &Measurement,
        clock: &mut Clock,
        at: u64,
    ) -> Option<ServoState> {
        if !self.conduct.admits(measurement, clock.epoch()) {
            return None;
        }
        self.servo.measure(measurement);
        if Conduct::corrects(measurement) {
            self.decide(measurement.at, clock, at);
        }
        Some(self.conclude(clock, at))
    }

    fn decide(&mut self, now: Mono, clock: &mut Clock, at: u64) {
        let decision = self.servo.decide(clock.read(at));
        self.conduct.decided(now, decision.again);
        self.carry_out((decision.step, decision.rate), clock, at);
    }

    /// When a correction has to end though nothing was measured.
    pub(crate) const fn deadline(&self) -> Mono {
        self.conduct.deadline()
    }

    pub(crate) fn on_timeout(&mut self, now: Mono, clock: &mut Clock, at: u64) {
        if self.conduct.deadline() <= now {
            self.decide(now, clock, at);
        }
    }

    /// Once a second: what becomes of the clock between measurements.
    pub(crate) fn tick(&mut self, clock: &mut Clock, at: u64) -> Option<ServoState> {
        if !self.conduct.has_source() {
            return None;
        }
        let estimate = self.servo.predict(clock.read(at));
        if let Some(rate) = self.conduct.coasts_at(&estimate) {
            self.carry_out((None, Some(rate)), clock, at);
        }
        let state = self.conclude(clock, at);
        self.conduct.was_measured().then_some(state)
    }

    fn conclude(&mut self, clock: &mut Clock, at: u64) -> ServoState {
        let estimate = self.servo.predict(clock.read(at));
        self.conduct.conclude(&estimate, true, mono(at));
        ServoState {
            locked: self.is_locked(),
            offset: estimate.offset,
            mean_delay: span(estimate.mean_delay_s.unwrap_or(0.0)),
        }
    }

    fn carry_out(&mut self, decided: (Option<Span>, Option<f64>), clock: &mut Clock, at: u64) {
        let (step, rate) = decided;
        if decided == (None, None) {
            return;
        }
        let mut moved = Actuation { at: clock.read(at), rate: clock.rate(), step: Span::ZERO };
        if let Some(step) = step {
            if self.conduct.permits(step, mono(at)).is_err() {
                self.refused += 1;
                return;
            }
            clock.step(at, step);
            moved.step = step;
        }
        if let Some(rate) = rate.filter(|rate| rate.is_finite()) {
            moved.rate = clock.set_rate(at, rate.clamp(-self.max_rate, self.max_rate));
        }
        self.conduct.acted(moved.step);
        self.servo.actuated(&moved);
        self.steps += u32::from(moved.step != Span::ZERO);
        self.moved = Some(moved);
    }

    /// Whether the clock is where it should be.
    pub(crate) const fn is_locked(&self) -> bool {
        self.conduct.is_locked()
    }

    pub(crate) fn estimate(&self, clock: &mut Clock, at: u64) -> Estimate {
        self.servo.predict(clock.read(at))
    }
}

const fn mono(at: u64) -> Mono {
    Mono::from_nanos(at / 1_000)
}

fn span(seconds: f64) -> Span {
    Span::from_scaled((seconds * (1e9 * 65_536.0)) as i128)
}
