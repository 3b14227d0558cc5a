//! What another servo would have done with the same exchanges.
#![forbid(unsafe_code)]

mod world;

use record::{Contender, Reader, compare};
use servo::{ControlKind, Settings};
use world::{Folder, World, read};

fn recorded(name: &str, control: ControlKind) -> Reader {
    let folder = Folder::new(name);
    let place = folder.place(1 << 30, 1);
    let mut world = World::recorded(control, place.clone());
    (0..2400).for_each(|_| world.exchange());
    world.servo.end();
    read(&place.path)
}

#[test]
fn the_same_servo_does_the_same_again() {
    let files = [recorded("same", ControlKind::Kalman)];
    let recorded = compare(&files, Contender::Recorded);
    let again = compare(&files, Contender::Other(files[0].header().settings));
    assert_eq!(recorded.moments.len(), again.moments.len());
    assert_eq!(recorded.steps, again.steps);
    let ratio = again.rms_s / recorded.rms_s;
    println!("{recorded:.3?}", recorded = (recorded.rms_s, again.rms_s, recorded.steps));
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
}

#[test]
fn a_foreign_step_in_between_is_no_difference() {
    let folder = Folder::new("compared-jump");
    let place = folder.place(1 << 30, 1);
    let mut world = World::recorded(ControlKind::Kalman, place.clone());
    (0..600).for_each(|_| world.exchange());
    // So far that it is pulled within seconds: the first step was made before.
    world.jump(time::Span::from_nanos(50_000));
    (0..1800).for_each(|_| world.exchange());
    world.servo.end();
    let files = [read(&place.path)];
    let recorded = compare(&files, Contender::Recorded);
    let again = compare(&files, Contender::Other(files[0].header().settings));
    let ratio = again.rms_s / recorded.rms_s;
    println!("{:e} {:e} {}", recorded.rms_s, again.rms_s, again.steps);
    assert!((0.8..1.25).contains(&ratio), "{ratio}");
    assert!(again.worst_s < 2e-6 && recorded.worst_s < 2e-6);
}

#[test]
fn a_worse_servo_is_worse_whoever_was_recorded() {
    let of = |control| Contender::Other(Settings { control, ..Settings::default() });
    for control in [ControlKind::Kalman, ControlKind::PiHardware] {
        let files = [recorded("worse", control)];
        let kalman = compare(&files, of(ControlKind::Kalman));
        let pi = compare(&files, of(ControlKind::PiHardware));
        println!("{control:?}: {:e} {:e}", kalman.rms_s, pi.rms_s);
        assert!(kalman.rms_s * 2.0 < pi.rms_s, "{:e} {:e}", kalman.rms_s, pi.rms_s);
        assert!(kalman.rate_change_rms < pi.rate_change_rms);
        assert!(kalman.steps <= 1 && pi.steps <= 1);
    }
}

/// The same world is run with the other servo in earnest: chance does not depend on the servo.
#[test]
fn what_another_servo_would_have_done_is_what_it_does() {
    for control in [ControlKind::PiSoftware, ControlKind::PiHardware, ControlKind::Linreg] {
        let kalman = [recorded("virtually", ControlKind::Kalman)];
        let would = compare(&kalman, Contender::Other(Settings { control, ..Settings::default() }));
        let other = [recorded("earnest", control)];
        let does = compare(&other, Contender::Recorded);
        assert_eq!(would.moments.len(), does.moments.len());
        let late = would.moments.len() / 2;
        let pairs = would.moments.iter().zip(&does.moments).skip(late);
        let apart = pairs.map(|(would, does)| (would.offset_s - does.offset_s).powi(2));
        let apart = (apart.sum::<f64>() / late as f64).sqrt();
        println!("{control:?}: rms {:e} and {:e}, {apart:e} apart", would.rms_s, does.rms_s);
        assert!((would.rms_s / does.rms_s - 1.0).abs() < 0.05);
        assert!(apart < 0.1 * does.rms_s, "{apart:e}");
        assert_eq!(would.steps, does.steps);
    }
}
