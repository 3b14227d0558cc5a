//! A line that says how far long runs are, for whoever sits at a terminal.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

const WIDTH: usize = 40;
/// Before that nobody gets impatient.
const PATIENCE: Duration = Duration::from_millis(500);
const EVERY: Duration = Duration::from_millis(100);

/// Shown on standard error if that is a terminal; gone when dropped.
pub(super) struct Progress {
    shown: Option<Mutex<Shown>>,
}

struct Shown {
    runs: usize,
    done: usize,
    start: Instant,
    last: Instant,
    drawn: bool,
}

impl Progress {
    /// Of this many runs.
    pub(super) fn new(runs: usize) -> Progress {
        let now = Instant::now();
        let shown = Shown { runs, done: 0, start: now, last: now, drawn: false };
        let terminal = std::io::stderr().is_terminal();
        Progress { shown: terminal.then(|| Mutex::new(shown)) }
    }

    /// A run is over.
    pub(super) fn next(&self) {
        self.with(|shown| shown.done += 1);
        self.now(0.0);
    }

    /// So much of the present run is done, from 0 to 1.
    pub(super) fn now(&self, part: f64) {
        self.with(|shown| {
            if shown.start.elapsed() > PATIENCE && shown.last.elapsed() > EVERY {
                shown.last = Instant::now();
                shown.drawn = true;
                let whole = (shown.done as f64 + part) / shown.runs as f64;
                let full = ((whole * WIDTH as f64) as usize).min(WIDTH);
                let _ = write!(
                    std::io::stderr(),
                    "\r{}{} {:3.0} %",
                    "#".repeat(full),
                    ".".repeat(WIDTH - full),
                    whole * 100.0
                );
            }
        });
    }

    fn with(&self, act: impl FnOnce(&mut Shown)) {
        if let Some(Ok(mut shown)) = self.shown.as_ref().map(Mutex::lock) {
            act(&mut shown);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.with(|shown| {
            if shown.drawn {
                let _ = write!(std::io::stderr(), "\r{}\r", " ".repeat(WIDTH + 6));
            }
        });
    }
}
