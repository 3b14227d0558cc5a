//! Other timescales that a grandmaster announces (16.3).

use time::Timestamp;
use wire::{AlternateTimeOffset, EncodeError, PtpText, Seconds48, TlvBody, TlvWriter};

/// Alternate timescales of a clock at most.
pub const ALTERNATES_MAX: usize = 4;

/// Octets of a displayName at most (16.3.3.7).
const NAME_MAX: usize = 10;

/// How to show the time of another timescale, for ALTERNATE_TIME_OFFSET_INDICATOR.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AlternateTimescale {
    /// keyField, 0 to 254.
    pub key: u8,
    /// currentOffset, in seconds: what to add to the grandmaster's time.
    pub offset_s: i32,
    /// jumpSeconds: by how much the offset will change; positive: it grows.
    pub jump_s: i32,
    /// timeOfNextJump, in seconds of the grandmaster's time; 0: never. 48 bits are sent.
    pub next_jump: u64,
    /// Whether it is told of.
    pub enabled: bool,
    name: [u8; NAME_MAX],
    name_len: u8,
}

impl AlternateTimescale {
    /// One that does not jump; nothing where the name is longer than 10 octets.
    pub fn new(key: u8, name: &str, offset_s: i32) -> Option<AlternateTimescale> {
        let mut scale = AlternateTimescale::unnamed(key);
        scale.rename(name.as_bytes())?;
        Some(AlternateTimescale { offset_s, enabled: true, ..scale })
    }

    /// One that is not told of.
    pub(crate) const fn unnamed(key: u8) -> AlternateTimescale {
        AlternateTimescale {
            key,
            offset_s: 0,
            jump_s: 0,
            next_jump: 0,
            enabled: false,
            name: [0; NAME_MAX],
            name_len: 0,
        }
    }

    /// Gives it another displayName; nothing where that is too long.
    pub(crate) fn rename(&mut self, name: &[u8]) -> Option<()> {
        let mut octets = [0; NAME_MAX];
        octets.get_mut(..name.len())?.copy_from_slice(name);
        (self.name, self.name_len) = (octets, name.len() as u8);
        Some(())
    }

    /// displayName.
    pub(crate) fn name(&self) -> &[u8] {
        &self.name[..usize::from(self.name_len)]
    }

    /// What it is to others at a time of the grandmaster's: once its jump is over, the offset is the
    /// new one and no jump is ahead (16.3.3).
    #[must_use]
    pub const fn at(&self, now: Timestamp) -> AlternateTimescale {
        let seconds = now.seconds();
        let jumped = self.next_jump != 0 && seconds >= 0 && seconds as u64 >= self.next_jump;
        if !jumped {
            return *self;
        }
        let offset_s = self.offset_s.saturating_add(self.jump_s);
        AlternateTimescale { offset_s, jump_s: 0, next_jump: 0, ..*self }
    }

    pub(crate) fn write(&self, tlvs: &mut TlvWriter<'_>) -> Result<(), EncodeError> {
        TlvBody::AlternateTimeOffset(self.said().ok_or(EncodeError)?).encode(tlvs)
    }

    /// As the TLV has it.
    pub(crate) fn said(&self) -> Option<AlternateTimeOffset<'_>> {
        Some(AlternateTimeOffset {
            key: self.key,
            current_offset_s: self.offset_s,
            jump_s: self.jump_s,
            next_jump: Seconds48(self.next_jump),
            name: PtpText::from_octets(self.name())?,
        })
    }
}
