//! The TLVs of a parent's Announce that a boundary clock passes on without knowing them (14.2.2.2).

use alloc::boxed::Box;

use wire::{DecodeError, Tlv, TlvBody, TlvType, TlvWriter, Tlvs};

use crate::event::Discard;
use crate::inout::FRAME_LEN;
use crate::power::Power;

/// Octets of TLVs an Announce has room for: of a frame less the headers of UDP over IPv6, which are
/// the longest, and less the 64 octets of the message itself.
pub(crate) const TLVS_MAX: usize = FRAME_LEN - 48 - 64;

/// Octets that are kept of a parent's TLVs at most.
const KEPT_MAX: usize = 512;

/// TLVs that are kept at most: what a receiver takes, less our PATH_TRACE and the power profiles'.
pub(crate) const COUNT_MAX: usize = Tlvs::COUNT_MAX - 2;

/// Copies of the parent's TLVs, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Propagated {
    octets: Box<[u8]>,
    len: usize,
}

impl Propagated {
    /// For a clock of so many ports; one of a single port passes nothing on.
    pub(crate) fn new(ports: usize) -> Propagated {
        let room = if ports > 1 { KEPT_MAX } else { 0 };
        Propagated { octets: alloc::vec![0; room].into(), len: 0 }
    }

    pub(crate) const fn clear(&mut self) {
        self.len = 0;
    }

    /// Keeps what is to be passed on, in at most so many octets and TLVs; `power` and `accuracy` may be handled
    /// elsewhere. What is malformed or has no room is left out; the first such is told.
    pub(crate) fn take(
        &mut self,
        tlvs: Tlvs<'_>,
        (room, most): (usize, usize),
        (power, accuracy): (bool, bool),
    ) -> Result<(), Discard> {
        self.len = 0;
        if self.octets.is_empty() {
            return Ok(());
        }
        let room = room.min(self.octets.len());
        let mut kept = TlvWriter::new(&mut self.octets[..room]);
        let (mut count, mut outcome) = (0, Ok(()));
        let ours = |tlv: &Tlv<'_>| {
            power && Power::of_one(tlv).is_some()
                || accuracy && tlv.kind == TlvType::ENHANCED_ACCURACY_METRICS
        };
        for tlv in tlvs.iter().filter(|tlv| tlv.kind.propagates() && !ours(tlv)) {
            let added = check(&tlv).map_err(Discard::Malformed).and_then(|()| {
                let full = || Discard::AnnounceRoom;
                if count >= most {
                    return Err(full());
                }
                kept.add(tlv.kind, |w| w.octets(tlv.value)).map_err(|_| full())
            });
            count += usize::from(added.is_ok());
            outcome = outcome.and(added);
        }
        self.len = kept.tlvs().octets().len();
        outcome
    }

    /// What was kept.
    pub(crate) fn tlvs(&self) -> Tlvs<'_> {
        Tlvs::parse(&self.octets[..self.len], 0).unwrap_or_default()
    }
}

/// Whether a TLV is what its type says. What experiments and future editions put into theirs is
/// not for us to judge.
fn check(tlv: &Tlv<'_>) -> Result<(), DecodeError> {
    match tlv.kind {
        TlvType::ALTERNATE_TIME_OFFSET_INDICATOR | TlvType::ENHANCED_ACCURACY_METRICS => {
            TlvBody::decode(tlv).map(|_| ())
        }
        TlvType::ORGANIZATION_EXTENSION_PROPAGATE => {
            tlv.reader().octets("organizationId", 6).map(|_| ())
        }
        _ => Ok(()),
    }
}
