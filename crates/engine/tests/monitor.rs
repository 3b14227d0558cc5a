//! What a time receiver reports of its measurements (16.11), against the truth of the world.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use time::*;
use wire::*;

/// By how much the receiver's clock is ahead.
const AHEAD: Span = Span::from_nanos(1_234);
const DELAY: Span = Span::from_nanos(DELAY_NS as i64);

fn pair(mechanism: DelayMechanism, change: impl Fn(&mut MonitorSettings)) -> Net {
    let mut clocks = [clock(1, 1), clock(2, 1)];
    for settings in &mut clocks {
        settings.instances[0].ports[0].delay_mechanism = mechanism;
    }
    let monitor = &mut clocks[1].instances[0].ports[0].options.monitor;
    change(monitor);
    let mut net = Net::new(clocks, &[&[(0, 0), (1, 0)]]);
    net.nodes[1].offset += AHEAD;
    net
}

/// The TLVs of one type of the receiver's signaling messages, as their values' octets.
fn reports(net: &Net, kind: TlvType) -> Vec<Vec<u8>> {
    let messages = net.sent_by((1, 0), MessageType::Signaling);
    let tlvs = messages.iter().flat_map(|message| message.tlvs.iter());
    tlvs.filter(|tlv| tlv.kind == kind).map(|tlv| tlv.value.to_vec()).collect()
}

fn number(octets: &[u8]) -> i64 {
    let sign = if octets[0] < 0x80 { 0 } else { -1 };
    octets.iter().fold(sign, |number, octet| number << 8 | i64::from(*octet))
}

/// A Timestamp's octets.
fn moment(octets: &[u8]) -> Timestamp {
    Timestamp::new(number(&octets[..6]), number(&[&[0], &octets[6..10]].concat()) as u32)
}

/// What the transmitter said of its Syncs: sequenceId and preciseOriginTimestamp.
fn origins(net: &Net) -> Vec<(i64, Timestamp)> {
    let follow_ups = net.sent_by((0, 0), MessageType::FollowUp);
    let of = |message: &Message<'_>| match message.body {
        Body::FollowUp(origin) => (i64::from(message.header.sequence_id), origin),
        _ => panic!(),
    };
    follow_ups.iter().map(of).collect()
}

fn transmitter() -> [u8; 10] {
    let [a, b, c, d, e, f, g, h] = identity(1).0;
    [a, b, c, d, e, f, g, h, 0, 1]
}

#[test]
fn each_sync_is_reported_with_its_times() {
    let mut net = pair(DelayMechanism::E2e, |monitor| (monitor.timing, monitor.batch) = (true, 3));
    net.run(40.0);
    let reports = reports(&net, TlvType::SLAVE_RX_SYNC_TIMING_DATA);
    assert!(reports.len() > 8, "{}", reports.len());
    let origins = origins(&net);
    for report in &reports {
        assert_eq!(report.len(), 10 + 3 * 34);
        assert_eq!(report[..10], transmitter());
        for record in report[10..].chunks(34) {
            let (sequence, origin) = (number(&[&[0], &record[..2]].concat()), moment(&record[2..]));
            assert!(origins.contains(&(sequence, origin)), "{sequence} {origin:?}");
            assert_eq!(number(&record[12..20]), 0, "totalCorrectionField");
            assert_eq!(number(&record[20..24]), 0, "scaledCumulativeRateOffset");
            assert_eq!(moment(&record[24..]), origin + DELAY + AHEAD);
        }
    }
    for message in net.sent_by((1, 0), MessageType::Signaling) {
        assert_eq!(message.body, Body::Signaling(PortIdentity::ALL));
        assert_eq!(message.header.log_interval.log(), 0x7f);
    }
}

#[test]
fn what_came_of_each_sync_is_reported_once_the_delay_is_known() {
    let mut net = pair(DelayMechanism::E2e, |monitor| monitor.computed = true);
    net.run(40.0);
    let reports = reports(&net, TlvType::SLAVE_RX_SYNC_COMPUTED_DATA);
    assert!(reports.len() > 20);
    // Of the first nothing but its sequenceId is known.
    assert_eq!((reports[0][10], number(&reports[0][14..22])), (0, 0));
    for report in &reports[3..] {
        assert_eq!(report.len(), 12 + 22);
        assert_eq!((&report[..10], &report[10..12]), (&transmitter()[..], &[0b110, 0][..]));
        assert_eq!(number(&report[14..22]), AHEAD.to_interval());
        assert_eq!(number(&report[22..30]), DELAY.to_interval());
        assert_eq!(number(&report[30..]), 0);
    }
}

#[test]
fn with_peer_delay_the_neighbours_rate_is_reported_too() {
    let mut net = pair(DelayMechanism::P2p, |monitor| {
        (monitor.computed, monitor.sent, monitor.batch) = (true, true, 2);
    });
    // 40 ppm slower: in our seconds the neighbour gains.
    net.nodes[1].rate_ppb = -40_000;
    net.run(60.0);
    let computed = reports(&net, TlvType::SLAVE_RX_SYNC_COMPUTED_DATA);
    let last = computed.last().unwrap();
    assert_eq!((last.len(), last[10]), (12 + 2 * 22, 0b111));
    let rate = number(&last[30..34]);
    // 40 ppm in parts of 2^41; its own stamps are whole nanoseconds.
    let wanted = 40_e-6 * 2_f64.powi(41);
    assert!((rate as f64 - wanted).abs() < wanted / 1_000.0, "{rate} {wanted}");
    let sent = reports(&net, TlvType::SLAVE_TX_EVENT_TIMESTAMPS);
    assert!(sent.iter().all(|report| (report.len(), report[10]) == (12 + 2 * 12, 2)));
    assert!(sent.len() > 10);
}

#[test]
fn the_departure_of_each_delay_req_is_reported() {
    let mut net = pair(DelayMechanism::E2e, |monitor| (monitor.sent, monitor.batch) = (true, 4));
    net.run(60.0);
    let reports = reports(&net, TlvType::SLAVE_TX_EVENT_TIMESTAMPS);
    assert!(reports.len() > 8);
    let requests: Vec<_> = net
        .sent
        .iter()
        .filter(|sent| sent.from == (1, 0) && sent.octets[0] & 15 == 1)
        .map(|sent| (number(&[&[0], &sent.octets[30..32]].concat()), sent.at))
        .collect();
    for report in reports {
        assert_eq!((report.len(), report[10], report[11]), (12 + 4 * 12, 1, 0));
        for record in report[12..].chunks(12) {
            let sequence = number(&[&[0], &record[..2]].concat());
            let (_, at) = requests.iter().find(|(number, _)| *number == sequence).unwrap();
            let truth = Timestamp::new(1_800_000_000, 0) + Span::from_nanos(at.nanos() as i64);
            // The fraction of a nanosecond is not sent; here there is none.
            assert_eq!(moment(&record[2..]), truth + AHEAD);
        }
    }
}

#[test]
fn a_monitor_may_be_one_clock() {
    let there = Peer::Udp4([10, 0, 0, 9]);
    let mut net = pair(DelayMechanism::E2e, |monitor| (monitor.timing, monitor.to) = (true, there));
    net.run(20.0);
    let of_receiver = net.sent.iter().filter(|sent| sent.from.0 == 1);
    let reports: Vec<_> = of_receiver.filter(|sent| sent.octets[0] & 15 == 12).collect();
    assert!(reports.len() > 5);
    for sent in reports {
        assert_eq!(sent.to, Destination::Unicast(there));
        assert_eq!(sent.octets[6] & 0x04, 0x04, "unicastFlag");
    }
}

#[test]
fn who_hears_reports_counts_them_by_their_kind() {
    let mut net = pair(DelayMechanism::E2e, |monitor| {
        (monitor.timing, monitor.computed, monitor.sent) = (true, true, true);
    });
    net.run(20.0);
    let syncs = net.sent_by((1, 0), MessageType::Signaling).len();
    let told = |report| {
        let what = Told::Report(report);
        let told = Event::Told { instance: 0, port: PortIndex(0), what };
        net.events.iter().filter(|event| **event == (0, told)).count()
    };
    let counts = [Report::SyncTiming, Report::SyncComputed, Report::EventsSent].map(told);
    assert!(counts.iter().all(|count| *count > 5), "{counts:?}");
    assert_eq!(counts.iter().sum::<usize>(), syncs);
    let refused = |(node, event): &(usize, Event)| {
        let Event::Discarded { reason, .. } = event else { return false };
        // Both lead at first, and have no use for the other's Sync.
        *node == 0 && *reason != Discard::State
    };
    assert!(!net.events.iter().any(refused));
}

#[test]
fn who_follows_nobody_reports_nothing_and_another_parent_begins_a_new_message() {
    let mut net = pair(DelayMechanism::E2e, |monitor| (monitor.timing, monitor.batch) = (true, 16));
    net.run(18.0);
    net.nodes[0].alive = false;
    net.run(30.0);
    assert_eq!(net.grandmasters(), [1]);
    let before = net.sent_by((1, 0), MessageType::Signaling).len();
    net.run(30.0);
    assert_eq!(net.sent_by((1, 0), MessageType::Signaling).len(), before);
}
