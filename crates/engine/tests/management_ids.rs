//! Every managementId with every action, against the table of IEEE 1588-2019 (Table 59), the layout
//! of each data field and the errors of Table 72.
#![forbid(unsafe_code)]

mod desk;

use desk::*;
use engine::*;
use time::*;

const WRONG_LENGTH: u16 = 3;
const WRONG_VALUE: u16 = 4;
const NOT_SETABLE: u16 = 5;
const NOT_SUPPORTED: u16 = 6;

/// An id of Table 59: its actions, whether each port answers, and the octets of its data in an
/// answer, where they do not vary; then data that can be set and is read back.
struct Row(u16, &'static str, bool, Option<usize>, &'static [u8]);

const CLOCK: bool = false;
const PORT: bool = true;

/// Written down from the standard's table, not from ours.
const TABLE: &[Row] = &[
    Row(0x0000, "GSC", PORT, Some(0), &[]),
    Row(0x0001, "G", PORT, None, &[]),
    Row(0x0002, "GS", CLOCK, None, b"\x05a;rom"),
    Row(0x0003, "C", CLOCK, Some(0), &[]),
    Row(0x0004, "C", CLOCK, Some(0), &[]),
    Row(0x0005, "C", CLOCK, Some(2), &[0, 0]),
    Row(0x0006, "G", CLOCK, None, &[]),
    Row(0x0007, "C", CLOCK, Some(0), &[]),
    Row(0x2000, "G", CLOCK, Some(20), &[]),
    Row(0x2001, "G", CLOCK, Some(18), &[]),
    Row(0x2002, "G", CLOCK, Some(32), &[]),
    Row(0x2003, "G", CLOCK, Some(4), &[]),
    Row(0x2004, "G", PORT, Some(26), &[]),
    Row(0x2005, "GS", CLOCK, Some(2), &[77, 0]),
    Row(0x2006, "GS", CLOCK, Some(2), &[78, 0]),
    Row(0x2007, "GS", CLOCK, Some(2), &[79, 0]),
    Row(0x2008, "GS", CLOCK, Some(2), &[1, 0]),
    Row(0x2009, "GS", PORT, Some(2), &[3, 0]),
    Row(0x200a, "GS", PORT, Some(2), &[9, 0]),
    Row(0x200b, "GS", PORT, Some(2), &[0xfd, 0]),
    Row(0x200c, "GS", PORT, Some(2), &[0x12, 0]),
    Row(0x200d, "C", PORT, Some(0), &[]),
    Row(0x200e, "C", PORT, Some(0), &[]),
    // 1 800 000 000 s and 5 ns; what is read back is the driver's.
    Row(0x200f, "GS", CLOCK, Some(10), &[0, 0, 0x6b, 0x49, 0xd2, 0, 0, 0, 0, 5]),
    Row(0x2010, "GS", CLOCK, Some(2), &[0x21, 0]),
    Row(0x2011, "GS", CLOCK, Some(4), &[0, 38, 0x05, 0]),
    Row(0x2012, "GS", CLOCK, Some(2), &[0x30, 0]),
    Row(0x2013, "GS", CLOCK, Some(2), &[0, 0x20]),
    Row(0x2014, "GS", PORT, Some(2), &[0, 0]),
    Row(0x2015, "G", CLOCK, None, &[]),
    Row(0x2016, "GS", CLOCK, Some(2), &[0, 0]),
    // One other grandmaster at 10.0.0.7, asked every two seconds.
    Row(0x2017, "GS", CLOCK, None, &[1, 1, 0, 1, 0, 4, 10, 0, 0, 7]),
    // One server at 10.0.0.9, asked every two seconds.
    Row(0x2018, "GS", PORT, None, &[1, 0, 1, 0, 1, 0, 4, 10, 0, 0, 9]),
    Row(0x2019, "G", PORT, Some(2), &[]),
    // Port 1 of clock 9, with priority1 7.
    Row(0x201a, "GS", CLOCK, None, &[0, 1, 2, 0, 0, 0xff, 0xfe, 0, 0, 9, 0, 1, 7]),
    Row(0x201b, "GS", PORT, Some(2), &[1, 0]),
    Row(0x201c, "G", CLOCK, Some(2), &[]),
    // Sync twice a second, two of them.
    Row(0x201d, "GS", PORT, Some(4), &[1, 0xff, 2, 0]),
    Row(0x201e, "GS", CLOCK, Some(2), &[1, 1]),
    Row(0x201f, "GS", CLOCK, None, &[1, 3, b'C', b'E', b'T']),
    Row(0x2020, "G", CLOCK, Some(2), &[]),
    Row(0x2021, "GS", CLOCK, Some(16), &[1, 0, 0, 14, 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]),
    Row(0x3000, "GS", CLOCK, Some(2), &[1, 0]),
    Row(0x3001, "GS", PORT, Some(2), &[1, 0]),
    Row(0x3002, "GS", CLOCK, Some(2), &[0, 0]),
    Row(0x3003, "GS", PORT, Some(2), &[0, 9]),
    Row(0x4000, "", CLOCK, None, &[]),
    Row(0x4001, "", PORT, None, &[]),
    Row(0x4002, "", CLOCK, None, &[]),
    Row(0x6000, "G", PORT, Some(2), &[]),
    Row(0x6001, "GS", PORT, Some(2), &[0xfe, 0]),
];

/// GRANDMASTER_CLUSTER_TABLE.
const CLUSTER: u16 = 0x2017;

/// Ids of options that none of our clocks has, and of transparent clocks.
const ABSENT: [u16; 3] = [0x4000, 0x4001, 0x4002];

/// A clock of two ports with every option that there is, which leads.
fn clock() -> Desk {
    clock_for(0)
}

/// The same, but that its servers are a cluster where that is asked for.
fn clock_for(id: u16) -> Desk {
    let mut settings = writable(2);
    let instance = &mut settings.instances[0];
    instance.management.time = true;
    instance.management.holdover = Some(true);
    instance.path_trace = true;
    for port in 0..2 {
        instance.ports[usize::from(port)].options.alternate.count = 1;
        let mut unicast = UnicastSettings::new(PortIndex(port));
        let peer = Peer::Udp4([10, 0, 0, 8]);
        unicast.servers = vec![UnicastServer { peer, priority: 1 }];
        unicast.cluster = id == CLUSTER;
        instance.unicast.push(unicast);
    }
    let mut desk = Desk::new(&settings);
    desk.run(20.0);
    assert_eq!(desk.state(0), PortState::TimeTransmitter);
    desk
}

/// What must be answered to an action.
fn expected(row: &Row, action: char) -> Result<(), &'static [u16]> {
    match (row.1.contains(action), action) {
        (true, _) => Ok(()),
        _ if ABSENT.contains(&row.0) => Err(&[NOT_SUPPORTED]),
        (false, 'S') => Err(&[NOT_SETABLE, NOT_SUPPORTED]),
        (false, _) => Err(&[NOT_SUPPORTED]),
    }
}

#[test]
fn every_id_is_answered_as_the_table_says() {
    assert_eq!(TABLE.len(), 51);
    for row in TABLE {
        for (action, number) in [('G', GET), ('S', SET), ('C', COMMAND)] {
            let mut desk = clock_for(row.0);
            let data = if action == 'G' { &[][..] } else { row.4 };
            let answers = desk.ask(number, row.0, EVERY_PORT, data);
            let name = format!("{action} {:#06x}: {answers:?}", row.0);
            let allowed = expected(row, action);
            let ports = if row.2 == PORT && allowed.is_ok() { 2 } else { 1 };
            assert_eq!(answers.len(), ports, "{name}");
            for answer in &answers {
                assert_eq!(answer.id, row.0, "{name}");
                let reply = if action == 'C' { ACKNOWLEDGE } else { RESPONSE };
                assert_eq!(answer.action, reply, "{name}");
                match (&answer.data, allowed) {
                    (Ok(data), Ok(())) => {
                        let length = row.3.filter(|_| action != 'C' || row.0 == 5);
                        assert!(length.is_none_or(|length| length == data.len()), "{name}");
                    }
                    (Err(error), Err(allowed)) => assert!(allowed.contains(error), "{name}"),
                    _ => panic!("{name}"),
                }
            }
        }
    }
}

#[test]
fn what_is_set_is_read_back() {
    for row in TABLE.iter().filter(|row| row.1.contains("GS") && row.0 != 0x200f && row.0 != 0) {
        let mut desk = clock_for(row.0);
        let even = [row.4, &[0][..row.4.len() % 2]].concat();
        let told = desk.one(SET, row.0, row.4).unwrap_or_else(|error| {
            panic!("{:#06x} is refused: {error}", row.0);
        });
        assert_eq!(told, even, "{:#06x} in the answer to SET", row.0);
        let key = if matches!(row.0, 0x201e | 0x201f | 0x2021) { &row.4[..1] } else { &[] };
        let domain = if row.0 == 0x2007 { 79 } else { 0 };
        let get = Ask { action: GET, id: row.0, port: 1, data: key, domain, ..ASK };
        assert_eq!(desk.ask_at(0, &get)[0].data, Ok(even), "{:#06x} read back", row.0);
        let all = desk.events.iter().filter(|event| {
            matches!(event, Event::Managed { id, from, .. } if id.0 == row.0 && *from == ASKER)
        });
        assert_eq!(all.count(), 1, "the driver hears of {:#06x} once", row.0);
    }
}

#[test]
fn lengths_and_values_are_checked_before_anything_changes() {
    for row in TABLE.iter().filter(|row| row.1.contains('S')) {
        let mut desk = clock_for(row.0);
        let before = desk.get(row.0);
        if let Some(length) = row.3 {
            for wrong in [length + 2, length.saturating_sub(2)] {
                if wrong != length {
                    let answer = desk.one(SET, row.0, &vec![0; wrong]);
                    assert_eq!(answer, Err(WRONG_LENGTH), "{:#06x} with {wrong} octets", row.0);
                }
            }
        }
        assert_eq!(desk.get(row.0), before, "{:#06x}", row.0);
    }
    let wrong: [(u16, &[u8]); 23] = [
        (0xc001, &[255, 0x21, 0x4e, 0x5d, 0, 37, 0, 0x20]),
        (0x201d, &[1, 0, 9, 0]),
        (0x201d, &[1, 0x7f, 1, 0]),
        (0x2007, &[128, 0]),
        (0x2009, &[8, 0]),
        (0x2009, &[0xf8, 0]),
        (0x200a, &[1, 0]),
        (0x200b, &[0x7f, 0]),
        (0x200c, &[1, 0]),
        (0x200c, &[0x32, 0]),
        (0x2010, &[0x16, 0]),
        (0x2010, &[0x32, 0]),
        (0x2010, &[0xff, 0]),
        (0x2011, &[0, 37, 3, 0]),
        (0x2018, &[0, 0, 2, 0, 1, 0, 4, 10, 0, 0, 9, 0, 1, 0, 4, 10, 0, 0, 8, 0]),
        (0x2018, &[0, 0, 1, 0, 1, 0, 2, 10, 0, 0]),
        (0x201e, &[4, 1]),
        (0x201f, b"\x01\x0babcdefghijk\x00"),
        (0x2021, &[9, 0, 0, 14, 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]),
        (0x3003, &[0, 1]),
        (0x3003, &[0, 5]),
        (0x6001, &[8, 0]),
        (0x2009, &[0x80, 0]),
    ];
    for (id, data) in wrong {
        let mut desk = clock();
        let before = desk.get(id);
        assert_eq!(desk.one(SET, id, data), Err(WRONG_VALUE), "{id:#06x} {data:?}");
        assert_eq!(desk.get(id), before, "{id:#06x}");
    }
    assert_eq!(clock().one(COMMAND, 0x0005, &[]), Err(WRONG_LENGTH));
    assert_eq!(clock().one(COMMAND, 0x200d, &[0, 0]), Err(WRONG_LENGTH));
}

#[test]
fn data_sets_have_their_fields_where_the_standard_has_them() {
    let mut desk = clock();
    let own = [2, 0, 0, 0xff, 0xfe, 0, 0, 1];
    // twoStepFlag; two ports; 128, class 248, unknown accuracy, variance; 128; identity; domain.
    let default = [&[1, 0, 0, 2, 128, 248, 0xfe, 0xff, 0xff, 128][..], &own, &[0, 0]].concat();
    assert_eq!(desk.get(0x2000), Ok(default));
    assert_eq!(desk.get(0x2001), Ok(vec![0; 18]));
    let parent = [
        &own[..],
        &[0, 0, 0, 0, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff],
        &[128, 248, 0xfe, 0xff, 0xff, 128],
        &own,
    ];
    assert_eq!(desk.get(0x2002), Ok(parent.concat()));
    assert_eq!(desk.get(0x2003), Ok(vec![0, 37, 0, 0xa0]));
    // MASTER; delay 2^0, no link delay; announce 2^1, timeout 3, sync 2^0; E2E; pdelay 2^0; 2.1.
    let port = [&own[..], &[0, 2, 6, 0], &[0; 8], &[1, 3, 0, 1, 0, 0x12]].concat();
    let answers = desk.ask(GET, 0x2004, 2, &[]);
    assert_eq!((answers[0].source, answers[0].data.clone()), (2, Ok(port)));
    assert_eq!(desk.get(0x6000), Ok(vec![1, 0]));
    assert_eq!(desk.get(0x2020), Ok(vec![3, 0]));
    assert_eq!(desk.get(0x2019), Ok(vec![0, 1]));
}

#[test]
fn a_clock_describes_itself() {
    let mut settings = writable(1);
    settings.instances[0].management.user = Text::new(b"clock;room 7").unwrap();
    let mut desk = Desk::new(&settings);
    let address = LinkAddress { mac: [2, 0, 0, 0, 0, 1], protocol: Peer::Udp4([10, 78, 1, 1]) };
    desk.engine.apply(desk.now, &Delta::Address { port: PortIndex(0), address }).unwrap();
    let said = desk.get(0x0001).unwrap();
    // As linuxptp 3.1.1 fills it, but for whose it is: an ordinary clock on Ethernet, its addresses.
    let head = [&[0x80, 0, 10][..], b"IEEE 802.3", &[0, 6, 2, 0, 0, 0, 0, 1]].concat();
    let head = [&head[..], &[0, 1, 0, 4, 10, 78, 1, 1, 0, 0, 0, 0]].concat();
    assert_eq!(said[..head.len()], head);
    let text = String::from_utf8_lossy(&said);
    assert!(text.contains("\x0b;Zeitgeber;") && text.contains("\x0cclock;room 7"), "{text}");
    let end = if said.ends_with(&[0, 0]) { said.len() - 1 } else { said.len() };
    assert_eq!(said[end - 6..end], [0x00, 0x1b, 0x19, 0x01, 0x01, 0x00]);
}

#[test]
fn a_transparent_clock_has_data_sets_of_its_own() {
    let mut settings = writable(2);
    let mechanism = DelayMechanism::P2p;
    settings.transparent = Some(TransparentSettings { mechanism, spanning_tree: false, frames: 4 });
    settings.instances[0].role = Role::ReceiverOnly;
    settings.instances[0].quality.class = 255;
    for port in &mut settings.instances[0].ports {
        port.delay_mechanism = mechanism;
    }
    let mut desk = Desk::new(&settings);
    let own = [2, 0, 0, 0xff, 0xfe, 0, 0, 1];
    assert_eq!(desk.get(0x4000), Ok([&own[..], &[0, 2, 2, 0]].concat()));
    assert_eq!(desk.get(0x4001), Ok([&own[..], &[0, 1, 0, 0], &[0; 8]].concat()));
    assert_eq!(desk.get(0x4002), Ok(vec![0, 0]));
    assert_eq!(desk.one(SET, 0x2008, &[0, 0]), Err(NOT_SETABLE), "the clock in it only follows");
    assert_eq!(desk.one(SET, 0x4002, &[3, 0]), Ok(vec![3, 0]));
    let get = Ask { id: 0x4002, domain: 3, port: 1, ..ASK };
    assert_eq!(desk.ask_at(0, &get)[0].data, Ok(vec![3, 0]));
}

#[test]
fn ids_of_linuxptp_have_its_layout() {
    let mut desk = clock();
    let status = desk.get(0xc000).unwrap();
    assert_eq!((status.len(), &status[42..]), (50, &[2, 0, 0, 0xff, 0xfe, 0, 0, 1][..]));
    assert_eq!(desk.get(0xc001), Ok(vec![248, 0xfe, 0xff, 0xff, 0, 37, 0, 0xa0]));
    assert_eq!(desk.get(0xc002).map(|data| data[4..].to_vec()), Ok(vec![0, 0, 0, 1]));
    let stats = desk.get(0xc005).unwrap();
    assert_eq!((stats.len(), &stats[..10]), (266, &[2, 0, 0, 0xff, 0xfe, 0, 0, 1, 0, 1][..]));
    // Least significant octet first; four management messages came in with this one.
    assert_eq!(stats[10 + 13 * 8..][..8], [4, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(desk.get(0xc00c), Ok(vec![0; 24]));
    for absent in [0xc003, 0xc004, 0xc007, 0xc009, 0xc00b, 0xc00d] {
        assert_eq!(desk.get(absent), Err(NOT_SUPPORTED), "{absent:#06x}");
    }
    let settings = [6, 0x21, 0x4e, 0x5d, 0, 37, 0x34, 0x20];
    assert_eq!(desk.one(SET, 0xc001, &settings), Ok(settings.to_vec()));
    assert_eq!(desk.get(0x2003), Ok(vec![0, 37, 0x34, 0x20]));
    let scale = [6, 0x21, 0x4e, 0x5d, 0, 37, 0x3c, 0x20];
    assert_eq!(desk.one(SET, 0xc001, &scale), Err(NOT_SETABLE), "it counts no TAI");
}

#[test]
fn the_fault_log_is_read_and_reset() {
    let mut desk = clock();
    let stamp = Stamp {
        clock: ClockIndex(0),
        epoch: 0,
        time: Timestamp::new(0x1234_5678, 0),
        kind: StampKind::Software,
    };
    let get = Ask { id: 0x0006, ..ASK }.octets(1);
    let channel = Channel::Either;
    let (port, received) = (PortIndex(0), Some(stamp));
    desk.feed(Input::Frame { port, from: ASKER, channel, bytes: &get, received });
    desk.one(COMMAND, 0x0007, &[]).unwrap();
    desk.feed(Input::Link { port: PortIndex(1), state: LinkState::Down });
    let log = desk.get(0x0006).unwrap();
    // One record: its length, the time, an error, name, value, description.
    let head = [0, 1, 0, 57, 0, 0, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 3];
    assert_eq!(log[..head.len()], head, "{log:?}");
    assert!(String::from_utf8_lossy(&log).contains("\x06FAULTY\x06port 2"), "{log:?}");
    assert_eq!(desk.one(COMMAND, 0x0007, &[]), Ok(vec![]));
    assert_eq!(desk.get(0x0006), Ok(vec![0, 0]));
}
