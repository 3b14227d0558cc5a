//! The bodies of the messages (13.5 to 13.13, 15.4).

use time::Timestamp;

use crate::record::codes;
use crate::{
    ClockIdentity, ClockQuality, DecodeError, EncodeError, Header, MessageType, Packet,
    PortIdentity, Reader, TimeSource, Tlvs, Writer,
};

/// A whole message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Message<'a> {
    /// The header.
    pub header: Header,
    /// What it says.
    pub body: Body,
    /// What is attached.
    pub tlvs: Tlvs<'a>,
}

/// What a message says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Body {
    /// originTimestamp.
    Sync(Timestamp),
    /// originTimestamp.
    DelayReq(Timestamp),
    /// originTimestamp.
    PdelayReq(Timestamp),
    /// requestReceiptTimestamp.
    PdelayResp(Response),
    /// preciseOriginTimestamp.
    FollowUp(Timestamp),
    /// receiveTimestamp.
    DelayResp(Response),
    /// responseOriginTimestamp.
    PdelayRespFollowUp(Response),
    /// The grandmaster and its time.
    Announce(Announce),
    /// targetPortIdentity.
    Signaling(PortIdentity),
    /// Whom it is for.
    Management(Management),
}

/// A time in answer to somebody's request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Response {
    /// The time.
    pub time: Timestamp,
    /// requestingPortIdentity.
    pub requesting: PortIdentity,
}

/// The grandmaster, as its receivers' boundary clocks pass it on (13.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Announce {
    /// originTimestamp.
    pub origin: Timestamp,
    /// currentUtcOffset in seconds.
    pub utc_offset: i16,
    /// grandmasterPriority1.
    pub priority1: u8,
    /// grandmasterClockQuality.
    pub quality: ClockQuality,
    /// grandmasterPriority2.
    pub priority2: u8,
    /// grandmasterIdentity.
    pub grandmaster: ClockIdentity,
    /// stepsRemoved.
    pub steps_removed: u16,
    /// timeSource.
    pub time_source: TimeSource,
}

codes! {
    /// What a management message asks for (Table 57).
    pub struct ManagementAction(u8) {
        /// Read a value.
        GET = 0,
        /// Change a value.
        SET = 1,
        /// The value.
        RESPONSE = 2,
        /// Do something.
        COMMAND = 3,
        /// It was done.
        ACKNOWLEDGE = 4,
    }
}

/// Who a management message is for and how far it may travel (15.4.1, Table 56).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Management {
    /// targetPortIdentity.
    pub target: PortIdentity,
    /// startingBoundaryHops.
    pub starting_boundary_hops: u8,
    /// boundaryHops.
    pub boundary_hops: u8,
    /// actionField.
    pub action: ManagementAction,
}

impl<'a> Message<'a> {
    /// Reads a whole message; octets after messageLength are ignored.
    pub fn decode(octets: &'a [u8]) -> Result<Message<'a>, DecodeError> {
        Packet::parse(octets)?.message()
    }

    /// Writes the message and says how many octets it is.
    pub fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let kind = self.body.kind();
        let length = kind.fixed_len() + self.tlvs.octets().len();
        let mut w = Writer::new(buffer);
        self.header.write(kind, u16::try_from(length).map_err(|_| EncodeError)?, &mut w)?;
        self.body.write(&mut w)?;
        w.octets(self.tlvs.octets())?;
        debug_assert_eq!(w.len(), length, "a body is as long as its type says");
        Ok(w.len())
    }
}

impl<'a> Packet<'a> {
    /// Reads body and TLVs.
    pub fn message(&self) -> Result<Message<'a>, DecodeError> {
        let mut r = Reader::new(self.content, Header::LEN);
        let body = Body::read(self.kind, &mut r)?;
        let tlvs = Tlvs::parse(r.rest(), r.at())?;
        Ok(Message { header: self.header, body, tlvs })
    }
}

impl Body {
    /// Which message has this body.
    pub const fn kind(&self) -> MessageType {
        match self {
            Body::Sync(_) => MessageType::Sync,
            Body::DelayReq(_) => MessageType::DelayReq,
            Body::PdelayReq(_) => MessageType::PdelayReq,
            Body::PdelayResp(_) => MessageType::PdelayResp,
            Body::FollowUp(_) => MessageType::FollowUp,
            Body::DelayResp(_) => MessageType::DelayResp,
            Body::PdelayRespFollowUp(_) => MessageType::PdelayRespFollowUp,
            Body::Announce(_) => MessageType::Announce,
            Body::Signaling(_) => MessageType::Signaling,
            Body::Management(_) => MessageType::Management,
        }
    }

    fn read(kind: MessageType, r: &mut Reader<'_>) -> Result<Body, DecodeError> {
        Ok(match kind {
            MessageType::Sync => Body::Sync(r.timestamp("originTimestamp")?),
            MessageType::DelayReq => Body::DelayReq(r.timestamp("originTimestamp")?),
            MessageType::PdelayReq => {
                let origin = r.timestamp("originTimestamp")?;
                r.octets("reserved", 10)?;
                Body::PdelayReq(origin)
            }
            MessageType::PdelayResp => {
                Body::PdelayResp(Response::read("requestReceiptTimestamp", r)?)
            }
            MessageType::FollowUp => Body::FollowUp(r.timestamp("preciseOriginTimestamp")?),
            MessageType::DelayResp => Body::DelayResp(Response::read("receiveTimestamp", r)?),
            MessageType::PdelayRespFollowUp => {
                Body::PdelayRespFollowUp(Response::read("responseOriginTimestamp", r)?)
            }
            MessageType::Announce => Body::Announce(Announce::read(r)?),
            MessageType::Signaling => Body::Signaling(PortIdentity::read(r, "targetPortIdentity")?),
            MessageType::Management => Body::Management(Management::read(r)?),
        })
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        match self {
            Body::Sync(time) | Body::DelayReq(time) | Body::FollowUp(time) => w.timestamp(*time),
            Body::PdelayReq(time) => {
                w.timestamp(*time)?;
                w.zeros(10)
            }
            Body::PdelayResp(response)
            | Body::DelayResp(response)
            | Body::PdelayRespFollowUp(response) => {
                w.timestamp(response.time)?;
                response.requesting.write(w)
            }
            Body::Announce(announce) => announce.write(w),
            Body::Signaling(target) => target.write(w),
            Body::Management(management) => management.write(w),
        }
    }
}

impl Response {
    fn read(field: &'static str, r: &mut Reader<'_>) -> Result<Response, DecodeError> {
        Ok(Response {
            time: r.timestamp(field)?,
            requesting: PortIdentity::read(r, "requestingPortIdentity")?,
        })
    }
}

impl Announce {
    fn read(r: &mut Reader<'_>) -> Result<Announce, DecodeError> {
        let origin = r.timestamp("originTimestamp")?;
        let utc_offset = r.i16("currentUtcOffset")?;
        r.u8("reserved")?;
        Ok(Announce {
            origin,
            utc_offset,
            priority1: r.u8("grandmasterPriority1")?,
            quality: ClockQuality::read(r, "grandmasterClockQuality")?,
            priority2: r.u8("grandmasterPriority2")?,
            grandmaster: ClockIdentity(r.array("grandmasterIdentity")?),
            steps_removed: r.u16("stepsRemoved")?,
            time_source: TimeSource(r.u8("timeSource")?),
        })
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.timestamp(self.origin)?;
        w.i16(self.utc_offset)?;
        w.u8(0)?;
        w.u8(self.priority1)?;
        self.quality.write(w)?;
        w.u8(self.priority2)?;
        w.octets(&self.grandmaster.0)?;
        w.u16(self.steps_removed)?;
        w.u8(self.time_source.0)
    }
}

impl Management {
    fn read(r: &mut Reader<'_>) -> Result<Management, DecodeError> {
        let target = PortIdentity::read(r, "targetPortIdentity")?;
        let starting_boundary_hops = r.u8("startingBoundaryHops")?;
        let boundary_hops = r.u8("boundaryHops")?;
        let action = ManagementAction(r.u8("actionField")? & 0x0f);
        r.u8("reserved")?;
        Ok(Management { target, starting_boundary_hops, boundary_hops, action })
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.target.write(w)?;
        w.u8(self.starting_boundary_hops)?;
        w.u8(self.boundary_hops)?;
        w.u8(self.action.0 & 0x0f)?;
        w.u8(0)
    }
}
