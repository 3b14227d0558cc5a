//! What neighbours say that our profile does not allow: each told once of each of them.

use time::LogInterval;
use wire::{
    Body, Flags, Header, Message, MessageType, PortIdentity, SdoId, TlvBody, TlvType, Tlvs,
};

use crate::follow_up::Information;
use crate::mechanism::DelayMechanism;
use crate::power::Power;
use crate::unicast_settings::{ANNOUNCE, SYNC, place_of};

/// What a profile allows others to say; ranges go from the first to the second.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Expected {
    /// logAnnounceInterval.
    pub announce: Option<(i8, i8)>,
    /// logSyncInterval.
    pub sync: Option<(i8, i8)>,
    /// logMinDelayReqInterval.
    pub delay: Option<(i8, i8)>,
    /// logMinPdelayReqInterval, which only 802.1AS says.
    pub pdelay: Option<(i8, i8)>,
    /// priority1.
    pub priority1: Option<(u8, u8)>,
    /// priority2.
    pub priority2: Option<(u8, u8)>,
    /// domainNumber.
    pub domain: Option<(u8, u8)>,
    /// sdoId.
    pub sdo_id: Option<SdoId>,
    /// minorVersionPTP.
    pub minor_version: Option<u8>,
    /// The one delay mechanism.
    pub mechanism: Option<DelayMechanism>,
    /// The values of clockClass.
    pub classes: Option<&'static [u8]>,
    /// Whether unicast or multicast is not to be.
    pub unicast: Option<bool>,
    /// Whether Announce is to be sent at all.
    pub silent: bool,
    /// Whether each Sync has a Follow_Up.
    pub two_step: bool,
    /// Whether time is that of PTP, and no arbitrary one.
    pub ptp_timescale: bool,
    /// The power profile's TLV in Announce, of an edition: 2011 or 2017.
    pub power: Option<u16>,
    /// Whether Announce says how to show another timescale.
    pub alternate: bool,
    /// Whether Announce lists the clocks that it passed.
    pub path_trace: bool,
    /// Whether Follow_Up carries the information of IEEE 802.1AS.
    pub information: bool,
    /// Whether there are no management messages.
    pub unmanaged: bool,
}

/// What a neighbour says that is not allowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Deviation {
    /// logAnnounceInterval.
    Announce(i8),
    /// logSyncInterval.
    Sync(i8),
    /// logMinDelayReqInterval.
    Delay(i8),
    /// logMinPdelayReqInterval.
    Pdelay(i8),
    /// priority1.
    Priority1(u8),
    /// priority2.
    Priority2(u8),
    /// domainNumber.
    Domain(u8),
    /// sdoId.
    SdoId(SdoId),
    /// minorVersionPTP.
    MinorVersion(u8),
    /// clockClass of its grandmaster.
    Class(u8),
    /// It measures end to end, where neighbours measure.
    EndToEnd,
    /// It measures peer to peer, where the time transmitter is asked.
    PeerToPeer,
    /// It sends Sync in one step.
    OneStep,
    /// It speaks to us alone.
    Unicast,
    /// It speaks to all.
    Multicast,
    /// It announces itself.
    Announces,
    /// Its time is on an arbitrary timescale.
    Arbitrary,
    /// Its Announce lacks the power profile's TLV.
    NoPower,
    /// Its Announce lacks ALTERNATE_TIME_OFFSET_INDICATOR.
    NoAlternate,
    /// Its Announce lacks PATH_TRACE.
    NoPathTrace,
    /// Its Follow_Up lacks the information of IEEE 802.1AS.
    NoInformation,
    /// It sends management messages.
    Management,
    /// More than are remembered deviate; of others nothing is told.
    Others,
}

/// Neighbours whose deviations are remembered.
const SOURCES_MAX: usize = 16;

/// Of one message.
type Findings = [Option<Deviation>; 8];

#[derive(Debug)]
pub(crate) struct Deviations {
    expected: Expected,
    /// What was told of whom, as bits.
    told: [Option<(PortIdentity, u32)>; SOURCES_MAX],
    overflowed: bool,
}

impl Deviations {
    pub(crate) const fn new(expected: Expected) -> Deviations {
        Deviations { expected, told: [None; SOURCES_MAX], overflowed: false }
    }

    /// What is to be told of a message, the first time.
    pub(crate) fn of(&mut self, message: &Message<'_>) -> Option<Deviation> {
        let source = message.header.source;
        let [common, own] = [
            self.expected.in_header(&message.header, &message.body),
            self.expected.in_body(message),
        ];
        common.into_iter().chain(own).flatten().find_map(|found| self.tell(source, found))
    }

    /// What is to be told of a message that is not of our domain or sdoId, the first time.
    pub(crate) fn of_stranger(&mut self, header: &Header) -> Option<Deviation> {
        let Expected { domain, sdo_id, .. } = self.expected;
        // The common service is beside all domains (16.6).
        let strange =
            sdo_id.is_some_and(|ours| ours != header.sdo_id) && header.sdo_id != SdoId::CMLDS;
        let found = if strange {
            Deviation::SdoId(header.sdo_id)
        } else if outside(domain, header.domain) {
            Deviation::Domain(header.domain)
        } else {
            return None;
        };
        self.tell(header.source, found)
    }

    fn tell(&mut self, source: PortIdentity, found: Deviation) -> Option<Deviation> {
        let known =
            |slot: &&mut Option<(PortIdentity, u32)>| slot.is_none_or(|(known, _)| known == source);
        let Some(slot) = self.told.iter_mut().find(known) else {
            let first = !core::mem::replace(&mut self.overflowed, true);
            return first.then_some(Deviation::Others);
        };
        let (_, told) = slot.get_or_insert((source, 0));
        let new = *told & found.bit() == 0;
        *told |= found.bit();
        new.then_some(found)
    }
}

impl Deviation {
    const fn bit(self) -> u32 {
        1 << match self {
            Deviation::Announce(_) => 0,
            Deviation::Sync(_) => 1,
            Deviation::Delay(_) => 2,
            Deviation::Pdelay(_) => 3,
            Deviation::Priority1(_) => 4,
            Deviation::Priority2(_) => 5,
            Deviation::Domain(_) => 6,
            Deviation::SdoId(_) => 7,
            Deviation::MinorVersion(_) => 8,
            Deviation::Class(_) => 9,
            Deviation::EndToEnd => 10,
            Deviation::PeerToPeer => 11,
            Deviation::OneStep => 12,
            Deviation::Unicast => 13,
            Deviation::Multicast => 14,
            Deviation::Announces => 15,
            Deviation::Arbitrary => 16,
            Deviation::NoPower => 17,
            Deviation::NoAlternate => 18,
            Deviation::NoPathTrace => 19,
            Deviation::NoInformation => 20,
            Deviation::Management => 21,
            Deviation::Others => 22,
        }
    }
}

fn outside<N: PartialOrd + Copy>(range: Option<(N, N)>, value: N) -> bool {
    range.is_some_and(|(min, max)| value < min || value > max)
}

impl Expected {
    /// What messages of several kinds have in common.
    fn in_header(&self, header: &Header, body: &Body) -> Findings {
        let kind = body.kind();
        let managed = kind == MessageType::Management;
        let in_unicast = header.flags.has(Flags::UNICAST);
        let cast = self.unicast.is_some_and(|unicast| unicast != in_unicast) && !managed;
        let end_to_end = matches!(kind, MessageType::DelayReq | MessageType::DelayResp)
            && self.mechanism == Some(DelayMechanism::P2p);
        let peer_to_peer = kind.is_peer_delay() && self.mechanism == Some(DelayMechanism::E2e);
        let minor = header.minor_version;
        let other_minor = self.minor_version.is_some_and(|ours| ours != minor);
        let mut found = [None; 8];
        found[0] = other_minor.then_some(Deviation::MinorVersion(minor));
        found[1] = (cast && in_unicast).then_some(Deviation::Unicast);
        found[2] = (cast && !in_unicast).then_some(Deviation::Multicast);
        found[3] = end_to_end.then_some(Deviation::EndToEnd);
        found[4] = peer_to_peer.then_some(Deviation::PeerToPeer);
        found[5] = (managed && self.unmanaged).then_some(Deviation::Management);
        found[6] = self.interval(header, kind);
        found
    }

    /// The interval that a message says, if it says one: what goes to one clock alone does not.
    fn interval(&self, header: &Header, kind: MessageType) -> Option<Deviation> {
        if header.log_interval == LogInterval::NONE {
            return None;
        }
        let log = header.log_interval.log();
        let (range, found) = match kind {
            MessageType::Announce => (self.announce, Deviation::Announce(log)),
            MessageType::Sync => (self.sync, Deviation::Sync(log)),
            MessageType::DelayResp => (self.delay, Deviation::Delay(log)),
            MessageType::PdelayReq => (self.pdelay, Deviation::Pdelay(log)),
            _ => return None,
        };
        outside(range, log).then_some(found)
    }

    /// What only messages of one kind say.
    fn in_body(&self, message: &Message<'_>) -> Findings {
        let (mut found, flags) = ([None; 8], message.header.flags);
        match &message.body {
            Body::Announce(announce) => {
                let class = announce.quality.class;
                let strange = self.classes.is_some_and(|classes| !classes.contains(&class));
                let arbitrary = self.ptp_timescale && !flags.has(Flags::PTP_TIMESCALE);
                let (first, second) = (announce.priority1, announce.priority2);
                found[..3].copy_from_slice(&self.in_announce(message.tlvs));
                found[3] = outside(self.priority1, first).then_some(Deviation::Priority1(first));
                found[4] = outside(self.priority2, second).then_some(Deviation::Priority2(second));
                found[5] = strange.then_some(Deviation::Class(class));
                found[6] = arbitrary.then_some(Deviation::Arbitrary);
                found[7] = self.silent.then_some(Deviation::Announces);
            }
            Body::Sync(_) => {
                let one = self.two_step && !flags.has(Flags::TWO_STEP);
                found[0] = one.then_some(Deviation::OneStep);
            }
            Body::FollowUp(_) => {
                let lacks = self.information && Information::of(message.tlvs).is_none();
                found[0] = lacks.then_some(Deviation::NoInformation);
            }
            Body::Signaling(_) => self.in_requests(message.tlvs, &mut found),
            _ => {}
        }
        found
    }

    /// TLVs that Announce lacks.
    fn in_announce(&self, tlvs: Tlvs<'_>) -> [Option<Deviation>; 3] {
        let has = |kind: TlvType| tlvs.iter().any(|tlv| tlv.kind == kind);
        let power = self
            .power
            .is_some_and(|edition| Power::of(tlvs).is_none_or(|power| power.edition() != edition));
        let alternate = self.alternate && !has(TlvType::ALTERNATE_TIME_OFFSET_INDICATOR);
        let path = self.path_trace && !has(TlvType::PATH_TRACE);
        [
            power.then_some(Deviation::NoPower),
            alternate.then_some(Deviation::NoAlternate),
            path.then_some(Deviation::NoPathTrace),
        ]
    }

    /// Intervals at which unicast service is asked for (16.1).
    fn in_requests(&self, tlvs: Tlvs<'_>, found: &mut Findings) {
        let asked = tlvs.iter().filter(|tlv| tlv.kind == TlvType::REQUEST_UNICAST_TRANSMISSION);
        let asked = asked.filter_map(|tlv| match TlvBody::decode(&tlv) {
            Ok(TlvBody::UnicastRequest(request)) => Some(request),
            _ => None,
        });
        for (slot, request) in found.iter_mut().zip(asked) {
            let log = request.log_interval.log();
            let (range, deviation) = match place_of(request.service.message()) {
                Some(ANNOUNCE) => (self.announce, Deviation::Announce(log)),
                Some(SYNC) => (self.sync, Deviation::Sync(log)),
                Some(_) => (self.delay, Deviation::Delay(log)),
                None => continue,
            };
            *slot = outside(range, log).then_some(deviation);
        }
    }
}
