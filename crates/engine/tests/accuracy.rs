//! Where the inaccuracy of the time comes from, as Announce says it from clock to clock (16.12).
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use time::*;
use wire::*;

/// Nanoseconds, and their square in seconds as a variance.
fn inaccuracy(ns: i64) -> Inaccuracy {
    let seconds = ns as f64 * 1e-9;
    Inaccuracy { max: Span::from_nanos(ns), variance: Float64((seconds * seconds).to_bits()) }
}

/// What a clock says of itself, by powers of ten.
fn own(ns: i64) -> EnhancedAccuracy {
    EnhancedAccuracy {
        bc_hop_count: 0,
        tc_hop_count: 0,
        grandmaster: inaccuracy(25 * ns),
        transient: inaccuracy(10 * ns),
        dynamic: inaccuracy(5 * ns),
        static_instance: inaccuracy(3 * ns),
        static_medium: inaccuracy(2 * ns),
    }
}

fn clock_of(n: u8, ports: usize, accuracy: Option<EnhancedAccuracy>) -> Settings {
    let mut settings = clock(n, ports);
    settings.instances[0].priority1 = 100 + n;
    settings.instances[0].accuracy = accuracy;
    settings
}

/// The TLV of the last Announce of a port, as octets.
fn said(net: &Net, port: At) -> Option<Vec<u8>> {
    let announces = net.sent_by(port, MessageType::Announce);
    let tlv = announces.last()?.tlvs.find(TlvType::ENHANCED_ACCURACY_METRICS)?;
    Some(tlv.value.to_vec())
}

/// Its fields, counted from the octets: hop counts, and maxima in nanoseconds with their variances.
fn fields(octets: &[u8]) -> (u8, u8, Vec<(f64, f64)>) {
    assert_eq!(octets.len(), 84);
    let pair = |pair: &[u8]| {
        let half = |at: usize| <[u8; 8]>::try_from(&pair[at..at + 8]).unwrap();
        let max = i64::from_be_bytes(half(0)) as f64 / 65_536.0;
        (max, f64::from_be_bytes(half(8)))
    };
    (octets[0], octets[1], octets[4..].chunks(16).map(pair).collect())
}

/// The octets of vector 81 from its TLV's value on.
fn of_vector() -> Vec<u8> {
    let name = "81-c-announce-enhanced-accuracy";
    let path = format!("{}/../wire/tests/vectors/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let digits = text.lines().filter(|line| !line.starts_with('#')).collect::<String>();
    let octets = digits.as_bytes().chunks(2);
    let octet = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    octets.map(octet).skip(68).collect()
}

#[test]
fn a_grandmaster_says_its_own_octet_by_octet() {
    let mut settings = clock_of(1, 1, Some(own(1)));
    let accuracy = settings.instances[0].accuracy.as_mut().unwrap();
    (accuracy.bc_hop_count, accuracy.tc_hop_count) = (1, 2);
    for said in [
        &mut accuracy.grandmaster,
        &mut accuracy.transient,
        &mut accuracy.dynamic,
        &mut accuracy.static_instance,
        &mut accuracy.static_medium,
    ] {
        said.variance = Float64(1e-18_f64.to_bits());
    }
    let mut net = Net::new([settings, clock_of(2, 1, None)], &[&[(0, 0), (1, 0)]]);
    net.run(20.0);
    assert_eq!(said(&net, (0, 0)), Some(of_vector()));
}

#[test]
fn each_boundary_clock_adds_its_own_and_counts_itself() {
    let clocks = [
        clock_of(1, 1, Some(own(1))),
        clock_of(2, 2, Some(own(10))),
        clock_of(3, 2, Some(own(100))),
        clock_of(4, 1, Some(own(7))),
    ];
    let wires: [&[At]; 3] = [&[(0, 0), (1, 0)], &[(1, 1), (2, 0)], &[(2, 1), (3, 0)]];
    let mut net = Net::new(clocks, &wires);
    net.run(60.0);
    assert_eq!(net.grandmasters(), [0]);
    let (bc, tc, sums) = fields(&said(&net, (2, 1)).unwrap());
    assert_eq!((bc, tc), (2, 0));
    let maxima: Vec<f64> = sums.iter().map(|(max, _)| *max).collect();
    assert_eq!(maxima, [25.0, 1_110.0, 555.0, 333.0, 222.0]);
    for ((_, variance), ns) in sums[1..].iter().zip([10.0, 5.0, 3.0, 2.0]) {
        let square = |factor: f64| (ns * factor * 1e-9) * (ns * factor * 1e-9);
        let wanted = square(1.0) + square(10.0) + square(100.0);
        assert!((variance / wanted - 1.0).abs() < 1e-15, "{variance:e} {wanted:e}");
    }
    // The last hears what came so far.
    let heard = net.nodes[3].engine.accuracy(0).unwrap();
    assert_eq!((heard.bc_hop_count, heard.transient.max), (2, Span::from_nanos(1_110)));
    assert_eq!(net.nodes[0].engine.accuracy(0), Some(own(1)));
}

#[test]
fn a_transparent_clock_adds_its_own_and_counts_itself() {
    let mut between = clock_of(3, 2, Some(own(10)));
    let mechanism = DelayMechanism::E2e;
    between.transparent = Some(TransparentSettings { mechanism, spanning_tree: false, frames: 8 });
    between.instances[0].role = Role::ReceiverOnly;
    between.instances[0].quality.class = 255;
    let clocks = [clock_of(1, 1, Some(own(1))), between, clock_of(4, 1, Some(own(7)))];
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)], &[(1, 1), (2, 0)]]);
    net.run(30.0);
    let heard = net.nodes[2].engine.accuracy(0).unwrap();
    assert_eq!((heard.bc_hop_count, heard.tc_hop_count), (0, 1));
    assert_eq!(heard.grandmaster, own(1).grandmaster);
    assert_eq!(heard.dynamic.max, Span::from_nanos(55));
}

#[test]
fn what_a_parent_does_not_say_is_not_made_up() {
    let clocks = [clock_of(1, 1, None), clock_of(2, 2, Some(own(10))), clock_of(3, 1, None)];
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)], &[(1, 1), (2, 0)]]);
    net.run(30.0);
    assert_eq!(net.grandmasters(), [0]);
    assert_eq!(said(&net, (1, 1)), None);
    // It leads itself, and says what it is.
    net.nodes[0].alive = false;
    net.run(30.0);
    let (bc, _, sums) = fields(&said(&net, (1, 1)).unwrap());
    assert_eq!((bc, sums[0].0), (0, 250.0));
}

/// Who has nothing to add passes on what it does not touch.
#[test]
fn without_the_option_it_goes_on_as_it_came() {
    let clocks = [clock_of(1, 1, Some(own(1))), clock_of(2, 2, None), clock_of(3, 1, None)];
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)], &[(1, 1), (2, 0)]]);
    net.run(30.0);
    assert_eq!(said(&net, (1, 1)), said(&net, (0, 0)));
}
