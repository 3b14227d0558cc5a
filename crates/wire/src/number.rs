//! Numbers that only some TLVs and management bodies carry.

use time::{Rate, Span};

use crate::field::field;
use crate::{DecodeError, EncodeError, Field, Label, Reader, Value, Visit, Writer};

/// UInteger48 of seconds; the upper 16 bits of the value are not sent.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Seconds48(pub u64);

field!(
    Seconds48,
    6,
    |r, name| r.u48(name).map(Seconds48),
    |w, seconds| w.u48(seconds.0),
    |seconds| Value::Unsigned(seconds.0)
);

/// A rate as (ratio - 1) * 2^41 (16.10.4.3).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ScaledRate(pub i32);

impl ScaledRate {
    /// The ratio itself.
    pub const fn rate(self) -> Rate {
        Rate::from_scaled_offset(self.0)
    }
}

impl From<Rate> for ScaledRate {
    fn from(rate: Rate) -> ScaledRate {
        ScaledRate(rate.scaled_offset())
    }
}

field!(ScaledRate, 4, |r, name| r.i32(name).map(ScaledRate), |w, rate| w.i32(rate.0), |rate| {
    Value::Rate(rate.0)
});

/// ScaledNs of 802.1AS: a span in 96 bits, saturated where it does not fit.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ScaledNs(pub Span);

field!(
    ScaledNs,
    12,
    |r, name| {
        let octets: [u8; 12] = r.array(name)?;
        let mut wide = [if octets[0] < 0x80 { 0 } else { 0xff }; 16];
        wide[4..].copy_from_slice(&octets);
        Ok(ScaledNs(Span::from_scaled(i128::from_be_bytes(wide))))
    },
    |w, span| {
        const LIMIT: i128 = 1 << 95;
        let scaled = span.0.scaled().clamp(-LIMIT, LIMIT - 1);
        w.octets(&scaled.to_be_bytes()[4..])
    },
    |span| Value::Interval(span.0)
);

/// Float64, kept as its bits so that every value survives and compares.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Float64(pub u64);

impl Float64 {
    /// The number.
    pub const fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

field!(Float64, 8, |r, name| r.u64(name).map(Float64), |w, float| w.u64(float.0), |float| {
    Value::Float(float.value())
});

/// A TimeInterval with the least significant octet first.
///
/// linuxptp sends its port corrections in the order of its host, which is this one nearly
/// everywhere.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct IntervalLe(pub Span);

field!(
    IntervalLe,
    8,
    |r, name| {
        let interval = i64::from_le_bytes(r.array(name)?);
        Ok(IntervalLe(Span::from_interval(interval)))
    },
    |w, span| w.octets(&span.0.to_interval().to_le_bytes()),
    |span| Value::Interval(span.0)
);

/// Counters of 64 bits with the least significant octet first, as linuxptp sends them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CountersLe<const N: usize>(pub [u64; N]);

impl<'a, const N: usize> Field<'a> for CountersLe<N> {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut counters = [0; N];
        for counter in &mut counters {
            *counter = u64::from_le_bytes(r.array(name)?);
        }
        Ok(CountersLe(counters))
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.0.iter().try_for_each(|counter| w.octets(&counter.to_le_bytes()))
    }

    fn size(&self) -> usize {
        N * 8
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        for (index, counter) in self.0.iter().enumerate() {
            let label = Label { at: label.at + index * 8, ..label.index(index) };
            visit.field(label, 8, Value::Unsigned(*counter));
        }
    }
}
