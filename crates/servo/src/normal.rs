//! The normal distribution's tail.

use core::f64::consts::PI;

pub(crate) const SQRT_2_PI: f64 = 2.506_628_274_631_000_5;
/// The square root of 2/pi.
pub(crate) const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;

/// Chebyshev coefficients of (1 + 2x) exp(x^2) erfc(x) in (x - 3.75) / (x + 3.75), fitted to the
/// continued fraction of the function; the relative error is below 1e-9.
const CHEBYSHEV: [f64; 14] = [
    1.177_578_934_567_401_7,
    -0.004_590_054_580_646_416,
    -0.084_249_133_366_518_04,
    0.059_209_939_998_191_93,
    -0.026_658_668_435_306_03,
    0.009_074_997_670_705_107,
    -0.002_413_163_540_417_564_3,
    0.000_490_775_836_525_885_6,
    -0.000_069_169_733_025_103_2,
    0.000_004_139_027_985_607_113,
    7.740_383_065_300_838e-7,
    -2.188_640_100_644_628_6e-7,
    1.076_499_959_659_638e-8,
    4.521_959_248_021_679e-9,
];

/// exp(x^2) erfc(x) for x of at least zero.
pub(crate) fn scaled_erfc(x: f64) -> f64 {
    let t = (x - 3.75) / (x + 3.75);
    let (mut next, mut second) = (0.0, 0.0);
    for coefficient in CHEBYSHEV.iter().skip(1).rev() {
        (next, second) = (2.0 * t * next - second + coefficient, next);
    }
    (t * next - second + CHEBYSHEV[0]) / (1.0 + 2.0 * x)
}

/// The density at `x` of a normal distribution around zero.
pub(crate) fn density(x: f64, variance: f64) -> f64 {
    libm::exp(-x * x / (2.0 * variance)) / libm::sqrt(2.0 * PI * variance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scaled_error_function_is_libms() {
        for n in 0..2600 {
            let x = f64::from(n) * 0.01;
            let expected = if x < 5.0 {
                libm::exp(x * x) * libm::erfc(x)
            } else {
                // Abramowitz and Stegun 7.1.23.
                let y = 1.0 / (2.0 * x * x);
                (1.0 - y * (1.0 - 3.0 * y * (1.0 - 5.0 * y * (1.0 - 7.0 * y * (1.0 - 9.0 * y)))))
                    / (x * libm::sqrt(PI))
            };
            let error = scaled_erfc(x) / expected - 1.0;
            let limit = if x < 5.0 { 2e-9 } else { 5e-6 };
            assert!(libm::fabs(error) < limit, "{x}: {error}");
        }
    }
}
