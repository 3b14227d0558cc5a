//! IEEE 802.1AS: who counts as capable, and what relays make of Sync.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use time::*;
use wire::*;

const RESIDENCE_NS: u64 = 2_000_000;
const LINK_NS: u64 = 300;

fn station(n: u8, ports: usize) -> Settings {
    let mut settings = clock(n, ports);
    for link in &mut settings.links {
        link.gptp = true;
        link.limits = Some(NeighborLimits { lost_max: 3, ..NeighborLimits::IEEE_802_1AS });
    }
    let instance = &mut settings.instances[0];
    instance.sdo_id = SdoId(0x100);
    instance.edition = Edition::Ieee8021As;
    instance.path_trace = true;
    instance.relay = ports > 1;
    instance.priority1 = 200 + n;
    for port in &mut instance.ports {
        port.announce = LogInterval::new(0);
        port.sync = LogInterval::new(-3);
        port.delay_mechanism = DelayMechanism::P2p;
        port.needs_capable = true;
        port.follow_up_information = true;
        port.sync_receipt_timeout = 3;
    }
    settings
}

/// A grandmaster, three relays and an end station in a row.
fn row() -> Net {
    let clocks = [station(1, 1), station(2, 2), station(3, 2), station(4, 2), station(5, 1)];
    let wires: [&[At]; 4] =
        [&[(0, 0), (1, 0)], &[(1, 1), (2, 0)], &[(2, 1), (3, 0)], &[(3, 1), (4, 0)]];
    let mut net = Net::new(clocks, &wires);
    net.delays_ns.fill(LINK_NS);
    for relay in 1..4 {
        net.nodes[relay].hold_ns = RESIDENCE_NS;
    }
    for (node, rate_ppb) in [0, 40_000, -30_000, 80_000, -60_000].into_iter().enumerate() {
        net.nodes[node].rate_ppb = rate_ppb;
        net.nodes[node].offset += Span::from_seconds(-100 * node as i64);
    }
    net
}

fn information(message: &Message<'_>) -> FollowUpInformation {
    let bodies = message.tlvs.iter().filter_map(|tlv| TlvBody::decode(&tlv).ok());
    bodies
        .filter_map(|body| match body {
            TlvBody::Organization { body: OrganizationBody::FollowUpInformation(body), .. } => {
                Some(body)
            }
            _ => None,
        })
        .last()
        .expect("each Follow_Up says it")
}

#[test]
fn three_relays_add_up_residence_links_and_rates() {
    let mut net = row();
    net.run(60.0);
    assert_eq!(net.grandmasters(), [0]);
    let last = net.sent_by((3, 1), MessageType::FollowUp).pop().unwrap();
    let Body::FollowUp(origin) = last.body else { panic!() };
    // The grandmaster's own time, untouched.
    let own = net.sent_by((0, 0), MessageType::FollowUp);
    assert!(own.iter().any(|first| first.body == Body::FollowUp(origin)));
    // Three residence times and three links, in the grandmaster's seconds.
    let wanted = Span::from_nanos((3 * RESIDENCE_NS + 3 * LINK_NS) as i64);
    let off = last.header.correction - wanted;
    assert!(off.abs() < Span::from_nanos(20), "{off}");
    // The grandmaster's rate over the third relay's: 80 ppm slower.
    let rate = Rate::from_scaled_offset(information(&last).rate.0);
    let gained = rate.of(Span::from_seconds(1)) - Span::from_seconds(1);
    assert!((gained + Span::from_nanos(80_000)).abs() < Span::from_nanos(100), "{gained}");
    let steps = net.nodes[4].engine.current(0).steps_removed;
    assert_eq!(steps, 4);
    let announce = net.sent_by((3, 1), MessageType::Announce).pop().unwrap();
    let path: Vec<_> = announce.tlvs.iter().filter_map(|tlv| tlv.path()).flatten().collect();
    assert_eq!(path, [identity(1), identity(2), identity(3), identity(4)]);
    // One Sync for each that came, no more.
    let (came, went) = (
        net.sent_by((0, 0), MessageType::Sync).len(),
        net.sent_by((3, 1), MessageType::Sync).len(),
    );
    assert!(came - went < 30, "{came} {went}");
}

#[test]
fn nothing_is_said_before_the_neighbour_is_capable() {
    let mut net = Net::new([station(1, 1), station(2, 1)], &[&[(0, 0), (1, 0)]]);
    net.delays_ns[0] = 5_000;
    net.run(30.0);
    let too_long = Event::Capable { port: PortIndex(0), state: Err(Incapable::Delay) };
    assert!(net.events.iter().any(|(_, event)| *event == too_long));
    for node in 0..2 {
        assert!(net.sent_by((node, 0), MessageType::Announce).is_empty());
        assert!(net.sent_by((node, 0), MessageType::Sync).is_empty());
    }
    net.delays_ns[0] = LINK_NS;
    net.run(5.0);
    assert_eq!(net.grandmasters(), [0]);
    assert_eq!(net.state((1, 0)), PortState::Uncalibrated);
    // Its silence ends it.
    net.nodes[0].alive = false;
    net.run(6.0);
    let lost = Event::Capable { port: PortIndex(0), state: Err(Incapable::Lost) };
    assert!(net.events.iter().any(|(node, event)| *node == 1 && *event == lost));
    assert_eq!(net.state((1, 0)), PortState::Listening);
    net.nodes[0].alive = true;
    net.run(6.0);
    assert_eq!(net.state((1, 0)), PortState::Uncalibrated);
}

#[test]
fn a_second_responder_ends_it() {
    let mut net =
        Net::new([station(1, 1), station(2, 1), station(3, 1)], &[&[(0, 0), (1, 0), (2, 0)]]);
    net.delays_ns[0] = LINK_NS;
    net.run(20.0);
    let several = Event::Capable { port: PortIndex(0), state: Err(Incapable::Several) };
    let told = Event::MultipleResponders {
        port: PortIndex(0),
        source: PortIdentity { clock: identity(3), port: 1 },
    };
    assert!(net.events.iter().any(|(node, event)| *node == 0 && *event == told));
    let _ = several;
    assert!(net.sent_by((0, 0), MessageType::Announce).is_empty());
}

#[test]
fn no_sync_for_three_intervals_ends_a_reign() {
    let mut net = Net::new([station(1, 1), station(2, 1)], &[&[(0, 0), (1, 0)]]);
    net.delays_ns[0] = LINK_NS;
    net.run(20.0);
    assert_eq!(net.state((1, 0)), PortState::Uncalibrated);
    net.nodes[0].alive = false;
    net.run(0.6);
    assert_eq!(net.state((1, 0)), PortState::TimeTransmitter);
}

/// As in cars: nobody announces, ports are held in their roles, and rates fall once all is well.
#[test]
fn without_announce_whoever_sends_sync_is_followed() {
    let clocks = [(1, Held::TimeTransmitter), (2, Held::TimeReceiver)].map(|(n, held)| {
        let mut settings = station(n, 1);
        let instance = &mut settings.instances[0];
        instance.edition = Edition::External;
        let port = &mut instance.ports[0];
        (port.held, port.announces, port.needs_capable) = (held, false, false);
        port.request = (Some(LogInterval::new(0)), Some(LogInterval::new(2)));
        settings
    });
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)]]);
    net.run(1.0);
    assert_eq!(net.state((1, 0)), PortState::Uncalibrated, "Sync comes eight times a second");
    assert!(net.sent.iter().all(|sent| sent.octets[0] & 15 != 11), "no Announce");
    let state = ServoState { locked: true, offset: Span::ZERO, mean_delay: Span::ZERO };
    net.feed(1, Input::Servo { instance: 0, state });
    assert_eq!(net.state((1, 0)), PortState::TimeReceiver);
    net.run(2.0);
    net.sent.clear();
    net.run(8.0);
    let count = |kind| net.sent_by((0, 0), kind).len();
    assert_eq!((count(MessageType::Sync), count(MessageType::PdelayReq)), (8, 2));
    // Silence changes nothing, and another sender is followed once the first is long gone.
    net.nodes[0].alive = false;
    net.run(60.0);
    assert_eq!(net.state((1, 0)), PortState::TimeReceiver);
}

#[test]
fn an_interval_request_stops_and_restores_what_was_configured() {
    let mut net = Net::new([station(1, 1), station(2, 1)], &[&[(0, 0), (1, 0)]]);
    net.delays_ns[0] = LINK_NS;
    net.run(10.0);
    let ask = |net: &mut Net, sync, announce| {
        let mut octets = [0; 64];
        let mut tlvs = TlvWriter::new(&mut octets);
        let asked = IntervalRequest {
            link_delay: LogInterval::new(-128),
            time_sync: LogInterval::new(sync),
            announce: LogInterval::new(announce),
            flags: IntervalRequestFlags(0),
        };
        let body = OrganizationBody::IntervalRequest(asked);
        let kind = TlvType::ORGANIZATION_EXTENSION;
        TlvBody::Organization { kind, body }.encode(&mut tlvs).unwrap();
        let header = Header {
            sdo_id: SdoId(0x100),
            minor_version: 1,
            domain: 0,
            flags: Flags(0),
            correction: Span::ZERO,
            type_specific: 0,
            source: PortIdentity { clock: identity(2), port: 1 },
            sequence_id: 9,
            control: 0,
            log_interval: LogInterval::NONE,
        };
        let mut frame = [0; 128];
        let message =
            Message { header, body: Body::Signaling(PortIdentity::ALL), tlvs: tlvs.tlvs() };
        let len = message.encode(&mut frame).unwrap();
        net.hear((0, 0), Channel::General, &frame[..len]);
        net.sent.clear();
        net.run(8.0);
        let count = |kind| net.sent_by((0, 0), kind).len();
        (count(MessageType::Sync), count(MessageType::Announce))
    };
    assert_eq!(ask(&mut net, -2, 2), (32, 2));
    assert_eq!(ask(&mut net, 127, -128), (0, 2));
    assert_eq!(ask(&mut net, 126, 126), (64, 8));
    // An interval that nobody sends at changes nothing and is counted.
    assert_eq!(ask(&mut net, 99, -128), (64, 8));
    let refused = Event::Discarded { port: PortIndex(0), reason: Discard::Interval };
    assert!(net.events.iter().any(|(_, event)| *event == refused));
}

/// The common mean link delay service: one measurement for two domains, under its own sdoId.
#[test]
fn the_common_service_measures_once_for_every_domain() {
    let clocks = [1, 2].map(|n| {
        let mut settings = station(n, 1);
        settings.links[0].common = true;
        let mut other = settings.instances[0].clone();
        other.domain = 1;
        settings.instances.push(other);
        settings
    });
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)]]);
    net.delays_ns[0] = LINK_NS;
    net.run(20.0);
    let asked = net.sent_by((1, 0), MessageType::PdelayReq);
    assert!((18..=22).contains(&asked.len()), "{}", asked.len());
    for kind in [MessageType::PdelayReq, MessageType::PdelayResp, MessageType::PdelayRespFollowUp] {
        for message in net.sent_by((0, 0), kind) {
            assert_eq!((message.header.sdo_id, message.header.domain), (SdoId(0x200), 0));
        }
    }
    for instance in 0..2 {
        let state = net.nodes[1].engine.port_state(instance, PortIndex(0));
        assert_eq!(state, PortState::Uncalibrated, "domain {instance}");
        let links = net.measurements.iter().filter(|(node, measurement)| {
            let of_link = matches!(measurement.exchange, Exchange::Link { .. });
            *node == 1 && measurement.instance == instance && of_link
        });
        assert!(links.count() > 15, "domain {instance}");
    }
    assert!(net.nodes[1].engine.neighbor(PortIndex(0)).2.is_ok());
}
