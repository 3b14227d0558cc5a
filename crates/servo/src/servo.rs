//! The estimator and the controller, joined.

use time::{Exchange, Measurement, Span, Timestamp};

use crate::axis::span;
use crate::controller::{Controller, Decision, FIRST_LASTS, Situation};
use crate::estimate::{Estimate, Phase};
use crate::estimator::Estimator;
use crate::feedback::Arrival;
use crate::sample::{Sample, seconds};
use crate::settings::{FrequencyMemory, Settings};

/// What is said where nothing is known, in seconds.
const UNKNOWN: f64 = 1e9;
/// This many intervals without a Sync, and this many seconds, are a silence.
const SILENCE_INTERVALS: f64 = 4.0;
const SILENCE_SECONDS: f64 = 0.5;

/// What was really done to the clock, as it was read back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Actuation {
    /// The clock's reading just before.
    pub at: Timestamp,
    /// The total rate that is applied from now on, as a fraction.
    pub rate: f64,
    /// How far the clock was moved; if at all, its epoch grew by one.
    pub step: Span,
}

/// From measurements to corrections.
#[derive(Clone, Debug)]
pub struct Servo {
    settings: Settings,
    estimator: Estimator,
    controller: Controller,
    mean_square: Option<f64>,
    locked: bool,
    was_locked: bool,
    /// When it was locked for the first time, by the oscillator.
    first_locked: Option<Span>,
    /// Phase plus delay of the corrected clock, for controllers whose estimate is their own.
    last_arrival: Option<Span>,
}

impl Servo {
    /// A servo that has seen nothing.
    pub fn new(settings: Settings) -> Servo {
        Servo {
            settings,
            estimator: Estimator::new(settings),
            controller: Controller::new(settings),
            mean_square: None,
            locked: false,
            was_locked: false,
            first_locked: None,
            last_arrival: None,
        }
    }

    /// Other limits from now on. How corrections are computed and what the oscillator and its
    /// stamps are stays as it was.
    pub fn limit(&mut self, limits: &Settings) {
        let settings = Settings {
            control: self.settings.control,
            oscillator: self.settings.oscillator,
            jitter: self.settings.jitter,
            ..*limits
        };
        self.settings = settings;
        self.estimator.limit(settings);
        self.controller.limit(settings);
    }

    /// Another source will be measured: its phase and delay are unknown, our frequency is not.
    pub fn select_source(&mut self, _at: Timestamp) {
        self.estimator.select_source();
        self.forget_phase();
        if !self.was_locked {
            self.controller.begin_again();
        }
    }

    /// How wrong the source says that it may be.
    pub fn source_says(&mut self, inaccuracy: Span) {
        self.settings.source_inaccuracy = inaccuracy;
    }

    /// Somebody else stepped the clock, which is in `epoch` now, by so much if that is known.
    pub fn clock_jumped(&mut self, epoch: u16, by: Option<Span>) {
        self.estimator.clock_jumped(epoch, by);
        if by.is_none() {
            self.forget_phase();
        }
    }

    /// What was seen.
    pub fn measure(&mut self, m: &Measurement) {
        let known = self.estimator.base();
        let sample = self.estimator.measure(m);
        if known.is_some() && self.estimator.base() != known {
            self.forget_phase();
        }
        let Some(sample) = sample else { return };
        match m.exchange {
            Exchange::Sync { received, .. } => self.arrived(sample, received),
            Exchange::Delay { sent, .. } => self.requested(sample, sent),
            Exchange::Link { .. } => self.controller.delay(sample.value),
        }
    }

    /// What the clock really did.
    pub fn actuated(&mut self, a: &Actuation) {
        if a.rate.is_finite() && a.rate > -0.5 && a.rate < 0.5 {
            self.estimator.axis.actuated(a.at, a.rate, a.step);
            if a.step != Span::ZERO {
                // Offsets from before say nothing of now.
                self.mean_square = None;
                self.last_arrival = None;
            }
        }
    }

    /// Where the clock is when it reads `at`, and how sure that is.
    pub fn predict(&self, at: Timestamp) -> Estimate {
        let elapsed = self.estimator.axis.elapsed(at);
        let rate = self.estimator.rate().unwrap_or(0.0);
        let mut estimate = Estimate {
            offset: Span::ZERO,
            offset_s: 0.0,
            rate,
            residual_rate: rate + self.estimator.axis.rate(),
            covariance: [[UNKNOWN * UNKNOWN, 0.0], [0.0, 1e-8]],
            mean_delay_s: None,
            bound_random_s: UNKNOWN,
            bound_total_s: UNKNOWN,
            rms_s: libm::sqrt(self.mean_square.unwrap_or(0.0)),
            health: self.health(elapsed),
            counts: self.estimator.counts,
        };
        let (Some(belief), Some(base)) = (self.estimator.belief(elapsed), self.estimator.base())
        else {
            return estimate;
        };
        let random = self.settings.sigma * libm::sqrt(belief.cov[0][0]);
        let stated = seconds(self.settings.source_inaccuracy);
        estimate.offset = self.offset(at, elapsed, base, belief.mean[0]);
        estimate.offset_s = seconds(estimate.offset);
        estimate.rate = belief.mean[1];
        estimate.residual_rate = belief.mean[1] + self.estimator.axis.rate();
        let p = &belief.cov;
        estimate.covariance = [[p[0][0], p[0][1]], [p[1][0], p[1][1]]];
        estimate.mean_delay_s = Some(belief.mean[2]);
        estimate.bound_random_s = random;
        let held = random.max(self.settings.sigma * self.estimator.held());
        estimate.bound_total_s =
            held + self.estimator.unseen() + stated + libm::fabs(estimate.offset_s);
        estimate
    }

    /// What to do to the clock when it reads `at`.
    pub fn decide(&mut self, at: Timestamp) -> Decision {
        let elapsed = self.estimator.axis.elapsed(at);
        let belief = self.estimator.belief(elapsed);
        let offset = self.estimator.base().zip(belief).map(|(base, belief)| {
            let offset = self.offset(at, elapsed, base, belief.mean[0]);
            (offset, libm::sqrt(belief.cov[0][0]))
        });
        let decision = self.controller.decide(&Situation {
            offset,
            rate: self.estimator.rate(),
            applied: self.estimator.axis.rate(),
            interval: self.estimator.interval(),
            patience: self.estimator.patience(),
            indulgence: self.estimator.indulgence(),
            agreed: self.estimator.agreed(),
            begins: self.begins(elapsed),
        });
        if self.locked && decision.step.is_none() {
            self.first_locked.get_or_insert(elapsed);
        }
        decision
    }

    /// The learned frequency, once it is worth keeping.
    pub fn remember(&self) -> Option<FrequencyMemory> {
        if !self.locked {
            return None;
        }
        let belief = self.estimator.latest()?;
        Some(FrequencyMemory {
            rate: belief.mean[1],
            uncertainty: libm::sqrt(belief.cov[1][1]).max(1e-8),
        })
    }

    /// Begins from a frequency that was learned before the start.
    pub fn recall(&mut self, memory: FrequencyMemory) {
        self.estimator.recall(memory);
    }

    fn forget_phase(&mut self) {
        self.locked = false;
        self.mean_square = None;
        self.last_arrival = None;
        self.controller.forget_phase(self.estimator.axis.rate());
    }

    /// Of the corrected clock that reads `at`, for a phase of the uncorrected oscillator.
    fn offset(&self, at: Timestamp, elapsed: Span, base: Timestamp, phase: f64) -> Span {
        at - base - elapsed + span(phase)
    }

    /// A Sync was taken that arrived when the clock read `received`.
    fn arrived(&mut self, sample: Sample, received: Timestamp) {
        let interval = self.estimator.interval();
        let Some(base) = self.estimator.base() else { return };
        let arrival = self.offset(received, sample.at, base, sample.value);
        self.last_arrival = Some(arrival);
        self.controller.arrival(&Arrival {
            corrected: arrival,
            phase: sample.value,
            at: seconds(sample.at),
            interval,
        });
        let Some(belief) = self.estimator.belief(sample.at) else { return };
        let measured = seconds(arrival) - belief.mean[2];
        let square = (measured * measured).min(UNKNOWN);
        let mean = self.mean_square.unwrap_or(square);
        self.mean_square = Some(mean + (square - mean) / 16.0);

        let deviation = libm::sqrt(belief.cov[0][0]);
        let scatter = self.estimator.scatter();
        let offset = self.offset(received, sample.at, base, belief.mean[0]);
        let offset = libm::fabs(seconds(offset));
        let near = self.settings.sigma * deviation + scatter + 1e-9;
        let sure = self.estimator.is_settled(deviation) && deviation <= 1.5 * scatter;
        self.locked = if self.locked { offset <= 8.0 * near } else { sure && offset <= 2.0 * near };
        self.was_locked |= self.locked;
    }

    /// Whether it was locked so short a time ago that whom we follow may be about to be set.
    fn begins(&self, elapsed: Span) -> bool {
        let lasts = Span::from_nanos(FIRST_LASTS.as_nanos() as i64);
        self.first_locked.is_some_and(|first| elapsed - first < lasts)
    }

    /// A request was answered that left when the clock read `sent`.
    fn requested(&mut self, sample: Sample, sent: Timestamp) {
        if let (Some(arrival), Some(base)) = (self.last_arrival, self.estimator.base()) {
            let departure = span(sample.value) - (sent - base - sample.at);
            self.controller.delay(seconds(arrival + departure) / 2.0);
        }
    }

    fn health(&self, elapsed: Span) -> Phase {
        let silence = self.estimator.silence(elapsed);
        let limit = (SILENCE_INTERVALS * self.estimator.interval()).max(SILENCE_SECONDS);
        match self.estimator.base() {
            None if self.estimator.has_begun() => Phase::Acquiring,
            None => Phase::Free,
            Some(_) if silence > limit => Phase::Holdover,
            Some(_) if self.locked => Phase::Locked,
            Some(_) => Phase::Acquiring,
        }
    }
}
