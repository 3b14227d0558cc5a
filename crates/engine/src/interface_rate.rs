//! What different rates of two interfaces do to the delays between them (ITU-T G.8275.2 annex D).
//!
//! A stamp is taken within a frame: what lies before it takes its time on the interface that it comes
//! from, and what lies after it on the one that it goes to, as a switch in between receives a frame as
//! a whole before it sends it. Where the two differ, both ways differ.

use time::Span;
use wire::InterfaceRate;

/// A bit of 10 Mbit/s, in attoseconds; no interface is slower.
const SLOWEST_AS: u64 = 100_000_000_000;

/// Bits of the longest frame, roughly.
const BITS_MAX: u16 = 16_384;

/// Whether an interface may have it.
pub(crate) const fn plausible(rate: &InterfaceRate) -> bool {
    rate.bit_period_as > 0
        && rate.bit_period_as <= SLOWEST_AS
        && rate.bits_before <= BITS_MAX
        && rate.bits_after <= BITS_MAX
}

/// delayAsymmetry of whoever has `ours`, for a time transmitter that has `theirs`: positive where the
/// way to us is the longer.
pub(crate) fn asymmetry(theirs: &InterfaceRate, ours: &InterfaceRate) -> Span {
    let bits = i128::from(theirs.bits_after) - i128::from(theirs.bits_before);
    let periods_as = i128::from(theirs.bit_period_as) - i128::from(ours.bit_period_as);
    // 10^9 as are a nanosecond, of which there are 2^16 parts.
    Span::from_scaled(((bits * periods_as) << 15) / 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn rate(bit_period_as: u64) -> InterfaceRate {
        InterfaceRate { bit_period_as, bits_before: 64, bits_after: 720 }
    }

    const MEGABITS: [u64; 6] = [100, 1_000, 10_000, 25_000, 40_000, 100_000];

    /// A frame from one interface through a switch to another: stamped after 64 bits, it needs 720
    /// more on the first link, and is stamped 64 bits after it begins on the second.
    #[test]
    fn it_is_half_of_what_the_two_ways_through_a_switch_differ_by() {
        for theirs in MEGABITS {
            for ours in MEGABITS {
                let bit_ps = |megabits: u64| 1_000_000 / megabits as i128;
                let to_us = 720 * bit_ps(theirs) + 64 * bit_ps(ours);
                let to_them = 720 * bit_ps(ours) + 64 * bit_ps(theirs);
                let period = |megabits: u64| rate(1_000_000_000_000 / megabits);
                let found_ps = (asymmetry(&period(theirs), &period(ours)).scaled() * 1_000) >> 16;
                let wanted_ps = (to_us - to_them) / 2;
                assert!((found_ps - wanted_ps).abs() <= 1, "{theirs} {ours}: {found_ps}");
            }
        }
    }

    #[test]
    fn what_no_interface_has_is_told_from_what_one_may() {
        assert!(plausible(&rate(1_000_000_000)) && plausible(&rate(SLOWEST_AS)));
        assert!(!plausible(&rate(0)) && !plausible(&rate(SLOWEST_AS + 1)));
        assert!(!plausible(&InterfaceRate { bits_after: 16_385, ..rate(1) }));
        assert!(!plausible(&InterfaceRate { bits_before: u16::MAX, ..rate(1) }));
    }
}
