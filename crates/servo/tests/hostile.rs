//! Whatever is measured, nothing panics, nothing is infinite, nothing exceeds the limits, and
//! nothing is allocated.
#![forbid(unsafe_code)]

mod world;

use proptest::prelude::*;
use servo::{Actuation, ControlKind, Servo, Settings, StepPolicy};
use time::{ClockIndex, Exchange, Measurement, Mono, Span, Timestamp};
use world::{Plan, World, span};

#[derive(Clone, Debug)]
enum Act {
    Measure(Measurement),
    Jump(u16, Option<Span>),
    Select,
    Actuate(f64, Span),
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        6 => (0i64..100, 0u32..1_000_000_000).prop_map(|(s, n)| Timestamp::new(s, n)),
        1 => any::<i64>().prop_map(|s| Timestamp::new(s, 0)),
        1 => any::<i128>().prop_map(|s| Timestamp::from_span(Span::from_scaled(s))),
    ]
}

fn correction() -> impl Strategy<Value = Span> {
    prop_oneof![
        4 => Just(Span::ZERO),
        1 => any::<i64>().prop_map(Span::from_interval),
        1 => any::<i128>().prop_map(Span::from_scaled),
    ]
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let stamps = (timestamp(), timestamp(), timestamp(), timestamp(), correction(), 0..3);
    stamps.prop_map(|(a, b, c, d, correction, kind)| match kind {
        0 => Exchange::Sync { origin: a, received: b, correction },
        1 => Exchange::Delay { sent: a, received: b, correction },
        _ => Exchange::Link {
            sent: a,
            request_received: b,
            response_sent: c,
            received: d,
            correction,
        },
    })
}

fn act() -> impl Strategy<Value = Act> {
    let measurement = (exchange(), 0u16..3, 0u32..2).prop_map(|(exchange, epoch, source)| {
        Act::Measure(Measurement {
            instance: 0,
            port: 1,
            clock: ClockIndex(0),
            epoch,
            source,
            at: Mono::from_nanos(0),
            exchange,
        })
    });
    prop_oneof![
        20 => measurement,
        1 => (0u16..3, prop::option::of(correction())).prop_map(|(e, by)| Act::Jump(e, by)),
        1 => Just(Act::Select),
        3 => (any::<f64>(), correction()).prop_map(|(rate, step)| Act::Actuate(rate, step)),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let control = prop_oneof![
        Just(ControlKind::Kalman),
        Just(ControlKind::PiSoftware),
        Just(ControlKind::PiHardware),
    ];
    let step = prop_oneof![
        Just(StepPolicy::Never),
        Just(StepPolicy::First),
        Just(StepPolicy::Always),
        Just(StepPolicy::Above(Span::MICROSECOND)),
    ];
    (control, step, any::<bool>()).prop_map(|(control, step, limited)| {
        let limit = limited.then_some(Span::MILLISECOND);
        let (max_step, max_path_delay) = (limit, limit);
        Settings { control, step, max_step, max_path_delay, ..Settings::default() }
    })
}

fn check(servo: &mut Servo, settings: &Settings, at: Timestamp) -> Result<(), TestCaseError> {
    let e = servo.predict(at);
    for number in [e.offset_s, e.rate, e.residual_rate, e.bound_random_s, e.bound_total_s, e.rms_s]
    {
        prop_assert!(number.is_finite(), "{e:?}");
    }
    prop_assert!(e.covariance.iter().flatten().all(|number| number.is_finite()), "{e:?}");
    let decision = servo.decide(at);
    prop_assert!(decision.rate.is_none_or(|rate| rate.abs() <= settings.max_rate));
    if let Some(step) = decision.step {
        prop_assert!(settings.step != StepPolicy::Never);
        prop_assert!(settings.max_step.is_none_or(|most| step.abs() <= most));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_that_is_measured_breaks_it(
        settings in settings(),
        acts in prop::collection::vec((act(), timestamp()), 0..120),
    ) {
        let mut servo = Servo::new(settings);
        for (act, at) in acts {
            match act {
                Act::Measure(m) => servo.measure(&m),
                Act::Jump(epoch, by) => servo.clock_jumped(epoch, by),
                Act::Select => servo.select_source(at),
                Act::Actuate(rate, step) => servo.actuated(&Actuation { at, rate, step }),
            }
            check(&mut servo, &settings, at)?;
        }
    }

    #[test]
    fn it_recovers_from_anything(
        acts in prop::collection::vec(exchange(), 0..30),
        seed in 1u64..1000,
    ) {
        let mut world = World::new(Plan { rate: 3e-5, phase: span(0.5), ..Plan::new(seed) }, Settings {
            step: StepPolicy::Always,
            ..Settings::default()
        });
        for exchange in acts {
            let m = world.measurement(exchange);
            world.measure(m);
        }
        world.run(90.0);
        prop_assert!(world.error().abs() < 50e-6, "{:?}", world.servo.predict(world.reading()));
    }
}

#[test]
fn nothing_is_allocated_after_construction() {
    let plan =
        Plan { interval: 1.0 / 16.0, delay_interval: 1.0 / 16.0, phase: span(0.5), ..Plan::new(1) };
    let mut world = World::new(plan, Settings::default());
    world.looks.reserve(10_000);
    world.decisions.reserve(10_000);
    let info = allocation_counter::measure(|| world.run(60.0));
    assert_eq!(info.count_total, 0);
    assert!(world.locked_at().is_some());
}

#[test]
fn the_same_measurements_give_the_same_bits() {
    let outcome = || {
        let mut world =
            World::new(Plan { rate: 7e-5, phase: span(-0.3), ..Plan::new(4) }, Settings::default());
        world.run(100.0);
        world.servo.predict(world.reading())
    };
    assert_eq!(outcome(), outcome());
}
