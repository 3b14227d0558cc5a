//! Frames that left and whose stamps are awaited: from what the error queue returns to tickets.

use engine::TxTicket;
use wire::{Packet, PortIdentity};

/// Stamps that may be awaited on one interface. The engine owes fewer.
const AWAITED_MAX: usize = 32;

/// What tells one event message from another: type, sequenceId and sender.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Key {
    kind: wire::MessageType,
    sequence: u16,
    source: PortIdentity,
    /// Of a Pdelay_Resp, which repeats the sequenceId of whoever asked.
    requesting: [u8; 10],
}

#[derive(Debug)]
pub(crate) struct Departures {
    awaited: [Option<(Key, TxTicket)>; AWAITED_MAX],
    next: usize,
}

impl Departures {
    pub(crate) fn new() -> Departures {
        Departures { awaited: [const { None }; AWAITED_MAX], next: 0 }
    }

    /// A frame is about to leave; the oldest of too many is forgotten, its ticket expires.
    pub(crate) fn expect(&mut self, frame: &[u8], ticket: TxTicket) {
        let Some(key) = Key::of(frame) else { return };
        self.awaited[self.next] = Some((key, ticket));
        self.next = (self.next + 1) % AWAITED_MAX;
    }

    /// The ticket of a frame that the error queue returned.
    pub(crate) fn left(&mut self, frame: &[u8]) -> Option<TxTicket> {
        let key = Key::of(frame)?;
        let slot = self
            .awaited
            .iter_mut()
            .find(|slot| slot.as_ref().is_some_and(|(awaited, _)| *awaited == key))?;
        slot.take().map(|(_, ticket)| ticket)
    }
}

impl Key {
    fn of(frame: &[u8]) -> Option<Key> {
        let packet = Packet::parse(frame).ok()?;
        let requesting = match packet.kind {
            wire::MessageType::PdelayResp => *packet.content.get(10..)?.first_chunk()?,
            _ => [0; 10],
        };
        Some(Key {
            kind: packet.kind,
            sequence: packet.header.sequence_id,
            source: packet.header.source,
            requesting,
        })
    }
}
