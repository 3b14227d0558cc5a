//! The header every message begins with (13.3).

use time::{LogInterval, Span};

use crate::{DecodeError, EncodeError, Flags, PortIdentity, Reader, Writer};

/// The messages there are (Table 36).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MessageType {
    /// Time goes down.
    Sync,
    /// Asks when it arrived.
    DelayReq,
    /// Asks a neighbour when it arrived.
    PdelayReq,
    /// A neighbour answers.
    PdelayResp,
    /// When a Sync left.
    FollowUp,
    /// When a Delay_Req arrived.
    DelayResp,
    /// When a Pdelay_Resp left.
    PdelayRespFollowUp,
    /// Who leads.
    Announce,
    /// Requests between ports.
    Signaling,
    /// Questions and orders to a clock.
    Management,
}

impl MessageType {
    /// All of them, by number.
    pub const ALL: [MessageType; 10] = [
        MessageType::Sync,
        MessageType::DelayReq,
        MessageType::PdelayReq,
        MessageType::PdelayResp,
        MessageType::FollowUp,
        MessageType::DelayResp,
        MessageType::PdelayRespFollowUp,
        MessageType::Announce,
        MessageType::Signaling,
        MessageType::Management,
    ];

    /// The type with this number.
    pub const fn from_number(number: u8) -> Option<MessageType> {
        Some(match number {
            0x0 => MessageType::Sync,
            0x1 => MessageType::DelayReq,
            0x2 => MessageType::PdelayReq,
            0x3 => MessageType::PdelayResp,
            0x8 => MessageType::FollowUp,
            0x9 => MessageType::DelayResp,
            0xa => MessageType::PdelayRespFollowUp,
            0xb => MessageType::Announce,
            0xc => MessageType::Signaling,
            0xd => MessageType::Management,
            _ => return None,
        })
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        match self {
            MessageType::Sync => 0x0,
            MessageType::DelayReq => 0x1,
            MessageType::PdelayReq => 0x2,
            MessageType::PdelayResp => 0x3,
            MessageType::FollowUp => 0x8,
            MessageType::DelayResp => 0x9,
            MessageType::PdelayRespFollowUp => 0xa,
            MessageType::Announce => 0xb,
            MessageType::Signaling => 0xc,
            MessageType::Management => 0xd,
        }
    }

    /// Its name in the standard.
    pub const fn name(self) -> &'static str {
        match self {
            MessageType::Sync => "Sync",
            MessageType::DelayReq => "Delay_Req",
            MessageType::PdelayReq => "Pdelay_Req",
            MessageType::PdelayResp => "Pdelay_Resp",
            MessageType::FollowUp => "Follow_Up",
            MessageType::DelayResp => "Delay_Resp",
            MessageType::PdelayRespFollowUp => "Pdelay_Resp_Follow_Up",
            MessageType::Announce => "Announce",
            MessageType::Signaling => "Signaling",
            MessageType::Management => "Management",
        }
    }

    /// Whether its times of departure and arrival matter.
    pub const fn is_event(self) -> bool {
        self.number() < 0x8
    }

    /// Whether it is of the peer delay mechanism (11.4).
    pub const fn is_peer_delay(self) -> bool {
        matches!(
            self,
            MessageType::PdelayReq | MessageType::PdelayResp | MessageType::PdelayRespFollowUp
        )
    }

    /// The octets of header and body before any TLV.
    pub const fn fixed_len(self) -> usize {
        Header::LEN
            + match self {
                MessageType::Sync | MessageType::DelayReq | MessageType::FollowUp => 10,
                MessageType::Announce => 30,
                MessageType::Signaling => 10,
                MessageType::Management => 14,
                MessageType::PdelayReq
                | MessageType::PdelayResp
                | MessageType::DelayResp
                | MessageType::PdelayRespFollowUp => 20,
            }
    }

    /// The obsolete controlField as the 2008 edition sets it (Table 23 there).
    pub const fn control(self) -> u8 {
        match self {
            MessageType::Sync => 0,
            MessageType::DelayReq => 1,
            MessageType::FollowUp => 2,
            MessageType::DelayResp => 3,
            MessageType::Management => 4,
            _ => 5,
        }
    }
}

/// Twelve bits that keep profiles and standards apart (7.1.4).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct SdoId(pub u16);

impl SdoId {
    /// The peer delay service shared by all domains.
    pub const CMLDS: SdoId = SdoId(0x200);
    /// IEEE 802.1AS.
    pub const GPTP: SdoId = SdoId(0x100);
}

/// What all messages have in common, less messageType and messageLength.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    /// majorSdoId and minorSdoId.
    pub sdo_id: SdoId,
    /// minorVersionPTP: 0 for the 2008 edition, 1 for 2019.
    pub minor_version: u8,
    /// domainNumber.
    pub domain: u8,
    /// flagField.
    pub flags: Flags,
    /// correctionField.
    pub correction: Span,
    /// messageTypeSpecific.
    pub type_specific: u32,
    /// sourcePortIdentity.
    pub source: PortIdentity,
    /// sequenceId.
    pub sequence_id: u16,
    /// controlField.
    pub control: u8,
    /// logMessageInterval.
    pub log_interval: LogInterval,
}

impl Header {
    /// Octets on the wire.
    pub const LEN: usize = 34;

    pub(crate) fn write(
        &self,
        kind: MessageType,
        length: u16,
        w: &mut Writer<'_>,
    ) -> Result<(), EncodeError> {
        let major = (self.sdo_id.0 >> 4) as u8 & 0xf0;
        w.u8(major | kind.number())?;
        w.u8(self.minor_version << 4 | 2)?;
        w.u16(length)?;
        w.u8(self.domain)?;
        w.u8(self.sdo_id.0 as u8)?;
        w.u16(self.flags.0)?;
        w.interval(self.correction)?;
        w.u32(self.type_specific)?;
        self.source.write(w)?;
        w.u16(self.sequence_id)?;
        w.u8(self.control)?;
        w.i8(self.log_interval.log())
    }
}

/// A received message whose header was read and whose length holds; the body comes later, for those
/// it concerns.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// What it is.
    pub kind: MessageType,
    /// Its header.
    pub header: Header,
    /// The octets after the header, up to messageLength.
    pub content: &'a [u8],
    /// The octets after messageLength: padding, or two octets under UDP/IPv6.
    pub trailing: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads the header and checks version, type and length.
    pub fn parse(octets: &'a [u8]) -> Result<Packet<'a>, DecodeError> {
        let mut r = Reader::new(octets, 0);
        let first = r.u8("messageType")?;
        let version = r.u8("versionPTP")?;
        if version & 0x0f != 2 {
            return Err(DecodeError::Version(version & 0x0f));
        }
        let length = usize::from(r.u16("messageLength")?);
        let domain = r.u8("domainNumber")?;
        let minor_sdo_id = r.u8("minorSdoId")?;
        let header = Header {
            sdo_id: SdoId(u16::from(first & 0xf0) << 4 | u16::from(minor_sdo_id)),
            minor_version: version >> 4,
            domain,
            flags: Flags(r.u16("flagField")?),
            correction: r.interval("correctionField")?,
            type_specific: r.u32("messageTypeSpecific")?,
            source: PortIdentity::read(&mut r, "sourcePortIdentity")?,
            sequence_id: r.u16("sequenceId")?,
            control: r.u8("controlField")?,
            log_interval: LogInterval::new(r.i8("logMessageInterval")?),
        };
        let kind = MessageType::from_number(first & 0x0f)
            .ok_or(DecodeError::ReservedType(first & 0x0f))?;
        if length < kind.fixed_len() {
            return Err(DecodeError::MessageLength { said: length, limit: kind.fixed_len() });
        }
        let Some((message, trailing)) = octets.split_at_checked(length) else {
            return Err(DecodeError::MessageLength { said: length, limit: octets.len() });
        };
        Ok(Packet { kind, header, content: &message[Header::LEN..], trailing })
    }
}
