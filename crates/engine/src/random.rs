//! The stream of chance that a seed determines: PCG-XSH-RR 64/32 (O'Neill 2014).

use core::time::Duration;

#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
const INCREMENT: u64 = 1_442_695_040_888_963_407;

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        let mut random = Random { state: seed.wrapping_add(INCREMENT) };
        random.next_u32();
        random
    }

    pub(crate) fn next_u32(&mut self) -> u32 {
        let old = self.state;
        self.state = old.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT);
        let shifted = (((old >> 18) ^ old) >> 27) as u32;
        shifted.rotate_right((old >> 59) as u32)
    }

    /// Evenly from zero to just below `limit`.
    pub(crate) fn below(&mut self, limit: Duration) -> Duration {
        let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        let scaled = u128::from(nanos) * u128::from(self.next_u32());
        Duration::from_nanos((scaled >> 32) as u64)
    }

    /// Evenly from zero to just below `limit`; zero if it is zero.
    pub(crate) fn index(&mut self, limit: usize) -> usize {
        ((limit as u64 * u64::from(self.next_u32())) >> 32) as usize
    }
}
