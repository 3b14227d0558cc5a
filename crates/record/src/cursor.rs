//! Numbers as octets: as few as a number needs.
//!
//! Whole numbers have seven bits to an octet, the lowest first, and the eighth says that more
//! follow (LEB128); signed ones are folded so that small magnitudes are small. A span that is a
//! whole number of nanoseconds is written without its fraction.

use time::Span;

/// The octets end, or mean a number that does not fit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Short;

/// Where octets go. It has room for a block and never grows.
#[derive(Debug)]
pub(crate) struct Octets(Vec<u8>);

impl Octets {
    pub(crate) fn with_room(room: usize) -> Octets {
        Octets(Vec::with_capacity(room))
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn octet(&mut self, octet: u8) {
        self.0.push(octet);
    }

    pub(crate) fn raw(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    pub(crate) fn word(&mut self, word: u32) {
        self.raw(&word.to_le_bytes());
    }

    pub(crate) fn whole(&mut self, mut number: u128) {
        while number > 0x7f {
            self.octet(number as u8 | 0x80);
            number >>= 7;
        }
        self.octet(number as u8);
    }

    /// The lowest bit says whether there is a fraction of a nanosecond.
    pub(crate) fn span(&mut self, span: Span) {
        let scaled = span.scaled();
        let (value, fraction) = if scaled & 0xffff == 0 { (scaled >> 16, 0) } else { (scaled, 1) };
        // Two of 128 bits are for the sign and for this; a span that needs them is of no clock.
        let value = value.clamp(-(1 << 125), 1 << 125);
        self.whole(folded(value) << 1 | fraction);
    }

    pub(crate) fn float(&mut self, float: f64) {
        self.raw(&float.to_bits().to_le_bytes());
    }

    /// As a difference of bits from `last`, where the upper ones are mostly the same.
    pub(crate) fn float_since(&mut self, float: f64, last: &mut f64) {
        self.whole((float.to_bits() ^ last.to_bits()).into());
        *last = float;
    }

    /// A whole number that may be negative.
    pub(crate) fn signed(&mut self, number: i128) {
        self.whole(folded(number));
    }

    pub(crate) fn text(&mut self, text: &str) {
        let octets = &text.as_bytes()[..text.len().min(255)];
        self.octet(octets.len() as u8);
        self.raw(octets);
    }
}

const fn folded(value: i128) -> u128 {
    ((value << 1) ^ (value >> 127)) as u128
}

const fn unfolded(value: u128) -> i128 {
    (value >> 1) as i128 ^ -((value & 1) as i128)
}

/// Octets that are read from the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Short> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Short> {
        self.take(N)?.try_into().map_err(|_| Short)
    }

    pub(crate) fn octet(&mut self) -> Result<u8, Short> {
        self.array().map(|[octet]| octet)
    }

    pub(crate) fn word(&mut self) -> Result<u32, Short> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn identity(&mut self) -> Result<[u8; 8], Short> {
        self.array()
    }

    pub(crate) fn whole(&mut self) -> Result<u128, Short> {
        let mut number = 0;
        for shift in (0..128).step_by(7) {
            let octet = self.octet()?;
            number |= u128::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Short)
    }

    pub(crate) fn number<N: TryFrom<u128>>(&mut self) -> Result<N, Short> {
        N::try_from(self.whole()?).map_err(|_| Short)
    }

    pub(crate) fn span(&mut self) -> Result<Span, Short> {
        let number = self.whole()?;
        let value = unfolded(number >> 1);
        Ok(Span::from_scaled(if number & 1 == 0 { value << 16 } else { value }))
    }

    pub(crate) fn float(&mut self) -> Result<f64, Short> {
        Ok(f64::from_bits(u64::from_le_bytes(self.array()?)))
    }

    pub(crate) fn float_since(&mut self, last: &mut f64) -> Result<f64, Short> {
        *last = f64::from_bits(self.number::<u64>()? ^ last.to_bits());
        Ok(*last)
    }

    pub(crate) fn signed(&mut self) -> Result<i128, Short> {
        self.whole().map(unfolded)
    }

    pub(crate) fn text(&mut self) -> Result<String, Short> {
        let len = self.octet()?;
        Ok(String::from_utf8_lossy(self.take(len.into())?).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_every_size_come_back() {
        let mut octets = Octets::with_room(64);
        for scaled in [0, 1, -1, 65_536, -65_536, 65_537, 1 << 90, -(1 << 124), (1 << 124) + 1] {
            octets.clear();
            octets.span(Span::from_scaled(scaled));
            let mut cursor = Cursor(octets.as_slice());
            assert_eq!(cursor.span(), Ok(Span::from_scaled(scaled)));
            assert!(cursor.0.is_empty());
        }
        octets.clear();
        octets.span(Span::from_nanos(-30));
        assert_eq!(octets.len(), 1);
    }

    #[test]
    fn a_number_without_end_is_refused() {
        assert_eq!(Cursor(&[0xff; 40]).whole(), Err(Short));
        assert_eq!(Cursor(&[0x80]).whole(), Err(Short));
    }
}
