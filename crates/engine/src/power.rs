//! The TLV of the power profiles in Announce (IEEE C37.238).

use wire::{
    EncodeError, OrganizationBody, Power2011, Power2017, Tlv, TlvBody, TlvType, TlvWriter, Tlvs,
};

/// Nobody knows.
const UNKNOWN_NS: u32 = u32::MAX;

/// What Announce says for the power profiles. Unknown inaccuracies are all ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Power {
    /// IEEE C37.238-2011.
    Edition2011 {
        /// grandmasterID.
        grandmaster_id: u16,
        /// grandmasterTimeInaccuracy.
        grandmaster_ns: u32,
        /// networkTimeInaccuracy.
        network_ns: u32,
    },
    /// IEEE C37.238-2017.
    Edition2017 {
        /// grandmasterID.
        grandmaster_id: u16,
        /// totalTimeInaccuracy.
        total_ns: u32,
    },
}

impl Power {
    /// Octets its TLV takes at most.
    pub(crate) const LEN_MAX: usize = 24;

    /// What an Announce says, if it says it.
    pub(crate) fn of(tlvs: Tlvs<'_>) -> Option<Power> {
        tlvs.iter().find_map(|tlv| Power::of_one(&tlv))
    }

    /// What a TLV says, if it is one of the power profiles.
    pub(crate) fn of_one(tlv: &Tlv<'_>) -> Option<Power> {
        let organization = Some(tlv).filter(|tlv| tlv.kind.is_organization())?;
        let Ok(TlvBody::Organization { body, .. }) = TlvBody::decode(organization) else {
            return None;
        };
        match body {
            OrganizationBody::Power2011(said) => Some(Power::Edition2011 {
                grandmaster_id: said.grandmaster_id,
                grandmaster_ns: said.grandmaster_inaccuracy_ns,
                network_ns: said.network_inaccuracy_ns,
            }),
            OrganizationBody::Power2017(said) => Some(Power::Edition2017 {
                grandmaster_id: said.grandmaster_id,
                total_ns: said.total_inaccuracy_ns,
            }),
            _ => None,
        }
    }

    /// How wrong it says that the time may be in all, in nanoseconds; all ones: nobody knows.
    pub const fn inaccuracy_ns(&self) -> u32 {
        match *self {
            Power::Edition2011 { grandmaster_ns, network_ns, .. } => {
                sum(grandmaster_ns, network_ns)
            }
            Power::Edition2017 { total_ns, .. } => total_ns,
        }
    }

    /// The year of the edition.
    pub(crate) const fn edition(&self) -> u16 {
        match self {
            Power::Edition2011 { .. } => 2011,
            Power::Edition2017 { .. } => 2017,
        }
    }

    /// What a boundary clock passes on of its parent's, with what it adds itself.
    pub(crate) fn passed_on(self, own: Power) -> Power {
        match (self, own) {
            (
                Power::Edition2017 { grandmaster_id, total_ns },
                Power::Edition2017 { total_ns: added, .. },
            ) => Power::Edition2017 { grandmaster_id, total_ns: sum(total_ns, added) },
            (theirs, _) => theirs,
        }
    }

    pub(crate) fn write(&self, tlvs: &mut TlvWriter<'_>) -> Result<(), EncodeError> {
        let body = match *self {
            Power::Edition2011 { grandmaster_id, grandmaster_ns, network_ns } => {
                OrganizationBody::Power2011(Power2011 {
                    grandmaster_id,
                    grandmaster_inaccuracy_ns: grandmaster_ns,
                    network_inaccuracy_ns: network_ns,
                })
            }
            Power::Edition2017 { grandmaster_id, total_ns } => {
                OrganizationBody::Power2017(Power2017 {
                    grandmaster_id,
                    total_inaccuracy_ns: total_ns,
                })
            }
        };
        let kind = TlvType::ORGANIZATION_EXTENSION;
        TlvBody::Organization { kind, body }.encode(tlvs)
    }
}

/// Two inaccuracies one after the other; what is unknown stays so.
const fn sum(a: u32, b: u32) -> u32 {
    if a == UNKNOWN_NS || b == UNKNOWN_NS { UNKNOWN_NS } else { a.saturating_add(b) }
}
