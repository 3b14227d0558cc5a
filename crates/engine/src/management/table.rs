//! What SET changes of tables (16.3, 17.4, 17.5).

use time::LogInterval;
use wire::{
    AcceptableMasterTable, AlternateMaster, AlternateMasterFlags, GrandmasterClusterTable,
    ManagementBody, ManagementError, PortAddress, UnicastMasterTable,
};

use crate::alternate::{ALTERNATES_MAX, AlternateTimescale};
use crate::context::Context;
use crate::instance::{ACCEPTABLE_MAX, Instance};
use crate::options::AlternateSettings;
use crate::place::Peer;
use crate::port::Port;
use crate::settings::{Acceptable, usable};

type Outcome = Result<(), ManagementError>;

const WRONG_VALUE: ManagementError = ManagementError::WRONG_VALUE;

/// Sets a table or a row of one; nothing for another id.
pub(super) fn set(
    body: &ManagementBody<'_>,
    at: usize,
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) -> Option<Outcome> {
    Some(match body {
        ManagementBody::AcceptableMasterTable(said) => acceptable(said, instance, ctx),
        ManagementBody::AcceptableMasterTableEnabled(said) => {
            instance.ports[at].acceptable_only = said.switch.is_on();
            instance.drop_unacceptable(ctx);
            Ok(())
        }
        ManagementBody::AlternateMaster(said) => alternates(said, at, instance, ctx),
        ManagementBody::GrandmasterClusterTable(said) => cluster(said, instance, ctx),
        ManagementBody::UnicastMasterTable(said) => servers(said, at, instance, ctx),
        ManagementBody::AlternateTimeOffsetEnable(said) if said.key == u8::MAX => {
            let all = instance.settings.alternates.iter_mut().flatten();
            all.for_each(|scale| scale.enabled = said.switch.is_on());
            Ok(())
        }
        ManagementBody::AlternateTimeOffsetEnable(said) => {
            row(instance, said.key).map(|scale| scale.enabled = said.switch.is_on())
        }
        ManagementBody::AlternateTimeOffsetName(said) => row(instance, said.key)
            .and_then(|scale| scale.rename(said.name.octets()).ok_or(WRONG_VALUE)),
        ManagementBody::AlternateTimeOffsetProperties(said) => {
            row(instance, said.key).map(|scale| {
                scale.offset_s = said.current_offset_s;
                scale.jump_s = said.jump_s;
                scale.next_jump = said.next_jump.0;
            })
        }
        _ => return None,
    })
}

/// The alternate timescale with a key; one that is not there yet is not told of.
fn row(instance: &mut Instance, key: u8) -> Result<&mut AlternateTimescale, ManagementError> {
    let scales = &mut instance.settings.alternates;
    if usize::from(key) >= ALTERNATES_MAX {
        return Err(WRONG_VALUE);
    }
    let known = scales.iter().position(|scale| scale.is_some_and(|scale| scale.key == key));
    let place = known.or_else(|| scales.iter().position(Option::is_none)).ok_or(WRONG_VALUE)?;
    Ok(scales[place].get_or_insert(AlternateTimescale::unnamed(key)))
}

fn acceptable(
    said: &AcceptableMasterTable<'_>,
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) -> Outcome {
    let table = &mut instance.settings.acceptable;
    let room = ACCEPTABLE_MAX.min(table.capacity());
    if said.masters.len() > room {
        return Err(WRONG_VALUE);
    }
    table.clear();
    table.extend(
        said.masters
            .iter()
            .map(|master| Acceptable { port: master.port, priority1: master.alternate_priority1 }),
    );
    instance.drop_unacceptable(ctx);
    Ok(())
}

/// What a port makes of alternate time transmitters, where there are any (17.3.3).
fn alternates(
    said: &AlternateMaster,
    at: usize,
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) -> Outcome {
    let port = &mut instance.ports[at];
    let known = port.alternates.as_mut().ok_or(ManagementError::NOT_SUPPORTED)?;
    let sync = said.flags.has(AlternateMasterFlags::TRANSMIT_MULTICAST_SYNC);
    if said.count > ALTERNATE_TRANSMITTERS_MAX || !usable(said.log_sync_interval) {
        return Err(WRONG_VALUE);
    }
    let sync = sync.then_some(said.log_sync_interval);
    let settings = AlternateSettings { count: said.count, sync };
    port.settings.options.alternate = settings;
    known.configure(settings, ctx.now);
    Ok(())
}

/// The most that are known at a time.
const ALTERNATE_TRANSMITTERS_MAX: u8 = 8;

/// Other servers of a port, no more than there are places for.
fn servers(
    said: &UnicastMasterTable<'_>,
    at: usize,
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) -> Outcome {
    if !has_servers(&instance.ports[at], false) {
        return Err(ManagementError::NOT_SUPPORTED);
    }
    let list = (said.log_query_interval, said.masters.len());
    replace(list, || said.masters.iter(), &mut instance.ports[at], ctx)?;
    instance.decide_soon(ctx);
    Ok(())
}

/// Other grandmasters of the cluster, on every port that has one (17.2).
fn cluster(
    said: &GrandmasterClusterTable<'_>,
    instance: &mut Instance,
    ctx: &mut Context<'_>,
) -> Outcome {
    if !instance.ports.iter().any(|port| has_servers(port, true)) {
        return Err(ManagementError::NOT_SUPPORTED);
    }
    let list = (said.log_query_interval, said.members.len());
    for port in instance.ports.iter_mut().filter(|port| has_servers(port, true)) {
        replace(list, || said.members.iter(), port, ctx)?;
    }
    instance.decide_soon(ctx);
    Ok(())
}

fn has_servers(port: &Port, cluster: bool) -> bool {
    let servers = port.unicast.as_ref().and_then(|unicast| unicast.servers.as_ref());
    servers.is_some_and(|servers| servers.is_cluster() == cluster)
}

fn replace<'a, I: Iterator<Item = PortAddress<'a>>>(
    (interval, count): (LogInterval, usize),
    rows: impl Fn() -> I,
    port: &mut Port,
    ctx: &mut Context<'_>,
) -> Outcome {
    let works = port.settings.enabled && port.state.name().is_up();
    let servers = port.unicast.as_mut().and_then(|unicast| unicast.servers.as_mut());
    let servers = servers.ok_or(ManagementError::NOT_SUPPORTED)?;
    let known = rows().all(|address| peer(&address).is_some());
    if !known || count > servers.places() || !usable(interval) {
        return Err(WRONG_VALUE);
    }
    servers.replace(interval, rows().filter_map(|address| peer(&address)));
    if works {
        servers.start(ctx.now, ctx.random);
    }
    port.foreign.clear();
    port.ask_as_agreed();
    Ok(())
}

fn peer(address: &PortAddress<'_>) -> Option<Peer> {
    match *address.address {
        [a, b, c, d] => Some(Peer::Udp4([a, b, c, d])),
        [a, b, c, d, e, f] => Some(Peer::Ethernet([a, b, c, d, e, f])),
        ref other => <[u8; 16]>::try_from(other).ok().map(Peer::Udp6),
    }
}
