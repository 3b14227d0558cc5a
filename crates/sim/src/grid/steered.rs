//! A clock that the servo steers, exactly as the daemon lets it.

use servo::{Actuation, ControlKind, Phase, Servo, Settings};
use time::{ClockIndex, Exchange as Stamps, Measurement, Mono, Span, Timestamp};

use crate::grid::exchange::Exchange;
use crate::grid::score::Score;

/// A servo, the clock that it steers, and its score.
#[derive(Clone, Debug)]
pub struct Steered {
    /// What steers.
    pub servo: Servo,
    interval: f64,
    noise: (f64, f64),
    /// What was done to the clock so far, in seconds.
    correction: f64,
    applied: f64,
    epoch: u16,
    /// How often it was stepped.
    pub steps: u32,
    /// How long the oscillator ran since the last exchange until the last change.
    spent: f64,
    /// After how long to decide again, should no Sync come.
    due: f64,
    /// The score since it was last taken.
    pub score: Score,
}

/// The settings of a contender.
pub fn settings(control: ControlKind, oscillator: servo::Oscillator) -> Settings {
    Settings { control, oscillator, ..Settings::default() }
}

impl Steered {
    /// For exchanges every `interval` seconds and an oscillator with this noise.
    pub fn new(settings: Settings, interval: f64, noise: (f64, f64)) -> Steered {
        Steered {
            servo: Servo::new(settings),
            interval,
            noise,
            correction: 0.0,
            applied: 0.0,
            epoch: 1,
            steps: 0,
            spent: 0.0,
            due: f64::INFINITY,
            score: Score::default(),
        }
    }

    /// Shows it an exchange, lets it decide, and scores the interval that follows. `copies` says
    /// how often the Sync and the Delay_Resp arrived.
    pub fn exchange(&mut self, e: &Exchange, copies: [u32; 2]) {
        if e.number > 0 {
            self.correction += self.applied * (self.interval + e.gained - self.spent);
        }
        self.spent = 0.0;
        let (source, local) = (now(e.number, self.interval), self.reading(e));
        for _ in 0..copies[1] {
            let received = source + span(e.up);
            self.measure(e, Stamps::Delay { sent: local, received, correction: Span::ZERO });
        }
        for _ in 0..copies[0] {
            let origin = source - span(e.down);
            let stamps = Stamps::Sync { origin, received: local, correction: Span::ZERO };
            self.measure(e, stamps);
            self.due = self.decide(self.reading(e));
        }
        if copies[0] == 0 && copies[1] > 0 {
            self.due = self.decide(self.reading(e));
        }
        let wait = self.due.min(self.interval);
        self.score.add(wait, self.error(e, 0.0), self.rate(e));
        if wait < self.interval {
            let ran = wait * (1.0 + e.rate);
            self.correction += self.applied * ran;
            self.spent = ran;
            self.decide(source + span(ran + e.phase + self.correction));
            self.score.add(self.interval - wait, self.error(e, wait), self.rate(e));
            self.due = f64::INFINITY;
        }
        self.due -= self.interval;
        self.score.add_noise(self.interval, self.noise);
    }

    /// What the corrected clock shows at an exchange.
    fn reading(&self, e: &Exchange) -> Timestamp {
        now(e.number, self.interval) + span(e.phase + self.correction)
    }

    /// Whether it takes itself for locked, just after an exchange.
    pub fn is_locked(&self, e: &Exchange) -> bool {
        self.servo.predict(self.reading(e)).health == Phase::Locked
    }

    /// How far the corrected clock is off so long after an exchange, if nothing changed since.
    pub fn error(&self, e: &Exchange, since: f64) -> f64 {
        e.phase + e.rate * since + self.correction
    }

    fn rate(&self, e: &Exchange) -> f64 {
        e.rate + self.applied + e.rate * self.applied
    }

    fn measure(&mut self, e: &Exchange, exchange: Stamps) {
        self.servo.measure(&Measurement {
            instance: 0,
            port: 1,
            clock: ClockIndex(0),
            epoch: self.epoch,
            source: 1,
            at: Mono::from_nanos((e.number as f64 * self.interval * 1e9) as u64),
            exchange,
        });
    }

    /// Decides when the clock reads `local`, does it, and says after how long to decide again.
    fn decide(&mut self, local: Timestamp) -> f64 {
        let decision = self.servo.decide(local);
        if decision.step.is_some() || decision.rate.is_some() {
            let step = decision.step.unwrap_or(Span::ZERO);
            self.applied = decision.rate.unwrap_or(self.applied);
            self.servo.actuated(&Actuation { at: local, rate: self.applied, step });
            if step != Span::ZERO {
                self.correction += step.scaled() as f64 / 65_536e9;
                self.epoch = self.epoch.wrapping_add(1);
                self.steps += 1;
            }
        }
        decision.again.as_secs_f64()
    }
}

/// The source's clock at an exchange.
fn now(number: u64, interval: f64) -> Timestamp {
    let step = (interval * 65_536e9) as i128;
    Timestamp::from_span(Span::from_seconds(1_790_000_000))
        + Span::from_scaled(step * i128::from(number))
}

fn span(seconds: f64) -> Span {
    Span::from_scaled(libm::round(seconds * 65_536e9) as i128)
}
