//! Every optional feature's frame with wrong lengths, counts and orders: each is a discard with its
//! reason, and no more than that.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use time::*;
use wire::*;

/// A vector, where its TLV begins, and whether its list may have another length.
struct Row {
    name: &'static str,
    at: usize,
    /// The message is made a Follow_Up, which carries the TLV of a Sync of two steps.
    follow_up: bool,
}

const fn row(name: &'static str, at: usize) -> Row {
    Row { name, at, follow_up: false }
}

/// The frames of every optional feature that a node hears; those about unicast service are elsewhere.
const TABLE: &[Row] = &[
    row("57-signaling-slave-rx-sync-timing-data", 44),
    row("77-c-signaling-slave-rx-sync-computed-data", 44),
    row("78-c-signaling-slave-tx-event-timestamps", 44),
    row("63-c-signaling-gptp-msg-interval-request", 44),
    row("64-c-signaling-gptp-capable", 44),
    row("65-c-signaling-gptp-capable-interval-request", 44),
    row("80-c-signaling-port-comm-availability", 44),
    row("80-c-signaling-port-comm-availability", 50),
    row("81-c-announce-enhanced-accuracy", 64),
    Row { name: "82-c-sync-cumulative-rate-ratio-pad", at: 44, follow_up: true },
];

fn vector(name: &str) -> Vec<u8> {
    let path = format!("{}/../wire/tests/vectors/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let digits = text.lines().filter(|line| !line.starts_with('#')).collect::<String>();
    let digits: String = digits.split_whitespace().collect();
    let octets = digits.as_bytes().chunks(2);
    let octet = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    octets.map(octet).collect()
}

/// A node that has every optional feature, and follows the sender of the vectors.
fn node() -> Net {
    let mut settings = clock(9, 1);
    let instance = &mut settings.instances[0];
    let part = Inaccuracy { max: Span::NANOSECOND, variance: Float64(0) };
    instance.accuracy = Some(EnhancedAccuracy {
        bc_hop_count: 0,
        tc_hop_count: 0,
        grandmaster: part,
        transient: part,
        dynamic: part,
        static_instance: part,
        static_medium: part,
    });
    instance.rate_ratio = true;
    let options = &mut instance.ports[0].options;
    options.capable.rule = CapableRule::Auto;
    options.net_sync_monitor = true;
    let mut net = Net::new([settings], &[]);
    for sequence in 1..5 {
        let mut announce = vector("81-c-announce-enhanced-accuracy");
        announce[31] = sequence;
        net.hear((0, 0), Channel::General, &announce);
        net.run(0.5);
    }
    assert_eq!(net.state((0, 0)), PortState::Uncalibrated);
    net
}

impl Row {
    fn frame(&self) -> Vec<u8> {
        let mut frame = vector(self.name);
        // All of them in the domain of the node, of the same sender, and for everybody.
        frame[0] &= 15;
        frame[4..6].fill(0);
        let sender = vector("81-c-announce-enhanced-accuracy");
        frame[20..30].copy_from_slice(&sender[20..30]);
        frame[31] = 77;
        if frame[0] == 12 {
            frame[34..44].fill(0xff);
        }
        if self.follow_up {
            frame[0] = 8;
        }
        frame
    }

    fn len(&self, frame: &[u8]) -> usize {
        usize::from(u16::from_be_bytes([frame[self.at + 2], frame[self.at + 3]]))
    }
}

/// Another length in the header.
fn whole(mut frame: Vec<u8>) -> Vec<u8> {
    let len = (frame.len() as u16).to_be_bytes();
    frame[2..4].copy_from_slice(&len);
    frame
}

/// The same with so many octets more or less in the TLV, which says so.
fn resized(row: &Row, by: isize) -> Vec<u8> {
    let mut frame = row.frame();
    let (len, end) = (row.len(&frame), row.at + 4 + row.len(&frame));
    if by < 0 {
        frame.drain(end - by.unsigned_abs()..end);
    } else {
        frame.splice(end..end, vec![0; by.unsigned_abs()]);
    }
    let said = ((len as isize + by) as u16).to_be_bytes();
    frame[row.at + 2..row.at + 4].copy_from_slice(&said);
    whole(frame)
}

/// The same with another length in the TLV than it has.
fn claimed(row: &Row, len: u16) -> Vec<u8> {
    let mut frame = row.frame();
    frame[row.at + 2..row.at + 4].copy_from_slice(&len.to_be_bytes());
    frame
}

/// What becomes of a frame: the discards.
fn discards(net: &mut Net, frame: &[u8]) -> Vec<Discard> {
    net.events.clear();
    net.hear((0, 0), Channel::General, frame);
    let reasons = net.events.iter().filter_map(|(_, event)| match event {
        Event::Discarded { reason, .. } => Some(*reason),
        _ => None,
    });
    reasons.collect()
}

#[test]
fn each_frame_is_welcome_as_it_is() {
    for row in TABLE {
        assert_eq!(discards(&mut node(), &row.frame()), [], "{}", row.name);
    }
}

#[test]
fn wrong_lengths_are_malformed_and_counted_once() {
    for row in TABLE {
        let len = row.len(&row.frame()) as isize;
        let mut frames: Vec<Vec<u8>> = [-len, -2, 2, 4]
            .iter()
            .filter(|by| len + **by >= 0)
            .map(|by| resized(row, *by))
            .collect();
        frames.extend([claimed(row, len as u16 + 1), claimed(row, len as u16 + 400)]);
        // A message that ends within its TLV.
        let cut = row.frame();
        frames.push(whole(cut[..row.at + 5].to_vec()));
        for frame in frames {
            let found = discards(&mut node(), &frame);
            assert!(matches!(found[..], [Discard::Malformed(_)]), "{} {found:?}", row.name);
        }
    }
}

/// One record more or less is no fault, half of one is; none says nothing, and is none.
#[test]
fn lists_hold_whole_records() {
    for (row, record) in TABLE.iter().zip([34, 22, 12]) {
        for (by, good) in [(record, true), (-record, true), (record / 2, false)] {
            let found = discards(&mut node(), &resized(row, by));
            assert_eq!(found.is_empty(), good, "{} {by}: {found:?}", row.name);
        }
    }
}

#[test]
fn what_comes_twice_is_more_than_is_acted_upon() {
    for row in TABLE.iter().filter(|row| row.frame()[0] == 12) {
        let mut frame = row.frame();
        let tlv = frame[row.at..row.at + 4 + row.len(&frame)].to_vec();
        frame.extend(tlv);
        assert_eq!(discards(&mut node(), &whole(frame)), [Discard::SignalingLimit], "{}", row.name);
    }
}

/// PAD before and after, and what nobody knows; 32 TLVs are as many as a message may have.
#[test]
fn the_order_and_what_stands_between_do_not_matter() {
    for row in TABLE {
        let frame = row.frame();
        let body = if frame[0] == 11 { 64 } else { 44 };
        let pad = [0x80, 8, 0, 2, 0, 0, 0x20, 0x55, 0, 2, 1, 2];
        let padded = [&frame[..body], &pad, &frame[body..], &pad].concat();
        assert_eq!(discards(&mut node(), &whole(padded)), [], "{}", row.name);
        let many = [&frame[..body], &pad[..6].repeat(32), &frame[body..]].concat();
        let found = discards(&mut node(), &whole(many));
        let count = |reason: &Discard| {
            matches!(reason, Discard::Malformed(DecodeError::TlvCount { limit: 32 }))
        };
        assert!(found.len() == 1 && found.iter().all(count), "{} {found:?}", row.name);
    }
}

#[test]
fn values_that_nothing_has_are_counted_by_their_reason() {
    let change = |name: &str, at: usize, octets: &[u8]| {
        let row = TABLE.iter().find(|row| row.name.contains(name)).unwrap();
        let mut frame = row.frame();
        frame[at..at + octets.len()].copy_from_slice(octets);
        discards(&mut node(), &frame)
    };
    // An interval of 2^99 s.
    assert_eq!(change("64-", 54, &[99]), [Discard::Interval]);
    assert_eq!(change("65-", 54, &[99]), [Discard::Interval]);
    assert_eq!(change("63-", 55, &[99]), [Discard::Interval]);
    // A time of 2^32 - 1 ns, and an address that ends before it ends.
    for (name, at) in [("57-", 66), ("78-", 68)] {
        let found = change(name, at, &[0xff; 4]);
        assert!(matches!(found[..], [Discard::Malformed(_)]), "{name} {found:?}");
    }
    let found = change("80-", 56, &[0, 3]);
    assert!(matches!(found[..], [Discard::Malformed(_)]), "{found:?}");
}
