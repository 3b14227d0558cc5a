//! Joins measurements, estimator and clock: what was seen goes in, what the estimator wants is done
//! if the policy allows it, and what was really done goes back in.

use core::time::Duration;

use config::{Config, OscillatorClass, ServoChoice, StepChoice};
use control::ClockState;
use engine::ServoState;
use linux::{PageState, mono_now};
use record::RecordedServo;
use servo::{
    Actuation, Conduct, ControlKind, Estimate, FrequencyMemory, Oscillator, Phase, StepPolicy,
};
use time::{Measurement, Mono, Span};
use wire::ClockAccuracy;

use crate::clock::LocalClock;
use crate::memory::Remembered;
use crate::steer::{Moved, Policy, Refusal, steer, vouch};

/// Lines that wait to be logged.
const REPORTS_MAX: usize = 8;
/// Pulling less than this takes no time worth a word.
const PULLED_LEAST_S: f64 = 10e-3;
/// One input leads to fewer.
const MOVES_MAX: usize = 8;

#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) servo: RecordedServo,
    conduct: Conduct,
    policy: Policy,
    pub(crate) steps: u64,
    /// The rate that is applied, as a fraction.
    pub(crate) rate: f64,
    refused: Option<&'static str>,
    refusal: Option<Refusal>,
    /// clockClass of the grandmaster that is or was followed last.
    source_class: u8,
    reports: Vec<String>,
    /// What was done to the clock since somebody asked.
    moves: Vec<Actuation>,
}

impl Follower {
    pub(crate) fn new(config: &Config) -> Follower {
        let settings = settings(config);
        Follower {
            servo: RecordedServo::new(settings),
            conduct: Conduct::new(settings.step, settings.max_step),
            policy: Policy::new(config),
            steps: 0,
            rate: 0.0,
            refused: None,
            refusal: None,
            source_class: u8::MAX,
            reports: Vec::with_capacity(REPORTS_MAX),
            moves: Vec::with_capacity(MOVES_MAX),
        }
    }

    /// The clock runs as somebody left it.
    pub(crate) fn begin(&mut self, clock: &mut LocalClock) {
        if let Ok(moved) = steer(clock, (&self.policy, &self.conduct), (None, None)) {
            self.actuated(&moved);
        }
    }

    /// Another source, or none.
    pub(crate) fn select(&mut self, source: u32, clock: &LocalClock) {
        if self.conduct.select(source) {
            self.servo.select_source(clock.read());
        }
    }

    /// What clockClass the grandmaster says.
    pub(crate) const fn source_is_of(&mut self, class: u8) {
        self.source_class = class;
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

    /// Stamps before this do not compare with those after.
    pub(crate) fn clock_jumped(&mut self, clock: &LocalClock, by: Option<Span>) {
        self.servo.clock_jumped(clock.epoch(), by);
    }

    /// The clock may not be moved, for this reason.
    pub(crate) const fn refuse(&mut self, why: Option<&'static str>) {
        self.refused = why;
    }

    /// Takes a measurement into account and moves the clock.
    pub(crate) fn measured(
        &mut self,
        measurement: &Measurement,
        clock: &mut LocalClock,
    ) -> Option<ServoState> {
        if !self.conduct.admits(measurement, clock.epoch()) {
            return None;
        }
        self.servo.measure(measurement);
        if self.refused.is_none() && Conduct::corrects(measurement) {
            self.decide(measurement.at, clock);
        }
        Some(self.conclude(clock))
    }

    fn decide(&mut self, now: Mono, clock: &mut LocalClock) {
        let decision = self.servo.decide(clock.read());
        self.conduct.decided(now, decision.again);
        self.carry_out((decision.step, decision.rate), clock);
    }

    /// When a correction has to end though nothing was measured.
    pub(crate) const fn deadline(&self) -> Mono {
        self.conduct.deadline()
    }

    pub(crate) fn on_timeout(&mut self, now: Mono, clock: &mut LocalClock) {
        if self.refused.is_some() {
            self.conduct.decides_no_more();
        } else if self.conduct.deadline() <= now {
            self.decide(now, clock);
        }
    }

    /// Once a second: what becomes of the clock between measurements.
    pub(crate) fn tick(&mut self, clock: &mut LocalClock) -> Option<ServoState> {
        if !self.conduct.has_source() {
            return None;
        }
        if let Some(rate) = self.conduct.coasts_at(&self.estimate(clock)) {
            self.carry_out((None, Some(rate)), clock);
        }
        let state = self.conclude(clock);
        self.conduct.was_measured().then_some(state)
    }

    fn conclude(&mut self, clock: &mut LocalClock) -> ServoState {
        let estimate = self.estimate(clock);
        let moves = self.refused.is_none();
        if let Some(locked) = self.conduct.conclude(&estimate, moves, mono_now()) {
            self.report(if locked {
                format!(
                    "locked: offset {:+.0} ns, bound {:.0} ns, rate {:+.1} ppb",
                    estimate.offset_s * 1e9,
                    estimate.bound_total_s * 1e9,
                    self.rate * 1e9
                )
            } else {
                "lock lost".to_owned()
            });
        }
        let known = matches!(estimate.health, Phase::Locked | Phase::Holdover);
        let bound_ns = known.then(|| nanos_up(estimate.bound_total_s));
        clock.publish(bound_ns, page_state(estimate.health));
        ServoState {
            locked: self.conduct.is_locked(),
            offset: estimate.offset,
            mean_delay: span(estimate.mean_delay_s.unwrap_or(0.0)),
        }
    }

    fn carry_out(&mut self, decided: (Option<Span>, Option<f64>), clock: &mut LocalClock) {
        if decided == (None, None) {
            return;
        }
        match steer(clock, (&self.policy, &self.conduct), decided) {
            Ok(moved) => {
                self.refusal = None;
                self.conduct.acted(moved.step);
                self.actuated(&moved);
                if moved.step != Span::ZERO {
                    self.steps += 1;
                    self.report(format!("clock stepped by {} ns", moved.step.nanos()));
                }
            }
            Err(Refusal::Observed) => {}
            Err(refusal) => {
                if self.refusal.as_ref().map(core::mem::discriminant)
                    != Some(core::mem::discriminant(&refusal))
                {
                    self.report(refusal.to_string());
                }
                self.refusal = Some(refusal);
            }
        }
    }

    fn actuated(&mut self, moved: &Moved) {
        self.rate = moved.rate;
        let actuation = Actuation { at: moved.at, rate: moved.rate, step: moved.step };
        self.servo.actuated(&actuation);
        if self.moves.len() < MOVES_MAX {
            self.moves.push(actuation);
        }
    }

    /// Hands over what was done to the clock since the last time, oldest first.
    pub(crate) fn each_move(&mut self, mut tell: impl FnMut(&Actuation)) {
        self.moves.drain(..).for_each(|actuation| tell(&actuation));
    }

    /// Tells the kernel how good its clock is.
    pub(crate) fn vouch(&self, clock: &mut LocalClock) {
        if !self.conduct.owns() {
            return;
        }
        let estimate = self.estimate(clock);
        let bound = self.conduct.is_locked().then(|| nanos_up(estimate.bound_total_s));
        if let Err(error) = vouch(clock, bound) {
            tracing::debug!("{error}");
        }
    }

    /// Tells the kernel that nobody cares for its clock any more.
    pub(crate) fn let_go(&mut self, clock: &mut LocalClock) {
        self.conduct.let_go();
        self.vouch(clock);
    }

    pub(crate) fn estimate(&self, clock: &LocalClock) -> Estimate {
        self.servo.predict(clock.read())
    }

    /// What the clock lives on without a source; nothing if it never had one.
    pub(crate) fn without_source(&self) -> Option<ClockState> {
        self.conduct.was_locked().then_some(ClockState::Holdover)
    }

    /// What it does with one.
    pub(crate) fn with_source(&self) -> ClockState {
        match (self.conduct.is_locked(), self.conduct.coasts() && self.conduct.was_locked()) {
            (true, _) => ClockState::Locked,
            (false, true) => ClockState::Holdover,
            (false, false) => ClockState::Acquiring,
        }
    }

    /// Why it is not better, in plain words.
    pub(crate) fn complaint(&self) -> Option<String> {
        let refusal = || self.refusal.map(|refusal| refusal.to_string());
        self.refused.map(str::to_owned).or_else(refusal)
    }

    /// That it is far off and may only be pulled, and for how long that takes; nothing if it is not.
    pub(crate) fn pulled(&self, clock: &LocalClock) -> Option<String> {
        let estimate = self.estimate(clock);
        let (known, off_s) = (estimate.mean_delay_s.is_some(), estimate.offset_s);
        let pulls = known && clock.moves() && off_s.abs() > PULLED_LEAST_S;
        let lasts = Duration::from_secs_f64(off_s.abs() / self.policy.max_rate);
        pulls.then(|| self.policy.explain(estimate.offset, lasts))
    }

    pub(crate) const fn has_source(&self) -> bool {
        self.conduct.was_measured()
    }

    fn report(&mut self, line: String) {
        if self.reports.len() < REPORTS_MAX {
            self.reports.push(line);
        }
    }

    pub(crate) fn take_report(&mut self) -> Option<String> {
        if self.reports.is_empty() { None } else { Some(self.reports.remove(0)) }
    }

    pub(crate) fn recall(&mut self, remembered: &Remembered) {
        self.servo.recall(FrequencyMemory {
            rate: remembered.rate_ppb * 1e-9,
            uncertainty: remembered.sigma_ppb * 1e-9,
        });
    }

    pub(crate) fn remember(&self) -> Option<Remembered> {
        let memory = self.servo.remember()?;
        Some(Remembered { rate_ppb: memory.rate * 1e9, sigma_ppb: memory.uncertainty * 1e9 })
    }

    /// Believes and does no more than this from now on.
    pub(crate) fn limit(&mut self, settings: &servo::Settings, policy: Policy) {
        self.policy = policy;
        self.conduct.limit(settings.step, settings.max_step);
        self.servo.limit(settings);
    }
}

pub(crate) fn settings(config: &Config) -> servo::Settings {
    servo::Settings {
        control: match config.servo {
            ServoChoice::Kalman => ControlKind::Kalman,
            ServoChoice::Pi => ControlKind::PiSoftware,
            ServoChoice::Linreg => ControlKind::Linreg,
        },
        oscillator: match config.oscillator {
            OscillatorClass::Auto => Oscillator::Auto,
            OscillatorClass::Xo => Oscillator::Xo,
            OscillatorClass::Tcxo => Oscillator::Tcxo,
            OscillatorClass::Ocxo => Oscillator::Ocxo,
            OscillatorClass::Rubidium => Oscillator::Rubidium,
        },
        step: match config.step_policy {
            StepChoice::Never => StepPolicy::Never,
            StepChoice::First => StepPolicy::First,
            StepChoice::Always => StepPolicy::Always,
            StepChoice::Above => StepPolicy::Above(config.step_threshold),
        },
        max_step: config.max_step,
        max_rate: f64::from(config.max_rate_ppb) * 1e-9,
        max_path_delay: config.max_path_delay,
        asymmetry_bound: config.asymmetry_bound,
        sigma: config.bound_sigma,
        ..servo::Settings::default()
    }
}

const fn page_state(phase: Phase) -> PageState {
    match phase {
        Phase::Free => PageState::Free,
        Phase::Acquiring => PageState::Acquiring,
        Phase::Locked => PageState::Locked,
        Phase::Holdover => PageState::Holdover,
    }
}

fn span(seconds: f64) -> Span {
    Span::from_scaled((seconds * (1e9 * 65_536.0)) as i128)
}

fn nanos_up(seconds: f64) -> u64 {
    (seconds * 1e9).ceil() as u64
}
