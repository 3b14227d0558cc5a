//! Who leads: the data set comparison, the state decision, failover and floods.
#![forbid(unsafe_code)]

mod world;

use engine::*;
use time::*;
use wire::*;
use world::*;

/// A node with every field of its rank in the middle.
fn plain(settings: &mut Settings) {
    let instance = &mut settings.instances[0];
    instance.priority1 = 100;
    instance.priority2 = 100;
    instance.quality = ClockQuality { class: 200, accuracy: ClockAccuracy(0x25), variance: 0x4000 };
}

/// The second of two nodes is better by `change` alone, though its identity is worse.
fn second_leads(change: impl Fn(&mut InstanceSettings)) {
    let mut world = World::ordinary(2, |n, settings| {
        plain(settings);
        if n == 2 {
            change(&mut settings.instances[0]);
        }
    });
    world.run(30.0);
    assert_eq!(world.leaders(), [1]);
    assert_eq!(world.state(0), PortState::Uncalibrated);
}

#[test]
fn identity_decides_between_equals() {
    let mut world = World::ordinary(3, |_, settings| plain(settings));
    world.run(30.0);
    assert_eq!(world.leaders(), [0]);
}

#[test]
fn priority1_decides_first() {
    second_leads(|instance| {
        instance.priority1 = 99;
        instance.quality.class = 248;
        instance.priority2 = 200;
    });
}

#[test]
fn class_decides_before_accuracy() {
    second_leads(|instance| {
        instance.quality.class = 199;
        instance.quality.accuracy = ClockAccuracy(0x30);
    });
}

#[test]
fn accuracy_decides_before_variance() {
    second_leads(|instance| {
        instance.quality.accuracy = ClockAccuracy(0x24);
        instance.quality.variance = 0xffff;
    });
}

#[test]
fn variance_decides_before_priority2() {
    second_leads(|instance| {
        instance.quality.variance = 0x3fff;
        instance.priority2 = 200;
    });
}

#[test]
fn priority2_decides_before_identity() {
    second_leads(|instance| instance.priority2 = 99);
}

#[test]
fn alone_a_clock_leads_after_its_announce_timeout() {
    let mut world = World::ordinary(1, |_, _| {});
    world.run(5.9);
    assert_eq!(world.state(0), PortState::Listening);
    world.run(2.2);
    assert_eq!(world.leaders(), [0]);
    assert!(!world.sent_by(0, MessageType::Announce).is_empty());
}

#[test]
fn a_receiver_never_leads() {
    let mut world = World::ordinary(1, |_, settings| {
        settings.instances[0].role = Role::ReceiverOnly;
        settings.instances[0].quality.class = 255;
    });
    world.run(100.0);
    assert_eq!(world.state(0), PortState::Listening);
    assert!(world.sent.is_empty());
}

#[test]
fn a_transmitter_never_follows() {
    let mut world = World::ordinary(2, |n, settings| {
        if n == 2 {
            settings.instances[0].role = Role::TransmitterOnly;
        }
    });
    world.run(60.0);
    assert_eq!(world.state(1), PortState::TimeTransmitter);
    assert!(
        world.count(1, |event| matches!(
            event,
            Event::Discarded { reason: Discard::TransmitterOnly, .. }
        )) > 10
    );
}

#[test]
fn a_better_announce_makes_a_leader_follow_and_a_worse_one_does_not() {
    let mut world = World::ordinary(2, |n, settings| {
        settings.instances[0].priority1 = 100 - n;
    });
    world.nodes[1].alive = false;
    world.run(20.0);
    assert_eq!(world.leaders(), [0]);
    world.nodes[1].alive = true;
    world.run(20.0);
    assert_eq!(world.leaders(), [1]);
    let of_the_better = world
        .count(1, |event| matches!(event, Event::State { from: PortState::TimeTransmitter, .. }));
    assert_eq!(of_the_better, 0);
}

#[test]
fn a_class_below_128_stands_by_instead_of_following() {
    let mut world = World::ordinary(2, |n, settings| {
        settings.instances[0].quality.class = 5 + n;
    });
    world.run(30.0);
    assert_eq!(world.leaders(), [0]);
    assert_eq!(world.state(1), PortState::Passive);
    world.nodes[0].alive = false;
    world.run(20.0);
    assert_eq!(world.leaders(), [1]);
}

#[test]
fn after_the_leader_dies_another_announces_within_four_intervals() {
    for seed in 0..50 {
        let mut world = World::ordinary(4, |n, settings| {
            settings.seed = seed * 10 + u64::from(n);
        });
        world.run(40.0 + seed as f64 / 7.0);
        assert_eq!(world.leaders(), [0]);
        world.nodes[0].alive = false;
        let died = world.now;
        world.run(8.5);
        let announced = world.sent.iter().any(|(at, _, octets)| {
            *at > died && Message::decode(octets).unwrap().body.kind() == MessageType::Announce
        });
        assert!(announced, "seed {seed}");
        world.run(8.0);
        assert_eq!(world.leaders(), [1], "seed {seed}");
    }
}

#[test]
fn a_change_of_priority_while_running_changes_the_roles() {
    let mut world = World::ordinary(4, |_, _| {});
    world.run(30.0);
    assert_eq!(world.leaders(), [0]);
    let quality = InstanceSettings::new(identity(1), vec![]).quality;
    let clock = |priority1| Delta::Clock {
        instance: 0,
        priority1,
        priority2: 128,
        quality,
        role: Role::Both,
    };
    world.apply(0, &clock(129)).unwrap();
    world.run(30.0);
    assert_eq!(world.leaders(), [1]);
    world.apply(2, &clock(10)).unwrap();
    world.run(30.0);
    assert_eq!(world.leaders(), [2]);
}

#[test]
fn a_link_that_falls_is_faulty_and_recovers() {
    let mut world = World::ordinary(2, |_, _| {});
    world.run(20.0);
    world.link(1, LinkState::Down);
    assert_eq!(world.state(1), PortState::Faulty);
    let sent = world.sent.iter().filter(|(_, from, _)| *from == 1).count();
    world.run(10.0);
    assert_eq!(world.sent.iter().filter(|(_, from, _)| *from == 1).count(), sent);
    world.link(1, LinkState::Up);
    world.run(10.0);
    assert_eq!(world.state(1), PortState::Uncalibrated);
}

fn announce(source: u8, sequence_id: u16, priority1: u8) -> Vec<u8> {
    let mut clock = identity(source);
    clock.0[0] = 0x42;
    announce_of(clock, sequence_id, priority1)
}

fn announce_of(clock: ClockIdentity, sequence_id: u16, priority1: u8) -> Vec<u8> {
    let settings = InstanceSettings::new(clock, vec![]);
    let header = Header {
        sdo_id: SdoId(0),
        minor_version: 0,
        domain: 0,
        flags: Flags(0),
        correction: Span::ZERO,
        type_specific: 0,
        source: PortIdentity { clock, port: 1 },
        sequence_id,
        control: 5,
        log_interval: LogInterval::new(1),
    };
    let body = Body::Announce(Announce {
        origin: Timestamp::ZERO,
        utc_offset: 37,
        priority1,
        quality: settings.quality,
        priority2: 128,
        grandmaster: clock,
        steps_removed: 0,
        time_source: TimeSource::INTERNAL_OSCILLATOR,
    });
    let mut octets = [0; 128];
    let len = Message { header, body, tlvs: Tlvs::NONE }.encode(&mut octets).unwrap();
    octets[..len].to_vec()
}

#[test]
fn one_announce_is_not_enough_and_a_repeated_one_counts_once() {
    let mut world = World::ordinary(1, |_, _| {});
    world.run(1.0);
    for _ in 0..5 {
        world.inject(0, Channel::General, &announce(9, 7, 1));
    }
    assert_eq!(world.state(0), PortState::Listening);
    world.run(2.0);
    world.inject(0, Channel::General, &announce(9, 8, 1));
    assert_eq!(world.state(0), PortState::Uncalibrated);
}

#[test]
fn two_announces_too_far_apart_do_not_count() {
    let mut world = World::ordinary(1, |_, settings| {
        settings.instances[0].role = Role::ReceiverOnly;
    });
    world.inject(0, Channel::General, &announce(9, 1, 1));
    world.run(8.5);
    world.inject(0, Channel::General, &announce(9, 2, 1));
    assert_eq!(world.state(0), PortState::Listening);
}

#[test]
fn a_flood_of_invented_clocks_does_not_drive_out_the_parent() {
    let mut world = World::ordinary(2, |_, _| {});
    world.run(20.0);
    assert_eq!(world.state(1), PortState::Uncalibrated);
    world.keep = false;
    for n in 0..20_000u32 {
        let [_, a, b, c] = n.to_be_bytes();
        let clock = ClockIdentity([6, 0, 0, 0xff, 0xfe, a, b, c]);
        for sequence in 0..3 {
            world.inject(1, Channel::General, &announce_of(clock, sequence, 200));
        }
        world.run(0.001);
    }
    world.keep = true;
    assert_eq!(world.state(1), PortState::Uncalibrated);
    assert_eq!(world.nodes[1].engine.parent(0).port.clock, identity(1));
    assert!(world.nodes[1].engine.foreign(0, PortIndex(0)).count() <= 16);
}

#[test]
fn a_better_clock_is_still_admitted_when_the_table_is_full_of_worse_ones() {
    let mut world = World::ordinary(1, |_, settings| {
        settings.instances[0].ports[0].foreign_max = 5;
        settings.instances[0].role = Role::ReceiverOnly;
    });
    for n in 20..40 {
        world.inject(0, Channel::General, &announce(n, 1, 100));
        world.inject(0, Channel::General, &announce(n, 2, 100));
    }
    world.inject(0, Channel::General, &announce(50, 1, 99));
    world.inject(0, Channel::General, &announce(50, 2, 99));
    assert_eq!(world.nodes[0].engine.parent(0).port.clock.0[7], 50);
}

#[test]
fn an_announce_that_was_here_before_is_discarded() {
    let mut world = World::ordinary(2, |_, settings| {
        settings.instances[0].path_trace = true;
    });
    world.run(30.0);
    let announces = world.sent_by(0, MessageType::Announce);
    let (_, last) = announces.last().unwrap();
    let path = last.tlvs.find(TlvType::PATH_TRACE).unwrap();
    assert_eq!(path.value, identity(1).0);

    let mut looped = announce(9, 1, 1);
    looped.extend([0, 8, 0, 16]);
    looped.extend(identity(8).0);
    looped.extend(identity(2).0);
    looped[3] = looped.len() as u8;
    world.inject(1, Channel::General, &looped);
    let discarded =
        world.count(1, |event| matches!(event, Event::Discarded { reason: Discard::PathLoop, .. }));
    assert_eq!(discarded, 1);
}

#[test]
fn stepsremoved_at_the_limit_is_discarded() {
    let mut world = World::ordinary(1, |_, _| {});
    let mut far = announce(9, 1, 1);
    far[61..63].copy_from_slice(&255u16.to_be_bytes());
    world.inject(0, Channel::General, &far);
    assert_eq!(
        world.events.last().unwrap().1,
        Event::Discarded { port: PortIndex(0), reason: Discard::StepsRemoved }
    );
}

fn rank(sender: u8, steps_removed: u16, receiver: u8) -> Rank {
    Rank {
        priority1: 1,
        quality: ClockQuality { class: 6, accuracy: ClockAccuracy(0x21), variance: 1 },
        priority2: 1,
        local_priority: 128,
        grandmaster: identity(99),
        steps_removed,
        sender: PortIdentity { clock: identity(sender), port: 1 },
        receiver: PortIdentity { clock: identity(receiver), port: 1 },
    }
}

#[test]
fn figure_35_compares_the_paths_to_one_grandmaster() {
    let cases = [
        (rank(1, 1, 5), rank(2, 3, 5), Order::Better),
        (rank(1, 3, 5), rank(2, 1, 5), Order::Worse),
        // A is one step farther: where its receiver is the smaller, B is better.
        (rank(9, 2, 5), rank(2, 1, 5), Order::Worse),
        (rank(1, 2, 5), rank(2, 1, 5), Order::WorseByTopology),
        (rank(5, 2, 5), rank(2, 1, 5), Order::Same),
        (rank(2, 1, 5), rank(9, 2, 5), Order::Better),
        (rank(2, 1, 5), rank(1, 2, 5), Order::BetterByTopology),
        (rank(1, 1, 5), rank(2, 1, 5), Order::BetterByTopology),
        (rank(2, 1, 5), rank(1, 1, 5), Order::WorseByTopology),
        (rank(1, 1, 5), rank(1, 1, 5), Order::Same),
    ];
    for (i, (a, b, expected)) in cases.into_iter().enumerate() {
        assert_eq!(compare(Edition::Ieee2019, &a, &b), expected, "case {i}");
    }
}

#[test]
fn a_leader_that_returns_is_the_same_source_and_another_is_not() {
    let mut world = World::ordinary(3, |_, _| {});
    let source_of_2 = |world: &mut World| {
        world.measurements.clear();
        world.run(30.0);
        world.measurements.iter().rev().find(|(node, _)| *node == 2).unwrap().1.source
    };
    let first = source_of_2(&mut world);
    world.nodes[0].alive = false;
    let second = source_of_2(&mut world);
    assert_ne!(first, second);
    world.nodes[1].alive = false;
    world.run(30.0);
    assert_eq!(world.leaders(), [2]);
    world.nodes[1].alive = true;
    assert_eq!(source_of_2(&mut world), second);
}

#[test]
fn a_receiver_follows_the_best_there_is_though_it_ranks_before_it() {
    let mut world = World::ordinary(1, |_, settings| {
        settings.instances[0].role = Role::ReceiverOnly;
        settings.instances[0].quality.class = 255;
    });
    for sequence in 1..3 {
        world.inject(0, Channel::General, &announce(9, sequence, 200));
    }
    assert_eq!(world.state(0), PortState::Uncalibrated);
    assert_eq!(world.nodes[0].engine.parent(0).port.clock.0[7], 9);
}

#[test]
fn a_receivers_patience_with_silence_forgets_no_newcomer() {
    let mut world = World::ordinary(1, |_, settings| {
        settings.instances[0].role = Role::ReceiverOnly;
    });
    world.run(3.0);
    world.inject(0, Channel::General, &announce(9, 1, 1));
    world.run(6.0);
    world.inject(0, Channel::General, &announce(9, 2, 1));
    assert_eq!(world.state(0), PortState::Uncalibrated);
}
