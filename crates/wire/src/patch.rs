//! Patching in place what a transparent clock, or a boundary clock with a management message,
//! passes on: every other octet stays as it was received.

use time::{LogInterval, Span, Timestamp};

use crate::{
    DecodeError, EncodeError, Flags, ManagementId, MessageType, Packet, PortIdentity, Reader,
    SdoId, TlvType, Writer,
};

/// A checked message in its buffer, with methods for the fields that may change on the way.
#[derive(Debug)]
pub struct HeaderMut<'a> {
    kind: MessageType,
    octets: &'a mut [u8],
}

impl<'a> HeaderMut<'a> {
    /// Checks the message; octets after messageLength are left alone.
    pub fn new(octets: &'a mut [u8]) -> Result<HeaderMut<'a>, DecodeError> {
        let packet = Packet::parse(octets)?;
        packet.message()?;
        let (kind, length) = (packet.kind, octets.len() - packet.trailing.len());
        Ok(HeaderMut { kind, octets: &mut octets[..length] })
    }

    /// Adds to the correctionField. Once it is saturated it stays, as it then means "too large".
    pub fn add_correction(&mut self, span: Span) {
        let correction = self.correction();
        if correction.to_interval() != i64::MAX {
            self.set_correction(correction + span);
        }
    }

    /// Sets the correctionField, saturated.
    pub fn set_correction(&mut self, correction: Span) {
        self.put(8, correction.to_interval().to_be_bytes());
    }

    /// Sets the flagField.
    pub fn set_flags(&mut self, flags: Flags) {
        self.put(6, flags.0.to_be_bytes());
    }

    /// Sets majorSdoId and minorSdoId.
    pub fn set_sdo_id(&mut self, sdo_id: SdoId) {
        let [major, minor] = sdo_id.0.to_be_bytes();
        self.put(0, [major << 4 | self.kind.number()]);
        self.put(5, [minor]);
    }

    /// Sets minorVersionPTP, 0 to 15.
    pub fn set_minor_version(&mut self, minor: u8) {
        self.put(1, [minor << 4 | 2]);
    }

    /// Sets the domainNumber.
    pub fn set_domain(&mut self, domain: u8) {
        self.put(4, [domain]);
    }

    /// Sets messageTypeSpecific.
    pub fn set_type_specific(&mut self, value: u32) {
        self.put(16, value.to_be_bytes());
    }

    /// Sets the sourcePortIdentity.
    pub fn set_source(&mut self, source: PortIdentity) {
        self.put(20, source.clock.0);
        self.put(28, source.port.to_be_bytes());
    }

    /// Sets the sequenceId.
    pub fn set_sequence_id(&mut self, sequence_id: u16) {
        self.put(30, sequence_id.to_be_bytes());
    }

    /// Sets the logMessageInterval.
    pub fn set_log_interval(&mut self, interval: LogInterval) {
        self.put(33, interval.log().to_be_bytes());
    }

    /// Sets the Timestamp the body begins with; an error for Signaling and Management.
    pub fn set_timestamp(&mut self, time: Timestamp) -> Result<(), EncodeError> {
        if matches!(self.kind, MessageType::Signaling | MessageType::Management) {
            return Err(EncodeError);
        }
        Writer::new(&mut self.octets[34..44]).timestamp(time)
    }

    /// Sets currentTime of a management message about TIME; an error for all else (15.5.3.2.11).
    pub fn set_current_time(&mut self, time: Timestamp) -> Result<(), EncodeError> {
        self.only(MessageType::Management)?;
        let tells = self.octets.get(48..50) == Some(&TlvType::MANAGEMENT.0.to_be_bytes())
            && self.octets.get(52..54) == Some(&ManagementId::TIME.0.to_be_bytes());
        let field = self.octets.get_mut(54..64).filter(|_| tells).ok_or(EncodeError)?;
        Writer::new(field).timestamp(time)
    }

    /// Sets stepsRemoved; an error for all but Announce.
    pub fn set_steps_removed(&mut self, steps: u16) -> Result<(), EncodeError> {
        self.only(MessageType::Announce)?;
        self.put(61, steps.to_be_bytes());
        Ok(())
    }

    /// Sets boundaryHops; an error for all but Management.
    pub fn set_boundary_hops(&mut self, hops: u8) -> Result<(), EncodeError> {
        self.only(MessageType::Management)?;
        self.put(45, [hops]);
        Ok(())
    }

    /// What it is.
    pub const fn kind(&self) -> MessageType {
        self.kind
    }

    /// The correctionField.
    pub fn correction(&self) -> Span {
        Span::from_interval(i64::from_be_bytes(self.take(8)))
    }

    /// The flagField.
    pub fn flags(&self) -> Flags {
        Flags(u16::from_be_bytes(self.take(6)))
    }

    /// The sequenceId.
    pub fn sequence_id(&self) -> u16 {
        u16::from_be_bytes(self.take(30))
    }

    /// The message as it is now.
    pub const fn octets(&self) -> &[u8] {
        self.octets
    }

    fn only(&self, kind: MessageType) -> Result<(), EncodeError> {
        if self.kind == kind { Ok(()) } else { Err(EncodeError) }
    }

    fn put<const N: usize>(&mut self, at: usize, value: [u8; N]) {
        self.octets[at..at + N].copy_from_slice(&value);
    }

    fn take<const N: usize>(&self, at: usize) -> [u8; N] {
        let field = Reader::new(&self.octets[at..], at).array("field");
        field.expect("a checked message has a whole header")
    }
}
