//! Changes of the path that were seen in one direction only.
//!
//! If one direction alone becomes longer, either the path changed, or the clock and the path did
//! by the same amount; nothing in two-way exchanges tells which. The clock's phase is held on its
//! frequency, and half of the change is owned up to in the bound. If the other direction changes
//! too, both together say what happened.

use crate::sample::Direction;

/// What is taken off the samples of each direction, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Detour {
    down: f64,
    up: f64,
}

impl Detour {
    /// What is taken off a sample.
    pub(crate) fn of(self, direction: Direction) -> f64 {
        match direction {
            Direction::Down => self.down,
            Direction::Up => self.up,
            Direction::Link => 0.0,
        }
    }

    /// How wrong the phase is at most because of that.
    pub(crate) fn ambiguity(self) -> f64 {
        (libm::fabs(self.down) + libm::fabs(self.up)) / 2.0
    }

    /// The directions are longer than believed by that much; zero where nothing was seen.
    /// Returns by how much phase and delay are to be moved.
    pub(crate) fn found(&mut self, down: f64, up: f64) -> (f64, f64) {
        self.down += down;
        self.up += up;
        let both = libm::fabs(self.down).min(libm::fabs(self.up));
        let (down, up) = (libm::copysign(both, self.down), libm::copysign(both, self.up));
        self.down -= down;
        self.up -= up;
        ((down - up) / 2.0, (down + up) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_directions_say_is_no_ambiguity() {
        let mut detour = Detour::default();
        assert_eq!(detour.found(3.0, 3.0), (0.0, 3.0));
        assert_eq!(detour.found(3.0, -3.0), (3.0, 0.0));
        assert_eq!(detour, Detour::default());
    }

    #[test]
    fn one_direction_alone_moves_nothing_until_the_other_speaks() {
        let mut detour = Detour::default();
        assert_eq!(detour.found(4.0, 0.0), (0.0, 0.0));
        assert_eq!((detour.ambiguity(), detour.of(Direction::Down)), (2.0, 4.0));
        // The source stepped; the other direction is measured less often.
        assert_eq!(detour.found(0.0, -4.0), (4.0, 0.0));
        assert_eq!(detour.ambiguity(), 0.0);
    }

    #[test]
    fn a_path_that_returns_leaves_nothing_behind() {
        let mut detour = Detour::default();
        detour.found(0.0, 5.0);
        detour.found(0.0, -5.0);
        assert_eq!(detour, Detour::default());
    }
}
