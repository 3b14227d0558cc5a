//! What can be asked of a clock (15.5.2.3, Table 59) and of linuxptp besides.

use crate::record::{codes, flags};

codes! {
    /// managementId.
    pub struct ManagementId(u16) {
        /// Nothing; answers show who is there.
        NULL_PTP_MANAGEMENT = 0x0000,
        /// What the clock and its port are.
        CLOCK_DESCRIPTION = 0x0001,
        /// Name and place.
        USER_DESCRIPTION = 0x0002,
        /// Keep the settings.
        SAVE_IN_NON_VOLATILE_STORAGE = 0x0003,
        /// Forget the kept settings.
        RESET_NON_VOLATILE_STORAGE = 0x0004,
        /// Start over.
        INITIALIZE = 0x0005,
        /// What went wrong.
        FAULT_LOG = 0x0006,
        /// Forget what went wrong.
        FAULT_LOG_RESET = 0x0007,
        /// What the clock is.
        DEFAULT_DATA_SET = 0x2000,
        /// How far off it is.
        CURRENT_DATA_SET = 0x2001,
        /// Whom it follows.
        PARENT_DATA_SET = 0x2002,
        /// The timescale.
        TIME_PROPERTIES_DATA_SET = 0x2003,
        /// What a port is doing.
        PORT_DATA_SET = 0x2004,
        /// The first thing the BMCA compares.
        PRIORITY1 = 0x2005,
        /// Compared after the quality.
        PRIORITY2 = 0x2006,
        /// The domain.
        DOMAIN = 0x2007,
        /// Whether the clock never leads.
        SLAVE_ONLY = 0x2008,
        /// How often a port announces.
        LOG_ANNOUNCE_INTERVAL = 0x2009,
        /// How many Announces may be missing.
        ANNOUNCE_RECEIPT_TIMEOUT = 0x200a,
        /// How often a port syncs.
        LOG_SYNC_INTERVAL = 0x200b,
        /// The version of PTP.
        VERSION_NUMBER = 0x200c,
        /// Switch a port on.
        ENABLE_PORT = 0x200d,
        /// Switch a port off.
        DISABLE_PORT = 0x200e,
        /// The time.
        TIME = 0x200f,
        /// How accurate the clock is.
        CLOCK_ACCURACY = 0x2010,
        /// The offset to UTC.
        UTC_PROPERTIES = 0x2011,
        /// What is traceable.
        TRACEABILITY_PROPERTIES = 0x2012,
        /// Which timescale, from where.
        TIMESCALE_PROPERTIES = 0x2013,
        /// Whether unicast is negotiated.
        UNICAST_NEGOTIATION_ENABLE = 0x2014,
        /// The clocks the time came through.
        PATH_TRACE_LIST = 0x2015,
        /// Whether the path is traced.
        PATH_TRACE_ENABLE = 0x2016,
        /// Other grandmasters.
        GRANDMASTER_CLUSTER_TABLE = 0x2017,
        /// Whom to ask for unicast.
        UNICAST_MASTER_TABLE = 0x2018,
        /// How many of them there may be.
        UNICAST_MASTER_MAX_TABLE_SIZE = 0x2019,
        /// Who may be followed.
        ACCEPTABLE_MASTER_TABLE = 0x201a,
        /// Whether that table counts.
        ACCEPTABLE_MASTER_TABLE_ENABLED = 0x201b,
        /// How long it may be.
        ACCEPTABLE_MASTER_MAX_TABLE_SIZE = 0x201c,
        /// What a port does that was not selected.
        ALTERNATE_MASTER = 0x201d,
        /// Whether another timescale is announced.
        ALTERNATE_TIME_OFFSET_ENABLE = 0x201e,
        /// What it is called.
        ALTERNATE_TIME_OFFSET_NAME = 0x201f,
        /// How many there may be.
        ALTERNATE_TIME_OFFSET_MAX_KEY = 0x2020,
        /// What it is.
        ALTERNATE_TIME_OFFSET_PROPERTIES = 0x2021,
        /// Whether the BMCA is off.
        EXTERNAL_PORT_CONFIGURATION_ENABLED = 0x3000,
        /// Whether a port never follows.
        MASTER_ONLY = 0x3001,
        /// Whether holdover may improve the class.
        HOLDOVER_UPGRADE_ENABLE = 0x3002,
        /// What a port shall do without the BMCA.
        EXT_PORT_CONFIG_PORT_DATA_SET = 0x3003,
        /// What a transparent clock is.
        TRANSPARENT_CLOCK_DEFAULT_DATA_SET = 0x4000,
        /// What its port is doing.
        TRANSPARENT_CLOCK_PORT_DATA_SET = 0x4001,
        /// The domain its rate is from.
        PRIMARY_DOMAIN = 0x4002,
        /// How a port measures delay.
        DELAY_MECHANISM = 0x6000,
        /// How often a port asks its neighbour.
        LOG_MIN_PDELAY_REQ_INTERVAL = 0x6001,
        /// How far off the clock is.
        TIME_STATUS_NP = 0xc000,
        /// What to announce when leading.
        GRANDMASTER_SETTINGS_NP = 0xc001,
        /// Whether a port is capable of 802.1AS.
        PORT_DATA_SET_NP = 0xc002,
        /// Which events to report.
        SUBSCRIBE_EVENTS_NP = 0xc003,
        /// Which interface a port is on.
        PORT_PROPERTIES_NP = 0xc004,
        /// Messages of a port.
        PORT_STATS_NP = 0xc005,
        /// Whether to say that the time is uncertain.
        SYNCHRONIZATION_UNCERTAIN_NP = 0xc006,
        /// What a port missed.
        PORT_SERVICE_STATS_NP = 0xc007,
        /// Unicast transmitters and their state.
        UNICAST_MASTER_TABLE_NP = 0xc008,
        /// Which hardware clock a port has.
        PORT_HWCLOCK_NP = 0xc009,
        /// What to announce for C37.238.
        POWER_PROFILE_SETTINGS_NP = 0xc00a,
        /// The common link delay service.
        CMLDS_INFO_NP = 0xc00b,
        /// Latencies and asymmetry of a port.
        PORT_CORRECTIONS_NP = 0xc00c,
        /// A grandmaster outside of PTP.
        EXTERNAL_GRANDMASTER_PROPERTIES_NP = 0xc00d,
    }
}

impl ManagementId {
    /// Its row in the table, where it has one.
    pub fn row(self) -> Option<&'static ManagementRow> {
        MANAGEMENT.iter().find(|row| row.id == self)
    }

    /// The id with this name.
    pub fn from_name(name: &str) -> Option<ManagementId> {
        MANAGEMENT.iter().map(|row| row.id).find(|id| id.name() == Some(name))
    }
}

/// Whom an id concerns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// The clock, whichever of its ports is asked.
    Clock,
    /// Each port that is asked.
    Port,
}

flags! {
    /// What can be done with an id.
    pub struct Actions(u8) {
        /// Read it.
        GET = 0x01,
        /// Change it.
        SET = 0x02,
        /// Do it.
        COMMAND = 0x04,
    }
}

/// What an id is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ManagementRow {
    /// The id.
    pub id: ManagementId,
    /// Whom it concerns.
    pub scope: Scope,
    /// What can be done with it.
    pub actions: Actions,
    /// The octets of its data in an answer, where they do not vary.
    pub length: Option<u16>,
}

const fn row(
    id: ManagementId,
    scope: Scope,
    actions: Actions,
    length: Option<u16>,
) -> ManagementRow {
    ManagementRow { id, scope, actions, length }
}

const CLOCK: Scope = Scope::Clock;
const PORT: Scope = Scope::Port;
const GET: Actions = Actions::GET;
const COMMAND: Actions = Actions::COMMAND;
const GET_SET: Actions = GET.with(Actions::SET, true);
const ALL: Actions = GET_SET.with(COMMAND, true);

/// Every id with a name, by number.
pub const MANAGEMENT: [ManagementRow; 65] = [
    row(ManagementId::NULL_PTP_MANAGEMENT, PORT, ALL, Some(0)),
    row(ManagementId::CLOCK_DESCRIPTION, PORT, GET, None),
    row(ManagementId::USER_DESCRIPTION, CLOCK, GET_SET, None),
    row(ManagementId::SAVE_IN_NON_VOLATILE_STORAGE, CLOCK, COMMAND, Some(0)),
    row(ManagementId::RESET_NON_VOLATILE_STORAGE, CLOCK, COMMAND, Some(0)),
    row(ManagementId::INITIALIZE, CLOCK, COMMAND, Some(2)),
    row(ManagementId::FAULT_LOG, CLOCK, GET, None),
    row(ManagementId::FAULT_LOG_RESET, CLOCK, COMMAND, Some(0)),
    row(ManagementId::DEFAULT_DATA_SET, CLOCK, GET, Some(20)),
    row(ManagementId::CURRENT_DATA_SET, CLOCK, GET, Some(18)),
    row(ManagementId::PARENT_DATA_SET, CLOCK, GET, Some(32)),
    row(ManagementId::TIME_PROPERTIES_DATA_SET, CLOCK, GET, Some(4)),
    row(ManagementId::PORT_DATA_SET, PORT, GET, Some(26)),
    row(ManagementId::PRIORITY1, CLOCK, GET_SET, Some(2)),
    row(ManagementId::PRIORITY2, CLOCK, GET_SET, Some(2)),
    row(ManagementId::DOMAIN, CLOCK, GET_SET, Some(2)),
    row(ManagementId::SLAVE_ONLY, CLOCK, GET_SET, Some(2)),
    row(ManagementId::LOG_ANNOUNCE_INTERVAL, PORT, GET_SET, Some(2)),
    row(ManagementId::ANNOUNCE_RECEIPT_TIMEOUT, PORT, GET_SET, Some(2)),
    row(ManagementId::LOG_SYNC_INTERVAL, PORT, GET_SET, Some(2)),
    row(ManagementId::VERSION_NUMBER, PORT, GET_SET, Some(2)),
    row(ManagementId::ENABLE_PORT, PORT, COMMAND, Some(0)),
    row(ManagementId::DISABLE_PORT, PORT, COMMAND, Some(0)),
    row(ManagementId::TIME, CLOCK, GET_SET, Some(10)),
    row(ManagementId::CLOCK_ACCURACY, CLOCK, GET_SET, Some(2)),
    row(ManagementId::UTC_PROPERTIES, CLOCK, GET_SET, Some(4)),
    row(ManagementId::TRACEABILITY_PROPERTIES, CLOCK, GET_SET, Some(2)),
    row(ManagementId::TIMESCALE_PROPERTIES, CLOCK, GET_SET, Some(2)),
    row(ManagementId::UNICAST_NEGOTIATION_ENABLE, PORT, GET_SET, Some(2)),
    row(ManagementId::PATH_TRACE_LIST, CLOCK, GET, None),
    row(ManagementId::PATH_TRACE_ENABLE, CLOCK, GET_SET, Some(2)),
    row(ManagementId::GRANDMASTER_CLUSTER_TABLE, CLOCK, GET_SET, None),
    row(ManagementId::UNICAST_MASTER_TABLE, PORT, GET_SET, None),
    row(ManagementId::UNICAST_MASTER_MAX_TABLE_SIZE, PORT, GET, Some(2)),
    row(ManagementId::ACCEPTABLE_MASTER_TABLE, CLOCK, GET_SET, None),
    row(ManagementId::ACCEPTABLE_MASTER_TABLE_ENABLED, PORT, GET_SET, Some(2)),
    row(ManagementId::ACCEPTABLE_MASTER_MAX_TABLE_SIZE, CLOCK, GET, Some(2)),
    row(ManagementId::ALTERNATE_MASTER, PORT, GET_SET, Some(4)),
    row(ManagementId::ALTERNATE_TIME_OFFSET_ENABLE, CLOCK, GET_SET, Some(2)),
    row(ManagementId::ALTERNATE_TIME_OFFSET_NAME, CLOCK, GET_SET, None),
    row(ManagementId::ALTERNATE_TIME_OFFSET_MAX_KEY, CLOCK, GET, Some(2)),
    row(ManagementId::ALTERNATE_TIME_OFFSET_PROPERTIES, CLOCK, GET_SET, Some(16)),
    row(ManagementId::EXTERNAL_PORT_CONFIGURATION_ENABLED, CLOCK, GET_SET, Some(2)),
    row(ManagementId::MASTER_ONLY, PORT, GET_SET, Some(2)),
    row(ManagementId::HOLDOVER_UPGRADE_ENABLE, CLOCK, GET_SET, Some(2)),
    row(ManagementId::EXT_PORT_CONFIG_PORT_DATA_SET, PORT, GET_SET, Some(2)),
    row(ManagementId::TRANSPARENT_CLOCK_DEFAULT_DATA_SET, CLOCK, GET, Some(12)),
    row(ManagementId::TRANSPARENT_CLOCK_PORT_DATA_SET, PORT, GET, Some(20)),
    row(ManagementId::PRIMARY_DOMAIN, CLOCK, GET_SET, Some(2)),
    row(ManagementId::DELAY_MECHANISM, PORT, GET_SET, Some(2)),
    row(ManagementId::LOG_MIN_PDELAY_REQ_INTERVAL, PORT, GET_SET, Some(2)),
    row(ManagementId::TIME_STATUS_NP, CLOCK, GET, Some(50)),
    row(ManagementId::GRANDMASTER_SETTINGS_NP, CLOCK, GET_SET, Some(8)),
    row(ManagementId::PORT_DATA_SET_NP, PORT, GET_SET, Some(8)),
    row(ManagementId::SUBSCRIBE_EVENTS_NP, CLOCK, GET_SET, Some(66)),
    row(ManagementId::PORT_PROPERTIES_NP, PORT, GET, None),
    row(ManagementId::PORT_STATS_NP, PORT, GET, Some(266)),
    row(ManagementId::SYNCHRONIZATION_UNCERTAIN_NP, CLOCK, GET_SET, Some(2)),
    row(ManagementId::PORT_SERVICE_STATS_NP, PORT, GET, Some(90)),
    row(ManagementId::UNICAST_MASTER_TABLE_NP, PORT, GET, None),
    row(ManagementId::PORT_HWCLOCK_NP, PORT, GET, Some(16)),
    row(ManagementId::POWER_PROFILE_SETTINGS_NP, PORT, GET_SET, Some(16)),
    row(ManagementId::CMLDS_INFO_NP, PORT, GET, Some(16)),
    row(ManagementId::PORT_CORRECTIONS_NP, PORT, GET_SET, Some(24)),
    row(ManagementId::EXTERNAL_GRANDMASTER_PROPERTIES_NP, CLOCK, GET_SET, Some(10)),
];
