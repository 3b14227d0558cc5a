//! The true error of a virtual clock: its page against the machine's own clock, not the daemon's
//! word.

use std::path::Path;
use std::time::{Duration, Instant};

use linux::{KernelClock, PageReader, mono_now};
use time::{Mono, Span, Timestamp};

/// One look at a clock.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub error_ns: i64,
    pub bound_ns: Option<u64>,
}

/// Looks at a clock's page again and again.
pub struct Watch {
    page: PageReader,
}

impl Watch {
    pub fn open(path: &Path) -> Watch {
        let start = Instant::now();
        loop {
            match PageReader::open(path) {
                Ok(page) => return Watch { page },
                Err(error) => {
                    assert!(start.elapsed() < Duration::from_secs(5), "{error}");
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        }
    }

    /// The page's clock less the machine's, both at one moment of the monotonic clock.
    pub fn look(&self) -> Sample {
        let (mono, real) = both_clocks();
        let reading = self.page.now(mono).expect("a page that is written and whole");
        let scale = match (reading.contents.timescale, reading.contents.utc_offset) {
            (time::Timescale::Tai, Some(offset)) => offset.span(),
            _ => Span::ZERO,
        };
        Sample {
            error_ns: (reading.time - scale - real).nanos(),
            bound_ns: reading.contents.bound_ns,
        }
    }

    /// A look every 100 ms.
    pub fn samples(&self, length: Duration) -> Vec<Sample> {
        let count = length.as_millis() / 100;
        let look = |_| {
            std::thread::sleep(Duration::from_millis(100));
            self.look()
        };
        (0..count).map(look).collect()
    }
}

/// The narrowest of some readings of one clock between two of the other.
fn both_clocks() -> (Mono, Timestamp) {
    let read = |_| {
        let before = mono_now();
        let real = KernelClock::Realtime.read().unwrap();
        let after = mono_now();
        (after.since(before), before + after.since(before) / 2, real)
    };
    let (_, mono, real) = (0..20).map(read).min_by_key(|(width, ..)| *width).unwrap();
    (mono, real)
}

/// How many of the values are below the limit, from 0 to 1.
pub fn share_below(values: impl Iterator<Item = i64> + Clone, limit: i64) -> f64 {
    let all = values.clone().count().max(1) as f64;
    values.filter(|value| value.abs() < limit).count() as f64 / all
}
