//! Towards peers and cards that drop version 2.1 of PTP, version 2.0 is spoken.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use wire::*;

/// A leader that drops event messages of version 2.1, or all of them, and a receiver.
fn pair(mechanism: DelayMechanism, drops: fn(&[u8]) -> bool) -> Net {
    let clocks = [1, 2].map(|n| {
        let mut settings = clock(n, 1);
        settings.instances[0].priority1 = 100 + n;
        settings.instances[0].ports[0].delay_mechanism = mechanism;
        settings
    });
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)]]);
    net.drops = Some(((0, 0), drops));
    net.run(60.0);
    net
}

fn is_event(octets: &[u8]) -> bool {
    octets[0] & 0x0f < 8
}

fn turns(net: &Net) -> Vec<u8> {
    let turn = |(node, event): &(usize, Event)| match event {
        Event::Version { minor, .. } if *node == 1 => Some(*minor),
        _ => None,
    };
    net.events.iter().filter_map(turn).collect()
}

#[test]
fn a_peer_that_drops_2_1_is_spoken_to_in_2_0() {
    for mechanism in [DelayMechanism::E2e, DelayMechanism::P2p] {
        let net = pair(mechanism, |octets| is_event(octets) && octets[1] >> 4 == 1);
        assert_eq!(turns(&net), [0]);
        let delays = net.measurements.iter().filter(|(node, measurement)| {
            *node == 1 && !matches!(measurement.exchange, time::Exchange::Sync { .. })
        });
        assert!(delays.count() > 20, "{mechanism:?}");
        let kind = match mechanism {
            DelayMechanism::P2p => MessageType::PdelayReq,
            _ => MessageType::DelayReq,
        };
        let last = net.sent_by((1, 0), kind).pop().unwrap();
        assert_eq!(last.header.minor_version, 0);
    }
}

#[test]
fn where_2_0_does_not_help_either_2_1_is_spoken_again() {
    let mut net = pair(DelayMechanism::E2e, is_event);
    net.run(60.0);
    assert_eq!(turns(&net), [0, 1]);
    let last = net.sent_by((1, 0), MessageType::DelayReq).pop().unwrap();
    assert_eq!(last.header.minor_version, 1);
}

#[test]
fn nobody_speaks_another_version_because_nobody_is_there() {
    let mut settings = clock(1, 1);
    settings.instances[0].ports[0].delay_mechanism = DelayMechanism::P2p;
    let mut net = Net::new([settings], &[]);
    net.run(100.0);
    assert!(!net.events.iter().any(|(_, event)| matches!(event, Event::Version { .. })));
}

/// A card that stamps nothing of 2.1.
#[test]
fn a_card_that_stamps_nothing_of_2_1_is_given_2_0() {
    let clocks = [1, 2].map(|n| clock(n, 1));
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)]]);
    net.unstamped = Some((0, |octets| octets[1] >> 4 == 1));
    net.run(60.0);
    let fell = Event::Version { port: PortIndex(0), minor: 0 };
    assert!(net.events.iter().any(|(node, event)| *node == 0 && *event == fell));
    let followed = net.sent_by((0, 0), MessageType::FollowUp);
    assert!(followed.len() > 20);
}
