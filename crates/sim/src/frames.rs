//! Frames under way. One that goes to many is kept once, until the last has it.

use engine::Channel;

/// A frame under way.
#[derive(Debug)]
pub(crate) struct Frame {
    octets: Vec<u8>,
    receivers: u32,
    pub(crate) channel: Channel,
    /// Which node sent it, and when in picoseconds.
    pub(crate) from: u32,
    pub(crate) sent: u64,
}

/// All of them; the places are used again.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    places: Vec<Frame>,
    free: Vec<u32>,
}

impl Frames {
    /// Keeps a frame that has no receivers yet.
    pub(crate) fn keep(
        &mut self,
        octets: &[u8],
        channel: Channel,
        (from, sent): (u32, u64),
    ) -> u32 {
        if let Some(place) = self.free.pop() {
            let frame = &mut self.places[place as usize];
            frame.octets.clear();
            frame.octets.extend_from_slice(octets);
            (frame.channel, frame.from, frame.sent, frame.receivers) = (channel, from, sent, 0);
            return place;
        }
        self.places.push(Frame { octets: octets.to_vec(), receivers: 0, channel, from, sent });
        (self.places.len() - 1) as u32
    }

    /// One more will receive it.
    pub(crate) fn expect(&mut self, place: u32) {
        self.places[place as usize].receivers += 1;
    }

    /// A frame and its octets.
    pub(crate) fn look(&self, place: u32) -> (&Frame, &[u8]) {
        let frame = &self.places[place as usize];
        (frame, &frame.octets)
    }

    /// Lends the octets of a frame, which [`Frames::give_back`] returns.
    pub(crate) fn lend(&mut self, place: u32) -> Vec<u8> {
        core::mem::take(&mut self.places[place as usize].octets)
    }

    /// Takes octets back that were lent.
    pub(crate) fn give_back(&mut self, place: u32, octets: Vec<u8>) {
        self.places[place as usize].octets = octets;
    }

    /// One of its receivers has it, or, without any, nobody wants it.
    pub(crate) fn release(&mut self, place: u32) {
        let frame = &mut self.places[place as usize];
        frame.receivers = frame.receivers.saturating_sub(1);
        if frame.receivers == 0 {
            self.free.push(place);
        }
    }

    /// How many are under way.
    #[cfg(test)]
    fn under_way(&self) -> usize {
        self.places.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_for_many_is_kept_until_the_last_has_it() {
        let mut frames = Frames::default();
        let place = frames.keep(b"sync", Channel::Event, (0, 7));
        (0..3).for_each(|_| frames.expect(place));
        frames.release(place);
        frames.release(place);
        assert_eq!((frames.look(place).1, frames.under_way()), (&b"sync"[..], 1));
        frames.release(place);
        assert_eq!(frames.under_way(), 0);
        assert_eq!(frames.keep(b"again", Channel::Event, (0, 8)), place);
    }
}
