//! What is done to the clock. It reads estimates and knows nothing of measurements, except for
//! controllers whose estimate is their own.

use core::time::Duration;

use time::Span;

use crate::axis::span;
use crate::feedback::{Answer, Arrival, Feedback};
use crate::settings::{Settings, StepPolicy};

/// A smaller offset is pulled, whatever the policy allows.
const STEP_LEAST: f64 = 20e-6;
/// With good stamps, an offset of so many of their deviations is enough for the first step.
const STEP_LEAST_JITTERS: f64 = 4.0;
const PULL_LEAST: f64 = 1.0 / 64.0;
/// An offset of more deviations than this is no doubt there, and is pulled with this part of the
/// rate that is allowed.
const BEYOND_DOUBT: f64 = 5.0;
const QUICKLY: f64 = 0.8;
/// A smaller part of the deviation is not worth a correction.
const NEGLIGIBLE: f64 = 0.05;
/// As good as not at all.
const PULL_NEVER: f64 = 1e6;
/// Should a Sync be lost, a correction ends after so many intervals.
const OVERDUE: f64 = 1.5;
const PULL_MOST: f64 = 128.0;

/// What to do to the clock now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Move the clock by this.
    pub step: Option<Span>,
    /// Make its total rate this much faster than the oscillator's, as a fraction.
    pub rate: Option<f64>,
    /// Decide again after this time if nothing was measured: a correction must end.
    pub again: Duration,
}

/// What a decision is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    /// Of the corrected clock, if the phase is known: as a span and its standard deviation.
    pub(crate) offset: Option<(Span, f64)>,
    /// How much too fast the oscillator is, if that is known.
    pub(crate) rate: Option<f64>,
    /// The rate that is applied.
    pub(crate) applied: f64,
    /// The interval of measurements in seconds.
    pub(crate) interval: f64,
    /// How long a correction may take, in seconds, once that is known.
    pub(crate) patience: Option<f64>,
    /// And one that is beyond doubt: clocks that follow ours are to keep up.
    pub(crate) indulgence: f64,
    /// Whether the few samples scatter no more than was expected of them.
    pub(crate) agreed: bool,
    /// Whether the clock was locked for the first time a moment ago.
    pub(crate) begins: bool,
}

/// For so long after the first lock a step is still a first one, if pulling takes longer than that:
/// whom we follow may itself have been set only after we had locked to it.
pub(crate) const FIRST_LASTS: Duration = Duration::from_secs(60);

/// Steps after the first lock that are first ones at most.
const FIRST_AGAIN_MAX: u8 = 3;

/// The policy and what has been done already.
#[derive(Clone, Debug)]
pub(crate) struct Controller {
    settings: Settings,
    corrected: bool,
    /// Steps after the first lock.
    again: u8,
    /// The oscillator's rate when a source was known well, once one was.
    settled: Option<f64>,
    feedback: Option<Feedback>,
}

impl Controller {
    pub(crate) fn new(settings: Settings) -> Controller {
        Controller {
            settings,
            corrected: false,
            again: 0,
            settled: None,
            feedback: Feedback::new(&settings),
        }
    }

    pub(crate) fn limit(&mut self, settings: Settings) {
        self.settings = settings;
        if let Some(feedback) = &mut self.feedback {
            feedback.limit(settings.max_rate);
        }
    }

    /// What was corrected so far was for a source that did not last.
    pub(crate) fn begin_again(&mut self) {
        self.corrected = false;
    }

    /// Forgets what belongs to one source's phase; `rate` is applied.
    pub(crate) fn forget_phase(&mut self, rate: f64) {
        if let Some(feedback) = &mut self.feedback {
            feedback.forget_phase(rate);
        }
    }

    /// A path delay in seconds, for controllers whose estimate is their own.
    pub(crate) fn delay(&mut self, delay: f64) {
        if let Some(feedback) = &mut self.feedback {
            feedback.delay(delay);
        }
    }

    /// A Sync, for controllers whose estimate is their own.
    pub(crate) fn arrival(&mut self, arrival: &Arrival) {
        if let Some(feedback) = &mut self.feedback {
            feedback.arrival(arrival);
        }
    }

    /// What to do now.
    pub(crate) fn decide(&mut self, now: &Situation) -> Decision {
        if now.patience.is_some() {
            self.settled = now.rate;
        }
        let pull = self.pull(now);
        let again =
            if self.pulls(now) && pull < now.interval { pull } else { OVERDUE * now.interval };
        let again = Duration::from_secs_f64(again.clamp(PULL_LEAST, PULL_MOST));
        let (step, rate) = match &mut self.feedback {
            None => self.by_estimate(now, pull),
            Some(feedback) => {
                let answer = feedback.answer();
                self.by_feedback(answer, now.begins)
            }
        };
        let most = self.settings.max_rate;
        let rate = rate.filter(|rate| rate.is_finite()).map(|rate| rate.clamp(-most, most));
        let rate = rate.filter(|rate| libm::fabs(rate - now.applied) > 1e-12);
        Decision { step, rate, again }
    }

    /// Whether there is anything to pull.
    fn pulls(&self, now: &Situation) -> bool {
        now.offset.is_some_and(|(offset, deviation)| {
            libm::fabs(crate::sample::seconds(offset)) > deviation * NEGLIGIBLE
        })
    }

    /// How long the offset is given to vanish, in seconds.
    fn pull(&self, now: &Situation) -> f64 {
        let Some((offset, deviation)) = now.offset else { return PULL_LEAST };
        let offset = libm::fabs(crate::sample::seconds(offset));
        let quickest = offset / (QUICKLY * self.settings.max_rate).max(1e-9);
        let stranger = self.settled.is_some() && now.patience.is_none();
        let benefit = if stranger { STEP_LEAST } else { 0.0 };
        let doubtful = offset <= BEYOND_DOUBT * deviation + benefit;
        let patience = match (doubtful, now.patience) {
            // What a new source says at first is worth less than what the clock has.
            (true, Some(patience)) => patience.min(PULL_MOST),
            (true, None) if stranger => PULL_NEVER,
            // A late packet or two may be all that is known.
            (_, None) if self.corrected && !now.agreed => 2.0 * now.interval,
            (_, patience) => {
                patience.map_or(now.indulgence, |patience| patience.min(now.indulgence))
            }
        };
        patience.max(quickest).max(PULL_LEAST)
    }

    fn by_estimate(&mut self, now: &Situation, pull: f64) -> (Option<Span>, Option<f64>) {
        let Some(rate) = now.rate else { return (None, None) };
        let Some((offset, deviation)) = now.offset else {
            return (None, Some(-self.settled.unwrap_or(rate)));
        };
        if let Some(step) = self.step(offset, deviation, now.begins) {
            return (Some(step), Some(-rate));
        }
        self.corrected = true;
        if pull >= PULL_NEVER {
            // Nor may a correction go on that was for the source before.
            return (None, self.settled.map(|rate| -rate));
        }
        if !self.pulls(now) {
            return (None, Some(-rate));
        }
        (None, Some(-rate - crate::sample::seconds(offset) / pull))
    }

    fn by_feedback(&mut self, answer: Option<Answer>, begins: bool) -> (Option<Span>, Option<f64>) {
        let Some((frequency, jump)) = answer else { return (None, None) };
        let step = jump.and_then(|offset| self.step(offset, 0.0, begins));
        self.corrected = true;
        (step, Some(-frequency))
    }

    /// The step that the policy allows and the offset asks for.
    fn step(&mut self, offset: Span, deviation: f64, begins: bool) -> Option<Span> {
        let first = STEP_LEAST.min(STEP_LEAST_JITTERS * self.settings.jitter);
        let slow = span(self.settings.max_rate.max(STEP_LEAST));
        let again = self.corrected && begins;
        let least = match self.settings.step {
            StepPolicy::Never => return None,
            StepPolicy::First if again && self.again < FIRST_AGAIN_MAX => {
                span(self.settings.max_rate * FIRST_LASTS.as_secs_f64()).max(slow)
            }
            StepPolicy::First if self.corrected => return None,
            StepPolicy::First => span(first),
            StepPolicy::Always if self.corrected => slow,
            StepPolicy::Always => span(first),
            StepPolicy::Above(threshold) => threshold,
        };
        let sure = span(6.0 * deviation);
        let allowed = self.settings.max_step.is_none_or(|most| offset.abs() <= most);
        if offset.abs() <= least.max(sure) || !allowed {
            return None;
        }
        self.corrected = true;
        self.again += u8::from(again);
        Some(-offset)
    }
}
