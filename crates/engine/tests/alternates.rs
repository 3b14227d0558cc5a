//! Alternate time transmitters (17.3): they say that they would lead, and nobody follows them.
#![forbid(unsafe_code)]

mod world;

use engine::*;
use time::*;
use wire::*;
use world::*;

/// flagField's alternateMasterFlag: bit 0 of the first octet (Table 37).
const FLAG: u8 = 0x01;
const ANNOUNCE: u8 = 0xb;
const SYNC: u8 = 0x0;
const FOLLOW_UP: u8 = 0x8;
const DELAY_RESP: u8 = 0x9;

/// Clock 1 leads; `standby` more have a class that never follows; the last only follows.
fn group(standby: u8, alternate: AlternateSettings) -> World {
    let last = standby + 2;
    let mut world = World::ordinary(last, |n, settings| {
        let instance = &mut settings.instances[0];
        instance.priority1 = 10 + n;
        instance.quality.class = 6;
        instance.ports[0].options.alternate = alternate;
        if n == last {
            instance.role = Role::ReceiverOnly;
            instance.quality.class = 255;
        }
    });
    world.run(40.0);
    assert_eq!(world.leaders(), [0]);
    world
}

/// Messages of a kind that a node sent since, and whether each was flagged.
fn sent(world: &World, node: usize, kind: u8, since: Mono) -> Vec<bool> {
    let own = world.sent.iter().filter(|(at, from, _)| *from == node && *at >= since);
    let of_kind = own.filter(|(.., octets)| octets[0] & 0xf == kind);
    of_kind.map(|(.., octets)| octets[6] & FLAG != 0).collect()
}

const ONE: AlternateSettings = AlternateSettings { count: 1, sync: None };

#[test]
fn a_passive_clock_announces_itself_with_the_flag_and_nobody_follows_it() {
    let mut world = group(1, ONE);
    let since = world.now;
    world.run(20.0);
    let flagged = sent(&world, 1, ANNOUNCE, since);
    assert!((9..=11).contains(&flagged.len()), "one in two seconds: {}", flagged.len());
    assert!(flagged.iter().all(|flag| *flag));
    assert!(sent(&world, 0, ANNOUNCE, since).iter().all(|flag| !flag));
    assert!(sent(&world, 1, SYNC, since).is_empty());
    let (_, said) = world.sent_by(1, MessageType::Announce).pop().unwrap();
    let Body::Announce(said) = said.body else { panic!() };
    // It speaks of itself, not of whom it hears.
    assert_eq!((said.grandmaster, said.priority1, said.steps_removed), (identity(2), 12, 0));
    let engine = &world.nodes[2].engine;
    assert_eq!(engine.parent(0).grandmaster, identity(1));
    let known = |node: usize| -> Vec<ClockIdentity> {
        let heard = world.nodes[node].engine.alternates_heard(0, PortIndex(0));
        heard.map(|record| record.source.clock).collect()
    };
    assert_eq!((known(0), known(2)), (vec![identity(2)], vec![identity(2)]));
    assert_eq!(engine.foreign(0, PortIndex(0)).count(), 1);
}

#[test]
fn of_many_only_the_best_announce_themselves() {
    for count in [1, 2] {
        let mut world = group(4, AlternateSettings { count, sync: None });
        let since = world.now;
        world.run(20.0);
        let speak: Vec<usize> =
            (1..5).filter(|node| !sent(&world, *node, ANNOUNCE, since).is_empty()).collect();
        let best: Vec<usize> = (1..=usize::from(count)).collect();
        assert_eq!(speak, best);
        // When the best is gone, the next speaks up.
        world.nodes[1].alive = false;
        world.run(20.0);
        let since = world.now;
        world.run(10.0);
        assert!(!sent(&world, usize::from(count) + 1, ANNOUNCE, since).is_empty());
    }
}

#[test]
fn sync_and_answers_are_flagged_and_measure_nothing() {
    let sync = Some(LogInterval::new(-1));
    let mut world = group(1, AlternateSettings { count: 1, sync });
    let (since, from) = (world.now, world.measurements.len());
    world.run(20.0);
    for (kind, least, most) in [(SYNC, 39, 41), (FOLLOW_UP, 39, 41), (DELAY_RESP, 8, 40)] {
        let flagged = sent(&world, 1, kind, since);
        assert!((least..=most).contains(&flagged.len()), "{kind}: {}", flagged.len());
        assert!(flagged.iter().all(|flag| *flag), "{kind}");
    }
    let (_, last) = world.sent_by(1, MessageType::Sync).pop().unwrap();
    assert_eq!(last.header.log_interval, LogInterval::new(-1));
    let of_receiver = world.measurements[from..].iter().filter(|(node, _)| *node == 2);
    let syncs = of_receiver.filter(|(_, m)| matches!(m.exchange, Exchange::Sync { .. }));
    assert_eq!(syncs.count(), 20, "those of the leader, one a second");
}

/// How many Announces of the next leader it takes to be followed after the first has died.
fn announces_until_followed(alternate: AlternateSettings) -> usize {
    let mut world = group(1, alternate);
    world.nodes[0].alive = false;
    let since = world.now;
    while world.nodes[2].engine.parent(0).grandmaster != identity(2) {
        world.run(0.05);
        assert!(world.now < Mono::from_nanos(since.nanos() + 60_000_000_000));
    }
    sent(&world, 1, ANNOUNCE, since).into_iter().filter(|flag| !flag).count()
}

#[test]
fn who_is_known_already_is_followed_at_its_first_announce() {
    assert_eq!(announces_until_followed(AlternateSettings::default()), 2);
    assert_eq!(announces_until_followed(ONE), 1);
}

#[test]
fn where_there_are_to_be_none_the_flag_means_a_discard() {
    let mut world = World::ordinary(2, |n, settings| {
        let instance = &mut settings.instances[0];
        instance.quality.class = 6;
        if n == 2 {
            instance.ports[0].options.alternate = ONE;
        }
    });
    world.run(40.0);
    let discards = |node: usize| {
        let reason = Discard::AlternateTransmitter;
        world.count(node, |e| matches!(e, Event::Discarded { reason: r, .. } if *r == reason))
    };
    assert!(discards(0) > 5);
    assert_eq!(discards(1), 0);
    assert_eq!(world.nodes[0].engine.alternates_heard(0, PortIndex(0)).count(), 0);
}

#[test]
fn a_receiver_that_could_lead_stands_by_too_and_one_that_never_does_not() {
    let mut world = World::ordinary(3, |n, settings| {
        let instance = &mut settings.instances[0];
        instance.ports[0].options.alternate = ONE;
        if n == 3 {
            instance.role = Role::ReceiverOnly;
        }
    });
    world.run(40.0);
    for node in [1, 2] {
        let servo = ServoState { locked: true, offset: Span::ZERO, mean_delay: Span::ZERO };
        world.feed(node, Input::Servo { instance: 0, state: servo });
        assert_eq!(world.state(node), PortState::TimeReceiver);
    }
    let since = world.now;
    world.run(20.0);
    assert!(sent(&world, 1, ANNOUNCE, since).iter().all(|flag| *flag));
    assert!(!sent(&world, 1, ANNOUNCE, since).is_empty());
    assert!(sent(&world, 2, ANNOUNCE, since).is_empty());
    assert_eq!(world.state(1), PortState::TimeReceiver);
}
