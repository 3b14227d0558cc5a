//! The linear limit: the rms error of the best linear estimator that knows oscillator and noise.

/// The root of the mean square error over time, of a clock that is measured every `interval` with
/// the variance `r` of the offset, for an oscillator of white (`qx`) and random-walk (`qy`)
/// frequency noise and free actuation. Closed form of the two-state steady state: with
/// lambda = q_y T^3 / R and mu = q_x T / R, the gains are alpha = 1 - s^2 and beta = sqrt(lambda) s
/// for s the smaller root of s + 1/s = z.
pub fn linear_limit(interval: f64, r: f64, qx: f64, qy: f64) -> f64 {
    if r <= 0.0 {
        return libm::sqrt(qx * interval / 2.0 + qy * interval * interval * interval / 12.0);
    }
    let t = interval;
    let (lambda, mu) = (qy * t * t * t / r, qx * t / r);
    let z = (libm::sqrt(lambda) + libm::sqrt(16.0 + 4.0 * mu + lambda / 3.0)) / 2.0;
    let s = (z - libm::sqrt((z * z - 4.0).max(0.0))) / 2.0;
    let (alpha, beta) = (1.0 - s * s, libm::sqrt(lambda) * s);
    if alpha <= 0.0 {
        return 0.0;
    }
    let square = alpha * r
        + beta * r
        + r / 3.0 * (alpha * beta / (1.0 - alpha) - lambda / 2.0)
        + qx * t / 2.0
        + qy * t * t * t / 12.0;
    libm::sqrt(square.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_what_the_reference_experiment_computes() {
        // Printed by the reference experiment and by the closed form in numpy.
        for (interval, r, qx, qy, expected) in [
            (1.0, 0.5e-12, 0.0, 1e-18, 163e-9),
            (1.0, 0.5e-16, 1e-20, 1e-20, 2.9e-9),
            (0.0625, 0.5e-10, 0.0, 1e-20, 182e-9),
        ] {
            let found = linear_limit(interval, r, qx, qy);
            assert!((found / expected - 1.0).abs() < 0.02, "{found:e} {expected:e}");
        }
    }
}
