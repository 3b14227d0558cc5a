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
