//! Controllers that have their estimate in them: those of ptp4l, behind its filter of path delays.

use time::Span;

use crate::axis::span;
use crate::noise::median;
use crate::pi::{Pi, PiGains, PiOutput};
use crate::regression::Regression;
use crate::sample::seconds;
use crate::settings::{ControlKind, Settings};

/// The path delay is the median of so many.
const DELAYS: usize = 10;

/// A Sync that arrived, in seconds of the uncorrected oscillator where not said otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    /// Offset plus path delay of the corrected clock.
    pub(crate) corrected: Span,
    /// Phase plus path delay.
    pub(crate) phase: f64,
    pub(crate) at: f64,
    /// Of Syncs.
    pub(crate) interval: f64,
}

/// How an offset becomes a frequency.
#[expect(clippy::large_enum_variant, reason = "there is one per servo, and nothing to allocate")]
#[derive(Clone, Debug)]
enum Law {
    Pi(Pi),
    Regression(Regression),
}

/// A frequency to answer, and perhaps an offset to step by.
pub(crate) type Answer = (f64, Option<Span>);

#[derive(Clone, Debug)]
pub(crate) struct Feedback {
    law: Law,
    begun: bool,
    delays: [f64; DELAYS],
    delays_seen: usize,
    answer: Option<Answer>,
}

impl Feedback {
    /// The one that the settings name; none if they want corrections from the estimate.
    pub(crate) fn new(settings: &Settings) -> Option<Feedback> {
        let law = match settings.control {
            ControlKind::Kalman => return None,
            ControlKind::PiSoftware => Law::Pi(Pi::new(PiGains::SOFTWARE, settings.max_rate)),
            ControlKind::PiHardware => Law::Pi(Pi::new(PiGains::HARDWARE, settings.max_rate)),
            ControlKind::Linreg => Law::Regression(Regression::new()),
        };
        let delays = [0.0; DELAYS];
        Some(Feedback { law, begun: false, delays, delays_seen: 0, answer: None })
    }

    pub(crate) fn limit(&mut self, max_rate: f64) {
        if let Law::Pi(pi) = &mut self.law {
            pi.limit(max_rate);
        }
    }

    /// Forgets what belongs to one source's phase; `rate` is applied.
    pub(crate) fn forget_phase(&mut self, rate: f64) {
        match &mut self.law {
            Law::Pi(pi) => pi.reset(-rate),
            Law::Regression(regression) => *regression = Regression::new(),
        }
        (self.begun, self.delays_seen, self.answer) = (false, 0, None);
    }

    /// A path delay in seconds.
    pub(crate) fn delay(&mut self, delay: f64) {
        self.delays[self.delays_seen % DELAYS] = delay;
        self.delays_seen += 1;
    }

    pub(crate) fn arrival(&mut self, arrival: &Arrival) {
        if self.delays_seen == 0 {
            return;
        }
        let delay = median(&self.delays[..self.delays_seen.min(DELAYS)]);
        let offset = arrival.corrected - span(delay);
        let answer = match &mut self.law {
            Law::Pi(pi) => match pi.sample(seconds(offset), arrival.at, arrival.interval) {
                PiOutput::Wait => None,
                PiOutput::Jump { frequency } => Some((frequency, Some(offset))),
                PiOutput::Pull { frequency } => Some((frequency, None)),
            },
            Law::Regression(regression) => {
                let phase = arrival.phase - delay;
                regression.sample(arrival.at, phase).map(|fitted| {
                    let offset = offset + span(fitted.phase - phase);
                    let pull = seconds(offset) / (fitted.intervals * arrival.interval);
                    if self.begun {
                        (fitted.rate + pull, None)
                    } else {
                        (fitted.rate, Some(offset))
                    }
                })
            }
        };
        self.begun |= answer.is_some();
        self.answer = answer.or(self.answer);
    }

    /// The answer of now; a step is answered once.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let answer = self.answer?;
        self.answer = Some((answer.0, None));
        Some(answer)
    }
}
