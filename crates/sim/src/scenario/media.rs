//! What lies between the clocks of a scenario.

use super::section::{Section, Word};
use super::{Names, delays, units};
use crate::delay::Delay;
use crate::plan::{Faults, MediumPlan, MediumPort};

/// A switch, a hub or a link: any nodes, and how long it takes toward each and from each.
pub(super) fn segment(
    name: &Word<'_>,
    section: Section<'_>,
    nodes: &Names,
    before: &[MediumPlan],
) -> MediumPlan {
    let toward = delays::read(&section, "delay").unwrap_or(Delay::constant(1e-6));
    let from = delays::read(&section, "delay_in").unwrap_or(Delay::constant(0.0));
    let attached = nodes.of("nodes", &section);
    if attached.len() < 2 {
        section.problem(section.at, name.text, "a segment needs at least two nodes: nodes = [...]");
    }
    let mut ports: Vec<MediumPort> = Vec::new();
    for node in attached {
        let earlier = before.iter().flat_map(|medium| &medium.ports).chain(&ports);
        let port = earlier.filter(|port| port.node == node).count() as u8;
        ports.push(MediumPort { node, port, from: from.clone(), to: toward.clone() });
    }
    for (key, is_toward) in [("toward", true), ("from", false)] {
        for (word, inside) in section.named(key) {
            let Some(delay) = delays::from(inside, &section) else { continue };
            let places = nodes.places(&word, &section);
            for port in ports.iter_mut().filter(|port| places.contains(&port.node)) {
                *(if is_toward { &mut port.to } else { &mut port.from }) = delay.clone();
            }
        }
    }
    let faults = faults(&section, Faults::default());
    let hybrid = section.truth("hybrid").unwrap_or(false);
    let drops_new = section.truth("drops_new").unwrap_or(false);
    section.finish("a segment");
    MediumPlan { name: name.text.to_owned(), ports, faults, hybrid, drops_new }
}

/// What is said of faults; what is not is as before.
pub(super) fn faults(section: &Section<'_>, usual: Faults) -> Faults {
    let share = |key, usual| section.quantity(key, (units::share, units::SHARE)).unwrap_or(usual);
    let by = section.quantity("reorder_by", (units::length, units::LENGTH));
    Faults {
        loss: share("loss", usual.loss),
        duplicate: share("duplicate", usual.duplicate),
        reorder: share("reorder", usual.reorder),
        reorder_by_s: by.unwrap_or(usual.reorder_by_s.max(1e-3)),
        corrupt: share("corrupt", usual.corrupt),
    }
}
