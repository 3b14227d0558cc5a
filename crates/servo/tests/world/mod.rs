#![expect(dead_code, reason = "each test uses a part of it")]
//! A source, a path and a clock with a wrong oscillator, for the tests of the servo.

use servo::{Actuation, Decision, Phase, Servo, Settings};
use time::{ClockIndex, Exchange, Measurement, Mono, Span, Timestamp};

/// Numbers that look random (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn gauss(&mut self) -> f64 {
        let (u, v) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (core::f64::consts::TAU * v).cos()
    }

    pub(crate) fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }
}

/// What a path adds to its floor.
#[derive(Clone, Copy)]
pub(crate) enum Jitter {
    Gauss(f64),
    Exponential(f64),
    /// Exponential, and with a probability of 3 % up to this much more.
    Spiked(f64, f64),
    /// Exponential, and with this probability up to this much more.
    Busy(f64, f64, f64),
}

impl Jitter {
    fn draw(self, dice: &mut Dice) -> f64 {
        match self {
            Jitter::Gauss(deviation) => deviation * dice.gauss(),
            Jitter::Exponential(mean) => mean * dice.exponential(),
            Jitter::Spiked(mean, spike) => Jitter::Busy(mean, spike, 0.03).draw(dice),
            Jitter::Busy(mean, spike, share) => {
                let late = if dice.uniform() < share { spike * dice.uniform() } else { 0.0 };
                mean * dice.exponential() + late
            }
        }
    }
}

/// What happens in a run.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) rate: f64,
    /// Random walk of the frequency, s^-1.
    pub(crate) wander: f64,
    pub(crate) phase: Span,
    pub(crate) floor: f64,
    pub(crate) down: Jitter,
    pub(crate) up: Jitter,
    pub(crate) interval: f64,
    pub(crate) delay_interval: f64,
    pub(crate) loss: f64,
    pub(crate) peer: bool,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Plan {
        Plan {
            seed,
            rate: 0.0,
            wander: 1e-18,
            phase: Span::ZERO,
            floor: 30e-6,
            down: Jitter::Exponential(4e-6),
            up: Jitter::Exponential(4e-6),
            interval: 1.0,
            delay_interval: 1.0,
            loss: 0.0,
            peer: false,
        }
    }
}

/// One look at the clock from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) at: f64,
    pub(crate) error: f64,
    pub(crate) believed: f64,
    pub(crate) bound: f64,
    pub(crate) health: Phase,
}

pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) servo: Servo,
    pub(crate) dice: Dice,
    pub(crate) looks: Vec<Look>,
    pub(crate) decisions: Vec<(f64, Decision)>,
    pub(crate) steps: usize,
    pub(crate) now: f64,
    source: Span,
    local: Span,
    rate: f64,
    applied: f64,
    epoch: u16,
    number: u32,
    next_look: f64,
    next_sync: f64,
    next_delay: f64,
    decide_at: f64,
    pending: Option<(f64, Measurement)>,
}

pub(crate) fn span(seconds: f64) -> Span {
    Span::from_scaled((seconds * 65_536e9).round() as i128)
}

pub(crate) fn seconds(span: Span) -> f64 {
    span.scaled() as f64 / 65_536e9
}

impl World {
    pub(crate) fn new(plan: Plan, settings: Settings) -> World {
        let source = Span::from_seconds(1_790_000_000);
        World {
            plan,
            servo: Servo::new(settings),
            dice: Dice::new(plan.seed),
            looks: Vec::new(),
            decisions: Vec::new(),
            steps: 0,
            now: 0.0,
            source,
            local: source + plan.phase,
            rate: plan.rate,
            applied: 0.0,
            epoch: 7,
            number: 1,
            next_look: 0.1,
            next_sync: 0.3,
            next_delay: 0.7,
            decide_at: f64::MAX,
            pending: None,
        }
    }

    pub(crate) fn error(&self) -> f64 {
        seconds(self.local - self.source)
    }

    pub(crate) fn reading(&self) -> Timestamp {
        Timestamp::from_span(self.local)
    }

    pub(crate) fn epoch(&self) -> u16 {
        self.epoch
    }

    /// The source is another one, this far ahead of the one before.
    pub(crate) fn change_source(&mut self, ahead: f64) {
        self.number += 1;
        self.source += span(ahead);
    }

    /// Somebody moves our clock.
    pub(crate) fn disturb(&mut self, by: f64) {
        self.local += span(by);
        self.epoch += 1;
    }

    pub(crate) fn forbid_requests(&mut self) {
        self.next_delay = f64::MAX;
    }

    pub(crate) fn step_source(&mut self, by: f64) {
        self.source += span(by);
    }

    pub(crate) fn run(&mut self, seconds: f64) {
        let end = self.now + seconds;
        loop {
            let pending = self.pending.as_ref().map_or(f64::MAX, |(at, _)| *at);
            let next = self.next_sync.min(self.next_delay).min(pending).min(self.decide_at);
            let look = self.next_look;
            if next.min(look) > end {
                self.advance(end);
                return;
            }
            if look < next {
                self.advance(look);
                self.next_look += 0.1;
                self.look();
            } else {
                self.advance(next);
                self.happen(next);
            }
        }
    }

    fn happen(&mut self, at: f64) {
        if at == self.decide_at {
            self.decide_at = f64::MAX;
            self.decide();
            return;
        }
        let lost = self.dice.uniform() < self.plan.loss;
        if self.pending.as_ref().is_some_and(|(due, _)| *due <= at) {
            let (_, m) = self.pending.take().expect("it is due");
            self.measure(m);
        } else if at == self.next_sync {
            self.next_sync += self.plan.interval;
            if !lost {
                self.sync();
            }
        } else {
            self.next_delay += self.plan.delay_interval * (0.5 + self.dice.uniform());
            if !lost {
                self.request();
            }
        }
    }

    fn sync(&mut self) {
        let delay = self.plan.floor + self.plan.down.draw(&mut self.dice);
        let origin = Timestamp::from_span(self.source - span(delay)).whole_nanos();
        // A correction takes part of the path out again, as a transparent clock does.
        let exchange = Exchange::Sync {
            origin: origin - Span::from_nanos(1500),
            received: self.reading().whole_nanos(),
            correction: Span::from_nanos(1500),
        };
        let m = self.measurement(exchange);
        self.measure(m);
    }

    fn request(&mut self) {
        let delay = self.plan.floor + self.plan.up.draw(&mut self.dice);
        let sent = self.reading().whole_nanos();
        let exchange = if self.plan.peer {
            let back = self.plan.floor + self.plan.down.draw(&mut self.dice);
            let turnaround = span(1e-4);
            let there = Timestamp::from_span(self.source) + span(delay) + Span::from_seconds(99);
            let gone = span((delay + back) * (1.0 + self.rate)) + turnaround;
            Exchange::Link {
                sent,
                request_received: there,
                response_sent: there + turnaround,
                received: sent + gone,
                correction: Span::ZERO,
            }
        } else {
            let received = Timestamp::from_span(self.source + span(delay)).whole_nanos();
            Exchange::Delay { sent, received, correction: Span::ZERO }
        };
        let m = self.measurement(exchange);
        self.pending = Some((self.now + 0.02 * self.dice.uniform(), m));
    }

    pub(crate) fn measurement(&self, exchange: Exchange) -> Measurement {
        Measurement {
            instance: 0,
            port: 1,
            clock: ClockIndex(0),
            epoch: self.epoch,
            source: self.number,
            at: Mono::from_nanos((self.now * 1e9) as u64),
            exchange,
        }
    }

    pub(crate) fn measure(&mut self, m: Measurement) {
        self.servo.measure(&m);
        self.decide();
    }

    fn decide(&mut self) {
        let decision = self.servo.decide(self.reading());
        self.decide_at = self.now + decision.again.as_secs_f64();
        self.decisions.push((self.now, decision));
        if decision.step.is_some() || decision.rate.is_some() {
            let step = decision.step.unwrap_or(Span::ZERO);
            // The kernel's unit of rate is 2^-16 ppm.
            let rate = decision.rate.unwrap_or(self.applied);
            self.applied = (rate * 65_536e6).round() / 65_536e6;
            let at = self.reading();
            self.servo.actuated(&Actuation { at, rate: self.applied, step });
            self.local += step;
            if step != Span::ZERO {
                self.steps += 1;
                self.epoch += 1;
            }
        }
    }

    fn advance(&mut self, to: f64) {
        let dt = to - self.now;
        let half = (self.plan.wander * dt).sqrt() / 2.0;
        self.rate += half * self.dice.gauss();
        let fast = self.rate + self.applied + self.rate * self.applied;
        self.rate += half * self.dice.gauss();
        self.source += span(dt);
        self.local += span(dt) + span(dt * fast);
        self.now = to;
    }

    fn look(&mut self) {
        let e = self.servo.predict(self.reading());
        assert!(e.offset_s.is_finite() && e.bound_total_s.is_finite() && e.rate.is_finite());
        self.looks.push(Look {
            at: self.now,
            error: self.error(),
            believed: e.offset_s,
            bound: e.bound_total_s,
            health: e.health,
        });
    }

    /// When it was locked for the first time.
    pub(crate) fn locked_at(&self) -> Option<f64> {
        self.looks.iter().find(|look| look.health == Phase::Locked).map(|look| look.at)
    }

    /// Looks at least this late.
    pub(crate) fn since(&self, at: f64) -> Report {
        Report::new(self.looks.iter().filter(|look| look.at >= at))
    }
}

/// What looks say together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    /// The 95th percentile of the true error.
    pub(crate) p95: f64,
    pub(crate) max: f64,
    pub(crate) rms: f64,
    /// The share of looks with the truth inside the bound around what is believed.
    pub(crate) covered: f64,
    /// The share of looks with the true error inside the bound.
    pub(crate) within: f64,
    pub(crate) median_bound: f64,
    pub(crate) locked: f64,
}

impl Report {
    /// The worse of both in everything.
    pub(crate) fn worse(self, other: &Report) -> Report {
        Report {
            p95: self.p95.max(other.p95),
            max: self.max.max(other.max),
            rms: self.rms.max(other.rms),
            covered: self.covered.min(other.covered),
            within: self.within.min(other.within),
            median_bound: self.median_bound.max(other.median_bound),
            locked: self.locked.min(other.locked),
        }
    }

    fn new<'a>(looks: impl Iterator<Item = &'a Look>) -> Report {
        let looks: Vec<&Look> = looks.collect();
        let mut errors: Vec<f64> = looks.iter().map(|look| look.error.abs()).collect();
        let mut bounds: Vec<f64> = looks.iter().map(|look| look.bound).collect();
        errors.sort_by(f64::total_cmp);
        bounds.sort_by(f64::total_cmp);
        let n = looks.len() as f64;
        let share = |count: usize| count as f64 / n;
        let inside = |look: &&&Look| (look.error - look.believed).abs() <= look.bound;
        let total = |look: &&&Look| look.error.abs() <= look.bound;
        Report {
            p95: errors[errors.len() * 95 / 100],
            max: errors[errors.len() - 1],
            rms: (errors.iter().map(|error| error * error).sum::<f64>() / n).sqrt(),
            covered: share(looks.iter().filter(inside).count()),
            within: share(looks.iter().filter(total).count()),
            median_bound: bounds[bounds.len() / 2],
            locked: share(looks.iter().filter(|look| look.health == Phase::Locked).count()),
        }
    }
}
