//! The data of a port (15.5.3.6 to 15.5.3.8).

use time::Span;
use wire::{
    AcceptableMasterTableEnabled, AlternateMaster, AlternateMasterFlags, AnnounceReceiptTimeout,
    DelayMechanismCode, DelayMechanismSetting, ExternalPortConfig, ExternalPortFlags,
    LogAnnounceInterval, LogMinPdelayReqInterval, LogSyncInterval, ManagementBody, ManagementId,
    PortDataSet, PortStateCode, Switch, TimeTransmitterOnly, TransparentPortDataSet,
    TransparentPortFlags, UnicastNegotiationEnable, VersionNumber,
};

use super::scene::Scene;
use crate::link::Link;
use crate::port::Port;
use crate::port_state::PortState;
use crate::reply::Reply;
use crate::settings::{DelayMechanism, Held};

/// What an id of a port says; nothing for another id.
pub(super) fn data(reply: &Reply, scene: &Scene<'_>) -> Option<ManagementBody<'static>> {
    let (port, link) = (scene.port(reply), scene.link(reply));
    let settings = &port.settings;
    Some(match reply.id {
        ManagementId::PORT_DATA_SET => ManagementBody::PortDataSet(port_ds(reply, scene)),
        ManagementId::LOG_ANNOUNCE_INTERVAL => {
            let interval = settings.announce;
            ManagementBody::LogAnnounceInterval(LogAnnounceInterval { interval })
        }
        ManagementId::ANNOUNCE_RECEIPT_TIMEOUT => {
            let timeout = settings.announce_receipt_timeout;
            ManagementBody::AnnounceReceiptTimeout(AnnounceReceiptTimeout { timeout })
        }
        ManagementId::LOG_SYNC_INTERVAL => {
            ManagementBody::LogSyncInterval(LogSyncInterval { interval: settings.sync })
        }
        ManagementId::VERSION_NUMBER => {
            ManagementBody::VersionNumber(VersionNumber { version: scene.version(reply) })
        }
        ManagementId::DELAY_MECHANISM => ManagementBody::DelayMechanism(DelayMechanismSetting {
            mechanism: mechanism(port, link),
        }),
        ManagementId::LOG_MIN_PDELAY_REQ_INTERVAL => {
            let interval = link.settings.pdelay;
            ManagementBody::LogMinPdelayReqInterval(LogMinPdelayReqInterval { interval })
        }
        ManagementId::MASTER_ONLY => {
            let switch = Switch::new(port.settings.transmitter_only || port.clock_only_leads);
            ManagementBody::TimeTransmitterOnly(TimeTransmitterOnly { switch })
        }
        ManagementId::UNICAST_NEGOTIATION_ENABLE => {
            let switch = Switch::new(port.unicast.as_ref()?.negotiates());
            ManagementBody::UnicastNegotiationEnable(UnicastNegotiationEnable { switch })
        }
        ManagementId::ACCEPTABLE_MASTER_TABLE_ENABLED => {
            let switch = Switch::new(port.acceptable_only);
            ManagementBody::AcceptableMasterTableEnabled(AcceptableMasterTableEnabled { switch })
        }
        ManagementId::EXT_PORT_CONFIG_PORT_DATA_SET => {
            ManagementBody::ExternalPortConfig(ExternalPortConfig {
                flags: ExternalPortFlags::default()
                    .with(ExternalPortFlags::ACCEPTABLE_MASTER_TABLE, port.acceptable_only),
                desired_state: desired(settings.held),
            })
        }
        ManagementId::ALTERNATE_MASTER => {
            port.alternates.as_ref()?;
            let said = settings.options.alternate;
            ManagementBody::AlternateMaster(AlternateMaster {
                flags: AlternateMasterFlags::default()
                    .with(AlternateMasterFlags::TRANSMIT_MULTICAST_SYNC, said.sync.is_some()),
                log_sync_interval: said.sync.unwrap_or(settings.sync),
                count: said.count,
            })
        }
        ManagementId::TRANSPARENT_CLOCK_PORT_DATA_SET => {
            scene.transparent?;
            ManagementBody::TransparentPortDataSet(TransparentPortDataSet {
                port: port.identity,
                flags: TransparentPortFlags::default()
                    .with(TransparentPortFlags::FAULTY, port.state.name() == PortState::Faulty),
                log_min_pdelay_req_interval: link.settings.pdelay,
                mean_path_delay: link_delay(port, link),
            })
        }
        _ => return None,
    })
}

/// portDS (8.2.15).
fn port_ds(reply: &Reply, scene: &Scene<'_>) -> PortDataSet {
    let (port, link) = (scene.port(reply), scene.link(reply));
    PortDataSet {
        port: port.identity,
        state: PortStateCode(port.state.name().number()),
        log_min_delay_req_interval: port.settings.min_delay_req,
        mean_link_delay: link_delay(port, link),
        log_announce_interval: port.settings.announce,
        announce_receipt_timeout: port.settings.announce_receipt_timeout,
        log_sync_interval: port.settings.sync,
        delay_mechanism: mechanism(port, link),
        log_min_pdelay_req_interval: link.settings.pdelay,
        version: scene.version(reply),
    }
}

/// meanLinkDelay, zero where the port measures no link (8.2.15.3.3).
fn link_delay(port: &Port, link: &Link) -> Span {
    let measured = link.neighbor.delay().filter(|_| port.uses(DelayMechanism::P2p));
    measured.unwrap_or(Span::ZERO)
}

/// delayMechanism (Table 21).
const fn mechanism(port: &Port, link: &Link) -> DelayMechanismCode {
    match port.settings.delay_mechanism {
        DelayMechanism::P2p if link.settings.common => DelayMechanismCode::COMMON_P2P,
        DelayMechanism::P2p => DelayMechanismCode::P2P,
        DelayMechanism::E2e | DelayMechanism::Auto => DelayMechanismCode::E2E,
        DelayMechanism::None => DelayMechanismCode::NO_MECHANISM,
    }
}

/// desiredState (17.6.2).
const fn desired(held: Held) -> PortStateCode {
    match held {
        Held::TimeTransmitter => PortStateCode::TIME_TRANSMITTER,
        Held::TimeReceiver => PortStateCode::TIME_RECEIVER,
        Held::Passive => PortStateCode::PASSIVE,
    }
}
