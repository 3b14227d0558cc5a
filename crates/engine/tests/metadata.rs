//! Synchronisation metadata of SMPTE ST 2059-2: who sends them when, and who takes them from whom.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use wire::*;

const OWN: SynchronizationMetadata = SynchronizationMetadata {
    frame_rate_numerator: 25,
    frame_rate_denominator: 1,
    locking_status: LockingStatus::LOCKED,
    time_address: TimeAddressFlags::COLOR_FRAME,
    local_offset_s: 3_563,
    jump_s: -3_600,
    next_jump: Seconds48(0x6b49_d201_0203),
    next_jam: Seconds48(1_800_000_100),
    previous_jam: Seconds48(1_799_913_700),
    previous_jam_offset_s: 7_163,
    daylight_saving: DaylightSaving::NEXT,
    leap_second_jump: LeapSecondJump(0),
};

/// The TLV by the tables of ST 2059-2, typed by hand.
const OCTETS: [u8; 52] = [
    0, 3, 0, 48, 0x68, 0x97, 0xe8, 0, 0, 1, 0, 0, 0, 25, 0, 0, 0, 1, 4, 2, 0, 0, 0x0d, 0xeb, 0xff,
    0xff, 0xf1, 0xf0, 0x6b, 0x49, 0xd2, 1, 2, 3, 0, 0, 0x6b, 0x49, 0xd2, 0x64, 0, 0, 0x6b, 0x48,
    0x80, 0xe4, 0, 0, 0x1b, 0xfb, 2, 0,
];

/// Three clocks in a row; the first leads, all may send, and each would say something else.
fn row() -> Net {
    let clock = |n: u8| {
        let mut settings = net::clock(n, if n == 2 { 2 } else { 1 });
        settings.instances[0].priority1 = n;
        let frame_rate_numerator = u32::from(n) * 25;
        settings.instances[0].metadata =
            Some(SynchronizationMetadata { frame_rate_numerator, ..OWN });
        settings
    };
    let mut net = Net::new((1..=3).map(clock), &[&[(0, 0), (1, 0)], &[(1, 1), (2, 0)]]);
    net.run(40.0);
    net
}

fn managed(net: &Net, from: At) -> Vec<&Sent> {
    let ours = net.sent.iter().filter(|sent| sent.from == from);
    ours.filter(|sent| sent.octets[0] & 0x0f == 0xd).collect()
}

#[test]
fn a_leader_sends_them_once_a_second_to_all_and_no_further() {
    let mut net = row();
    net.sent.clear();
    net.run(10.0);
    let sent = managed(&net, (0, 0));
    assert_eq!(sent.len(), 10);
    for (n, sent) in sent.iter().enumerate() {
        assert_eq!(sent.to, Destination::Multicast);
        // targetPortIdentity, both hops, COMMAND.
        assert_eq!(sent.octets[34..48], [[0xff; 10].as_slice(), &[0, 0, 3, 0]].concat());
        assert_eq!(sent.octets[48..], OCTETS);
        let sequence = |sent: &Sent| u16::from_be_bytes([sent.octets[30], sent.octets[31]]);
        assert_eq!(sequence(sent), sequence(managed(&net, (0, 0))[0]).wrapping_add(n as u16));
    }
    assert!(managed(&net, (2, 0)).is_empty(), "who follows says nothing");
}

#[test]
fn who_follows_keeps_them_and_a_boundary_clock_passes_them_on() {
    let net = row();
    let said = |node: usize| net.nodes[node].engine.metadata(0);
    assert_eq!(said(0), None);
    assert_eq!(said(1), Some((net.nodes[0].engine.port_identity(0, PortIndex(0)), OWN)));
    assert_eq!(said(2), Some((net.nodes[1].engine.port_identity(0, PortIndex(1)), OWN)));
    let told = net.events.iter().filter(|(_, event)| matches!(event, Event::Metadata { .. }));
    assert_eq!(told.count(), 2, "news is told once");
}

#[test]
fn who_leads_anew_says_its_own_and_forgets_the_others() {
    let mut net = row();
    net.nodes[0].alive = false;
    net.run(40.0);
    assert_eq!(net.nodes[1].engine.metadata(0), None);
    let (_, said) = net.nodes[2].engine.metadata(0).unwrap();
    assert_eq!(said.frame_rate_numerator, 50);
}

#[test]
fn wrong_lengths_and_strangers_are_counted_and_not_believed() {
    let mut net = row();
    let before = net.nodes[2].engine.metadata(0);
    net.run(0.5);
    let octets = managed(&net, (1, 1)).last().unwrap().octets.clone();
    let change = |at: usize, octet: u8| {
        let mut octets = octets.clone();
        octets[at] = octet;
        octets
    };
    let longer = {
        let mut octets = [&octets[..], &[0, 0]].concat();
        (octets[3], octets[51]) = (octets[3] + 2, 50);
        octets
    };
    let shorter = {
        let mut octets = octets[..octets.len() - 2].to_vec();
        (octets[3], octets[51]) = (octets[3] - 2, 46);
        octets
    };
    // Another sender; no frames a second; another organization.
    let cases =
        [longer, shorter, change(27, 77), change(61, 0), change(57, 0x22)].into_iter().enumerate();
    for (n, octets) in cases {
        net.events.clear();
        net.hear((2, 0), Channel::General, &octets);
        let discards = net.events.iter().filter_map(|(_, event)| match event {
            Event::Discarded { reason, .. } => Some(*reason),
            _ => None,
        });
        let discards: Vec<_> = discards.collect();
        let expected = match n {
            0 | 1 => matches!(discards[..], [Discard::Malformed(_)]),
            2 => discards == [Discard::NotParent],
            3 => discards == [Discard::Implausible],
            _ => discards == [Discard::Unsupported(MessageType::Management)],
        };
        assert!(expected, "{n}: {discards:?}");
        assert_eq!(net.nodes[2].engine.metadata(0), before);
    }
}
