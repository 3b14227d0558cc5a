//! What a clock contends with once it has lost its grandmaster (17.7).
#![forbid(unsafe_code)]

mod world;

use engine::*;
use wire::*;
use world::*;

/// G.8275.1 table 3: a boundary clock in holdover, within its specification and beyond it.
const TELECOM: HoldoverClasses = HoldoverClasses { within: 135, beyond: 165 };

#[test]
fn the_class_is_that_of_the_table_and_never_better_than_what_was_lost() {
    let class = |own, lost, within| TELECOM.quality(own, lost, within).map(|quality| quality.class);
    assert_eq!((class(248, 6, true), class(248, 6, false)), (Some(135), Some(165)));
    assert_eq!((class(248, 7, true), class(248, 140, true)), (Some(135), Some(140)));
    assert_eq!((class(248, 150, false), class(248, 187, true)), (Some(165), Some(187)));
    assert_eq!(class(248, 248, true), None, "a free-running one teaches nobody");
    assert_eq!(class(52, 6, true), None, "its own is better");
    let said = TELECOM.quality(248, 6, true).unwrap();
    assert_eq!((said.accuracy, said.variance), (ClockAccuracy(0xfe), 0xffff));
}

#[test]
fn who_contends_so_leads_until_it_is_told_otherwise() {
    let mut world = World::ordinary(2, |_, _| {});
    world.run(30.0);
    assert_eq!(world.leaders(), [0]);
    let contend = |quality| Delta::Contend { instance: 0, quality };
    world.apply(1, &contend(TELECOM.quality(248, 6, true))).unwrap();
    world.run(20.0);
    assert_eq!(world.leaders(), [1]);
    let (_, said) = world.sent_by(1, MessageType::Announce).pop().unwrap();
    let Body::Announce(said) = said.body else { panic!() };
    assert_eq!(said.quality.class, 135);
    world.apply(1, &contend(None)).unwrap();
    world.run(20.0);
    assert_eq!(world.leaders(), [0]);
}
