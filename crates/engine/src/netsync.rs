//! linuxptp's NetSync Monitor: whoever asks in unicast is told our data sets with the answer to its
//! Delay_Req, and gets a Sync of ours at once, whatever the port does.

use time::{Stamp, Timestamp};
use wire::{
    CurrentDataSet, DecodeError, EncodeError, Flags, Header, MessageType, NetworkProtocol,
    NsmResponse, ParentDataSet, ParentFlags, PortAddress, PortStateCode, TimeFlags,
    TimePropertiesDataSet, TlvBody, TlvType, TlvWriter, Tlvs,
};

use crate::context::Context;
use crate::event::{Discard, Event};
use crate::instance::Instance;
use crate::outbox::{Content, Draft};
use crate::place::Peer;
use crate::port::Port;
use crate::ticket::Purpose;
use crate::told::Told;

/// Nothing is observed of a parent's stability (8.2.3.5, 8.2.3.6).
const NOT_OBSERVED: (u16, i32) = (u16::MAX, i32::MAX);

/// Whether a Delay_Req is the monitor's.
pub(crate) fn asks(header: &Header, tlvs: Tlvs<'_>) -> Result<bool, DecodeError> {
    let asked = tlvs.find(TlvType::PTPMON_REQ).filter(|_| header.flags.has(Flags::UNICAST));
    asked.map_or(Ok(false), |tlv| TlvBody::decode(&tlv).map(|_| true))
}

impl Port {
    /// Answers the monitor's Delay_Req, and sends it a Sync of the same sequenceId.
    pub(crate) fn answer_net_sync(
        &mut self,
        (request, from): (&Header, Peer),
        received: Option<Stamp>,
        ctx: &mut Context<'_>,
    ) {
        let Some(received) = received else {
            return ctx.discard(self.link, Discard::NoStamp);
        };
        if from == Peer::None {
            return ctx.discard(self.link, Discard::NotListed);
        }
        let (instance, port) = (self.instance, self.link);
        ctx.event(Event::Told { instance, port, what: Told::NetSyncAsked });
        let (_, site) = self.at_work();
        let content = Content::NetSyncResp {
            received: received.time,
            correction: request.correction,
            requesting: request.source,
        };
        let sequence = request.sequence_id;
        ctx.send(Draft { to: from, ..site.draft(sequence, None, content) });
        let purpose = Purpose::NetSync { instance, port: port.0, to: from, sequence };
        site.send_sync(from, sequence, purpose, ctx);
    }

    /// When the monitor's Sync left, its Follow_Up goes out.
    pub(crate) fn on_net_sync_sent(
        &mut self,
        (to, sequence): (Peer, u16),
        at: Stamp,
        ctx: &mut Context<'_>,
    ) {
        if !self.state.name().is_up() {
            return ctx.discard(self.link, Discard::Unmatched(MessageType::Sync));
        }
        let origin = at.time + self.link_settings.egress_latency;
        let (_, site) = self.at_work();
        let correction = origin.fraction();
        let content = Content::FollowUp { origin, correction, information: None };
        ctx.send(Draft { to, ..site.draft(sequence, None, content) });
    }
}

/// What the monitor is told, in an answer that goes to `to`.
pub(crate) fn write(
    instance: &Instance,
    port: &Port,
    to: Peer,
    tlvs: &mut TlvWriter<'_>,
) -> Result<(), EncodeError> {
    let (parent, time) = (&instance.parent, &instance.time);
    let follows = instance.ports.iter().find_map(|port| Some((port, port.state.receiver()?)));
    let address = follows.and_then(|(port, receiver)| {
        let heard = port.foreign.iter().find(|record| record.source == receiver.parent)?;
        (heard.peer != Peer::None).then_some(heard.peer)
    });
    let last_sync = follows.and_then(|(_, receiver)| receiver.last_sync());
    let (protocol, octets) = address_of(address.unwrap_or(Peer::None), to);
    TlvBody::NsmResponse(NsmResponse {
        state: PortStateCode(port.state.name().number()),
        parent_address: PortAddress { protocol, address: octets.slice() },
        parent: ParentDataSet {
            parent: parent.port,
            flags: ParentFlags(0),
            observed_variance: NOT_OBSERVED.0,
            observed_phase_change_rate: NOT_OBSERVED.1,
            priority1: parent.priority1,
            quality: parent.quality,
            priority2: parent.priority2,
            grandmaster: parent.grandmaster,
        },
        current: CurrentDataSet {
            steps_removed: instance.current.steps_removed,
            offset: instance.current.offset,
            mean_delay: instance.current.mean_delay,
        },
        time_properties: TimePropertiesDataSet {
            utc_offset: time.utc_offset,
            flags: TimeFlags(time.flags.0 as u8),
            time_source: time.time_source,
        },
        last_sync: last_sync.unwrap_or(Timestamp::ZERO),
    })
    .encode(tlvs)
}

/// An address of up to 16 octets.
struct Octets([u8; 16], usize);

impl Octets {
    fn slice(&self) -> &[u8] {
        &self.0[..self.1]
    }
}

/// An address of the parent; where none is known, zeros of the kind of the monitor's.
fn address_of(parent: Peer, to: Peer) -> (NetworkProtocol, Octets) {
    let mut room = [0; 16];
    let mut keep = |octets: &[u8]| {
        room[..octets.len()].copy_from_slice(octets);
        Octets(room, octets.len())
    };
    match (parent, to) {
        (Peer::Udp4(octets), _) => (NetworkProtocol::UDP_IPV4, keep(&octets)),
        (Peer::Udp6(octets), _) => (NetworkProtocol::UDP_IPV6, keep(&octets)),
        (Peer::Ethernet(octets), _) => (NetworkProtocol::IEEE_802_3, keep(&octets)),
        (Peer::None, Peer::Udp6(_)) => (NetworkProtocol::UDP_IPV6, keep(&[0; 16])),
        (Peer::None, Peer::Ethernet(_)) => (NetworkProtocol::IEEE_802_3, keep(&[0; 6])),
        (Peer::None, _) => (NetworkProtocol::UDP_IPV4, keep(&[0; 4])),
    }
}
