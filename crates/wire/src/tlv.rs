//! What may be attached to any message: type, length, value (14.1).

use crate::record::codes;
use crate::{ClockIdentity, DecodeError, EncodeError, Reader, Writer};

codes! {
    /// A TLV's type (Table 52), known or not.
    pub struct TlvType(u16) {
        /// A question, an order or an answer (15.5.2).
        MANAGEMENT = 0x0001,
        /// A refusal (15.5.4).
        MANAGEMENT_ERROR_STATUS = 0x0002,
        /// An organization's own (14.3).
        ORGANIZATION_EXTENSION = 0x0003,
        /// Asks for unicast service (16.1).
        REQUEST_UNICAST_TRANSMISSION = 0x0004,
        /// Grants or denies it (16.1).
        GRANT_UNICAST_TRANSMISSION = 0x0005,
        /// Ends it (16.1).
        CANCEL_UNICAST_TRANSMISSION = 0x0006,
        /// Agrees that it ended (16.1).
        ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION = 0x0007,
        /// The identities of the clocks an Announce came through (16.2).
        PATH_TRACE = 0x0008,
        /// Another timescale (16.3).
        ALTERNATE_TIME_OFFSET_INDICATOR = 0x0009,
        /// Experimental security of the 2008 edition.
        AUTHENTICATION_2008 = 0x2000,
        /// Experimental security of the 2008 edition.
        AUTHENTICATION_CHALLENGE = 0x2001,
        /// Experimental security of the 2008 edition.
        SECURITY_ASSOCIATION_UPDATE = 0x2002,
        /// Experimental frequency transfer of the 2008 edition.
        CUM_FREQ_SCALE_FACTOR_OFFSET = 0x2003,
        /// Where to answer to, as Meta's clients ask for.
        ALTERNATE_RESPONSE_PORT = 0x2007,
        /// The NetSync Monitor of linuxptp asks.
        PTPMON_REQ = 0x21fe,
        /// The NetSync Monitor of linuxptp is answered.
        PTPMON_RESP = 0x21ff,
        /// An organization's own, passed on by boundary clocks (14.3).
        ORGANIZATION_EXTENSION_PROPAGATE = 0x4000,
        /// Where inaccuracy comes from (16.12).
        ENHANCED_ACCURACY_METRICS = 0x4001,
        /// Completed delay exchanges, as linuxptp reports them.
        SLAVE_DELAY_TIMING_DATA_NP = 0x7f00,
        /// An organization's own, not passed on (14.3).
        ORGANIZATION_EXTENSION_DO_NOT_PROPAGATE = 0x8000,
        /// The state of the physical layer (annex L).
        L1_SYNC = 0x8001,
        /// How a port can be reached (16.9).
        PORT_COMMUNICATION_AVAILABILITY = 0x8002,
        /// Where it can be reached (16.9).
        PROTOCOL_ADDRESS = 0x8003,
        /// Received Syncs (16.11).
        SLAVE_RX_SYNC_TIMING_DATA = 0x8004,
        /// What came of them (16.11).
        SLAVE_RX_SYNC_COMPUTED_DATA = 0x8005,
        /// Sent event messages (16.11).
        SLAVE_TX_EVENT_TIMESTAMPS = 0x8006,
        /// The grandmaster's rate (16.10).
        CUMULATIVE_RATE_RATIO = 0x8007,
        /// Nothing, to make a message longer (14.4.2).
        PAD = 0x8008,
        /// Security (16.14).
        AUTHENTICATION = 0x8009,
        /// The client of IEEE 1588.1 asks.
        CSPTP_REQUEST = 0xff00,
        /// The server of IEEE 1588.1 answers.
        CSPTP_RESPONSE = 0xff01,
        /// The server of IEEE 1588.1 says whom it follows.
        CSPTP_STATUS = 0xff02,
        /// Tells clients of IEEE 1588.1 apart.
        CSPTP_UID = 0xff03,
    }
}

impl TlvType {
    /// Whether a boundary clock passes it on in Announce without knowing it (14.2.2.2).
    pub const fn propagates(self) -> bool {
        self.0 == TlvType::ALTERNATE_TIME_OFFSET_INDICATOR.0 || self.0 >= 0x4000 && self.0 <= 0x7fff
    }

    /// Whether its value begins with an organization.
    pub const fn is_organization(self) -> bool {
        matches!(
            self,
            TlvType::ORGANIZATION_EXTENSION
                | TlvType::ORGANIZATION_EXTENSION_PROPAGATE
                | TlvType::ORGANIZATION_EXTENSION_DO_NOT_PROPAGATE
        )
    }
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
            if !len.is_multiple_of(2) || len > r.rest().len() {
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
    /// Reads its value.
    pub const fn reader(&self) -> Reader<'a> {
        Reader::new(self.value, self.at + 4)
    }

    /// Whether `r` left nothing of the value but an octet that makes it even; `field` is the last.
    pub(crate) fn finish(&self, r: Reader<'_>, field: &'static str) -> Result<(), DecodeError> {
        if r.rest().len() < 2 { Ok(()) } else { Err(DecodeError::Surplus { field, at: r.at() }) }
    }

    /// The clocks of a PATH_TRACE, grandmaster first; nothing for another type.
    pub fn path(&self) -> Option<impl Iterator<Item = ClockIdentity> + use<'a>> {
        if self.kind != TlvType::PATH_TRACE || !self.value.len().is_multiple_of(8) {
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

    /// Adds a TLV whose value `write` writes; an odd length is padded. What does not fit is not
    /// added.
    pub fn add(
        &mut self,
        kind: TlvType,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let start = self.writer.len();
        let added = self.append(kind, write);
        if added.is_err() {
            self.writer.truncate(start);
        }
        added
    }

    fn append(
        &mut self,
        kind: TlvType,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.writer.u16(kind.0)?;
        let at = self.writer.len();
        self.writer.u16(0)?;
        write(&mut self.writer)?;
        if !(self.writer.len() - at).is_multiple_of(2) {
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
