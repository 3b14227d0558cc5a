//! The data sets of a clock and of its ports (15.5.3).

use time::{LogInterval, Span};

use crate::record::{flags, record};
use crate::{
    ClockIdentity, ClockQuality, DelayMechanismCode, PortIdentity, PortStateCode, TimeFlags,
    TimeSource,
};

flags! {
    /// The flags of DEFAULT_DATA_SET.
    pub struct DefaultFlags(u8) {
        /// twoStepFlag.
        TWO_STEP = 0x01,
        /// The clock never leads.
        TIME_RECEIVER_ONLY = 0x02,
    }
}

record! {
    /// DEFAULT_DATA_SET.
    pub struct DefaultDataSet {
        /// twoStepFlag and slaveOnly.
        flags: DefaultFlags = "flags" + 1,
        /// How many ports.
        number_ports: u16 = "numberPorts",
        /// priority1.
        priority1: u8 = "priority1",
        /// How good the clock is.
        quality: ClockQuality = "clockQuality",
        /// priority2.
        priority2: u8 = "priority2",
        /// The clock.
        clock: ClockIdentity = "clockIdentity",
        /// Its domain.
        domain: u8 = "domainNumber" + 1,
    }
}

record! {
    /// CURRENT_DATA_SET.
    pub struct CurrentDataSet {
        /// Boundary clocks between the grandmaster and us, and us.
        steps_removed: u16 = "stepsRemoved",
        /// Positive: we are ahead.
        offset: Span = "offsetFromMaster",
        /// To the parent.
        mean_delay: Span = "meanDelay",
    }
}

flags! {
    /// The flags of PARENT_DATA_SET.
    pub struct ParentFlags(u8) {
        /// The observed values hold (parentStats).
        STATS = 0x01,
    }
}

record! {
    /// PARENT_DATA_SET.
    pub struct ParentDataSet {
        /// Whom we follow.
        parent: PortIdentity = "parentPortIdentity",
        /// Whether the next two hold.
        flags: ParentFlags = "flags" + 1,
        /// The parent's stability as we see it, scaled as in [`ClockQuality`].
        observed_variance: u16 = "observedParentOffsetScaledLogVariance",
        /// The parent's rate as we see it.
        observed_phase_change_rate: i32 = "observedParentClockPhaseChangeRate",
        /// grandmasterPriority1.
        priority1: u8 = "grandmasterPriority1",
        /// grandmasterClockQuality.
        quality: ClockQuality = "grandmasterClockQuality",
        /// grandmasterPriority2.
        priority2: u8 = "grandmasterPriority2",
        /// grandmasterIdentity.
        grandmaster: ClockIdentity = "grandmasterIdentity",
    }
}

record! {
    /// TIME_PROPERTIES_DATA_SET.
    pub struct TimePropertiesDataSet {
        /// TAI - UTC in seconds.
        utc_offset: i16 = "currentUtcOffset" in "s",
        /// Leap seconds, timescale, traceability.
        flags: TimeFlags = "flags",
        /// Where the grandmaster has its time from.
        time_source: TimeSource = "timeSource",
    }
}

record! {
    /// PORT_DATA_SET.
    pub struct PortDataSet {
        /// The port.
        port: PortIdentity = "portIdentity",
        /// What it is doing.
        state: PortStateCode = "portState",
        /// How often it may be asked.
        log_min_delay_req_interval: LogInterval = "logMinDelayReqInterval",
        /// To its neighbour, if it measures that.
        mean_link_delay: Span = "meanLinkDelay",
        /// How often it announces.
        log_announce_interval: LogInterval = "logAnnounceInterval",
        /// After how many missing Announces it gives up.
        announce_receipt_timeout: u8 = "announceReceiptTimeout",
        /// How often it syncs.
        log_sync_interval: LogInterval = "logSyncInterval",
        /// How it measures delay.
        delay_mechanism: DelayMechanismCode = "delayMechanism",
        /// How often it asks its neighbour.
        log_min_pdelay_req_interval: LogInterval = "logMinPdelayReqInterval",
        /// versionPTP in the lower half, minorVersionPTP in the upper.
        version: u8 = "versionNumber",
    }
}

record! {
    /// TRANSPARENT_CLOCK_DEFAULT_DATA_SET, of the 2008 edition.
    pub struct TransparentDefaultDataSet {
        /// The clock.
        clock: ClockIdentity = "clockIdentity",
        /// How many ports.
        number_ports: u16 = "numberPorts",
        /// How it measures delay.
        delay_mechanism: DelayMechanismCode = "delayMechanism",
        /// The domain its rate is from.
        primary_domain: u8 = "primaryDomain",
    }
}

flags! {
    /// The flags of TRANSPARENT_CLOCK_PORT_DATA_SET.
    pub struct TransparentPortFlags(u8) {
        /// The port is faulty.
        FAULTY = 0x01,
    }
}

record! {
    /// TRANSPARENT_CLOCK_PORT_DATA_SET, of the 2008 edition.
    pub struct TransparentPortDataSet {
        /// The port.
        port: PortIdentity = "portIdentity",
        /// Whether it is faulty.
        flags: TransparentPortFlags = "flags",
        /// How often it asks its neighbour.
        log_min_pdelay_req_interval: LogInterval = "logMinPdelayReqInterval",
        /// To its neighbour.
        mean_path_delay: Span = "peerMeanPathDelay",
    }
}
