//! What happens next: events by time, and by the order of their making where times are equal.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Picoseconds in a second.
pub(crate) const SECOND_PS: u64 = 1_000_000_000_000;
/// Later than anything that happens.
pub(crate) const NEVER: u64 = u64::MAX;

/// Something that happens.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Event {
    /// A node's deadline passed.
    Wake { node: u32 },
    /// A frame arrives at a node's port.
    Arrive { node: u32, port: u8, frame: u32 },
    /// A frame leaves a node that kept it for a while.
    Leave { node: u32, place: u32 },
    /// A node learns when a frame left.
    Stamped { node: u32, place: u32 },
    /// Something that the scenario says.
    Script { index: u32 },
    /// All clocks are looked at.
    Probe,
}

/// The events to come.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: BinaryHeap<Reverse<(u64, u64, Event)>>,
    made: u64,
}

impl Queue {
    /// Lets something happen `at` so many picoseconds.
    pub(crate) fn push(&mut self, at: u64, event: Event) {
        self.made += 1;
        self.heap.push(Reverse((at, self.made, event)));
    }

    /// When the next event is, if there is one.
    pub(crate) fn next_at(&self) -> u64 {
        self.heap.peek().map_or(NEVER, |Reverse((at, ..))| *at)
    }

    /// The next event and when it is.
    pub(crate) fn pop(&mut self) -> Option<(u64, Event)> {
        self.heap.pop().map(|Reverse((at, _, event))| (at, event))
    }
}

/// Seconds as picoseconds; negative ones are none.
pub(crate) fn picoseconds(seconds: f64) -> u64 {
    (seconds * SECOND_PS as f64) as u64
}

/// Picoseconds as seconds.
pub(crate) fn seconds(picoseconds: u64) -> f64 {
    picoseconds as f64 / SECOND_PS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_and_then_by_the_order_of_their_making() {
        let mut queue = Queue::default();
        for (at, node) in [(5, 1), (3, 2), (5, 0), (3, 9)] {
            queue.push(at, Event::Wake { node });
        }
        let order: Vec<_> = core::iter::from_fn(|| queue.pop()).collect();
        let nodes = order.iter().map(|(at, event)| (*at, *event));
        let wake = |node| Event::Wake { node };
        assert!(nodes.eq([(3, wake(2)), (3, wake(9)), (5, wake(1)), (5, wake(0))]));
    }
}
