//! Other best clock algorithms than the default one, and what overrides them.
#![forbid(unsafe_code)]

mod net;

use engine::*;
use net::*;
use wire::*;

/// Two ordinary clocks on a wire after half a minute, both changed by `change` with their number.
fn pair(change: impl Fn(u8, &mut InstanceSettings)) -> Net {
    let settings = (1..=2).map(|n| {
        let mut settings = clock(n, 1);
        change(n, &mut settings.instances[0]);
        settings
    });
    let mut net = Net::new(settings, &[&[(0, 0), (1, 0)]]);
    net.run(30.0);
    net
}

/// By `edition`, the second clock leads for the sake of `change` alone.
fn second_leads(edition: Edition, change: impl Fn(&mut InstanceSettings)) -> bool {
    let net = pair(|n, instance| {
        instance.edition = edition;
        instance.quality.class = 200;
        instance.quality.accuracy = ClockAccuracy(0x25);
        instance.quality.variance = 0x4000;
        if n == 2 {
            change(instance);
        }
    });
    assert_eq!(net.grandmasters().len(), 1);
    net.grandmasters() == [1]
}

#[test]
fn the_alternate_algorithm_of_g8275_knows_no_priority1_and_a_local_one() {
    let leads = |change: fn(&mut InstanceSettings)| second_leads(Edition::G8275, change);
    assert!(!leads(|i| i.priority1 = 1));
    assert!(leads(|i| (i.quality.class, i.quality.accuracy) = (150, ClockAccuracy(0x30))));
    assert!(leads(|i| (i.quality.accuracy, i.quality.variance) = (ClockAccuracy(0x21), 0xffff)));
    assert!(leads(|i| (i.quality.variance, i.priority2) = (0x3fff, 255)));
    assert!(leads(|i| i.priority2 = 127));
    // It is nobody else's business: each of the two finds itself the better.
    let net = pair(|n, instance| {
        instance.edition = Edition::G8275;
        instance.local_priority = 129 - n;
    });
    assert_eq!(net.grandmasters(), [0, 1]);
}

#[test]
fn a_local_priority_of_the_port_decides_between_equals() {
    let clocks = (1..=3).map(|n| {
        let mut settings = clock(n, if n == 3 { 2 } else { 1 });
        let instance = &mut settings.instances[0];
        instance.edition = Edition::G8275;
        instance.quality.class = if n == 3 { 248 } else { 200 };
        if n == 2 {
            // Else it would follow the first, over the third.
            instance.local_priority = 100;
        }
        if n == 3 {
            instance.ports[1].local_priority = 100;
        }
        settings
    });
    let mut net = Net::new(clocks, &[&[(0, 0), (2, 0)], &[(1, 0), (2, 1)]]);
    net.run(40.0);
    let parent = net.nodes[2].engine.parent(0);
    assert_eq!(parent.grandmaster, identity(2), "its identity is the worse, its port the better");
}

/// Two primary clocks at the ends of a chain of boundary clocks; by the alternate algorithm each
/// clock follows the nearer one (G.8275.1, 6.3.7).
#[test]
fn several_primary_clocks_lead_at_a_time_by_g8275() {
    let chain = |n: u8, ports| {
        let mut settings = clock(n, ports);
        let instance = &mut settings.instances[0];
        instance.edition = Edition::G8275;
        if ports == 1 {
            instance.quality =
                ClockQuality { class: 6, accuracy: ClockAccuracy(0x21), variance: 0x4e5d };
        }
        settings
    };
    let clocks = [chain(1, 1), chain(3, 2), chain(4, 2), chain(2, 1)];
    let wires: [&[At]; 3] = [&[(0, 0), (1, 0)], &[(1, 1), (2, 0)], &[(2, 1), (3, 0)]];
    let mut net = Net::new(clocks, &wires);
    net.run(60.0);
    assert_eq!(net.grandmasters(), [0, 3]);
    assert_eq!(net.nodes[1].engine.parent(0).grandmaster, identity(1));
    assert_eq!(net.nodes[2].engine.parent(0).grandmaster, identity(2));
}

#[test]
fn g8265_looks_at_the_quality_level_and_then_at_the_operators_order() {
    let leads = |change: fn(&mut InstanceSettings)| second_leads(Edition::G8265, change);
    assert!(leads(|i| i.quality.class = 84));
    assert!(!leads(|i| (i.priority1, i.quality.accuracy) = (1, ClockAccuracy(0x20))));
}

#[test]
fn by_802_1as_one_announce_is_enough_and_nobody_qualifies() {
    let net = pair(|n, instance| {
        instance.edition = Edition::Ieee8021As;
        instance.priority1 = 248 - n;
    });
    assert_eq!(net.grandmasters(), [1]);
    let to = |event: &Event| match event {
        Event::State { to, .. } => Some(*to),
        _ => None,
    };
    let states: Vec<_> =
        net.events.iter().filter_map(|(n, event)| to(event).map(|s| (*n, s))).collect();
    assert!(!states.iter().any(|(node, state)| *node == 1 && *state == PortState::Passive));
    let first = net.events.iter().position(|(n, e)| *n == 0 && matches!(e, Event::Parent { .. }));
    assert!(first.is_some());
}

#[test]
fn by_802_1as_a_ring_of_relays_has_one_passive_port() {
    let clocks = (1..=4).map(|n| {
        let mut settings = clock(n, 2);
        settings.instances[0].edition = Edition::Ieee8021As;
        settings
    });
    let wires: Vec<Vec<At>> = (0..4).map(|n| vec![(n, 1), ((n + 1) % 4, 0)]).collect();
    let wires: Vec<&[At]> = wires.iter().map(Vec::as_slice).collect();
    let mut net = Net::new(clocks, &wires);
    net.run(40.0);
    assert_eq!(net.grandmasters(), [0]);
    let all: Vec<At> = (0..4).flat_map(|node| [(node, 0), (node, 1)]).collect();
    let passive = all.iter().filter(|at| net.state(**at) == PortState::Passive).count();
    assert_eq!(passive, 1);
    assert!(net.trees().unwrap().values().all(|root| *root == 0));
}

#[test]
fn a_port_is_held_in_the_state_that_was_set() {
    let mut settings = vec![clock(1, 1), clock(2, 2), clock(3, 1)];
    for settings in &mut settings {
        settings.instances[0].edition = Edition::External;
    }
    // The best clock of all is held back, and the worst leads.
    settings[2].instances[0].priority1 = 255;
    settings[2].instances[0].ports[0].held = Held::TimeTransmitter;
    settings[1].instances[0].ports[1].held = Held::TimeReceiver;
    settings[1].instances[0].ports[0].held = Held::TimeTransmitter;
    settings[0].instances[0].ports[0].held = Held::TimeReceiver;
    let wires: [&[At]; 2] = [&[(0, 0), (1, 0)], &[(1, 1), (2, 0)]];
    let mut net = Net::new(settings, &wires);
    net.run(20.0);
    assert_eq!(net.grandmasters(), [2]);
    assert_eq!(net.state((0, 0)), PortState::Uncalibrated);
    assert_eq!(net.nodes[0].engine.parent(0).grandmaster, identity(3));
    assert_eq!(net.nodes[0].engine.current(0).steps_removed, 2);
    // Silence changes nothing.
    net.nodes[2].alive = false;
    net.run(100.0);
    assert_eq!(net.state((1, 0)), PortState::TimeTransmitter);
    assert_eq!(net.state((1, 1)), PortState::Uncalibrated);
}

#[test]
fn only_acceptable_clocks_are_followed() {
    let any = u16::MAX;
    let accepts = |clock: u8, port, priority1| {
        let port = PortIdentity { clock: identity(clock), port };
        vec![Acceptable { port, priority1 }]
    };
    let follows = |table: Vec<Acceptable>, own: u8| {
        let net = pair(|n, instance| {
            instance.priority1 = if n == 1 { 1 } else { own };
            if n == 2 {
                instance.acceptable = table.clone();
            }
        });
        net.state((1, 0)) == PortState::Uncalibrated
    };
    assert!(follows(accepts(1, any, 0), 100));
    assert!(follows(accepts(1, 1, 0), 100));
    assert!(!follows(accepts(1, 2, 0), 100));
    assert!(!follows(accepts(7, any, 0), 100));
    assert!(!follows(accepts(1, any, 200), 100), "alternatePriority1 stands for its priority1");
}

#[test]
fn a_worse_class_than_the_limit_is_not_followed() {
    let follows = |limit| {
        let net = pair(|n, instance| {
            if n == 1 {
                instance.quality.class = 187;
            } else {
                instance.class_max = limit;
            }
        });
        net.state((1, 0)) == PortState::Uncalibrated
    };
    assert!(follows(187));
    assert!(!follows(186));
}

/// Two ports of one clock on one wire: the lower leads, the other stands by, and leads once the
/// first is gone.
#[test]
fn of_two_own_ports_on_one_wire_the_lower_leads() {
    let mut net = Net::new([clock(1, 2)], &[&[(0, 0), (0, 1)]]);
    net.run(30.0);
    assert_eq!(net.state((0, 0)), PortState::TimeTransmitter);
    assert_eq!(net.state((0, 1)), PortState::Passive);
    let told = net.events.iter().filter(|(_, event)| matches!(event, Event::SameWire { .. }));
    assert_eq!(told.count(), 1);
    net.link((0, 0), LinkState::Down);
    net.run(30.0);
    assert_eq!(net.state((0, 1)), PortState::TimeTransmitter);
}

#[test]
fn what_a_neighbour_says_against_the_profile_is_told_once() {
    let net = pair(|n, instance| {
        if n == 1 {
            instance.priority1 = 7;
        } else {
            instance.expected = Expected {
                announce: Some((1, 4)),
                sync: Some((-7, -1)),
                delay: Some((1, 5)),
                priority1: Some((128, 128)),
                ..Expected::default()
            };
        }
    });
    let told: Vec<Deviation> = net
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            Event::Deviation { what, .. } => Some(*what),
            _ => None,
        })
        .collect();
    assert_eq!(told, [Deviation::Sync(0), Deviation::Priority1(7), Deviation::Delay(0)]);
}
