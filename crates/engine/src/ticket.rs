//! Transmit stamps: each is owed to a ticket, redeemed once, with a deadline of its own.

use time::Mono;
use wire::PortIdentity;

use crate::place::{Peer, PortIndex};

/// Stands for the moment a frame leaves. Not `Clone`: it is redeemed once.
#[derive(Debug, Eq, Hash, PartialEq)]
pub struct TxTicket(pub(crate) u32);

/// What a transmit stamp is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    Sync { instance: u8, port: u8, sequence: u16 },
    DelayReq { instance: u8, port: u8, sequence: u16 },
    PdelayReq { link: PortIndex, sequence: u16 },
    PdelayResp { link: PortIndex, answer: PdelayAnswer },
}

/// What of a Pdelay_Req its answer repeats (11.4.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct PdelayAnswer {
    pub(crate) requesting: PortIdentity,
    pub(crate) sequence: u16,
    pub(crate) domain: u8,
    pub(crate) correction: time::Span,
    /// Who asked in unicast.
    pub(crate) to: Peer,
}

#[derive(Clone, Copy, Debug)]
struct Owed {
    id: u32,
    deadline: Mono,
    purpose: Purpose,
}

/// Stamps that may be owed at the same time.
const TICKETS_MAX: usize = 32;

/// Of these, how many answers to others may not take.
const OWN_RESERVE: usize = 12;

#[derive(Debug)]
pub(crate) struct Tickets {
    owed: [Option<Owed>; TICKETS_MAX],
    next: u32,
}

impl Tickets {
    pub(crate) const fn new() -> Tickets {
        Tickets { owed: [None; TICKETS_MAX], next: 0 }
    }

    /// Issues a ticket; nothing when too many are out.
    pub(crate) fn issue(&mut self, purpose: Purpose, deadline: Mono) -> Option<u32> {
        let free = self.owed.iter().filter(|slot| slot.is_none()).count();
        let reserve = match purpose {
            Purpose::PdelayResp { .. } => OWN_RESERVE,
            _ => 0,
        };
        if free <= reserve {
            return None;
        }
        let slot = self.owed.iter_mut().find(|slot| slot.is_none())?;
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        *slot = Some(Owed { id, deadline, purpose });
        Some(id)
    }

    /// What the ticket was for, unless its deadline passed.
    pub(crate) fn redeem(&mut self, ticket: &TxTicket) -> Option<Purpose> {
        let slot =
            self.owed.iter_mut().find(|slot| slot.is_some_and(|owed| owed.id == ticket.0))?;
        slot.take().map(|owed| owed.purpose)
    }

    /// A ticket whose deadline passed, once.
    pub(crate) fn expire(&mut self, now: Mono) -> Option<Purpose> {
        let slot =
            self.owed.iter_mut().find(|slot| slot.is_some_and(|owed| owed.deadline <= now))?;
        slot.take().map(|owed| owed.purpose)
    }

    pub(crate) fn deadline(&self) -> Mono {
        self.owed.iter().flatten().map(|owed| owed.deadline).min().unwrap_or(Mono::NEVER)
    }
}
