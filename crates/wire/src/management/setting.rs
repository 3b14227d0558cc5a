//! Settings of a clock or a port that are an id of their own (15.5.3).

use time::{LogInterval, Timestamp};

use crate::record::{codes, flags, record};
use crate::{
    ClockAccuracy, DelayMechanismCode, PortStateCode, PtpText, Switch, TimeFlags, TimeSource,
};

/// A setting of one field, with the reserved octets that fill it up.
macro_rules! settings {
    ($($(#[$meta:meta])* $name:ident($field:ident: $kind:ty = $wire:literal $(+ $gap:literal)?),)*) => {
        $(record! {
            $(#[$meta])*
            pub struct $name {
                /// The value.
                $field: $kind = $wire $(+ $gap)?,
            }
        })*
    };
}

settings! {
    /// INITIALIZE.
    Initialize(key: InitializationKey = "initializationKey"),
    /// PRIORITY1.
    Priority1(priority1: u8 = "priority1" + 1),
    /// PRIORITY2.
    Priority2(priority2: u8 = "priority2" + 1),
    /// DOMAIN.
    Domain(domain: u8 = "domainNumber" + 1),
    /// SLAVE_ONLY.
    TimeReceiverOnly(switch: Switch = "flags" + 1),
    /// LOG_ANNOUNCE_INTERVAL.
    LogAnnounceInterval(interval: LogInterval = "logAnnounceInterval" + 1),
    /// ANNOUNCE_RECEIPT_TIMEOUT.
    AnnounceReceiptTimeout(timeout: u8 = "announceReceiptTimeout" + 1),
    /// LOG_SYNC_INTERVAL.
    LogSyncInterval(interval: LogInterval = "logSyncInterval" + 1),
    /// VERSION_NUMBER: versionPTP in the lower half, minorVersionPTP in the upper.
    VersionNumber(version: u8 = "versionNumber" + 1),
    /// TIME.
    Time(time: Timestamp = "currentTime"),
    /// CLOCK_ACCURACY.
    ClockAccuracySetting(accuracy: ClockAccuracy = "clockAccuracy" + 1),
    /// TRACEABILITY_PROPERTIES.
    TraceabilityProperties(flags: TimeFlags = "flags" + 1),
    /// UNICAST_NEGOTIATION_ENABLE.
    UnicastNegotiationEnable(switch: Switch = "flags" + 1),
    /// PATH_TRACE_ENABLE.
    PathTraceEnable(switch: Switch = "flags" + 1),
    /// UNICAST_MASTER_MAX_TABLE_SIZE.
    UnicastMasterMaxTableSize(size: u16 = "maxTableSize"),
    /// ACCEPTABLE_MASTER_TABLE_ENABLED.
    AcceptableMasterTableEnabled(switch: Switch = "flags" + 1),
    /// ACCEPTABLE_MASTER_MAX_TABLE_SIZE.
    AcceptableMasterMaxTableSize(size: u16 = "maxTableSize"),
    /// ALTERNATE_TIME_OFFSET_MAX_KEY.
    AlternateTimeOffsetMaxKey(key: u8 = "maxKey" + 1),
    /// EXTERNAL_PORT_CONFIGURATION_ENABLED.
    ExternalPortConfigurationEnabled(switch: Switch = "flags" + 1),
    /// MASTER_ONLY.
    TimeTransmitterOnly(switch: Switch = "flags" + 1),
    /// HOLDOVER_UPGRADE_ENABLE.
    HoldoverUpgradeEnable(switch: Switch = "flags" + 1),
    /// PRIMARY_DOMAIN, of the 2008 edition.
    PrimaryDomain(domain: u8 = "primaryDomain" + 1),
    /// DELAY_MECHANISM.
    DelayMechanismSetting(mechanism: DelayMechanismCode = "delayMechanism" + 1),
    /// LOG_MIN_PDELAY_REQ_INTERVAL.
    LogMinPdelayReqInterval(interval: LogInterval = "logMinPdelayReqInterval" + 1),
}

codes! {
    /// What to start over.
    pub struct InitializationKey(u16) {
        /// Everything.
        INITIALIZE_EVENT = 0,
    }
}

record! {
    /// USER_DESCRIPTION.
    pub struct UserDescription<'a> {
        /// Name and place, parted by a semicolon.
        text: PtpText<'a> = "userDescription",
    }
}

record! {
    /// UTC_PROPERTIES.
    pub struct UtcProperties {
        /// TAI - UTC in seconds.
        utc_offset: i16 = "currentUtcOffset" in "s",
        /// Leap seconds, and whether the offset is known to be right.
        flags: TimeFlags = "flags" + 1,
    }
}

record! {
    /// TIMESCALE_PROPERTIES.
    pub struct TimescaleProperties {
        /// Whether it is the PTP timescale.
        flags: TimeFlags = "flags",
        /// Where the time is from; linuxptp leaves it zero.
        time_source: TimeSource = "timeSource",
    }
}

flags! {
    /// The flags of EXT_PORT_CONFIG_PORT_DATA_SET.
    pub struct ExternalPortFlags(u8) {
        /// The acceptable master table is in use.
        ACCEPTABLE_MASTER_TABLE = 0x01,
    }
}

record! {
    /// EXT_PORT_CONFIG_PORT_DATA_SET.
    pub struct ExternalPortConfig {
        /// Options.
        flags: ExternalPortFlags = "flags",
        /// What the port shall do.
        desired_state: PortStateCode = "desiredState",
    }
}
