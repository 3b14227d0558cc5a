//! The time axis of the estimator: how long the uncorrected oscillator has run.
//!
//! Readings of the corrected clock are mapped back through what was done to it. A ring of the last
//! actuations keeps that exact for stamps that are processed after a later change.

use time::{Span, Timestamp};

use crate::sample::seconds;

const SEGMENTS: usize = 32;

/// Between two actuations the clock runs at one rate.
#[derive(Clone, Copy, Debug)]
struct Segment {
    epoch: u16,
    /// The first reading.
    local: Timestamp,
    /// The oscillator's elapsed time then.
    elapsed: Span,
    /// How much faster than the oscillator the clock runs.
    rate: f64,
}

impl Segment {
    fn elapsed_at(&self, local: Timestamp) -> Span {
        let since = local - self.local;
        let correction = seconds(since) * (self.rate / (1.0 + self.rate));
        self.elapsed + since - span(correction)
    }
}

/// What a stamp is on the oscillator's axis.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// The oscillator had run this long.
    At(Span),
    /// The clock jumped since then.
    Void,
    /// The clock jumped and nobody said how far.
    Unknown,
}

/// The oscillator's elapsed time as a function of the clock's readings.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    segments: [Segment; SEGMENTS],
    len: u8,
    /// Where the next one goes.
    next: u8,
    epoch: u16,
    rate: f64,
}

impl Axis {
    pub(crate) fn new() -> Axis {
        let empty = Segment { epoch: 0, local: Timestamp::ZERO, elapsed: Span::ZERO, rate: 0.0 };
        Axis { segments: [empty; SEGMENTS], len: 0, next: 0, epoch: 0, rate: 0.0 }
    }

    /// The total rate that is applied.
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    pub(crate) fn epoch(&self) -> u16 {
        self.epoch
    }

    /// Whether any reading can be placed.
    pub(crate) fn is_known(&self) -> bool {
        self.len > 0
    }

    /// Begins anew at `local`, with the elapsed time going on from where it was.
    pub(crate) fn begin(&mut self, epoch: u16, local: Timestamp) {
        let elapsed = self.newest().map_or(Span::ZERO, |segment| segment.elapsed);
        self.len = 0;
        self.epoch = epoch;
        self.push(Segment { epoch, local, elapsed, rate: self.rate });
    }

    /// From the reading `at` on, the clock runs at `rate` and is `step` further. A step begins an
    /// epoch.
    pub(crate) fn actuated(&mut self, at: Timestamp, rate: f64, step: Span) {
        let elapsed = self.elapsed(at);
        self.rate = rate;
        if step != Span::ZERO {
            self.epoch = self.epoch.wrapping_add(1);
        }
        if self.is_known() {
            self.push(Segment { epoch: self.epoch, local: at + step, elapsed, rate });
        }
    }

    /// Somebody moved the clock by `by`.
    pub(crate) fn moved(&mut self, epoch: u16, by: Span) {
        self.epoch = epoch;
        if let Some(newest) = self.newest() {
            self.push(Segment { epoch, local: newest.local + by, ..newest });
        }
    }

    /// Where a stamp of `epoch` is.
    pub(crate) fn place(&self, epoch: u16, local: Timestamp) -> Place {
        if epoch != self.epoch && self.is_known() {
            let older = self.epoch.wrapping_sub(epoch) < 0x8000;
            return if older { Place::Void } else { Place::Unknown };
        }
        let mut oldest = None;
        for segment in self.newest_first().filter(|segment| segment.epoch == epoch) {
            oldest = Some(segment);
            if segment.local <= local {
                break;
            }
        }
        oldest.map_or(Place::Unknown, |segment| Place::At(segment.elapsed_at(local)))
    }

    /// Where the reading `local` of the present epoch is.
    pub(crate) fn elapsed(&self, local: Timestamp) -> Span {
        match self.place(self.epoch, local) {
            Place::At(elapsed) => elapsed,
            Place::Void | Place::Unknown => Span::ZERO,
        }
    }

    fn newest(&self) -> Option<Segment> {
        self.newest_first().next().copied()
    }

    fn newest_first(&self) -> impl Iterator<Item = &Segment> {
        let (before, after) = self.segments.split_at(usize::from(self.next));
        before.iter().rev().chain(after.iter().rev()).take(usize::from(self.len))
    }

    fn push(&mut self, segment: Segment) {
        self.segments[usize::from(self.next)] = segment;
        self.next = (self.next + 1) % SEGMENTS as u8;
        self.len = (self.len + 1).min(SEGMENTS as u8);
    }
}

/// `seconds` as a span, rounded towards zero; absurd values saturate.
pub(crate) fn span(seconds: f64) -> Span {
    Span::from_scaled((seconds * 65_536e9) as i128)
}
