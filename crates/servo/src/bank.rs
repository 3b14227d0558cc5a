//! Several filters that believe in different oscillators, weighted by how well they predict.

use time::Span;

use crate::filter::{Filter, Innovation};
use crate::sample::{Sample, seconds};

const MEMBERS: usize = 5;
/// Each member believes in this many times more wander than the one before.
const STEP: f64 = 100.0;
/// The likeliest member at first.
const CENTRE: i32 = 1;
/// How many samples the weights remember.
const MEMORY: f64 = 200.0;
/// An innovation this many standard deviations away counts as no more than that: delays have long
/// tails upwards, and seldom anything below.
const GATE_ABOVE: f64 = 2.5;
const GATE_BELOW: f64 = 4.0;

/// A mixture of filters.
#[derive(Clone, Debug)]
pub(crate) struct Bank {
    members: [Filter; MEMBERS],
    scores: [f64; MEMBERS],
    wander: f64,
    /// Mean square of normalised innovations: above one if the filters are too sure.
    surprise: f64,
}

impl Bank {
    /// All begin from one belief; `wander` is the likely random walk of the frequency.
    pub(crate) fn new(start: Filter, wander: f64) -> Bank {
        Bank { members: [start; MEMBERS], scores: [0.0; MEMBERS], wander, surprise: 1.0 }
    }

    fn wander_of(&self, member: usize) -> f64 {
        self.wander * libm::pow(STEP, f64::from(member as i32 - CENTRE))
    }

    fn weights(&self) -> [f64; MEMBERS] {
        let best = self.scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut weights = self.scores.map(|score| libm::exp(score - best));
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        weights
    }

    /// The mixture's belief at the moment of the last sample.
    pub(crate) fn latest(&self) -> Filter {
        self.predict(self.members[0].at)
    }

    /// The mixture's belief at `at`.
    pub(crate) fn predict(&self, at: Span) -> Filter {
        let weights = self.weights();
        let mut members = self.members;
        for (i, member) in members.iter_mut().enumerate() {
            *member = member.predict(at, self.wander_of(i));
        }
        let mut mixture = Filter { at, mean: [0.0; 3], cov: [[0.0; 3]; 3] };
        // Means are summed as differences from one of them: phases may be large.
        let origin = members[CENTRE as usize].mean;
        for (member, weight) in members.iter().zip(weights) {
            for (i, origin) in origin.iter().enumerate() {
                mixture.mean[i] += weight * (member.mean[i] - origin);
            }
        }
        for (member, weight) in members.iter().zip(weights) {
            let away = |i: usize| member.mean[i] - origin[i] - mixture.mean[i];
            for i in 0..3 {
                for j in 0..3 {
                    mixture.cov[i][j] += weight * (member.cov[i][j] + away(i) * away(j));
                }
            }
        }
        for (mean, origin) in mixture.mean.iter_mut().zip(origin) {
            *mean += origin;
        }
        mixture
    }

    /// Takes an observation with variance `noise`. An outlier counts little, and never nothing.
    /// Returns how many standard deviations it was away.
    pub(crate) fn update(&mut self, sample: Sample, noise: f64) -> f64 {
        let (at, direction) = (sample.at.max(self.members[0].at), sample.direction);
        let belief = self.predict(at);
        // A request may have left before the last Sync arrived.
        let late = seconds(at - sample.at);
        let value = sample.value + direction.sign() * belief.mean[1] * late;
        let expected = belief.innovation(direction, value, noise);
        let distance = expected.value / libm::sqrt(expected.variance);
        for i in 0..MEMBERS {
            let wander = self.wander_of(i);
            let member = &mut self.members[i];
            *member = member.predict(at, wander);
            let innovation = inflated(member.innovation(direction, value, noise));
            let square = innovation.value * innovation.value / innovation.variance;
            let gain = -(libm::log(innovation.variance) + square) / 2.0;
            self.scores[i] = (1.0 - 1.0 / MEMORY) * self.scores[i] + gain;
            member.update(direction, innovation);
        }
        let best = self.scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.scores.iter_mut().for_each(|score| *score = (*score - best).max(-50.0));
        self.surprise += ((distance * distance).min(16.0) - self.surprise) / 64.0;
        distance
    }

    /// Believes phase and delay less, by these variances.
    pub(crate) fn doubt(&mut self, phase: f64, delay: f64) {
        self.members.iter_mut().for_each(|member| member.doubt(phase, delay));
    }

    /// How much wider than the filters say errors are, at least one.
    pub(crate) fn overconfidence(&self) -> f64 {
        libm::sqrt(self.surprise.max(1.0))
    }
}

/// With so much variance that the value is not farther away than the gate.
fn inflated(innovation: Innovation) -> Innovation {
    let gate = if innovation.value > 0.0 { GATE_ABOVE } else { GATE_BELOW };
    let least = innovation.value * innovation.value / (gate * gate);
    Innovation { variance: innovation.variance.max(least), ..innovation }
}
