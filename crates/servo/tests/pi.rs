//! The proportional-integral controller against the published gains and equations.
#![forbid(unsafe_code)]

mod world;

use servo::{ControlKind, Pi, PiGains, PiOutput, Settings};
use world::{Jitter, Plan, World, span};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1e-12)
}

#[test]
fn gains_follow_the_interval_up_to_their_limits() {
    // min(scale * T^-0.3, 0.7 / T) and min(scale * T^0.4, 0.3 / T), worked out by hand.
    for (gains, interval, kp, ki) in [
        (PiGains::HARDWARE, 1.0, 0.7, 0.3),
        (PiGains::SOFTWARE, 1.0, 0.1, 0.001),
        (PiGains::HARDWARE, 0.125, 0.7 * 8f64.powf(0.3), 0.3 * 0.125f64.powf(0.4)),
        (PiGains::HARDWARE, 16.0, 0.7 / 16.0, 0.3 / 16.0),
        (PiGains::SOFTWARE, 16.0, 0.1 * 16f64.powf(-0.3), 0.001 * 16f64.powf(0.4)),
    ] {
        let (p, i) = gains.at(interval);
        assert!(near(p, kp) && near(i, ki), "{interval}: {p} {i}");
    }
}

#[test]
fn two_samples_give_the_frequency_and_then_it_pulls() {
    let mut pi = Pi::new(PiGains::HARDWARE, 1e-3);
    assert_eq!(pi.sample(1e-3, 0.0, 1.0), PiOutput::Wait);
    assert_eq!(pi.sample(1e-3, 0.05, 1.0), PiOutput::Wait);
    let PiOutput::Jump { frequency } = pi.sample(1.1e-3, 1.0, 1.0) else { panic!("it jumps") };
    assert!(near(frequency, 1e-4) || (frequency - 1e-4).abs() < 1e-15);
    let PiOutput::Pull { frequency } = pi.sample(1e-6, 2.0, 1.0) else { panic!("it pulls") };
    assert!((frequency - (1e-4 + 0.7e-6 + 0.3e-6)).abs() < 1e-15, "{frequency}");
    let PiOutput::Pull { frequency } = pi.sample(0.0, 3.0, 1.0) else { panic!("it pulls") };
    assert!((frequency - (1e-4 + 0.3e-6)).abs() < 1e-15, "the integral stays: {frequency}");
}

#[test]
fn software_gains_wait_for_sixteen_seconds() {
    let mut pi = Pi::new(PiGains::SOFTWARE, 1e-3);
    for second in 0..16 {
        assert_eq!(pi.sample(0.0, f64::from(second), 1.0), PiOutput::Wait);
    }
    assert!(matches!(pi.sample(0.0, 16.0, 1.0), PiOutput::Jump { .. }));
}

#[test]
fn a_saturated_answer_does_not_wind_up() {
    let mut pi = Pi::new(PiGains::HARDWARE, 1e-5);
    pi.sample(0.0, 0.0, 1.0);
    pi.sample(0.0, 1.0, 1.0);
    for second in 2..100 {
        assert_eq!(pi.sample(1.0, f64::from(second), 1.0), PiOutput::Pull { frequency: 1e-5 });
    }
    let PiOutput::Pull { frequency } = pi.sample(0.0, 100.0, 1.0) else { panic!("it pulls") };
    assert_eq!(frequency.to_bits(), 0f64.to_bits());
}

#[test]
fn it_can_steer_the_clock_instead() {
    for (control, after) in [(ControlKind::PiHardware, 60.0), (ControlKind::PiSoftware, 300.0)] {
        let plan = Plan {
            phase: span(0.7),
            rate: -4e-5,
            down: Jitter::Gauss(1e-7),
            up: Jitter::Gauss(1e-7),
            ..Plan::new(3)
        };
        let mut world = World::new(plan, Settings { control, ..Settings::default() });
        world.run(after + 200.0);
        let report = world.since(after);
        assert!(report.p95 < 2e-6 && world.steps == 1, "{control:?} {report:?}");
    }
}
