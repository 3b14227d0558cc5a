//! What another servo would have done with the same exchanges.
//!
//! The recorded stamps are of the clock as it was steered. What was done to it is undone, which
//! gives the stamps of the oscillator; on these runs a second clock, which the other servo steers.
//! Its error is taken against the source's time as the recorded servo believed it then: nobody
//! knows the truth, so a servo that is better than the recorded one does not look better here than
//! the recorded one's own error allows.

use servo::{Actuation, Servo, Settings};
use time::{Exchange, Measurement, Mono, Span, Timestamp};

use crate::axis::{Steered, seconds};
use crate::entry::{Entry, Track, local_stamp};
use crate::reader::Reader;
use crate::replay::{begin, give};

/// Who has the exchanges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Contender {
    /// The servo that was recorded, with what it did.
    Recorded,
    /// A servo with these settings and a clock of its own.
    Other(Settings),
}

/// One exchange of a contender.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Seconds after the first exchange.
    pub seconds: f64,
    /// How far its clock is ahead of the source as the recorded servo believed it to be, in
    /// seconds.
    pub offset_s: f64,
    /// How far ahead it was by the stamps of this Sync and its own belief of the delay, in seconds.
    pub measured_s: Option<f64>,
    /// How much faster than the oscillator its clock runs, as a fraction.
    pub rate: f64,
}

/// How a contender did. Offsets are of the second half, in seconds; the rest is of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// The root of the mean square of its offsets from the recorded belief.
    pub rms_s: f64,
    /// The largest of them but one in a thousand.
    pub most_s: f64,
    /// The largest of them.
    pub worst_s: f64,
    /// The root of the mean square of its measured offsets.
    pub measured_rms_s: f64,
    /// How often it stepped its clock.
    pub steps: u64,
    /// How often it changed its clock's rate.
    pub rate_changes: u64,
    /// The root of the mean square of those changes in the second half, as a fraction.
    pub rate_change_rms: f64,
    /// All of it.
    pub moments: Vec<Moment>,
}

/// Gives the exchanges of one run, oldest file first, to a contender.
pub fn compare(files: &[Reader], contender: Contender) -> Comparison {
    let Some(first) = files.first() else { return Comparison::default() };
    let mut run = Run::new(first, contender);
    for entry in files.iter().flat_map(Clone::clone) {
        run.take(&entry);
    }
    run.conclude()
}

struct Run {
    recorded: Steered,
    servo: Servo,
    /// Nothing if the recorded clock is the contender's.
    clock: Option<Steered>,
    start: Option<Mono>,
    /// When the last exchange was, and how long the oscillator had run.
    last: Option<(Mono, Span)>,
    changes: Vec<(f64, f64)>,
    done: Comparison,
}

impl Run {
    fn new(first: &Reader, contender: Contender) -> Run {
        let (servo, clock) = match contender {
            Contender::Recorded => (begin(first), None),
            Contender::Other(settings) => (Servo::new(settings), Some(Steered::default())),
        };
        let mut recorded = Steered::default();
        if let Some(actuation) = &first.header().actuation {
            recorded.actuated(actuation);
        }
        let done = Comparison::default();
        Run { recorded, servo, clock, start: None, last: None, changes: Vec::new(), done }
    }

    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Measured(m, track) => self.measured(m, track),
            Entry::Decided(at, _) => self.decide(*at),
            Entry::Actuated(actuation) => {
                if self.clock.is_none() {
                    self.count(self.recorded.rate(), actuation);
                    self.servo.actuated(actuation);
                }
                self.recorded.actuated(actuation);
            }
            Entry::Jumped(epoch, by) => {
                self.recorded.jumped(*epoch, *by);
                if self.clock.is_none() {
                    self.servo.clock_jumped(*epoch, *by);
                }
            }
            Entry::Selected(at) if self.clock.is_some() => {
                let other = self.recorded.elapsed(*at).and_then(|elapsed| self.other(elapsed));
                self.servo.select_source(other.map_or(*at, |(_, reading)| reading));
            }
            entry => give(&mut self.servo, entry),
        }
    }

    /// The other clock's epoch and reading when the oscillator had run for `elapsed`.
    fn other(&self, elapsed: Span) -> Option<(u16, Timestamp)> {
        self.clock.as_ref()?.reading(elapsed)
    }

    fn seconds(&self) -> f64 {
        let last = self.last.map(|(mono, _)| mono);
        self.start.zip(last).map_or(0.0, |(start, last)| last.since(start).as_secs_f64())
    }

    /// A first stamp, or the first after somebody stepped the clock by who knows how much: the
    /// other clock begins where the recorded one is.
    fn place(&mut self, m: &Measurement, local: Timestamp) {
        if self.recorded.knows(m.epoch) {
            return;
        }
        let since = self
            .last
            .map(|(mono, elapsed)| elapsed + Span::from_nanos(m.at.since(mono).as_nanos() as i64));
        let elapsed = since.unwrap_or(Span::ZERO);
        self.recorded.begin(m.epoch, local, elapsed);
        let Some(clock) = &mut self.clock else { return };
        let epoch = if since.is_some() { clock.epoch().wrapping_add(1) } else { m.epoch };
        let rate = if since.is_some() { clock.rate() } else { self.recorded.rate() };
        let actuation = Actuation { at: local, rate, step: Span::ZERO };
        clock.begin(epoch, local, elapsed);
        clock.actuated(&actuation);
        if since.is_some() {
            self.servo.clock_jumped(epoch, None);
        } else {
            self.servo.actuated(&actuation);
        }
    }

    fn measured(&mut self, m: &Measurement, track: &Track) {
        let local = local_stamp(&m.exchange);
        self.place(m, local);
        let Some(elapsed) = self.recorded.elapsed(local) else { return };
        self.start.get_or_insert(m.at);
        self.last = Some((m.at, elapsed));
        let source = local - track.offset;
        let (own, reading) = match self.clock.is_some() {
            false => (*m, local),
            true => match self.translated(m) {
                Some((own, reading)) => (own, reading),
                None => return,
            },
        };
        self.servo.measure(&own);
        let estimate = self.servo.predict(reading);
        let measured = match own.exchange {
            Exchange::Sync { origin, received, correction } => {
                estimate.mean_delay_s.map(|delay| seconds(received - origin - correction) - delay)
            }
            Exchange::Delay { .. } | Exchange::Link { .. } => None,
        };
        let rate = self.clock.as_ref().map_or(self.recorded.rate(), Steered::rate);
        self.done.moments.push(Moment {
            seconds: self.seconds(),
            offset_s: seconds(reading - source),
            measured_s: measured,
            rate,
        });
    }

    /// The exchange with stamps of the other clock; nothing if that was stepped in between.
    fn translated(&self, m: &Measurement) -> Option<(Measurement, Timestamp)> {
        let clock = self.clock.as_ref()?;
        let map = |local: Timestamp| {
            let (epoch, reading) = self.other(self.recorded.elapsed(local)?)?;
            (epoch == clock.epoch()).then_some(reading)
        };
        let mut own = Measurement { epoch: clock.epoch(), ..*m };
        match &mut own.exchange {
            Exchange::Sync { received, .. } => *received = map(*received)?,
            Exchange::Delay { sent, .. } => *sent = map(*sent)?,
            Exchange::Link { sent, received, .. } => {
                (*sent, *received) = (map(*sent)?, map(*received)?);
            }
        }
        Some((own, local_stamp(&own.exchange)))
    }

    fn decide(&mut self, at: Timestamp) {
        if self.clock.is_none() {
            self.servo.decide(at);
            return;
        }
        let Some(elapsed) = self.recorded.elapsed(at) else { return };
        let Some((_, reading)) = self.other(elapsed) else { return };
        let decision = self.servo.decide(reading);
        if decision.step.is_none() && decision.rate.is_none() {
            return;
        }
        let Some(clock) = &mut self.clock else { return };
        let before = clock.rate();
        let rate = decision.rate.unwrap_or(before);
        let step = decision.step.unwrap_or(Span::ZERO);
        let actuation = Actuation { at: reading, rate, step };
        clock.actuated(&actuation);
        self.servo.actuated(&actuation);
        self.count(before, &actuation);
    }

    fn count(&mut self, before: f64, actuation: &Actuation) {
        self.done.steps += u64::from(actuation.step != Span::ZERO);
        if actuation.rate.to_bits() != before.to_bits() {
            self.done.rate_changes += 1;
            self.changes.push((self.seconds(), actuation.rate - before));
        }
    }

    fn conclude(mut self) -> Comparison {
        let half = self.seconds() / 2.0;
        let settled = || self.done.moments.iter().filter(|moment| moment.seconds >= half);
        let mut sizes: Vec<f64> = settled().map(|moment| moment.offset_s.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let most = sizes.len().saturating_sub(1 + sizes.len() / 1000);
        let rms_s = rms(settled().map(|moment| moment.offset_s));
        let measured_rms_s = rms(settled().filter_map(|moment| moment.measured_s));
        let late = self.changes.iter().filter(|(seconds, _)| *seconds >= half);
        self.done.rate_change_rms = rms(late.map(|(_, change)| *change));
        self.done.most_s = sizes.get(most).copied().unwrap_or(0.0);
        self.done.worst_s = sizes.last().copied().unwrap_or(0.0);
        (self.done.rms_s, self.done.measured_rms_s) = (rms_s, measured_rms_s);
        self.done
    }
}

fn rms(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0u64), |(sum, count), v| (sum + v * v, count + 1));
    (sum / count.max(1) as f64).sqrt()
}
