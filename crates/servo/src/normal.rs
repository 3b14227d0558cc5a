//! The normal distribution's tail.

use core::f64::consts::PI;

pub(crate) const SQRT_2_PI: f64 = 2.506_628_274_631_000_5;
/// The square root of 2/pi.
pub(crate) const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;

/// Coefficients of (1 + 2x) exp(x^2) erfc(x) in powers of (x - 3.75) / (x + 3.75), fitted to the
/// continued fraction of the function; the relative error is below 1e-9.
const POWERS: [f64; 14] = [
    1.237_512_630_332_699_3,
    -0.140_240_599_535_926_46,
    0.003_585_495_314_054_854_3,
    0.082_276_773_990_461_86,
    -0.108_805_227_549_372_55,
    0.092_303_937_535_894_46,
    -0.058_685_440_494_176_14,
    0.028_364_105_124_473_207,
    -0.009_770_087_182_360_042,
    0.001_751_157_618_544_029,
    0.000_330_167_455_421_914_7,
    -0.000_284_313_067_815_674_6,
    0.000_022_046_719_173_829_388,
    0.000_018_521_945_079_896_796,
];

/// exp(x^2) erfc(x) for x of at least zero.
pub(crate) fn scaled_erfc(x: f64) -> f64 {
    let t = (x - 3.75) / (x + 3.75);
    // In pairs of pairs, so that a processor can do several at once (G. Estrin, 1960).
    let pair = |i: usize| POWERS[2 * i] + POWERS[2 * i + 1] * t;
    let t2 = t * t;
    let t4 = t2 * t2;
    let (a, b) = (pair(0) + pair(1) * t2, pair(2) + pair(3) * t2);
    let (c, d) = (pair(4) + pair(5) * t2, pair(6));
    (a + b * t4 + (c + d * t4) * (t4 * t4)) / (1.0 + 2.0 * x)
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
