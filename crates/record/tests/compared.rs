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
