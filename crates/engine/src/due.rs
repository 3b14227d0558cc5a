//! Which of a fixed number of places is due first: a heap that knows where each of them is.

use alloc::boxed::Box;

use time::Mono;

const NOWHERE: u16 = u16::MAX;

/// Moments by place, the earliest first. Each change takes time with the logarithm of their number.
#[derive(Debug)]
pub(crate) struct Due {
    heap: Box<[u16]>,
    len: usize,
    places: Box<[Entry]>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    at: u16,
    due: Mono,
}

impl Due {
    pub(crate) fn new(places: u16) -> Due {
        let entry = Entry { at: NOWHERE, due: Mono::NEVER };
        let places = usize::from(places);
        Due {
            heap: alloc::vec![0; places].into(),
            len: 0,
            places: alloc::vec![entry; places].into(),
        }
    }

    /// The earliest.
    pub(crate) fn first(&self) -> Option<(u16, Mono)> {
        let place = *self.heap[..self.len].first()?;
        Some((place, self.places[usize::from(place)].due))
    }

    /// Sets when a place is due.
    pub(crate) fn set(&mut self, place: u16, due: Mono) {
        let entry = &mut self.places[usize::from(place)];
        entry.due = due;
        let at = if entry.at == NOWHERE {
            self.put(self.len, place);
            self.len += 1;
            self.len - 1
        } else {
            usize::from(entry.at)
        };
        let at = self.rise(at);
        self.sink(at);
    }

    /// A place is due no more.
    pub(crate) fn remove(&mut self, place: u16) {
        let at = core::mem::replace(&mut self.places[usize::from(place)].at, NOWHERE);
        if at == NOWHERE {
            return;
        }
        self.len -= 1;
        if usize::from(at) < self.len {
            self.put(usize::from(at), self.heap[self.len]);
            let at = self.rise(usize::from(at));
            self.sink(at);
        }
    }

    fn due_at(&self, at: usize) -> Mono {
        self.places[usize::from(self.heap[at])].due
    }

    fn put(&mut self, at: usize, place: u16) {
        self.heap[at] = place;
        self.places[usize::from(place)].at = at as u16;
    }

    fn swap(&mut self, a: usize, b: usize) {
        let (first, second) = (self.heap[a], self.heap[b]);
        self.put(a, second);
        self.put(b, first);
    }

    fn rise(&mut self, mut at: usize) -> usize {
        while at > 0 && self.due_at(at) < self.due_at((at - 1) / 2) {
            self.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
        at
    }

    fn sink(&mut self, mut at: usize) {
        loop {
            let below = (2 * at + 1..=2 * at + 2).filter(|child| *child < self.len);
            let Some(child) = below.min_by_key(|child| self.due_at(*child)) else { return };
            if self.due_at(at) <= self.due_at(child) {
                return;
            }
            self.swap(at, child);
            at = child;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_always_the_earliest_of_those_that_are_set() {
        let mut due = Due::new(50);
        let mut known = [None; 50];
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let place = (state >> 40) as u16 % 50;
            if (state >> 60) < 5 {
                due.remove(place);
                known[usize::from(place)] = None;
            } else {
                let at = Mono::from_nanos(state >> 44);
                due.set(place, at);
                known[usize::from(place)] = Some(at);
            }
            let earliest = known.iter().flatten().min().copied();
            assert_eq!(due.first().map(|(_, at)| at), earliest);
            assert!(due.first().is_none_or(|(at, due)| known[usize::from(at)] == Some(due)));
        }
    }
}
