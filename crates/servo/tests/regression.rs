//! Linear regression against closed forms and against what ptp4l promises of its own.
#![forbid(unsafe_code)]

mod world;

use servo::{ControlKind, Regression, Settings};
use world::{Dice, Jitter, Plan, World, span};

#[test]
fn a_straight_line_is_found_from_four_points() {
    let mut regression = Regression::new();
    for i in 0..3 {
        assert_eq!(regression.sample(f64::from(i), 5.0 + 1e-5 * f64::from(i)), None);
    }
    for i in 3..200 {
        let at = f64::from(i);
        let fitted = regression.sample(at, 5.0 + 1e-5 * at).unwrap();
        assert!(
            (fitted.rate - 1e-5).abs() < 1e-14 && (fitted.phase - 5.0 - 1e-5 * at).abs() < 1e-13
        );
    }
    assert_eq!(regression.sample(100.0, 5.0), None, "time does not run backwards");
}

#[test]
fn white_noise_is_averaged_over_all_points_and_a_wandering_frequency_is_not() {
    let mut dice = Dice::new(5);
    let mut regression = Regression::new();
    let mut last = None;
    for i in 0..2000 {
        last = regression.sample(f64::from(i), 1e-6 * dice.gauss());
    }
    assert_eq!(last.unwrap().intervals, 3.0);
    let (mut rate, mut phase) = (0.0, 0.0);
    for i in 2000..4000 {
        rate += 1e-6 * dice.gauss();
        phase += rate;
        last = regression.sample(f64::from(i), phase);
    }
    assert_eq!(last.unwrap().intervals, 1.0);
}

#[test]
fn the_end_of_a_line_is_as_sure_as_theory_says() {
    // Var(end) = s^2 (4 n - 2) / (n (n + 1)) for n points at even intervals; 64 here.
    let mut dice = Dice::new(6);
    let (mut sum, mut count) = (0.0, 0.0);
    for _ in 0..60 {
        let mut regression = Regression::new();
        for i in 0..1000 {
            let fitted = regression.sample(f64::from(i), dice.gauss());
            if let Some(fitted) = fitted.filter(|fitted| i > 500 && fitted.intervals == 3.0) {
                sum += fitted.phase * fitted.phase;
                count += 1.0;
            }
        }
    }
    let theory = (4.0 * 64.0 - 2.0) / (64.0 * 65.0);
    assert!((sum / count / theory - 1.0).abs() < 0.15, "{} {theory}", sum / count);
}

#[test]
fn it_steers_within_the_limits_that_ptp4l_sets_itself() {
    // The limits of linuxptp's own regression tests: a wander of 1e-9 per root second, an
    // exponential delay once a second; rms of 6.1, 0.70 and 0.11 us for 10, 1 and 0.1 us.
    for (jitter, limit) in [(1e-5, 6.1e-6), (1e-6, 0.7e-6), (1e-7, 0.11e-6)] {
        let plan = Plan {
            phase: span(0.7),
            rate: -4e-5,
            down: Jitter::Exponential(jitter),
            up: Jitter::Exponential(jitter),
            ..Plan::new(8)
        };
        let settings = Settings { control: ControlKind::Linreg, ..Settings::default() };
        let mut world = World::new(plan, settings);
        world.run(4000.0);
        let report = world.since(200.0);
        println!("{jitter}: {report:?}");
        assert!(report.rms < limit && world.steps == 1, "{jitter}: {report:?}");
    }
}
