//! What a neighbour says against our profile is told once, by its name. Messages are octets in the
//! order of the standard's tables (13.3, 13.5 to 13.12, 14.3).
#![forbid(unsafe_code)]

mod world;

use engine::*;
use wire::*;
use world::*;

const ANNOUNCE: u8 = 0xb;
const SYNC: u8 = 0x0;
const DELAY_REQ: u8 = 0x1;
const PDELAY_REQ: u8 = 0x2;
const FOLLOW_UP: u8 = 0x8;
const DELAY_RESP: u8 = 0x9;
const SIGNALING: u8 = 0xc;
const MANAGEMENT: u8 = 0xd;

/// flagField's first octet.
const TWO_STEP: u8 = 0x02;
const UNICAST: u8 = 0x04;

/// A message of clock `n` that is as it should be: PTP 2.1, domain 0, sdoId 0, log interval 0.
fn message(n: u8, kind: u8) -> Vec<u8> {
    let len = match kind {
        ANNOUNCE => 64,
        DELAY_RESP | PDELAY_REQ => 54,
        MANAGEMENT => 48,
        _ => 44,
    };
    let mut octets = vec![0; len];
    octets[0] = kind;
    octets[1] = 0x12;
    octets[3] = len as u8;
    octets[6] = if kind == SYNC { TWO_STEP } else { 0 };
    octets[20..28].copy_from_slice(&identity(n).0);
    octets[29] = 1;
    octets[31] = n;
    if matches!(kind, DELAY_REQ | PDELAY_REQ | SIGNALING | MANAGEMENT) {
        octets[33] = 0x7f;
    }
    if matches!(kind, SIGNALING | MANAGEMENT) {
        octets[34..44].fill(0xff);
    }
    if kind == ANNOUNCE {
        octets[7] = 0x08;
        octets[47..50].copy_from_slice(&[128, 6, 0x21]);
        octets[52] = 128;
        octets[53..61].copy_from_slice(&identity(n).0);
        octets[63] = 0x20;
    }
    octets
}

/// The same with a TLV more.
fn with_tlv(mut octets: Vec<u8>, kind: u16, value: &[u8]) -> Vec<u8> {
    octets.extend(kind.to_be_bytes());
    octets.extend((value.len() as u16).to_be_bytes());
    octets.extend(value);
    octets[3] = octets.len() as u8;
    octets
}

fn patched(n: u8, kind: u8, place: usize, octet: u8) -> Vec<u8> {
    let mut octets = message(n, kind);
    octets[place] = octet;
    octets
}

/// What a clock with such expectations tells of messages that it hears.
fn told(expected: Expected, messages: &[Vec<u8>]) -> Vec<Deviation> {
    let mut world = World::ordinary(1, |_, settings| {
        settings.instances[0].identity = identity(99);
        settings.instances[0].expected = expected;
    });
    world.run(0.1);
    for octets in messages {
        world.inject(0, Channel::Either, octets);
    }
    let what = |(_, event): &(usize, Event)| match event {
        Event::Deviation { what, .. } => Some(*what),
        _ => None,
    };
    world.events.iter().filter_map(what).collect()
}

/// Told of the second message, not of the first.
fn only_of(expected: Expected, right: &[Vec<u8>], wrong: &[Vec<u8>], what: Deviation) {
    assert_eq!(told(expected, right), [], "{what:?}");
    assert_eq!(told(expected, wrong), [what]);
    let twice = [wrong, wrong, right, wrong].concat();
    assert_eq!(told(expected, &twice), [what], "it is told once");
}

const FREE: Expected = Expected {
    announce: None,
    sync: None,
    delay: None,
    pdelay: None,
    priority1: None,
    priority2: None,
    domain: None,
    sdo_id: None,
    minor_version: None,
    mechanism: None,
    classes: None,
    unicast: None,
    silent: false,
    two_step: false,
    ptp_timescale: false,
    power: None,
    alternate: false,
    path_trace: false,
    information: false,
    unmanaged: false,
};

#[test]
fn without_a_profile_nothing_deviates() {
    assert_eq!(FREE, Expected::default());
    let kinds =
        [ANNOUNCE, SYNC, DELAY_REQ, PDELAY_REQ, FOLLOW_UP, DELAY_RESP, SIGNALING, MANAGEMENT];
    let all: Vec<Vec<u8>> = kinds.iter().map(|kind| message(1, *kind)).collect();
    assert_eq!(told(FREE, &all), []);
}

#[test]
fn intervals_are_those_of_the_header_or_of_a_request_for_unicast() {
    let one = |kind| [message(1, kind)];
    let other = |kind| [patched(1, kind, 33, 0xfe)];
    let range = Some((-1, 1));
    let cases = [
        (ANNOUNCE, Expected { announce: range, ..FREE }, Deviation::Announce(-2)),
        (SYNC, Expected { sync: range, ..FREE }, Deviation::Sync(-2)),
        (DELAY_RESP, Expected { delay: range, ..FREE }, Deviation::Delay(-2)),
        (PDELAY_REQ, Expected { pdelay: range, ..FREE }, Deviation::Pdelay(-2)),
    ];
    for (kind, expected, what) in cases {
        only_of(expected, &one(kind), &other(kind), what);
        // What goes to one clock alone has none.
        assert_eq!(told(expected, &[patched(1, kind, 33, 0x7f)]), []);
    }
    let asks = |service: u8, log: u8| {
        let value = [service << 4, log, 0, 0, 1, 44];
        [with_tlv(message(1, SIGNALING), 4, &value)]
    };
    for (kind, expected, what) in cases.into_iter().take(3) {
        only_of(expected, &asks(kind, 0), &asks(kind, 0xfe), what);
    }
}

#[test]
fn priorities_and_classes_are_those_of_the_grandmaster() {
    let right = [message(1, ANNOUNCE)];
    let cases = [
        (47, 7, Expected { priority1: Some((128, 128)), ..FREE }, Deviation::Priority1(7)),
        (52, 9, Expected { priority2: Some((100, 255)), ..FREE }, Deviation::Priority2(9)),
        (48, 13, Expected { classes: Some(&[6, 7, 187]), ..FREE }, Deviation::Class(13)),
        (7, 0, Expected { ptp_timescale: true, ..FREE }, Deviation::Arbitrary),
    ];
    for (place, octet, expected, what) in cases {
        only_of(expected, &right, &[patched(1, ANNOUNCE, place, octet)], what);
    }
}

#[test]
fn another_domain_or_sdo_is_told_only_where_the_profile_has_none_such() {
    let domains = Expected { domain: Some((0, 127)), ..FREE };
    let domain = |number| [patched(1, SYNC, 4, number)];
    only_of(domains, &domain(127), &domain(128), Deviation::Domain(128));
    let sdo = Expected { sdo_id: Some(SdoId(0)), ..FREE };
    let gptp = [patched(1, SYNC, 0, 0x10 | SYNC)];
    only_of(sdo, &domain(5), &gptp, Deviation::SdoId(SdoId(0x100)));
    // The common mean link delay service is beside all of them.
    assert_eq!(told(sdo, &[patched(1, PDELAY_REQ, 0, 0x20 | PDELAY_REQ)]), []);
    let minor = Expected { minor_version: Some(1), ..FREE };
    let old = [patched(1, SYNC, 1, 0x02)];
    only_of(minor, &[message(1, SYNC)], &old, Deviation::MinorVersion(0));
}

#[test]
fn the_other_delay_mechanism_and_the_other_way_to_send_are_told() {
    let (sync, follow_up) = (message(1, SYNC), message(1, FOLLOW_UP));
    let e2e = Expected { mechanism: Some(DelayMechanism::E2e), ..FREE };
    let p2p = Expected { mechanism: Some(DelayMechanism::P2p), ..FREE };
    let (asks, measures) = ([message(1, DELAY_REQ)], [message(1, PDELAY_REQ)]);
    only_of(e2e, &asks, &measures, Deviation::PeerToPeer);
    only_of(p2p, &measures, &asks, Deviation::EndToEnd);
    let two_step = Expected { two_step: true, ..FREE };
    let one = [patched(1, SYNC, 6, 0)];
    only_of(two_step, &[sync.clone(), follow_up], &one, Deviation::OneStep);
    let (to_us, to_all) = ([patched(1, SYNC, 6, TWO_STEP | UNICAST)], [sync]);
    let (never, always) =
        (Expected { unicast: Some(false), ..FREE }, Expected { unicast: Some(true), ..FREE });
    only_of(never, &to_all, &to_us, Deviation::Unicast);
    only_of(always, &to_us, &to_all, Deviation::Multicast);
    let unmanaged = Expected { unmanaged: true, ..FREE };
    only_of(unmanaged, &to_all, &[message(1, MANAGEMENT)], Deviation::Management);
    let silent = Expected { silent: true, ..FREE };
    only_of(silent, &to_all, &[message(1, ANNOUNCE)], Deviation::Announces);
}

/// IEEE C37.238: organizationId 1C-12-9D, the subtype is the edition's.
fn power(subtype: u8) -> Vec<u8> {
    let mut value = vec![0x1c, 0x12, 0x9d, 0, 0, subtype];
    value.extend([0; 12]);
    value
}

#[test]
fn what_is_to_be_said_besides_is_told_where_it_is_missing() {
    let plain = || message(1, ANNOUNCE);
    let (first, second) = (with_tlv(plain(), 3, &power(1)), with_tlv(plain(), 3, &power(2)));
    for (edition, right, wrong) in [(2011, &first, &second), (2017, &second, &first)] {
        let expected = Expected { power: Some(edition), ..FREE };
        for wrong in [wrong.clone(), plain()] {
            only_of(expected, std::slice::from_ref(right), &[wrong], Deviation::NoPower);
        }
    }
    let alternate = Expected { alternate: true, ..FREE };
    let mut value = vec![0; 16];
    value.extend([3, b'C', b'E', b'T']);
    only_of(alternate, &[with_tlv(plain(), 9, &value)], &[plain()], Deviation::NoAlternate);
    let path = Expected { path_trace: true, ..FREE };
    let traced = with_tlv(plain(), 8, &identity(1).0);
    only_of(path, &[traced], &[plain()], Deviation::NoPathTrace);
    let informed = Expected { information: true, ..FREE };
    let mut value = vec![0x00, 0x80, 0xc2, 0, 0, 1];
    value.extend([0; 22]);
    let right = with_tlv(message(1, FOLLOW_UP), 3, &value);
    only_of(informed, &[right], &[message(1, FOLLOW_UP)], Deviation::NoInformation);
}

#[test]
fn each_neighbour_is_told_of_and_of_too_many_that_there_are_more() {
    let expected =
        Expected { sync: Some((-1, 1)), unicast: Some(false), minor_version: Some(1), ..FREE };
    let bad = |n: u8| {
        let mut octets = patched(n, SYNC, 33, 5);
        octets[6] = TWO_STEP | UNICAST;
        octets
    };
    assert_eq!(told(expected, &[bad(1)]), [Deviation::Unicast]);
    let both = [Deviation::Unicast, Deviation::Sync(5)];
    assert_eq!(told(expected, &[bad(1), bad(1), bad(1)]), both, "one for each message");
    let many: Vec<Vec<u8>> = (1..60).map(bad).collect();
    let found = told(expected, &many);
    assert_eq!(found.len(), 17);
    assert_eq!(found[16], Deviation::Others);
}
