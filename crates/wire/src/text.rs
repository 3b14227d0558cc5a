//! Text and addresses, which bring their own length (5.3.6, 5.3.9).

use crate::record::codes;
use crate::{DecodeError, EncodeError, Field, Label, Reader, Value, Visit, Writer};

/// Text of up to 255 octets (5.3.9). What a peer sends need not be UTF-8.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct PtpText<'a>(&'a [u8]);

impl<'a> PtpText<'a> {
    /// No text.
    pub const EMPTY: PtpText<'static> = PtpText(&[]);

    /// `text`, where it is not too long.
    pub const fn new(text: &'a str) -> Option<PtpText<'a>> {
        PtpText::from_octets(text.as_bytes())
    }

    /// `octets`, where they are not too many.
    pub const fn from_octets(octets: &'a [u8]) -> Option<PtpText<'a>> {
        if octets.len() <= 255 { Some(PtpText(octets)) } else { None }
    }

    /// As it is on the wire.
    pub const fn octets(&self) -> &'a [u8] {
        self.0
    }

    /// As text, if it is.
    pub const fn as_str(&self) -> Option<&'a str> {
        match core::str::from_utf8(self.0) {
            Ok(text) => Some(text),
            Err(_) => None,
        }
    }
}

impl core::fmt::Debug for PtpText<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl<'a> Field<'a> for PtpText<'a> {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let len = r.u8(name)?;
        r.octets(name, usize::from(len)).map(PtpText)
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.u8(u8::try_from(self.0.len()).map_err(|_| EncodeError)?)?;
        w.octets(self.0)
    }

    fn size(&self) -> usize {
        1 + self.0.len()
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        visit.field(label, self.size(), Value::Text(self.0));
    }
}

codes! {
    /// What an address belongs to (7.4.1).
    pub struct NetworkProtocol(u16) {
        /// UDP over IPv4.
        UDP_IPV4 = 1,
        /// UDP over IPv6.
        UDP_IPV6 = 2,
        /// Ethernet.
        IEEE_802_3 = 3,
        /// DeviceNet.
        DEVICENET = 4,
        /// ControlNet.
        CONTROLNET = 5,
        /// PROFINET.
        PROFINET = 6,
        /// Nobody knows.
        UNKNOWN_PROTOCOL = 0xfffe,
    }
}

/// Where a port can be reached (5.3.6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PortAddress<'a> {
    /// networkProtocol.
    pub protocol: NetworkProtocol,
    /// addressField: 4 octets for IPv4, 16 for IPv6, 6 for Ethernet.
    pub address: &'a [u8],
}

impl<'a> Field<'a> for PortAddress<'a> {
    fn read(r: &mut Reader<'a>, _: &'static str) -> Result<Self, DecodeError> {
        let protocol = Field::read(r, "networkProtocol")?;
        let len = r.u16("addressLength")?;
        Ok(PortAddress { protocol, address: r.octets("addressField", usize::from(len))? })
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.protocol.write(w)?;
        w.u16(u16::try_from(self.address.len()).map_err(|_| EncodeError)?)?;
        w.octets(self.address)
    }

    fn size(&self) -> usize {
        4 + self.address.len()
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        visit.enter(label);
        self.protocol.walk(Label::new("networkProtocol", label.at), visit);
        let len = Value::Unsigned(self.address.len() as u64);
        visit.field(Label::new("addressLength", label.at + 2), 2, len);
        let address = Value::Octets(self.address);
        visit.field(Label::new("addressField", label.at + 4), self.address.len(), address);
        visit.leave();
    }
}

/// An address with its length but without a protocol, as in CLOCK_DESCRIPTION.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PhysicalAddress<'a>(pub &'a [u8]);

impl<'a> Field<'a> for PhysicalAddress<'a> {
    fn read(r: &mut Reader<'a>, _: &'static str) -> Result<Self, DecodeError> {
        let len = r.u16("physicalAddressLength")?;
        r.octets("physicalAddress", usize::from(len)).map(PhysicalAddress)
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.u16(u16::try_from(self.0.len()).map_err(|_| EncodeError)?)?;
        w.octets(self.0)
    }

    fn size(&self) -> usize {
        2 + self.0.len()
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        let len = Value::Unsigned(self.0.len() as u64);
        visit.field(Label::new("physicalAddressLength", label.at), 2, len);
        let address = Value::Octets(self.0);
        visit.field(Label::new("physicalAddress", label.at + 2), self.0.len(), address);
    }
}
