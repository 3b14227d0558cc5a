//! The delay mechanism that is found out, the one that is none, and Sync in one step.
#![forbid(unsafe_code)]

mod world;

use engine::*;
use time::*;
use wire::*;
use world::*;

fn with(mechanism: DelayMechanism) -> impl Fn(&mut Settings) {
    move |settings| settings.instances[0].ports[0].delay_mechanism = mechanism
}

/// Node 0 leads with one mechanism, node 1 follows with another.
fn pair(first: DelayMechanism, second: DelayMechanism) -> World {
    let mut world =
        World::ordinary(
            2,
            |n, settings| {
                if n == 1 { with(first)(settings) } else { with(second)(settings) }
            },
        );
    world.run(20.0);
    assert_eq!(world.leaders(), [0]);
    world
}

fn delays(world: &World, from: usize) -> (usize, usize) {
    let of = |wanted: fn(&Exchange) -> bool| {
        let own = world.measurements[from..].iter().filter(|(node, _)| *node == 1);
        own.filter(|(_, m)| wanted(&m.exchange)).count()
    };
    (
        of(|exchange| matches!(exchange, Exchange::Delay { .. })),
        of(|exchange| matches!(exchange, Exchange::Link { .. })),
    )
}

#[test]
fn an_automatic_port_asks_the_transmitter_until_a_neighbour_measures() {
    let mut world = pair(DelayMechanism::E2e, DelayMechanism::Auto);
    let from = world.measurements.len();
    world.run(20.0);
    let (end_to_end, peer) = delays(&world, from);
    assert!(end_to_end > 10 && peer == 0, "{end_to_end} {peer}");

    let mut world = pair(DelayMechanism::P2p, DelayMechanism::Auto);
    let (from, asked) = (world.measurements.len(), world.sent_by(1, MessageType::DelayReq).len());
    world.run(20.0);
    let (end_to_end, peer) = delays(&world, from);
    assert!(end_to_end == 0 && peer > 15, "{end_to_end} {peer}");
    assert_eq!(world.sent_by(1, MessageType::DelayReq).len(), asked);
    assert!(asked < 3);
    assert!(world.sent_by(1, MessageType::PdelayResp).len() > 15);
}

#[test]
fn an_automatic_port_begins_anew_with_its_link() {
    let mut world = pair(DelayMechanism::P2p, DelayMechanism::Auto);
    world.nodes[0].alive = false;
    world.link(1, LinkState::Down);
    world.run(1.0);
    world.link(1, LinkState::Up);
    let measured = world.sent_by(1, MessageType::PdelayReq).len();
    world.run(20.0);
    assert_eq!(world.sent_by(1, MessageType::PdelayReq).len(), measured);
}

#[test]
fn two_automatic_ports_stay_end_to_end() {
    let mut world = pair(DelayMechanism::Auto, DelayMechanism::Auto);
    let from = world.measurements.len();
    world.run(20.0);
    let (end_to_end, peer) = delays(&world, from);
    assert!(end_to_end > 10 && peer == 0, "{end_to_end} {peer}");
}

#[test]
fn without_a_mechanism_offsets_alone_are_measured() {
    let mut world = pair(DelayMechanism::E2e, DelayMechanism::None);
    let from = world.measurements.len();
    world.run(20.0);
    assert_eq!(delays(&world, from), (0, 0));
    assert!(world.measurements.len() >= from + 19);
    assert!(world.sent_by(1, MessageType::DelayReq).is_empty());
    assert!(world.sent_by(1, MessageType::PdelayReq).is_empty());
}

#[test]
fn a_sync_in_one_step_carries_its_own_time_and_needs_no_follow_up() {
    let latency = Span::from_scaled(0x0003_4000);
    let mut world = World::ordinary(2, |n, settings| {
        if n == 1 {
            settings.instances[0].ports[0].one_step = true;
            settings.links[0].egress_latency = latency;
        }
    });
    world.nodes[0].offset += Span::from_scaled(0x5555);
    world.run(30.0);
    assert!(world.sent_by(0, MessageType::FollowUp).is_empty());
    let syncs = world.sent_by(0, MessageType::Sync);
    assert!(syncs.len() > 20);
    assert!(syncs.iter().all(|(_, sync)| !sync.header.flags.has(Flags::TWO_STEP)));
    let expected = Span::from_nanos(DELAY_NS as i64) - Span::from_scaled(0x5555) - latency;
    let mut measured = 0;
    for (_, m) in world.measurements.iter().filter(|(node, _)| *node == 1) {
        if let Exchange::Sync { origin, received, correction } = m.exchange {
            assert_eq!(received - origin - correction, expected);
            measured += 1;
        }
    }
    assert!(measured > 15);
}

#[test]
fn unicast_clients_are_served_in_one_step_too() {
    let mut world = World::ordinary(2, |n, settings| {
        let instance = &mut settings.instances[0];
        let mut unicast = UnicastSettings::new(PortIndex(0));
        if n == 1 {
            instance.ports[0].one_step = true;
            instance.ports[0].multicast = false;
            unicast.serving = Some(ServingSettings::default());
        } else {
            instance.role = Role::ReceiverOnly;
            unicast.servers = vec![UnicastServer { peer: address(0), priority: 1 }];
        }
        instance.unicast = vec![unicast];
    });
    world.run(30.0);
    assert!(world.sent_by(0, MessageType::FollowUp).is_empty());
    let own = world.measurements.iter().filter(|(node, _)| *node == 1);
    assert!(own.filter(|(_, m)| matches!(m.exchange, Exchange::Sync { .. })).count() > 15);
}
