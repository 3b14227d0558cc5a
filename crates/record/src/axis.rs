//! The oscillator below a steered clock: from readings to how long it ran, and back for another
//! clock on the same oscillator. Unlike the servo's, it forgets nothing.

use servo::Actuation;
use time::{Span, Timestamp};

/// Between two corrections a clock runs at one rate.
#[derive(Clone, Copy, Debug)]
struct Segment {
    epoch: u16,
    local: Timestamp,
    /// How long the oscillator had run then.
    elapsed: Span,
    rate: f64,
}

/// A clock on an oscillator, with all that was done to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steered {
    segments: Vec<Segment>,
    epoch: u16,
    rate: f64,
}

fn span(seconds: f64) -> Span {
    Span::from_scaled((seconds * 65_536e9) as i128)
}

pub(crate) fn seconds(span: Span) -> f64 {
    span.scaled() as f64 / 65_536e9
}

impl Steered {
    /// The rate that is applied.
    pub(crate) const fn rate(&self) -> f64 {
        self.rate
    }

    pub(crate) const fn epoch(&self) -> u16 {
        self.epoch
    }

    /// From here on the clock reads `local` when the oscillator had run for `elapsed`.
    pub(crate) fn begin(&mut self, epoch: u16, local: Timestamp, elapsed: Span) {
        self.epoch = epoch;
        self.segments.push(Segment { epoch, local, elapsed, rate: self.rate });
    }

    pub(crate) fn knows(&self, epoch: u16) -> bool {
        self.segments.last().is_some_and(|last| last.epoch == epoch)
    }

    /// How long the oscillator had run when the clock read `local` in its present epoch.
    pub(crate) fn elapsed(&self, local: Timestamp) -> Option<Span> {
        let mine = self.segments.iter().rev().take_while(|segment| segment.epoch == self.epoch);
        let mut found = None;
        for segment in mine {
            found = Some(segment);
            if segment.local <= local {
                break;
            }
        }
        let segment = found?;
        let since = local - segment.local;
        let correction = seconds(since) * (segment.rate / (1.0 + segment.rate));
        Some(segment.elapsed + since - span(correction))
    }

    /// What the clock read when the oscillator had run for `elapsed`, and in which epoch.
    pub(crate) fn reading(&self, elapsed: Span) -> Option<(u16, Timestamp)> {
        let mut newest_first = self.segments.iter().rev();
        let segment = newest_first.find(|segment| segment.elapsed <= elapsed);
        let segment = segment.or(self.segments.first())?;
        let since = elapsed - segment.elapsed;
        Some((segment.epoch, segment.local + since + span(seconds(since) * segment.rate)))
    }

    pub(crate) fn actuated(&mut self, actuation: &Actuation) {
        let elapsed = self.elapsed(actuation.at);
        self.rate = actuation.rate;
        if actuation.step != Span::ZERO {
            self.epoch = self.epoch.wrapping_add(1);
        }
        if let Some(elapsed) = elapsed {
            self.begin(self.epoch, actuation.at + actuation.step, elapsed);
        }
    }

    /// Somebody moved it.
    pub(crate) fn jumped(&mut self, epoch: u16, by: Option<Span>) {
        if let (Some(by), Some(last)) = (by, self.segments.last().copied()) {
            self.begin(epoch, last.local + by, last.elapsed);
        }
        self.epoch = epoch;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_to_a_clock_is_undone() {
        let mut clock = Steered::default();
        clock.begin(0, Timestamp::new(100, 0), Span::ZERO);
        let rate = 1e-4;
        clock.actuated(&Actuation { at: Timestamp::new(101, 0), rate, step: Span::ZERO });
        let step = Span::from_seconds(5);
        clock.actuated(&Actuation { at: Timestamp::new(102, 0), rate: 0.0, step });
        let elapsed = clock.elapsed(Timestamp::new(108, 0)).unwrap();
        // One second at the oscillator's own rate, one at 1 + 1e-4, one at its own.
        let expected = 2.0 + 1.0 / (1.0 + rate);
        assert!((seconds(elapsed) - expected).abs() < 1e-12, "{elapsed}");
        let (epoch, reading) = clock.reading(elapsed).unwrap();
        assert_eq!(epoch, 1);
        assert!((reading - Timestamp::new(108, 0)).abs() < Span::from_scaled(4));
    }
}
