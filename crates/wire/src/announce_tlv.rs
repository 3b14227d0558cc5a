//! What an Announce or a Sync may carry: path, alternate timescale, accuracy, rate ratio.

use time::Span;

use crate::record::{list, record};
use crate::{
    ClockIdentity, DecodeError, EncodeError, Field, Float64, Label, PtpText, Reader, ScaledRate,
    Seconds48, Value, Visit, Writer,
};

list! {
    /// The clocks of a path, grandmaster first (16.2).
    pub struct Path<'a>(rest "pathSequence", ClockIdentity);
}

record! {
    /// ALTERNATE_TIME_OFFSET_INDICATOR: how to show the time of another timescale (16.3).
    pub struct AlternateTimeOffset<'a> {
        /// Which timescale, 0 to 254.
        key: u8 = "keyField",
        /// What to add to the time of the grandmaster, in seconds.
        current_offset_s: i32 = "currentOffset" in "s",
        /// By how much the offset will jump, in seconds.
        jump_s: i32 = "jumpSeconds" in "s",
        /// When, in seconds of the transmitting clock; zero is never.
        next_jump: Seconds48 = "timeOfNextJump" in "s",
        /// What the timescale is called.
        name: PtpText<'a> = "displayName",
    }
}

record! {
    /// How wrong a clock may be, and the variance of that (16.12).
    pub struct Inaccuracy {
        /// The bound.
        max: Span = "maxInaccuracy",
        /// The variance, in square seconds.
        variance: Float64 = "varInaccuracy" in "s^2",
    }
}

record! {
    /// ENHANCED_ACCURACY_METRICS: where the inaccuracy of the time comes from (16.12).
    pub struct EnhancedAccuracy {
        /// Boundary clocks on the way.
        bc_hop_count: u8 = "bcHopCount",
        /// Transparent clocks on the way.
        tc_hop_count: u8 = "tcHopCount" + 2,
        /// The grandmaster's.
        grandmaster: Inaccuracy = "GmInaccuracy",
        /// Of the instances on the way, for a short time.
        transient: Inaccuracy = "TransientInaccuracy",
        /// Of the instances on the way, varying.
        dynamic: Inaccuracy = "DynamicInaccuracy",
        /// Of the instances on the way, constant.
        static_instance: Inaccuracy = "StaticInstanceInaccuracy",
        /// Of the media on the way, constant.
        static_medium: Inaccuracy = "StaticMediumInaccuracy",
    }
}

record! {
    /// CUMULATIVE_RATE_RATIO (16.10).
    pub struct CumulativeRateRatio {
        /// The grandmaster's rate over the sender's.
        ratio: ScaledRate = "scaledCumulativeRateRatio",
    }
}

/// PAD: octets that only make the message longer (14.4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pad {
    /// How many; an even number.
    pub len: u16,
}

impl<'a> Field<'a> for Pad {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let octets = r.octets(name, r.rest().len())?;
        let fits = u16::try_from(octets.len());
        let len = fits.map_err(|_| DecodeError::Truncated { field: name, at: r.at() })?;
        Ok(Pad { len })
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.zeros(usize::from(self.len))
    }

    fn size(&self) -> usize {
        usize::from(self.len)
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        visit.field(Label { name: "pad", ..label }, self.size(), Value::Reserved);
    }
}
