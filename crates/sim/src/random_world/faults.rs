//! What goes wrong in a world that chance makes up. All of it heals.

use engine::Role;

use crate::plan::{Faults, Happening, Plan, What};
use crate::rng::Rng;

/// When the first may happen, and how long the time for them is.
const BEGIN_S: f64 = 8.0;
const TIME_S: f64 = 20.0;

/// Adds faults to a world; returns when all have healed.
pub(super) fn invent(plan: &mut Plan, rng: &mut Rng) -> f64 {
    let count = rng.below(4);
    let mut healed_s = 5.0;
    for _ in 0..count {
        let begin = BEGIN_S + TIME_S * rng.uniform();
        let end = begin + 1.0 + 9.0 * rng.uniform();
        let (wrong, right) = fault(plan, rng);
        plan.happenings.push(Happening { at_s: begin, what: wrong });
        if let Some(right) = right {
            plan.happenings.push(Happening { at_s: end, what: right });
        }
        healed_s = f64::max(healed_s, end);
    }
    // What overlapped may have undone a healing: in the end, everything is as it should be.
    for node in 0..plan.nodes.len() {
        let plug = What::Plug { node, medium: None, plugged: true };
        plan.happenings.push(Happening { at_s: healed_s, what: plug });
    }
    for (medium, own) in plan.media.iter().enumerate() {
        let whole = What::Partition { medium, parts: Vec::new() };
        plan.happenings.push(Happening { at_s: healed_s, what: whole });
        let faults = What::Faults { medium, faults: own.faults };
        plan.happenings.push(Happening { at_s: healed_s, what: faults });
    }
    healed_s
}

/// Something that goes wrong, and what makes it right again, if it has to be.
fn fault(plan: &Plan, rng: &mut Rng) -> (What, Option<What>) {
    let node = rng.below(plan.nodes.len() as u64) as usize;
    let medium = rng.below(plan.media.len() as u64) as usize;
    let own = plan.media[medium].faults;
    match rng.below(7) {
        0 => {
            let plug = |plugged| What::Plug { node, medium: None, plugged };
            (plug(false), Some(plug(true)))
        }
        1 => (What::Kill { node }, Some(What::Start { node })),
        2 => {
            let all = plan.media[medium].ports.iter().map(|port| port.node);
            let (mut one, mut other) = (Vec::new(), Vec::new());
            for node in all {
                if rng.chance(0.5) { one.push(node) } else { other.push(node) }
            }
            let whole = What::Partition { medium, parts: Vec::new() };
            (What::Partition { medium, parts: vec![one, other] }, Some(whole))
        }
        3 => {
            let bad = Faults { loss: 0.2 + 0.8 * rng.uniform(), ..own };
            let restored = What::Faults { medium, faults: own };
            (What::Faults { medium, faults: bad }, Some(restored))
        }
        4 => {
            let bad = Faults { corrupt: 0.2, duplicate: 0.2, reorder: 0.2, ..own };
            let restored = What::Faults { medium, faults: own };
            (What::Faults { medium, faults: bad }, Some(restored))
        }
        5 => {
            let floor_s = 1e-4 * (1.0 + rng.uniform());
            (What::Floor { medium, nodes: Vec::new(), toward: true, floor_s }, None)
        }
        _ => {
            let priority1 = Some(100 + rng.below(50) as u8);
            let node = match plan.nodes[node].role {
                Role::ReceiverOnly => 0,
                _ => node,
            };
            (What::Clock { node, priority1, priority2: None, class: None, accuracy: None }, None)
        }
    }
}
