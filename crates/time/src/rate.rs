//! How fast one clock runs in terms of another.

use crate::Span;

const ONE: i64 = 1 << 62;

/// A ratio of two clocks' rates in units of 2^-62, from above 0 to below 2.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Rate(i64);

impl Rate {
    /// Equally fast.
    pub const ONE: Rate = Rate(ONE);

    /// `ratio` in units of 2^-62.
    pub const fn from_raw(ratio: i64) -> Rate {
        Rate(ratio)
    }

    /// In units of 2^-62.
    pub const fn raw(self) -> i64 {
        self.0
    }

    /// `mine / theirs`, or nothing where it is not between 0 and 2.
    pub fn from_spans(mine: Span, theirs: Span) -> Option<Rate> {
        let (mut over, mut under) = (mine.scaled(), theirs.scaled());
        if over <= 0 || under <= 0 {
            return None;
        }
        let excess = (over.leading_zeros().min(under.leading_zeros())).min(126);
        if excess < 66 {
            over >>= 66 - excess;
            under >>= 66 - excess;
        }
        let ratio = (over << 62).checked_div(under)?;
        i64::try_from(ratio).ok().map(Rate)
    }

    /// From the standard's scaled rate offset, (ratio - 1) * 2^41 (16.10.4.3, 802.1AS 11.4.4.3).
    pub const fn from_scaled_offset(offset: i32) -> Rate {
        Rate(ONE + ((offset as i64) << 21))
    }

    /// As the standard's scaled rate offset, (ratio - 1) * 2^41, rounded towards minus infinity and
    /// saturated.
    pub const fn scaled_offset(self) -> i32 {
        let offset = (self.0 - ONE) >> 21;
        if offset > i32::MAX as i64 {
            i32::MAX
        } else if offset < i32::MIN as i64 {
            i32::MIN
        } else {
            offset as i32
        }
    }

    /// The ratio of the first clock to the third, where this is that of the first to the second and
    /// `next` that of the second to the third; saturated.
    #[must_use]
    pub const fn times(self, next: Rate) -> Rate {
        let product = (self.0 as i128 * next.0 as i128) >> 62;
        if product > i64::MAX as i128 { Rate(i64::MAX) } else { Rate(product as i64) }
    }

    /// What `span` of the one clock is on the other.
    pub fn of(self, span: Span) -> Span {
        let (whole, rest) = (span.scaled() >> 62, span.scaled() & ((1 << 62) - 1));
        let ratio = i128::from(self.0);
        Span::from_scaled(whole.saturating_mul(ratio).saturating_add((rest * ratio) >> 62))
    }
}
