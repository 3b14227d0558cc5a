//! What was measured in a cell.

use std::time::Duration;

/// Offsets that should be none, and how long it took to get them.
#[derive(Clone, Debug)]
pub struct Figures {
    /// From the start of the one that follows.
    pub locked: Duration,
    pub offsets_ns: Vec<i64>,
}

impl Figures {
    /// The size that half of the offsets do not exceed.
    pub fn median(&self) -> i64 {
        self.quantile(0.5)
    }

    /// The size that 95 of 100 do not exceed.
    pub fn p95(&self) -> i64 {
        self.quantile(0.95)
    }

    fn quantile(&self, share: f64) -> i64 {
        let mut sizes: Vec<i64> = self.offsets_ns.iter().map(|offset| offset.abs()).collect();
        sizes.sort_unstable();
        let rank = (share * sizes.len() as f64).ceil() as usize;
        sizes.get(rank.saturating_sub(1)).copied().unwrap_or(i64::MAX)
    }
}
