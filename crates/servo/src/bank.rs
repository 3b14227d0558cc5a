//! Hypotheses about delays and oscillator that compete: each is a filter, weighted by how well it
//! predicted, and those that do badly give way to variants of the best.

use time::Span;

use crate::density::Density;
use crate::filter::{Filter, Moments, Wander};
use crate::member::{CHANGES, Member, Seen, side};
use crate::sample::{Sample, seconds};

/// Cores of the ladder, as parts of the scale of all delays. Each learns its own within a factor
/// of two.
const LADDER: [f64; 6] = [0.6, 0.2, 0.05, 0.012, 0.003, 0.0007];
const STEP: f64 = 4.0;
/// How much more the frequency wanders in the opinion of some, beside the others.
const TEMPERS: [f64; 3] = [16.0, 1e5, 1.0 / 16.0];
/// The Gaussian one, the ladder, and those with other tempers.
const FIXED: usize = 1 + LADDER.len() + TEMPERS.len();
const TEMPERED: usize = 1 + LADDER.len();
/// Those that may be replaced.
const VARIANTS: usize = 5;
const MEMBERS: usize = FIXED + VARIANTS;
/// After this many samples one of them is.
const EPOCH: u32 = 64;
/// So few tell whether the clock is adrift.
const GLANCE: u32 = 16;
/// A variant has no say before it has seen this many.
const PROBATION: u32 = 2 * EPOCH;
/// How many samples the scores remember.
const MEMORY: f64 = 10_000.0;
/// No hypothesis is ever worse than this many nats, so none takes longer to come back.
const WORST: f64 = 45.0;
/// A new one begins this much behind the best.
const NEWCOMER: f64 = 3.0;
/// The ladder is not made for delays with a smaller mean square of their distances, nor where more
/// than a quarter is farther away.
const TAME: f64 = 0.02;
const TAME_MOST: u32 = 1024;
const FAR: f64 = 7.0;
const SCALE_LEAST: f64 = 1e-10;
/// How much of their scatter the floors of the two directions may differ without being noticed,
/// and how many samples it takes to know them so well.
const UNSURE: f64 = 0.6;
const UNSURE_FIRST: f64 = 16.0;
/// What is left of a large deviation after each sample.
const HOLD: f64 = 15.0 / 16.0;
/// So many samples of so many deviations at most say whether the phase is off.
const LEAN_MEMORY: f64 = 8.0;
const LEAN_MOST: f64 = 4.0;
/// How many nats a Gaussian is doubted at first.
const ROBUST: f64 = 8.0;
/// Neighbours differ by this part of what samples differ, or they are adrift.
const ADRIFT: f64 = 0.01;
const OPPOSITE: f64 = 0.7;
/// Nats behind the best that samples leave undecided.
const UNDECIDED: f64 = -5.0;
/// This far behind, one with another temper begins again beside the best.
const LOSING: f64 = 6.0;
/// How far the belief about the oscillator may move.
const WANDER_MOST: f64 = 1e6;

/// The mixture.
#[derive(Clone, Debug)]
pub(crate) struct Bank {
    members: [Member; MEMBERS],
    /// Of the likely oscillator.
    wander: Wander,
    wander_least: f64,
    wander_factor: f64,
    /// Standard deviation of the delays that the ladder was made for, in seconds.
    scale: f64,
    mixture: Filter,
    /// How far apart in phase those are that the samples cannot tell from the best, in seconds.
    dispute: f64,
    /// The largest standard deviation of the phase of late, which is forgotten slowly, in seconds.
    held: f64,
    /// By how much samples said lately that the phase is off, in seconds; both directions count.
    lean: f64,
    /// Since the last epoch, and the last few samples.
    look: Look,
    glance: Look,
    /// How many epochs in a row were tame, and how many it takes to believe it.
    tame: u32,
    tame_enough: u32,
    samples: u32,
    change: usize,
}

/// What was seen since the last epoch, in deviations.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    squares: f64,
    far: u32,
    last: [Option<f64>; 2],
    differences: f64,
    /// Sum of products of one direction's distance with the other's.
    products: f64,
}

impl Look {
    fn see(&mut self, distance: f64, side: usize) {
        self.squares += distance * distance;
        self.far += u32::from(libm::fabs(distance) > FAR);
        if let Some(last) = self.last[side].replace(distance) {
            self.differences += (distance - last) * (distance - last) / 2.0;
        }
        self.products += distance * self.last[1 - side].unwrap_or(0.0);
    }

    /// Delays scatter from one to the next; what moves slowly, and the other way in the other
    /// direction, is the clock.
    fn is_adrift(&self) -> bool {
        self.squares > TAME * f64::from(GLANCE)
            && self.differences < ADRIFT * self.squares
            && self.products < -OPPOSITE * self.squares
    }
}

/// What a sample did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// How many deviations it was away from what was expected.
    pub(crate) distance: f64,
    /// How far it moved the phase, in seconds.
    pub(crate) jump: f64,
    /// Nothing that is believed of the oscillator fits.
    pub(crate) adrift: bool,
}

impl Bank {
    /// All begin from one belief, and with delays that scatter by `scale` seconds. `wander_least`
    /// is how much calmer than `wander` the oscillator may be found, as a factor.
    pub(crate) fn new(start: Filter, scale: f64, wander: Wander, wander_least: f64) -> Bank {
        let gaussian = Density::gaussian(scale);
        let mixture = start;
        let start = Moments::of(&mixture);
        let mut members = [Member::new(start, [gaussian; 2], false); MEMBERS];
        for (member, level) in members[1..].iter_mut().zip(LADDER) {
            *member = Member::new(start, [Density::new(level, scale); 2], true);
        }
        let pairs = [(None, Some(0.03)), (Some(0.03), None), (Some(0.03), Some(0.03))];
        for (member, (down, up)) in members[FIXED..].iter_mut().zip(pairs) {
            let density = |level: Option<f64>| match level {
                Some(level) => Density::new(level, scale),
                None => gaussian,
            };
            *member = Member::new(start, [density(down), density(up)], false);
        }
        for (member, temper) in members[TEMPERED..].iter_mut().zip(TEMPERS) {
            member.restless = temper;
        }
        Bank {
            members,
            wander,
            wander_least,
            wander_factor: 1.0,
            scale,
            mixture,
            dispute: 0.0,
            held: 0.0,
            lean: 0.0,
            look: Look::default(),
            glance: Look::default(),
            tame: 0,
            tame_enough: 1,
            samples: 0,
            change: 0,
        }
    }

    fn wander(&self) -> Wander {
        self.wander.times(self.wander_factor)
    }

    /// Whether a member's opinion counts.
    fn speaks(&self, member: usize) -> bool {
        member < FIXED || self.members[member].age >= PROBATION || self.samples < 10 * EPOCH
    }

    /// Nats against a Gaussian, which believes late samples, until there were many.
    fn doubted(&self, member: usize) -> f64 {
        let plain = (0..2).all(|side| self.members[member].density(side).is_gaussian());
        if plain { ROBUST / (1.0 + f64::from(self.samples) / 32.0) } else { 0.0 }
    }

    fn weights(&self) -> [f64; MEMBERS] {
        let mut weights = [f64::NEG_INFINITY; MEMBERS];
        for (i, weight) in weights.iter_mut().enumerate() {
            if self.speaks(i) {
                *weight = self.members[i].score + self.members[i].prior() - self.doubted(i);
            }
        }
        let best = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        weights = weights.map(|weight| libm::exp(weight - best));
        let total: f64 = weights.iter().sum();
        weights.map(|weight| weight / total)
    }

    /// The mixture's belief at the moment of the last sample.
    pub(crate) fn latest(&self) -> Filter {
        self.mixture
    }

    /// The mixture's belief at `at`.
    pub(crate) fn predict(&self, at: Span) -> Filter {
        self.mixture.predict(at, self.wander())
    }

    /// How far off the floor of a direction may be that few samples were seen of, in seconds.
    pub(crate) fn unsure_floor(&self, side: usize) -> f64 {
        self.scatter(side)
            * (UNSURE + UNSURE_FIRST / (UNSURE_FIRST + self.members[0].density(side).seen()))
    }

    /// Standard deviation of the delays of a direction, in seconds.
    pub(crate) fn scatter(&self, side: usize) -> f64 {
        libm::sqrt(self.members[0].density(side).core())
    }

    /// The standard deviation of the phase, or what it was lately if that was more, in seconds:
    /// when hypotheses make up their mind, they may be wrong for a while.
    pub(crate) fn held(&self) -> f64 {
        self.held
    }

    /// By how much the last few samples say that the phase is off, in seconds.
    pub(crate) fn lean(&self) -> f64 {
        libm::fabs(self.lean)
    }

    /// How many samples it has taken.
    pub(crate) fn samples(&self) -> u32 {
        self.samples
    }

    /// How far apart in phase those are that the samples cannot tell from the best, in seconds.
    pub(crate) fn dispute(&self) -> f64 {
        self.dispute
    }

    /// Takes a sample into account.
    pub(crate) fn update(&mut self, sample: Sample) -> Taken {
        let at = sample.at.max(self.mixture.at);
        let direction = sample.direction;
        let dt = seconds(at - self.mixture.at);
        let before = Moments::of(&self.mixture).predict(dt, self.wander()).mean;
        // A request may have left before the last Sync arrived.
        let late = seconds(at - sample.at);
        let value = sample.value + direction.sign() * before[1] * late;
        let seen = Seen { direction, dt, value, wander: self.wander(), scale: self.scale };
        let (distance, deviation) = self.distance(&seen);
        let off = direction.sign() * distance.clamp(-LEAN_MOST, LEAN_MOST) * deviation;
        self.lean += (off - self.lean) / LEAN_MEMORY;
        let mut best = f64::NEG_INFINITY;
        for member in &mut self.members {
            let gain = member.take(&seen);
            member.score = (1.0 - 1.0 / MEMORY) * member.score + gain;
            best = best.max(member.score);
        }
        for member in &mut self.members {
            member.score = (member.score - best).max(-WORST);
        }
        self.mix(at);
        self.samples = self.samples.saturating_add(1);
        self.look.see(distance, side(direction));
        self.glance.see(distance, side(direction));
        let mut adrift = false;
        if self.samples.is_multiple_of(GLANCE) {
            adrift = core::mem::take(&mut self.glance).is_adrift();
        }
        if self.samples.is_multiple_of(EPOCH) {
            let look = core::mem::take(&mut self.look);
            self.end_epoch(&look);
        }
        Taken { distance, jump: self.mixture.mean[0] - before[0], adrift }
    }

    /// How many deviations of the direction's delays a sample is away from their mean, and such a
    /// deviation in seconds.
    fn distance(&self, seen: &Seen) -> (f64, f64) {
        let gaussian = &self.members[0];
        let predicted = gaussian.filter.predict(seen.dt, seen.wander);
        let (excess, uncertainty) = predicted.excess(seen.direction, seen.value);
        let variance = uncertainty + gaussian.density(side(seen.direction)).core();
        let deviation = libm::sqrt(variance);
        (excess / deviation, deviation)
    }

    /// The mean and the covariance of all, weighted.
    fn mix(&mut self, at: Span) {
        let weights = self.weights();
        // Means are summed as differences from one of them: phases may be large.
        let origin = self.members[0].filter.mean;
        let mut mixture = Filter { at, mean: [0.0; 3], cov: [[0.0; 3]; 3] };
        for (member, weight) in self.members.iter().zip(weights) {
            for (i, origin) in origin.iter().enumerate() {
                mixture.mean[i] += weight * (member.filter.mean[i] - origin);
            }
        }
        for (member, weight) in self.members.iter().zip(weights) {
            if weight < 1e-12 {
                continue;
            }
            let away = |i: usize| member.filter.mean[i] - origin[i] - mixture.mean[i];
            for (i, row) in member.filter.cov().into_iter().enumerate() {
                for (j, cov) in row.into_iter().enumerate() {
                    mixture.cov[i][j] += weight * (cov + away(i) * away(j));
                }
            }
        }
        for (mean, origin) in mixture.mean.iter_mut().zip(origin) {
            *mean += origin;
        }
        self.held = libm::sqrt(mixture.cov[0][0]).max(HOLD * self.held);
        self.dispute = 0.0;
        for (i, member) in self.members.iter().enumerate() {
            if self.speaks(i) && member.score > UNDECIDED {
                let away = libm::fabs(member.filter.mean[0] - mixture.mean[0]);
                self.dispute = self.dispute.max(away);
            }
        }
        self.mixture = mixture;
    }

    /// Looks back at a number of samples.
    fn end_epoch(&mut self, look: &Look) {
        let square = look.squares / f64::from(EPOCH);
        let far = look.far > EPOCH / 4;
        self.tame = if square < TAME { self.tame + 1 } else { 0 };
        if !far && self.tame < self.tame_enough {
            self.evolve();
            return;
        }
        // Delays are not at all like those that the ladder was made for.
        let scale = 1.5 * self.scatter(0).max(self.scatter(1)) * libm::sqrt(square);
        let scale = scale.max(SCALE_LEAST);
        let mut start = self.members[0].filter.at(self.mixture.at);
        start.doubt(scale * scale, scale * scale);
        // What comes back was only resting.
        let tame_enough = (self.tame_enough * if far { 4 } else { 1 }).min(TAME_MOST);
        let wander_factor = self.wander_factor;
        let fresh = Bank::new(start, scale, self.wander, self.wander_least);
        *self = Bank { wander_factor, tame_enough, ..fresh };
    }

    /// The likeliest member.
    fn best(&self) -> usize {
        let weights = self.weights();
        let better = |a: &usize, b: &usize| weights[*a].total_cmp(&weights[*b]);
        (0..MEMBERS).max_by(better).unwrap_or(0)
    }

    /// Tries something else in the place of what did worst.
    fn evolve(&mut self) {
        let best = self.best();
        self.calm_or_restless(best);
        let of = |i: &usize| self.members[*i].score + self.members[*i].prior();
        let worst = (FIXED..MEMBERS)
            .filter(|i| *i != best && self.speaks(*i))
            .min_by(|a, b| of(a).total_cmp(&of(b)));
        let Some(worst) = worst else { return };
        for _ in 0..CHANGES.len() {
            let change = CHANGES[self.change % CHANGES.len()];
            self.change += 1;
            if let Some(mut variant) = self.members[best].changed(change) {
                variant.restless = 1.0;
                // What is simpler had its advantage long ago: samples have spoken since.
                let simpler = (variant.prior() - self.members[best].prior()).max(0.0);
                variant.score = self.members[best].score - NEWCOMER - simpler;
                self.members[worst] = variant;
                return;
            }
        }
    }

    /// Those with other tempers tell whether the oscillator is other than believed.
    fn calm_or_restless(&mut self, best: usize) {
        let model = self.members[best];
        let shifted = if model.restless > 1.0 {
            (self.wander_factor * STEP).min(WANDER_MOST)
        } else if model.restless < 1.0 {
            (self.wander_factor / STEP).max(self.wander_least)
        } else {
            self.wander_factor
        };
        let same = shifted == self.wander_factor;
        self.wander_factor = shifted;
        for (member, temper) in self.members[TEMPERED..].iter_mut().zip(TEMPERS) {
            if !same || member.score < model.score - LOSING {
                let mut rival = model;
                (rival.restless, rival.score, rival.age) = (temper, model.score - NEWCOMER, 0);
                *member = rival;
            }
        }
    }

    /// Believes phase and delay less, by these variances.
    pub(crate) fn doubt(&mut self, phase: f64, delay: f64) {
        self.members.iter_mut().for_each(|member| member.filter.doubt(phase, delay));
        self.mixture.doubt(phase, delay);
    }

    /// Moves phase and delay of all.
    pub(crate) fn shift(&mut self, phase: f64, delay: f64) {
        self.members.iter_mut().for_each(|member| member.filter.shift(phase, delay));
        self.mixture.shift(phase, delay);
        (self.look, self.glance) = (Look::default(), Look::default());
    }
}
