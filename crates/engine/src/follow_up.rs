//! What a Follow_Up says: when its Sync left, and with IEEE 802.1AS what became of it on the way.

use time::{Rate, Span, Stamp, Timestamp};
use wire::{FollowUpInformation, OrganizationBody, ScaledNs, ScaledRate, TlvBody, TlvType, Tlvs};

/// The Follow_Up information TLV (802.1AS 11.4.4.3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Information {
    /// The grandmaster's rate over the sender's.
    pub(crate) rate: Rate,
    pub(crate) time_base_indicator: u16,
    pub(crate) last_phase_change: ScaledNs,
    pub(crate) last_frequency_change: ScaledRate,
}

impl Information {
    /// Of a grandmaster whose time base never changed.
    pub(crate) const OWN: Information = Information {
        rate: Rate::ONE,
        time_base_indicator: 0,
        last_phase_change: ScaledNs(Span::ZERO),
        last_frequency_change: ScaledRate(0),
    };

    /// What a Follow_Up says, if it says it.
    pub(crate) fn of(tlvs: Tlvs<'_>) -> Option<Information> {
        let organization = tlvs.iter().filter(|tlv| tlv.kind == TlvType::ORGANIZATION_EXTENSION);
        organization.filter_map(|tlv| TlvBody::decode(&tlv).ok()).find_map(|body| match body {
            TlvBody::Organization { body: OrganizationBody::FollowUpInformation(said), .. } => {
                Some(Information {
                    rate: Rate::from_scaled_offset(said.rate.0),
                    time_base_indicator: said.time_base_indicator,
                    last_phase_change: said.last_phase_change,
                    last_frequency_change: said.last_frequency_change,
                })
            }
            _ => None,
        })
    }

    pub(crate) fn body(&self) -> FollowUpInformation {
        FollowUpInformation {
            rate: ScaledRate(self.rate.scaled_offset()),
            time_base_indicator: self.time_base_indicator,
            last_phase_change: self.last_phase_change,
            last_frequency_change: self.last_frequency_change,
        }
    }
}

/// A Sync that is passed on by a relay: the grandmaster's time, and what was added so far (802.1AS
/// 10.2.2.1, MDSyncSend).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relayed {
    pub(crate) origin: Timestamp,
    /// Added to it up to when it came in, the link to us included.
    pub(crate) correction: Span,
    /// When it came in.
    pub(crate) received: Stamp,
    /// As it is to be said from here on.
    pub(crate) information: Information,
}

impl Relayed {
    /// The correctionField of the Follow_Up for a Sync that left then (802.1AS 11.1.3).
    pub(crate) fn correction(&self, left: Timestamp) -> Span {
        self.correction + self.information.rate.of(left - self.received.time)
    }
}
