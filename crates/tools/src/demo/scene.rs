//! Everything that is to be seen, whoever draws it.

use std::time::Duration;

use control::{ClockState, Status};

use super::cast::{Member, STANDBY};

/// Everything that is to be seen.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) heading: String,
    pub(super) members: Vec<Member>,
    pub(super) length: Duration,
    pub(super) at: Duration,
    pub(super) killed_at: Option<Duration>,
    /// One per member.
    pub(super) nodes: Vec<NodeView>,
    /// What happened, and when.
    pub(super) events: Vec<(Duration, String)>,
}

/// One daemon and its clock.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeView {
    /// What the daemon says; nothing before it answers and after it was killed.
    pub(super) state: Option<ClockState>,
    pub(super) reason: Option<String>,
    pub(super) rate_ppb: Option<f64>,
    pub(super) steps: u64,
    pub(super) look: Look,
    /// Seconds and errors in nanoseconds, while it was not the truth itself.
    pub(super) history: Vec<(f64, i64)>,
    /// How often the clock was read while the daemon said it was locked, and how often it was within
    /// the bound then.
    pub(super) locked_looks: u32,
    pub(super) looks_within: u32,
}

/// One look at one clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// How far ahead of the truth it is.
    pub(super) error_ns: Option<i64>,
    /// How far off it may be, as its daemon states.
    pub(super) bound_ns: Option<u64>,
}

impl Look {
    /// Whether the error is within the bound, if both are known.
    pub(super) fn within(&self) -> Option<bool> {
        Some(self.error_ns?.unsigned_abs() <= self.bound_ns?)
    }
}

impl Scene {
    pub(super) fn new(members: Vec<Member>, length: Duration) -> Scene {
        let nodes = vec![NodeView::default(); members.len()];
        Scene {
            heading: String::new(),
            members,
            length,
            at: Duration::ZERO,
            killed_at: None,
            nodes,
            events: Vec::new(),
        }
    }

    /// Whose clock is the truth.
    pub(super) fn truth(&self) -> usize {
        if self.killed_at.is_some() { STANDBY } else { 0 }
    }

    /// The grandmaster is no more.
    pub(super) fn kill(&mut self, at: Duration) {
        self.killed_at = Some(at);
        self.nodes[0] = NodeView::default();
        self.events.push((at, "grandmaster is killed".to_owned()));
    }

    /// What a daemon says of itself.
    pub(super) fn heard(&mut self, i: usize, at: Duration, status: &Status) {
        let node = &mut self.nodes[i];
        let name = self.members[i].name;
        if status.steps > node.steps {
            self.events.push((at, format!("{name} steps its clock")));
        }
        if node.state != Some(status.state) {
            let does = match status.state {
                ClockState::Grandmaster => "leads".to_owned(),
                other => format!("is {}", other.word()),
            };
            self.events.push((at, format!("{name} {does}")));
        }
        node.state = Some(status.state);
        node.reason.clone_from(&status.reason);
        node.rate_ppb = status.rate_ppb;
        node.steps = status.steps;
    }

    /// What the clocks read.
    pub(super) fn looked(&mut self, at: Duration, looks: Vec<Look>) {
        self.at = at;
        let truth = self.truth();
        for (i, (node, look)) in self.nodes.iter_mut().zip(looks).enumerate() {
            node.look = look;
            let Some(error) = look.error_ns.filter(|_| i != truth) else { continue };
            node.history.push((at.as_secs_f64(), error));
            if node.state == Some(ClockState::Locked) {
                node.locked_looks += 1;
                node.looks_within += u32::from(look.within() == Some(true));
            }
        }
    }
}
