//! The data of ids that linuxptp adds, as far as we have it.

use wire::{
    CmldsInfoNp, CountersLe, GrandmasterSettingsNp, IntervalLe, ManagementBody, ManagementId,
    PortCorrectionsNp, PortDataSetNp, PortStatsNp, PowerProfileSettingsNp, PowerProfileVersion,
    ScaledNs, ScaledRate, TimeStatusNp,
};

use time::Span;

use super::scene::{Scene, flags_of};
use crate::power::Power;
use crate::reply::Reply;

/// What one of linuxptp's ids says; nothing for another id.
pub(super) fn data(reply: &Reply, scene: &Scene<'_>) -> Option<ManagementBody<'static>> {
    let (instance, port, link) = (scene.instance, scene.port(reply), scene.link(reply));
    Some(match reply.id {
        ManagementId::TIME_STATUS_NP => ManagementBody::TimeStatusNp(time_status(scene)),
        ManagementId::GRANDMASTER_SETTINGS_NP => {
            let time = instance.own_time();
            ManagementBody::GrandmasterSettingsNp(GrandmasterSettingsNp {
                quality: instance.settings.quality,
                utc_offset: time.utc_offset,
                flags: flags_of(&time),
                time_source: time.time_source,
            })
        }
        ManagementId::PORT_DATA_SET_NP => {
            let limits = link.settings.limits;
            let threshold = limits.map_or(i64::MAX, |limits| limits.delay_max.nanos());
            ManagementBody::PortDataSetNp(PortDataSetNp {
                neighbor_prop_delay_threshold_ns: u32::try_from(threshold).unwrap_or(u32::MAX),
                as_capable: i32::from(port.capable),
            })
        }
        ManagementId::PORT_STATS_NP => ManagementBody::PortStatsNp(PortStatsNp {
            port: port.identity,
            rx: CountersLe(link.stats.received),
            tx: CountersLe(link.stats.sent),
        }),
        ManagementId::POWER_PROFILE_SETTINGS_NP => {
            ManagementBody::PowerProfileSettingsNp(power(instance.settings.power))
        }
        ManagementId::CMLDS_INFO_NP if link.settings.common => {
            // The ratio less one, in parts of 2^41; the rate has 62.
            let apart = link.neighbor.rate().raw() - time::Rate::ONE.raw();
            ManagementBody::CmldsInfoNp(CmldsInfoNp {
                mean_link_delay: link.neighbor.delay().unwrap_or(Span::ZERO),
                rate: ScaledRate(i32::try_from(apart >> 21).unwrap_or(0)),
                as_capable: u32::from(link.neighbor.capable().is_ok()),
            })
        }
        ManagementId::PORT_CORRECTIONS_NP => ManagementBody::PortCorrectionsNp(PortCorrectionsNp {
            egress_latency: IntervalLe(link.settings.egress_latency),
            ingress_latency: IntervalLe(link.settings.ingress_latency),
            delay_asymmetry: IntervalLe(link.settings.asymmetry),
        }),
        _ => return None,
    })
}

fn time_status(scene: &Scene<'_>) -> TimeStatusNp {
    let instance = scene.instance;
    let follows = !instance.is_grandmaster();
    let ingress = if follows { scene.about.since_epoch().nanos() } else { 0 };
    TimeStatusNp {
        offset_ns: instance.current.offset.nanos(),
        ingress_time_ns: ingress,
        rate: ScaledRate(0),
        last_frequency_change: ScaledRate(0),
        time_base_indicator: 0,
        last_phase_change: ScaledNs(Span::ZERO),
        grandmaster_present: i32::from(follows),
        grandmaster: instance.parent.grandmaster,
    }
}

const fn power(settings: Option<Power>) -> PowerProfileSettingsNp {
    let unknown = PowerProfileSettingsNp {
        version: PowerProfileVersion::NONE,
        grandmaster_id: 0,
        grandmaster_inaccuracy_ns: u32::MAX,
        network_inaccuracy_ns: u32::MAX,
        total_inaccuracy_ns: u32::MAX,
    };
    match settings {
        None => unknown,
        Some(Power::Edition2011 { grandmaster_id, grandmaster_ns, network_ns }) => {
            PowerProfileSettingsNp {
                version: PowerProfileVersion::IEEE_C37_238_2011,
                grandmaster_id,
                grandmaster_inaccuracy_ns: grandmaster_ns,
                network_inaccuracy_ns: network_ns,
                ..unknown
            }
        }
        Some(Power::Edition2017 { grandmaster_id, total_ns }) => PowerProfileSettingsNp {
            version: PowerProfileVersion::IEEE_C37_238_2017,
            grandmaster_id,
            total_inaccuracy_ns: total_ns,
            ..unknown
        },
    }
}
