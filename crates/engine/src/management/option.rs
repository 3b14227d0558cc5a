//! The data of options that a clock may have (clauses 16 and 17).

use wire::{
    AcceptableMaster, AcceptableMasterMaxTableSize, AcceptableMasterTable, AcceptableMasters,
    AlternateTimeOffsetEnable, AlternateTimeOffsetMaxKey, AlternateTimeOffsetName,
    AlternateTimeOffsetProperties, ClusterAddresses, ExternalPortConfigurationEnabled, FaultLog,
    FaultRecords, GrandmasterClusterTable, HoldoverUpgradeEnable, ManagementBody, ManagementError,
    ManagementId, Path, PathTraceEnable, PathTraceList, PtpText, Seconds48, Switch,
    UnicastMasterAddresses, UnicastMasterMaxTableSize, UnicastMasterTable,
};

use super::clock::address;
use super::scene::Scene;
use crate::alternate::{ALTERNATES_MAX, AlternateTimescale};
use crate::instance::{ACCEPTABLE_MAX, Instance};
use crate::port::Port;
use crate::reply::Reply;
use crate::servers::Servers;
use crate::settings::Edition;

/// Whether an id is of an option that we do not have.
pub(super) const fn is_absent(id: ManagementId, transparent: bool) -> bool {
    match id {
        ManagementId::TRANSPARENT_CLOCK_DEFAULT_DATA_SET
        | ManagementId::TRANSPARENT_CLOCK_PORT_DATA_SET
        | ManagementId::PRIMARY_DOMAIN => !transparent,
        ManagementId::SUBSCRIBE_EVENTS_NP
        | ManagementId::PORT_PROPERTIES_NP
        | ManagementId::SYNCHRONIZATION_UNCERTAIN_NP
        | ManagementId::PORT_SERVICE_STATS_NP
        | ManagementId::UNICAST_MASTER_TABLE_NP
        | ManagementId::PORT_HWCLOCK_NP
        | ManagementId::EXTERNAL_GRANDMASTER_PROPERTIES_NP => true,
        _ => false,
    }
}

/// Whether an id can be set elsewhere, and here only by the configuration.
pub(super) const fn is_fixed(id: ManagementId) -> bool {
    matches!(
        id,
        ManagementId::DELAY_MECHANISM
            | ManagementId::PORT_DATA_SET_NP
            | ManagementId::POWER_PROFILE_SETTINGS_NP
            | ManagementId::PORT_CORRECTIONS_NP
    )
}

/// What an id of an option says that needs no room; nothing for another id, or an option that we
/// do not have.
pub(super) fn data<'a>(reply: &Reply, scene: &Scene<'a>) -> Option<ManagementBody<'a>> {
    let instance = scene.instance;
    let settings = &instance.settings;
    Some(match reply.id {
        ManagementId::PATH_TRACE_ENABLE => {
            let switch = Switch::new(settings.path_trace);
            ManagementBody::PathTraceEnable(PathTraceEnable { switch })
        }
        ManagementId::HOLDOVER_UPGRADE_ENABLE => {
            let switch = Switch::new(settings.management.holdover?);
            ManagementBody::HoldoverUpgradeEnable(HoldoverUpgradeEnable { switch })
        }
        ManagementId::EXTERNAL_PORT_CONFIGURATION_ENABLED => {
            let switch = Switch::new(settings.edition == Edition::External);
            ManagementBody::ExternalPortConfigurationEnabled(ExternalPortConfigurationEnabled {
                switch,
            })
        }
        ManagementId::ACCEPTABLE_MASTER_MAX_TABLE_SIZE => {
            let size = ACCEPTABLE_MAX as u16;
            ManagementBody::AcceptableMasterMaxTableSize(AcceptableMasterMaxTableSize { size })
        }
        ManagementId::UNICAST_MASTER_MAX_TABLE_SIZE => {
            let servers = servers_of(scene.port(reply), false)?;
            let size = servers.places() as u16;
            ManagementBody::UnicastMasterMaxTableSize(UnicastMasterMaxTableSize { size })
        }
        ManagementId::ALTERNATE_TIME_OFFSET_MAX_KEY => {
            let key = ALTERNATES_MAX as u8 - 1;
            ManagementBody::AlternateTimeOffsetMaxKey(AlternateTimeOffsetMaxKey { key })
        }
        _ => return alternate(reply, instance),
    })
}

/// Another timescale (16.3).
fn alternate<'a>(reply: &Reply, instance: &'a Instance) -> Option<ManagementBody<'a>> {
    static NONE: AlternateTimescale = AlternateTimescale::unnamed(0);
    let listed = instance.settings.alternates.iter().flatten();
    let scale = listed.into_iter().find(|scale| scale.key == reply.key).unwrap_or(&NONE);
    let key = reply.key;
    Some(match reply.id {
        ManagementId::ALTERNATE_TIME_OFFSET_ENABLE => {
            let switch = Switch::new(scale.enabled);
            ManagementBody::AlternateTimeOffsetEnable(AlternateTimeOffsetEnable { key, switch })
        }
        ManagementId::ALTERNATE_TIME_OFFSET_NAME => {
            let name = PtpText::from_octets(scale.name())?;
            ManagementBody::AlternateTimeOffsetName(AlternateTimeOffsetName { key, name })
        }
        ManagementId::ALTERNATE_TIME_OFFSET_PROPERTIES => {
            ManagementBody::AlternateTimeOffsetProperties(AlternateTimeOffsetProperties {
                key,
                current_offset_s: scale.offset_s,
                jump_s: scale.jump_s,
                next_jump: Seconds48(scale.next_jump),
            })
        }
        _ => return None,
    })
}

/// The unicast servers of a port, where they are a cluster or where they are not.
fn servers_of(port: &Port, cluster: bool) -> Option<&Servers> {
    port.unicast.as_ref()?.servers.as_ref().filter(|servers| servers.is_cluster() == cluster)
}

/// What a table says, put together in `space`; nothing for another id.
pub(super) fn table<'a>(
    reply: &Reply,
    scene: &Scene<'a>,
    space: &'a mut [u8],
) -> Result<Option<ManagementBody<'a>>, ManagementError> {
    let (instance, faults) = (scene.instance, scene.faults);
    let too_big = |_| ManagementError::RESPONSE_TOO_BIG;
    Ok(Some(match reply.id {
        ManagementId::FAULT_LOG => {
            let records = FaultRecords::collect(space, faults.records()).map_err(too_big)?;
            ManagementBody::FaultLog(FaultLog { records })
        }
        ManagementId::PATH_TRACE_LIST if instance.settings.path_trace => {
            let path = Path::collect(space, instance.path().iter().copied()).map_err(too_big)?;
            ManagementBody::PathTraceList(PathTraceList { path })
        }
        ManagementId::ACCEPTABLE_MASTER_TABLE => {
            let rows = instance
                .settings
                .acceptable
                .iter()
                .map(|row| AcceptableMaster { port: row.port, alternate_priority1: row.priority1 });
            let masters = AcceptableMasters::collect(space, rows).map_err(too_big)?;
            ManagementBody::AcceptableMasterTable(AcceptableMasterTable { masters })
        }
        // All ports of a clock have one cluster.
        ManagementId::GRANDMASTER_CLUSTER_TABLE => {
            let servers = instance.ports.iter().find_map(|port| servers_of(port, true));
            let Some(servers) = servers else { return Ok(None) };
            let rows = servers.peers().filter_map(address);
            let members = ClusterAddresses::collect(space, rows).map_err(too_big)?;
            let log_query_interval = servers.query_interval();
            ManagementBody::GrandmasterClusterTable(GrandmasterClusterTable {
                log_query_interval,
                members,
            })
        }
        ManagementId::UNICAST_MASTER_TABLE => {
            let Some(servers) = servers_of(scene.port(reply), false) else { return Ok(None) };
            let rows = servers.peers().filter_map(address);
            let masters = UnicastMasterAddresses::collect(space, rows).map_err(too_big)?;
            let log_query_interval = servers.query_interval();
            ManagementBody::UnicastMasterTable(UnicastMasterTable { log_query_interval, masters })
        }
        _ => return Ok(None),
    }))
}
