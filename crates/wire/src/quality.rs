//! How good a clock says it is (5.3.7, 7.6.2).

use crate::field::field;
use crate::record::codes;
use crate::{DecodeError, EncodeError, Field, Label, Reader, Value, Visit, Writer};

/// How accurate a clock is; less is better (Table 5).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ClockAccuracy(pub u8);

impl ClockAccuracy {
    /// Nobody knows.
    pub const UNKNOWN: ClockAccuracy = ClockAccuracy(0xfe);

    /// The bound in picoseconds that the value stands for; nothing for "more than 10 s", unknown and
    /// reserved values.
    pub const fn picoseconds(self) -> Option<u64> {
        const BOUNDS: [u64; 26] = [
            1,
            2, // 2.5 ps, rounded down
            10,
            25,
            100,
            250,
            1_000,
            2_500,
            10_000,
            25_000,
            100_000,
            250_000,
            1_000_000,
            2_500_000,
            10_000_000,
            25_000_000,
            100_000_000,
            250_000_000,
            1_000_000_000,
            2_500_000_000,
            10_000_000_000,
            25_000_000_000,
            100_000_000_000,
            250_000_000_000,
            1_000_000_000_000,
            10_000_000_000_000,
        ];
        match self.0 {
            0x17..=0x30 => Some(BOUNDS[self.0 as usize - 0x17]),
            _ => None,
        }
    }
}

codes! {
    /// Where a clock has its time from (7.6.2.8, Table 6).
    pub struct TimeSource(u8) {
        /// An atomic clock.
        ATOMIC_CLOCK = 0x10,
        /// A satellite system.
        GNSS = 0x20,
        /// A radio station.
        TERRESTRIAL_RADIO = 0x30,
        /// A serial time code.
        SERIAL_TIME_CODE = 0x39,
        /// PTP of another domain.
        PTP = 0x40,
        /// NTP.
        NTP = 0x50,
        /// Set by a person.
        HAND_SET = 0x60,
        /// Anything else.
        OTHER = 0x90,
        /// A free-running oscillator.
        INTERNAL_OSCILLATOR = 0xa0,
    }
}

/// Class, accuracy and stability of a clock (5.3.7).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ClockQuality {
    /// clockClass; less is better, 255 never leads (7.6.2.5).
    pub class: u8,
    /// clockAccuracy.
    pub accuracy: ClockAccuracy,
    /// offsetScaledLogVariance: log2 of the PTP variance in s^2, times 2^8, plus 0x8000 (7.6.3.5).
    pub variance: u16,
}

impl ClockQuality {
    /// Reads the three fields.
    pub fn read(r: &mut Reader<'_>, field: &'static str) -> Result<ClockQuality, DecodeError> {
        Ok(ClockQuality {
            class: r.u8(field)?,
            accuracy: ClockAccuracy(r.u8(field)?),
            variance: r.u16(field)?,
        })
    }

    /// Writes the three fields.
    pub fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.u8(self.class)?;
        w.u8(self.accuracy.0)?;
        w.u16(self.variance)
    }
}

field!(
    ClockAccuracy,
    1,
    |r, name| r.u8(name).map(ClockAccuracy),
    |w, accuracy| w.u8(accuracy.0),
    |accuracy| Value::Code { raw: accuracy.0.into(), name: None }
);

impl<'a> Field<'a> for ClockQuality {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        ClockQuality::read(r, name)
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        ClockQuality::write(self, w)
    }

    fn size(&self) -> usize {
        4
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        visit.enter(label);
        self.class.walk(Label::new("clockClass", label.at), visit);
        self.accuracy.walk(Label::new("clockAccuracy", label.at + 1), visit);
        self.variance.walk(Label::new("offsetScaledLogVariance", label.at + 2), visit);
        visit.leave();
    }
}
