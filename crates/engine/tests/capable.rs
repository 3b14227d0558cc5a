//! The gPTP-capable message of IEEE 802.1AS-2020: who says it, how often, and what its absence means.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use time::*;
use wire::*;

/// What a station makes of the message, and what its version and domain are.
#[derive(Clone, Copy)]
struct Station {
    rule: CapableRule,
    minor_version: u8,
    domain: u8,
}

const NEW: Station = Station { rule: CapableRule::Require, minor_version: 1, domain: 0 };
const SILENT: Station = Station { rule: CapableRule::Off, ..NEW };
/// As the edition of 2011, and ptp4l 3.1, are.
const OLD: Station = Station { minor_version: 0, ..SILENT };

fn station(n: u8, is: Station) -> Settings {
    let mut settings = clock(n, 1);
    settings.links[0].gptp = true;
    settings.links[0].limits = Some(NeighborLimits::IEEE_802_1AS);
    let instance = &mut settings.instances[0];
    instance.sdo_id = SdoId(0x100);
    instance.edition = Edition::Ieee8021As;
    (instance.minor_version, instance.domain) = (is.minor_version, is.domain);
    instance.priority1 = 200 + n;
    let port = &mut instance.ports[0];
    port.announce = LogInterval::new(0);
    port.delay_mechanism = DelayMechanism::P2p;
    port.needs_capable = true;
    port.options.capable.rule = is.rule;
    settings
}

fn pair(first: Station, second: Station) -> Net {
    let mut net = Net::new([station(1, first), station(2, second)], &[&[(0, 0), (1, 0)]]);
    net.delays_ns[0] = 300;
    net
}

/// Whether the second of two follows the first after some seconds.
fn follows(first: Station, second: Station) -> bool {
    let mut net = pair(first, second);
    net.run(12.0);
    net.state((1, 0)) == PortState::Uncalibrated
}

/// The octets of a vector from `at` on.
fn of_vector(name: &str, at: usize) -> Vec<u8> {
    let path = format!("{}/../wire/tests/vectors/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let digits = text.lines().filter(|line| !line.starts_with('#')).collect::<String>();
    let digits = digits.split_whitespace().collect::<String>();
    let octets = digits.as_bytes().chunks(2);
    let octet = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    octets.map(octet).skip(at).collect()
}

/// asCapable (802.1AS-2020 10.2.5.1), for a second station that requires the message.
#[test]
fn who_requires_the_message_follows_whoever_says_it_and_the_edition_of_2011_in_domain_0() {
    let elsewhere = |is: Station| Station { domain: 20, ..is };
    for (first, second, wanted) in [
        (NEW, NEW, true),
        (SILENT, NEW, false),
        (OLD, NEW, true),
        (elsewhere(NEW), elsewhere(NEW), true),
        (elsewhere(SILENT), elsewhere(NEW), false),
        (elsewhere(OLD), elsewhere(NEW), false),
    ] {
        let said = (first.rule, first.minor_version, first.domain);
        assert_eq!(follows(first, second), wanted, "{said:?}");
    }
}

#[test]
fn whoever_does_not_require_it_follows_everybody() {
    for rule in [CapableRule::Off, CapableRule::Auto] {
        for first in [Station { rule: CapableRule::Auto, ..NEW }, SILENT, OLD] {
            assert!(follows(first, Station { rule, ..NEW }), "{rule:?} {:?}", first.rule);
        }
    }
}

#[test]
fn it_is_said_once_an_interval_octet_by_octet_and_whether_the_neighbour_is_capable_or_not() {
    let mut net = pair(NEW, SILENT);
    net.run(9.5);
    let said = net.sent_by((0, 0), MessageType::Signaling);
    assert_eq!(said.len(), 10, "at once, and then once a second");
    let wanted = of_vector("64-c-signaling-gptp-capable", 44);
    for message in said {
        assert_eq!(message.body, Body::Signaling(PortIdentity::ALL));
        assert_eq!(message.header.log_interval, LogInterval::NONE);
        let mut octets = message.tlvs.octets().to_vec();
        // logGptpCapableMessageInterval, which is ours.
        octets[10] = wanted[10];
        assert_eq!(octets, wanted);
    }
    assert_eq!(net.state((0, 0)), PortState::Listening);
    assert!(net.sent_by((1, 0), MessageType::Signaling).is_empty());
}

#[test]
fn nine_intervals_of_silence_end_it_and_the_next_message_brings_it_back() {
    let mut net = pair(NEW, NEW);
    net.run(5.5);
    assert_eq!(net.state((1, 0)), PortState::Uncalibrated);
    net.events.clear();
    // Pdelay goes on; the last message came at 5 s.
    net.drops = Some(((1, 0), |octets| octets[0] & 15 == 12));
    net.run(8.4);
    assert_eq!(net.state((1, 0)), PortState::Uncalibrated);
    net.run(0.2);
    assert_eq!(net.state((1, 0)), PortState::Listening);
    // The link is as good as ever.
    let engine = &net.nodes[1].engine;
    assert!(!engine.is_capable(0, PortIndex(0)) && engine.neighbor(PortIndex(0)).2.is_ok());
    let told =
        |what| (1, Event::Told { instance: 0, port: PortIndex(0), what: Told::Capable(what) });
    assert_eq!(net.events.iter().filter(|event| **event == told(false)).count(), 1);
    net.drops = None;
    net.run(3.0);
    assert_eq!(net.state((1, 0)), PortState::Uncalibrated);
    assert_eq!(net.events.iter().filter(|event| **event == told(true)).count(), 1);
}

/// Who has said it once is held to it, though silence from the beginning would be no objection.
#[test]
fn a_neighbour_that_stops_saying_it_is_capable_no_longer() {
    let mut net = pair(NEW, Station { rule: CapableRule::Auto, ..NEW });
    net.run(5.0);
    net.drops = Some(((1, 0), |octets| octets[0] & 15 == 12));
    net.run(9.2);
    assert_eq!(net.state((1, 0)), PortState::Listening);
    // Another neighbour may be there when the link comes back.
    let ends = net.cut(0);
    net.mend(0, ends);
    net.run(9.0);
    assert_eq!(net.state((1, 0)), PortState::Uncalibrated);
}

/// As a neighbour would ask; the rest of the vector is as it is.
fn ask(net: &mut Net, interval: i8, name: &str) {
    let mut octets = of_vector(name, 0);
    octets[0] = 0x1c;
    octets[54] = interval as u8;
    net.hear((0, 0), Channel::General, &octets);
}

#[test]
fn a_neighbour_may_ask_for_another_interval() {
    let mut net = pair(NEW, NEW);
    net.run(4.1);
    let request = "65-c-signaling-gptp-capable-interval-request";
    let mut count = |interval| {
        ask(&mut net, interval, request);
        net.sent.clear();
        net.run(8.0);
        net.sent_by((0, 0), MessageType::Signaling).len()
    };
    let counts = [-1, 127, -128, 126, 2, 99].map(&mut count);
    assert_eq!(counts, [16, 0, 0, 8, 2, 2]);
    let refused = Event::Discarded { port: PortIndex(0), reason: Discard::Interval };
    assert_eq!(net.events.iter().filter(|(_, event)| *event == refused).count(), 1);
    // An interval that nobody sends at says nothing of the neighbour either.
    ask(&mut net, 127, "64-c-signaling-gptp-capable");
    assert_eq!(net.events.iter().filter(|(_, event)| *event == refused).count(), 2);
}

#[test]
fn a_receiver_that_is_locked_asks_for_the_interval_it_is_told_to() {
    let mut asking = station(2, NEW);
    asking.instances[0].ports[0].options.capable.request = Some(LogInterval::new(1));
    let mut net = Net::new([station(1, NEW), asking], &[&[(0, 0), (1, 0)]]);
    net.delays_ns[0] = 300;
    net.run(5.0);
    let state = ServoState { locked: true, offset: Span::ZERO, mean_delay: Span::ZERO };
    net.feed(1, Input::Servo { instance: 0, state });
    net.run(2.0);
    net.sent.clear();
    net.run(8.0);
    assert_eq!(net.sent_by((0, 0), MessageType::Signaling).len(), 4);
}
