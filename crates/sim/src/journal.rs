//! What is remembered of what happened: lines for people, and a hash for comparing runs.

use engine::Event;
use servo::Actuation;
use time::Span;

use crate::outcome::LogLine;
use crate::queue::seconds;

/// What happened.
#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) lines: Vec<LogLine>,
    limit: usize,
    names: Vec<String>,
    /// Of each node: whether it was locked, and when for the first time.
    locked: Vec<(bool, Option<u64>)>,
    pub(crate) digest: u64,
}

impl Journal {
    pub(crate) fn new(names: Vec<String>, limit: usize) -> Journal {
        let locked = vec![(false, None); names.len()];
        Journal { lines: Vec::new(), limit, names, locked, digest: 0xcbf2_9ce4_8422_2325 }
    }

    /// Mixes a number into the hash.
    pub(crate) const fn mix(&mut self, number: u64) {
        let mixed = (self.digest ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.digest = mixed ^ (mixed >> 29);
    }

    /// Something that concerns the world, or a node.
    pub(crate) fn tell(&mut self, at: u64, node: Option<u32>, text: impl FnOnce() -> String) {
        if self.lines.len() < self.limit {
            let node = node.map_or(String::new(), |node| self.names[node as usize].clone());
            self.lines.push(LogLine { at_s: seconds(at), node, text: text() });
        }
    }

    /// An event of an engine.
    pub(crate) fn event(&mut self, at: u64, node: u32, event: &Event) {
        match event {
            Event::State { port, from, to, .. } => {
                self.mix(0x100 + u64::from(port.0) * 16 + *to as u64);
                self.tell(at, Some(node), || {
                    format!("port {}: {} to {}", port.0 + 1, from.name(), to.name())
                });
            }
            Event::Parent { parent, source, .. } => {
                self.mix(0x200 + u64::from(*source));
                let name = crate::network::node_named(parent.port.clock);
                let name = name.map_or("?", |index| &self.names[index]).to_owned();
                self.tell(at, Some(node), || format!("follows {name} port {}", parent.port.port));
            }
            Event::TimeProperties { properties, .. } => {
                self.tell(at, Some(node), || format!("TAI - UTC is {} s", properties.utc_offset));
            }
            Event::AnnounceTimeout { port, .. } => {
                self.tell(at, Some(node), || format!("port {}: parent is silent", port.0 + 1));
            }
            Event::Discarded { reason, .. } => self.mix(0x300 + reason.index() as u64),
            _ => {}
        }
    }

    /// A clock was moved.
    pub(crate) fn moved(&mut self, at: u64, node: u32, moved: &Actuation) {
        self.mix(moved.rate.to_bits());
        if moved.step != Span::ZERO {
            self.mix(moved.step.scaled() as u64);
            self.tell(at, Some(node), || format!("clock stepped by {}", moved.step));
        }
    }

    /// Whether a node is locked.
    pub(crate) fn locked(&mut self, at: u64, node: u32, locked: bool) {
        let (before, first) = &mut self.locked[node as usize];
        if *before != locked {
            *before = locked;
            if locked && first.is_none() {
                *first = Some(at);
            }
            self.mix(0x400 + u64::from(locked));
            let text = if locked { "locked" } else { "lock lost" };
            self.tell(at, Some(node), || text.to_owned());
        }
    }

    /// When a node was locked for the first time.
    pub(crate) fn first_lock(&self, node: usize) -> Option<u64> {
        self.locked[node].1
    }
}
