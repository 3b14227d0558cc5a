//! Intervals that a neighbour asks for (802.1AS 10.6.4.3).

use time::LogInterval;

use crate::settings::usable;

/// Leave an interval as it is, set it back to what was configured, and send no more.
const KEEP: i8 = -128;
const INITIAL: i8 = 126;
const STOP: i8 = 127;

/// What becomes of an interval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    Keep,
    Initial,
    Stop,
    Set(LogInterval),
}

impl Asked {
    /// Nothing: no interval that a message may be sent at here.
    pub(crate) const fn of(interval: LogInterval) -> Option<Asked> {
        Some(match interval.log() {
            KEEP => Asked::Keep,
            INITIAL => Asked::Initial,
            STOP => Asked::Stop,
            _ if usable(interval) => Asked::Set(interval),
            _ => return None,
        })
    }

    /// The interval from now on, and whether messages are sent at all.
    pub(crate) const fn apply(
        self,
        (now, on): (LogInterval, bool),
        initial: LogInterval,
    ) -> (LogInterval, bool) {
        match self {
            Asked::Keep => (now, on),
            Asked::Initial => (initial, true),
            Asked::Stop => (now, false),
            Asked::Set(interval) => (interval, true),
        }
    }
}

/// An interval as an operator asks for it; nothing leaves it as it is.
pub(crate) const fn ask(interval: Option<LogInterval>) -> LogInterval {
    match interval {
        Some(interval) => interval,
        None => LogInterval::new(KEEP),
    }
}
