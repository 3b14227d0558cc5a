//! What a node's engine is built from.

use core::time::Duration;

use engine::{
    Acceptable, DelayMechanism, Edition, InstanceSettings, NeighborLimits, PortIndex, Role,
    ServingSettings, Settings, TransparentSettings, UnicastServer, UnicastSettings,
};
use time::Span;
use wire::{PortIdentity, SdoId};

use crate::network::{address, identity};
use crate::plan::{ClockKind, NodePlan};
use crate::selection::SelectionPlan;

/// How long a transmit stamp may take.
const STAMP_TIMEOUT: Duration = Duration::from_millis(100);
/// Frames that a transparent clock keeps at a time.
const FRAMES: u8 = 64;
/// A longer link has something else than a wire in it.
const LINK_DELAY_MAX: Span = Span::from_nanos(20_000);

/// The engine's settings of a node with so many ports.
pub(crate) fn settings(plan: &NodePlan, index: usize, ports: usize, seed: u64) -> Settings {
    let mut instance = InstanceSettings::new(identity(index), vec![plan.port; ports]);
    instance.domain = plan.domain;
    instance.priority1 = plan.priorities.0;
    instance.priority2 = plan.priorities.1;
    instance.quality = plan.quality;
    instance.role = plan.role;
    instance.time = plan.time;
    instance.edition = plan.edition;
    instance.path_trace = plan.path_trace;
    select(&mut instance, &plan.selection);
    instance.unicast = (0..ports as u8).filter_map(|port| unicast(plan, PortIndex(port))).collect();
    let mut settings = Settings {
        seed,
        stamp_timeout: STAMP_TIMEOUT,
        links: vec![plan.link; ports],
        instances: vec![instance],
        transparent: None,
    };
    match plan.kind {
        ClockKind::Clock => {}
        ClockKind::Transparent(mechanism) => be_transparent(&mut settings, mechanism),
        ClockKind::Gptp => do_gptp(&mut settings),
    }
    settings
}

/// Whom it may follow, and what it says besides its rank.
fn select(instance: &mut InstanceSettings, plan: &SelectionPlan) {
    let accept = |node: &usize| Acceptable {
        port: PortIdentity { clock: identity(*node), port: u16::MAX },
        priority1: 0,
    };
    instance.local_priority = plan.local_priority;
    instance.class_max = plan.class_max;
    instance.max_steps_removed = plan.max_steps_removed;
    instance.acceptable = plan.accepts.iter().map(accept).collect();
    instance.minor_version = plan.minor_version;
    instance.alternates[0] = plan.alternate;
    instance.power = plan.power;
    let held = plan.held.iter().chain(plan.held.last().into_iter().cycle());
    for (port, held) in instance.ports.iter_mut().zip(held) {
        port.held = *held;
    }
}

/// A transparent clock; the clock in it follows, so that residence times are in the grandmaster's
/// seconds.
fn be_transparent(settings: &mut Settings, mechanism: DelayMechanism) {
    let spanning_tree = false;
    settings.transparent = Some(TransparentSettings { mechanism, spanning_tree, frames: FRAMES });
    for instance in &mut settings.instances {
        instance.role = Role::ReceiverOnly;
        instance.quality.class = 255;
        for port in &mut instance.ports {
            port.delay_mechanism = mechanism;
        }
    }
}

/// An end station or a relay of IEEE 802.1AS.
fn do_gptp(settings: &mut Settings) {
    for link in &mut settings.links {
        link.gptp = true;
        link.limits =
            Some(NeighborLimits { delay_max: LINK_DELAY_MAX, ..NeighborLimits::IEEE_802_1AS });
    }
    for instance in &mut settings.instances {
        instance.sdo_id = SdoId(0x100);
        instance.edition = Edition::Ieee8021As;
        instance.path_trace = true;
        instance.relay = instance.ports.len() > 1;
        for port in &mut instance.ports {
            port.delay_mechanism = DelayMechanism::P2p;
            port.needs_capable = true;
            port.follow_up_information = true;
            port.sync_receipt_timeout = 3;
        }
    }
}

/// Unicast service on one of its ports, if it has any.
fn unicast(plan: &NodePlan, port: PortIndex) -> Option<UnicastSettings> {
    if plan.asks.is_empty() && plan.serves == 0 {
        return None;
    }
    let server = |node: &usize| UnicastServer { peer: address(*node as u32), priority: 128 };
    let serving = ServingSettings { max_clients: plan.serves, ..ServingSettings::default() };
    Some(UnicastSettings {
        servers: plan.asks.iter().map(server).collect(),
        cluster: plan.selection.cluster,
        serving: (plan.serves > 0).then_some(serving),
        ..UnicastSettings::new(port)
    })
}
