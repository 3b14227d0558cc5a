//! What an answer may speak of.

use time::Timestamp;
use wire::TimeFlags;

use crate::dataset::TimeProperties;
use crate::fault_log::FaultLog;
use crate::instance::Instance;
use crate::link::Link;
use crate::port::Port;
use crate::reply::Reply;
use crate::settings::TransparentSettings;

/// A clock, seen by whoever composes an answer.
pub(crate) struct Scene<'a> {
    pub(crate) instance: &'a Instance,
    pub(crate) links: &'a [Link],
    pub(crate) faults: &'a FaultLog,
    pub(crate) transparent: Option<TransparentSettings>,
    /// About what the instance's clock shows.
    pub(crate) about: Timestamp,
}

impl<'a> Scene<'a> {
    /// The port that answers.
    pub(super) fn port(&self, reply: &Reply) -> &'a Port {
        &self.instance.ports[usize::from(reply.port)]
    }

    /// And its interface.
    pub(super) fn link(&self, reply: &Reply) -> &'a Link {
        &self.links[usize::from(reply.port)]
    }

    /// versionPTP in the lower half, minorVersionPTP in the upper.
    pub(super) fn version(&self, reply: &Reply) -> u8 {
        self.link(reply).version.minor(self.instance.settings.minor_version) << 4 | 2
    }
}

/// The flags of time properties as management has them (15.5.3.5).
pub(super) const fn flags_of(time: &TimeProperties) -> TimeFlags {
    TimeFlags((time.flags.0 & TimeProperties::FLAGS.0) as u8)
}

/// Of some flags those in `mask`.
pub(super) const fn only(flags: TimeFlags, mask: TimeFlags) -> TimeFlags {
    TimeFlags(flags.0 & mask.0)
}

/// leap61, leap59 and currentUtcOffsetValid.
pub(super) const UTC: TimeFlags = TimeFlags(0x07);
/// ptpTimescale.
pub(super) const SCALE: TimeFlags = TimeFlags::PTP_TIMESCALE;
/// timeTraceable and frequencyTraceable.
pub(super) const TRACE: TimeFlags = TimeFlags(0x30);
