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

    /// The sum of two that are not negative, rounded to the nearest as IEEE 754 has it, without a
    /// floating-point unit; what is negative or no number stays so.
    #[must_use]
    pub const fn plus(self, other: Float64) -> Float64 {
        const INFINITY: u64 = 0x7ff << 52;
        const GUARD: u32 = 60;
        let (large, small) = if self.0 >= other.0 { (self.0, other.0) } else { (other.0, self.0) };
        if large >= INFINITY {
            return Float64(large);
        }
        let (exponent, lesser) = (exponent(large), exponent(small));
        let shift = exponent - lesser;
        let aligned = (mantissa(small) as u128) << GUARD;
        // What is shifted out still tells on which side of a half it is.
        let aligned = if shift > 2 * GUARD {
            (aligned != 0) as u128
        } else {
            let kept = aligned >> shift;
            kept | (kept << shift != aligned) as u128
        };
        let sum = ((mantissa(large) as u128) << GUARD) + aligned;
        let carries = sum >> (GUARD + 53);
        let (cut, exponent) = (GUARD + carries as u32, exponent + carries as u32);
        let (whole, rest, half) =
            ((sum >> cut) as u64, sum & ((1 << cut) - 1), 1_u128 << (cut - 1));
        let up = rest > half || rest == half && whole & 1 == 1;
        // A carry out of the mantissa is one more in the exponent, where it belongs.
        let bits = (((exponent - 1) as u64) << 52) + whole + up as u64;
        Float64(if bits > INFINITY { INFINITY } else { bits })
    }
}

/// The exponent of a number's last place, from 1 on.
const fn exponent(bits: u64) -> u32 {
    let exponent = (bits >> 52) as u32;
    if exponent == 0 { 1 } else { exponent }
}

/// With the leading one of a normal number.
const fn mantissa(bits: u64) -> u64 {
    let fraction = bits & ((1 << 52) - 1);
    if bits >> 52 == 0 { fraction } else { fraction | 1 << 52 }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_machine() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut draw = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for n in 0..400_000_u64 {
            let a = draw() >> 1;
            // Mostly of like size, where rounding happens; also tiny, and the same.
            let b = match n % 5 {
                0 => draw() >> 1,
                1 => a.wrapping_add(draw() % (1 << 58)) & (u64::MAX >> 1),
                2 => draw() >> 11,
                3 => a ^ draw() >> 40,
                _ => a,
            };
            let (a, b) = (f64::from_bits(a), f64::from_bits(b));
            if a.is_nan() || b.is_nan() {
                continue;
            }
            let sum = Float64(a.to_bits()).plus(Float64(b.to_bits()));
            assert_eq!(sum.value().to_bits(), (a + b).to_bits(), "{a:e} + {b:e}");
        }
        let (small, infinite) = (Float64(1), Float64(f64::INFINITY.to_bits()));
        assert_eq!(small.plus(small), Float64(2));
        assert_eq!(infinite.plus(small), infinite);
        assert_eq!(Float64(f64::MAX.to_bits()).plus(Float64(f64::MAX.to_bits())), infinite);
        assert!(Float64((-1.0_f64).to_bits()).plus(small).value() < 0.0);
    }
}
