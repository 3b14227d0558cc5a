//! Unicast service by negotiation (16.1): what is asked for, granted, renewed, denied and ended.
#![forbid(unsafe_code)]

mod world;

use std::time::Duration;

use engine::*;
use time::*;
use wire::*;
use world::*;

fn unicast(settings: &mut Settings) -> &mut UnicastSettings {
    let unicast = &mut settings.instances[0].unicast;
    if unicast.is_empty() {
        unicast.push(UnicastSettings::new(PortIndex(0)));
    }
    &mut unicast[0]
}

/// Serves whoever asks, and sends nothing to the group.
fn serve(settings: &mut Settings) -> &mut ServingSettings {
    settings.instances[0].ports[0].multicast = false;
    unicast(settings).serving.get_or_insert_default()
}

/// Follows only those nodes.
fn follow(settings: &mut Settings, servers: &[usize]) {
    settings.instances[0].role = Role::ReceiverOnly;
    settings.instances[0].quality.class = 255;
    let server = |node: &usize| UnicastServer { peer: address(*node), priority: 128 };
    unicast(settings).servers = servers.iter().map(server).collect();
}

/// Node 0 serves, the others follow it.
fn served(count: u8, change: impl Fn(u8, &mut Settings)) -> World {
    let mut world = World::ordinary(count, |n, settings| {
        if n == 1 {
            serve(settings);
        } else {
            follow(settings, &[0]);
        }
        change(n, settings);
    });
    world.run(20.0);
    world
}

/// The TLVs of the signaling messages a node sent.
fn said(world: &World, node: usize) -> Vec<Vec<(TlvType, u8, u32)>> {
    let tlv = |tlv: Tlv<'_>| match TlvBody::decode(&tlv).unwrap() {
        TlvBody::UnicastRequest(r) => (tlv.kind, r.service.0 >> 4, r.duration_s),
        TlvBody::UnicastGrant(g) => (tlv.kind, g.service.0 >> 4, g.duration_s),
        TlvBody::UnicastCancel(c) | TlvBody::UnicastCancelAcknowledge(c) => {
            (tlv.kind, c.service.0 >> 4, 0)
        }
        other => panic!("{other:?}"),
    };
    let messages = world.sent_by(node, MessageType::Signaling);
    messages.iter().map(|(_, message)| message.tlvs.iter().map(tlv).collect()).collect()
}

const REQUEST: TlvType = TlvType::REQUEST_UNICAST_TRANSMISSION;
const GRANT: TlvType = TlvType::GRANT_UNICAST_TRANSMISSION;
const CANCEL: TlvType = TlvType::CANCEL_UNICAST_TRANSMISSION;
const ACKNOWLEDGE: TlvType = TlvType::ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION;
const ANNOUNCE: u8 = 0xb;
const SYNC: u8 = 0x0;
const DELAY_RESP: u8 = 0x9;

fn measured(world: &World, node: usize, from: usize) -> (usize, usize) {
    let own = world.measurements[from..].iter().filter(|(n, _)| *n == node);
    let of_sync = own.clone().filter(|(_, m)| matches!(m.exchange, Exchange::Sync { .. })).count();
    (of_sync, own.count() - of_sync)
}

fn changes(world: &World, node: usize, kind: Agreement) -> usize {
    world.count(node, |event| matches!(event, Event::Unicast { change, .. } if *change == kind))
}

#[test]
fn announce_is_asked_for_first_then_sync_and_answers_of_the_selected() {
    let mut world = served(2, |_, _| {});
    assert_eq!(world.state(0), PortState::TimeTransmitter);
    assert_eq!(world.state(1), PortState::Uncalibrated);
    assert_eq!(
        said(&world, 1),
        [vec![(REQUEST, ANNOUNCE, 300)], vec![(REQUEST, SYNC, 300), (REQUEST, DELAY_RESP, 300)],]
    );
    assert_eq!(
        said(&world, 0),
        [vec![(GRANT, ANNOUNCE, 300)], vec![(GRANT, SYNC, 300), (GRANT, DELAY_RESP, 300)],]
    );
    let from = world.measurements.len();
    world.run(30.0);
    let (syncs, delays) = measured(&world, 1, from);
    assert!((29..=31).contains(&syncs), "{syncs}");
    assert!((25..=36).contains(&delays), "{delays}");
    assert!(world.sent_to.iter().all(|to| matches!(to, Destination::Unicast(_))));
    let flagged = |octets: &[u8]| Flags(u16::from_be_bytes([octets[6], octets[7]]));
    assert!(world.sent.iter().all(|(.., octets)| flagged(octets).has(Flags::UNICAST)));
}

#[test]
fn each_destination_has_sequences_of_its_own() {
    let mut world = served(3, |_, _| {});
    world.run(20.0);
    for kind in [MessageType::Announce, MessageType::Sync] {
        let places = world.sent_where(0, kind);
        let messages = world.sent_by(0, kind);
        for client in [1, 2] {
            let to = Destination::Unicast(address(client));
            let own = places.iter().zip(&messages).filter(|((_, at), _)| *at == to);
            let numbers: Vec<u16> =
                own.map(|(_, (_, message))| message.header.sequence_id).collect();
            assert!(numbers.len() > 8);
            assert!(numbers.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)));
            assert_eq!(numbers[0], 0);
        }
    }
    assert!(measured(&world, 1, 0).0 > 15 && measured(&world, 2, 0).0 > 15);
}

#[test]
fn what_is_granted_is_renewed_in_time_and_ends_when_it_is_not() {
    let mut world = served(2, |_, settings| unicast(settings).duration_s = 10);
    let from = world.measurements.len();
    world.run(100.0);
    let (syncs, _) = measured(&world, 1, from);
    assert!((99..=101).contains(&syncs), "{syncs}");
    assert_eq!(changes(&world, 1, Agreement::Lost), 0);
    assert_eq!(changes(&world, 0, Agreement::Ended), 0);
    let renewals = said(&world, 1).len();
    assert!((24..=48).contains(&renewals), "{renewals} requests in 120 s of 10 s grants");
    world.nodes[1].alive = false;
    world.run(11.0);
    assert_eq!(changes(&world, 0, Agreement::Ended), 3);
    let sent = world.sent.len();
    world.run(60.0);
    assert_eq!(world.sent.len(), sent, "nothing is sent to nobody");
    assert_eq!(world.nodes[0].engine.unicast_clients(0, PortIndex(0)).count(), 0);
}

#[test]
fn intervals_are_those_that_were_asked_for() {
    let mut world = served(2, |n, settings| {
        let port = &mut settings.instances[0].ports[0];
        if n == 2 {
            port.sync = LogInterval::new(-4);
            port.announce = LogInterval::new(3);
            port.min_delay_req = LogInterval::new(-2);
        }
    });
    world.run(10.0);
    assert_eq!(world.state(1), PortState::Uncalibrated);
    let from = world.measurements.len();
    let announced = world.sent_by(0, MessageType::Announce).len();
    world.run(64.0);
    let (syncs, delays) = measured(&world, 1, from);
    assert!((1020..=1026).contains(&syncs), "{syncs}");
    assert!((230..=280).contains(&delays), "{delays}");
    assert_eq!(world.sent_by(0, MessageType::Announce).len(), announced + 8);
    assert_eq!(world.count(1, |event| matches!(event, Event::AnnounceTimeout { .. })), 0);
}

#[test]
fn what_is_faster_than_allowed_or_too_many_is_denied() {
    let mut world = served(4, |n, settings| match n {
        1 => {
            serve(settings).max_clients = 2;
            serve(settings).least[1] = LogInterval::new(-1);
        }
        _ => settings.instances[0].ports[0].sync = LogInterval::new(-2),
    });
    world.run(60.0);
    assert_eq!(world.nodes[0].engine.unicast_clients(0, PortIndex(0)).count(), 2);
    assert!(said(&world, 0).concat().contains(&(GRANT, SYNC, 0)));
    assert!(said(&world, 0).concat().contains(&(GRANT, ANNOUNCE, 0)));
    assert!(changes(&world, 0, Agreement::Refused(Refusal::Interval)) >= 3);
    assert!(changes(&world, 0, Agreement::Refused(Refusal::Room)) >= 3);
    assert!(world.sent_where(0, MessageType::Sync).is_empty());
}

#[test]
fn three_denials_are_followed_by_a_pause() {
    let mut world = served(2, |n, settings| {
        unicast(settings).pause = Duration::from_secs(60);
        if n == 1 {
            serve(settings).least[0] = LogInterval::new(4);
        }
    });
    world.run(40.0);
    let asked = || |world: &World| world.sent_where(1, MessageType::Signaling).len();
    assert_eq!(asked()(&world), 3);
    world.run(20.0);
    assert_eq!(asked()(&world), 6);
    assert_eq!(changes(&world, 1, Agreement::Denied), 6);
}

#[test]
fn a_server_that_denies_sync_is_left_for_another() {
    let mut world = World::ordinary(3, |n, settings| match n {
        1 => {
            serve(settings).least[1] = LogInterval::new(4);
            settings.instances[0].priority1 = 1;
        }
        2 => {
            serve(settings);
        }
        _ => {
            follow(settings, &[0, 1]);
            unicast(settings).pause = Duration::from_secs(60);
        }
    });
    world.run(25.0);
    let from = world.measurements.len();
    world.run(30.0);
    assert_eq!(world.nodes[2].engine.parent(0).port.clock, identity(2));
    assert!(measured(&world, 2, from).0 >= 28);
}

#[test]
fn a_server_that_announces_and_sends_no_sync_is_left_for_another() {
    let mut world = two_servers();
    // What the first sends as Sync gets lost from now on.
    world.lost = Some((0, MessageType::Sync));
    world.run(24.0);
    assert_eq!(world.nodes[2].engine.parent(0).port.clock, identity(2));
    let from = world.measurements.len();
    world.run(5.0);
    assert!(measured(&world, 2, from).0 >= 4);
    // It was asked once more before.
    let to_first = Destination::Unicast(address(0));
    let requests = world.sent_where(2, MessageType::Signaling);
    assert!(requests.iter().filter(|(_, to)| *to == to_first).count() >= 3);
}

/// Two servers, the first better; node 2 follows.
fn two_servers() -> World {
    let mut world = World::ordinary(3, |n, settings| {
        if n < 3 {
            serve(settings);
            settings.instances[0].priority1 = 10 * n;
        } else {
            follow(settings, &[0, 1]);
        }
    });
    world.run(20.0);
    assert_eq!(world.nodes[2].engine.parent(0).port.clock, identity(1));
    world
}

#[test]
fn a_server_that_dies_is_replaced_and_one_that_returns_is_followed_again() {
    let mut world = two_servers();
    world.nodes[0].alive = false;
    world.run(12.0);
    assert_eq!(world.nodes[2].engine.parent(0).port.clock, identity(2));
    let from = world.measurements.len();
    world.run(10.0);
    assert!(measured(&world, 2, from).0 >= 9);

    // It begins anew and knows nothing of what it granted.
    let mut settings = Settings::ordinary(9, identity(1));
    serve(&mut settings);
    settings.instances[0].priority1 = 10;
    world.restart(0, &settings);
    world.run(40.0);
    assert_eq!(world.nodes[2].engine.parent(0).port.clock, identity(1));
    let from = world.measurements.len();
    world.run(10.0);
    assert!(measured(&world, 2, from).0 >= 9);
    // The first did not hear that we leave it, the second agreed.
    let left = said(&world, 2).into_iter().filter(|tlvs| tlvs[0].0 == CANCEL).collect::<Vec<_>>();
    assert_eq!(left, vec![vec![(CANCEL, SYNC, 0), (CANCEL, DELAY_RESP, 0)]; 3 + 1]);
    assert!(said(&world, 1).concat().contains(&(ACKNOWLEDGE, SYNC, 0)));
    let served: Vec<_> = world.nodes[1].engine.unicast_clients(0, PortIndex(0)).collect();
    assert!(served[0].granted[0].is_some() && served[0].granted[1].is_none());
}

#[test]
fn a_server_that_appears_late_is_found() {
    let mut world = World::ordinary(2, |n, settings| {
        if n == 1 { serve(settings).max_clients = 4 } else { follow(settings, &[0]) }
    });
    world.nodes[0].alive = false;
    world.run(100.0);
    assert_eq!(world.state(1), PortState::Listening);
    world.nodes[0].alive = true;
    world.run(25.0);
    assert_eq!(world.state(1), PortState::Uncalibrated);
}

#[test]
fn whoever_ends_cancels_what_it_was_granted_and_what_it_grants() {
    let mut world = two_servers();
    let now = world.now;
    while world.nodes[2].engine.leave(now) {
        world.drain(2);
    }
    world.drain(2);
    world.nodes[2].alive = false;
    world.run(1.0);
    let last = said(&world, 2);
    assert_eq!(
        last[last.len() - 2..],
        [
            vec![(CANCEL, ANNOUNCE, 0), (CANCEL, SYNC, 0), (CANCEL, DELAY_RESP, 0)],
            vec![(CANCEL, ANNOUNCE, 0)],
        ]
    );
    for server in [0, 1] {
        assert_eq!(world.nodes[server].engine.unicast_clients(0, PortIndex(0)).count(), 0);
    }

    let mut world = two_servers();
    let now = world.now;
    while world.nodes[0].engine.leave(now) {
        world.drain(0);
    }
    world.drain(0);
    world.nodes[0].alive = false;
    world.run(1.0);
    // The client need not wait for the announce receipt timeout.
    assert_eq!(world.nodes[2].engine.parent(0).port.clock, identity(2));
    assert!(said(&world, 2).concat().contains(&(ACKNOWLEDGE, ANNOUNCE, 0)));
}

#[test]
fn only_whom_it_was_granted_gets_an_answer_to_delay_req() {
    let mut world = served(2, |_, _| {});
    let stranger = PortIdentity { clock: identity(9), port: 1 };
    let header = request_header(stranger, 1);
    let mut octets = [0; 128];
    let message = Message { header, body: Body::DelayReq(Timestamp::ZERO), tlvs: Tlvs::NONE };
    let len = message.encode(&mut octets).unwrap();
    let before = world.sent_by(0, MessageType::DelayResp).len();
    world.inject_from(Peer::Udp4([10, 0, 0, 9]), 0, Channel::Event, &octets[..len]);
    assert_eq!(world.sent_by(0, MessageType::DelayResp).len(), before);
    let refused =
        |event: &Event| matches!(event, Event::Discarded { reason: Discard::NotGranted, .. });
    assert_eq!(world.count(0, refused), 1);
    // Nor somebody who claims to be a client, from elsewhere.
    let header = request_header(PortIdentity { clock: identity(2), port: 1 }, 7);
    let message = Message { header, body: Body::DelayReq(Timestamp::ZERO), tlvs: Tlvs::NONE };
    let len = message.encode(&mut octets).unwrap();
    world.inject_from(Peer::Udp4([10, 0, 0, 9]), 0, Channel::Event, &octets[..len]);
    assert_eq!(world.count(0, refused), 2);
}

fn request_header(source: PortIdentity, sequence_id: u16) -> Header {
    Header {
        sdo_id: SdoId(0),
        minor_version: 1,
        domain: 0,
        flags: Flags::default().with(Flags::UNICAST, true),
        correction: Span::ZERO,
        type_specific: 0,
        source,
        sequence_id,
        control: 0,
        log_interval: LogInterval::NONE,
    }
}

/// A request for all services from an invented clock.
fn flood(n: u32, octets: &mut [u8; 128]) -> usize {
    let clock = ClockIdentity([0x66, 0, 0, 0xff, (n >> 16) as u8, (n >> 8) as u8, n as u8, 1]);
    let mut space = [0; 64];
    let mut tlvs = TlvWriter::new(&mut space);
    for kind in [MessageType::Announce, MessageType::Sync, MessageType::DelayResp] {
        let (service, log_interval) = (Service::new(kind), LogInterval::new(0));
        let body = UnicastRequest { service, log_interval, duration_s: 300 };
        TlvBody::UnicastRequest(body).encode(&mut tlvs).unwrap();
    }
    let header = request_header(PortIdentity { clock, port: 1 }, n as u16);
    let body = Body::Signaling(PortIdentity::ALL);
    Message { header, body, tlvs: tlvs.tlvs() }.encode(octets).unwrap()
}

#[test]
fn a_flood_of_requests_ends_at_the_limits_and_whoever_is_served_goes_on() {
    let mut world = served(2, |n, settings| {
        if n == 1 {
            let serving = serve(settings);
            (serving.max_clients, serving.max_per_address) = (50, 8);
        }
    });
    world.keep = false;
    let mut octets = [0; 128];
    let one = Peer::Udp4([10, 1, 1, 1]);
    let allocations = allocation_counter::measure(|| {
        for n in 0..20_000 {
            let len = flood(n, &mut octets);
            let [_, b, c, d] = n.to_be_bytes();
            let from = if n < 1000 { one } else { Peer::Udp4([10, 2 + b, c, d]) };
            world.inject_from(from, 0, Channel::General, &octets[..len]);
            if n == 999 {
                let terms = world.nodes[0].engine.unicast_clients(0, PortIndex(0));
                assert_eq!(terms.filter(|terms| terms.peer == one).count(), 8);
            }
            if n % 100 == 0 {
                world.run(0.1);
            }
        }
    });
    assert_eq!(allocations.count_total, 0);
    assert_eq!(world.nodes[0].engine.unicast_clients(0, PortIndex(0)).count(), 50);
    world.keep = true;
    let from = world.measurements.len();
    world.run(30.0);
    let (syncs, delays) = measured(&world, 1, from);
    assert!((29..=31).contains(&syncs) && delays > 20, "{syncs} {delays}");
    let len = flood(77_777, &mut octets);
    world.inject_from(Peer::Udp4([10, 99, 9, 9]), 0, Channel::General, &octets[..len]);
    let denial = vec![(GRANT, ANNOUNCE, 0), (GRANT, SYNC, 0), (GRANT, DELAY_RESP, 0)];
    assert_eq!(said(&world, 0).last(), Some(&denial));
}

#[test]
fn many_clients_at_a_high_rate_are_served_on_time() {
    let mut world = World::ordinary(101, |n, settings| {
        if n == 1 {
            serve(settings);
        } else {
            follow(settings, &[0]);
            settings.instances[0].ports[0].sync = LogInterval::new(-4);
        }
    });
    world.run(20.0);
    world.sent.clear();
    world.sent_to.clear();
    let from = world.measurements.len();
    world.run(10.0);
    for client in 1..=100 {
        let (syncs, _) = measured(&world, client, from);
        assert!((158..=162).contains(&syncs), "{client}: {syncs}");
    }
    let missing = |event: &Event| matches!(event, Event::StampMissing { .. });
    assert_eq!(world.count(0, missing), 0);
    // They are spread, not served in one burst.
    let times: Vec<u64> =
        world.sent_by(0, MessageType::Sync).iter().map(|(at, _)| at.nanos()).collect();
    let together = times.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!(together < times.len() / 20, "{together} of {}", times.len());
}

#[test]
fn lists_without_negotiation_serve_and_follow() {
    let mut world = World::ordinary(3, |n, settings| {
        unicast(settings).negotiation = false;
        if n == 1 {
            serve(settings).clients = vec![address(1)];
        } else if n == 2 {
            follow(settings, &[0]);
        }
    });
    world.nodes[2].alive = false;
    world.run(20.0);
    let from = world.measurements.len();
    world.run(30.0);
    let (syncs, delays) = measured(&world, 1, from);
    assert!((29..=31).contains(&syncs) && delays > 20, "{syncs} {delays}");
    assert!(said(&world, 0).is_empty() && said(&world, 1).is_empty());

    let mut world = World::ordinary(1, |_, settings| {
        settings.instances[0].role = Role::TransmitterOnly;
        unicast(settings).negotiation = false;
        let serving = serve(settings);
        serving.clients = (1..=40).map(address).collect();
    });
    world.run(20.0);
    let sent = world.sent_where(0, MessageType::Sync);
    assert!(sent.len() > 40 * 10);
    assert!(sent.windows(2).filter(|pair| pair[0].0 == pair[1].0).count() < 20, "no burst");
    assert!(world.sent_to.iter().all(|to| *to != Destination::Multicast));
}

#[test]
fn peer_delay_is_agreed_upon_and_measured_in_unicast() {
    let mut world = served(3, |_, settings| {
        settings.instances[0].ports[0].delay_mechanism = DelayMechanism::P2p;
    });
    let from = world.measurements.len();
    world.run(30.0);
    const PDELAY_RESP: u8 = 0x3;
    for client in [1, 2] {
        assert_eq!(said(&world, client)[1], [(REQUEST, SYNC, 300), (REQUEST, PDELAY_RESP, 300)]);
        let (syncs, links) = measured(&world, client, from);
        assert!((29..=31).contains(&syncs) && (29..=31).contains(&links), "{syncs} {links}");
        let asked = world.sent_where(client, MessageType::PdelayReq);
        assert!(asked.iter().all(|(_, to)| *to == Destination::Unicast(address(0))));
    }
    let answers = world.sent_where(0, MessageType::PdelayResp);
    assert!(answers.iter().all(|(_, to)| matches!(to, Destination::Unicast(_))));
}

#[test]
fn a_neighbour_that_is_named_is_measured_with_alone() {
    let mut world = World::ordinary(3, |n, settings| {
        settings.instances[0].ports[0].delay_mechanism = DelayMechanism::P2p;
        settings.links[0].peer = address(if n == 1 { 1 } else { 0 });
    });
    world.nodes[2].alive = false;
    world.run(30.0);
    let asked = world.sent_where(1, MessageType::PdelayReq);
    assert!(asked.len() > 25);
    assert!(asked.iter().all(|(_, to)| *to == Destination::Unicast(address(0))));
    assert!(measured(&world, 1, 0).1 > 15);
}

#[test]
fn in_a_telecom_network_the_class_decides_and_then_the_listed_preference() {
    let telecom = |classes: [u8; 2], preferences: [u8; 2]| {
        let mut world = World::ordinary(3, |n, settings| {
            settings.instances[0].edition = Edition::G8265;
            if n < 3 {
                serve(settings);
                settings.instances[0].role = Role::TransmitterOnly;
                settings.instances[0].quality.class = classes[usize::from(n) - 1];
            } else {
                follow(settings, &[0, 1]);
                for (server, priority) in unicast(settings).servers.iter_mut().zip(preferences) {
                    server.priority = priority;
                }
            }
        });
        world.run(30.0);
        world.nodes[2].engine.parent(0).port.clock
    };
    assert_eq!(telecom([84, 84], [10, 20]), identity(1));
    assert_eq!(telecom([84, 84], [20, 10]), identity(2));
    assert_eq!(telecom([84, 90], [20, 10]), identity(1));
}

#[test]
fn an_announce_of_somebody_who_is_not_listed_does_not_count() {
    let mut world = World::ordinary(3, |n, settings| match n {
        1 => {
            serve(settings);
            settings.instances[0].role = Role::TransmitterOnly;
        }
        2 => settings.instances[0].priority1 = 1,
        _ => follow(settings, &[0]),
    });
    world.run(30.0);
    assert_eq!(world.nodes[2].engine.parent(0).port.clock, identity(1));
    let refused =
        |event: &Event| matches!(event, Event::Discarded { reason: Discard::NotListed, .. });
    assert!(world.count(2, refused) > 10);
}

/// One bit of so many megabits per second.
const fn rate(megabits: u64) -> InterfaceRate {
    let bit_period_as = 1_000_000_000_000 / megabits;
    InterfaceRate { bit_period_as, bits_before: 64, bits_after: 720 }
}

/// A server of 10 Gbit/s, and a client of 1 Gbit/s.
fn at_two_rates() -> World {
    served(2, |n, settings| {
        let port = &mut settings.instances[0].ports[0];
        port.options.interface_rate = Some(rate(if n == 1 { 10_000 } else { 1_000 }));
    })
}

#[test]
fn a_grant_says_at_which_rate_the_interface_works_octet_by_octet() {
    let world = at_two_rates();
    let grants = world.sent_by(0, MessageType::Signaling);
    assert_eq!(grants.len(), 2);
    for (_, grant) in grants {
        let last = grant.tlvs.iter().last().unwrap();
        assert_eq!(last.kind, TlvType::ORGANIZATION_EXTENSION);
        // organizationId, organizationSubType, 10^8 as, 64 bits, 720 bits.
        let wanted = [0, 0x19, 0xa7, 0, 0, 2, 0, 0, 0, 0, 5, 0xf5, 0xe1, 0, 0, 64, 2, 0xd0];
        assert_eq!(last.value, wanted);
    }
    let asked = world.sent_by(1, MessageType::Signaling);
    let service = |tlv: Tlv<'_>| tlv.kind == REQUEST;
    assert!(asked.iter().all(|(_, request)| request.tlvs.iter().all(service)));
}

/// 656 bits of 0.9 ns less, halved: the way to the client is shorter by 295.2 ns than the mean.
#[test]
fn a_client_at_another_rate_makes_up_for_what_the_ways_differ_by() {
    let mut world = at_two_rates();
    let from = world.measurements.len();
    world.sent.clear();
    world.run(10.0);
    let asymmetry = |span: Span| (span.scaled() as f64 / 65_536.0 + 295.2).abs() < 0.001;
    let corrections = world.measurements[from..].iter().filter_map(|(_, m)| match m.exchange {
        Exchange::Sync { correction, .. } => Some(correction),
        _ => None,
    });
    let corrections: Vec<Span> = corrections.collect();
    assert!(corrections.len() >= 9 && corrections.iter().all(|span| asymmetry(*span)));
    let requests = world.sent_by(1, MessageType::DelayReq);
    assert!(!requests.is_empty());
    assert!(requests.iter().all(|(_, request)| asymmetry(-request.header.correction)));
}

#[test]
fn a_rate_counts_for_whoever_has_one_and_of_whom_we_follow_alone() {
    for (server, client) in [(None, Some(1_000)), (Some(10_000), None), (Some(1_000), Some(1_000))]
    {
        let mut world = served(2, |n, settings| {
            let port = &mut settings.instances[0].ports[0];
            port.options.interface_rate = if n == 1 { server } else { client }.map(rate);
        });
        world.run(5.0);
        let plain = |(_, m): &(usize, Measurement)| match m.exchange {
            Exchange::Sync { correction, .. } => correction == Span::ZERO,
            _ => true,
        };
        assert!(world.measurements.iter().all(plain), "{server:?} {client:?}");
    }
}

#[test]
fn a_rate_that_no_interface_has_or_without_a_grant_is_counted() {
    let mut world = at_two_rates();
    let vector = "0c12004e00000400000000000000000000000000020000fffe00000100010005057f0200\
                  00fffe00000200010005000800fc0000012c0001000300120019a700000200000000\
                  3b9aca00004002d0";
    let digits = vector.as_bytes().chunks(2);
    let octet = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let good: Vec<u8> = digits.map(octet).collect();
    let mut count = |octets: &[u8]| {
        world.events.clear();
        world.inject_from(address(0), 1, Channel::General, octets);
        let discards = world.events.iter().filter_map(|(_, event)| match event {
            Event::Discarded { reason, .. } => Some(*reason),
            _ => None,
        });
        discards.collect::<Vec<_>>()
    };
    assert_eq!(count(&good), []);
    let mut too_slow = good.clone();
    too_slow[66..70].fill(0xff);
    assert_eq!(count(&too_slow), [Discard::Implausible]);
    for by in [-2_i8, 2] {
        let mut resized = good.clone();
        resized.resize((good.len() as isize + isize::from(by)) as usize, 0);
        (resized[3], resized[59]) = (resized.len() as u8, (18 + by) as u8);
        let found = count(&resized);
        assert!(matches!(found[..], [Discard::Malformed(_)]), "{found:?}");
    }
    // The grant taken away: only the rate is left.
    let mut alone = [&good[..44], &good[56..]].concat();
    alone[3] = alone.len() as u8;
    assert_eq!(count(&alone), [Discard::NotGranted]);
}

/// Node 0 leads in unicast alone, node 1 in multicast, node 2 asks node 0 as one of its cluster.
fn cluster(change: impl Fn(&mut UnicastSettings)) -> World {
    let mut world = World::ordinary(3, |n, settings| {
        let instance = &mut settings.instances[0];
        instance.priority1 = 10 * n;
        match n {
            1 => drop(serve(settings)),
            2 => instance.quality.class = 6,
            _ => {
                let unicast = unicast(settings);
                unicast.servers = vec![UnicastServer { peer: address(0), priority: 128 }];
                unicast.cluster = true;
                change(unicast);
            }
        }
    });
    world.run(30.0);
    world
}

#[test]
fn a_cluster_counts_besides_whoever_is_heard_in_multicast() {
    let mut world = cluster(|_| {});
    let parent = |world: &World| world.nodes[2].engine.parent(0).grandmaster;
    // It says the better, and nobody but node 2 hears it.
    assert_eq!(parent(&world), identity(1));
    let asked: Vec<u8> = said(&world, 2).iter().flatten().map(|(_, service, _)| *service).collect();
    assert!([0xb, 0x0, 0x9].iter().all(|service| asked.contains(service)), "{asked:?}");
    let from = world.measurements.len();
    world.run(10.0);
    assert!(world.measurements[from..].iter().filter(|(node, _)| *node == 2).count() > 10);

    world.nodes[0].alive = false;
    world.run(40.0);
    assert_eq!(parent(&world), identity(2), "where it alone counted, nobody would be left");
    let from = world.measurements.len();
    world.run(10.0);
    let delays = world.measurements[from..]
        .iter()
        .filter(|(node, m)| *node == 2 && matches!(m.exchange, Exchange::Delay { .. }));
    assert!(delays.count() > 3, "whoever is not of the cluster is asked as on any port");

    let mut world = cluster(|unicast| unicast.cluster = false);
    world.nodes[0].alive = false;
    world.run(40.0);
    assert_ne!(parent(&world), identity(2));
}
