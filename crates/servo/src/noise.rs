//! Of samples in time: their middle, and how often they come.

use time::Span;

use crate::sample::seconds;

const WINDOW: usize = 64;

/// The middle of at most [`WINDOW`] finite values; zero of none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = [0.0; WINDOW];
    let count = values.len().min(WINDOW);
    if count == 0 {
        return 0.0;
    }
    sorted[..count].copy_from_slice(&values[..count]);
    let sorted = &mut sorted[..count];
    sorted.sort_unstable_by(f64::total_cmp);
    (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0
}

/// The mean interval of a direction's samples, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Interval {
    last: Option<Span>,
    mean: Option<f64>,
}

impl Interval {
    pub(crate) fn see(&mut self, at: Span) {
        if let Some(last) = self.last {
            let dt = seconds(at - last);
            if dt <= 0.0 {
                return;
            }
            self.mean = Some(match self.mean {
                // A gap is a loss, not a new interval; many of them are.
                Some(mean) => mean + 0.2 * (dt.min(2.0 * mean) - mean),
                None => dt.min(1024.0),
            });
        }
        self.last = Some(at);
    }

    /// Forgets when the last one was.
    pub(crate) fn interrupt(&mut self) {
        self.last = None;
    }

    pub(crate) fn last(&self) -> Option<Span> {
        self.last
    }

    /// One second until two samples were seen.
    pub(crate) fn seconds(&self) -> f64 {
        self.mean.unwrap_or(1.0)
    }
}
