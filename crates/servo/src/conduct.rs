//! What whoever drives a clock keeps to, between the servo and the clock: which measurements count,
//! when to decide again, whether a step is allowed, when the clock is locked and when it coasts. It
//! moves nothing itself, so that a daemon and a simulator have the same rules over different clocks.

use core::time::Duration;

use time::{Exchange, Measurement, Mono, Span};

use crate::controller::FIRST_LASTS;
use crate::estimate::{Estimate, Phase};
use crate::settings::StepPolicy;

/// The servo counts by its oscillator, so a little longer than that.
const BEGINS: Duration = FIRST_LASTS.saturating_add(Duration::from_secs(1));

/// The rules, and what they depend on.
#[derive(Debug)]
pub struct Conduct {
    step: StepPolicy,
    max_step: Option<Span>,
    source: Option<u32>,
    /// Whether this source was measured.
    seen: bool,
    /// Whether a first step was made, or is no longer due.
    stepped: bool,
    locked: bool,
    was_locked: bool,
    /// Until when a step is still a first one.
    begins_until: Option<Mono>,
    /// Whether the clock was ever moved: until then it is somebody else's.
    owns: bool,
    /// Whether measurements stayed away, and the rate is the oscillator's own.
    coasts: bool,
    decide_at: Mono,
}

/// Why a step is not made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoStep {
    /// The policy has none here.
    Policy,
    /// It is longer than the longest.
    TooFar,
}

impl Conduct {
    /// Nobody is followed yet.
    pub const fn new(step: StepPolicy, max_step: Option<Span>) -> Conduct {
        Conduct {
            step,
            max_step,
            source: None,
            seen: false,
            stepped: false,
            locked: false,
            was_locked: false,
            begins_until: None,
            owns: false,
            coasts: false,
            decide_at: Mono::NEVER,
        }
    }

    /// Allows these steps from now on.
    pub const fn limit(&mut self, step: StepPolicy, max_step: Option<Span>) {
        (self.step, self.max_step) = (step, max_step);
    }

    /// This source is followed; whether that is another.
    pub fn select(&mut self, source: u32) -> bool {
        let another = self.source.replace(source) != Some(source);
        if another {
            // What was never locked to is not what the clock was set to.
            self.stepped &= self.was_locked;
            self.seen = false;
        }
        another
    }

    /// Whether a measurement is of the source, and of the clock as it is since its last step.
    pub fn admits(&mut self, measurement: &Measurement, epoch: u16) -> bool {
        let admitted = self.source == Some(measurement.source) && measurement.epoch == epoch;
        self.seen |= admitted;
        admitted
    }

    /// Whether there is something to decide after a measurement.
    pub const fn corrects(measurement: &Measurement) -> bool {
        !matches!(measurement.exchange, Exchange::Link { .. })
    }

    /// A decision was made, and the next is due after so long, should no measurement come.
    pub fn decided(&mut self, now: Mono, again: Duration) {
        self.decide_at = now + again;
    }

    /// No decision is due before the next measurement.
    pub const fn decides_no_more(&mut self) {
        self.decide_at = Mono::NEVER;
    }

    /// When to decide again.
    pub const fn deadline(&self) -> Mono {
        self.decide_at
    }

    /// Whether a step is allowed now.
    ///
    /// # Errors
    /// It is not.
    pub fn permits(&self, step: Span, now: Mono) -> Result<(), NoStep> {
        let begins = self.begins_until.is_some_and(|until| now < until);
        let allowed = match self.step {
            StepPolicy::Never => false,
            StepPolicy::First => !self.stepped || begins,
            StepPolicy::Always => true,
            StepPolicy::Above(threshold) => step.abs() > threshold,
        };
        match self.max_step {
            _ if !allowed => Err(NoStep::Policy),
            Some(limit) if step.abs() > limit => Err(NoStep::TooFar),
            _ => Ok(()),
        }
    }

    /// The clock was moved, by this step and whatever rate.
    pub fn acted(&mut self, step: Span) {
        self.owns = true;
        self.stepped |= step != Span::ZERO;
    }

    /// What is known now; whether the clock is locked, if that has changed. It is not where it may
    /// not be moved.
    pub fn conclude(&mut self, estimate: &Estimate, moves: bool, now: Mono) -> Option<bool> {
        self.coasts = estimate.health == Phase::Holdover;
        let locked = estimate.health == Phase::Locked && moves;
        if locked {
            self.was_locked = true;
            self.stepped = true;
            self.begins_until.get_or_insert(now + BEGINS);
        }
        (core::mem::replace(&mut self.locked, locked) != locked).then_some(locked)
    }

    /// The rate to go on with where measurements have just stayed away: without them, the best is
    /// the oscillator's own frequency, taken out.
    pub fn coasts_at(&self, estimate: &Estimate) -> Option<f64> {
        let begins = estimate.health == Phase::Holdover && !self.coasts && self.owns;
        begins.then_some(-estimate.rate)
    }

    /// The clock is left alone from now on.
    pub const fn let_go(&mut self) {
        self.locked = false;
    }

    /// Whether there is, or was, somebody to follow.
    pub const fn has_source(&self) -> bool {
        self.source.is_some()
    }

    /// Whether the source was measured.
    pub const fn was_measured(&self) -> bool {
        self.seen
    }

    /// Whether the clock is where it should be.
    pub const fn is_locked(&self) -> bool {
        self.locked
    }

    /// Whether it ever was.
    pub const fn was_locked(&self) -> bool {
        self.was_locked
    }

    /// Whether the clock lives on what was learned.
    pub const fn coasts(&self) -> bool {
        self.coasts
    }

    /// Whether the clock was ever moved.
    pub const fn owns(&self) -> bool {
        self.owns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Mono = Mono::from_nanos(0);

    #[test]
    fn each_policy_has_its_steps() {
        let (long, short) = (Span::SECOND, Span::MICROSECOND);
        let above = StepPolicy::Above(Span::MILLISECOND);
        let cases = [
            (StepPolicy::Never, long, false, false),
            (StepPolicy::First, long, false, true),
            (StepPolicy::First, long, true, false),
            (StepPolicy::Always, short, true, true),
            (above, short, true, false),
            (above, long, true, true),
            (above, -long, true, true),
        ];
        for (policy, step, before, expected) in cases {
            let mut conduct = Conduct::new(policy, None);
            if before {
                conduct.acted(Span::SECOND);
            }
            let permitted = conduct.permits(step, NOW).is_ok();
            assert_eq!(permitted, expected, "{policy:?} {step} {before}");
        }
    }

    #[test]
    fn no_step_is_longer_than_the_longest() {
        let conduct = Conduct::new(StepPolicy::Always, Some(Span::SECOND));
        assert_eq!(conduct.permits(Span::SECOND, NOW), Ok(()));
        let far = Span::SECOND + Span::NANOSECOND;
        assert_eq!(conduct.permits(-far, NOW), Err(NoStep::TooFar));
    }

    #[test]
    fn another_source_may_step_the_clock_until_one_was_locked_to() {
        let mut conduct = Conduct::new(StepPolicy::First, None);
        assert!(conduct.select(1) && !conduct.select(1));
        conduct.acted(Span::SECOND);
        assert_eq!(conduct.permits(Span::SECOND, NOW), Err(NoStep::Policy));
        assert!(conduct.select(2));
        assert_eq!(conduct.permits(Span::SECOND, NOW), Ok(()));
    }
}
