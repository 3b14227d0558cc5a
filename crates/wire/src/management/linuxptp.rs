//! Data of the ids linuxptp adds, with its field names.

use time::Span;

use crate::record::{codes, flags, list, record};
use crate::{
    ClockIdentity, ClockQuality, CountersLe, IntervalLe, PortAddress, PortIdentity, PortStateCode,
    PtpText, ScaledNs, ScaledRate, TimeFlags, TimeSource,
};

record! {
    /// TIME_STATUS_NP.
    pub struct TimeStatusNp {
        /// Positive: we are ahead; in nanoseconds.
        offset_ns: i64 = "master_offset" in "ns",
        /// When the last Sync arrived, in nanoseconds.
        ingress_time_ns: i64 = "ingress_time" in "ns",
        /// As received from the transmitter.
        rate: ScaledRate = "cumulativeScaledRateOffset",
        /// As received from the transmitter.
        last_frequency_change: ScaledRate = "scaledLastGmPhaseChange",
        /// As received from the transmitter.
        time_base_indicator: u16 = "gmTimeBaseIndicator",
        /// As received from the transmitter.
        last_phase_change: ScaledNs = "lastGmPhaseChange",
        /// 1 where somebody else leads, 0 otherwise.
        grandmaster_present: i32 = "gmPresent",
        /// Who leads.
        grandmaster: ClockIdentity = "gmIdentity",
    }
}

record! {
    /// GRANDMASTER_SETTINGS_NP.
    pub struct GrandmasterSettingsNp {
        /// How good the clock is.
        quality: ClockQuality = "clockQuality",
        /// TAI - UTC in seconds.
        utc_offset: i16 = "utc_offset" in "s",
        /// Leap seconds, timescale, traceability.
        flags: TimeFlags = "time_flags",
        /// Where the time is from.
        time_source: TimeSource = "time_source",
    }
}

record! {
    /// PORT_DATA_SET_NP.
    pub struct PortDataSetNp {
        /// The longest link delay with which the port is capable, in nanoseconds.
        neighbor_prop_delay_threshold_ns: u32 = "neighborPropDelayThresh" in "ns",
        /// 1 where the port is capable, 0 otherwise.
        as_capable: i32 = "asCapable",
    }
}

record! {
    /// SUBSCRIBE_EVENTS_NP.
    pub struct SubscribeEventsNp {
        /// For how long, in seconds.
        duration_s: u16 = "duration" in "s",
        /// Bit n % 8 of octet n / 8 is event n.
        events: [u8; 64] = "bitmask",
    }
}

impl SubscribeEventsNp {
    /// The state of a port changed.
    pub const PORT_STATE: u16 = 0;
    /// A Sync was used.
    pub const TIME_SYNC: u16 = 1;
    /// The parent changed.
    pub const PARENT_DATA_SET: u16 = 2;
    /// The common link delay service measured.
    pub const CMLDS: u16 = 3;

    /// Whether `event` is wanted.
    pub fn has(&self, event: u16) -> bool {
        let octet = self.events.get(usize::from(event / 8));
        octet.is_some_and(|octet| octet >> (event % 8) & 1 == 1)
    }
}

codes! {
    /// How a port takes its stamps.
    pub struct Timestamping(u8) {
        /// In the kernel.
        SOFTWARE = 0,
        /// In the card.
        HARDWARE = 1,
        /// In the card, through the interface of old kernels.
        LEGACY_HW = 2,
        /// In the card, into the Sync itself.
        ONE_STEP = 3,
        /// The same, and into the Pdelay_Resp.
        P2P1STEP = 4,
    }
}

record! {
    /// PORT_PROPERTIES_NP.
    pub struct PortPropertiesNp<'a> {
        /// The port.
        port: PortIdentity = "portIdentity",
        /// What it is doing.
        state: PortStateCode = "portState",
        /// How it takes its stamps.
        timestamping: Timestamping = "timestamping",
        /// What the system calls it.
        interface: PtpText<'a> = "interface",
    }
}

record! {
    /// PORT_STATS_NP; the index of a counter is the messageType.
    pub struct PortStatsNp {
        /// The port.
        port: PortIdentity = "portIdentity",
        /// Messages received.
        rx: CountersLe<16> = "rxMsgType",
        /// Messages sent.
        tx: CountersLe<16> = "txMsgType",
    }
}

codes! {
    /// Whether to say that the time is uncertain.
    pub struct SyncUncertain(u8) {
        /// No.
        FALSE = 0,
        /// Yes.
        TRUE = 1,
        /// As it is.
        DONT_CARE = 0xff,
    }
}

record! {
    /// SYNCHRONIZATION_UNCERTAIN_NP.
    pub struct SynchronizationUncertainNp {
        /// The value.
        uncertain: SyncUncertain = "synchronizationUncertain" + 1,
    }
}

record! {
    /// PORT_SERVICE_STATS_NP.
    ///
    /// The counters are the timeouts of Announce, Sync, delay, unicast service, unicast requests,
    /// Announce and Sync as transmitter and qualification, then mismatches of Sync and Follow_Up.
    pub struct PortServiceStatsNp {
        /// The port.
        port: PortIdentity = "portIdentity",
        /// The counters.
        counters: CountersLe<10> = "counters",
    }
}

codes! {
    /// How far the negotiation with a unicast transmitter is.
    pub struct UnicastStateNp(u8) {
        /// Announce was asked for.
        WAIT = 0,
        /// Announce comes.
        HAVE_ANN = 1,
        /// Sync and Delay_Resp were asked for.
        NEED_SYDY = 2,
        /// They come.
        HAVE_SYDY = 3,
    }
}

record! {
    /// A unicast transmitter as a port sees it.
    pub struct UnicastMasterNp<'a> {
        /// The transmitter.
        port: PortIdentity = "portIdentity",
        /// How good its grandmaster is.
        quality: ClockQuality = "clockQuality",
        /// 1 where it is followed, 0 otherwise.
        selected: u8 = "selected",
        /// How far the negotiation is.
        state: UnicastStateNp = "portState",
        /// Its grandmaster's priority1.
        priority1: u8 = "priority1",
        /// Its grandmaster's priority2.
        priority2: u8 = "priority2",
        /// Where it is.
        address: PortAddress<'a> = "portAddress",
    }
}

list! {
    /// Unicast transmitters, after two octets with their number.
    pub struct UnicastMastersNp<'a>(u16 "actualTableSize", UnicastMasterNp<'a>);
}

record! {
    /// UNICAST_MASTER_TABLE_NP.
    pub struct UnicastMasterTableNp<'a> {
        /// The transmitters.
        masters: UnicastMastersNp<'a> = "unicastMaster",
    }
}

flags! {
    /// The flags of PORT_HWCLOCK_NP.
    pub struct HwClockFlags(u8) {
        /// It is a virtual clock.
        VIRTUAL = 0x01,
    }
}

record! {
    /// PORT_HWCLOCK_NP.
    pub struct PortHwClockNp {
        /// The port.
        port: PortIdentity = "portIdentity",
        /// Which hardware clock; -1 is none.
        phc_index: i32 = "phc_index",
        /// What it is.
        flags: HwClockFlags = "flags" + 1,
    }
}

codes! {
    /// Which edition of C37.238 is announced.
    pub struct PowerProfileVersion(u16) {
        /// None.
        NONE = 0,
        /// C37.238-2011.
        IEEE_C37_238_2011 = 1,
        /// C37.238-2017.
        IEEE_C37_238_2017 = 2,
    }
}

record! {
    /// POWER_PROFILE_SETTINGS_NP; all ones stand for unknown.
    pub struct PowerProfileSettingsNp {
        /// Which edition.
        version: PowerProfileVersion = "version",
        /// The grandmaster's number.
        grandmaster_id: u16 = "grandmasterID",
        /// How wrong the grandmaster may be, in nanoseconds.
        grandmaster_inaccuracy_ns: u32 = "grandmasterTimeInaccuracy" in "ns",
        /// What the network may add, in nanoseconds.
        network_inaccuracy_ns: u32 = "networkTimeInaccuracy" in "ns",
        /// Their sum here, in nanoseconds.
        total_inaccuracy_ns: u32 = "totalTimeInaccuracy" in "ns",
    }
}

record! {
    /// CMLDS_INFO_NP.
    pub struct CmldsInfoNp {
        /// To the neighbour.
        mean_link_delay: Span = "meanLinkDelay",
        /// The neighbour's rate over ours.
        rate: ScaledRate = "scaledNeighborRateRatio",
        /// 1 where the link is capable, 0 otherwise.
        as_capable: u32 = "as_capable",
    }
}

record! {
    /// PORT_CORRECTIONS_NP; least significant octet first.
    pub struct PortCorrectionsNp {
        /// From the stamp to the wire.
        egress_latency: IntervalLe = "egressLatency",
        /// From the wire to the stamp.
        ingress_latency: IntervalLe = "ingressLatency",
        /// Positive: the way to us is longer.
        delay_asymmetry: IntervalLe = "delayAsymmetry",
    }
}

record! {
    /// EXTERNAL_GRANDMASTER_PROPERTIES_NP.
    pub struct ExternalGrandmasterPropertiesNp {
        /// Who leads.
        grandmaster: ClockIdentity = "gmIdentity",
        /// How far away.
        steps_removed: u16 = "stepsRemoved",
    }
}
