//! Other domains on the same interfaces: measured against our clock and shown, never followed.

use config::Config;
use control::ClockState;
use engine::ServoState;
use servo::{Actuation, Estimate, Phase, Servo};
use time::{Measurement, Span};
use wire::ClockAccuracy;

use crate::clock::LocalClock;
use crate::follower;

/// A domain whose random part is below this counts as measured.
const SURE_S: f64 = 1e-3;

/// What is measured in one domain.
#[derive(Debug)]
pub(crate) struct Observer {
    pub(crate) domain: u8,
    servo: Servo,
    source: Option<u32>,
    seen: bool,
}

/// An observer for each other domain, in the order of the engine's instances from 1 on.
pub(crate) fn observers(config: &Config) -> Vec<Observer> {
    let servo = || Servo::new(follower::settings(config));
    let observer =
        |domain: &u8| Observer { domain: *domain, servo: servo(), source: None, seen: false };
    config.also_domains.iter().map(observer).collect()
}

impl Observer {
    /// Another source, or none.
    pub(crate) fn select(&mut self, source: u32, accuracy: ClockAccuracy, clock: &LocalClock) {
        if self.source != Some(source) {
            self.source = Some(source);
            self.seen = false;
            self.servo.select_source(clock.read());
        }
        let picoseconds = accuracy.picoseconds().unwrap_or(0);
        self.servo.source_says(Span::from_scaled((i128::from(picoseconds) << 16) / 1_000));
    }

    /// Our clock was moved, for another domain's sake.
    pub(crate) fn actuated(&mut self, actuation: &Actuation) {
        self.servo.actuated(actuation);
    }

    /// Stamps before this do not compare with those after.
    pub(crate) fn clock_jumped(&mut self, clock: &LocalClock) {
        self.servo.clock_jumped(clock.epoch(), None);
    }

    pub(crate) fn measured(
        &mut self,
        measurement: &Measurement,
        clock: &LocalClock,
    ) -> Option<ServoState> {
        if self.source != Some(measurement.source) || measurement.epoch != clock.epoch() {
            return None;
        }
        self.seen = true;
        self.servo.measure(measurement);
        let estimate = self.estimate(clock)?;
        let delay = estimate.mean_delay_s.unwrap_or(0.0);
        Some(ServoState {
            // Its ports say how well it is measured: nobody follows here.
            locked: is_sure(&estimate),
            offset: estimate.offset,
            mean_delay: Span::from_scaled((delay * (1e9 * 65_536.0)) as i128),
        })
    }

    /// Our clock against the domain's, once something was measured.
    pub(crate) fn estimate(&self, clock: &LocalClock) -> Option<Estimate> {
        self.seen.then(|| self.servo.predict(clock.read()))
    }

    pub(crate) fn state(&self, clock: &LocalClock) -> ClockState {
        match self.estimate(clock) {
            None => ClockState::Listening,
            Some(estimate) if estimate.health == Phase::Holdover => ClockState::Holdover,
            Some(estimate) if is_sure(&estimate) => ClockState::Locked,
            Some(_) => ClockState::Acquiring,
        }
    }
}

/// Whether it is known well; how far off our clock is does not matter, nobody corrects it here.
fn is_sure(estimate: &Estimate) -> bool {
    estimate.mean_delay_s.is_some() && estimate.bound_random_s < SURE_S
}
