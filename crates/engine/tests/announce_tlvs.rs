//! What Announce carries besides: other timescales, and TLVs that boundary clocks pass on.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use time::*;
use wire::*;

const OFFSETS: TlvType = TlvType::ALTERNATE_TIME_OFFSET_INDICATOR;

/// A grandmaster's only port, and the two of a boundary clock behind it.
const GRANDMASTER: At = (0, 0);
const BELOW: At = (1, 1);

/// With two other timescales.
fn with_timescales(mut settings: Settings, names: [&str; 2]) -> Settings {
    let alternates = &mut settings.instances[0].alternates;
    for (key, (slot, name)) in (0..).zip(alternates.iter_mut().zip(names)) {
        let mut alternate = AlternateTimescale::new(key, name, 3_563 - 3_600 * i32::from(key));
        if let Some(alternate) = &mut alternate {
            (alternate.jump_s, alternate.next_jump) = (-3_600, 1_792_890_037);
        }
        *slot = alternate;
    }
    settings
}

/// A grandmaster above a boundary clock above a clock.
fn chain(grandmaster: Settings) -> Net {
    let mut boundary = with_timescales(clock(2, 2), ["OWN", "OTHER"]);
    boundary.instances[0].priority1 = 129;
    let mut last = clock(3, 1);
    last.instances[0].priority1 = 200;
    Net::new([grandmaster, boundary, last], &[&[GRANDMASTER, (1, 0)], &[BELOW, (2, 0)]])
}

/// The TLVs of the last Announce of a port, of one type.
fn last(net: &Net, port: At, kind: TlvType) -> Vec<Vec<u8>> {
    let announces = net.sent_by(port, MessageType::Announce);
    let tlvs = announces.last().expect("it announces").tlvs;
    tlvs.iter().filter(|tlv| tlv.kind == kind).map(|tlv| tlv.value.to_vec()).collect()
}

fn names(net: &Net, port: At) -> Vec<String> {
    let announces = net.sent_by(port, MessageType::Announce);
    let bodies = announces.last().unwrap().tlvs;
    let bodies = bodies.iter().filter_map(|tlv| TlvBody::decode(&tlv).ok());
    bodies
        .filter_map(|body| match body {
            TlvBody::AlternateTimeOffset(said) => Some(said.name.as_str()?.to_string()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_grandmaster_tells_of_its_timescales_octet_by_octet() {
    let mut net = chain(with_timescales(clock(1, 1), ["CET", "UK"]));
    net.run(20.0);
    // keyField, currentOffset, jumpSeconds, timeOfNextJump, displayName (16.3.3); one is padded.
    let cet = [&[0, 0, 0, 0x0d, 0xeb, 0xff, 0xff, 0xf1, 0xf0][..], &[0, 0], &JUMP, b"\x03CET\0"];
    let uk = [&[1, 0xff, 0xff, 0xff, 0xdb, 0xff, 0xff, 0xf1, 0xf0][..], &[0, 0], &JUMP, b"\x02UK"];
    const JUMP: [u8; 4] = 1_792_890_037_u32.to_be_bytes();
    assert_eq!(last(&net, GRANDMASTER, OFFSETS), [cet.concat(), uk.concat()]);
}

#[test]
fn a_boundary_clock_passes_on_its_parents_timescales_and_else_tells_its_own() {
    let mut net = chain(with_timescales(clock(1, 1), ["CET", "UK"]));
    net.run(20.0);
    assert_eq!(net.grandmasters(), [0]);
    assert_eq!(last(&net, BELOW, OFFSETS), last(&net, GRANDMASTER, OFFSETS));
    net.nodes[0].alive = false;
    net.run(20.0);
    assert_eq!(net.grandmasters(), [1]);
    assert_eq!(names(&net, BELOW), ["OWN", "OTHER"]);
    net.nodes[0].alive = true;
    net.run(20.0);
    assert_eq!(names(&net, BELOW), ["CET", "UK"]);
}

#[test]
fn a_parent_without_timescales_leaves_none() {
    let mut net = chain(clock(1, 1));
    net.run(20.0);
    assert_eq!(net.grandmasters(), [0]);
    assert!(names(&net, BELOW).is_empty());
}

/// A clock with two ports, the first of which hears a grandmaster that says `tlvs`.
fn below(tlvs: &[(u16, &[u8])], change: impl Fn(&mut InstanceSettings)) -> Net {
    let mut settings = clock(2, 2);
    change(&mut settings.instances[0]);
    let mut net = Net::new([settings], &[]);
    for sequence in 1..6 {
        let octets = announce(sequence, tlvs);
        net.hear((0, 0), Channel::General, &octets);
        net.run(2.0);
    }
    assert_eq!(net.state((0, 0)), PortState::Uncalibrated);
    assert_eq!(net.state((0, 1)), PortState::TimeTransmitter);
    net
}

fn announce(sequence_id: u16, tlvs: &[(u16, &[u8])]) -> Vec<u8> {
    let header = Header {
        sdo_id: SdoId(0),
        minor_version: 1,
        domain: 0,
        flags: Flags(0),
        correction: Span::ZERO,
        type_specific: 0,
        source: PortIdentity { clock: identity(1), port: 1 },
        sequence_id,
        control: 5,
        log_interval: LogInterval::new(1),
    };
    let body = Body::Announce(Announce {
        origin: Timestamp::ZERO,
        utc_offset: 37,
        priority1: 1,
        quality: ClockQuality { class: 6, accuracy: ClockAccuracy(0x21), variance: 1 },
        priority2: 1,
        grandmaster: identity(1),
        steps_removed: 0,
        time_source: TimeSource::GNSS,
    });
    let (mut room, mut frame) = ([0; FRAME_LEN], [0; FRAME_LEN]);
    let mut writer = TlvWriter::new(&mut room);
    for (kind, value) in tlvs {
        writer.add(TlvType(*kind), |w| w.octets(value)).unwrap();
    }
    let len = Message { header, body, tlvs: writer.tlvs() }.encode(&mut frame).unwrap();
    frame[..len].to_vec()
}

/// All TLVs of the last Announce that the second port sent.
fn passed_on(net: &Net) -> Vec<(u16, Vec<u8>)> {
    let announces = net.sent_by((0, 1), MessageType::Announce);
    let tlvs = announces.last().unwrap().tlvs;
    tlvs.iter().map(|tlv| (tlv.kind.0, tlv.value.to_vec())).collect()
}

fn discards(net: &Net) -> Vec<Discard> {
    let reasons = net.events.iter().filter_map(|(_, event)| match event {
        Event::Discarded { reason, .. } => Some(*reason),
        _ => None,
    });
    reasons.collect()
}

/// The TLV of a vector whose only TLV begins at octet 64.
fn of_vector(name: &str) -> Vec<u8> {
    let path = format!("{}/../wire/tests/vectors/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let digits = text.lines().filter(|line| !line.starts_with('#')).collect::<String>();
    let octets = digits.as_bytes().chunks(2);
    let octet = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    octets.map(octet).skip(68).collect()
}

#[test]
fn what_is_to_be_propagated_is_and_nothing_else() {
    let accuracy = of_vector("81-c-announce-enhanced-accuracy");
    let (power2011, power2017) =
        (of_vector("61-c-announce-c37238-2011"), of_vector("62-c-announce-c37238-2017"));
    let tlvs: [(u16, &[u8]); 12] = [
        (0x4000, &[0xac, 0xde, 0x48, 0, 0, 1, 9, 9]),
        (0x0003, &power2011),
        (0x0003, &power2017),
        (0x4001, &accuracy),
        (0x2004, &[1, 2]),
        (0x3fff, &[3, 4]),
        (0x4002, &[]),
        (0x7fff, &[5, 6, 7, 8]),
        (0x8000, &[0xac, 0xde, 0x48, 0, 0, 2]),
        (0x8008, &[0, 0]),
        (0x0009, b"\x07\0\0\x0e\x10\0\0\0\0\0\0\0\0\0\0\x03CET\0"),
        (0xfff0, &[1, 1]),
    ];
    let net = below(&tlvs, |_| {});
    let wanted = tlvs.iter().filter(|(kind, _)| *kind == 9 || (0x4000..0x8000).contains(kind));
    let wanted: Vec<_> = wanted.map(|(kind, value)| (*kind, value.to_vec())).collect();
    assert_eq!(wanted.len(), 5);
    assert_eq!(passed_on(&net), wanted);
    assert!(discards(&net).is_empty());
}

#[test]
fn the_power_profile_keeps_its_own_handling() {
    let power = of_vector("62-c-announce-c37238-2017");
    let said = Power::Edition2017 { grandmaster_id: 1, total_ns: 50 };
    for kind in [0x0003, 0x4000] {
        let net = below(&[(kind, &power)], |instance| instance.power = Some(said));
        let tlvs = passed_on(&net);
        assert_eq!(tlvs.len(), 1, "{tlvs:?}");
        assert_eq!(tlvs[0].0, 0x0003);
        assert_ne!(tlvs[0].1, power, "ours is added");
    }
}

#[test]
fn what_is_malformed_is_counted_and_not_passed_on() {
    let good: (u16, &[u8]) = (0x4002, &[1, 2]);
    for bad in [
        // A displayName that is longer than its TLV, and one that is cut off.
        (0x0009, &b"\x07\0\0\x0e\x10\0\0\0\0\0\0\0\0\0\0\x09CE"[..]),
        (0x0009, &[7, 0]),
        // Half of the accuracy's fields; no organizationSubType.
        (0x4001, &[0; 40]),
        (0x4000, &[0xac, 0xde, 0x48, 0]),
    ] {
        let net = below(&[bad, good], |_| {});
        assert_eq!(passed_on(&net), [(good.0, good.1.to_vec())]);
        let discards = discards(&net);
        assert!(discards.len() >= 3, "each Announce counts");
        assert!(discards.iter().all(|reason| matches!(reason, Discard::Malformed(_))));
    }
}

#[test]
fn what_has_no_room_is_left_out_and_counted() {
    let (long, short) = ([1; 400], [2; 100]);
    let net = below(&[(0x4002, &long), (0x4003, &long), (0x4004, &short)], |_| {});
    let kept = [(0x4002, long.to_vec()), (0x4004, short.to_vec())];
    assert_eq!(passed_on(&net), kept);
    assert!(discards(&net).iter().all(|reason| *reason == Discard::AnnounceRoom));
    assert!(discards(&net).len() >= 3);
}

#[test]
fn a_long_path_leaves_less_room_and_the_frame_fits() {
    let path: Vec<u8> = (10..128).flat_map(|n| identity(n).0).collect();
    let tlvs: [(u16, &[u8]); 3] = [(0x0008, &path), (0x4002, &[1; 380]), (0x4003, &[3; 30])];
    let net = below(&tlvs, |instance| {
        instance.path_trace = true;
        instance.power = Some(Power::Edition2017 { grandmaster_id: 1, total_ns: 50 });
    });
    let longest = net.sent.iter().map(|sent| sent.octets.len()).max().unwrap();
    // What UDP over IPv6 leaves of a frame of Ethernet; the last TLV would be beyond it.
    assert!((1_420..=1_452).contains(&longest), "{longest}");
    let kinds: Vec<_> = passed_on(&net).iter().map(|tlv| tlv.0).collect();
    assert_eq!(kinds, [0x0008, 0x0003, 0x4002]);
    assert!(discards(&net).contains(&Discard::AnnounceRoom));
}

#[test]
fn as_many_are_passed_on_as_others_take() {
    let many = [(0x4002_u16, &[][..]); Tlvs::COUNT_MAX - 1];
    let net = below(&many, |instance| {
        instance.path_trace = true;
        instance.power = Some(Power::Edition2017 { grandmaster_id: 1, total_ns: 50 });
    });
    assert_eq!(passed_on(&net).len(), Tlvs::COUNT_MAX);
    assert!(discards(&net).contains(&Discard::AnnounceRoom));
}

#[test]
fn another_parents_tlvs_take_the_place_of_the_firsts() {
    let mut net = below(&[(0x4002, &[1, 2])], |_| {});
    net.run(8.0);
    assert_eq!(net.grandmasters(), [0], "the first fell silent");
    assert!(passed_on(&net).is_empty());
}

#[test]
fn a_clock_of_one_port_keeps_and_counts_nothing() {
    let mut net = Net::new([clock(2, 1)], &[]);
    for sequence in 1..4 {
        net.hear((0, 0), Channel::General, &announce(sequence, &[(0x0009, &[7, 0])]));
    }
    assert_eq!(net.state((0, 0)), PortState::Uncalibrated);
    assert!(discards(&net).is_empty());
}

#[test]
fn a_name_is_ten_octets_at_most() {
    assert!(AlternateTimescale::new(0, "0123456789", 0).is_some());
    assert!(AlternateTimescale::new(0, "0123456789a", 0).is_none());
}

/// Central European Time: summer time ends at 01:00:37 TAI of 25 October 2026.
#[test]
fn after_the_jump_of_another_timescale_the_offset_is_the_new_one() {
    let mut net = chain(with_timescales(clock(1, 1), ["CET", "UK"]));
    net.run(20.0);
    let at = |seconds: i64, nanos| Timestamp::new(seconds, nanos);
    let before = net.nodes[0].engine.alternates(0);
    let [first, second, ..] = before.map(|alternate| alternate.unwrap_or(before[0].unwrap()));
    assert_eq!(first.at(at(1_792_890_036, 999_999_999)), first);
    let after = [first, second].map(|alternate| alternate.at(at(1_792_890_037, 0)));
    assert_eq!(after[0].at(at(1_900_000_000, 0)), after[0], "it jumps once");
    let alternates = [Some(after[0]), Some(after[1]), None, None];
    let now = net.now;
    net.nodes[0].engine.apply(now, &Delta::Alternates { instance: 0, alternates }).unwrap();
    net.run(5.0);
    let cet = [&[0, 0xff, 0xff, 0xff, 0xdb, 0, 0, 0, 0][..], &[0; 6], b"\x03CET\0"];
    let uk = [&[1, 0xff, 0xff, 0xf1, 0xcb, 0, 0, 0, 0][..], &[0; 6], b"\x02UK"];
    for port in [GRANDMASTER, BELOW] {
        assert_eq!(last(&net, port, OFFSETS), [cet.concat(), uk.concat()], "{port:?}");
    }
    // The boundary clock tells what its parent does.
    let told = net.nodes[1].engine.alternate(0, 1).unwrap();
    assert_eq!((told.current_offset_s, told.jump_s), (-3_637, 0));
    assert_eq!(net.nodes[1].engine.alternate(0, 9), None);
}
