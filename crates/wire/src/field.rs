//! What every kind of field can do: be read, be written, be shown.

use time::{LogInterval, Span, Timestamp};

use crate::{
    ClockIdentity, DecodeError, EncodeError, Label, PortIdentity, Reader, Value, Visit, Writer,
};

/// A kind of field, or a row of fields.
pub trait Field<'a>: Sized {
    /// Reads it; `name` serves the error.
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError>;

    /// Writes it.
    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// How many octets it takes.
    fn size(&self) -> usize;

    /// Shows it.
    fn walk(&self, label: Label, visit: &mut dyn Visit);
}

/// Implements [`Field`] for a kind with a fixed size: how to read it, to write it, to show it.
macro_rules! field {
    ($kind:ty, $size:expr, $read:expr, $write:expr, $value:expr) => {
        impl<'a> $crate::Field<'a> for $kind {
            fn read(
                r: &mut $crate::Reader<'a>,
                name: &'static str,
            ) -> Result<Self, $crate::DecodeError> {
                let read: fn(
                    &mut $crate::Reader<'a>,
                    &'static str,
                ) -> Result<Self, $crate::DecodeError> = $read;
                read(r, name)
            }

            fn write<'w>(&self, w: &mut $crate::Writer<'w>) -> Result<(), $crate::EncodeError> {
                let write: fn(&mut $crate::Writer<'w>, $kind) -> Result<(), $crate::EncodeError> =
                    $write;
                write(w, *self)
            }

            fn size(&self) -> usize {
                $size
            }

            fn walk(&self, label: $crate::Label, visit: &mut dyn $crate::Visit) {
                let value: fn($kind) -> $crate::Value<'static> = $value;
                visit.field(label, $size, value(*self));
            }
        }
    };
}
pub(crate) use field;

field!(u8, 1, Reader::u8, Writer::u8, |v| Value::Unsigned(v.into()));
field!(i8, 1, Reader::i8, Writer::i8, |v| Value::Signed(v.into()));
field!(u16, 2, Reader::u16, Writer::u16, |v| Value::Unsigned(v.into()));
field!(i16, 2, Reader::i16, Writer::i16, |v| Value::Signed(v.into()));
field!(u32, 4, Reader::u32, Writer::u32, |v| Value::Unsigned(v.into()));
field!(i32, 4, Reader::i32, Writer::i32, |v| Value::Signed(v.into()));
field!(u64, 8, Reader::u64, Writer::u64, Value::Unsigned);
field!(i64, 8, Reader::i64, Writer::i64, Value::Signed);
field!(Span, 8, Reader::interval, Writer::interval, Value::Interval);
field!(Timestamp, 10, Reader::timestamp, Writer::timestamp, Value::Time);
field!(PortIdentity, 10, PortIdentity::read, |w, port| port.write(w), Value::Port);
field!(
    LogInterval,
    1,
    |r, name| r.i8(name).map(LogInterval::new),
    |w, interval| w.i8(interval.log()),
    Value::Log
);
field!(
    ClockIdentity,
    8,
    |r, name| r.array(name).map(ClockIdentity),
    |w, clock| w.octets(&clock.0),
    Value::Clock
);

impl<'a, const N: usize> Field<'a> for [u8; N] {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        r.array(name)
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.octets(self)
    }

    fn size(&self) -> usize {
        N
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        visit.field(label, N, Value::Octets(self));
    }
}

/// All octets that are left.
impl<'a> Field<'a> for &'a [u8] {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        r.octets(name, r.rest().len())
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.octets(self)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        visit.field(label, self.len(), Value::Octets(self));
    }
}

/// Present where octets are left for it.
impl<'a, T: Field<'a>> Field<'a> for Option<T> {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        if r.is_empty() { Ok(None) } else { T::read(r, name).map(Some) }
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.as_ref().map_or(Ok(()), |field| field.write(w))
    }

    fn size(&self) -> usize {
        self.as_ref().map_or(0, Field::size)
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        if let Some(field) = self {
            field.walk(label, visit);
        }
    }
}
