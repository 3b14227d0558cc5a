//! What an engine is built from.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use time::{LogInterval, Span};
use wire::{
    ClockAccuracy, ClockIdentity, ClockQuality, EnhancedAccuracy, PortIdentity, SdoId,
    SynchronizationMetadata,
};

use crate::alternate::{ALTERNATES_MAX, AlternateTimescale};
use crate::dataset::TimeProperties;
use crate::deviation::Expected;
use crate::management_settings::ManagementSettings;
pub use crate::mechanism::DelayMechanism;
use crate::neighbor::NeighborLimits;
use crate::options::PortOptions;
use crate::place::Peer;
use crate::power::Power;
use crate::unicast_settings::UnicastSettings;

/// All of an engine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Determines every draw of chance.
    pub seed: u64,
    /// How long a transmit stamp may take.
    pub stamp_timeout: Duration,
    /// The interfaces, by PortIndex.
    pub links: Vec<LinkSettings>,
    /// The instances (domains).
    pub instances: Vec<InstanceSettings>,
    /// Whether it passes on what it hears, as a transparent clock (clause 10).
    pub transparent: Option<TransparentSettings>,
}

/// How a transparent clock passes on what it hears.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TransparentSettings {
    /// End-to-end, or peer-to-peer: link delays are then added, and the peer delay mechanism ends
    /// here.
    pub mechanism: DelayMechanism,
    /// Whether it counts as a step in Announce, so that the best clock algorithm finds loops.
    pub spanning_tree: bool,
    /// Frames that are kept at a time.
    pub frames: u8,
}

/// An interface and its peer delay service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkSettings {
    /// logMinPdelayReqInterval.
    pub pdelay: LogInterval,
    /// From the stamp of an arriving frame back to its arrival; subtracted (7.3.4.2).
    pub ingress_latency: Span,
    /// From the stamp of a leaving frame to its departure; added (7.3.4.2).
    pub egress_latency: Span,
    /// delayAsymmetry: positive when the way to us is longer than the mean (7.4.2).
    pub asymmetry: Span,
    /// What of a neighbour counts as capable of gPTP; where there are none, every one is.
    pub limits: Option<NeighborLimits>,
    /// Whom Pdelay_Req goes to; nobody in particular: the group.
    pub peer: Peer,
    /// Whether the link is measured by the common mean link delay service, for all domains at once
    /// (16.6): sdoId 0x200, domain 0.
    pub common: bool,
    /// Whether Pdelay_Resp carries fractions as IEEE 802.1AS has them, with the other sign.
    pub gptp: bool,
}

/// One instance: a clock in one domain.
#[derive(Clone, Debug)]
pub struct InstanceSettings {
    /// clockIdentity.
    pub identity: ClockIdentity,
    /// domainNumber.
    pub domain: u8,
    /// sdoId.
    pub sdo_id: SdoId,
    /// minorVersionPTP of what it sends.
    pub minor_version: u8,
    /// priority1.
    pub priority1: u8,
    /// priority2.
    pub priority2: u8,
    /// clockQuality; class 255 when it only receives.
    pub quality: ClockQuality,
    /// What it contends with in place of that, while it lives on what it learned (17.7).
    pub contends: Option<ClockQuality>,
    /// What it may become.
    pub role: Role,
    /// Whose state decision algorithm.
    pub edition: Edition,
    /// localPriority of our own clock (G.8275.1, G.8275.2); 1 is the best.
    pub local_priority: u8,
    /// An Announce of a greater clockClass than this is discarded.
    pub class_max: u8,
    /// The only clocks to follow, where there are any (17.5).
    pub acceptable: Vec<Acceptable>,
    /// What our profile allows others to say.
    pub expected: Expected,
    /// The power profile's TLV of our own, and what we add to a parent's.
    pub power: Option<Power>,
    /// Other timescales that Announce tells of while we lead in our own name (16.3).
    pub alternates: [Option<AlternateTimescale>; ALTERNATES_MAX],
    /// What of inaccuracy is our own: what ENHANCED_ACCURACY_METRICS says while we lead in our own name,
    /// and what is added to a parent's (16.12).
    pub accuracy: Option<EnhancedAccuracy>,
    /// Whether the grandmaster's rate is measured, said and passed on (16.10).
    pub rate_ratio: bool,
    /// Whether Sync is passed on as it comes instead of being made anew (802.1AS, a relay).
    pub relay: bool,
    /// Whether Announce carries a PATH_TRACE.
    pub path_trace: bool,
    /// An Announce with this many stepsRemoved is discarded.
    pub max_steps_removed: u16,
    /// What to say of our own time when we lead.
    pub time: TimeProperties,
    /// One port for each interface, in their order.
    pub ports: Vec<PortSettings>,
    /// Unicast service, on ports that have it.
    pub unicast: Vec<UnicastSettings>,
    /// Our own synchronisation metadata, if they are sent (SMPTE ST 2059-2).
    pub metadata: Option<SynchronizationMetadata>,
    /// What management messages may ask and change.
    pub management: ManagementSettings,
}

/// A clock of the acceptable time transmitter table (17.5.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Acceptable {
    /// acceptablePortIdentity; port 0xffff is any port of that clock.
    pub port: PortIdentity,
    /// alternatePriority1: stands for its priority1 unless it is 0.
    pub priority1: u8,
}

/// A port of an instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PortSettings {
    /// portEnable.
    pub enabled: bool,
    /// Never follows on this port (masterOnly).
    pub transmitter_only: bool,
    /// The state this port is held in, whatever is announced, where [`Edition::External`] decides
    /// (17.6).
    pub held: Held,
    /// localPriority of what is heard here (G.8275.1, G.8275.2); 1 is the best.
    pub local_priority: u8,
    /// logAnnounceInterval.
    pub announce: LogInterval,
    /// announceReceiptTimeout, in announce intervals.
    pub announce_receipt_timeout: u8,
    /// logSyncInterval.
    pub sync: LogInterval,
    /// logMinDelayReqInterval.
    pub min_delay_req: LogInterval,
    /// delayMechanism.
    pub delay_mechanism: DelayMechanism,
    /// Foreign time transmitters that are remembered.
    pub foreign_max: u16,
    /// After so many Sync intervals without one a time transmitter's reign ends; 0: never.
    pub sync_receipt_timeout: u8,
    /// Whether nothing is sent or followed here before the neighbour is known to do gPTP.
    pub needs_capable: bool,
    /// The intervals of Sync and of Pdelay_Req that a neighbour is asked for once we follow well
    /// (802.1AS 10.6.4.3).
    pub request: (Option<LogInterval>, Option<LogInterval>),
    /// Whether Announce is sent and waited for. Where it is not, and the port is held to follow,
    /// whoever sends Sync is followed.
    pub announces: bool,
    /// Whether Follow_Up carries the information of IEEE 802.1AS.
    pub follow_up_information: bool,
    /// Delay_Req goes to the time transmitter alone, as long as that answers; and who asks us in
    /// unicast is answered, granted or not (mixed mode).
    pub hybrid: bool,
    /// Whether Announce and Sync go to the group.
    pub multicast: bool,
    /// Whether whoever sends a Sync writes into it when it leaves, so that no Follow_Up is needed.
    pub one_step: bool,
    /// What it does besides.
    pub options: PortOptions,
}

/// What an instance may become.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Whatever the algorithm decides.
    Both,
    /// Never leads (slaveOnly).
    ReceiverOnly,
    /// Never follows (masterOnly on every port).
    TransmitterOnly,
}

/// Whose state decision algorithm.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Edition {
    /// IEEE 1588-2008: a listening port waits while no port has heard a time transmitter.
    Ieee2008,
    /// IEEE 1588-2019: a listening port waits while itself has heard none.
    Ieee2019,
    /// The alternate algorithm of G.8275.1 and G.8275.2: no priority1, localPriority instead, and
    /// several grandmasters of clockClass up to 127 may lead at a time.
    G8275,
    /// G.8265.1: the quality level in clockClass, then the operator's order.
    G8265,
    /// IEEE 802.1AS: one Announce counts, nobody qualifies first, vectors decide (10.3).
    Ieee8021As,
    /// None: each port is held in a state (17.6).
    External,
}

impl Edition {
    /// Whether the first Announce of a clock counts already.
    pub(crate) const fn one_is_enough(self) -> bool {
        matches!(self, Edition::Ieee8021As | Edition::External)
    }

    /// Whether whoever is to lead leads at once (no PRE_TIME_TRANSMITTER).
    pub(crate) const fn leads_at_once(self) -> bool {
        matches!(self, Edition::Ieee8021As | Edition::External)
    }
}

/// The state a port is held in from outside (17.6.2, desiredState).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Held {
    /// TIME_TRANSMITTER.
    TimeTransmitter,
    /// TIME_RECEIVER, of whoever is heard first.
    TimeReceiver,
    /// PASSIVE.
    Passive,
}

/// Settings no engine can be built from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SettingsError {
    /// There is no interface or no instance, or more than 16 of either.
    Count,
    /// An instance has not exactly one port for each interface.
    Ports,
    /// Two instances have the same sdoId and domain.
    Domain,
    /// An interval is not between 2^-7 and 2^7 s.
    Interval,
    /// announceReceiptTimeout is less than 2.
    AnnounceReceiptTimeout,
    /// The table of foreign time transmitters has fewer than 5 records (9.3.2.4.5).
    ForeignMax,
    /// More servers than [`SERVERS_MAX`], no place for clients, or a duration of zero.
    Unicast,
}

/// Unicast servers of a port at most.
pub const SERVERS_MAX: usize = 64;

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SettingsError::Count => "1 to 16 interfaces and 1 to 16 instances are needed",
            SettingsError::Ports => "each instance needs one port for each interface",
            SettingsError::Domain => "two instances share sdoId and domain",
            SettingsError::Interval => "intervals are 2^-7 to 2^7 s",
            SettingsError::AnnounceReceiptTimeout => "announceReceiptTimeout is at least 2",
            SettingsError::Unicast => {
                "unicast needs at most 64 servers, a place for clients and a duration"
            }
            SettingsError::ForeignMax => "at least 5 foreign time transmitters are remembered",
        })
    }
}

impl core::error::Error for SettingsError {}

impl Settings {
    /// An ordinary clock with the default profile's values on one interface.
    pub fn ordinary(seed: u64, identity: ClockIdentity) -> Settings {
        Settings {
            seed,
            stamp_timeout: Duration::from_millis(100),
            links: vec![LinkSettings::default()],
            instances: vec![InstanceSettings::new(identity, vec![PortSettings::default()])],
            transparent: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let count = 1..=16;
        if !count.contains(&self.links.len()) || !count.contains(&self.instances.len()) {
            return Err(SettingsError::Count);
        }
        for (i, instance) in self.instances.iter().enumerate() {
            if instance.ports.len() != self.links.len() {
                return Err(SettingsError::Ports);
            }
            let same = |other: &InstanceSettings| {
                other.domain == instance.domain && other.sdo_id == instance.sdo_id
            };
            if self.instances[..i].iter().any(same) {
                return Err(SettingsError::Domain);
            }
            for port in &instance.ports {
                port.check()?;
            }
            instance.unicast.iter().try_for_each(check_unicast)?;
        }
        self.links.iter().try_for_each(LinkSettings::check)
    }
}

impl Default for LinkSettings {
    fn default() -> LinkSettings {
        LinkSettings {
            pdelay: LogInterval::new(0),
            ingress_latency: Span::ZERO,
            egress_latency: Span::ZERO,
            asymmetry: Span::ZERO,
            limits: None,
            peer: Peer::None,
            common: false,
            gptp: false,
        }
    }
}

impl LinkSettings {
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        check_interval(self.pdelay)
    }
}

impl InstanceSettings {
    /// The default profile's values.
    pub fn new(identity: ClockIdentity, ports: Vec<PortSettings>) -> InstanceSettings {
        InstanceSettings {
            identity,
            domain: 0,
            sdo_id: SdoId(0),
            minor_version: 1,
            priority1: 128,
            priority2: 128,
            quality: ClockQuality {
                class: 248,
                accuracy: ClockAccuracy::UNKNOWN,
                variance: 0xffff,
            },
            contends: None,
            role: Role::Both,
            edition: Edition::Ieee2019,
            local_priority: 128,
            class_max: 255,
            acceptable: Vec::new(),
            expected: Expected::default(),
            power: None,
            alternates: [None; ALTERNATES_MAX],
            accuracy: None,
            rate_ratio: false,
            relay: false,
            path_trace: false,
            max_steps_removed: 255,
            time: TimeProperties::UNKNOWN,
            ports,
            unicast: Vec::new(),
            metadata: None,
            management: ManagementSettings::default(),
        }
    }
}

impl Default for PortSettings {
    fn default() -> PortSettings {
        PortSettings {
            enabled: true,
            transmitter_only: false,
            held: Held::Passive,
            local_priority: 128,
            announce: LogInterval::new(1),
            announce_receipt_timeout: 3,
            sync: LogInterval::new(0),
            min_delay_req: LogInterval::new(0),
            delay_mechanism: DelayMechanism::E2e,
            foreign_max: 16,
            sync_receipt_timeout: 0,
            needs_capable: false,
            request: (None, None),
            announces: true,
            follow_up_information: false,
            hybrid: false,
            multicast: true,
            one_step: false,
            options: PortOptions::default(),
        }
    }
}

impl PortSettings {
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        check_interval(self.announce)?;
        check_interval(self.sync)?;
        check_interval(self.min_delay_req)?;
        check_interval(self.options.capable.interval)?;
        if self.announce_receipt_timeout < 2 {
            return Err(SettingsError::AnnounceReceiptTimeout);
        }
        if self.foreign_max < 5 {
            return Err(SettingsError::ForeignMax);
        }
        Ok(())
    }
}

fn check_unicast(settings: &UnicastSettings) -> Result<(), SettingsError> {
    let least = settings.serving.iter().flat_map(|serving| serving.least);
    least.chain([settings.query]).try_for_each(check_interval)?;
    let places = settings.serving.as_ref().map_or(1, |serving| serving.max_clients);
    if settings.servers.len() > SERVERS_MAX || places == 0 || settings.duration_s == 0 {
        return Err(SettingsError::Unicast);
    }
    Ok(())
}

/// Whether the interval is one a message may be sent at here.
pub(crate) const fn usable(interval: LogInterval) -> bool {
    matches!(interval.log(), -7..=7)
}

const fn check_interval(interval: LogInterval) -> Result<(), SettingsError> {
    if usable(interval) { Ok(()) } else { Err(SettingsError::Interval) }
}
