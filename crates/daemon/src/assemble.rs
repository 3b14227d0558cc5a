//! From the configuration to what engine and servo are built from.

use config::{Bmca, ClockType, Config, ListedServer, PortConfig, PowerTlv, Role, UnicastConfig};
use engine::{
    ALTERNATES_MAX, Acceptable, Access, AlternateTimescale, DelayMechanism, Edition, Held,
    InstanceSettings, LinkSettings, ManagementSettings, NeighborLimits, Peer, PortIndex,
    PortSettings, Power, ServingSettings, Settings, Text, TransparentSettings, UnicastServer,
    UnicastSettings,
};
use time::Mono;
use wire::{ClockAccuracy, ClockIdentity, ClockQuality, PortIdentity, SdoId};

use crate::expected;
use crate::optional::{self, peer};
use crate::timescale;

/// Everything the engine needs to know.
pub(crate) fn engine_settings(config: &Config, identity: ClockIdentity, seed: u64) -> Settings {
    let stamp_timeout =
        config.ports.iter().map(|port| port.tx_stamp_timeout).max().unwrap_or_default();
    let ports = config.ports.iter().map(|port| port_settings(config, port)).collect();
    let mut instance = InstanceSettings::new(identity, ports);
    instance.domain = config.domain;
    instance.sdo_id = SdoId(config.sdo_id);
    instance.minor_version = config.minor_version;
    instance.priority1 = config.priority1;
    instance.priority2 = config.priority2;
    instance.quality = quality(config);
    instance.role = role(config.role);
    instance.edition = match config.bmca {
        Bmca::Edition2008 => Edition::Ieee2008,
        Bmca::Edition2019 => Edition::Ieee2019,
        Bmca::G8275 => Edition::G8275,
        Bmca::G8265 => Edition::G8265,
        Bmca::Ieee8021As => Edition::Ieee8021As,
        Bmca::External => Edition::External,
    };
    instance.local_priority = config.local_priority;
    instance.max_steps_removed = config.max_steps_removed;
    instance.class_max = config.clock_class_threshold;
    instance.acceptable = config.acceptable.iter().map(acceptable).collect();
    instance.path_trace = config.path_trace;
    instance.expected = expected::of(config.profile);
    instance.power = match config.power_tlv {
        PowerTlv::None => None,
        PowerTlv::Edition2011 => Some(Power::Edition2011 {
            grandmaster_id: config.power_grandmaster_id,
            grandmaster_ns: config.power_inaccuracy_ns,
            network_ns: u32::MAX,
        }),
        PowerTlv::Edition2017 => Some(Power::Edition2017 {
            grandmaster_id: config.power_grandmaster_id,
            total_ns: config.power_inaccuracy_ns,
        }),
    };
    instance.alternates = alternates(&config.alternate_timescales);
    instance.accuracy = optional::accuracy(&config.metrics);
    instance.rate_ratio = config.metrics.cumulative_rate_ratio;
    instance.relay = config.clock_type == ClockType::Relay;
    let ports = (0u8..).map(PortIndex).zip(&config.ports);
    instance.unicast = ports.filter_map(|(index, port)| unicast(index, &port.unicast)).collect();
    instance.time = timescale::leading(config, None);
    instance.management = management(config);
    let transparent = transparent(config);
    if let Some(transparent) = &transparent {
        // The clock in it follows, so that residence times are in the grandmaster's seconds.
        instance.role = engine::Role::ReceiverOnly;
        instance.quality.class = 255;
        for port in &mut instance.ports {
            port.delay_mechanism = transparent.mechanism;
        }
    }
    let others: Vec<_> =
        config.also_domains.iter().map(|domain| observed(&instance, *domain)).collect();
    Settings {
        seed,
        stamp_timeout,
        transparent,
        links: config.ports.iter().map(|port| link_settings(config, port)).collect(),
        instances: [vec![instance], others].concat(),
    }
}

/// What management messages may do here.
fn management(config: &Config) -> ManagementSettings {
    let defaults = ManagementSettings::default();
    ManagementSettings {
        access: match config.management.access {
            config::ManagementAccess::Off => Access::Off,
            config::ManagementAccess::Read => Access::Read,
            config::ManagementAccess::Write => Access::Write,
        },
        writers: config.management.allow.iter().copied().map(peer).collect(),
        storage: config.state_dir.is_some(),
        holdover: config.holdover.is_some().then_some(true),
        time: config.management.time && config.clock == config::ClockChoice::Virtual,
        user: Text::new(config.management.user.as_bytes()).unwrap_or(defaults.user),
        profile: config::profile_table(config.profile).identity.unwrap_or(defaults.profile),
        ..defaults
    }
}

/// majorSdoId of IEEE 802.1AS.
const GPTP: u16 = 1;

/// Frames that a transparent clock keeps at a time.
const FRAMES: u8 = 64;

fn transparent(config: &Config) -> Option<TransparentSettings> {
    let mechanism = match config.clock_type {
        ClockType::Auto | ClockType::Relay => return None,
        ClockType::E2eTransparent => DelayMechanism::E2e,
        ClockType::P2pTransparent => DelayMechanism::P2p,
    };
    let spanning_tree = config.tc_spanning_tree;
    Some(TransparentSettings { mechanism, spanning_tree, frames: FRAMES })
}

/// Another domain: the same clock, which neither leads nor follows there.
fn observed(first: &InstanceSettings, domain: u8) -> InstanceSettings {
    let mut instance = InstanceSettings { domain, unicast: Vec::new(), ..first.clone() };
    instance.role = engine::Role::ReceiverOnly;
    instance.quality.class = 255;
    instance.metadata = None;
    // What is set holds where we take part.
    if instance.management.access == Access::Write {
        instance.management.access = Access::Read;
    }
    for port in &mut instance.ports {
        *port = observed_port(*port);
    }
    instance
}

/// A port in another domain: it follows, so that there is something to measure.
pub(crate) const fn observed_port(settings: PortSettings) -> PortSettings {
    PortSettings { transmitter_only: false, ..settings }
}

/// By the order of the list, which the configuration keeps to 4 short names.
pub(crate) fn alternates(
    listed: &[config::AlternateTimescale],
) -> [Option<AlternateTimescale>; ALTERNATES_MAX] {
    let mut all = [None; ALTERNATES_MAX];
    for (key, (slot, scale)) in (0_u8..).zip(all.iter_mut().zip(listed)) {
        *slot = AlternateTimescale::new(key, &scale.name, scale.offset_s);
        if let (Some(slot), Some((jump_s, at))) = (slot, scale.jump) {
            (slot.jump_s, slot.next_jump) = (jump_s, at);
        }
    }
    all
}

fn acceptable(clock: &config::AcceptableClock) -> Acceptable {
    let port = clock.port.unwrap_or(u16::MAX);
    Acceptable {
        port: PortIdentity { clock: ClockIdentity(clock.clock), port },
        priority1: clock.priority1.unwrap_or(0),
    }
}

/// Unicast service of a port that has any.
fn unicast(port: PortIndex, options: &UnicastConfig) -> Option<UnicastSettings> {
    let places = options.places();
    if options.servers.is_empty() && places == 0 {
        return None;
    }
    let server = |listed: &ListedServer| UnicastServer {
        peer: peer(listed.address),
        priority: listed.priority,
    };
    let serving = ServingSettings {
        clients: options.clients.iter().copied().map(peer).collect(),
        max_clients: places,
        max_per_address: options.max_per_address,
        least: [options.least_announce, options.least_sync, options.least_delay],
    };
    Some(UnicastSettings {
        port,
        negotiation: options.negotiation,
        servers: options.servers.iter().map(server).collect(),
        cluster: options.cluster,
        query: options.query_interval,
        pause: options.pause,
        duration_s: options.duration_s,
        serving: (places > 0).then_some(serving),
    })
}

pub(crate) fn port_settings(config: &Config, port: &PortConfig) -> PortSettings {
    PortSettings {
        enabled: port.enabled,
        transmitter_only: config.role == Role::ServerOnly || port.transmitter_only,
        held: match port.role {
            config::PortRole::Transmitter => Held::TimeTransmitter,
            config::PortRole::Receiver => Held::TimeReceiver,
            config::PortRole::Passive => Held::Passive,
            config::PortRole::Auto => match config.role {
                Role::ClientOnly => Held::TimeReceiver,
                Role::ServerOnly => Held::TimeTransmitter,
                Role::Both => Held::Passive,
            },
        },
        local_priority: port.local_priority,
        announce: port.announce_interval,
        announce_receipt_timeout: port.announce_receipt_timeout,
        sync: port.sync_interval,
        min_delay_req: port.delay_interval,
        delay_mechanism: match port.delay_mechanism {
            config::DelayMechanism::E2e => DelayMechanism::E2e,
            config::DelayMechanism::P2p | config::DelayMechanism::CommonP2p => DelayMechanism::P2p,
            config::DelayMechanism::Auto => DelayMechanism::Auto,
            config::DelayMechanism::None => DelayMechanism::None,
        },
        foreign_max: config.max_foreign,
        sync_receipt_timeout: port.sync_receipt_timeout,
        needs_capable: port.needs_capable,
        follow_up_information: port.follow_up_information,
        announces: port.announce,
        request: (port.request_sync_interval, port.request_pdelay_interval),
        hybrid: port.hybrid,
        multicast: port.multicast,
        one_step: false,
        options: optional::port_options(port),
    }
}

pub(crate) fn link_settings(config: &Config, port: &PortConfig) -> LinkSettings {
    LinkSettings {
        pdelay: port.pdelay_interval,
        ingress_latency: port.ingress_latency,
        egress_latency: port.egress_latency,
        asymmetry: port.asymmetry,
        limits: port.needs_capable.then_some(NeighborLimits {
            delay_max: port.link_delay_max,
            delay_min: port.link_delay_min,
            lost_max: port.allowed_lost_responses,
            ..NeighborLimits::IEEE_802_1AS
        }),
        peer: port.unicast.peer.map_or(Peer::None, peer),
        common: port.delay_mechanism == config::DelayMechanism::CommonP2p,
        gptp: config.sdo_id >> 8 == GPTP,
    }
}

pub(crate) const fn quality(config: &Config) -> ClockQuality {
    ClockQuality {
        class: config.clock_class,
        accuracy: ClockAccuracy(config.clock_accuracy),
        variance: config.offset_scaled_log_variance,
    }
}

pub(crate) const fn role(role: Role) -> engine::Role {
    match role {
        Role::Both => engine::Role::Both,
        Role::ClientOnly => engine::Role::ReceiverOnly,
        Role::ServerOnly => engine::Role::TransmitterOnly,
    }
}

/// What no two daemons draw alike: who we are and when we started.
pub(crate) fn seed(identity: ClockIdentity, now: Mono) -> u64 {
    let own = u64::from_be_bytes(identity.0);
    own.rotate_left(17)
        ^ now.nanos().wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ u64::from(std::process::id())
}
