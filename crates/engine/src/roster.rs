//! Who is at which of a fixed number of places, found by name and address.

use alloc::boxed::Box;

use wire::PortIdentity;

use crate::place::Peer;

const EMPTY: u16 = u16::MAX;

/// A port and where it sends from: somebody else's claim to be it concerns another record.
pub(crate) type Who = (PortIdentity, Peer);

/// An open-addressed index, at most half full.
#[derive(Debug)]
pub(crate) struct Roster {
    slots: Box<[u16]>,
    names: Box<[Option<Who>]>,
    free: Box<[u16]>,
    left: usize,
    /// Nobody outside knows which names fall together.
    secret: u32,
}

impl Roster {
    pub(crate) fn new(places: u16, secret: u32) -> Roster {
        let count = usize::from(places);
        Roster {
            slots: alloc::vec![EMPTY; (2 * count).next_power_of_two().max(2)].into(),
            names: alloc::vec![None; count].into(),
            free: (0..places).rev().collect(),
            left: count,
            secret,
        }
    }

    pub(crate) fn find(&self, who: &Who) -> Option<u16> {
        let slot = self.slot_of(who);
        Some(self.slots[slot]).filter(|place| *place != EMPTY)
    }

    /// Gives somebody who has none a place, if there is one.
    pub(crate) fn add(&mut self, who: Who) -> Option<u16> {
        let slot = self.slot_of(&who);
        self.left = self.left.checked_sub(1)?;
        let place = self.free[self.left];
        self.slots[slot] = place;
        self.names[usize::from(place)] = Some(who);
        Some(place)
    }

    pub(crate) fn remove(&mut self, place: u16) {
        let Some(who) = self.names[usize::from(place)] else { return };
        let mut hole = self.slot_of(&who);
        self.names[usize::from(place)] = None;
        self.free[self.left] = place;
        self.left += 1;
        // Whoever stands behind and would be found through the hole moves into it.
        let mask = self.slots.len() - 1;
        let mut next = (hole + 1) & mask;
        while self.slots[next] != EMPTY {
            let home = self.names[usize::from(self.slots[next])]
                .map_or(next, |who| self.hash(&who) & mask);
            if (next.wrapping_sub(home) & mask) >= (next.wrapping_sub(hole) & mask) {
                self.slots[hole] = self.slots[next];
                hole = next;
            }
            next = (next + 1) & mask;
        }
        self.slots[hole] = EMPTY;
    }

    /// Who is at a place.
    pub(crate) fn who(&self, place: u16) -> Option<&Who> {
        self.names.get(usize::from(place))?.as_ref()
    }

    /// Everybody, with their places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, &Who)> {
        (0u16..).zip(&self.names).filter_map(|(place, who)| Some((place, who.as_ref()?)))
    }

    /// Where somebody is, or would be.
    fn slot_of(&self, who: &Who) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = self.hash(who) & mask;
        while self.slots[slot] != EMPTY
            && self.names[usize::from(self.slots[slot])].as_ref() != Some(who)
        {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn hash(&self, (identity, peer): &Who) -> usize {
        let mut hash = u64::from(self.secret) | 1 << 40;
        let mut mix = |octets: &[u8]| {
            for octet in octets {
                hash = (hash ^ u64::from(*octet)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                hash ^= hash >> 29;
            }
        };
        mix(&identity.clock.0);
        mix(&identity.port.to_be_bytes());
        match peer {
            Peer::None => {}
            Peer::Udp4(address) => mix(address),
            Peer::Udp6(address) => mix(address),
            Peer::Ethernet(address) => mix(address),
        }
        hash as usize
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use wire::ClockIdentity;

    use super::*;

    #[test]
    fn everybody_is_found_where_they_are_and_nobody_where_they_are_not() {
        let mut roster = Roster::new(40, 7);
        let mut known = BTreeMap::new();
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let n = (state >> 40) as u8 % 60;
            let identity = PortIdentity { clock: ClockIdentity([n % 7; 8]), port: 1 };
            let who = (identity, Peer::Udp4([10, 0, 0, n]));
            if let Some(place) = known.get(&who).copied() {
                assert_eq!(roster.find(&who), Some(place));
                roster.remove(place);
                known.remove(&who);
            } else {
                assert_eq!(roster.find(&who), None);
                match roster.add(who) {
                    Some(place) => assert!(known.insert(who, place).is_none()),
                    None => assert_eq!(known.len(), 40),
                }
            }
            assert!(known.iter().all(|(who, place)| roster.find(who) == Some(*place)));
            assert_eq!(roster.iter().count(), known.len());
        }
    }
}
