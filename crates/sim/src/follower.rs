//! Joins measurements, estimator and clock by the rules of the daemon: what was seen goes in, what
//! the estimator wants is done if the policy allows it, and what was really done goes back in.

use core::time::Duration;

use engine::ServoState;
use servo::{
    Actuation, Estimate, FIRST_LASTS, FrequencyMemory, Phase, Servo, Settings, StepPolicy,
};
use time::{Exchange, Measurement, Mono, Span};
use wire::ClockAccuracy;

use crate::clock::Clock;

/// The servo counts by its oscillator, so a little longer than that.
const BEGINS: Duration = FIRST_LASTS.saturating_add(Duration::from_secs(1));

/// A servo and what it has done.
#[derive(Debug)]
pub(crate) struct Follower {
    servo: Servo,
    policy: Settings,
    source: Option<u32>,
    stepped: bool,
    was_locked: bool,
    /// Until when a step is still a first one.
    begins_until: Option<Mono>,
    /// How often the clock was stepped, and how often a step was refused.
    pub(crate) steps: u32,
    pub(crate) refused: u32,
    decide_at: Mono,
    pub(crate) locked: bool,
    owns: bool,
    coasts: bool,
    seen: bool,
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
            policy: settings,
            source: None,
            stepped: false,
            was_locked: false,
            begins_until: None,
            steps: 0,
            refused: 0,
            decide_at: Mono::NEVER,
            locked: false,
            owns: false,
            coasts: false,
            seen: false,
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
        if self.source != Some(source) {
            self.source = Some(source);
            self.stepped &= self.was_locked;
            self.seen = false;
            self.servo.select_source(clock.read(at));
        }
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
        if self.source != Some(measurement.source) || measurement.epoch != clock.epoch() {
            return None;
        }
        self.seen = true;
        self.servo.measure(measurement);
        if !matches!(measurement.exchange, Exchange::Link { .. }) {
            self.decide(measurement.at, clock, at);
        }
        Some(self.conclude(clock, at))
    }

    fn decide(&mut self, now: Mono, clock: &mut Clock, at: u64) {
        let decision = self.servo.decide(clock.read(at));
        self.decide_at = now + decision.again;
        self.carry_out((decision.step, decision.rate), clock, at);
    }

    /// When a correction has to end though nothing was measured.
    pub(crate) const fn deadline(&self) -> Mono {
        self.decide_at
    }

    pub(crate) fn on_timeout(&mut self, now: Mono, clock: &mut Clock, at: u64) {
        if self.decide_at <= now {
            self.decide(now, clock, at);
        }
    }

    /// Once a second: what becomes of the clock between measurements.
    pub(crate) fn tick(&mut self, clock: &mut Clock, at: u64) -> Option<ServoState> {
        self.source?;
        let estimate = self.servo.predict(clock.read(at));
        let holds = estimate.health == Phase::Holdover;
        if holds && !self.coasts && self.owns {
            // Without measurements, the best is the oscillator's own frequency, taken out.
            self.carry_out((None, Some(-estimate.rate)), clock, at);
        }
        let state = self.conclude(clock, at);
        self.seen.then_some(state)
    }

    fn conclude(&mut self, clock: &mut Clock, at: u64) -> ServoState {
        let estimate = self.servo.predict(clock.read(at));
        self.coasts = estimate.health == Phase::Holdover;
        self.locked = estimate.health == Phase::Locked;
        self.stepped |= self.locked;
        self.was_locked |= self.locked;
        if self.locked {
            self.begins_until.get_or_insert(mono(at) + BEGINS);
        }
        ServoState {
            locked: self.locked,
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
            if !self.permits(step, mono(at)) {
                self.refused += 1;
                return;
            }
            clock.step(at, step);
            moved.step = step;
        }
        if let Some(rate) = rate.filter(|rate| rate.is_finite()) {
            let limit = self.policy.max_rate;
            moved.rate = clock.set_rate(at, rate.clamp(-limit, limit));
        }
        self.owns = true;
        self.servo.actuated(&moved);
        if moved.step != Span::ZERO {
            self.stepped = true;
            self.steps += 1;
        }
        self.moved = Some(moved);
    }

    fn permits(&self, step: Span, now: Mono) -> bool {
        let begins = self.begins_until.is_some_and(|until| now < until);
        let allowed = match self.policy.step {
            StepPolicy::Never => false,
            StepPolicy::First => !self.stepped || begins,
            StepPolicy::Always => true,
            StepPolicy::Above(threshold) => step.abs() > threshold,
        };
        allowed && self.policy.max_step.is_none_or(|limit| step.abs() <= limit)
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
