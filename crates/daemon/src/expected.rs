//! What a profile lets neighbours say, as the engine watches for it, and what it is called where they
//! say something else.

use config::{Allowed, Forbidden, Profile, ProfileTable, profile_table};
use engine::{DelayMechanism, Deviation, Expected};
use wire::SdoId;

/// What a profile allows neighbours to say: by what it allows of our own options.
pub(crate) fn of(profile: Profile) -> Expected {
    let table = profile_table(profile);
    let words = |option| match allowed(table, option) {
        Some(Allowed::OneOf(words)) => words,
        _ => &[],
    };
    let only = |option, word: &str| words(option) == [word];
    let mechanisms = words("delay_mechanism");
    let classes = match allowed(table, "clock_class") {
        Some(Allowed::Numbers(classes)) => Some(classes),
        _ => None,
    };
    Expected {
        announce: log(table, "announce_interval"),
        sync: log(table, "sync_interval"),
        delay: log(table, "delay_interval"),
        pdelay: log(table, "pdelay_interval"),
        priority1: octets(table, "priority1"),
        priority2: octets(table, "priority2"),
        domain: octets(table, "domain"),
        sdo_id: range(table, "sdo_id").map(|(only, _)| SdoId(only as u16)),
        minor_version: range(table, "minor_version").map(|(only, _)| only as u8),
        mechanism: match (mechanisms.contains(&"e2e"), mechanisms.contains(&"p2p")) {
            (true, false) => Some(DelayMechanism::E2e),
            (false, true) => Some(DelayMechanism::P2p),
            _ => None,
        },
        classes,
        unicast: match (only("hybrid", "false"), only("multicast", "false")) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            _ => None,
        },
        silent: only("announce", "false"),
        two_step: table.forbids.contains(&Forbidden::OneStep),
        ptp_timescale: only("server_timescale", "tai"),
        power: words("power_tlv").iter().find_map(|word| word.parse().ok()),
        alternate: matches!(allowed(table, "alternate_timescales"), Some(Allowed::Something)),
        path_trace: only("path_trace", "true"),
        information: only("follow_up_information", "true"),
        unmanaged: table.forbids.contains(&Forbidden::Management),
    }
}

fn allowed(table: &ProfileTable, option: &str) -> Option<Allowed> {
    table.allows().find(|(name, _)| *name == option).map(|(_, allowed)| allowed)
}

fn range(table: &ProfileTable, option: &str) -> Option<(i64, i64)> {
    match allowed(table, option)? {
        Allowed::Within(min, max) => Some((min, max)),
        _ => None,
    }
}

fn log(table: &ProfileTable, option: &str) -> Option<(i8, i8)> {
    range(table, option).map(|(min, max)| (min as i8, max as i8))
}

fn octets(table: &ProfileTable, option: &str) -> Option<(u8, u8)> {
    range(table, option).map(|(min, max)| (min as u8, max as u8))
}

/// What a neighbour does, after its name.
pub(crate) fn words(what: Deviation) -> String {
    let value = |name: &str, value: i16| format!("its {name} is {value}");
    let what = match what {
        Deviation::Announce(log) => value("logAnnounceInterval", log.into()),
        Deviation::Sync(log) => value("logSyncInterval", log.into()),
        Deviation::Delay(log) => value("logMinDelayReqInterval", log.into()),
        Deviation::Pdelay(log) => value("logMinPdelayReqInterval", log.into()),
        Deviation::Priority1(priority) => value("priority1", priority.into()),
        Deviation::Priority2(priority) => value("priority2", priority.into()),
        Deviation::Domain(domain) => value("domainNumber", domain.into()),
        Deviation::SdoId(sdo_id) => format!("its sdoId is {:#05x}", sdo_id.0),
        Deviation::MinorVersion(minor) => value("minorVersionPTP", minor.into()),
        Deviation::Class(class) => value("grandmaster's clockClass", class.into()),
        Deviation::EndToEnd => "it sends Delay_Req or Delay_Resp".to_owned(),
        Deviation::PeerToPeer => "it measures with Pdelay_Req".to_owned(),
        Deviation::OneStep => "its Sync is one-step".to_owned(),
        Deviation::Unicast => "it sends in unicast".to_owned(),
        Deviation::Multicast => "it sends in multicast".to_owned(),
        Deviation::Announces => "it sends Announce".to_owned(),
        Deviation::Arbitrary => "its timescale is arbitrary, not PTP's".to_owned(),
        Deviation::NoPower => lacks("Announce", "IEEE C37.238 TLV of our edition"),
        Deviation::NoAlternate => lacks("Announce", "ALTERNATE_TIME_OFFSET_INDICATOR"),
        Deviation::NoPathTrace => lacks("Announce", "PATH_TRACE"),
        Deviation::NoInformation => lacks("Follow_Up", "Follow_Up information TLV"),
        Deviation::Management => "it sends management messages".to_owned(),
        Deviation::Others => {
            return "deviates from our profile too, as others do; of more than 16 that do nothing is \
                    told"
                .to_owned();
        }
    };
    format!("deviates from our profile: {what}")
}

fn lacks(message: &str, what: &str) -> String {
    format!("its {message} has no {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_profile_has_in_its_tables_is_watched_for() {
        let gptp = of(Profile::Gptp);
        assert_eq!((gptp.sdo_id, gptp.mechanism), (Some(SdoId(0x100)), Some(DelayMechanism::P2p)));
        assert!(gptp.path_trace && gptp.information && gptp.unmanaged && !gptp.two_step);
        assert_eq!((gptp.unicast, gptp.pdelay), (Some(false), Some((0, 3))));
        assert!(of(Profile::Gptp2011).two_step);
        assert!(of(Profile::Automotive).silent);
        let power = of(Profile::Power2011);
        assert_eq!((power.power, power.alternate), (Some(2011), true));
        assert_eq!(power.classes, Some(&[6, 7, 52, 187, 248, 255][..]));
        assert_eq!((of(Profile::Power2017).power, of(Profile::Utility).power), (Some(2017), None));
        let telecom = of(Profile::G82752);
        assert_eq!((telecom.unicast, telecom.domain), (Some(true), Some((44, 63))));
        assert_eq!((telecom.priority1, telecom.ptp_timescale), (Some((128, 128)), true));
        assert_eq!(of(Profile::G82751).mechanism, Some(DelayMechanism::E2e));
        assert_eq!(of(Profile::Aes67).mechanism, None, "both are allowed");
        assert_eq!(of(Profile::Enterprise).unicast, None, "mixed mode is");
        assert_eq!(of(Profile::None), Expected::default());
    }
}
