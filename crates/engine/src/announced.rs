//! What our Announce says besides its body: our own word while we lead in our own name, else the
//! parent's.

use wire::{
    AlternateTimeOffset, ClockIdentity, EncodeError, EnhancedAccuracy, Flags, TlvBody, TlvWriter,
};

use crate::accuracy;
use crate::alternate::AlternateTimescale;
use crate::instance::Instance;
use crate::power::Power;

impl Instance {
    /// What our Announce says for the power profiles: our own, or the parent's and what we add.
    pub(crate) fn power(&self) -> Option<Power> {
        let own = self.settings.power?;
        let parents = self.parents_power.filter(|_| !self.is_grandmaster());
        Some(parents.map_or(own, |parents| parents.passed_on(own)))
    }

    /// What our Announce says of inaccuracy: our own, or the parent's and what we add; what is not known
    /// of the parent is not made up (16.12).
    pub(crate) fn accuracy(&self) -> Option<EnhancedAccuracy> {
        let own = self.settings.accuracy?;
        if self.is_grandmaster() {
            return Some(own);
        }
        Some(accuracy::through_boundary(&self.parents_accuracy?, &own))
    }

    /// What the parent says of inaccuracy.
    pub(crate) const fn parents_accuracy(&self) -> Option<EnhancedAccuracy> {
        self.parents_accuracy
    }

    /// What our Announce says of other timescales and whatever else is passed on: our own while we
    /// lead in our own name, else the parent's (14.2.2.2, 16.3).
    pub(crate) fn write_more(&self, tlvs: &mut TlvWriter<'_>) -> Result<(), EncodeError> {
        if self.is_grandmaster() {
            let mut own = self.settings.alternates.iter().flatten().filter(|scale| scale.enabled);
            return own.try_for_each(|alternate| alternate.write(tlvs));
        }
        let mut theirs = self.propagated.tlvs().iter();
        theirs.try_for_each(|tlv| tlvs.add(tlv.kind, |w| w.octets(tlv.value)))
    }

    /// The clocks for PATH_TRACE, less ourselves.
    pub(crate) fn path(&self) -> &[ClockIdentity] {
        &self.path.clocks[..self.path.len]
    }

    pub(crate) fn announce_flags(&self) -> Flags {
        self.time.flags
    }

    /// What it tells of another timescale (16.3).
    pub(crate) fn alternate(&self, key: u8) -> Option<AlternateTimeOffset<'_>> {
        if self.is_grandmaster() {
            let own = self.settings.alternates.iter().flatten();
            return own.filter(|own| own.key == key).find_map(AlternateTimescale::said);
        }
        self.propagated.tlvs().iter().find_map(|tlv| match TlvBody::decode(&tlv) {
            Ok(TlvBody::AlternateTimeOffset(said)) if said.key == key => Some(said),
            _ => None,
        })
    }
}
