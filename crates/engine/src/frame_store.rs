//! Frames that are passed on, kept until each way out has polled its copy.

use alloc::boxed::Box;
use alloc::vec::Vec;

use wire::FRAME_MAX;

/// A frame's place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct FrameSlot(u8);

#[derive(Debug)]
pub(crate) struct FrameStore {
    slots: Box<[Kept]>,
}

#[derive(Debug)]
struct Kept {
    octets: [u8; FRAME_MAX],
    len: usize,
    /// Copies that are still to be sent.
    owed: u8,
}

impl FrameStore {
    /// For so many frames at a time, at most 255.
    pub(crate) fn new(frames: u8) -> FrameStore {
        let empty = || Kept { octets: [0; FRAME_MAX], len: 0, owed: 0 };
        let slots: Vec<Kept> = (0..frames).map(|_| empty()).collect();
        FrameStore { slots: slots.into() }
    }

    /// Keeps a frame that fits, owed to nobody yet; nothing where no place is left.
    pub(crate) fn keep(&mut self, octets: &[u8]) -> Option<FrameSlot> {
        self.write(|buffer| {
            buffer.get_mut(..octets.len())?.copy_from_slice(octets);
            Some(octets.len())
        })
    }

    /// Keeps what `compose` writes and says the length of.
    pub(crate) fn write(
        &mut self,
        compose: impl FnOnce(&mut [u8; FRAME_MAX]) -> Option<usize>,
    ) -> Option<FrameSlot> {
        let free = self.slots.iter().position(|kept| kept.owed == 0)?;
        let kept = &mut self.slots[free];
        kept.len = compose(&mut kept.octets)?;
        Some(FrameSlot(free as u8))
    }

    pub(crate) fn octets(&self, slot: FrameSlot) -> &[u8] {
        let kept = &self.slots[usize::from(slot.0)];
        &kept.octets[..kept.len]
    }

    /// The frame, to be changed before it is sent.
    pub(crate) fn octets_mut(&mut self, slot: FrameSlot) -> &mut [u8] {
        let kept = &mut self.slots[usize::from(slot.0)];
        &mut kept.octets[..kept.len]
    }

    /// One more copy is owed.
    pub(crate) fn owe(&mut self, slot: FrameSlot) {
        self.slots[usize::from(slot.0)].owed += 1;
    }

    /// One copy was sent, or never will be.
    pub(crate) fn settle(&mut self, slot: FrameSlot) {
        let kept = &mut self.slots[usize::from(slot.0)];
        kept.owed = kept.owed.saturating_sub(1);
    }

    #[cfg(test)]
    pub(crate) fn free(&self) -> usize {
        self.slots.iter().filter(|kept| kept.owed == 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_once_every_copy_was_sent() {
        let mut store = FrameStore::new(2);
        let first = store.keep(b"one").unwrap();
        store.owe(first);
        store.owe(first);
        let second = store.keep(b"two").unwrap();
        store.owe(second);
        assert_eq!(store.keep(b"three"), None);
        store.settle(first);
        assert_eq!((store.free(), store.octets(first)), (0, &b"one"[..]));
        store.settle(first);
        assert_eq!(store.keep(b"three"), Some(first));
        assert_eq!(store.octets(second), b"two");
    }

    #[test]
    fn what_does_not_fit_is_not_kept() {
        let mut store = FrameStore::new(1);
        assert_eq!(store.keep(&[0; FRAME_MAX + 1]), None);
        assert!(store.keep(&[0; FRAME_MAX]).is_some());
    }
}
