//! Control messages beside a datagram (cmsg(3)), read and written as octets.
//!
//! libc's macros are not used: on octets of known length everything is safe, and some versions of
//! them stop early where a simulator writes the messages.

use core::ffi::c_int;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use time::{StampKind, Timestamp};

use crate::datagram::KernelStamp;

const WORD: usize = size_of::<usize>();
/// A length in a word, a level and a type.
const HEADER: usize = (WORD + 8).next_multiple_of(WORD);

/// Stamps with 64-bit seconds on 32-bit machines; elsewhere the kernel uses the older numbers.
const SO_TIMESTAMPNS_NEW: c_int = 64;
const SO_TIMESTAMPING_NEW: c_int = 65;
const SO_TIMESTAMPNS_OLD: c_int = 35;
const SO_TIMESTAMPING_OLD: c_int = 37;
const SO_RXQ_OVFL: c_int = 40;
const PACKET_TX_TIMESTAMP: c_int = 16;
const SO_EE_ORIGIN_TIMESTAMPING: u8 = 4;

/// Room for control messages, aligned as the kernel wants it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Control {
    words: [u64; Control::WORDS],
    /// How many octets of it are in use.
    pub(crate) len: usize,
}

impl Control {
    const WORDS: usize = 64;
    pub(crate) const SIZE: usize = Control::WORDS * 8;

    pub(crate) const fn empty() -> Control {
        Control { words: [0; Control::WORDS], len: 0 }
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut u64 {
        self.words.as_mut_ptr()
    }

    /// Appends a message with an integer.
    pub(crate) fn push(&mut self, level: c_int, kind: c_int, value: c_int) {
        let mut message = [0u8; HEADER + 8];
        let len = HEADER + 4;
        message[..WORD].copy_from_slice(&len.to_ne_bytes());
        message[WORD..WORD + 4].copy_from_slice(&level.to_ne_bytes());
        message[WORD + 4..WORD + 8].copy_from_slice(&kind.to_ne_bytes());
        message[HEADER..len].copy_from_slice(&value.to_ne_bytes());
        let space = len.next_multiple_of(WORD);
        assert!(self.len + space <= Control::SIZE, "room for few integers is enough");
        for (offset, &octet) in message[..space].iter().enumerate() {
            self.set(self.len + offset, octet);
        }
        self.len += space;
    }

    /// What the messages say, those of them that we know.
    pub(crate) fn read(&self) -> Ancillary {
        let mut octets = [0u8; Control::SIZE];
        for (word, bytes) in self.words.iter().zip(octets.chunks_exact_mut(8)) {
            bytes.copy_from_slice(&word.to_ne_bytes());
        }
        let mut found = Ancillary::default();
        let mut rest = &octets[..self.len.min(Control::SIZE)];
        while let Some((level, kind, data, next)) = split(rest) {
            found.note(level, kind, data);
            rest = next;
        }
        found
    }

    fn set(&mut self, offset: usize, octet: u8) {
        let mut bytes = self.words[offset / 8].to_ne_bytes();
        bytes[offset % 8] = octet;
        self.words[offset / 8] = u64::from_ne_bytes(bytes);
    }
}

/// What came beside a datagram.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Ancillary {
    pub(crate) stamp: Option<KernelStamp>,
    /// The index of the interface that it arrived on.
    pub(crate) interface: Option<u32>,
    /// The address that it was sent to.
    pub(crate) to: Option<IpAddr>,
    pub(crate) drops: Option<u32>,
    /// The kernel's count of stamped datagrams.
    pub(crate) stamp_id: Option<u32>,
}

impl Ancillary {
    fn note(&mut self, level: c_int, kind: c_int, data: &[u8]) {
        match (level, kind) {
            (libc::SOL_SOCKET, SO_TIMESTAMPING_OLD | SO_TIMESTAMPING_NEW) => {
                self.stamp = self.stamp.or(best_stamp(data));
            }
            (libc::SOL_SOCKET, SO_TIMESTAMPNS_OLD | SO_TIMESTAMPNS_NEW) => {
                let time = timespec(data);
                self.stamp = self.stamp.or(time.map(software));
            }
            (libc::SOL_SOCKET, SO_RXQ_OVFL) => self.drops = u32_at(data, 0),
            (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                let address: Option<[u8; 4]> = data.get(8..12).and_then(|o| o.try_into().ok());
                self.interface = u32_at(data, 0);
                self.to = address.map(|octets| IpAddr::V4(Ipv4Addr::from(octets)));
            }
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                let address: Option<[u8; 16]> = data.get(..16).and_then(|o| o.try_into().ok());
                self.interface = u32_at(data, 16);
                self.to = address.map(|octets| IpAddr::V6(Ipv6Addr::from(octets)));
            }
            (libc::IPPROTO_IP, libc::IP_RECVERR)
            | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR)
            | (libc::SOL_PACKET, PACKET_TX_TIMESTAMP) => {
                let stamped = data.get(4) == Some(&SO_EE_ORIGIN_TIMESTAMPING);
                self.stamp_id = if stamped { u32_at(data, 12) } else { None };
            }
            _ => {}
        }
    }
}

/// The first message (its level, type and data) and what follows it.
fn split(octets: &[u8]) -> Option<(c_int, c_int, &[u8], &[u8])> {
    let len = usize::from_ne_bytes(octets.get(..WORD)?.try_into().ok()?);
    let level = c_int::from_ne_bytes(octets.get(WORD..WORD + 4)?.try_into().ok()?);
    let kind = c_int::from_ne_bytes(octets.get(WORD + 4..WORD + 8)?.try_into().ok()?);
    let data = octets.get(HEADER..len)?;
    let next = octets.get(len.checked_next_multiple_of(WORD)?..).unwrap_or_default();
    Some((level, kind, data, next))
}

/// Of the three times in `scm_timestamping`, the card's if there is one, else the kernel's.
fn best_stamp(data: &[u8]) -> Option<KernelStamp> {
    let size = data.len() / 3;
    let times = (data.get(..size)?, data.get(2 * size..)?);
    let card = timespec(times.1).map(|time| KernelStamp { time, kind: StampKind::Hardware });
    card.or(timespec(times.0).map(software))
}

fn software(time: Timestamp) -> KernelStamp {
    KernelStamp { time, kind: StampKind::Software }
}

/// A timespec of either size; a time of zero means that there is none.
fn timespec(data: &[u8]) -> Option<Timestamp> {
    let (seconds, nanos) = match data.len() {
        16 => (i64_at(data, 0)?, i64_at(data, 8)?),
        8 => (i64::from(u32_at(data, 0)? as i32), i64::from(u32_at(data, 4)?)),
        _ => return None,
    };
    let legal = u32::try_from(nanos).ok().filter(|&nanos| nanos < 1_000_000_000)?;
    (seconds != 0 || legal != 0).then(|| Timestamp::new(seconds, legal))
}

fn u32_at(data: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(data.get(offset..offset + 4)?.try_into().ok()?))
}

fn i64_at(data: &[u8], offset: usize) -> Option<i64> {
    Some(i64::from_ne_bytes(data.get(offset..offset + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A control buffer as the kernel fills it.
    fn control(messages: &[(c_int, c_int, &[u8])]) -> Control {
        let mut octets = Vec::new();
        for (level, kind, data) in messages {
            octets.extend((HEADER + data.len()).to_ne_bytes());
            octets.extend(level.to_ne_bytes());
            octets.extend(kind.to_ne_bytes());
            octets.extend(*data);
            octets.resize(octets.len().next_multiple_of(WORD), 0);
        }
        let mut control = Control::empty();
        for (offset, &octet) in octets.iter().enumerate() {
            control.set(offset, octet);
        }
        control.len = octets.len();
        control
    }

    fn times(times: [(i64, i64); 3]) -> Vec<u8> {
        times.iter().flat_map(|(s, ns)| [s.to_ne_bytes(), ns.to_ne_bytes()].concat()).collect()
    }

    #[test]
    fn the_cards_stamp_is_preferred_to_the_kernels() {
        let both = times([(5, 6), (0, 0), (7, 8)]);
        let kernel = times([(5, 6), (0, 0), (0, 0)]);
        let stamp = |data: &[u8]| {
            let stamp = control(&[(libc::SOL_SOCKET, SO_TIMESTAMPING_OLD, data)]).read().stamp;
            stamp.map(|s| (s.time, s.kind))
        };

        assert_eq!(stamp(&both), Some((Timestamp::new(7, 8), StampKind::Hardware)));
        assert_eq!(stamp(&kernel), Some((Timestamp::new(5, 6), StampKind::Software)));
        assert_eq!(stamp(&times([(0, 0); 3])), None);
        assert_eq!(stamp(&times([(1, 1_000_000_000), (0, 0), (0, 0)])), None);
    }

    #[test]
    fn every_message_is_read_in_any_order() {
        let packet_info = [3i32.to_ne_bytes(), [0; 4], [224, 0, 1, 129]].concat();
        let error = [&[42, 0, 0, 0, 4, 0, 0, 0][..], &[0; 4], &77u32.to_ne_bytes()].concat();
        let found = control(&[
            (libc::IPPROTO_IP, libc::IP_PKTINFO, &packet_info),
            (99, 99, &[1, 2, 3]),
            (libc::IPPROTO_IP, libc::IP_RECVERR, &error),
            (libc::SOL_SOCKET, SO_RXQ_OVFL, &5u32.to_ne_bytes()),
        ])
        .read();

        assert_eq!(found.interface, Some(3));
        assert_eq!(found.to, Some(IpAddr::V4(Ipv4Addr::new(224, 0, 1, 129))));
        assert_eq!(found.stamp_id, Some(77));
        assert_eq!(found.drops, Some(5));
    }

    #[test]
    fn nonsense_ends_the_reading_and_nothing_else() {
        let mut control = Control::empty();
        control.len = Control::SIZE;
        assert_eq!(control.read(), Ancillary::default());

        control.words = [u64::MAX; Control::WORDS];
        control.len = usize::MAX;
        assert_eq!(control.read(), Ancillary::default());
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let mut control = Control::empty();
        control.push(libc::SOL_SOCKET, SO_RXQ_OVFL, 3);
        control.push(libc::SOL_SOCKET, SO_RXQ_OVFL, 9);

        assert_eq!(control.read().drops, Some(9));
        assert_eq!(control.len, 2 * (HEADER + 4).next_multiple_of(WORD));
    }
}
