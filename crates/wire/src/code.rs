//! Enumerations that TLVs and management bodies share.

use crate::record::{codes, flags};

codes! {
    /// What a port is doing (9.2.5).
    pub struct PortStateCode(u8) {
        /// Starting.
        INITIALIZING = 1,
        /// Broken.
        FAULTY = 2,
        /// Switched off.
        DISABLED = 3,
        /// Waiting for an Announce.
        LISTENING = 4,
        /// About to lead.
        PRE_TIME_TRANSMITTER = 5,
        /// Leading.
        TIME_TRANSMITTER = 6,
        /// Leaving it to another port of the same clock or a better clock.
        PASSIVE = 7,
        /// About to follow.
        UNCALIBRATED = 8,
        /// Following.
        TIME_RECEIVER = 9,
    }
}

codes! {
    /// How a port measures the delay of its path (8.2.15.4.4).
    pub struct DelayMechanismCode(u8) {
        /// From end to end, by Delay_Req.
        E2E = 1,
        /// From peer to peer, by Pdelay_Req.
        P2P = 2,
        /// From peer to peer, by a service all domains share.
        COMMON_P2P = 3,
        /// By other means.
        SPECIAL = 4,
        /// Not at all.
        NO_MECHANISM = 0xfe,
    }
}

codes! {
    /// How bad a fault is (5.3.10).
    pub struct Severity(u8) {
        /// The system is unusable.
        EMERGENCY = 0,
        /// Act now.
        ALERT = 1,
        /// Critical.
        CRITICAL = 2,
        /// An error.
        ERROR = 3,
        /// A warning.
        WARNING = 4,
        /// Normal, but worth to know.
        NOTICE = 5,
        /// Information.
        INFORMATIONAL = 6,
        /// For debugging.
        DEBUG = 7,
    }
}

codes! {
    /// Why a request was refused (15.5.4).
    pub struct ManagementError(u16) {
        /// The answer does not fit into a message.
        RESPONSE_TOO_BIG = 1,
        /// There is no such managementId.
        NO_SUCH_ID = 2,
        /// The data has the wrong length.
        WRONG_LENGTH = 3,
        /// A value is out of range.
        WRONG_VALUE = 4,
        /// Some of it cannot be set.
        NOT_SETABLE = 5,
        /// We do not do that.
        NOT_SUPPORTED = 6,
        /// Anything else.
        GENERAL_ERROR = 0xfffe,
    }
}

flags! {
    /// Time properties: the second octet of the flagField (13.3.2.8).
    pub struct TimeFlags(u8) {
        /// The last minute of the UTC day has 61 seconds.
        LEAP61 = 0x01,
        /// The last minute of the UTC day has 59 seconds.
        LEAP59 = 0x02,
        /// currentUtcOffset is known to be right.
        UTC_OFFSET_VALID = 0x04,
        /// The timescale is the PTP timescale.
        PTP_TIMESCALE = 0x08,
        /// The time is traceable to a primary reference.
        TIME_TRACEABLE = 0x10,
        /// The frequency is traceable to a primary reference.
        FREQUENCY_TRACEABLE = 0x20,
        /// Somebody on the way is not synchronised.
        SYNCHRONIZATION_UNCERTAIN = 0x40,
    }
}

flags! {
    /// An option that is on or off.
    pub struct Switch(u8) {
        /// It is on.
        ON = 0x01,
    }
}

impl Switch {
    /// On or off.
    pub const fn new(on: bool) -> Switch {
        Switch(on as u8)
    }

    /// Whether it is on.
    pub const fn is_on(self) -> bool {
        self.has(Switch::ON)
    }
}
