//! When outliers agree, they are none.

/// This many early outliers in a row are no outliers: nothing is faster than the floor.
const EARLY_RUN: u32 = 6;
/// Late ones may be load, unless they are alike,
const LEVEL_RUN: u32 = 16;
/// or never end.
const LATE_RUN: u32 = 200;
/// With this many of a direction, their mean says something.
const ENOUGH: u32 = 3;
/// This many deviations away is an outlier.
pub(crate) const OUTLIER: f64 = 4.0;

/// Outliers of one direction in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub(crate) count: u32,
    sum: f64,
    /// The nearest of them.
    least: f64,
}

impl Run {
    pub(crate) fn see(&mut self, distance: f64, residual: f64) {
        let same_side = self.sum == 0.0 || (self.sum > 0.0) == (residual > 0.0);
        if libm::fabs(distance) < OUTLIER || !same_side {
            *self = Run::default();
        }
        if libm::fabs(distance) >= OUTLIER {
            let size = libm::fabs(residual);
            self.least = if self.count == 0 { size } else { self.least.min(size) };
            self.count += 1;
            self.sum += residual;
        }
    }

    pub(crate) fn mean(&self) -> f64 {
        if self.count < ENOUGH { 0.0 } else { self.sum / f64::from(self.count) }
    }

    /// Whether they are no outliers.
    pub(crate) fn is_long(&self) -> bool {
        let level = self.least > libm::fabs(self.mean()) / 2.0;
        let enough = match (self.sum < 0.0, level) {
            (true, _) => EARLY_RUN,
            (false, true) => LEVEL_RUN,
            (false, false) => LATE_RUN,
        };
        self.count >= enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long_after(residuals: impl Iterator<Item = f64>) -> Option<usize> {
        let mut run = Run::default();
        let mut seen = residuals.map(|residual| {
            run.see(10.0 * residual.signum(), residual);
            run.is_long()
        });
        seen.position(|long| long)
    }

    #[test]
    fn load_is_given_more_time_than_another_path() {
        assert_eq!(long_after((0..).map(|_| -1.0)), Some(5));
        assert_eq!(long_after((0..).map(|n| 1.0 + 0.1 * f64::from(n % 3))), Some(15));
        assert_eq!(long_after((0..).map(|n| 1.0 + 3.0 * f64::from(n % 3))), Some(199));
    }
}
