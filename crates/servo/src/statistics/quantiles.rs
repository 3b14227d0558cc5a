//! Percentiles of magnitudes from a histogram whose bins grow by a constant factor.

/// Each answer is within this share of the true one.
const ACCURACY: f64 = 0.01;
/// The smallest magnitude that is told from zero, in seconds.
const LEAST: f64 = 1e-12;
const BINS: usize = 1728;

/// Percentiles of the magnitudes of values from 1 ps to 1000 s, each within 1 % of the sample
/// that holds that rank. Smaller ones count as zero, larger ones as 1000 s.
#[derive(Clone, Debug)]
pub struct Quantiles {
    /// Below the least.
    zeros: u64,
    bins: [u64; BINS],
    count: u64,
}

impl Default for Quantiles {
    fn default() -> Quantiles {
        Quantiles::new()
    }
}

impl Quantiles {
    /// Of nothing.
    pub const fn new() -> Quantiles {
        Quantiles { zeros: 0, bins: [0; BINS], count: 0 }
    }

    /// Takes a value; its sign does not matter. One that is no number is ignored.
    pub fn add(&mut self, value: f64) {
        let magnitude = libm::fabs(value);
        if magnitude.is_nan() {
            return;
        }
        self.count += 1;
        if magnitude < LEAST {
            self.zeros += 1;
            return;
        }
        let bin = libm::log(magnitude / LEAST) / growth();
        self.bins[(bin as usize).min(BINS - 1)] += 1;
    }

    /// How many there were.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The magnitude that this share of all does not exceed, from 0 to 1; nothing of nothing.
    pub fn at(&self, share: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = libm::ceil(share.clamp(0.0, 1.0) * self.count as f64).max(1.0) as u64;
        let mut below = self.zeros;
        if below >= rank {
            return Some(0.0);
        }
        for (i, bin) in self.bins.iter().enumerate() {
            below += bin;
            if below >= rank {
                // The point whose relative distance to both edges is the same.
                let low = LEAST * libm::exp(i as f64 * growth());
                return Some(low * (1.0 + ACCURACY));
            }
        }
        None
    }
}

/// The logarithm of the factor between edges: (1 + a) / (1 - a) keeps the middle within a.
fn growth() -> f64 {
    libm::log((1.0 + ACCURACY) / (1.0 - ACCURACY))
}
