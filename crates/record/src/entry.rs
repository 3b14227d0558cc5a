//! What a record is made of.

use servo::{Actuation, Decision, Estimate, FrequencyMemory, Phase, Settings};
use time::{Exchange, Measurement, Span, Timestamp};

/// One input of a servo, in the order in which it came, and what the servo made of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry {
    /// An exchange, and what was believed after it.
    Measured(Measurement, Track),
    /// What was done to the clock.
    Actuated(Actuation),
    /// Another source is followed from this reading of the clock on.
    Selected(Timestamp),
    /// How wrong the source says that it may be.
    Says(Span),
    /// Somebody else stepped the clock, which is in this epoch now, by so much if that is known.
    Jumped(u16, Option<Span>),
    /// The frequency of an earlier run.
    Recalled(FrequencyMemory),
    /// Other limits.
    Limited(Settings),
    /// A correction was asked for at this reading; with the digest of what was answered.
    Decided(Timestamp, u32),
    /// The record ended because somebody asked for that, or for the end of the program.
    Ended,
}

/// What was believed after an exchange, for the moment of its local stamp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Track {
    /// How far the clock was ahead of the source.
    pub offset: Span,
    /// How much too fast the uncorrected oscillator was, as a fraction.
    pub rate: f64,
    /// How wrong the clock may have been in all, in seconds.
    pub bound_s: f64,
    /// How well the source was followed.
    pub phase: Phase,
    /// CRC-32 of every bit of the estimate.
    pub digest: u32,
}

impl Track {
    /// What is kept of an estimate.
    pub fn of(estimate: &Estimate) -> Track {
        let mut hash = crc32fast::Hasher::new();
        hash.update(&estimate.offset.scaled().to_le_bytes());
        let [[a, b], [c, d]] = estimate.covariance;
        let delay = estimate.mean_delay_s.unwrap_or(f64::NAN);
        let beliefs = [estimate.offset_s, estimate.rate, estimate.residual_rate, a, b, c, d, delay];
        let bounds = [estimate.bound_random_s, estimate.bound_total_s, estimate.rms_s];
        for float in beliefs.iter().chain(&bounds) {
            hash.update(&float.to_bits().to_le_bytes());
        }
        let counts = &estimate.counts;
        let numbers =
            [counts.used, counts.void, counts.too_long, counts.outliers, counts.relearned];
        for number in numbers {
            hash.update(&number.to_le_bytes());
        }
        hash.update(&[estimate.health as u8]);
        Track {
            offset: estimate.offset,
            rate: estimate.rate,
            bound_s: estimate.bound_total_s,
            phase: estimate.health,
            digest: hash.finalize(),
        }
    }

    /// Whether every bit is the same, also of what is no number.
    pub fn is_same(&self, other: &Track) -> bool {
        let bits = |track: &Track| (track.rate.to_bits(), track.bound_s.to_bits());
        (self.offset, self.phase, self.digest) == (other.offset, other.phase, other.digest)
            && bits(self) == bits(other)
    }
}

/// CRC-32 of every bit of a decision.
pub(crate) fn digest(decision: &Decision) -> u32 {
    let mut hash = crc32fast::Hasher::new();
    hash.update(&[u8::from(decision.step.is_some()), u8::from(decision.rate.is_some())]);
    hash.update(&decision.step.unwrap_or(Span::ZERO).scaled().to_le_bytes());
    hash.update(&decision.rate.unwrap_or(0.0).to_bits().to_le_bytes());
    hash.update(&decision.again.as_nanos().to_le_bytes());
    hash.finalize()
}

/// The reading of our clock that an exchange is about.
pub(crate) const fn local_stamp(exchange: &Exchange) -> Timestamp {
    match exchange {
        Exchange::Sync { received, .. } | Exchange::Link { received, .. } => *received,
        Exchange::Delay { sent, .. } => *sent,
    }
}
