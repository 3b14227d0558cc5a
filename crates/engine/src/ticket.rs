//! Transmit stamps: each is owed to a ticket, redeemed once, with a deadline of its own.

use alloc::boxed::Box;

use time::Mono;
use wire::{MessageType, PortIdentity, SdoId};

use crate::passage::PassageId;
use crate::place::{Peer, PortIndex};

/// Stands for the moment a frame leaves. Not `Clone`: it is redeemed once.
#[derive(Debug, Eq, Hash, PartialEq)]
pub struct TxTicket(pub(crate) u32);

/// What a transmit stamp is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    Sync {
        instance: u8,
        port: u8,
        sequence: u16,
    },
    DelayReq {
        instance: u8,
        port: u8,
        sequence: u16,
    },
    UnicastSync {
        instance: u8,
        port: u8,
        client: ClientId,
        sequence: u16,
    },
    /// To linuxptp's NetSync Monitor.
    NetSync {
        instance: u8,
        port: u8,
        to: Peer,
        sequence: u16,
    },
    PdelayReq {
        link: PortIndex,
        sequence: u16,
    },
    PdelayResp {
        link: PortIndex,
        answer: PdelayAnswer,
    },
    Passage {
        link: PortIndex,
        kind: MessageType,
        passage: PassageId,
    },
}

/// What of a Pdelay_Req its answer repeats (11.4.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PdelayAnswer {
    pub(crate) requesting: PortIdentity,
    pub(crate) sequence: u16,
    pub(crate) domain: u8,
    pub(crate) sdo_id: SdoId,
    pub(crate) correction: time::Span,
    /// Who asked in unicast.
    pub(crate) to: Peer,
}

/// A record of a table of unicast clients. The serial tells it from whoever was there before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ClientId {
    pub(crate) place: u16,
    pub(crate) serial: u16,
}

/// Stamps that may be owed at the same time, however small the engine is.
pub(crate) const TICKETS_LEAST: usize = 32;

/// Of these, how many what others asked for may not take.
const OWN_RESERVE: usize = 12;

const NOWHERE: u16 = u16::MAX;

#[derive(Clone, Copy, Debug)]
struct Owed {
    purpose: Option<Purpose>,
    deadline: Mono,
    generation: u16,
    /// Of those in use the next older and the next younger, of the others the next that is free.
    older: u16,
    younger: u16,
}

/// What is owed, from the oldest to the youngest, which is the order of the deadlines.
#[derive(Debug)]
pub(crate) struct Tickets {
    owed: Box<[Owed]>,
    oldest: u16,
    youngest: u16,
    free: u16,
    left: usize,
}

impl Tickets {
    pub(crate) fn new(count: usize) -> Tickets {
        let count = count.min(usize::from(NOWHERE));
        let slot = |next: usize| Owed {
            purpose: None,
            deadline: Mono::NEVER,
            generation: 0,
            older: NOWHERE,
            younger: if next < count { next as u16 } else { NOWHERE },
        };
        let owed = (1..=count).map(slot).collect();
        Tickets { owed, oldest: NOWHERE, youngest: NOWHERE, free: 0, left: count }
    }

    /// Issues a ticket; nothing when too many are out.
    pub(crate) fn issue(&mut self, purpose: Purpose, deadline: Mono) -> Option<u32> {
        let reserve = match purpose {
            Purpose::PdelayResp { .. }
            | Purpose::UnicastSync { .. }
            | Purpose::NetSync { .. }
            | Purpose::Passage { .. } => OWN_RESERVE,
            _ => 0,
        };
        if self.left <= reserve {
            return None;
        }
        let place = self.free;
        let slot = self.owed.get_mut(usize::from(place))?;
        self.free = slot.younger;
        slot.purpose = Some(purpose);
        slot.deadline = deadline;
        (slot.older, slot.younger) = (self.youngest, NOWHERE);
        let generation = slot.generation;
        match self.owed.get_mut(usize::from(self.youngest)) {
            Some(before) => before.younger = place,
            None => self.oldest = place,
        }
        self.youngest = place;
        self.left -= 1;
        Some(u32::from(generation) << 16 | u32::from(place))
    }

    /// What the ticket was for, unless its deadline passed.
    pub(crate) fn redeem(&mut self, ticket: &TxTicket) -> Option<Purpose> {
        let place = ticket.0 as u16;
        let slot = self.owed.get(usize::from(place))?;
        if slot.generation != (ticket.0 >> 16) as u16 {
            return None;
        }
        self.take(place)
    }

    /// A ticket whose deadline passed, once.
    pub(crate) fn expire(&mut self, now: Mono) -> Option<Purpose> {
        if self.deadline() > now { None } else { self.take(self.oldest) }
    }

    pub(crate) fn deadline(&self) -> Mono {
        self.owed.get(usize::from(self.oldest)).map_or(Mono::NEVER, |slot| slot.deadline)
    }

    fn take(&mut self, place: u16) -> Option<Purpose> {
        let slot = self.owed.get_mut(usize::from(place))?;
        let purpose = slot.purpose.take()?;
        let (older, younger) = (slot.older, slot.younger);
        slot.generation = slot.generation.wrapping_add(1);
        slot.younger = self.free;
        self.free = place;
        self.left += 1;
        match self.owed.get_mut(usize::from(older)) {
            Some(before) => before.younger = younger,
            None => self.oldest = younger,
        }
        match self.owed.get_mut(usize::from(younger)) {
            Some(after) => after.older = older,
            None => self.youngest = older,
        }
        Some(purpose)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn moment(n: u64) -> Mono {
        Mono::from_nanos(n)
    }

    fn purpose(sequence: u16) -> Purpose {
        Purpose::Sync { instance: 0, port: 0, sequence }
    }

    #[test]
    fn each_is_redeemed_once_and_the_oldest_expires_first() {
        let mut tickets = Tickets::new(TICKETS_LEAST);
        let ids: Vec<u32> =
            (0..5).map(|n| tickets.issue(purpose(n), moment(u64::from(n))).unwrap()).collect();
        assert_eq!(tickets.redeem(&TxTicket(ids[0])), Some(purpose(0)));
        assert_eq!(tickets.redeem(&TxTicket(ids[0])), None);
        assert_eq!(tickets.redeem(&TxTicket(ids[2])), Some(purpose(2)));
        assert_eq!(tickets.deadline(), moment(1));
        assert_eq!(tickets.expire(moment(0)), None);
        let expired: Vec<_> = core::iter::from_fn(|| tickets.expire(moment(9))).collect();
        assert_eq!(expired, [purpose(1), purpose(3), purpose(4)]);
        assert_eq!(tickets.deadline(), Mono::NEVER);
        assert_eq!(tickets.redeem(&TxTicket(ids[4])), None);
    }

    #[test]
    fn a_place_is_used_again_without_mistaking_its_tickets() {
        let mut tickets = Tickets::new(2);
        for n in 0..1000 {
            let first = tickets.issue(purpose(n), moment(0)).unwrap();
            let second = tickets.issue(purpose(n + 1), moment(0)).unwrap();
            assert_eq!(tickets.issue(purpose(0), moment(0)), None);
            assert_eq!(tickets.redeem(&TxTicket(second)), Some(purpose(n + 1)));
            assert_eq!(tickets.redeem(&TxTicket(first)), Some(purpose(n)));
            assert_eq!(tickets.redeem(&TxTicket(second)), None);
        }
    }

    #[test]
    fn what_others_asked_for_leaves_room_for_our_own() {
        let mut tickets = Tickets::new(TICKETS_LEAST);
        let client = ClientId { place: 0, serial: 0 };
        let theirs = Purpose::UnicastSync { instance: 0, port: 0, client, sequence: 0 };
        let issued = core::iter::from_fn(|| tickets.issue(theirs, moment(0))).count();
        assert_eq!(issued, TICKETS_LEAST - OWN_RESERVE);
        assert!((0..OWN_RESERVE).all(|_| tickets.issue(purpose(0), moment(0)).is_some()));
    }
}
