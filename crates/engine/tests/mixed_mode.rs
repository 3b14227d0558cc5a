//! Delay_Req to the time transmitter alone (mixed mode).
#![forbid(unsafe_code)]

mod world;

use engine::*;
use wire::*;
use world::*;

/// Node 0 leads; the others follow in mixed mode.
fn mixed(count: u8) -> World {
    let mut world = World::ordinary(count, |n, settings| {
        settings.instances[0].ports[0].hybrid = n > 1;
    });
    world.run(20.0);
    assert_eq!(world.leaders(), [0]);
    world
}

#[test]
fn a_delay_req_goes_to_the_parent_alone_and_is_answered_so() {
    let mut world = mixed(3);
    let from = world.measurements.len();
    world.run(30.0);
    for node in [1, 2] {
        let requests = world.sent_where(node, MessageType::DelayReq);
        assert!(requests.len() > 20);
        assert!(requests.iter().all(|(_, to)| *to == Destination::Unicast(address(0))));
        let flagged = world.sent_by(node, MessageType::DelayReq);
        assert!(flagged.iter().all(|(_, message)| message.header.flags.has(Flags::UNICAST)));
    }
    let answers = world.sent_where(0, MessageType::DelayResp);
    assert!(answers.iter().all(|(_, to)| *to != Destination::Multicast));
    assert!(world.sent_where(0, MessageType::Sync).len() > 30);
    assert!(
        world.sent_where(0, MessageType::Sync).iter().all(|(_, to)| *to == Destination::Multicast)
    );
    let delays = world.measurements[from..]
        .iter()
        .filter(|(_, m)| matches!(m.exchange, time::Exchange::Delay { .. }));
    assert!(delays.count() > 40);
}

#[test]
fn the_group_is_asked_when_the_parent_does_not_answer_in_unicast() {
    let mut world = World::ordinary(2, |n, settings| {
        settings.instances[0].ports[0].hybrid = n > 1;
    });
    // Where the parent's messages seem to come from, nobody listens.
    world.seen_at[0] = Peer::Udp4([10, 9, 9, 9]);
    world.run(60.0);
    let requests = world.sent_where(1, MessageType::DelayReq);
    let alone = requests.iter().take_while(|(_, to)| *to != Destination::Multicast).count();
    assert_eq!(alone, 4);
    assert!(requests.len() > 20);
    assert!(requests[alone..].iter().all(|(_, to)| *to == Destination::Multicast));
    assert!(!world.sent_by(0, MessageType::DelayResp).is_empty());
}

#[test]
fn a_parent_that_moves_is_asked_where_it_is() {
    let mut world = mixed(2);
    let moved = Peer::Udp4([10, 0, 0, 77]);
    world.seen_at[0] = moved;
    world.run(3.0);
    let from = world.sent_where(1, MessageType::DelayReq).len();
    world.run(3.0);
    let requests = world.sent_where(1, MessageType::DelayReq);
    assert!(requests.len() > from);
    assert!(requests[from..].iter().any(|(_, to)| *to == Destination::Unicast(moved)));
}

#[test]
fn modes_change_while_it_runs() {
    let mut world = mixed(2);
    let mut change = |node: usize, settings: PortSettings| {
        let delta = Delta::Port { instance: 0, port: PortIndex(0), settings };
        world.apply(node, &delta).unwrap();
        let before = world.sent.len();
        world.run(10.0);
        let kinds = |kind: MessageType, node| {
            let all = world.sent.iter().zip(&world.sent_to).skip(before);
            let own = all.filter(|((_, from, octets), _)| {
                *from == node && octets[0] & 0x0f == kind.number()
            });
            own.map(|(_, to)| *to).collect::<Vec<_>>()
        };
        (kinds(MessageType::DelayReq, 1), kinds(MessageType::Sync, 0))
    };
    let (asked, _) = change(1, PortSettings::default());
    assert!(asked.len() > 3 && asked.iter().all(|to| *to == Destination::Multicast));
    let (asked, _) = change(1, PortSettings { hybrid: true, ..PortSettings::default() });
    assert!(asked.len() > 3 && asked.iter().all(|to| *to == Destination::Unicast(address(0))));
    let (_, syncs) = change(0, PortSettings { multicast: false, ..PortSettings::default() });
    assert!(syncs.is_empty());
    let (_, syncs) = change(0, PortSettings::default());
    assert!(syncs.len() >= 9);
}
