//! How far a clock was off, and how sure that is over several seeds.

/// Squares of errors, weighted with time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    time: f64,
    square: f64,
    rate_square: f64,
}

impl Score {
    /// A clock was `error` seconds off when an interval began and gained `rate` in it, as far as
    /// that was decided when it began; exactly, over `length` seconds.
    pub fn add(&mut self, length: f64, error: f64, rate: f64) {
        let (t, e, f) = (length, error, rate);
        self.time += t;
        self.square += t * (e * e + t * e * f + t * t * f * f / 3.0);
        self.rate_square += t * f * f;
    }

    /// What its oscillator did of itself in the interval, on average.
    pub fn add_noise(&mut self, length: f64, (white, wander): (f64, f64)) {
        let t = length;
        self.square += t * (white * t / 2.0 + wander * t * t * t / 12.0);
        self.rate_square += t * wander * t / 2.0;
    }

    /// The root of the mean square error in seconds.
    pub fn rms(&self) -> f64 {
        libm::sqrt(self.square / self.time)
    }

    /// The root of the mean square frequency error.
    pub fn rate_rms(&self) -> f64 {
        libm::sqrt(self.rate_square / self.time)
    }
}

/// A mean of ratios with its interval of 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The geometric mean.
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Ratio {
    /// Of one ratio for each seed, by Student's distribution of their logarithms. With a single
    /// one nothing is known of the interval.
    pub fn of(ratios: &[f64]) -> Ratio {
        let n = ratios.len() as f64;
        let logs: Vec<f64> = ratios.iter().map(|ratio| libm::log(*ratio)).collect();
        let mean = logs.iter().sum::<f64>() / n;
        let scatter: f64 = logs.iter().map(|log| (log - mean) * (log - mean)).sum();
        let half = match ratios.len() {
            0 | 1 => f64::INFINITY,
            count => student(count - 1) * libm::sqrt(scatter / (n - 1.0) / n),
        };
        let at = |log: f64| libm::exp(log);
        Ratio { mean: at(mean), low: at(mean - half), high: at(mean + half) }
    }
}

/// The two-sided 95 % point of Student's distribution.
fn student(freedom: usize) -> f64 {
    const POINTS: [f64; 30] = [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
        2.052, 2.048, 2.045, 2.042,
    ];
    POINTS.get(freedom.saturating_sub(1)).copied().unwrap_or(1.96)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_error_is_integrated_exactly() {
        let mut score = Score::default();
        score.add(2.0, 3.0, -1.0);
        // (3 - t)^2 over 0..2 is 26/3.
        assert!((score.rms() - (26.0f64 / 6.0).sqrt()).abs() < 1e-12);
        assert!((score.rate_rms() - 1.0).abs() < 1e-12);
        score.add_noise(2.0, (0.0, 1.0));
        assert!((score.rms().powi(2) - (26.0 / 3.0 + 2.0 * 8.0 / 12.0) / 2.0).abs() < 1e-12);
    }

    #[test]
    fn an_interval_covers_as_often_as_it_says() {
        let mut rng = crate::rng::Rng::new(1, "student");
        let trials = 4000;
        let covered = (0..trials).filter(|_| {
            let ratios: Vec<f64> = (0..5).map(|_| libm::exp(0.3 + 0.1 * rng.gauss())).collect();
            let ratio = Ratio::of(&ratios);
            (ratio.low..=ratio.high).contains(&libm::exp(0.3))
        });
        let share = covered.count() as f64 / f64::from(trials);
        assert!((share - 0.95).abs() < 0.015, "{share}");
    }
}
