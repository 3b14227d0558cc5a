//! What may be attached to any message: type, length, value (14.1).

use crate::{ClockIdentity, DecodeError, EncodeError, Reader, Writer};

/// A TLV's type (Table 52), known or not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TlvType(pub u16);

impl TlvType {
    /// The identities of the clocks an Announce came through (16.2).
    pub const PATH_TRACE: TlvType = TlvType(0x0008);
}

/// One TLV.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tlv<'a> {
    /// tlvType.
    pub kind: TlvType,
    /// valueField.
    pub value: &'a [u8],
    /// Which octet of the message it starts at.
    pub at: usize,
}

/// The TLVs of a message, checked: each is even in length and whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tlvs<'a> {
    octets: &'a [u8],
    at: usize,
}

impl PartialEq for Tlvs<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl<'a> Tlvs<'a> {
    /// No TLV.
    pub const NONE: Tlvs<'static> = Tlvs { octets: &[], at: 0 };

    /// A message with more is discarded.
    pub const COUNT_MAX: usize = 32;

    /// Checks `octets`, the first of which is octet `at` of the message. Fewer than four octets at
    /// the end are no TLV and are dropped.
    pub fn parse(octets: &'a [u8], at: usize) -> Result<Tlvs<'a>, DecodeError> {
        let mut r = Reader::new(octets, at);
        let mut count = 0;
        while r.rest().len() >= 4 {
            let start = r.at();
            r.u16("tlvType")?;
            let len = usize::from(r.u16("lengthField")?);
            if len % 2 != 0 || len > r.rest().len() {
                return Err(DecodeError::TlvLength { at: start, said: len });
            }
            r.octets("valueField", len)?;
            count += 1;
            if count > Tlvs::COUNT_MAX {
                return Err(DecodeError::TlvCount { limit: Tlvs::COUNT_MAX });
            }
        }
        Ok(Tlvs { octets: &octets[..octets.len() - r.rest().len()], at })
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Tlv<'a>> + use<'a> {
        let mut r = Reader::new(self.octets, self.at);
        core::iter::from_fn(move || {
            let at = r.at();
            let kind = TlvType(r.u16("tlvType").ok()?);
            let len = r.u16("lengthField").ok()?;
            let value = r.octets("valueField", usize::from(len)).ok()?;
            Some(Tlv { kind, value, at })
        })
    }

    /// The first of this type.
    pub fn find(&self, kind: TlvType) -> Option<Tlv<'a>> {
        self.iter().find(|tlv| tlv.kind == kind)
    }

    /// As they are on the wire.
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }
}

impl<'a> Tlv<'a> {
    /// The clocks of a PATH_TRACE, grandmaster first; nothing for another type.
    pub fn path(&self) -> Option<impl Iterator<Item = ClockIdentity> + use<'a>> {
        if self.kind != TlvType::PATH_TRACE || self.value.len() % 8 != 0 {
            return None;
        }
        let (identities, _) = self.value.as_chunks::<8>();
        Some(identities.iter().map(|octets| ClockIdentity(*octets)))
    }
}

/// Collects TLVs for a message to be sent.
#[derive(Debug)]
pub struct TlvWriter<'a> {
    writer: Writer<'a>,
}

impl<'a> TlvWriter<'a> {
    /// Collects into `buffer`.
    pub const fn new(buffer: &'a mut [u8]) -> TlvWriter<'a> {
        TlvWriter { writer: Writer::new(buffer) }
    }

    /// Adds a TLV whose value `write` writes; an odd length is padded.
    pub fn add(
        &mut self,
        kind: TlvType,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.writer.u16(kind.0)?;
        let at = self.writer.len();
        self.writer.u16(0)?;
        write(&mut self.writer)?;
        if (self.writer.len() - at) % 2 != 0 {
            self.writer.u8(0)?;
        }
        let len = u16::try_from(self.writer.len() - at - 2).map_err(|_| EncodeError)?;
        self.writer.patch_u16(at, len)
    }

    /// What was collected.
    pub fn tlvs(&self) -> Tlvs<'_> {
        Tlvs { octets: self.writer.written(), at: 0 }
    }
}
