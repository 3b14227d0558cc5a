//! The best linear servo in closed form, and the bound below every servo.
//!
//! With lambda = q_y T^3 / R and mu = q_x T / R the stationary Riccati equation has the solution
//! z = (sqrt(lambda) + sqrt(16 + 4 mu + lambda / 3)) / 2, s = (z - sqrt(z^2 - 4)) / 2,
//! alpha = 1 - s^2 and beta = sqrt(lambda) s.

/// A clock that is measured evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Problem {
    /// Between measurements, in seconds.
    pub interval: f64,
    /// Of each measurement of the phase, in s^2.
    pub variance: f64,
    /// White frequency noise q_x in s.
    pub white: f64,
    /// Random walk of the frequency q_y in 1/s.
    pub wander: f64,
}

/// What is best for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The share of an innovation that goes to the phase.
    pub alpha: f64,
    /// The share that goes to the frequency, times the interval.
    pub beta: f64,
    /// The covariance of phase and frequency just after a measurement.
    pub after: [f64; 3],
    /// The mean square error of the clock over time, J in s^2.
    pub mean_square: f64,
    /// The mean square error of the frequency over time.
    pub rate_square: f64,
}

impl Limit {
    /// Of a problem with a wander above zero.
    pub fn new(problem: &Problem) -> Limit {
        let Problem { interval: t, variance: r, white, wander } = *problem;
        let (lambda, mu) = (wander * t * t * t / r, white * t / r);
        let root = libm::sqrt(lambda);
        // z - 2 without cancellation, for small lambda.
        let excess = 4.0 * mu + lambda / 3.0;
        let over = (root + excess / (libm::sqrt(16.0 + excess) + 4.0)) / 2.0;
        let s = 1.0 + (over - libm::sqrt(over * (over + 4.0))) / 2.0;
        let (alpha, beta) = ((1.0 - s) * (1.0 + s), root * s);
        let p11 = alpha * r;
        let p12 = beta * r / t;
        let p22 = r / (t * t) * (alpha * beta / (1.0 - alpha) - lambda / 2.0);
        let noise = white * t / 2.0 + wander * t * t * t / 12.0;
        Limit {
            alpha,
            beta,
            after: [p11, p12, p22],
            mean_square: p11 + t * p12 + t * t * p22 / 3.0 + noise,
            rate_square: p22 + wander * t / 2.0,
        }
    }

    /// The root of the mean square error of the clock, in seconds.
    pub fn rms(&self) -> f64 {
        libm::sqrt(self.mean_square)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_that_of_the_published_table() {
        // Half the square of the deviation of each direction; rounded as they are printed.
        for (wander, deviation, interval, nanoseconds) in [
            (1e-18, 8e-9, 1.0, 4.5),
            (1e-18, 100e-9, 1.0, 29.0),
            (1e-18, 100e-9, 0.125, 13.0),
            (1e-18, 10e-6, 1.0 / 128.0, 149.0),
            (1e-22, 10e-6, 1.0, 290.0),
            (1e-26, 10e-6, 1.0, 92.0),
        ] {
            let variance = deviation * deviation / 2.0;
            let limit = Limit::new(&Problem { interval, variance, white: 0.0, wander });
            let found = limit.rms() * 1e9;
            assert!((found / nanoseconds - 1.0).abs() < 0.025, "{found} {nanoseconds}");
        }
    }

    #[test]
    fn the_closed_form_is_where_the_recursion_ends() {
        for (interval, variance, white, wander) in
            [(1.0, 5e-13, 1e-18, 1e-18), (16.0, 1e-16, 1e-18, 1e-18), (0.125, 1e-9, 9e-20, 1e-22)]
        {
            let t: f64 = interval;
            let limit = Limit::new(&Problem { interval, variance, white, wander });
            let (mut a, mut b, mut c) = (variance, 0.0, 1e-14);
            for _ in 0..1_000_000 {
                let p11 = a + 2.0 * t * b + t * t * c + white * t + wander * t * t * t / 3.0;
                let p12 = b + t * c + wander * t * t / 2.0;
                let p22 = c + wander * t;
                let s = p11 + variance;
                (a, b, c) = (p11 * variance / s, p12 * variance / s, p22 - p12 * p12 / s);
            }
            for (found, expected) in limit.after.iter().zip([a, b, c]) {
                assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
            }
        }
    }
}
