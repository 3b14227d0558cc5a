//! TLVs of organizations (14.3): IEEE 802.1AS, C37.238, SMPTE ST 2059-2, ITU-T G.8275.2.

use time::LogInterval;

use crate::record::{codes, flags, record};
use crate::{
    DecodeError, EncodeError, Field, Label, Reader, ScaledNs, ScaledRate, Seconds48, Value, Visit,
    Writer,
};

/// Whose TLV it is, and which of theirs.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct OrganizationId {
    /// organizationId: an OUI or CID.
    pub organization: [u8; 3],
    /// organizationSubType, 24 bits.
    pub sub_type: u32,
}

impl OrganizationId {
    /// IEEE 802.1AS Follow_Up information.
    pub const FOLLOW_UP_INFORMATION: OrganizationId = ieee_802_1(1);
    /// IEEE 802.1AS message interval request.
    pub const INTERVAL_REQUEST: OrganizationId = ieee_802_1(2);
    /// IEEE 802.1AS gPTP-capable.
    pub const GPTP_CAPABLE: OrganizationId = ieee_802_1(4);
    /// IEEE 802.1AS gPTP-capable message interval request.
    pub const GPTP_CAPABLE_INTERVAL_REQUEST: OrganizationId = ieee_802_1(5);
    /// IEEE C37.238-2011.
    pub const POWER_2011: OrganizationId =
        OrganizationId { organization: [0x1c, 0x12, 0x9d], sub_type: 1 };
    /// IEEE C37.238-2017.
    pub const POWER_2017: OrganizationId =
        OrganizationId { organization: [0x1c, 0x12, 0x9d], sub_type: 2 };
    /// SMPTE ST 2059-2 synchronization metadata.
    pub const SYNCHRONIZATION_METADATA: OrganizationId =
        OrganizationId { organization: [0x68, 0x97, 0xe8], sub_type: 1 };
    /// ITU-T interface rate.
    pub const INTERFACE_RATE: OrganizationId =
        OrganizationId { organization: [0x00, 0x19, 0xa7], sub_type: 2 };
}

const fn ieee_802_1(sub_type: u32) -> OrganizationId {
    OrganizationId { organization: [0x00, 0x80, 0xc2], sub_type }
}

impl<'a> Field<'a> for OrganizationId {
    fn read(r: &mut Reader<'a>, _: &'static str) -> Result<Self, DecodeError> {
        Ok(OrganizationId {
            organization: r.array("organizationId")?,
            sub_type: r.u24("organizationSubType")?,
        })
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.octets(&self.organization)?;
        w.u24(self.sub_type)
    }

    fn size(&self) -> usize {
        6
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        let id = Label::new("organizationId", label.at);
        visit.field(id, 3, Value::Octets(&self.organization));
        let sub_type = Value::Code { raw: self.sub_type.into(), name: None };
        visit.field(Label::new("organizationSubType", label.at + 3), 3, sub_type);
    }
}

record! {
    /// IEEE 802.1AS Follow_Up information (802.1AS 11.4.4.3).
    pub struct FollowUpInformation {
        /// The grandmaster's rate over the sender's.
        rate: ScaledRate = "cumulativeScaledRateOffset",
        /// Grows with each change of the grandmaster's time base.
        time_base_indicator: u16 = "gmTimeBaseIndicator",
        /// The phase of the grandmaster less that of the one before.
        last_phase_change: ScaledNs = "lastGmPhaseChange",
        /// The frequency of the grandmaster over that of the one before.
        last_frequency_change: ScaledRate = "scaledLastGmFreqChange",
    }
}

flags! {
    /// The flags of a message interval request, in both readings that are in use.
    pub struct IntervalRequestFlags(u8) {
        /// Compute the neighbor's rate ratio (802.1AS-2020).
        COMPUTE_NEIGHBOR_RATE_RATIO = 0x01,
        /// Compute the mean link delay (802.1AS-2020); compute the rate ratio (802.1AS-2011).
        COMPUTE_MEAN_LINK_DELAY = 0x02,
        /// One-step Syncs can be received (802.1AS-2020); compute the delay (802.1AS-2011).
        ONE_STEP_RECEIVE_CAPABLE = 0x04,
    }
}

record! {
    /// IEEE 802.1AS message interval request (802.1AS 10.6.4.3).
    ///
    /// -128 leaves an interval as it is, 126 sets it to its initial value, 127 stops the messages.
    pub struct IntervalRequest {
        /// Of Pdelay_Req.
        link_delay: LogInterval = "logLinkDelayInterval",
        /// Of Sync.
        time_sync: LogInterval = "logTimeSyncInterval",
        /// Of Announce.
        announce: LogInterval = "logAnnounceInterval",
        /// What else is wanted.
        flags: IntervalRequestFlags = "flags" + 2,
    }
}

record! {
    /// IEEE 802.1AS gPTP-capable (802.1AS 10.6.4.4).
    pub struct GptpCapable {
        /// How often this is said.
        log_interval: LogInterval = "logGptpCapableMessageInterval",
        /// None are defined.
        flags: u8 = "flags" + 4,
    }
}

record! {
    /// IEEE 802.1AS gPTP-capable message interval request (802.1AS 10.6.4.5).
    pub struct GptpCapableIntervalRequest {
        /// How often to say it; with the special values of [`IntervalRequest`].
        log_interval: LogInterval = "logGptpCapableMessageInterval" + 3,
    }
}

record! {
    /// IEEE C37.238-2011. All ones stand for unknown.
    pub struct Power2011 {
        /// The grandmaster's number.
        grandmaster_id: u16 = "grandmasterID",
        /// How wrong the grandmaster may be, in nanoseconds.
        grandmaster_inaccuracy_ns: u32 = "grandmasterTimeInaccuracy" in "ns",
        /// What the network may add, in nanoseconds.
        network_inaccuracy_ns: u32 = "networkTimeInaccuracy" in "ns" + 2,
    }
}

record! {
    /// IEEE C37.238-2017. All ones stand for unknown.
    pub struct Power2017 {
        /// The grandmaster's number.
        grandmaster_id: u16 = "grandmasterID" + 4,
        /// How wrong the time may be here, in nanoseconds.
        total_inaccuracy_ns: u32 = "totalTimeInaccuracy" in "ns" + 2,
    }
}

codes! {
    /// What a leading clock is locked to (SMPTE ST 2059-2).
    pub struct LockingStatus(u8) {
        /// Not said.
        NOT_IN_USE = 0,
        /// Nothing.
        FREE_RUN = 1,
        /// Locking for the first time.
        COLD_LOCKING = 2,
        /// Locking again.
        WARM_LOCKING = 3,
        /// Locked.
        LOCKED = 4,
    }
}

flags! {
    /// How time addresses are made (SMPTE ST 2059-2).
    pub struct TimeAddressFlags(u8) {
        /// Frames are dropped.
        DROP_FRAME = 0x01,
        /// Colour frames are identified.
        COLOR_FRAME = 0x02,
    }
}

flags! {
    /// Daylight saving time (SMPTE ST 2059-2).
    pub struct DaylightSaving(u8) {
        /// It is in force.
        CURRENT = 0x01,
        /// It will be after the next discontinuity.
        NEXT = 0x02,
        /// It was before the last one.
        PREVIOUS = 0x04,
    }
}

flags! {
    /// Why the local offset jumps (SMPTE ST 2059-2).
    pub struct LeapSecondJump(u8) {
        /// Because of a leap second.
        LEAP_SECOND = 0x01,
    }
}

record! {
    /// SMPTE ST 2059-2 synchronization metadata, which rides in a management message.
    pub struct SynchronizationMetadata {
        /// Frames, per the other field's seconds.
        frame_rate_numerator: u32 = "defaultSystemFrameRate.numerator",
        /// Seconds, per the other field's frames.
        frame_rate_denominator: u32 = "defaultSystemFrameRate.denominator",
        /// What the leading clock is locked to.
        locking_status: LockingStatus = "masterLockingStatus",
        /// How time addresses are made.
        time_address: TimeAddressFlags = "timeAddressFlags",
        /// Local time less the time of the grandmaster, in seconds.
        local_offset_s: i32 = "currentLocalOffset" in "s",
        /// By how much the local time will jump, in seconds.
        jump_s: i32 = "jumpSeconds" in "s",
        /// When.
        next_jump: Seconds48 = "timeOfNextJump" in "s",
        /// When time addresses start over.
        next_jam: Seconds48 = "timeOfNextJam" in "s",
        /// When they did.
        previous_jam: Seconds48 = "timeOfPreviousJam" in "s",
        /// The local offset then, in seconds.
        previous_jam_offset_s: i32 = "previousJamLocalOffset" in "s",
        /// Daylight saving time.
        daylight_saving: DaylightSaving = "daylightSaving",
        /// Whether the jump is a leap second.
        leap_second_jump: LeapSecondJump = "leapSecondJump",
    }
}

record! {
    /// ITU-T interface rate (G.8275.2): what the rate of an interface does to its stamps.
    pub struct InterfaceRate {
        /// Of one bit, in attoseconds.
        bit_period_as: u64 = "interfaceBitPeriod" in "as",
        /// Received before the stamp is taken.
        bits_before: u16 = "numberOfBitsBeforeTimestamp",
        /// Received after it.
        bits_after: u16 = "numberOfBitsAfterTimestamp",
    }
}
