//! The flagField of the header (13.3.2.8, Table 37).

/// The sixteen flags, the first octet in the high half.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Flags(pub u16);

impl Flags {
    /// Sent by a time transmitter that was not selected.
    pub const ALTERNATE_TIME_TRANSMITTER: Flags = Flags(0x0100);
    /// The precise time follows in a message of its own.
    pub const TWO_STEP: Flags = Flags(0x0200);
    /// Sent to one receiver.
    pub const UNICAST: Flags = Flags(0x0400);
    /// For a profile's use.
    pub const PROFILE_SPECIFIC_1: Flags = Flags(0x2000);
    /// For a profile's use.
    pub const PROFILE_SPECIFIC_2: Flags = Flags(0x4000);
    /// The last minute of the UTC day has 61 seconds.
    pub const LEAP61: Flags = Flags(0x0001);
    /// The last minute of the UTC day has 59 seconds.
    pub const LEAP59: Flags = Flags(0x0002);
    /// currentUtcOffset is known to be right.
    pub const UTC_OFFSET_VALID: Flags = Flags(0x0004);
    /// The timescale is the PTP timescale, not an arbitrary one.
    pub const PTP_TIMESCALE: Flags = Flags(0x0008);
    /// The time is traceable to a primary reference.
    pub const TIME_TRACEABLE: Flags = Flags(0x0010);
    /// The frequency is traceable to a primary reference.
    pub const FREQUENCY_TRACEABLE: Flags = Flags(0x0020);
    /// Somebody on the way is not synchronised (16.1.4.4).
    pub const SYNCHRONIZATION_UNCERTAIN: Flags = Flags(0x0040);

    /// Whether all of `other` are set.
    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// These, and `other` where `on`.
    #[must_use]
    pub const fn with(self, other: Flags, on: bool) -> Flags {
        if on { Flags(self.0 | other.0) } else { Flags(self.0 & !other.0) }
    }
}
