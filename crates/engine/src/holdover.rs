//! What a clock says of itself once it has lost its grandmaster (HOLDOVER_UPGRADE, 17.7).

use wire::{ClockAccuracy, ClockQuality};

/// clockClass of a clock that lives on what it learned (IEEE 1588-2019 Table 4, G.8275.1 table 3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HoldoverClasses {
    /// While its error is surely within its limit.
    pub within: u8,
    /// After that.
    pub beyond: u8,
}

impl HoldoverClasses {
    /// What to contend with after a grandmaster of class `lost`: never better than that was, and
    /// nothing where that is no better than what the clock says without.
    pub fn quality(&self, own: u8, lost: u8, within: bool) -> Option<ClockQuality> {
        let class = if within { self.within } else { self.beyond }.max(lost);
        (class < own).then_some(ClockQuality {
            class,
            accuracy: ClockAccuracy::UNKNOWN,
            variance: u16::MAX,
        })
    }
}
