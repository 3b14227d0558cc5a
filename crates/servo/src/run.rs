//! When outliers agree, they are none.

/// This many outliers in a row on the same side are no outliers.
const OUTLIER_RUN: u32 = 6;
/// This many deviations away is an outlier.
pub(crate) const OUTLIER: f64 = 4.0;

/// Outliers of one direction in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub(crate) count: u32,
    sum: f64,
}

impl Run {
    pub(crate) fn see(&mut self, distance: f64, residual: f64) {
        let same_side = self.sum == 0.0 || (self.sum > 0.0) == (residual > 0.0);
        if libm::fabs(distance) < OUTLIER || !same_side {
            *self = Run::default();
        }
        if libm::fabs(distance) >= OUTLIER {
            self.count += 1;
            self.sum += residual;
        }
    }

    pub(crate) fn mean(&self) -> f64 {
        if self.count * 2 < OUTLIER_RUN { 0.0 } else { self.sum / f64::from(self.count) }
    }

    /// Whether they are no outliers.
    pub(crate) fn is_long(&self) -> bool {
        self.count >= OUTLIER_RUN
    }
}
