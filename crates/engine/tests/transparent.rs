//! Transparent clocks: what they pass on, and what they say of how long that took.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use time::*;
use wire::*;

const HOLD_NS: u64 = 123_456;
const HOLD: Span = Span::from_nanos(HOLD_NS as i64);
const LINK: Span = Span::from_nanos(DELAY_NS as i64);

/// A clock that passes on and has no time of its own to offer.
fn transparent(n: u8, ports: usize, mechanism: DelayMechanism) -> Settings {
    let mut settings = clock(n, ports);
    settings.transparent =
        Some(TransparentSettings { mechanism, spanning_tree: false, frames: 16 });
    settings.instances[0].role = Role::ReceiverOnly;
    settings.instances[0].quality.class = 255;
    for port in &mut settings.instances[0].ports {
        port.delay_mechanism = mechanism;
    }
    settings
}

fn leader(mechanism: DelayMechanism) -> Settings {
    let mut settings = clock(1, 1);
    settings.instances[0].priority1 = 1;
    settings.instances[0].ports[0].delay_mechanism = mechanism;
    settings
}

fn receiver(n: u8, mechanism: DelayMechanism) -> Settings {
    let mut settings = clock(n, 1);
    settings.instances[0].role = Role::ReceiverOnly;
    settings.instances[0].quality.class = 255;
    settings.instances[0].ports[0].delay_mechanism = mechanism;
    settings
}

/// A leader, a transparent clock that keeps everything for a while, and two receivers.
fn line(mechanism: DelayMechanism) -> Net {
    line_with_stamps(mechanism, 0)
}

/// The same, with transmit stamps of the transparent clock that are known so late.
fn line_with_stamps(mechanism: DelayMechanism, late_ns: u64) -> Net {
    let clocks = [
        leader(mechanism),
        transparent(9, 3, mechanism),
        receiver(2, mechanism),
        receiver(3, mechanism),
    ];
    let wires: [&[At]; 3] = [&[(0, 0), (1, 0)], &[(1, 1), (2, 0)], &[(1, 2), (3, 0)]];
    let mut net = Net::new(clocks, &wires);
    net.nodes[1].hold_ns = HOLD_NS;
    net.nodes[1].late_ns = late_ns;
    net.nodes[1].offset += Span::from_seconds(-77);
    net.run(60.0);
    net
}

fn measured(net: &Net, node: usize) -> impl Iterator<Item = Exchange> + '_ {
    let of_node = net.measurements.iter().filter(move |(n, _)| *n == node);
    of_node.map(|(_, measurement)| measurement.exchange)
}

#[test]
fn end_to_end_it_corrects_sync_and_delay_by_the_residence_time() {
    // The second is later than the answer of the leader.
    for late_ns in [0, 5 * DELAY_NS] {
        corrects_by_the_residence_time(&line_with_stamps(DelayMechanism::E2e, late_ns));
    }
}

fn corrects_by_the_residence_time(net: &Net) {
    for node in [2, 3] {
        let (mut syncs, mut delays) = (0, 0);
        for exchange in measured(net, node) {
            match exchange {
                Exchange::Sync { origin, received, correction } => {
                    syncs += 1;
                    assert_eq!(correction, HOLD);
                    assert_eq!(received - origin - correction, LINK + LINK);
                }
                Exchange::Delay { sent, received, correction } => {
                    delays += 1;
                    assert_eq!(correction, HOLD);
                    assert_eq!(received - sent - correction, LINK + LINK);
                }
                Exchange::Link { .. } => panic!("{exchange:?}"),
            }
        }
        assert!(syncs > 40 && delays > 20, "{syncs} {delays}");
    }
    // Nobody's name but the sender's is on what is passed on.
    let ours = PortIdentity { clock: identity(1), port: 1 };
    let passed = net.sent_by((1, 1), MessageType::Sync);
    assert!(!passed.is_empty() && passed.iter().all(|sync| sync.header.source == ours));
}

#[test]
fn peer_to_peer_it_adds_the_links_before_it_too() {
    let net = line(DelayMechanism::P2p);
    let last = measured(&net, 2).filter_map(|exchange| match exchange {
        Exchange::Sync { origin, received, correction } => Some((received - origin, correction)),
        _ => None,
    });
    let (away, correction) = last.last().unwrap();
    assert_eq!(correction, HOLD + LINK);
    assert_eq!(away - correction, LINK, "what is left is the receiver's own link");
    assert!(net.sent_by((1, 0), MessageType::DelayReq).is_empty());
    assert!(!net.sent_by((1, 1), MessageType::PdelayResp).is_empty(), "it answers itself");
}

fn one_step_sync(sequence_id: u16, correction: Span) -> Vec<u8> {
    let header = Header {
        sdo_id: SdoId(0),
        minor_version: 1,
        domain: 77,
        flags: Flags(0),
        correction,
        type_specific: 0,
        source: PortIdentity { clock: identity(50), port: 3 },
        sequence_id,
        control: 0,
        log_interval: LogInterval::new(-3),
    };
    let body = Body::Sync(Timestamp::new(1_000, 5));
    let mut octets = [0; 64];
    let len = Message { header, body, tlvs: Tlvs::NONE }.encode(&mut octets).unwrap();
    octets[..len].to_vec()
}

/// Of another domain than its own, too.
#[test]
fn a_one_step_sync_leaves_with_a_follow_up() {
    let mut net = Net::new([transparent(9, 2, DelayMechanism::E2e)], &[]);
    net.nodes[0].hold_ns = HOLD_NS;
    let correction = Span::from_nanos(42);
    net.hear((0, 0), Channel::Event, &one_step_sync(7, correction));
    let [sync] = &net.sent_by((0, 1), MessageType::Sync)[..] else { panic!() };
    assert!(sync.header.flags.has(Flags::TWO_STEP));
    assert_eq!(sync.header.correction, correction);
    assert_eq!(sync.body, Body::Sync(Timestamp::new(1_000, 5)));
    let [follow_up] = &net.sent_by((0, 1), MessageType::FollowUp)[..] else { panic!() };
    assert_eq!(follow_up.header.correction, HOLD);
    assert_eq!(follow_up.body, Body::FollowUp(Timestamp::new(1_000, 5)));
    assert_eq!(follow_up.header.sequence_id, 7);
    assert_eq!(follow_up.header.domain, 77);
    assert_eq!(follow_up.header.source, sync.header.source);
    assert_eq!(follow_up.header.log_interval, LogInterval::new(-3));
}

#[test]
fn only_the_message_itself_is_passed_on_and_only_once_around() {
    let mut net = Net::new([transparent(9, 3, DelayMechanism::E2e)], &[]);
    let sync = one_step_sync(1, Span::ZERO);
    let padded = [&sync[..], &[0xaa; 16]].concat();
    net.hear((0, 0), Channel::Event, &padded);
    let passed = |net: &Net| net.sent.iter().filter(|sent| sent.from.1 > 0).count();
    assert_eq!(passed(&net), 4);
    assert!(net.sent.iter().all(|sent| sent.octets.len() == sync.len()));
    // It comes back over another port.
    net.hear((0, 2), Channel::Event, &sync);
    assert_eq!(passed(&net), 4);
    let duplicate = Event::Discarded { port: PortIndex(2), reason: Discard::Duplicate };
    assert!(net.events.iter().any(|(_, event)| *event == duplicate));
    net.hear((0, 0), Channel::Event, &sync[..30]);
    assert_eq!(passed(&net), 4);
}

#[test]
fn what_is_for_one_clock_is_not_passed_on_to_all() {
    let mut net = Net::new([transparent(9, 2, DelayMechanism::E2e)], &[]);
    let mut sync = one_step_sync(1, Span::ZERO);
    sync[6] |= 0x04;
    net.hear((0, 0), Channel::Event, &sync);
    assert!(net.sent.is_empty());
}

/// Follow_Ups whose Sync never got its stamp hold places until these are needed.
#[test]
fn a_flood_fills_the_store_and_no_more() {
    let mut net = Net::new([transparent(9, 2, DelayMechanism::E2e)], &[]);
    for n in 0..2_000 {
        net.hear((0, (n % 2) as u8), Channel::Event, &one_step_sync(n, Span::ZERO));
    }
    assert_eq!(net.sent.len(), 4_000);
    net.run(10.0);
    net.sent.clear();
    net.hear((0, 0), Channel::Event, &one_step_sync(9_000, Span::ZERO));
    assert_eq!(net.sent.len(), 2);
}

#[test]
fn announces_pass_as_they_are_unless_it_counts_as_a_step() {
    for spanning_tree in [false, true] {
        let mut middle = transparent(9, 2, DelayMechanism::E2e);
        middle.transparent.as_mut().unwrap().spanning_tree = spanning_tree;
        let clocks = [leader(DelayMechanism::E2e), middle, receiver(2, DelayMechanism::E2e)];
        let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)], &[(1, 1), (2, 0)]]);
        net.run(20.0);
        let parent = net.nodes[2].engine.parent(0);
        assert_eq!(parent.port.clock, identity(1));
        let steps = if spanning_tree { 2 } else { 1 };
        assert_eq!(net.nodes[2].engine.current(0).steps_removed, steps);
    }
}

/// Peer delay over an end-to-end transparent clock: between the two clocks beside it. The second
/// time, and the third, its stamps are known later than the neighbour's answer is there.
#[test]
fn end_to_end_it_corrects_the_peer_delay_of_others() {
    for late_ns in [0, 5 * DELAY_NS, 2 * HOLD_NS] {
        corrects_the_peer_delay_of_others(late_ns);
    }
}

fn corrects_the_peer_delay_of_others(late_ns: u64) {
    let clocks = [
        leader(DelayMechanism::P2p),
        transparent(9, 2, DelayMechanism::E2e),
        receiver(2, DelayMechanism::P2p),
    ];
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)], &[(1, 1), (2, 0)]]);
    net.nodes[1].hold_ns = HOLD_NS;
    net.nodes[1].late_ns = late_ns;
    net.run(30.0);
    let links: Vec<Span> = measured(&net, 2)
        .filter_map(|exchange| match exchange {
            Exchange::Link { sent, request_received, response_sent, received, correction } => {
                let turnaround = response_sent - request_received;
                Some((received - sent - turnaround - correction).half())
            }
            _ => None,
        })
        .collect();
    assert!(links.len() > 20, "{late_ns}: {}", links.len());
    assert!(links.iter().all(|link| *link == LINK + LINK), "{links:?}");
}
