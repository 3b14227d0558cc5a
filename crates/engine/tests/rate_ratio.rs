//! The grandmaster's rate, said by it and multiplied from clock to clock (16.10).
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use wire::*;

/// By how much each clock of a chain runs faster than time, in parts per 10^9.
const RATES: [i64; 4] = [5_000, 40_000, -30_000, 80_000];

/// A grandmaster, two boundary clocks and a last one.
fn chain(mechanism: DelayMechanism, change: impl Fn(usize, &mut InstanceSettings)) -> Net {
    let clocks = [1, 2, 2, 1].into_iter().enumerate().map(|(n, ports)| {
        let mut settings = clock(n as u8 + 1, ports);
        let instance = &mut settings.instances[0];
        instance.priority1 = 100 + n as u8;
        instance.rate_ratio = true;
        for port in &mut instance.ports {
            port.delay_mechanism = mechanism;
        }
        change(n, instance);
        settings
    });
    let wires: [&[At]; 3] = [&[(0, 0), (1, 0)], &[(1, 1), (2, 0)], &[(2, 1), (3, 0)]];
    let mut net = Net::new(clocks, &wires);
    for (node, rate_ppb) in net.nodes.iter_mut().zip(RATES) {
        node.rate_ppb = rate_ppb;
    }
    net.run(60.0);
    assert_eq!(net.grandmasters(), [0]);
    net
}

/// The grandmaster's rate over a node's, less one, in parts per 10^9.
fn wanted_ppb(node: usize) -> f64 {
    let rate = |n: usize| 1.0 + RATES[n] as f64 * 1e-9;
    (rate(0) / rate(node) - 1.0) * 1e9
}

fn ppb(offset: i32) -> f64 {
    f64::from(offset) / 2_f64.powi(41) * 1e9
}

/// What the last message of a kind of a port says, as the TLV's octets.
fn said(net: &Net, port: At, kind: MessageType) -> Option<i32> {
    let messages = net.sent_by(port, kind);
    let tlv = messages.last().unwrap().tlvs.find(TlvType::CUMULATIVE_RATE_RATIO)?;
    Some(i32::from_be_bytes(tlv.value.try_into().unwrap()))
}

#[test]
fn each_clock_says_the_grandmasters_rate_over_its_own() {
    for mechanism in [DelayMechanism::E2e, DelayMechanism::P2p] {
        let net = chain(mechanism, |_, _| {});
        assert_eq!(said(&net, (0, 0), MessageType::FollowUp), Some(0));
        for node in 1..3 {
            let said = ppb(said(&net, (node, 1), MessageType::FollowUp).unwrap());
            assert!((said - wanted_ppb(node)).abs() < 2.0, "{mechanism:?} {node}: {said}");
        }
        let last = net.nodes[3].engine.rate_ratio(0).unwrap();
        let last = ppb(last.scaled_offset());
        assert!((last - wanted_ppb(3)).abs() < 2.0, "{mechanism:?}: {last} {}", wanted_ppb(3));
    }
}

#[test]
fn a_sync_of_one_step_says_it_itself() {
    let net = chain(DelayMechanism::E2e, |n, instance| instance.ports[0].one_step = n == 0);
    assert_eq!(said(&net, (0, 0), MessageType::Sync), Some(0));
    assert!(net.sent_by((0, 0), MessageType::FollowUp).is_empty());
}

#[test]
fn who_hears_nothing_of_the_grandmasters_rate_says_nothing() {
    let net = chain(DelayMechanism::E2e, |n, instance| instance.rate_ratio = n != 0);
    for node in 1..3 {
        assert_eq!(said(&net, (node, 1), MessageType::FollowUp), None);
        assert_eq!(net.nodes[node].engine.rate_ratio(0), None);
    }
    let net = chain(DelayMechanism::E2e, |_, instance| instance.rate_ratio = false);
    assert_eq!(said(&net, (0, 0), MessageType::FollowUp), None);
}

#[test]
fn another_grandmaster_begins_anew() {
    let mut net = chain(DelayMechanism::E2e, |_, _| {});
    net.nodes[0].alive = false;
    net.run(60.0);
    assert_eq!(net.grandmasters(), [1]);
    assert_eq!(said(&net, (1, 1), MessageType::FollowUp), Some(0));
    let rate = |n: usize| 1.0 + RATES[n] as f64 * 1e-9;
    let last = ppb(net.nodes[3].engine.rate_ratio(0).unwrap().scaled_offset());
    let wanted = (rate(1) / rate(3) - 1.0) * 1e9;
    assert!((last - wanted).abs() < 2.0, "{last} {wanted}");
}
