//! The data of a clock (15.5.3.1 to 15.5.3.5).

use time::Timestamp;
use wire::{
    ClockAccuracySetting, ClockDescription, ClockType, CurrentDataSet, DefaultDataSet,
    DefaultFlags, DelayMechanismCode, Domain, ManagementBody, ManagementId, NetworkProtocol,
    ParentDataSet, ParentFlags, PhysicalAddress, PortAddress, PrimaryDomain, Priority1, Priority2,
    PtpText, Switch, Time, TimePropertiesDataSet, TimeReceiverOnly, TimescaleProperties,
    TraceabilityProperties, TransparentDefaultDataSet, UserDescription, UtcProperties,
};

use super::scene::{SCALE, Scene, TRACE, UTC, flags_of, only};
use crate::instance::Instance;
use crate::link::Link;
use crate::place::Peer;
use crate::reply::Reply;
use crate::settings::{DelayMechanism, Role};

/// What an id of a clock says; nothing for another id.
pub(super) fn data<'a>(reply: &Reply, scene: &Scene<'a>) -> Option<ManagementBody<'a>> {
    let instance = scene.instance;
    let settings = &instance.settings;
    Some(match reply.id {
        ManagementId::CLOCK_DESCRIPTION => {
            ManagementBody::ClockDescription(description(scene.link(reply), scene))
        }
        ManagementId::USER_DESCRIPTION => {
            let text = text(settings.management.user.octets());
            ManagementBody::UserDescription(UserDescription { text })
        }
        ManagementId::DEFAULT_DATA_SET => ManagementBody::DefaultDataSet(default_ds(instance)),
        ManagementId::CURRENT_DATA_SET => ManagementBody::CurrentDataSet(CurrentDataSet {
            steps_removed: instance.current.steps_removed,
            offset: instance.current.offset,
            mean_delay: instance.current.mean_delay,
        }),
        ManagementId::PARENT_DATA_SET => ManagementBody::ParentDataSet(parent_ds(instance)),
        ManagementId::PRIORITY1 => {
            ManagementBody::Priority1(Priority1 { priority1: settings.priority1 })
        }
        ManagementId::PRIORITY2 => {
            ManagementBody::Priority2(Priority2 { priority2: settings.priority2 })
        }
        ManagementId::DOMAIN => ManagementBody::Domain(Domain { domain: settings.domain }),
        ManagementId::SLAVE_ONLY => {
            let switch = Switch::new(settings.role == Role::ReceiverOnly);
            ManagementBody::TimeReceiverOnly(TimeReceiverOnly { switch })
        }
        ManagementId::CLOCK_ACCURACY => {
            let accuracy = settings.quality.accuracy;
            ManagementBody::ClockAccuracy(ClockAccuracySetting { accuracy })
        }
        ManagementId::TRANSPARENT_CLOCK_DEFAULT_DATA_SET => {
            ManagementBody::TransparentDefaultDataSet(transparent_ds(scene)?)
        }
        ManagementId::PRIMARY_DOMAIN if scene.transparent.is_some() => {
            ManagementBody::PrimaryDomain(PrimaryDomain { domain: settings.domain })
        }
        _ => return of_time(reply, instance),
    })
}

/// The time and what is known of it.
fn of_time(reply: &Reply, instance: &Instance) -> Option<ManagementBody<'static>> {
    let (time, flags) = (&instance.time, flags_of(&instance.time));
    Some(match reply.id {
        // Whoever sends it puts it in.
        ManagementId::TIME => ManagementBody::Time(Time { time: Timestamp::ZERO }),
        ManagementId::TIME_PROPERTIES_DATA_SET => {
            ManagementBody::TimePropertiesDataSet(TimePropertiesDataSet {
                utc_offset: time.utc_offset,
                flags,
                time_source: time.time_source,
            })
        }
        ManagementId::UTC_PROPERTIES => ManagementBody::UtcProperties(UtcProperties {
            utc_offset: time.utc_offset,
            flags: only(flags, UTC),
        }),
        ManagementId::TRACEABILITY_PROPERTIES => {
            let flags = only(flags, TRACE);
            ManagementBody::TraceabilityProperties(TraceabilityProperties { flags })
        }
        ManagementId::TIMESCALE_PROPERTIES => {
            ManagementBody::TimescaleProperties(TimescaleProperties {
                flags: only(flags, SCALE),
                time_source: time.time_source,
            })
        }
        _ => return None,
    })
}

/// defaultDS (8.2.1).
fn default_ds(instance: &Instance) -> DefaultDataSet {
    let settings = &instance.settings;
    let two_step = instance.ports.iter().any(|port| !port.settings.one_step);
    let receives = settings.role == Role::ReceiverOnly;
    DefaultDataSet {
        flags: DefaultFlags::default()
            .with(DefaultFlags::TWO_STEP, two_step)
            .with(DefaultFlags::TIME_RECEIVER_ONLY, receives),
        number_ports: instance.ports.len() as u16,
        priority1: settings.priority1,
        quality: settings.quality,
        priority2: settings.priority2,
        clock: settings.identity,
        domain: settings.domain,
    }
}

/// parentDS (8.2.3); what is observed of the parent is not told.
fn parent_ds(instance: &Instance) -> ParentDataSet {
    let parent = &instance.parent;
    ParentDataSet {
        parent: parent.port,
        flags: ParentFlags::default(),
        observed_variance: 0xffff,
        observed_phase_change_rate: 0x7fff_ffff,
        priority1: parent.priority1,
        quality: parent.quality,
        priority2: parent.priority2,
        grandmaster: parent.grandmaster,
    }
}

/// transparentClockDefaultDS (2008, 8.3.2).
fn transparent_ds(scene: &Scene<'_>) -> Option<TransparentDefaultDataSet> {
    let settings = &scene.instance.settings;
    Some(TransparentDefaultDataSet {
        clock: settings.identity,
        number_ports: scene.instance.ports.len() as u16,
        delay_mechanism: match scene.transparent?.mechanism {
            DelayMechanism::P2p => DelayMechanismCode::P2P,
            _ => DelayMechanismCode::E2E,
        },
        primary_domain: settings.domain,
    })
}

/// CLOCK_DESCRIPTION (15.5.3.1.2).
fn description<'a>(link: &'a Link, scene: &Scene<'a>) -> ClockDescription<'a> {
    let said = &scene.instance.settings.management;
    let several = scene.instance.ports.len() > 1;
    let clock_type = match scene.transparent.map(|transparent| transparent.mechanism) {
        Some(DelayMechanism::P2p) => ClockType::PEER_TO_PEER_TRANSPARENT,
        Some(_) => ClockType::END_TO_END_TRANSPARENT,
        None if several => ClockType::BOUNDARY,
        None => ClockType::ORDINARY,
    };
    let mac = &link.address.mac[..];
    ClockDescription {
        clock_type,
        physical_layer: text(b"IEEE 802.3"),
        physical_address: PhysicalAddress(mac),
        address: address(&link.address.protocol).unwrap_or(ethernet(mac)),
        manufacturer: [0; 3],
        product: text(said.product.octets()),
        revision: text(said.revision.octets()),
        user: text(said.user.octets()),
        profile: said.profile,
    }
}

/// An address as the wire has it.
pub(super) const fn address(peer: &Peer) -> Option<PortAddress<'_>> {
    let (protocol, address) = match peer {
        Peer::None => return None,
        Peer::Udp4(octets) => (NetworkProtocol::UDP_IPV4, octets.as_slice()),
        Peer::Udp6(octets) => (NetworkProtocol::UDP_IPV6, octets.as_slice()),
        Peer::Ethernet(octets) => return Some(ethernet(octets)),
    };
    Some(PortAddress { protocol, address })
}

const fn ethernet(mac: &[u8]) -> PortAddress<'_> {
    PortAddress { protocol: NetworkProtocol::IEEE_802_3, address: mac }
}

fn text(octets: &[u8]) -> PtpText<'_> {
    PtpText::from_octets(octets).unwrap_or_default()
}
