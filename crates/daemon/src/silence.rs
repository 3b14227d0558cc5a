//! When to join the groups anew because nothing comes to them.
//!
//! Memberships that nobody asks about are forgotten by switches that snoop without a querier, and
//! by drivers. Who hears nobody may be alone, or cut off; telling the network again costs a few
//! packets.

use core::time::Duration;

use time::Mono;

/// The least time between two attempts.
const PAUSE: Duration = Duration::from_secs(10);
/// After so many attempts they become rare.
const ATTEMPTS: u32 = 6;
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// How long nothing came, and what was done about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    /// Since the last message, or the last attempt.
    since: Mono,
    attempts: u32,
}

impl Silence {
    /// It begins with a message, or with the sockets.
    pub(crate) const fn new(now: Mono) -> Silence {
        Silence { since: now, attempts: 0 }
    }

    /// Whether an attempt is due after a silence of `limit`; it then counts as made.
    pub(crate) fn is_due(&mut self, limit: Duration, now: Mono) -> bool {
        let pause = if self.attempts < ATTEMPTS { PAUSE } else { LONG_PAUSE };
        if now.since(self.since) < limit.max(pause) {
            return false;
        }
        self.since = now;
        self.attempts = self.attempts.saturating_add(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts(limit: u64, seconds: u64) -> Vec<u64> {
        let start = Mono::from_nanos(5_000_000_000);
        let mut silence = Silence::new(start);
        let limit = Duration::from_secs(limit);
        let due = |after: &u64| silence.is_due(limit, start + Duration::from_secs(*after));
        (0..seconds).filter(due).collect()
    }

    #[test]
    fn attempts_are_at_least_ten_seconds_apart_and_rare_in_the_end() {
        assert_eq!(attempts(6, 200), [10, 20, 30, 40, 50, 60, 120, 180]);
    }

    #[test]
    fn nothing_is_done_before_announces_would_have_timed_out() {
        assert_eq!(attempts(48, 150), [48, 96, 144]);
    }
}
