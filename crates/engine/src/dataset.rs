//! Data sets of an instance (8.2).

use time::{Span, TAI_UTC_LATEST};
use wire::{Announce, ClockIdentity, ClockQuality, Flags, PortIdentity, TimeSource};

/// Where we stand (8.2.2).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct CurrentDs {
    /// Boundary clocks between us and the grandmaster, and one.
    pub steps_removed: u16,
    /// Our clock less the grandmaster's.
    pub offset: Span,
    /// The way from the parent, one way.
    pub mean_delay: Span,
}

/// Whom we follow (8.2.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParentDs {
    /// The port whose Sync we follow; our own clock, port 0, when we lead.
    pub port: PortIdentity,
    /// grandmasterIdentity.
    pub grandmaster: ClockIdentity,
    /// grandmasterClockQuality.
    pub quality: ClockQuality,
    /// grandmasterPriority1.
    pub priority1: u8,
    /// grandmasterPriority2.
    pub priority2: u8,
}

/// What is known of the timescale (8.2.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimeProperties {
    /// currentUtcOffset in seconds.
    pub utc_offset: i16,
    /// The flags of an Announce that speak of time: leap61 to synchronizationUncertain.
    pub flags: Flags,
    /// timeSource.
    pub time_source: TimeSource,
}

impl TimeProperties {
    /// The flags of an Announce that belong here.
    pub const FLAGS: Flags = Flags(0x007f);

    /// A free-running clock with an arbitrary timescale.
    pub const UNKNOWN: TimeProperties = TimeProperties {
        utc_offset: TAI_UTC_LATEST.seconds(),
        flags: Flags(0),
        time_source: TimeSource::INTERNAL_OSCILLATOR,
    };

    /// What an Announce says.
    pub(crate) const fn announced(announce: &Announce, flags: Flags) -> TimeProperties {
        TimeProperties {
            utc_offset: announce.utc_offset,
            flags: Flags(flags.0 & TimeProperties::FLAGS.0),
            time_source: announce.time_source,
        }
    }

    /// Whether the timescale is the PTP timescale.
    pub const fn is_ptp(&self) -> bool {
        self.flags.has(Flags::PTP_TIMESCALE)
    }
}

/// What of a clock's own time properties was set from outside, over what its driver says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct TimeSet {
    /// currentUtcOffset, and leap61, leap59 and currentUtcOffsetValid.
    pub(crate) utc: Option<(i16, u16)>,
    /// timeTraceable and frequencyTraceable.
    pub(crate) trace: Option<u16>,
    pub(crate) source: Option<TimeSource>,
}

/// leap61, leap59 and currentUtcOffsetValid.
const UTC: u16 = 0x07;
/// timeTraceable and frequencyTraceable.
const TRACE: u16 = 0x30;

impl TimeSet {
    /// `time`, but for what was set.
    pub(crate) fn over(&self, mut time: TimeProperties) -> TimeProperties {
        if let Some((utc_offset, flags)) = self.utc {
            time.utc_offset = utc_offset;
            time.flags = Flags(time.flags.0 & !UTC | flags);
        }
        if let Some(flags) = self.trace {
            time.flags = Flags(time.flags.0 & !TRACE | flags);
        }
        time.time_source = self.source.unwrap_or(time.time_source);
        time
    }
}
