//! What a file says of itself before anything was seen.

use servo::{Actuation, ControlKind, Oscillator, Settings, StepPolicy};
use time::{Mono, Span, Timestamp};

use crate::cursor::{Cursor, Octets, Short};

/// The first octets of every file.
pub(crate) const MAGIC: &[u8; 5] = b"ZGREC";
/// Of the layout.
pub(crate) const VERSION: u8 = 1;

/// Who wrote a file, and what its servo was like.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// What the servo believed and was allowed when the file began.
    pub settings: Settings,
    /// The program and its version.
    pub program: String,
    /// Which clock was steered, in a word.
    pub clock: String,
    /// Whose.
    pub identity: [u8; 8],
    /// When the file began, on the monotonic clock.
    pub mono: Mono,
    /// The same, as the steered clock read it.
    pub local: Timestamp,
    /// The same in all files of one run.
    pub chain: u64,
    /// How many files of this run came before.
    pub number: u32,
    /// Whether the servo had seen nothing when the run's first file began.
    pub fresh: bool,
    /// What was done to the clock last; the rate is still applied.
    pub actuation: Option<Actuation>,
}

/// Settings that this version does not know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Oddity;

impl From<Short> for Oddity {
    fn from(_: Short) -> Oddity {
        Oddity
    }
}

impl Header {
    pub(crate) fn encode(&self, octets: &mut Octets) {
        encode_settings(&self.settings, octets);
        octets.text(&self.program);
        octets.text(&self.clock);
        octets.raw(&self.identity);
        octets.whole(self.mono.nanos().into());
        octets.span(self.local.since_epoch());
        octets.whole(self.chain.into());
        octets.whole(self.number.into());
        octets.octet(self.fresh.into());
        octets.octet(self.actuation.is_some().into());
        if let Some(actuation) = &self.actuation {
            octets.span(actuation.at.since_epoch());
            octets.float(actuation.rate);
            octets.span(actuation.step);
        }
    }

    pub(crate) fn decode(cursor: &mut Cursor<'_>) -> Result<Header, Oddity> {
        Ok(Header {
            settings: decode_settings(cursor)?,
            program: cursor.text()?,
            clock: cursor.text()?,
            identity: cursor.identity()?,
            mono: Mono::from_nanos(cursor.number()?),
            local: Timestamp::from_span(cursor.span()?),
            chain: cursor.number()?,
            number: cursor.number()?,
            fresh: cursor.octet()? != 0,
            actuation: match cursor.octet()? {
                0 => None,
                _ => Some(Actuation {
                    at: Timestamp::from_span(cursor.span()?),
                    rate: cursor.float()?,
                    step: cursor.span()?,
                }),
            },
        })
    }
}

const fn control(kind: ControlKind) -> u8 {
    match kind {
        ControlKind::Kalman => 0,
        ControlKind::PiSoftware => 1,
        ControlKind::PiHardware => 2,
        ControlKind::Linreg => 3,
    }
}

const fn oscillator(oscillator: Oscillator) -> u8 {
    match oscillator {
        Oscillator::Auto => 0,
        Oscillator::Xo => 1,
        Oscillator::Tcxo => 2,
        Oscillator::Ocxo => 3,
        Oscillator::Rubidium => 4,
    }
}

fn known<T: Copy>(all: &[T], code: fn(T) -> u8, wanted: u8) -> Result<T, Oddity> {
    all.iter().copied().find(|value| code(*value) == wanted).ok_or(Oddity)
}

pub(crate) fn encode_settings(settings: &Settings, octets: &mut Octets) {
    let Settings {
        control: kind,
        step,
        max_step,
        max_rate,
        max_path_delay,
        asymmetry_bound,
        source_inaccuracy,
        sigma,
        oscillator: class,
        jitter,
    } = *settings;
    octets.raw(&[control(kind), oscillator(class)]);
    let (policy, threshold) = match step {
        StepPolicy::Never => (0, None),
        StepPolicy::First => (1, None),
        StepPolicy::Always => (2, None),
        StepPolicy::Above(threshold) => (3, Some(threshold)),
    };
    octets.octet(policy);
    for span in [threshold, max_step, max_path_delay] {
        octets.octet(span.is_some().into());
        octets.span(span.unwrap_or(Span::ZERO));
    }
    octets.span(asymmetry_bound);
    octets.span(source_inaccuracy);
    for float in [max_rate, sigma, jitter] {
        octets.float(float);
    }
}

pub(crate) fn decode_settings(cursor: &mut Cursor<'_>) -> Result<Settings, Oddity> {
    use ControlKind::{Kalman, Linreg, PiHardware, PiSoftware};
    use Oscillator::{Auto, Ocxo, Rubidium, Tcxo, Xo};
    let kind = known(&[Kalman, PiSoftware, PiHardware, Linreg], control, cursor.octet()?)?;
    let class = known(&[Auto, Xo, Tcxo, Ocxo, Rubidium], oscillator, cursor.octet()?)?;
    let policy = cursor.octet()?;
    let mut maybe = || -> Result<Option<Span>, Oddity> {
        let there = cursor.octet()? != 0;
        let span = cursor.span()?;
        Ok(there.then_some(span))
    };
    let (threshold, max_step, max_path_delay) = (maybe()?, maybe()?, maybe()?);
    let step = match (policy, threshold) {
        (0, _) => StepPolicy::Never,
        (1, _) => StepPolicy::First,
        (2, _) => StepPolicy::Always,
        (3, Some(threshold)) => StepPolicy::Above(threshold),
        _ => return Err(Oddity),
    };
    let settings = Settings {
        control: kind,
        step,
        max_step,
        max_path_delay,
        asymmetry_bound: cursor.span()?,
        source_inaccuracy: cursor.span()?,
        max_rate: cursor.float()?,
        sigma: cursor.float()?,
        jitter: cursor.float()?,
        oscillator: class,
    };
    // What no configuration has would be a servo's defect.
    let floats = [settings.max_rate, settings.sigma, settings.jitter];
    let sane = floats.iter().all(|float| float.is_finite() && *float > 0.0);
    if sane { Ok(settings) } else { Err(Oddity) }
}
