//! Tables of a clock or a port (15.5.3): paths, clusters, masters, alternate timescales.

use time::LogInterval;

use crate::record::{flags, list, record};
use crate::{Path, PortAddress, PortIdentity, PtpText, Seconds48, Switch};

record! {
    /// PATH_TRACE_LIST.
    pub struct PathTraceList<'a> {
        /// Grandmaster first.
        path: Path<'a> = "pathSequence",
    }
}

list! {
    /// Addresses, after an octet with their number.
    pub struct ClusterAddresses<'a>(u8 "actualTableSize", PortAddress<'a>);
}

record! {
    /// GRANDMASTER_CLUSTER_TABLE (17.2).
    pub struct GrandmasterClusterTable<'a> {
        /// How often to ask.
        log_query_interval: LogInterval = "logQueryInterval",
        /// Whom.
        members: ClusterAddresses<'a> = "portAddress",
    }
}

list! {
    /// Addresses, after two octets with their number.
    pub struct UnicastMasterAddresses<'a>(u16 "actualTableSize", PortAddress<'a>);
}

record! {
    /// UNICAST_MASTER_TABLE (17.4).
    pub struct UnicastMasterTable<'a> {
        /// How often to ask.
        log_query_interval: LogInterval = "logQueryInterval",
        /// Whom.
        masters: UnicastMasterAddresses<'a> = "portAddress",
    }
}

record! {
    /// A port that may be followed (17.5).
    pub struct AcceptableMaster {
        /// Which.
        port: PortIdentity = "acceptablePortIdentity",
        /// Counts as its priority1, unless zero.
        alternate_priority1: u8 = "alternatePriority1",
    }
}

list! {
    /// Ports, after two octets with their number.
    pub struct AcceptableMasters<'a>(u16 "actualTableSize", AcceptableMaster);
}

record! {
    /// ACCEPTABLE_MASTER_TABLE (17.5).
    pub struct AcceptableMasterTable<'a> {
        /// The ports.
        masters: AcceptableMasters<'a> = "acceptableMaster",
    }
}

flags! {
    /// The flags of ALTERNATE_MASTER (17.3).
    pub struct AlternateMasterFlags(u8) {
        /// Sync is sent by multicast too.
        TRANSMIT_MULTICAST_SYNC = 0x01,
    }
}

record! {
    /// ALTERNATE_MASTER (17.3).
    pub struct AlternateMaster {
        /// Options.
        flags: AlternateMasterFlags = "flags",
        /// How often.
        log_sync_interval: LogInterval = "logAlternateMulticastSyncInterval",
        /// How many are listened to.
        count: u8 = "numberOfAlternateMasters" + 1,
    }
}

record! {
    /// ALTERNATE_TIME_OFFSET_ENABLE (16.3).
    pub struct AlternateTimeOffsetEnable {
        /// Which timescale; 0xFF for all when set.
        key: u8 = "keyField",
        /// Whether it is announced.
        switch: Switch = "flags",
    }
}

record! {
    /// ALTERNATE_TIME_OFFSET_NAME (16.3).
    pub struct AlternateTimeOffsetName<'a> {
        /// Which timescale.
        key: u8 = "keyField",
        /// What it is called.
        name: PtpText<'a> = "displayName",
    }
}

record! {
    /// ALTERNATE_TIME_OFFSET_PROPERTIES (16.3).
    pub struct AlternateTimeOffsetProperties {
        /// Which timescale.
        key: u8 = "keyField",
        /// What to add to the time of the grandmaster, in seconds.
        current_offset_s: i32 = "currentOffset" in "s",
        /// By how much the offset will jump, in seconds.
        jump_s: i32 = "jumpSeconds" in "s",
        /// When, in seconds of the transmitting clock; zero is never.
        next_jump: Seconds48 = "timeOfNextJump" in "s" + 1,
    }
}
