//! A whole message field by field, for those who show it.

use crate::{
    Announce, Body, DecodeError, Field, Header, Label, Management, Message, MessageType, Packet,
    Response, TlvBody, Value, Visit,
};

impl Packet<'_> {
    /// Shows header, body, TLVs and what follows messageLength. What was shown before an error
    /// holds.
    pub fn walk(&self, visit: &mut dyn Visit) -> Result<(), DecodeError> {
        let length = Header::LEN + self.content.len();
        walk_header(self.kind, &self.header, length, visit);
        let message = self.message()?;
        walk_body(&message.body, visit);
        walk_tlvs(&message, visit)?;
        let tlvs_end = self.kind.fixed_len() + message.tlvs.octets().len();
        let rest = [
            ("octets that are no TLV", tlvs_end, length - tlvs_end),
            ("trailing", length, self.trailing.len()),
        ];
        for (name, at, len) in rest {
            if len > 0 {
                visit.field(Label::new(name, at), len, Value::Reserved);
            }
        }
        Ok(())
    }
}

fn walk_tlvs(message: &Message<'_>, visit: &mut dyn Visit) -> Result<(), DecodeError> {
    for (index, tlv) in message.tlvs.iter().enumerate() {
        let body = TlvBody::decode(&tlv)?;
        visit.enter(Label::new("tlv", tlv.at).index(index));
        body.walk(tlv.at, visit);
        visit.leave();
    }
    Ok(())
}

fn walk_header(kind: MessageType, header: &Header, length: usize, visit: &mut dyn Visit) {
    let mut show = |name, at, len, value| visit.field(Label::new(name, at), len, value);
    let major = header.sdo_id.0 >> 8;
    let first = u64::from(major) << 4 | u64::from(kind.number());
    let version = u64::from(header.minor_version) << 4 | 2;
    show("messageType", 0, 1, Value::Code { raw: first, name: Some(kind.name()) });
    show("versionPTP", 1, 1, Value::Code { raw: version, name: None });
    show("messageLength", 2, 2, Value::Unsigned(length as u64));
    show("domainNumber", 4, 1, Value::Unsigned(header.domain.into()));
    let minor = u64::from(header.sdo_id.0 & 0xff);
    show("minorSdoId", 5, 1, Value::Code { raw: minor, name: None });
    let flags = Value::Bits { raw: header.flags.0.into(), names: FLAG_NAMES };
    show("flagField", 6, 2, flags);
    show("correctionField", 8, 8, Value::Interval(header.correction));
    let specific = Value::Code { raw: header.type_specific.into(), name: None };
    show("messageTypeSpecific", 16, 4, specific);
    show("sourcePortIdentity", 20, 10, Value::Port(header.source));
    show("sequenceId", 30, 2, Value::Unsigned(header.sequence_id.into()));
    show("controlField", 32, 1, Value::Unsigned(header.control.into()));
    show("logMessageInterval", 33, 1, Value::Log(header.log_interval));
}

const FLAG_NAMES: &[(u64, &str)] = &[
    (0x0100, "alternateMasterFlag"),
    (0x0200, "twoStepFlag"),
    (0x0400, "unicastFlag"),
    (0x2000, "PTP profile Specific 1"),
    (0x4000, "PTP profile Specific 2"),
    (0x0001, "leap61"),
    (0x0002, "leap59"),
    (0x0004, "currentUtcOffsetValid"),
    (0x0008, "ptpTimescale"),
    (0x0010, "timeTraceable"),
    (0x0020, "frequencyTraceable"),
    (0x0040, "synchronizationUncertain"),
];

fn walk_body(body: &Body, visit: &mut dyn Visit) {
    const AT: usize = Header::LEN;
    match body {
        Body::Sync(time) | Body::DelayReq(time) => {
            time.walk(Label::new("originTimestamp", AT), visit);
        }
        Body::PdelayReq(time) => {
            time.walk(Label::new("originTimestamp", AT), visit);
            visit.field(Label::new("reserved", AT + 10), 10, Value::Reserved);
        }
        Body::FollowUp(time) => time.walk(Label::new("preciseOriginTimestamp", AT), visit),
        Body::PdelayResp(response) => walk_response("requestReceiptTimestamp", response, visit),
        Body::DelayResp(response) => walk_response("receiveTimestamp", response, visit),
        Body::PdelayRespFollowUp(response) => {
            walk_response("responseOriginTimestamp", response, visit);
        }
        Body::Announce(announce) => walk_announce(announce, visit),
        Body::Signaling(target) => target.walk(Label::new("targetPortIdentity", AT), visit),
        Body::Management(management) => walk_management(management, visit),
    }
}

fn walk_response(name: &'static str, response: &Response, visit: &mut dyn Visit) {
    response.time.walk(Label::new(name, Header::LEN), visit);
    response.requesting.walk(Label::new("requestingPortIdentity", Header::LEN + 10), visit);
}

fn walk_announce(announce: &Announce, visit: &mut dyn Visit) {
    announce.origin.walk(Label::new("originTimestamp", 34), visit);
    announce.utc_offset.walk(Label::new("currentUtcOffset", 44).unit("s"), visit);
    visit.field(Label::new("reserved", 46), 1, Value::Reserved);
    announce.priority1.walk(Label::new("grandmasterPriority1", 47), visit);
    announce.quality.walk(Label::new("grandmasterClockQuality", 48), visit);
    announce.priority2.walk(Label::new("grandmasterPriority2", 52), visit);
    announce.grandmaster.walk(Label::new("grandmasterIdentity", 53), visit);
    announce.steps_removed.walk(Label::new("stepsRemoved", 61), visit);
    announce.time_source.walk(Label::new("timeSource", 63), visit);
}

fn walk_management(management: &Management, visit: &mut dyn Visit) {
    management.target.walk(Label::new("targetPortIdentity", 34), visit);
    management.starting_boundary_hops.walk(Label::new("startingBoundaryHops", 44), visit);
    management.boundary_hops.walk(Label::new("boundaryHops", 45), visit);
    let action = Value::Code { raw: management.action.0.into(), name: management.action.name() };
    visit.field(Label::new("actionField", 46), 1, action);
    visit.field(Label::new("reserved", 47), 1, Value::Reserved);
}
