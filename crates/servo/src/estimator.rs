//! From measurements to a belief about the uncorrected oscillator.

use time::{Exchange, Measurement, Span, Timestamp};

use crate::axis::{Axis, Place, span};
use crate::bank::Bank;
use crate::batch::{Batch, Fit};
use crate::detour::Detour;
use crate::estimate::Counts;
use crate::filter::Filter;
use crate::noise::Interval;
use crate::run::{OUTLIER, Run};
use crate::sample::{Direction, Sample, seconds};
use crate::settings::{FrequencyMemory, Oscillator, Settings};

/// Nothing is known of a frequency. It is wider than any crystal, so that a fit is not drawn to zero.
const RATE_DEVIATION: f64 = 1e-3;
/// Any crystal is better than this.
const RATE_USEFUL: f64 = 1e-4;
/// Of our own frequency in terms of another source.
const SOURCE_DEVIATION: f64 = 1e-5;
/// No path delay, and no wrong stamp, is this long; in seconds.
const ABSURD: f64 = 1000.0;
/// This many of them in a row are the truth.
const ABSURD_RUN: u32 = 3;
/// This many stamps of an old epoch in a row mean that nobody counts epochs.
const VOID_RUN: u32 = 8;
/// Samples further apart than this, in seconds, are not of one acquisition.
const GAP: f64 = 1024.0;
/// The lag of corrections in parts of the variance of the phase, and never more intervals than this.
const PATIENCE: f64 = 0.1;
const PATIENCE_MOST: f64 = 16.0;
/// What stamps lose when they are rounded, in seconds: at least, a tick of gigabit Ethernet. Where
/// nothing scatters, no sample shows it.
const ROUNDED: f64 = 8e-9;
/// How many times what samples say the phase is off it may be.
const LEANS: f64 = 2.0;
/// After so many samples more a source is no stranger.
const ACQUAINTED: u32 = 24;
/// Whoever says of stamps that they scatter less than this, in seconds, has them from hardware.
const GOOD_STAMPS: f64 = 1e-6;
/// Samples that scatter by more than this many times what was expected do not agree.
const AGREED: f64 = 1.0;
const JUMP_MEMORY: f64 = 64.0;
/// If that did not help for so many samples, nothing of what was learned is true.
const RELEARN_AGAIN: u32 = 40;
/// No oscillator is off by as much.
const RATE_MOST: f64 = 1e-3;

/// What is believed, and all that it takes to learn.
#[derive(Clone, Debug)]
pub(crate) struct Estimator {
    settings: Settings,
    pub(crate) axis: Axis,
    /// What the source's clock showed when the axis began.
    base: Option<Timestamp>,
    source: Option<u32>,
    batch: Batch,
    fit: Option<Fit>,
    bank: Option<Bank>,
    interval: [Interval; 3],
    runs: [Run; 3],
    last: [Option<Sample>; 3],
    /// By direction: one that holds says nothing of the other.
    absurd_run: [u32; 3],
    void_run: u32,
    since_relearned: u32,
    /// Changes that were of one direction only.
    detour: Detour,
    /// Mean square of what a sample moves the phase by, in s^2.
    jump: f64,
    rate_known: bool,
    pub(crate) counts: Counts,
}

impl Estimator {
    pub(crate) fn limit(&mut self, settings: Settings) {
        self.settings = settings;
    }

    pub(crate) fn new(settings: Settings) -> Estimator {
        Estimator {
            settings,
            axis: Axis::new(),
            base: None,
            source: None,
            batch: Batch::new(0.0, RATE_DEVIATION),
            fit: None,
            bank: None,
            interval: [Interval::default(); 3],
            runs: [Run::default(); 3],
            last: [None; 3],
            absurd_run: [0; 3],
            void_run: 0,
            since_relearned: RELEARN_AGAIN,
            detour: Detour::default(),
            jump: 0.0,
            rate_known: false,
            counts: Counts::default(),
        }
    }

    /// Takes a measurement. Returns the sample if it was one that counts.
    pub(crate) fn measure(&mut self, m: &Measurement) -> Option<Sample> {
        if self.source.is_some_and(|source| source != m.source) {
            self.select_source();
        }
        self.source = Some(m.source);
        let sample = self.sample(m)?;
        self.take(sample).then_some(sample)
    }

    pub(crate) fn select_source(&mut self) {
        self.source = None;
        self.forget_phase(SOURCE_DEVIATION);
    }

    /// Somebody stepped the clock.
    pub(crate) fn clock_jumped(&mut self, epoch: u16, by: Option<Span>) {
        match by {
            _ if epoch == self.axis.epoch() && self.axis.is_known() => {}
            Some(by) => self.axis.moved(epoch, by),
            // The first stamp of that epoch begins anew.
            None => self.forget_phase(1e-7),
        }
    }

    pub(crate) fn recall(&mut self, memory: FrequencyMemory) {
        let deviation = memory.uncertainty;
        if self.rate_known || !memory.rate.is_finite() || !deviation.is_finite() {
            return;
        }
        let deviation = deviation.clamp(1e-9, RATE_DEVIATION);
        self.batch = Batch::new(memory.rate.clamp(-5e-4, 5e-4), deviation);
        self.rate_known = true;
    }

    /// The belief at a moment of the axis.
    pub(crate) fn belief(&self, at: Span) -> Option<Filter> {
        if let Some(bank) = &self.bank {
            return Some(bank.predict(at));
        }
        let wander = self.settings.oscillator.wander().times(100.0);
        self.fit.map(|fit| fit.belief.predict(at, wander))
    }

    /// The belief at the moment of the last sample.
    pub(crate) fn latest(&self) -> Option<Filter> {
        match &self.bank {
            Some(bank) => Some(bank.latest()),
            None => self.fit.map(|fit| fit.belief),
        }
    }

    /// The oscillator's frequency, once there is any reason to believe one.
    pub(crate) fn rate(&self) -> Option<f64> {
        let rate = self.latest().map_or(self.batch.rate(), |belief| belief.mean[1]);
        self.rate_known.then_some(rate)
    }

    /// Whether a source was measured since the phase was forgotten.
    pub(crate) fn has_begun(&self) -> bool {
        self.base.is_some()
    }

    /// What the source's clock showed when the axis began, once the phase is known too.
    pub(crate) fn base(&self) -> Option<Timestamp> {
        let delays = || self.batch.count(Direction::Up) + self.batch.count(Direction::Link);
        let known = self.bank.is_some() || (self.fit.is_some() && delays() > 0);
        self.base.filter(|_| known)
    }

    /// Whether there were enough samples to trust a belief with this deviation.
    pub(crate) fn is_settled(&self, deviation: f64) -> bool {
        let delays = || self.batch.count(Direction::Up) + self.batch.count(Direction::Link);
        let enough = || self.batch.count(Direction::Down) >= 5 && delays() >= 3;
        self.bank.is_some() || (deviation <= 1.5 * self.settings.jitter && enough())
    }

    /// The larger scatter of the two directions.
    pub(crate) fn scatter(&self) -> f64 {
        match (&self.bank, self.fit) {
            (Some(bank), _) => bank.scatter(0).max(bank.scatter(1)),
            (None, Some(fit)) => fit.deviation,
            (None, None) => self.settings.jitter,
        }
    }

    /// What the filters cannot know of the difference of the two directions.
    pub(crate) fn unseen(&self) -> f64 {
        let tails = match &self.bank {
            Some(bank) => {
                let floor = (bank.unsure_floor(0) + bank.unsure_floor(1)) / 2.0;
                floor.max(LEANS * bank.lean()) + bank.dispute()
            }
            None => {
                self.fit.map_or(self.settings.jitter, |fit| 2.0 * fit.scatter.max(fit.deviation))
            }
        };
        seconds(self.settings.asymmetry_bound) / 2.0 + self.detour.ambiguity() + tails.max(ROUNDED)
    }

    /// Whether samples of good stamps scatter no more than was expected, so that none of the few was
    /// late. Where programs take the stamps, the late ones of a beginning come together.
    pub(crate) fn agreed(&self) -> bool {
        if self.settings.jitter > GOOD_STAMPS {
            return false;
        }
        let scatter = match (&self.bank, self.fit) {
            (Some(_), _) if self.runs.iter().any(|run| run.count > 0) => return false,
            (Some(_), _) => self.scatter(),
            (None, Some(fit)) => fit.scatter,
            (None, None) => return false,
        };
        scatter <= AGREED * self.settings.jitter
    }

    /// The standard deviation of the phase of late, in seconds.
    pub(crate) fn held(&self) -> f64 {
        self.bank.as_ref().map_or(0.0, Bank::held)
    }

    /// How long a correction may take that is beyond doubt. The first ones are made at once.
    pub(crate) fn indulgence(&self) -> f64 {
        let known = self.bank.as_ref().is_some_and(|bank| bank.samples() >= ACQUAINTED);
        if known { 2.0 * self.interval() } else { 0.0 }
    }

    /// How long a correction may take: its lag is to be small beside what is not known anyway.
    pub(crate) fn patience(&self) -> Option<f64> {
        let bank = self.bank.as_ref().filter(|bank| bank.samples() >= ACQUAINTED)?;
        let intervals = PATIENCE * bank.latest().cov[0][0] / self.jump.max(1e-40);
        Some(self.interval() * intervals.min(PATIENCE_MOST))
    }

    /// The interval of Sync, in seconds.
    pub(crate) fn interval(&self) -> f64 {
        self.interval[0].seconds()
    }

    /// How long ago the last Sync was.
    pub(crate) fn silence(&self, at: Span) -> f64 {
        self.interval[0].last().map_or(0.0, |last| seconds(at - last))
    }

    fn forget_phase(&mut self, deviation: f64) {
        let rate = self.rate().unwrap_or(0.0);
        let deviation = if self.rate_known { deviation } else { RATE_DEVIATION };
        self.batch = Batch::new(rate, deviation);
        (self.fit, self.bank, self.base) = (None, None, None);
        (self.last, self.runs) = ([None; 3], [Run::default(); 3]);
        (self.absurd_run, self.void_run) = ([0; 3], 0);
        (self.detour, self.jump) = (Detour::default(), 0.0);
        self.interval.iter_mut().for_each(Interval::interrupt);
    }

    /// Where the stamp is on the axis, which begins anew if it must.
    fn place(&mut self, epoch: u16, local: Timestamp) -> Option<Span> {
        match self.axis.place(epoch, local) {
            Place::At(at) => {
                self.void_run = 0;
                Some(at)
            }
            Place::Void if self.void_run < VOID_RUN => {
                self.void_run += 1;
                self.counts.void += 1;
                None
            }
            Place::Void | Place::Unknown => {
                self.forget_phase(1e-7);
                self.axis.begin(epoch, local);
                Some(self.axis.elapsed(local))
            }
        }
    }

    fn sample(&mut self, m: &Measurement) -> Option<Sample> {
        let (direction, at, value) = match m.exchange {
            Exchange::Sync { origin, received, correction } => {
                let at = self.place(m.epoch, received)?;
                let source = origin + correction;
                let base = *self.base.get_or_insert(source - at);
                (Direction::Down, at, at - (source - base))
            }
            Exchange::Delay { sent, received, correction } => {
                let at = self.place(m.epoch, sent)?;
                (Direction::Up, at, received - correction - self.base? - at)
            }
            Exchange::Link { sent, request_received, response_sent, received, correction } => {
                let (left, at) = (self.place(m.epoch, sent)?, self.place(m.epoch, received)?);
                let there = response_sent - request_received;
                // Our oscillator counted the turnaround too fast.
                let too_much = span(self.rate().unwrap_or(0.0) * seconds(at - left));
                (Direction::Link, at, (at - left - too_much - there - correction).half())
            }
        };
        let value = seconds(value) - self.detour.of(direction);
        let sample = Sample { direction, at, value };
        if libm::fabs(self.residual(&sample)) > ABSURD {
            self.counts.void += 1;
            let run = &mut self.absurd_run[direction.index()];
            *run += 1;
            if *run >= ABSURD_RUN {
                self.forget_phase(SOURCE_DEVIATION);
            }
            return None;
        }
        self.absurd_run[direction.index()] = 0;
        Some(sample)
    }

    /// How far a sample is from what is expected; from nothing if nothing is.
    fn residual(&self, sample: &Sample) -> f64 {
        let belief = self.belief(sample.at);
        belief.map_or(sample.value, |belief| {
            sample.value - sample.direction.sign() * belief.mean[0] - belief.mean[2]
        })
    }

    fn take(&mut self, sample: Sample) -> bool {
        if self.is_too_long(&sample) {
            self.counts.too_long += 1;
            return false;
        }
        let index = sample.direction.index();
        self.interval[index].see(sample.at);
        self.last[index] = Some(sample);
        self.counts.used += 1;
        if self.bank.is_some() {
            self.run(sample);
        } else {
            self.begin(sample);
        }
        true
    }

    /// Whether the mean delay of this and the last one of the other direction is above the limit.
    fn is_too_long(&self, sample: &Sample) -> bool {
        let Some(limit) = self.settings.max_path_delay else { return false };
        let other = match sample.direction {
            Direction::Down => self.last[1],
            Direction::Up => self.last[0],
            Direction::Link => return sample.value > seconds(limit),
        };
        other.is_some_and(|other| {
            let moved = self.rate().unwrap_or(0.0) * seconds(sample.at - other.at);
            let other = other.value + other.direction.sign() * moved;
            (sample.value + other) / 2.0 > seconds(limit)
        })
    }

    fn begin(&mut self, sample: Sample) {
        let last = self.batch.samples().last();
        if last.is_some_and(|last| libm::fabs(seconds(sample.at - last.at)) > GAP) {
            // Nobody knows what was between them.
            self.batch = Batch::new(self.batch.rate(), RATE_DEVIATION);
        }
        self.batch.push(sample);
        self.fit = self.batch.fit(self.settings.jitter);
        let (down, up) = (self.batch.count(Direction::Down), self.batch.count(Direction::Up));
        let delays = up + self.batch.count(Direction::Link);
        let useful = |fit: Fit| fit.belief.cov[1][1] < RATE_USEFUL * RATE_USEFUL;
        self.rate_known |= self.fit.is_some_and(useful) && down >= 2;
        let Some(fit) = self.fit.filter(|_| down >= 8 && delays >= 6) else { return };
        let oscillator = self.settings.oscillator;
        let least = if oscillator == Oscillator::Auto { 1e-10 } else { 1.0 / 16.0 };
        self.bank = Some(Bank::new(fit.belief, fit.scatter, oscillator.wander(), least));
        self.rate_known = true;
    }

    fn run(&mut self, sample: Sample) {
        let index = sample.direction.index();
        let residual = self.residual(&sample);
        let Some(bank) = &mut self.bank else { return };
        self.since_relearned += 1;
        if libm::fabs(bank.latest().mean[1]) > RATE_MOST {
            self.restart();
            return;
        }
        let taken = bank.update(sample);
        if taken.adrift {
            self.restart();
            return;
        }
        self.jump += (taken.jump * taken.jump - self.jump) / JUMP_MEMORY;
        self.counts.outliers += u64::from(libm::fabs(taken.distance) >= OUTLIER);
        self.runs[index].see(taken.distance, residual);
        if self.runs[index].is_long() {
            self.relearn();
        }
    }

    /// Nothing fits: not even the frequency is to be believed.
    fn restart(&mut self) {
        let rate = self.rate().filter(|rate| libm::fabs(*rate) <= RATE_MOST);
        self.forget_phase(RATE_DEVIATION);
        self.batch = Batch::new(rate.unwrap_or(0.0), RATE_DEVIATION);
    }

    /// Outliers agree: the path or the source changed.
    fn relearn(&mut self) {
        self.counts.relearned += 1;
        if core::mem::take(&mut self.since_relearned) < RELEARN_AGAIN {
            self.restart();
            return;
        }
        let runs = self.runs.map(|run| run.mean());
        let peer = self.interval[2].last().is_some();
        let (phase, delay) =
            if peer { (runs[0], runs[2]) } else { self.detour.found(runs[0], runs[1]) };
        let scatter = self.scatter();
        if let Some(bank) = &mut self.bank {
            bank.shift(phase, delay);
            bank.doubt(scatter * scatter, scatter * scatter);
        }
        self.runs = [Run::default(); 3];
    }
}
