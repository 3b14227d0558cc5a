//! Steps, silence, changed paths and sources, and what the policy allows.
#![forbid(unsafe_code)]

mod world;

use servo::{Phase, Servo, Settings, StepPolicy};
use time::{ClockIndex, Exchange, Measurement, Mono, Span, Timestamp};
use world::{Plan, World, seconds, span};

fn settings(step: StepPolicy) -> Settings {
    Settings { step, ..Settings::default() }
}

fn plan(phase: f64) -> Plan {
    Plan { phase: span(phase), rate: 5e-5, ..Plan::new(11) }
}

fn after(world: &mut World, run: f64) -> (f64, Phase) {
    world.run(run);
    let health = world.servo.predict(world.reading()).health;
    (world.error().abs(), health)
}

#[test]
fn without_steps_the_clock_slews_at_the_allowed_rate() {
    let mut world = World::new(plan(0.01), settings(StepPolicy::Never));
    let (error, _) = after(&mut world, 10.0);
    assert!(error > 4e-3, "{error}");
    let (error, health) = after(&mut world, 60.0);
    assert!(error < 20e-6 && health == Phase::Locked && world.steps == 0, "{error} {health:?}");
    let most =
        world.decisions.iter().filter_map(|(_, d)| d.rate).fold(0.0, |a: f64, b| a.max(b.abs()));
    assert!(most <= 5e-4, "{most}");
}

#[test]
fn only_the_first_correction_steps_by_default() {
    let mut world = World::new(plan(2.0), settings(StepPolicy::First));
    after(&mut world, 30.0);
    world.step_source(-0.003);
    let (error, _) = after(&mut world, 60.0);
    assert_eq!(world.steps, 1);
    assert!(error < 20e-6, "{error}");
}

/// Whom we follow is set a moment after we locked to it: pulling would take longer than the beginning
/// lasts. A minute after the first lock it is over.
#[test]
fn what_is_far_off_just_after_the_first_lock_is_stepped_still() {
    for (later, steps) in [(10.0, 2), (90.0, 1)] {
        let mut world = World::new(plan(2.0), settings(StepPolicy::First));
        after(&mut world, 20.0 + later);
        world.step_source(-500.0);
        let (error, health) = after(&mut world, 40.0);
        assert_eq!(world.steps, steps, "{later}");
        assert_eq!(health == Phase::Locked && error < 20e-6, steps == 2, "{later}: {error}");
    }
}

#[test]
fn a_threshold_is_kept_to() {
    let policy = StepPolicy::Above(Span::MILLISECOND);
    let mut world = World::new(plan(0.0005), settings(policy));
    after(&mut world, 30.0);
    assert_eq!(world.steps, 0);
    world.step_source(-0.004);
    let (error, _) = after(&mut world, 30.0);
    assert!(world.steps >= 1 && error < 20e-6, "{} {error}", world.steps);
    for (_, decision) in &world.decisions {
        assert!(decision.step.is_none_or(|step| step.abs() > Span::MILLISECOND));
    }
}

#[test]
fn a_step_larger_than_allowed_is_not_taken() {
    let settings = Settings { max_step: Some(Span::MILLISECOND), ..settings(StepPolicy::Always) };
    let mut world = World::new(plan(0.002), settings);
    let (error, _) = after(&mut world, 60.0);
    assert!(world.steps == 0 || error < 20e-6);
    for (_, decision) in &world.decisions {
        assert!(decision.step.is_none_or(|step| step.abs() <= Span::MILLISECOND));
    }
}

#[test]
fn a_source_that_steps_is_followed() {
    let mut world = World::new(plan(1.0), settings(StepPolicy::Always));
    after(&mut world, 40.0);
    world.step_source(5.0);
    let (error, health) = after(&mut world, 40.0);
    assert!(error < 20e-6 && health == Phase::Locked, "{error} {health:?}");
    assert!(world.servo.predict(world.reading()).counts.relearned >= 1);
    world.step_source(-1e9);
    let (error, _) = after(&mut world, 40.0);
    assert!(error < 20e-6, "{error}");
}

#[test]
fn another_source_is_learned_anew_and_the_frequency_kept() {
    let mut world = World::new(plan(1.0), settings(StepPolicy::Always));
    after(&mut world, 40.0);
    let rate = world.servo.predict(world.reading()).rate;
    world.change_source(1e-3);
    world.servo.select_source(world.reading());
    let estimate = world.servo.predict(world.reading());
    assert!((estimate.rate - rate).abs() < 1e-9 && estimate.health == Phase::Free);
    let (error, health) = after(&mut world, 10.0);
    assert!(error < 30e-6 && health == Phase::Locked, "{error} {health:?}");
}

#[test]
fn a_clock_that_somebody_steps_goes_on_where_it_was() {
    let mut world = World::new(plan(1.0), settings(StepPolicy::Always));
    after(&mut world, 40.0);
    world.disturb(0.25);
    world.servo.clock_jumped(world.epoch(), Some(span(0.25)));
    let believed = world.servo.predict(world.reading()).offset_s;
    assert!((believed - world.error()).abs() < 20e-6, "{believed}");
    let (error, health) = after(&mut world, 5.0);
    assert!(error < 20e-6 && health == Phase::Locked, "{error} {health:?}");

    world.disturb(-77.0);
    world.servo.clock_jumped(world.epoch(), None);
    let (error, health) = after(&mut world, 15.0);
    assert!(error < 20e-6 && health == Phase::Locked, "{error} {health:?}");
    world.disturb(3.0);
    let (error, _) = after(&mut world, 15.0);
    assert!(error < 20e-6, "nobody said that the clock had jumped: {error}");
}

#[test]
fn in_silence_the_bound_grows_and_holds() {
    let mut world = World::new(plan(1.0), settings(StepPolicy::First));
    after(&mut world, 120.0);
    let before = world.servo.predict(world.reading()).bound_total_s;
    world.plan.loss = 1.0;
    let (error, health) = after(&mut world, 300.0);
    let estimate = world.servo.predict(world.reading());
    assert_eq!(health, Phase::Holdover);
    assert!(
        estimate.bound_total_s > 2.0 * before && error <= estimate.bound_total_s,
        "{estimate:?}"
    );
    world.plan.loss = 0.0;
    let (error, health) = after(&mut world, 20.0);
    assert!(error < 20e-6 && health == Phase::Locked, "{error} {health:?}");
}

#[test]
fn a_longer_path_is_learned_without_moving_the_clock() {
    let mut world = World::new(plan(1.0), settings(StepPolicy::First));
    after(&mut world, 100.0);
    world.plan.floor += 500e-6;
    world.run(60.0);
    let report = world.since(100.0);
    let estimate = world.servo.predict(world.reading());
    assert!(report.max < 50e-6, "{report:?}");
    assert!((estimate.mean_delay_s.unwrap() - 534e-6).abs() < 20e-6, "{estimate:?}");
}

#[test]
fn exchanges_over_too_long_a_path_are_rejected_and_counted() {
    let limit = Some(Span::MICROSECOND.times(100));
    let limited = Settings { max_path_delay: limit, ..Settings::default() };
    let mut world = World::new(plan(1.0), limited);
    after(&mut world, 30.0);
    let before = world.servo.predict(world.reading());
    assert_eq!(before.counts.too_long, 0);
    world.plan.floor = 1e-3;
    let (error, health) = after(&mut world, 10.0);
    let now = world.servo.predict(world.reading());
    assert!(now.counts.too_long >= 10 && error < 30e-6, "{now:?} {error}");
    assert!((now.mean_delay_s.unwrap() - before.mean_delay_s.unwrap()).abs() < 1e-6);
    assert_eq!(health, Phase::Holdover);
}

#[test]
fn a_learned_frequency_serves_the_next_start() {
    let mut world = World::new(plan(1.0), settings(StepPolicy::First));
    assert_eq!(world.servo.remember(), None);
    after(&mut world, 100.0);
    let memory = world.servo.remember().expect("it is locked");
    assert!((memory.rate - 5e-5).abs() < 2e-7, "{memory:?}");

    let mut world = World::new(plan(1.0), settings(StepPolicy::First));
    world.servo.recall(memory);
    assert!((world.servo.predict(world.reading()).rate - 5e-5).abs() < 2e-7);
    let (error, _) = after(&mut world, 2.5);
    assert!(error < 30e-6, "{error}");
}

#[test]
fn stamps_of_an_older_epoch_are_void() {
    let mut world = World::new(plan(1.0), settings(StepPolicy::First));
    after(&mut world, 20.0);
    let before = world.servo.predict(world.reading());
    let mut m = world.measurement(Exchange::Sync {
        origin: Timestamp::ZERO,
        received: world.reading(),
        correction: Span::ZERO,
    });
    m.epoch -= 1;
    world.servo.measure(&m);
    let now = world.servo.predict(world.reading());
    assert_eq!(now.counts.void, before.counts.void + 1);
    assert_eq!(now.offset, before.offset);
}

#[test]
fn the_configured_asymmetry_widens_the_bound_by_its_half() {
    let bound = |asymmetry_bound| {
        let settings = Settings { asymmetry_bound, ..Settings::default() };
        let mut world = World::new(plan(1.0), settings);
        after(&mut world, 30.0);
        world.servo.predict(world.reading()).bound_total_s
    };
    let wider = bound(Span::MICROSECOND.times(8)) - bound(Span::ZERO);
    assert!((wider - 4e-6).abs() < 1e-12, "{wider}");
}

#[test]
fn with_sync_alone_the_frequency_is_corrected_and_nothing_else() {
    let mut quiet = World::new(plan(1.0), Settings::default());
    quiet.forbid_requests();
    quiet.run(40.0);
    let estimate = quiet.servo.predict(quiet.reading());
    assert_eq!((quiet.steps, estimate.mean_delay_s), (0, None));
    assert!(estimate.residual_rate.abs() < 2e-6, "{estimate:?}");
    assert_eq!(estimate.health, Phase::Acquiring);
}

#[test]
fn a_fresh_servo_knows_nothing_and_says_so() {
    let servo = Servo::new(Settings::default());
    let estimate = servo.predict(Timestamp::new(5, 0));
    assert_eq!(estimate.health, Phase::Free);
    assert!(estimate.bound_total_s >= 1e9 && seconds(estimate.offset) == 0.0);
}

#[test]
fn what_the_source_says_of_itself_is_in_the_bound() {
    let mut servo = Servo::new(Settings::default());
    let at = Timestamp::new(1_800_000_000, 0);
    for n in 0..20 {
        let time = at + Span::SECOND.times(n);
        for exchange in [
            Exchange::Sync { origin: time, received: time, correction: Span::ZERO },
            Exchange::Delay { sent: time, received: time, correction: Span::ZERO },
        ] {
            servo.measure(&Measurement {
                instance: 0,
                port: 1,
                clock: ClockIndex(0),
                epoch: 0,
                source: 1,
                at: Mono::from_nanos(n as u64 * 1_000_000_000),
                exchange,
            });
        }
    }
    let now = at + Span::SECOND.times(20);
    let before = servo.predict(now).bound_total_s;
    servo.source_says(Span::MILLISECOND);
    let after = servo.predict(now).bound_total_s;
    assert!((after - before - 1e-3).abs() < 1e-9, "{before} {after}");
}

#[test]
fn a_new_source_does_not_inherit_a_pull() {
    let mut world = World::new(plan(1.0), settings(StepPolicy::First));
    after(&mut world, 100.0);
    world.disturb(15e-6);
    world.servo.clock_jumped(world.epoch(), Some(span(15e-6)));
    after(&mut world, 0.6);
    world.change_source(0.0);
    world.servo.select_source(world.reading());
    after(&mut world, 3.0);
    let rate = world.servo.predict(world.reading()).rate;
    let last = world.decisions.iter().rev().find_map(|(_, decision)| decision.rate).unwrap();
    assert!((last + world.plan.rate).abs() < 3e-7, "{last} beside {rate}");
}
