//! What the estimator says.

use time::Span;

/// Where the clock is, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// How far the corrected clock is ahead of the source, as it is to be believed now.
    pub offset: Span,
    /// The same in seconds; decades have no nanoseconds here.
    pub offset_s: f64,
    /// How much too fast the uncorrected oscillator is, as a fraction.
    pub rate: f64,
    /// How much too fast the corrected clock is.
    pub residual_rate: f64,
    /// Of the phase (s) and the rate.
    pub covariance: [[f64; 2]; 2],
    /// The mean path delay in seconds, once an exchange was complete.
    pub mean_delay_s: Option<f64>,
    /// How wrong the offset may be as far as chance goes, in seconds.
    pub bound_random_s: f64,
    /// How wrong the clock may be in all, in seconds: the offset that is believed and not yet
    /// corrected, what chance makes of it, and what no measurement can show.
    pub bound_total_s: f64,
    /// The root of the mean square of recent measured offsets, in seconds.
    pub rms_s: f64,
    /// How well the source is followed.
    pub health: Phase,
    /// What was done with measurements.
    pub counts: Counts,
}

/// How well the source is followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// There is nothing to follow.
    Free,
    /// It is not yet known well enough how far off the clock is, or it is too far off.
    Acquiring,
    /// The clock is where it should be.
    Locked,
    /// Measurements stopped; the clock lives on what was learned.
    Holdover,
}

/// What was done with measurements.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// They were used.
    pub used: u64,
    /// They belonged to another epoch of the clock, or were absurd.
    pub void: u64,
    /// Their path delay was above the limit.
    pub too_long: u64,
    /// They were used and far from what was expected.
    pub outliers: u64,
    /// The path or the source was learned anew, because outliers agreed.
    pub relearned: u64,
}
