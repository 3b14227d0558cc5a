//! What a port says of how it can be reached, what it hears of that and of physical layers, and PAD.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use wire::*;

fn octets(digits: &str) -> Vec<u8> {
    let digits: String = digits.split_whitespace().collect();
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A vector of the wire's tests.
fn vector(name: &str) -> Vec<u8> {
    let path = format!("{}/../wire/tests/vectors/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    octets(&text.lines().filter(|line| !line.starts_with('#')).collect::<String>())
}

/// A signaling message with these TLVs in hexadecimal.
fn signaling(tlvs: &str) -> Vec<u8> {
    let mut frame = vector("80-c-signaling-port-comm-availability");
    frame.truncate(44);
    frame.extend(octets(tlvs));
    frame[3] = frame.len() as u8;
    frame
}

fn hear(net: &mut Net, octets: &[u8]) -> (Vec<Told>, Vec<Discard>) {
    net.events.clear();
    net.hear((0, 0), Channel::General, octets);
    let told = net.events.iter().filter_map(|(_, event)| match event {
        Event::Told { what, .. } => Some(*what),
        _ => None,
    });
    let discards = net.events.iter().filter_map(|(_, event)| match event {
        Event::Discarded { reason, .. } => Some(*reason),
        _ => None,
    });
    (told.collect(), discards.collect())
}

fn words(net: &Net) -> Words {
    net.nodes[0].engine.words(0, PortIndex(0))
}

#[test]
fn how_somebody_can_be_reached_is_told_once_and_kept() {
    let mut net = Net::new([clock(1, 1)], &[]);
    let frame = vector("80-c-signaling-port-comm-availability");
    assert_eq!(hear(&mut net, &frame), (vec![Told::Availability, Told::Address], vec![]));
    assert_eq!(hear(&mut net, &frame), (vec![], vec![]));
    let said = words(&net);
    let ways = Availability(0x0d);
    let availability = CommunicationAvailability { sync: ways, delay_resp: ways };
    assert_eq!(said.availability, Some(availability));
    assert_eq!(said.address, Some(Peer::Udp4([10, 78, 0, 1])));
    // Who comes with the next link may say something else.
    net.link((0, 0), LinkState::Down);
    net.link((0, 0), LinkState::Up);
    assert_eq!(words(&net), Words::default());
}

/// Annex L: config and status, then, if the fourth flag says so, 38 octets of parameters.
#[test]
fn the_state_of_a_physical_layer_is_told_with_and_without_its_parameters() {
    let mut net = Net::new([clock(1, 1)], &[]);
    let plain = signaling("8001 0002 0703");
    assert_eq!(hear(&mut net, &plain), (vec![Told::Layer1], vec![]));
    let (config, status) = words(&net).layer1.unwrap();
    assert_eq!((config.0, status.0), (7, 3));
    let more = signaling(&format!("8001 0028 0f07 07 {}", "00".repeat(37)));
    assert_eq!(hear(&mut net, &more), (vec![Told::Layer1], vec![]));
    for bad in [
        "8001 0002 0f03".to_owned(),
        format!("8001 0028 0703 07 {}", "00".repeat(37)),
        format!("8001 0026 0f03 07 {}", "00".repeat(35)),
    ] {
        let (told, discards) = hear(&mut net, &signaling(&bad));
        assert!(told.is_empty(), "{bad}");
        assert!(matches!(discards[..], [Discard::Malformed(_)]), "{bad}: {discards:?}");
    }
}

#[test]
fn announce_says_how_we_can_be_reached_octet_by_octet() {
    let mut settings = clock(1, 1);
    let port = &mut settings.instances[0].ports[0];
    port.options.availability = true;
    port.options.address = Peer::Udp4([10, 78, 0, 1]);
    let mut serving = UnicastSettings::new(PortIndex(0));
    serving.serving = Some(ServingSettings::default());
    settings.instances[0].unicast = vec![serving];
    let mut net = Net::new([settings, clock(2, 1)], &[&[(0, 0), (1, 0)]]);
    net.run(20.0);
    let announces = net.sent_by((0, 0), MessageType::Announce);
    // Multicast, unicast, and unicast that is negotiated.
    let wanted = octets("8002 0002 0f0f 8003 0008 0001 0004 0a4e0001");
    assert_eq!(announces.last().unwrap().tlvs.octets(), wanted);
    let heard = net.nodes[1].engine.words(0, PortIndex(0));
    assert_eq!(heard.address, Some(Peer::Udp4([10, 78, 0, 1])));
    let said = heard.availability.unwrap();
    assert_eq!((said.sync, said.delay_resp), (Availability(0x0f), Availability(0x0f)));
}

#[test]
fn who_has_no_unicast_service_says_so() {
    let mut settings = clock(1, 1);
    let port = &mut settings.instances[0].ports[0];
    (port.options.availability, port.delay_mechanism) = (true, DelayMechanism::P2p);
    let mut net = Net::new([settings], &[]);
    net.run(20.0);
    let announces = net.sent_by((0, 0), MessageType::Announce);
    assert_eq!(announces.last().unwrap().tlvs.octets(), octets("8002 0002 0100"));
}

/// A TLV of type 0x8008 with zeros, which the standard has for nothing else.
#[test]
fn event_messages_are_as_long_as_they_are_to_be() {
    for (least, sync, pdelay) in
        [(0, 44, 54), (45, 48, 54), (62, 62, 62), (55, 56, 58), (512, 512, 512)]
    {
        let mut clocks = [clock(1, 1), clock(2, 1)];
        for settings in &mut clocks {
            let port = &mut settings.instances[0].ports[0];
            port.options.event_length = least;
            port.delay_mechanism = DelayMechanism::P2p;
        }
        let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)]]);
        net.run(20.0);
        assert_eq!(net.grandmasters(), [0]);
        let lengths = |kind: u8| {
            let of_kind = net.sent.iter().filter(move |sent| sent.octets[0] & 15 == kind);
            of_kind.map(|sent| sent.octets.len()).collect::<Vec<_>>()
        };
        assert!(lengths(0).iter().all(|len| *len == sync), "{least}: {:?}", lengths(0));
        for kind in [2, 3] {
            assert!(lengths(kind).iter().all(|len| *len == pdelay), "{least}: {:?}", lengths(kind));
        }
        assert!(lengths(8).iter().all(|len| *len == 44), "a Follow_Up is no event message");
        for sent in net.sent.iter().filter(|sent| sent.octets[0] & 15 == 0) {
            let pad = &sent.octets[44..];
            assert!(pad.is_empty() || pad[..2] == [0x80, 8] && pad[4..].iter().all(|o| *o == 0));
        }
        // Whoever hears it measures as before.
        assert!(net.measurements.len() > 20);
    }
}
