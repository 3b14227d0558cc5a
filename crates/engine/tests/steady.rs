//! A simulated day: the same bytes for the same seed, no allocation, whatever is received.
#![forbid(unsafe_code)]

mod world;

use engine::*;
use time::*;
use world::*;

fn day(seed: u64, mechanism: DelayMechanism) -> World {
    let mut world = World::ordinary(2, |n, settings| {
        settings.seed = seed + u64::from(n);
        settings.instances[0].ports[0].delay_mechanism = mechanism;
    });
    world.keep = false;
    world.nodes[1].rate_ppb = 12_345;
    let allocations = allocation_counter::measure(|| world.run(86_400.0));
    assert_eq!(allocations.count_total, 0, "allocations within a day");
    assert_eq!(world.leaders(), [0]);
    world
}

#[test]
fn a_day_has_the_same_bytes_for_the_same_seed() {
    for mechanism in [DelayMechanism::E2e, DelayMechanism::P2p] {
        assert_eq!(day(1, mechanism).digest, day(1, mechanism).digest);
        assert_ne!(day(1, mechanism).digest, day(2, mechanism).digest);
    }
}

/// Frames of every type with anything in them, some with a sane header.
fn garbage(state: &mut u64, bytes: &mut [u8; 200]) -> usize {
    let mut next = || {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    };
    for chunk in bytes.chunks_mut(8) {
        let octets = next().to_le_bytes();
        chunk.copy_from_slice(&octets[..chunk.len()]);
    }
    let len = 34 + (next() % 120) as usize;
    if next() % 4 != 0 {
        bytes[0] &= 0x0f;
        bytes[1] = 2;
        bytes[2..4].copy_from_slice(&(len as u16).to_be_bytes());
        bytes[4..6].fill(0);
    }
    if next() % 2 == 0 {
        bytes[20..28].copy_from_slice(&identity(1 + (next() % 3) as u8).0);
        bytes[28..30].copy_from_slice(&[0, 1]);
        bytes[39] %= 59;
        bytes[40] %= 59;
    }
    len
}

#[test]
fn garbage_is_survived_without_allocation() {
    for mechanism in [DelayMechanism::E2e, DelayMechanism::P2p] {
        let mut world = World::ordinary(2, |_, settings| {
            settings.instances[0].path_trace = true;
            settings.instances[0].ports[0].delay_mechanism = mechanism;
            settings.instances[0].ports[0].options.alternate =
                AlternateSettings { count: 2, sync: Some(LogInterval::new(-2)) };
        });
        world.run(20.0);
        world.keep = false;
        let mut state = 0x9e37_79b9_7f4a_7c15;
        let allocations = allocation_counter::measure(|| {
            for n in 0..400_000usize {
                let mut bytes = [0; 200];
                let len = garbage(&mut state, &mut bytes);
                let channel = [Channel::Event, Channel::General, Channel::Either][n % 3];
                world.inject(n % 2, channel, &bytes[..len]);
                if n % 50 == 0 {
                    world.run(0.01);
                }
            }
        });
        assert_eq!(allocations.count_total, 0);
        world.run(60.0);
        assert_eq!(world.leaders(), [0]);
    }
}

#[test]
#[should_panic(expected = "outputs were not drained")]
fn the_next_input_waits_until_the_last_is_drained() {
    let settings = Settings::ordinary(1, identity(1));
    let mut engine = Engine::new(&settings, Mono::default()).unwrap();
    engine.handle(Mono::default(), Input::Link { port: PortIndex(0), state: LinkState::Up });
    engine.handle(Mono::default(), Input::Timeout);
}

fn octets_of_an_engine(role: Role, serving: Option<ServingSettings>) -> u64 {
    let mut settings = Settings::ordinary(1, identity(1));
    settings.instances[0].role = role;
    let mut unicast = UnicastSettings::new(PortIndex(0));
    unicast.servers = vec![UnicastServer { peer: address(1), priority: 128 }];
    unicast.serving = serving;
    settings.instances[0].unicast = vec![unicast];
    let built = || drop(Engine::new(&settings, Mono::default()).unwrap());
    allocation_counter::measure(built).bytes_max
}

#[test]
fn who_never_leads_has_no_table_of_clients_and_cannot_begin_to_serve() {
    let serving = || Some(ServingSettings { max_clients: 4_096, ..ServingSettings::default() });
    let lean = octets_of_an_engine(Role::ReceiverOnly, None);
    let asked = octets_of_an_engine(Role::ReceiverOnly, serving());
    // What the settings themselves take while they are copied is all that is more.
    assert!(asked < lean + 1_024, "{asked} {lean}");
    assert!(octets_of_an_engine(Role::Both, serving()) > lean + 1_000_000);

    let mut world = World::ordinary(1, |_, settings| {
        settings.instances[0].role = Role::ReceiverOnly;
        let mut unicast = UnicastSettings::new(PortIndex(0));
        unicast.serving = serving();
        settings.instances[0].unicast = vec![unicast];
    });
    let delta = |role| Delta::Clock {
        instance: 0,
        priority1: 1,
        priority2: 1,
        quality: wire::ClockQuality {
            class: 248,
            accuracy: wire::ClockAccuracy::UNKNOWN,
            variance: 0xffff,
        },
        role,
    };
    let now = world.now;
    let engine = &mut world.nodes[0].engine;
    let refused = engine.apply(now, &delta(Role::Both)).unwrap_err();
    assert_eq!(refused.to_string(), "the table of unicast clients cannot change while running");
    engine.apply(now, &delta(Role::ReceiverOnly)).unwrap();
}
