//! How many answers and copies may be sent: so many at once, and so many a second after that.

use time::Mono;

/// Frames at once.
const BURST: u32 = 512;

/// Frames a second in the long run.
const PER_SECOND: u64 = 256;

#[derive(Debug)]
pub(crate) struct Allowance {
    left: u32,
    filled: Mono,
}

impl Allowance {
    pub(crate) const fn new(now: Mono) -> Allowance {
        Allowance { left: BURST, filled: now }
    }

    /// Whether one more may be dealt with that has so many frames.
    pub(crate) fn spend(&mut self, frames: usize, now: Mono) -> bool {
        let nanos = now.nanos().saturating_sub(self.filled.nanos());
        let gained = (u128::from(nanos) * u128::from(PER_SECOND) / 1_000_000_000) as u64;
        if gained > 0 {
            self.left = BURST.min(self.left.saturating_add(gained.min(u64::from(BURST)) as u32));
            self.filled = now;
        }
        let frames = frames as u32;
        let enough = self.left >= frames;
        if enough {
            self.left -= frames;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_followed_by_so_many_a_second() {
        let at = |millis: u64| Mono::from_nanos(millis * 1_000_000);
        let mut allowance = Allowance::new(at(0));
        let count = |allowance: &mut Allowance, now| {
            (0..10_000).filter(|_| allowance.spend(1, now)).count()
        };
        assert_eq!(count(&mut allowance, at(0)), 512);
        assert_eq!(count(&mut allowance, at(1_000)), 256);
        assert_eq!(count(&mut allowance, at(1_002)), 0);
        assert_eq!(count(&mut allowance, at(1_500)), 128);
        assert_eq!(count(&mut allowance, at(100_000)), 512);
    }
}
