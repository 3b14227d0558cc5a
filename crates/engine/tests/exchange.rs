//! What is measured of Sync, Delay_Req and Pdelay_Req, and what spoils it.
#![forbid(unsafe_code)]

mod world;

use engine::*;
use time::*;
use wire::*;
use world::*;

/// Node 0 leads, node 1 follows.
fn pair(change: impl Fn(&mut Settings)) -> World {
    let mut world = World::ordinary(2, |_, settings| change(settings));
    world.run(20.0);
    assert_eq!(world.leaders(), [0]);
    world
}

fn p2p(settings: &mut Settings) {
    settings.instances[0].ports[0].delay_mechanism = DelayMechanism::P2p;
}

fn offsets(world: &World, from: usize) -> impl Iterator<Item = Span> {
    world.measurements[from..].iter().filter_map(|(_, m)| match m.exchange {
        Exchange::Sync { origin, received, correction } => Some(received - origin - correction),
        _ => None,
    })
}

fn delays(world: &World, from: usize) -> impl Iterator<Item = Span> {
    world.measurements[from..].iter().filter_map(|(_, m)| match m.exchange {
        Exchange::Delay { sent, received, correction } => Some(received - sent - correction),
        Exchange::Link { sent, request_received, response_sent, received, correction } => {
            Some(((received - sent) - (response_sent - request_received) - correction).half())
        }
        Exchange::Sync { .. } => None,
    })
}

const DELAY: Span = Span::from_nanos(DELAY_NS as i64);

#[test]
fn both_legs_of_an_exchange_give_offset_and_delay() {
    let mut world = pair(|_| {});
    world.nodes[1].offset += Span::from_nanos(123_456_789);
    let from = world.measurements.len();
    world.run(10.0);
    let offset = Span::from_nanos(123_456_789);
    assert!(offsets(&world, from).count() >= 9);
    assert!(offsets(&world, from).all(|down| down == offset + DELAY));
    assert!(delays(&world, from).count() >= 3);
    assert!(delays(&world, from).all(|up| up == DELAY - offset));
}

#[test]
fn peer_delay_measures_the_link_whatever_the_clocks_say() {
    let mut world = pair(p2p);
    world.nodes[1].offset += Span::from_seconds(5);
    world.run(2.0);
    let from = world.measurements.len();
    world.run(10.0);
    assert!(delays(&world, from).count() >= 9);
    assert!(delays(&world, from).all(|delay| delay == DELAY));
    assert!(world.sent_by(1, MessageType::DelayReq).is_empty());
}

#[test]
fn a_fraction_of_a_nanosecond_travels_in_the_correction() {
    let third = Span::from_scaled(0x5555);
    for mechanism in [|_: &mut Settings| {}, p2p] {
        let mut world = pair(mechanism);
        world.nodes[0].offset += third;
        world.run(2.0);
        let from = world.measurements.len();
        world.run(5.0);
        assert!(offsets(&world, from).all(|down| down == DELAY - third));
    }
}

#[test]
fn latencies_and_asymmetry_are_taken_out() {
    let (ingress, egress) = (Span::from_nanos(300), Span::from_nanos(200));
    let asymmetry = Span::from_nanos(1_000);
    let mut world = World::ordinary(2, |n, settings| {
        if n == 2 {
            settings.links[0] = LinkSettings {
                ingress_latency: ingress,
                egress_latency: egress,
                asymmetry,
                ..LinkSettings::default()
            };
        }
    });
    world.run(30.0);
    assert!(offsets(&world, 0).all(|down| down == DELAY - ingress - asymmetry));
    assert!(delays(&world, 0).all(|up| up == DELAY - egress + asymmetry));
    assert!(delays(&world, 0).count() > 3);
}

fn message(header: Header, body: Body) -> Vec<u8> {
    let mut octets = [0; 128];
    let len = Message { header, body, tlvs: Tlvs::NONE }.encode(&mut octets).unwrap();
    octets[..len].to_vec()
}

fn from_leader(flags: Flags, sequence_id: u16, correction_ns: i64) -> Header {
    Header {
        sdo_id: SdoId(0),
        minor_version: 1,
        domain: 0,
        flags,
        correction: Span::from_nanos(correction_ns),
        type_specific: 0,
        source: PortIdentity { clock: identity(1), port: 1 },
        sequence_id,
        control: 0,
        log_interval: LogInterval::new(0),
    }
}

/// A follower whose leader fell silent just now.
fn follower() -> World {
    let mut world = pair(|_| {});
    world.nodes[0].alive = false;
    world.run(0.5);
    world.measurements.clear();
    world
}

#[test]
fn a_one_step_sync_needs_no_follow_up_and_its_correction_counts() {
    let mut world = follower();
    let origin = world.reading(1) - DELAY;
    let header = from_leader(Flags(0), 0x1234, 1_000);
    world.inject(1, Channel::Event, &message(header, Body::Sync(origin)));
    let down: Vec<_> = offsets(&world, 0).collect();
    assert_eq!(down, [DELAY - Span::from_nanos(1_000)]);
}

#[test]
fn a_follow_up_may_come_before_its_sync_and_both_corrections_count() {
    let mut world = follower();
    let origin = world.reading(1) - DELAY;
    let follow_up = message(from_leader(Flags(0), 0x1234, 5_000), Body::FollowUp(origin));
    let sync = from_leader(Flags::TWO_STEP, 0x1234, 2_000);
    world.inject(1, Channel::General, &follow_up);
    world.inject(1, Channel::Event, &message(sync, Body::Sync(Timestamp::ZERO)));
    assert_eq!(offsets(&world, 0).collect::<Vec<_>>(), [DELAY - Span::from_nanos(7_000)]);
    world.inject(1, Channel::General, &follow_up);
    assert_eq!(offsets(&world, 0).count(), 1);
}

#[test]
fn sync_of_another_than_the_parent_is_not_used() {
    let mut world = follower();
    let mut header = from_leader(Flags(0), 1, 0);
    header.source.port = 2;
    world.inject(1, Channel::Event, &message(header, Body::Sync(Timestamp::ZERO)));
    assert!(world.measurements.is_empty());
    let (_, event) = world.events.last().unwrap();
    assert_eq!(*event, Event::Discarded { port: PortIndex(0), reason: Discard::NotParent });
}

#[test]
fn a_delay_resp_nobody_asked_for_is_not_used() {
    let mut world = follower();
    let response = Response {
        time: world.reading(1),
        requesting: PortIdentity { clock: identity(2), port: 1 },
    };
    world.inject(
        1,
        Channel::General,
        &message(from_leader(Flags(0), 77, 0), Body::DelayResp(response)),
    );
    assert!(world.measurements.is_empty());
    assert!(matches!(
        world.events.last().unwrap().1,
        Event::Discarded { reason: Discard::Unmatched(MessageType::DelayResp), .. }
    ));
}

#[test]
fn the_transmitters_interval_sets_the_pace_of_requests() {
    let mut world = World::ordinary(2, |n, settings| {
        let interval = if n == 1 { -3 } else { 0 };
        settings.instances[0].ports[0].min_delay_req = LogInterval::new(interval);
    });
    world.run(20.0);
    let before = world.sent_by(1, MessageType::DelayReq).len();
    world.run(20.0);
    let requests = world.sent_by(1, MessageType::DelayReq).len() - before;
    assert!((130..190).contains(&requests), "{requests} in 160 intervals");
}

#[test]
fn requests_are_spread_over_twice_the_interval() {
    let mut world = pair(|_| {});
    world.run(400.0);
    let requests = world.sent_by(1, MessageType::DelayReq);
    let gaps: Vec<f64> = requests.windows(2).map(|w| w[1].0.since(w[0].0).as_secs_f64()).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    assert!((0.9..1.1).contains(&mean), "mean gap {mean}");
    assert!(gaps.iter().any(|gap| *gap < 0.4) && gaps.iter().any(|gap| *gap > 1.6));
    assert!(gaps.iter().all(|gap| *gap < 2.01));
}

#[test]
fn every_interval_from_128_a_second_to_one_in_128_seconds_is_kept() {
    for log in -7..=7 {
        let mut world = World::ordinary(1, |_, settings| {
            let port = &mut settings.instances[0].ports[0];
            port.announce = LogInterval::new(log);
            port.sync = LogInterval::new(log);
        });
        let interval = LogInterval::new(log).duration().as_secs_f64();
        world.run(interval * 5.0);
        for kind in [MessageType::Announce, MessageType::Sync] {
            let before = world.sent_by(0, kind).len();
            world.run(interval * 100.0);
            assert_eq!(world.sent_by(0, kind).len() - before, 100, "{kind:?} at 2^{log} s");
        }
    }
}

#[test]
fn a_lost_stamp_costs_one_measurement_and_nothing_else() {
    let mut world = pair(|_| {});
    world.stamps = Stamps::Lost;
    world.run(10.0);
    assert_eq!(world.leaders(), [0]);
    assert_eq!(world.state(1), PortState::Uncalibrated);
    let missing =
        |event: &Event| matches!(event, Event::StampMissing { kind: MessageType::Sync, .. });
    assert!((9..=10).contains(&world.count(0, missing)));
    world.stamps = Stamps::InTime;
    let from = world.measurements.len();
    world.run(10.0);
    assert!(offsets(&world, from).count() >= 9);
}

#[test]
fn a_late_stamp_is_counted_and_not_used() {
    let mut world = pair(|_| {});
    let from = world.measurements.len();
    world.stamps = Stamps::Late(150_000_000);
    world.run(0.2);
    let before = world.measurements.len();
    world.run(10.0);
    assert!(world.measurements.len() - before <= 1, "{} after {from}", world.measurements.len());
    assert!(world.count(0, |event| *event == Event::StampLate) >= 9);
    assert_eq!(world.leaders(), [0]);
}

#[test]
fn two_responders_to_one_request_are_named_and_measure_nothing() {
    let mut world = World::ordinary(3, |_, settings| p2p(settings));
    world.run(30.0);
    assert!(world.count(1, |event| matches!(event, Event::MultipleResponders { .. })) > 10);
}

#[test]
fn the_other_delay_mechanism_is_refused() {
    let mut world = World::ordinary(2, |n, settings| {
        if n == 1 {
            p2p(settings);
        }
    });
    world.run(30.0);
    let other =
        |event: &Event| matches!(event, Event::Discarded { reason: Discard::Mechanism, .. });
    assert!(world.count(0, other) > 5);
    assert!(world.count(1, other) > 5);
}

#[test]
fn the_wrong_channel_is_refused() {
    let mut world = follower();
    let sync = message(from_leader(Flags(0), 9, 0), Body::Sync(Timestamp::ZERO));
    world.inject(1, Channel::General, &sync);
    assert!(world.measurements.is_empty());
    assert!(matches!(
        world.events.last().unwrap().1,
        Event::Discarded { reason: Discard::Channel(MessageType::Sync), .. }
    ));
}

#[test]
fn other_domains_sdoids_and_versions_are_heard_not_discarded() {
    let mut world = follower();
    let mut other = message(from_leader(Flags(0), 9, 0), Body::Sync(Timestamp::ZERO));
    let mut heard = |octet: usize, value: u8, what: Heard| {
        let before = core::mem::replace(&mut other[octet], value);
        world.inject(1, Channel::Event, &other);
        other[octet] = before;
        assert_eq!(world.events.last().unwrap().1, Event::Heard { port: PortIndex(0), what });
    };
    heard(4, 127, Heard::Domain(127));
    heard(0, 0x10, Heard::SdoId(SdoId::GPTP));
    heard(1, 1, Heard::Version(1));
}

#[test]
fn the_estimators_word_makes_a_receiver_of_the_uncalibrated() {
    let mut world = pair(|_| {});
    let servo = |locked| ServoState { locked, offset: Span::MICROSECOND, mean_delay: DELAY };
    world.feed(1, Input::Servo { instance: 0, state: servo(true) });
    assert_eq!(world.state(1), PortState::TimeReceiver);
    assert_eq!(world.nodes[1].engine.current(0).offset, Span::MICROSECOND);
    assert_eq!(world.nodes[1].engine.current(0).steps_removed, 1);
    world.feed(1, Input::Servo { instance: 0, state: servo(false) });
    assert_eq!(world.state(1), PortState::Uncalibrated);
}

#[test]
fn time_properties_travel_with_the_announce() {
    let said =
        TimeProperties { utc_offset: 38, flags: Flags(0x003d), time_source: TimeSource::GNSS };
    let mut world = World::ordinary(2, |n, settings| {
        if n == 1 {
            settings.instances[0].time = said;
        }
    });
    world.run(20.0);
    assert_eq!(world.nodes[1].engine.time_properties(0), said);
    world.nodes[0].alive = false;
    world.run(20.0);
    assert_eq!(world.nodes[1].engine.time_properties(0), TimeProperties::UNKNOWN);
}

#[test]
fn a_long_way_there_and_back_leaves_the_offset_near_zero() {
    let mut world = pair(|_| {});
    world.delay_ns = 500_000;
    world.run(2.0);
    let from = world.measurements.len();
    world.run(10.0);
    let (down, up) = (offsets(&world, from).last(), delays(&world, from).last());
    let (down, up) = (down.unwrap(), up.unwrap());
    assert_eq!((down - up).half(), Span::ZERO);
    assert_eq!((down + up).half(), Span::from_nanos(500_000));
}

#[test]
fn every_reason_for_a_discard_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<_> = Discard::NAMES.into_iter().collect();
    assert_eq!(names.len(), Discard::NAMES.len());
    let kind = MessageType::Sync;
    let truncated = DecodeError::Truncated { field: "", at: 0 };
    for (reason, name) in [
        (Discard::Malformed(truncated), "malformed"),
        (Discard::Channel(kind), "channel"),
        (Discard::StepsRemoved, "steps_removed"),
        (Discard::NoStamp, "no_stamp"),
        (Discard::Mechanism, "mechanism"),
        (Discard::TicketTable, "ticket_table"),
        (Discard::Unsupported(kind), "unsupported"),
    ] {
        assert_eq!(reason.name(), name);
    }
}
