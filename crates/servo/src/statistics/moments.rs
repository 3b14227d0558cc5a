//! Mean, deviation and extremes by Welford's recurrence, which loses no digits to the mean.

/// What is known of values without keeping them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    /// The sum of squared distances from the mean.
    scatter: f64,
    min: f64,
    max: f64,
}

impl Default for Moments {
    fn default() -> Moments {
        Moments::new()
    }
}

impl Moments {
    /// Of nothing.
    pub const fn new() -> Moments {
        Moments { count: 0, mean: 0.0, scatter: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }

    /// Takes a value. One that is no number is ignored.
    pub fn add(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / self.count as f64;
        self.scatter += before * (value - self.mean);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// How many there were.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The mean; nothing of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The root of the mean square.
    pub fn rms(&self) -> Option<f64> {
        let square = self.mean * self.mean + self.scatter / self.count as f64;
        (self.count > 0).then(|| libm::sqrt(square))
    }

    /// The standard deviation, with one degree of freedom spent on the mean.
    pub fn deviation(&self) -> Option<f64> {
        (self.count > 1).then(|| libm::sqrt(self.scatter / (self.count - 1) as f64))
    }

    /// The smallest.
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// The largest.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }
}
