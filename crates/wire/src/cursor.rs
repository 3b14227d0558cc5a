//! Cursors that read and write fields in the order of the standard's tables.

use time::{Span, Timestamp};

use crate::{DecodeError, EncodeError};

/// Reads big-endian fields by name; knows how far it is from the start of the message.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads `octets`, of which the first is octet `at` of the message.
    pub const fn new(octets: &'a [u8], at: usize) -> Reader<'a> {
        Reader { rest: octets, at }
    }

    /// The next `len` octets.
    pub fn octets(&mut self, field: &'static str, len: usize) -> Result<&'a [u8], DecodeError> {
        let Some((octets, rest)) = self.rest.split_at_checked(len) else {
            return Err(DecodeError::Truncated { field, at: self.at });
        };
        self.rest = rest;
        self.at += len;
        Ok(octets)
    }

    /// The next `N` octets.
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], DecodeError> {
        let Some((octets, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(DecodeError::Truncated { field, at: self.at });
        };
        self.rest = rest;
        self.at += N;
        Ok(*octets)
    }

    /// UInteger8.
    pub fn u8(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        self.array::<1>(field).map(|[octet]| octet)
    }

    /// Integer8.
    pub fn i8(&mut self, field: &'static str) -> Result<i8, DecodeError> {
        self.array(field).map(i8::from_be_bytes)
    }

    /// UInteger16.
    pub fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        self.array(field).map(u16::from_be_bytes)
    }

    /// Integer16.
    pub fn i16(&mut self, field: &'static str) -> Result<i16, DecodeError> {
        self.array(field).map(i16::from_be_bytes)
    }

    /// UInteger24.
    pub fn u24(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.array(field).map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// UInteger32.
    pub fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.array(field).map(u32::from_be_bytes)
    }

    /// Integer32.
    pub fn i32(&mut self, field: &'static str) -> Result<i32, DecodeError> {
        self.array(field).map(i32::from_be_bytes)
    }

    /// UInteger48.
    pub fn u48(&mut self, field: &'static str) -> Result<u64, DecodeError> {
        self.array(field).map(|[a, b, c, d, e, f]| u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }

    /// UInteger64.
    pub fn u64(&mut self, field: &'static str) -> Result<u64, DecodeError> {
        self.array(field).map(u64::from_be_bytes)
    }

    /// Integer64.
    pub fn i64(&mut self, field: &'static str) -> Result<i64, DecodeError> {
        self.array(field).map(i64::from_be_bytes)
    }

    /// TimeInterval (5.3.2).
    pub fn interval(&mut self, field: &'static str) -> Result<Span, DecodeError> {
        self.i64(field).map(Span::from_interval)
    }

    /// Timestamp (5.3.3); refuses 10^9 ns and more.
    pub fn timestamp(&mut self, field: &'static str) -> Result<Timestamp, DecodeError> {
        let at = self.at;
        let seconds = self.u48(field)?;
        let nanos = self.u32(field)?;
        if nanos >= 1_000_000_000 {
            return Err(DecodeError::Value { field, at });
        }
        Ok(Timestamp::new(seconds as i64, nanos))
    }

    /// Which octet of the message comes next.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// What has not been read.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether all has been read.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

/// Writes big-endian fields into a buffer.
#[derive(Debug)]
pub struct Writer<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    /// Writes from the start of `buffer`.
    pub const fn new(buffer: &'a mut [u8]) -> Writer<'a> {
        Writer { buffer, len: 0 }
    }

    /// Appends `octets`.
    pub fn octets(&mut self, octets: &[u8]) -> Result<(), EncodeError> {
        let end = self.len.checked_add(octets.len()).ok_or(EncodeError)?;
        self.buffer.get_mut(self.len..end).ok_or(EncodeError)?.copy_from_slice(octets);
        self.len = end;
        Ok(())
    }

    /// UInteger8.
    pub fn u8(&mut self, value: u8) -> Result<(), EncodeError> {
        self.octets(&[value])
    }

    /// Integer8.
    pub fn i8(&mut self, value: i8) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes())
    }

    /// UInteger16.
    pub fn u16(&mut self, value: u16) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes())
    }

    /// Integer16.
    pub fn i16(&mut self, value: i16) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes())
    }

    /// UInteger24: the low 24 bits.
    pub fn u24(&mut self, value: u32) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes()[1..])
    }

    /// UInteger32.
    pub fn u32(&mut self, value: u32) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes())
    }

    /// Integer32.
    pub fn i32(&mut self, value: i32) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes())
    }

    /// UInteger48: the low 48 bits.
    pub fn u48(&mut self, value: u64) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes()[2..])
    }

    /// UInteger64.
    pub fn u64(&mut self, value: u64) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes())
    }

    /// Integer64.
    pub fn i64(&mut self, value: i64) -> Result<(), EncodeError> {
        self.octets(&value.to_be_bytes())
    }

    /// TimeInterval (5.3.2), saturated.
    pub fn interval(&mut self, span: Span) -> Result<(), EncodeError> {
        self.i64(span.to_interval())
    }

    /// Timestamp (5.3.3) in whole nanoseconds; times outside 48 bits of seconds saturate.
    pub fn timestamp(&mut self, time: Timestamp) -> Result<(), EncodeError> {
        const LAST: i64 = (1 << 48) - 1;
        let seconds = time.seconds();
        match seconds {
            0..=LAST => {
                self.u48(seconds as u64)?;
                self.u32(time.subsec_nanos())
            }
            ..0 => self.octets(&[0; 10]),
            _ => {
                self.u48(LAST as u64)?;
                self.u32(999_999_999)
            }
        }
    }

    /// `len` octets of zero.
    pub fn zeros(&mut self, len: usize) -> Result<(), EncodeError> {
        let end = self.len.checked_add(len).ok_or(EncodeError)?;
        self.buffer.get_mut(self.len..end).ok_or(EncodeError)?.fill(0);
        self.len = end;
        Ok(())
    }

    /// Overwrites the UInteger16 at `at`, which was written before.
    pub fn patch_u16(&mut self, at: usize, value: u16) -> Result<(), EncodeError> {
        let octets = self.buffer.get_mut(at..at + 2).ok_or(EncodeError)?;
        octets.copy_from_slice(&value.to_be_bytes());
        Ok(())
    }

    /// How much was written.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes back what was written after the first `len` octets.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// What was written, for as long as the buffer lives.
    pub fn into_written(self) -> &'a [u8] {
        &self.buffer[..self.len]
    }

    /// What was written.
    pub fn written(&self) -> &[u8] {
        &self.buffer[..self.len]
    }
}
