//! Event messages that passed a transparent clock: how long each was kept on each way out.

use alloc::boxed::Box;
use core::time::Duration;

use time::{Mono, Span, Stamp};
use wire::{Header, MessageType, PortIdentity, SdoId};

use crate::frame_store::FrameSlot;
use crate::place::PortIndex;

/// What is not asked for within this is forgotten.
const KEPT: Duration = Duration::from_secs(2);

/// What tells one event message from another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Key {
    pub(crate) kind: MessageType,
    /// Who sent it; of a Pdelay_Resp, who had asked.
    pub(crate) whose: PortIdentity,
    pub(crate) sequence: u16,
    pub(crate) domain: u8,
    pub(crate) sdo_id: SdoId,
}

impl Key {
    pub(crate) const fn new(kind: MessageType, whose: PortIdentity, header: &Header) -> Key {
        let (sequence, domain, sdo_id) = (header.sequence_id, header.domain, header.sdo_id);
        Key { kind, whose, sequence, domain, sdo_id }
    }
}

/// One way of an event message through us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage {
    pub(crate) key: Key,
    pub(crate) ingress: PortIndex,
    pub(crate) egress: PortIndex,
    /// When it came in.
    pub(crate) received: Stamp,
    /// What its correction grows by besides the residence time: link delay and asymmetries.
    pub(crate) besides: Span,
    /// Of an answer, the request whose residence time is to be added and is not known yet.
    pub(crate) owes: Option<PassageId>,
    /// Once it is known.
    pub(crate) residence: Option<Span>,
    /// A Follow_Up or a Delay_Resp that waits for the residence time.
    pub(crate) waits: Option<FrameSlot>,
    until: Mono,
    pub(crate) id: PassageId,
}

/// Stands for a passage until its stamp comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PassageId {
    place: u16,
    serial: u16,
}

#[derive(Debug)]
pub(crate) struct Passages {
    slots: Box<[Option<Passage>]>,
    next: usize,
    serial: u16,
}

/// What passes, before it is known how long that takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passing {
    pub(crate) key: Key,
    pub(crate) ingress: PortIndex,
    pub(crate) egress: PortIndex,
    pub(crate) received: Stamp,
    pub(crate) besides: Span,
    pub(crate) owes: Option<PassageId>,
}

impl Passages {
    pub(crate) fn new(room: usize) -> Passages {
        Passages { slots: alloc::vec![None; room].into(), next: 0, serial: 0 }
    }

    /// Takes note; the oldest gives way. What waited with that is handed back.
    pub(crate) fn begin(&mut self, passing: &Passing, now: Mono) -> (PassageId, Option<FrameSlot>) {
        let place = self.next;
        self.next = (self.next + 1) % self.slots.len();
        self.serial = self.serial.wrapping_add(1);
        let Passing { key, ingress, egress, received, besides, owes } = *passing;
        let id = PassageId { place: place as u16, serial: self.serial };
        let (until, residence, waits) = (now + KEPT, None, None);
        let passage =
            Passage { key, ingress, egress, received, besides, owes, residence, waits, until, id };
        let before = self.slots[place].replace(passage);
        (id, before.and_then(|before| before.waits))
    }

    pub(crate) fn get_mut(&mut self, id: PassageId) -> Option<&mut Passage> {
        let slot = self.slots.get_mut(usize::from(id.place))?.as_mut();
        slot.filter(|passage| passage.id == id)
    }

    /// Forgets one, and hands back what waited with it.
    pub(crate) fn forget(&mut self, id: PassageId) -> Option<FrameSlot> {
        let slot = self.slots.get_mut(usize::from(id.place))?;
        slot.take_if(|passage| passage.id == id)?.waits
    }

    /// That of an answer which waits for what became of a request.
    pub(crate) fn owing(&self, request: PassageId) -> Option<PassageId> {
        let all = self.slots.iter().flatten();
        all.filter(|passage| passage.owes == Some(request)).map(|passage| passage.id).next()
    }

    /// Those of a message that still count, one for each way out.
    pub(crate) fn of(&mut self, key: Key, now: Mono) -> impl Iterator<Item = &mut Passage> {
        self.slots
            .iter_mut()
            .flatten()
            .filter(move |passage| passage.key == key && passage.until > now)
    }
}

impl Passages {
    /// That of a message which left through one port.
    pub(crate) fn leaving(
        &mut self,
        key: Key,
        egress: PortIndex,
        now: Mono,
    ) -> Option<&mut Passage> {
        self.of(key, now).find(|passage| passage.egress == egress)
    }
}

impl Passage {
    /// What the correction grows by in all, once it is known.
    pub(crate) fn grown(&self) -> Option<Span> {
        self.residence.filter(|_| self.owes.is_none()).map(|residence| residence + self.besides)
    }
}
