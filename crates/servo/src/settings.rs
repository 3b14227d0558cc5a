//! What somebody decided beforehand.

use time::Span;

use crate::filter::Wander;

/// What is believed and what is allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How corrections are computed.
    pub control: ControlKind,
    /// When the clock may jump.
    pub step: StepPolicy,
    /// The largest step that is ever decided.
    pub max_step: Option<Span>,
    /// The largest total rate that is ever decided, as a fraction.
    pub max_rate: f64,
    /// A longer path delay is an outlier.
    pub max_path_delay: Option<Span>,
    /// How different the delays of the two directions may be.
    pub asymmetry_bound: Span,
    /// How wrong the source says it may be.
    pub source_inaccuracy: Span,
    /// How many standard deviations the bound covers.
    pub sigma: f64,
    /// What kind of oscillator ours is.
    pub oscillator: Oscillator,
    /// How stamps scatter, as a first guess in seconds; the rest is learned. Up to 1 us they are
    /// taken for a network card's: the first step may be small, and what the first few samples
    /// agree on is corrected at once.
    pub jitter: f64,
}

impl Default for Settings {
    /// For software stamps and an unknown oscillator.
    fn default() -> Settings {
        Settings {
            control: ControlKind::Kalman,
            step: StepPolicy::First,
            max_step: None,
            max_rate: 5e-4,
            max_path_delay: None,
            asymmetry_bound: Span::ZERO,
            source_inaccuracy: Span::ZERO,
            sigma: 3.0,
            oscillator: Oscillator::Auto,
            jitter: 5e-6,
        }
    }
}

/// How corrections are computed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ControlKind {
    /// From the estimated phase and frequency.
    Kalman,
    /// By a proportional-integral controller with the gains for software stamps.
    PiSoftware,
    /// By a proportional-integral controller with the gains for hardware stamps.
    PiHardware,
    /// By linear regression over as many points as predict best.
    Linreg,
}

/// When the clock may jump.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StepPolicy {
    /// Never.
    Never,
    /// Only as the first correction, or the first of another source until one was locked to.
    First,
    /// Whenever it is much quicker than a change of rate.
    Always,
    /// Whenever the offset is above this.
    Above(Span),
}

/// What kind of oscillator ours is; it says how fast the frequency may wander.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Oscillator {
    /// Unknown.
    Auto,
    /// A plain crystal.
    Xo,
    /// Temperature compensated.
    Tcxo,
    /// In an oven.
    Ocxo,
    /// Rubidium.
    Rubidium,
}

impl Oscillator {
    /// How far it likely gets from its frequency.
    pub(crate) fn wander(self) -> Wander {
        let (phase, rate) = match self {
            Oscillator::Auto | Oscillator::Xo => (1e-18, 1e-18),
            Oscillator::Tcxo => (9e-20, 1e-22),
            Oscillator::Ocxo => (1e-22, 1e-26),
            Oscillator::Rubidium => (1e-22, 1e-28),
        };
        Wander { phase, rate }
    }
}

/// A learned frequency, to start from after a restart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrequencyMemory {
    /// How much too fast the uncorrected oscillator is, as a fraction.
    pub rate: f64,
    /// The standard deviation of that.
    pub uncertainty: f64,
}
