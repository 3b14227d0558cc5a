//! Frames that left and whose stamps are awaited: from what the error queue returns to tickets.

use std::collections::VecDeque;

use engine::{Peer, TxTicket};
use wire::{Packet, PortIdentity};

/// Stamps that may be awaited on one interface, however few clients it has.
const AWAITED_LEAST: usize = 32;

/// What tells one event message from another: type, sequenceId, sender and whom it went to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Key {
    kind: wire::MessageType,
    sequence: u16,
    source: PortIdentity,
    /// Of a Pdelay_Resp, which repeats the sequenceId of whoever asked.
    requesting: [u8; 10],
}

/// In the order in which they left, the oldest first; its room is there from the beginning.
#[derive(Debug)]
pub(crate) struct Departures {
    awaited: VecDeque<(Key, Peer, TxTicket)>,
    most: usize,
}

impl Departures {
    /// For an interface with so many unicast clients at most.
    pub(crate) fn new(clients: usize) -> Departures {
        let most = AWAITED_LEAST + 2 * clients;
        Departures { awaited: VecDeque::with_capacity(most), most }
    }

    pub(crate) fn clear(&mut self) {
        self.awaited.clear();
    }

    /// A frame is about to leave; the oldest of too many is forgotten, its ticket expires.
    pub(crate) fn expect(&mut self, frame: &[u8], to: Peer, ticket: TxTicket) {
        let Some(key) = Key::of(frame) else { return };
        if self.awaited.len() == self.most {
            self.awaited.pop_front();
        }
        self.awaited.push_back((key, to, ticket));
    }

    /// The ticket of a frame that the error queue returned, and of where it went if that is known.
    pub(crate) fn left(&mut self, frame: &[u8], to: Option<Peer>) -> Option<TxTicket> {
        let key = Key::of(frame)?;
        let found = |(awaited, peer, _): &(Key, Peer, TxTicket)| {
            *awaited == key && to.is_none_or(|to| to == *peer)
        };
        let place = self.awaited.iter().position(found)?;
        self.awaited.remove(place).map(|(.., ticket)| ticket)
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

#[cfg(test)]
mod tests {
    use engine::{Engine, FRAME_LEN, Input, LinkState, Output, PortIndex, Settings, TxStamp};
    use time::Mono;

    use super::*;

    /// A Sync and its ticket.
    fn sync() -> ([u8; FRAME_LEN], usize, TxTicket) {
        let mut settings = Settings::ordinary(1, wire::ClockIdentity([1; 8]));
        settings.instances[0].role = engine::Role::TransmitterOnly;
        let mut now = Mono::default();
        let mut engine = Engine::new(&settings, now).unwrap();
        let (mut frame, mut found) = ([0; FRAME_LEN], None);
        engine.handle(now, Input::Link { port: PortIndex(0), state: LinkState::Up });
        loop {
            while let Some(output) = engine.poll(&mut frame) {
                if let Output::Send { len, stamp: TxStamp::Report(ticket), .. } = output {
                    found = Some((frame, len, ticket));
                }
            }
            if let Some(found) = found {
                return found;
            }
            now = engine.deadline().max(now);
            engine.handle(now, Input::Timeout);
        }
    }

    #[test]
    fn the_same_message_to_two_clients_is_two_departures() {
        let ((frame, len, first), (.., second)) = (sync(), sync());
        let frame = &frame[..len];
        let (a, b) = (Peer::Udp4([10, 0, 0, 1]), Peer::Udp4([10, 0, 0, 2]));
        let same = |ticket: Option<TxTicket>, name: &str| assert_eq!(format!("{ticket:?}"), name);
        let names = [&first, &second].map(|ticket| format!("{:?}", Some(ticket)));
        let mut departures = Departures::new(1);
        departures.expect(frame, a, first);
        departures.expect(frame, b, second);
        same(departures.left(frame, Some(b)), &names[1]);
        same(departures.left(frame, Some(b)), "None");
        same(departures.left(frame, Some(a)), &names[0]);
    }

    #[test]
    fn the_oldest_of_too_many_is_forgotten() {
        let mut departures = Departures::new(0);
        for n in 0..=AWAITED_LEAST {
            let (frame, len, ticket) = sync();
            departures.expect(&frame[..len], Peer::Udp4([10, 0, 0, n as u8]), ticket);
        }
        let (frame, len, _) = sync();
        let mut left = |n: u8| departures.left(&frame[..len], Some(Peer::Udp4([10, 0, 0, n])));
        assert!(left(0).is_none() && left(1).is_some() && left(AWAITED_LEAST as u8).is_some());
    }
}
