//! What SET and COMMAND change (15.5.3).

use wire::{
    ClockAccuracy, ManagementBody, ManagementError, ManagementId, PortStateCode, TimeFlags,
};

use super::scene::{SCALE, TRACE, UTC, flags_of, only};
use super::{Desk, Parts, table};
use crate::context::Context;
use crate::event::Event;
use crate::instance::Instance;
use crate::link::Link;
use crate::management_settings::Text;
use crate::place::LinkState;
use crate::settings::{DelayMechanism, Edition, Held, LinkSettings, Role, usable};

type Outcome = Result<(), ManagementError>;

const NOT_SETABLE: Outcome = Err(ManagementError::NOT_SETABLE);
const WRONG_VALUE: Outcome = Err(ManagementError::WRONG_VALUE);

/// keyField of what is set, for the answer.
pub(super) const fn key_of(body: &ManagementBody<'_>) -> u8 {
    match body {
        ManagementBody::AlternateTimeOffsetEnable(said) if said.key != u8::MAX => said.key,
        ManagementBody::AlternateTimeOffsetName(said) => said.key,
        ManagementBody::AlternateTimeOffsetProperties(said) => said.key,
        _ => 0,
    }
}

/// Sets what belongs to the clock, or to the port at `at`.
pub(super) fn set(
    body: &ManagementBody<'_>,
    at: usize,
    parts: &mut Parts<'_>,
    ctx: &mut Context<'_>,
) -> Outcome {
    let transparent = parts.transparent;
    match *body {
        ManagementBody::Domain(said) => return set_domain(said.domain, parts, ctx),
        ManagementBody::PrimaryDomain(said) if transparent => {
            return set_domain(said.domain, parts, ctx);
        }
        ManagementBody::LogMinPdelayReqInterval(said) => {
            if !usable(said.interval) {
                return WRONG_VALUE;
            }
            let link = &mut parts.links[at];
            let settings = LinkSettings { pdelay: said.interval, ..link.settings };
            link.configure(settings, ctx.now);
            for instance in parts.instances.iter_mut() {
                instance.ports[at].link_settings = settings;
            }
            return Ok(());
        }
        _ => {}
    }
    let instance = &mut parts.instances[parts.place];
    if let Some(outcome) = of_time(body, instance, ctx) {
        return outcome;
    }
    if let Some(outcome) = of_port(body, at, instance, ctx) {
        return outcome;
    }
    if let Some(outcome) = table::set(body, at, instance, ctx) {
        return outcome;
    }
    if let Some(outcome) = of_switch(body, instance, parts.links, ctx) {
        return outcome;
    }
    of_clock(body, instance, transparent, ctx)
}

fn of_clock(
    body: &ManagementBody<'_>,
    instance: &mut Instance,
    transparent: bool,
    ctx: &mut Context<'_>,
) -> Outcome {
    match *body {
        ManagementBody::Empty(ManagementId::NULL_PTP_MANAGEMENT) => return Ok(()),
        ManagementBody::UserDescription(said) => {
            let text = Text::new(said.text.octets()).ok_or(ManagementError::WRONG_VALUE)?;
            instance.settings.management.user = text;
            return Ok(());
        }
        ManagementBody::Priority1(said) => instance.settings.priority1 = said.priority1,
        ManagementBody::Priority2(said) => instance.settings.priority2 = said.priority2,
        ManagementBody::ClockAccuracy(said) => {
            if !is_accuracy(said.accuracy) {
                return WRONG_VALUE;
            }
            instance.settings.quality.accuracy = said.accuracy;
        }
        ManagementBody::GrandmasterSettingsNp(said) => {
            let ptp = only(said.flags, SCALE) == only(flags_of(&instance.settings.time), SCALE);
            if !ptp || instance.settings.role == Role::ReceiverOnly {
                return NOT_SETABLE;
            }
            // 255 is for who never leads (7.6.2.5).
            if said.quality.class == 255 {
                return WRONG_VALUE;
            }
            instance.settings.quality = said.quality;
            instance.leading_class = said.quality.class;
            instance.set.utc = Some((said.utc_offset, only(said.flags, UTC).0.into()));
            instance.set.trace = Some(only(said.flags, TRACE).0.into());
            instance.set.source = Some(said.time_source);
        }
        ManagementBody::TimeReceiverOnly(said) => {
            match (instance.settings.role, said.switch.is_on()) {
                (Role::Both, true) => {
                    instance.settings.role = Role::ReceiverOnly;
                    instance.settings.quality.class = 255;
                }
                (Role::ReceiverOnly, false) if !transparent => {
                    instance.settings.role = Role::Both;
                    instance.settings.quality.class = instance.leading_class;
                }
                (Role::TransmitterOnly, true) | (Role::ReceiverOnly, false) => return NOT_SETABLE,
                _ => return Ok(()),
            }
        }
        _ => return Err(ManagementError::NOT_SUPPORTED),
    }
    instance.renew_soon(ctx);
    Ok(())
}

/// Options of the clock that are on or off.
fn of_switch(
    body: &ManagementBody<'_>,
    instance: &mut Instance,
    links: &[Link],
    ctx: &mut Context<'_>,
) -> Option<Outcome> {
    match *body {
        ManagementBody::ExternalPortConfigurationEnabled(said) => {
            let edition = if said.switch.is_on() { Edition::External } else { instance.algorithm };
            if edition != instance.settings.edition {
                instance.settings.edition = edition;
                instance.ports.iter_mut().for_each(|port| port.edition = edition);
                instance.restart(links, ctx);
            }
        }
        ManagementBody::HoldoverUpgradeEnable(said) => {
            let Some(upgrades) = &mut instance.settings.management.holdover else {
                return Some(Err(ManagementError::NOT_SUPPORTED));
            };
            *upgrades = said.switch.is_on();
        }
        ManagementBody::PathTraceEnable(said) => {
            if said.switch.is_on() && !instance.can_trace() {
                return Some(NOT_SETABLE);
            }
            instance.settings.path_trace = said.switch.is_on();
        }
        _ => return None,
    }
    Some(Ok(()))
}

/// Values of Table 5.
const fn is_accuracy(accuracy: ClockAccuracy) -> bool {
    matches!(accuracy.0, 0x17..=0x31 | 0x80..=0xfe)
}

/// What we say of our own time. It can be set while it is ours to say (15.5.3.5).
fn of_time(
    body: &ManagementBody<'_>,
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) -> Option<Outcome> {
    let leads = instance.is_grandmaster();
    let own = flags_of(&instance.settings.time);
    match *body {
        ManagementBody::Time(_)
        | ManagementBody::UtcProperties(_)
        | ManagementBody::TraceabilityProperties(_)
        | ManagementBody::TimescaleProperties(_)
            if !leads =>
        {
            return Some(NOT_SETABLE);
        }
        ManagementBody::Time(said) => {
            if !instance.settings.management.time {
                return Some(NOT_SETABLE);
            }
            ctx.event(Event::TimeSet { instance: instance.index, time: said.time });
            return Some(Ok(()));
        }
        ManagementBody::UtcProperties(said) => {
            let both = TimeFlags(TimeFlags::LEAP61.0 | TimeFlags::LEAP59.0);
            if said.flags.has(both) {
                return Some(WRONG_VALUE);
            }
            instance.set.utc = Some((said.utc_offset, only(said.flags, UTC).0.into()));
        }
        ManagementBody::TraceabilityProperties(said) => {
            instance.set.trace = Some(only(said.flags, TRACE).0.into());
        }
        ManagementBody::TimescaleProperties(said) => {
            // What our clock counts is not changed by words.
            if only(said.flags, SCALE) != only(own, SCALE) {
                return Some(NOT_SETABLE);
            }
            instance.set.source = Some(said.time_source);
        }
        _ => return None,
    }
    instance.renew_soon(ctx);
    Some(Ok(()))
}

fn of_port(
    body: &ManagementBody<'_>,
    at: usize,
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) -> Option<Outcome> {
    let receives = instance.settings.role == Role::ReceiverOnly;
    let minor = instance.settings.minor_version;
    let port = &mut instance.ports[at];
    let mut settings = port.settings;
    match *body {
        ManagementBody::LogAnnounceInterval(said) => settings.announce = said.interval,
        ManagementBody::LogSyncInterval(said) => settings.sync = said.interval,
        ManagementBody::AnnounceReceiptTimeout(said) => {
            settings.announce_receipt_timeout = said.timeout;
        }
        ManagementBody::VersionNumber(said) => {
            let ours = said.version & 0x0f == 2 && [0, minor].contains(&(said.version >> 4));
            return Some(if ours { Ok(()) } else { WRONG_VALUE });
        }
        ManagementBody::TimeTransmitterOnly(said) => {
            let on = said.switch.is_on();
            if on && receives || !on && port.clock_only_leads {
                return Some(NOT_SETABLE);
            }
            settings.transmitter_only = on;
        }
        ManagementBody::UnicastNegotiationEnable(said) => {
            let (now, random) = (ctx.now, &mut *ctx.random);
            let on = said.switch.is_on();
            let Some(unicast) = &mut port.unicast else {
                return Some(Err(ManagementError::NOT_SUPPORTED));
            };
            unicast.set_negotiation(on, now, random);
            port.ask_as_agreed();
            return Some(Ok(()));
        }
        ManagementBody::ExternalPortConfig(said) => {
            settings.held = match said.desired_state {
                PortStateCode::TIME_TRANSMITTER => Held::TimeTransmitter,
                PortStateCode::TIME_RECEIVER => Held::TimeReceiver,
                PortStateCode::PASSIVE => Held::Passive,
                _ => return Some(WRONG_VALUE),
            };
        }
        _ => return None,
    }
    if settings.check().is_err() {
        return Some(WRONG_VALUE);
    }
    let held_otherwise = settings.held != port.settings.held && port.edition == Edition::External;
    let only = settings.transmitter_only != port.settings.transmitter_only;
    port.settings = settings;
    port.initial = settings;
    port.hasten(ctx.now);
    if port.transmitter_only() {
        port.foreign.clear();
    }
    if held_otherwise && port.state.name().is_up() {
        port.start(ctx);
    }
    if only || held_otherwise {
        instance.decide_soon(ctx);
    }
    Some(Ok(()))
}

/// Another domain: everything begins anew there (7.1).
fn set_domain(domain: u8, parts: &mut Parts<'_>, ctx: &mut Context<'_>) -> Outcome {
    let sdo_id = parts.instances[parts.place].settings.sdo_id;
    let greatest = if sdo_id.0 == 0 { 127 } else { 239 };
    let taken = |(place, instance): (usize, &Instance)| {
        let settings = &instance.settings;
        place != parts.place && (settings.domain, settings.sdo_id) == (domain, sdo_id)
    };
    if domain > greatest || parts.instances.iter().enumerate().any(taken) {
        return WRONG_VALUE;
    }
    let instance = &mut parts.instances[parts.place];
    if instance.settings.domain != domain {
        instance.settings.domain = domain;
        instance.restart(parts.links, ctx);
    }
    Ok(())
}

/// Does what is asked of the clock, or of the port at `at`.
pub(super) fn command(
    id: ManagementId,
    at: usize,
    parts: &mut Parts<'_>,
    desk: &mut Desk,
    ctx: &mut Context<'_>,
) -> Outcome {
    let instance = &mut parts.instances[parts.place];
    match id {
        ManagementId::NULL_PTP_MANAGEMENT => {}
        ManagementId::ENABLE_PORT | ManagementId::DISABLE_PORT => {
            let on = id == ManagementId::ENABLE_PORT;
            instance.ports[at].initial.enabled = on;
            let switched = instance.ports[at].settings.enabled != on;
            instance.ports[at].settings.enabled = on;
            if switched && switch_port(instance, &mut parts.links[at], ctx) {
                instance.decide_soon(ctx);
            }
        }
        ManagementId::INITIALIZE => instance.restart(parts.links, ctx),
        ManagementId::FAULT_LOG_RESET => desk.faults.clear(),
        // The driver keeps it, or forgets it.
        ManagementId::SAVE_IN_NON_VOLATILE_STORAGE | ManagementId::RESET_NON_VOLATILE_STORAGE
            if instance.settings.management.storage => {}
        _ => return Err(ManagementError::NOT_SUPPORTED),
    }
    Ok(())
}

/// A port begins or ends as it is enabled or not; whether its interface is up.
pub(crate) fn switch_port(instance: &mut Instance, link: &mut Link, ctx: &mut Context<'_>) -> bool {
    let up = link.state == LinkState::Up;
    if up {
        let port = &mut instance.ports[usize::from(link.index.0)];
        port.start(ctx);
        link.run(port.settings.enabled && port.uses(DelayMechanism::P2p), ctx.now);
    }
    up
}
