//! Management messages: who is meant, who may do what, how far they go and how many are dealt with.
#![forbid(unsafe_code)]

mod desk;
mod net;

use desk::{ACKNOWLEDGE, ASK, ASKER, Ask, COMMAND, Desk, EVERY_PORT, GET, RESPONSE, SET};
use engine::*;
use net::{At, Net};
use time::*;

const NO_SUCH_ID: u16 = 2;
const WRONG_VALUE: u16 = 4;
const NOT_SETABLE: u16 = 5;
const NOT_SUPPORTED: u16 = 6;

const PRIORITY1: u16 = 0x2005;
const PORT_DATA_SET: u16 = 0x2004;
const ENABLE_PORT: u16 = 0x200d;
const DISABLE_PORT: u16 = 0x200e;

const OURS: [u8; 8] = [2, 0, 0, 0xff, 0xfe, 0, 0, 1];

#[test]
fn an_answer_names_the_asker_the_answering_port_and_the_hops_it_took() {
    let mut desk = Desk::new(&desk::writable(3));
    let ask = Ask { id: PORT_DATA_SET, hops: (5, 3), ..ASK };
    let answers = desk.ask_at(1, &ask);
    assert_eq!(answers.iter().map(|answer| answer.source).collect::<Vec<_>>(), [1, 2, 3]);
    for answer in &answers {
        assert_eq!(answer.target, [2, 0, 0, 0xff, 0xfe, 0, 0, 99, 0, 5]);
        assert_eq!((answer.hops, answer.sequence, answer.action), ((2, 2), 1, RESPONSE));
        assert_eq!((answer.link, answer.to), (1, Destination::Multicast));
    }
    let clock = desk.ask_at(2, &Ask { id: PRIORITY1, ..ASK });
    assert_eq!((clock.len(), clock[0].source), (1, 3), "a clock's answer is of the port asked");
}

#[test]
fn who_is_asked_in_unicast_answers_there_in_unicast() {
    let mut desk = Desk::new(&desk::writable(1));
    let answers = desk.ask_at(0, &Ask { unicast: true, ..ASK });
    assert_eq!(answers[0].to, Destination::Unicast(ASKER));
    let (_, _, frame) = desk.sent.last().unwrap();
    assert_eq!(frame[6] & 0x04, 0x04, "unicastFlag");
    assert_eq!((frame[32], frame[33]), (4, 0x7f), "controlField, logMessageInterval");
}

#[test]
fn only_who_is_meant_answers() {
    let mut desk = Desk::new(&desk::writable(2));
    let theirs = [2, 0, 0, 0xff, 0xfe, 0, 0, 2];
    assert_eq!(desk.ask_at(0, &Ask { clock: theirs, ..ASK }), []);
    assert_eq!(desk.ask_at(0, &Ask { domain: 1, ..ASK }), []);
    let ours = Ask { clock: OURS, id: PORT_DATA_SET, port: 2, ..ASK };
    assert_eq!(desk.ask_at(0, &ours)[0].source, 2);
    let nobody = desk.ask_at(0, &Ask { port: 3, ..ours });
    assert_eq!((nobody.len(), nobody[0].data.clone()), (1, Err(WRONG_VALUE)));
    for action in [RESPONSE, ACKNOWLEDGE] {
        assert_eq!(desk.ask_at(0, &Ask { action, ..ASK }), []);
    }
    assert_eq!(desk.discards(Discard::ManagementForm), 0);
    assert_eq!(desk.ask_at(0, &Ask { action: 9, ..ASK }), []);
    assert_eq!(desk.discards(Discard::ManagementForm), 1);
}

#[test]
fn what_no_standard_knows_is_no_such_id() {
    let mut desk = Desk::new(&desk::writable(1));
    for id in [0x0008, 0x1fff, 0x2022, 0x3004, 0x4003, 0x6002, 0x8000, 0xc0de, 0xe000, 0xffff] {
        for action in [GET, SET, COMMAND] {
            assert_eq!(desk.one(action, id, &[0, 0]), Err(NO_SUCH_ID), "{id:#06x}");
        }
    }
}

#[test]
fn who_may_only_read_changes_nothing() {
    let mut settings = desk::writable(1);
    settings.instances[0].management.access = Access::Read;
    let mut listed = desk::writable(1);
    listed.instances[0].management.writers = vec![Peer::Udp4([10, 0, 0, 1])];
    for settings in [settings, listed] {
        let mut desk = Desk::new(&settings);
        desk.run(20.0);
        assert_eq!(desk.one(SET, PRIORITY1, &[7, 0]), Err(NOT_SUPPORTED));
        assert_eq!(desk.one(COMMAND, DISABLE_PORT, &[]), Err(NOT_SUPPORTED));
        assert_eq!(desk.one(COMMAND, 5, &[0, 0]), Err(NOT_SUPPORTED));
        assert_eq!(desk.get(PRIORITY1), Ok(vec![128, 0]));
        assert_eq!(desk.state(0), PortState::TimeTransmitter);
        assert!(!desk.events.iter().any(|event| matches!(event, Event::Managed { .. })));
    }
    let mut settings = desk::writable(1);
    settings.instances[0].management.writers = vec![ASKER];
    assert_eq!(Desk::new(&settings).one(SET, PRIORITY1, &[7, 0]), Ok(vec![7, 0]));
}

#[test]
fn where_management_is_off_nobody_is_answered() {
    let mut settings = desk::writable(1);
    settings.instances[0].management.access = Access::Off;
    let mut desk = Desk::new(&settings);
    assert_eq!(desk.ask(GET, 0x2000, EVERY_PORT, &[]), []);
    let management = wire::MessageType::Management;
    assert_eq!(desk.discards(Discard::Unsupported(management)), 1);
}

#[test]
fn several_tlvs_or_none_are_discarded_and_a_signature_is_not() {
    let mut desk = Desk::new(&desk::writable(1));
    let one = Ask { id: PRIORITY1, ..ASK }.octets(1);
    let with = |more: &[u8]| {
        let mut octets = [&one[..], more].concat();
        let length = octets.len() as u16;
        octets[2..4].copy_from_slice(&length.to_be_bytes());
        octets
    };
    let none = {
        let mut octets = one[..48].to_vec();
        octets[2..4].copy_from_slice(&48u16.to_be_bytes());
        octets
    };
    for (octets, answered) in [
        (with(&[]), true),
        (with(&[0x80, 0x09, 0, 4, 0, 0, 0, 0]), true),
        (with(&[0, 1, 0, 2, 0x20, 5]), false),
        (with(&[0x80, 0x09, 0, 4, 0, 0, 0, 0, 0x80, 0x09, 0, 0]), false),
        (none, false),
    ] {
        let before = (desk.sent.len(), desk.discards(Discard::ManagementForm));
        desk.hear(0, &octets);
        assert_eq!(desk.sent.len() > before.0, answered, "{octets:?}");
        assert_eq!(desk.discards(Discard::ManagementForm) == before.1, answered);
    }
}

#[test]
fn a_flood_is_answered_within_a_limit_and_sync_goes_on() {
    let mut desk = Desk::new(&desk::writable(4));
    desk.run(20.0);
    desk.sent.clear();
    let ask = Ask { id: PORT_DATA_SET, hops: (1, 0), ..ASK }.octets(1);
    for _ in 0..10_000 {
        desk.hear(0, &ask);
    }
    desk.sent.clear();
    for _ in 0..100 {
        for _ in 0..100 {
            desk.hear(0, &ask);
        }
        desk.run(0.1);
    }
    let kinds = |kind: u8| desk.sent.iter().filter(|(_, _, f)| f[0] & 0x0f == kind).count();
    let (answers, syncs) = (kinds(0x0d), kinds(0));
    assert!((2_000..=256 * 11).contains(&answers), "{answers} answers in ten seconds");
    assert!((38..=44).contains(&syncs), "{syncs} Syncs of four ports in ten seconds");
    assert!(desk.discards(Discard::ManagementLimit) > 5_000);
}

#[test]
fn neither_asking_nor_setting_allocates() {
    let mut settings = desk::writable(2);
    settings.instances[0].path_trace = true;
    let mut desk = Desk::new(&settings);
    desk.run(20.0);
    let ids = wire::MANAGEMENT.iter().map(|row| row.id.0);
    let masters = [&[0, 40][..], &[[2, 0, 0, 0xff, 0xfe, 0, 0, 9, 0, 1, 7]; 40].concat()].concat();
    let sets: [(u16, &[u8]); 5] = [
        (2, b"\x03a;b"),
        (0x2005, &[7, 0]),
        (0x201a, &masters),
        (0x201f, &[2, 3, b'C', b'E', b'T', 0]),
        (0x2016, &[1, 0]),
    ];
    let sets = sets.map(|(id, data)| Ask { action: SET, id, data, ..ASK }.octets(2));
    let asks = ids.map(|id| Ask { id, ..ASK }.octets(1)).chain(sets).collect::<Vec<_>>();
    let (mut frame, mut answers) = ([0; FRAME_LEN], 0);
    let engine = &mut desk.engine;
    let allocations = allocation_counter::measure(|| {
        for bytes in &asks {
            let (port, channel) = (PortIndex(0), Channel::General);
            engine.handle(
                desk.now,
                Input::Frame { port, from: ASKER, channel, bytes, received: None },
            );
            while let Some(output) = engine.poll(&mut frame) {
                answers += usize::from(matches!(output, Output::Send { .. }));
            }
        }
    });
    assert!(answers > 2 * asks.len(), "{answers} answers and copies");
    assert_eq!(allocations.count_total, 0);
}

#[test]
fn a_port_is_switched_off_and_on_over_itself() {
    let mut desk = Desk::new(&desk::writable(2));
    desk.run(20.0);
    assert_eq!(desk.one(COMMAND, DISABLE_PORT, &[]), Ok(vec![]));
    assert_eq!((desk.state(0), desk.state(1)), (PortState::Disabled, PortState::TimeTransmitter));
    assert_eq!(desk.ask(GET, PRIORITY1, 1, &[]), [], "a port that is off says nothing (9.2.5)");
    let other = desk.ask_at(1, &Ask { id: PORT_DATA_SET, port: 1, ..ASK });
    assert_eq!(other[0].data.as_ref().unwrap()[10], 3, "DISABLED");
    assert_eq!(desk.one(COMMAND, ENABLE_PORT, &[]), Ok(vec![]));
    assert_eq!(desk.state(0), PortState::Listening);
    desk.run(20.0);
    assert_eq!(desk.state(0), PortState::TimeTransmitter);
}

#[test]
fn a_clock_can_be_told_to_follow_only_and_to_lead_again() {
    let mut desk = Desk::new(&desk::writable(1));
    desk.run(20.0);
    assert_eq!(desk.one(SET, 0x2008, &[1, 0]), Ok(vec![1, 0]));
    desk.run(1.0);
    assert_eq!(desk.state(0), PortState::Listening);
    let class = |desk: &mut Desk| desk.get(0x2000).unwrap()[5];
    assert_eq!(class(&mut desk), 255);
    assert_eq!(desk.one(SET, 0x3001, &[1, 0]), Err(NOT_SETABLE), "it cannot only lead too");
    assert_eq!(desk.one(SET, 0x2008, &[0, 0]), Ok(vec![0, 0]));
    desk.run(20.0);
    assert_eq!((desk.state(0), class(&mut desk)), (PortState::TimeTransmitter, 248));
}

#[test]
fn what_was_set_of_our_time_is_in_announce_until_it_is_forgotten() {
    let mut desk = Desk::new(&desk::writable(1));
    desk.run(20.0);
    desk.one(SET, 0x2011, &[0, 38, 0x04, 0]).unwrap();
    desk.one(SET, 0x2012, &[0x30, 0]).unwrap();
    desk.one(SET, 0x2013, &[0, 0x20]).unwrap();
    assert_eq!(desk.one(SET, 0x2013, &[8, 0x20]), Err(NOT_SETABLE), "it does not count TAI");
    let announced = |desk: &mut Desk| {
        desk.sent.clear();
        desk.run(3.0);
        let announce = desk.sent.iter().find(|(_, _, f)| f[0] & 0x0f == 0xb).unwrap();
        (announce.2[7], announce.2[45], announce.2[63])
    };
    assert_eq!(announced(&mut desk), (0x34, 38, 0x20));
    // The driver says its own again, as it does whenever that changes.
    let time = TimeProperties { utc_offset: 37, ..TimeProperties::UNKNOWN };
    desk.engine.apply(desk.now, &Delta::Time { instance: 0, time }).unwrap();
    desk.run(0.0);
    let mut frame = [0; FRAME_LEN];
    while desk.engine.poll(&mut frame).is_some() {}
    assert_eq!(announced(&mut desk), (0x34, 38, 0x20));
    desk.engine.apply(desk.now, &Delta::Forget { instance: 0 }).unwrap();
    while desk.engine.poll(&mut frame).is_some() {}
    assert_eq!(announced(&mut desk), (0, 37, 0xa0));
}

#[test]
fn the_time_is_set_only_where_that_is_allowed() {
    let time = [0, 0, 0x6b, 0x49, 0xd2, 0, 0, 0, 0, 5];
    let mut desk = Desk::new(&desk::writable(1));
    desk.run(20.0);
    assert_eq!(desk.one(SET, 0x200f, &time), Err(NOT_SETABLE));
    assert_eq!(desk.timed, 0);
    let mut settings = desk::writable(1);
    settings.instances[0].management.time = true;
    let mut desk = Desk::new(&settings);
    desk.run(20.0);
    assert!(desk.one(SET, 0x200f, &time).is_ok());
    assert_eq!(desk.timed, 1, "the driver puts into the answer what the clock shows then");
    let time = Timestamp::new(0x6b49_d200, 5);
    assert!(desk.events.contains(&Event::TimeSet { instance: 0, time }));
}

#[test]
fn the_driver_asks_with_every_right() {
    let mut settings = desk::writable(2);
    settings.instances[0].management.access = Access::Read;
    let mut desk = Desk::new(&settings);
    let ask = |desk: &mut Desk, n, action, port, tlv: &[u8]| {
        let body = ManagementRequest { instance: 0, port, action, tlv };
        desk.feed(Input::Local { request: RequestId(n), body });
    };
    ask(&mut desk, 1, wire::ManagementAction::SET, 0, &[0x20, 5, 9, 0]);
    ask(&mut desk, 2, wire::ManagementAction::GET, 0xffff, &[0x20, 4]);
    let requests: Vec<_> = desk.local.iter().map(|(request, _)| request.0).collect();
    assert_eq!(requests, [1, 2, 2]);
    assert_eq!(desk.local[0].1[46..], [2, 0, 0, 1, 0, 4, 0x20, 5, 9, 0]);
    assert_eq!(desk.sent.iter().filter(|(_, _, f)| f[0] & 0x0f == 0xd).count(), 0);
    assert_eq!(desk.get(PRIORITY1), Ok(vec![9, 0]));
}

/// Clocks in a row: node 0 leads, the others are boundary clocks, the last is an ordinary one.
fn row(count: u8) -> Net {
    let wires: Vec<Vec<At>> =
        (1..usize::from(count)).map(|n| vec![(n - 1, u8::from(n > 1)), (n, 0)]).collect();
    let wires: Vec<&[At]> = wires.iter().map(Vec::as_slice).collect();
    let clock = |n: u8| {
        let mut settings = net::clock(n, if n == 1 || n == count { 1 } else { 2 });
        settings.instances[0].priority1 = n;
        settings
    };
    let mut net = Net::new((1..=count).map(clock), &wires);
    net.run(40.0);
    net
}

/// Which nodes answered, and with how many hops.
fn answerers(net: &Net) -> Vec<(usize, u8)> {
    let managed = net.sent.iter().filter(|sent| sent.octets[0] & 0x0f == 0xd);
    let own = |node: usize| [2, 0, 0, 0xff, 0xfe, 0, 0, node as u8 + 1];
    let answers = managed.filter(|sent| sent.octets[46] == RESPONSE);
    let first = answers.filter(|sent| sent.octets[20..28] == own(sent.from.0));
    first.map(|sent| (sent.from.0, sent.octets[45])).collect()
}

#[test]
fn boundary_clocks_pass_on_as_many_times_as_there_are_hops() {
    for hops in 0..4_u8 {
        let mut net = row(5);
        net.sent.clear();
        let ask = Ask { id: PRIORITY1, hops: (hops, hops), ..ASK }.octets(3);
        net.hear((1, 0), Channel::General, &ask);
        net.run(1.0);
        let expected: Vec<_> = (0..=hops.min(3)).map(|n| (1 + usize::from(n), n)).collect();
        assert_eq!(answerers(&net), expected, "{hops} hops");
        let answer = [2, 0, 0, 0xff, 0xfe, 0, 0, 99, 0, 5];
        let back = net.sent.iter().filter(|sent| sent.from.0 == 1 && sent.octets[34..44] == answer);
        // Node 1 answers, and passes on the answers of all behind it.
        assert_eq!(back.filter(|sent| sent.from.1 == 0).count(), expected.len());
    }
}

#[test]
fn what_is_passed_on_is_the_same_but_for_one_hop() {
    let mut net = row(4);
    net.sent.clear();
    let ask = Ask { id: 0x0002, hops: (9, 7), ..ASK }.octets(3);
    net.hear((1, 0), Channel::General, &ask);
    let passed = net.sent.iter().find(|sent| sent.from == (1, 1)).unwrap();
    let mut expected = ask.clone();
    expected[45] = 6;
    assert_eq!(passed.octets, expected);
    // In unicast, or for one clock that has it, it goes no further.
    for ask in [Ask { unicast: true, ..ASK }, Ask { clock: [2, 0, 0, 0xff, 0xfe, 0, 0, 2], ..ASK }]
    {
        net.sent.clear();
        net.hear((1, 0), Channel::General, &ask.octets(4));
        assert!(net.sent.iter().all(|sent| sent.from == (1, 0)));
    }
}

#[test]
fn a_transparent_clock_passes_on_what_it_answers_itself() {
    let mut between = net::clock(2, 2);
    let mechanism = DelayMechanism::E2e;
    between.transparent = Some(TransparentSettings { mechanism, spanning_tree: false, frames: 8 });
    between.instances[0].role = Role::ReceiverOnly;
    between.instances[0].quality.class = 255;
    let mut net = Net::new(
        [net::clock(1, 1), between, net::clock(3, 1)],
        &[&[(0, 0), (1, 0)], &[(1, 1), (2, 0)]],
    );
    net.run(30.0);
    net.sent.clear();
    net.hear((1, 0), Channel::General, &Ask { id: PRIORITY1, hops: (1, 0), ..ASK }.octets(3));
    net.run(1.0);
    assert_eq!(answerers(&net), [(1, 1), (2, 1)]);
    let own = |from: usize| [2, 0, 0, 0xff, 0xfe, 0, 0, from as u8];
    let back = |from| net.sent.iter().any(|s| s.from == (1, 0) && s.octets[20..28] == own(from));
    assert!(back(3), "the answer from behind comes back");
}
