//! The NetSync Monitor of linuxptp: what its client is told, and how far its Sync is from the truth.
#![forbid(unsafe_code)]

mod world;

use engine::*;
use time::*;
use wire::*;
use world::*;

/// A request as `nsm` of linuxptp 3.1.1 sends it, captured: its sequenceId is 1.
const REQUEST: &str = "0102003000000400000000000000000000000000160f9efffe8481ed00010001017f00\
                       00000000000000000021fe0000";

fn octets(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn pair(monitor: bool) -> World {
    let mut world = World::ordinary(2, |_, settings| {
        settings.instances[0].ports[0].options.net_sync_monitor = monitor;
    });
    world.nodes[1].offset += Span::from_nanos(777);
    world.run(20.0);
    assert_eq!(world.state(1), PortState::Uncalibrated);
    world.sent.clear();
    world.sent_to.clear();
    world.events.clear();
    world
}

const CLIENT: Peer = Peer::Udp4([10, 0, 0, 77]);

fn ask(world: &mut World, node: usize, request: &[u8]) {
    world.inject_from(CLIENT, node, Channel::Event, request);
    world.run(0.01);
}

/// What a node sent to the client.
fn to_client(world: &World, node: usize) -> Vec<Message<'_>> {
    let all = world.sent.iter().zip(&world.sent_to);
    let own =
        all.filter(|((_, from, _), to)| *from == node && **to == Destination::Unicast(CLIENT));
    own.map(|((_, _, octets), _)| Message::decode(octets).unwrap()).collect()
}

fn response<'a>(message: &Message<'a>) -> NsmResponse<'a> {
    let tlv = message.tlvs.find(TlvType::PTPMON_RESP).unwrap();
    match TlvBody::decode(&tlv) {
        Ok(TlvBody::NsmResponse(response)) => response,
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_asks_is_answered_and_gets_sync_and_follow_up_of_the_same_sequence() {
    for node in 0..2 {
        let mut world = pair(true);
        let asked_at = world.reading(node);
        ask(&mut world, node, &octets(REQUEST));
        let messages = to_client(&world, node);
        let kinds: Vec<_> = messages.iter().map(|message| message.body.kind()).collect();
        assert_eq!(kinds, [MessageType::DelayResp, MessageType::Sync, MessageType::FollowUp]);
        let source = Message::decode(&octets(REQUEST)).unwrap().header;
        for message in &messages {
            assert_eq!(message.header.sequence_id, source.sequence_id);
            assert!(message.header.flags.has(Flags::UNICAST));
            assert_eq!(message.header.log_interval.log(), 0x7f);
        }
        let answer = Response { time: asked_at, requesting: source.source };
        assert_eq!(messages[0].body, Body::DelayResp(answer));
        // Nothing takes time between the two here.
        assert_eq!(messages[2].body, Body::FollowUp(asked_at));
    }
}

#[test]
fn the_answer_tells_of_whom_we_follow_and_how() {
    let mut world = pair(true);
    let state = ServoState {
        locked: true,
        offset: Span::from_nanos(-42),
        mean_delay: Span::from_nanos(5_000),
    };
    world.feed(1, Input::Servo { instance: 0, state });
    world.sent.clear();
    world.sent_to.clear();
    ask(&mut world, 1, &octets(REQUEST));
    let messages = to_client(&world, 1);
    let said = response(&messages[0]);
    assert_eq!(said.state, PortStateCode(9));
    let parent = (said.parent_address.protocol, said.parent_address.address);
    assert_eq!(parent, (NetworkProtocol::UDP_IPV4, &[10, 0, 0, 1][..]));
    assert_eq!(said.parent.parent, PortIdentity { clock: identity(1), port: 1 });
    assert_eq!(said.parent.grandmaster, identity(1));
    assert_eq!((said.parent.priority1, said.parent.quality.class), (128, 248));
    let current = said.current;
    assert_eq!((current.steps_removed, current.offset), (1, Span::from_nanos(-42)));
    assert_eq!(current.mean_delay, Span::from_nanos(5_000));
    let age = world.reading(1) - said.last_sync;
    assert!(age > Span::ZERO && age < Span::from_seconds(2), "{age}");
}

#[test]
fn who_leads_tells_of_itself() {
    let mut world = pair(true);
    ask(&mut world, 0, &octets(REQUEST));
    let messages = to_client(&world, 0);
    let said = response(&messages[0]);
    assert_eq!((said.state, said.current.steps_removed), (PortStateCode(6), 0));
    assert_eq!(said.parent.parent, PortIdentity { clock: identity(1), port: 0 });
    assert_eq!((said.parent_address.address, said.last_sync), (&[0; 4][..], Timestamp::ZERO));
}

#[test]
fn without_the_option_a_monitor_is_a_client_as_any() {
    let mut world = pair(false);
    ask(&mut world, 0, &octets(REQUEST));
    let messages = to_client(&world, 0);
    assert_eq!(messages.len(), 1);
    assert!(messages[0].tlvs.find(TlvType::PTPMON_RESP).is_none());
    ask(&mut world, 1, &octets(REQUEST));
    assert!(to_client(&world, 1).is_empty(), "who follows answers nobody");
}

#[test]
fn a_request_that_is_malformed_or_not_in_unicast_gets_nothing_more() {
    let mut world = pair(true);
    let mut long = octets(REQUEST);
    long.extend([0; 2]);
    (long[3], long[47]) = (50, 2);
    ask(&mut world, 0, &long);
    assert!(to_client(&world, 0).is_empty());
    let malformed =
        |event: &Event| matches!(event, Event::Discarded { reason: Discard::Malformed(_), .. });
    assert_eq!(world.count(0, malformed), 1);
    let mut multicast = octets(REQUEST);
    multicast[6] = 0;
    ask(&mut world, 0, &multicast);
    assert!(to_client(&world, 0).is_empty());
    let answers = world.sent_by(0, MessageType::DelayResp);
    assert!(answers.iter().all(|(_, answer)| answer.tlvs.find(TlvType::PTPMON_RESP).is_none()));
}
