//! What an engine shows of itself.

use time::{Rate, Span};
use wire::{
    AlternateTimeOffset, ClockIdentity, ClockQuality, EnhancedAccuracy, PortIdentity,
    SynchronizationMetadata,
};

use crate::alternate::{ALTERNATES_MAX, AlternateTimescale};
use crate::clients::Clients;
use crate::dataset::{CurrentDs, ParentDs, TimeProperties};
use crate::engine::Engine;
use crate::foreign::ForeignRecord;
use crate::neighbor::Incapable;
use crate::place::PortIndex;
use crate::port::Port;
use crate::port_state::PortState;
use crate::power::Power;
use crate::servers::Servers;
use crate::settings::Role;
use crate::terms::Terms;
use crate::words::Words;

impl Engine {
    /// What we are told of frames and local time, and by whom (SMPTE ST 2059-2).
    pub fn metadata(&self, instance: u8) -> Option<(PortIdentity, SynchronizationMetadata)> {
        self.instances[usize::from(instance)].metadata.heard
    }

    /// What we tell of frames and local time while we lead in our own name.
    pub fn own_metadata(&self, instance: u8) -> Option<SynchronizationMetadata> {
        self.instances[usize::from(instance)].settings.metadata
    }

    /// Whether the clockClass is to be upgraded in holdover, as far as management says (17.7).
    pub fn upgrades_holdover(&self, instance: u8) -> bool {
        self.instances[usize::from(instance)].settings.management.holdover.unwrap_or(true)
    }

    /// How many instances there are.
    pub const fn instances(&self) -> usize {
        self.instances.len()
    }

    /// currentDS of an instance.
    pub fn current(&self, instance: u8) -> CurrentDs {
        self.instances[usize::from(instance)].current
    }

    /// parentDS of an instance.
    pub fn parent(&self, instance: u8) -> ParentDs {
        self.instances[usize::from(instance)].parent
    }

    /// timePropertiesDS of an instance.
    pub fn time_properties(&self, instance: u8) -> TimeProperties {
        self.instances[usize::from(instance)].time
    }

    /// The other timescales of our own that Announce tells of while we lead in our own name.
    pub fn alternates(&self, instance: u8) -> [Option<AlternateTimescale>; ALTERNATES_MAX] {
        self.instances[usize::from(instance)].settings.alternates
    }

    /// What our Announce tells of another timescale by its keyField: our own word, or the parent's
    /// where that is passed on (16.3).
    pub fn alternate(&self, instance: u8, key: u8) -> Option<AlternateTimeOffset<'_>> {
        self.instances[usize::from(instance)].alternate(key)
    }

    /// What our Announce says for the power profiles, if it says it (IEEE C37.238).
    pub fn power(&self, instance: u8) -> Option<Power> {
        self.instances[usize::from(instance)].power()
    }

    /// What ENHANCED_ACCURACY_METRICS says of the time of an instance: our own, or the parent's
    /// (16.12).
    pub fn accuracy(&self, instance: u8) -> Option<EnhancedAccuracy> {
        let instance = &self.instances[usize::from(instance)];
        let leads = instance.is_grandmaster();
        if leads { instance.accuracy() } else { instance.parents_accuracy() }
    }

    /// The grandmaster's rate over ours, as far as it is passed on and measured (16.10).
    pub fn rate_ratio(&self, instance: u8) -> Option<Rate> {
        self.instances[usize::from(instance)].rate_ratio()
    }

    /// What the others on a port's wire say of how they can be reached and of their physical layer.
    pub fn words(&self, instance: u8, port: PortIndex) -> Words {
        self.instances[usize::from(instance)].ports[usize::from(port.0)].words
    }

    /// minorVersionPTP of what a port sends.
    pub fn minor_version(&self, instance: u8, port: PortIndex) -> u8 {
        let wanted = self.instances[usize::from(instance)].settings.minor_version;
        self.links[usize::from(port.0)].version.minor(wanted)
    }

    /// What an instance contends with in place of its clockQuality (17.7).
    pub fn contends(&self, instance: u8) -> Option<ClockQuality> {
        self.instances[usize::from(instance)].settings.contends
    }

    /// What an instance says of its own time, were it to lead, but for what was set from outside.
    pub fn own_time(&self, instance: u8) -> TimeProperties {
        self.instances[usize::from(instance)].settings.time
    }

    /// domainNumber of an instance.
    pub fn domain(&self, instance: u8) -> u8 {
        self.instances[usize::from(instance)].settings.domain
    }

    /// What an instance may become.
    pub fn role(&self, instance: u8) -> Role {
        self.instances[usize::from(instance)].settings.role
    }

    /// The identity of an instance.
    pub fn identity(&self, instance: u8) -> ClockIdentity {
        self.instances[usize::from(instance)].settings.identity
    }

    /// The state of a port.
    pub fn port_state(&self, instance: u8, port: PortIndex) -> PortState {
        self.instances[usize::from(instance)].ports[usize::from(port.0)].state.name()
    }

    /// The identity of a port.
    pub fn port_identity(&self, instance: u8, port: PortIndex) -> PortIdentity {
        self.instances[usize::from(instance)].ports[usize::from(port.0)].identity
    }

    /// The time transmitters a port hears and takes into account.
    pub fn foreign(&self, instance: u8, port: PortIndex) -> impl Iterator<Item = &ForeignRecord> {
        self.instances[usize::from(instance)].ports[usize::from(port.0)].foreign.iter()
    }

    /// The alternate time transmitters a port knows, which no decision takes into account (17.3).
    pub fn alternates_heard(
        &self,
        instance: u8,
        port: PortIndex,
    ) -> impl Iterator<Item = &ForeignRecord> {
        let port = &self.instances[usize::from(instance)].ports[usize::from(port.0)];
        port.alternates.iter().flat_map(|alternates| alternates.heard.iter())
    }

    /// What is agreed upon with the unicast servers of a port.
    pub fn unicast_servers(&self, instance: u8, port: PortIndex) -> impl Iterator<Item = Terms> {
        let port = &self.instances[usize::from(instance)].ports[usize::from(port.0)];
        let servers = port.unicast.iter().filter_map(|unicast| unicast.servers.as_ref());
        servers.flat_map(Servers::terms)
    }

    /// What is agreed upon with the unicast clients of a port.
    pub fn unicast_clients(&self, instance: u8, port: PortIndex) -> impl Iterator<Item = Terms> {
        let port = &self.instances[usize::from(instance)].ports[usize::from(port.0)];
        let clients = port.unicast.iter().filter_map(|unicast| unicast.clients.as_ref());
        clients.flat_map(Clients::terms)
    }

    /// Whether the neighbour of a port is capable in an instance's domain, or need not be (802.1AS,
    /// asCapable).
    pub fn is_capable(&self, instance: u8, port: PortIndex) -> bool {
        self.instances[usize::from(instance)].ports[usize::from(port.0)].capable
    }

    /// What the peer delay mechanism says of the neighbour on an interface: meanLinkDelay,
    /// neighborRateRatio, and whether both ends can do gPTP.
    pub fn neighbor(&self, port: PortIndex) -> (Option<Span>, Rate, Result<(), Incapable>) {
        let neighbor = &self.links[usize::from(port.0)].neighbor;
        (neighbor.delay(), neighbor.rate(), neighbor.capable())
    }

    /// Whether an instance leads in its own name.
    pub fn is_grandmaster(&self, instance: u8) -> bool {
        let instance = &self.instances[usize::from(instance)];
        let leads = |port: &Port| port.state.name() == PortState::TimeTransmitter;
        instance.is_grandmaster() && instance.ports.iter().any(leads)
    }
}
