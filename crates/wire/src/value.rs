//! What a field holds, for those who show a message field by field rather than use it.

use time::{LogInterval, Span, Timestamp};

use crate::{ClockIdentity, PortIdentity};

/// The value of one field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A number without a sign.
    Unsigned(u64),
    /// A number with a sign.
    Signed(i64),
    /// One of an enumeration, with its name where it has one.
    Code {
        /// The number.
        raw: u64,
        /// The name in the standard.
        name: Option<&'static str>,
    },
    /// Flags.
    Bits {
        /// All of them.
        raw: u64,
        /// What the masks are called.
        names: &'static [(u64, &'static str)],
    },
    /// A length of time.
    Interval(Span),
    /// A reading of a clock.
    Time(Timestamp),
    /// The logarithm of an interval.
    Log(LogInterval),
    /// A rate as (ratio - 1) * 2^41.
    Rate(i32),
    /// A floating-point number.
    Float(f64),
    /// A clock.
    Clock(ClockIdentity),
    /// A port.
    Port(PortIdentity),
    /// Text, after an octet with its length; usually UTF-8.
    Text(&'a [u8]),
    /// Anything else.
    Octets(&'a [u8]),
    /// Octets without a meaning, which are sent as zero and not looked at.
    Reserved,
}

/// What a field is called and where it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Label {
    /// Its name in the standard.
    pub name: &'static str,
    /// The unit of a plain number, or nothing.
    pub unit: &'static str,
    /// Its place in an array.
    pub index: Option<usize>,
    /// Which octet of the message it starts at.
    pub at: usize,
}

impl Label {
    /// A field called `name` at octet `at`, without unit and index.
    pub const fn new(name: &'static str, at: usize) -> Label {
        Label { name, unit: "", index: None, at }
    }

    /// The same, counted in `unit`.
    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Label {
        Label { unit, ..self }
    }

    /// The same, as number `index` of an array.
    #[must_use]
    pub const fn index(self, index: usize) -> Label {
        Label { index: Some(index), ..self }
    }
}

/// Is shown one field after the other, in the order of the wire.
pub trait Visit {
    /// A field of `len` octets.
    fn field(&mut self, label: Label, len: usize, value: Value<'_>);

    /// The fields until the matching [`Visit::leave`] belong together.
    fn enter(&mut self, _label: Label) {}

    /// The end of what the last unmatched [`Visit::enter`] began.
    fn leave(&mut self) {}
}
