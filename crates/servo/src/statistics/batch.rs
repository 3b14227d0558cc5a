//! Stability of a whole series of phases, exactly (NIST SP 1065, section 5).
//!
//! `phase` is in seconds, one every `tau0` seconds; `m` is the averaging factor, so that the
//! averaging time is `m * tau0`. Each is `None` where the series is too short.

/// The overlapping Allan deviation (SP 1065, 5.2.4).
pub fn adev(phase: &[f64], tau0: f64, m: usize) -> Option<f64> {
    let terms = phase.len().checked_sub(2 * m).filter(|terms| m > 0 && *terms > 0)?;
    let sum: f64 = (0..terms).map(|i| square(second_difference(phase, i, m))).sum();
    let tau = m as f64 * tau0;
    Some(libm::sqrt(sum / (2.0 * tau * tau * terms as f64)))
}

/// The modified Allan deviation (SP 1065, 5.2.5).
pub fn mdev(phase: &[f64], tau0: f64, m: usize) -> Option<f64> {
    let terms = (phase.len() + 1).checked_sub(3 * m).filter(|terms| m > 0 && *terms > 0)?;
    // The inner sum moves on by one term at a time.
    let mut inner: f64 = (0..m).map(|i| second_difference(phase, i, m)).sum();
    let mut sum = square(inner);
    for j in 1..terms {
        inner += second_difference(phase, j + m - 1, m) - second_difference(phase, j - 1, m);
        sum += square(inner);
    }
    let tau = m as f64 * tau0;
    Some(libm::sqrt(sum / (2.0 * square(m as f64 * tau) * terms as f64)))
}

/// The time deviation in seconds (SP 1065, 5.2.6).
pub fn tdev(phase: &[f64], tau0: f64, m: usize) -> Option<f64> {
    mdev(phase, tau0, m).map(|deviation| deviation * m as f64 * tau0 / libm::sqrt(3.0))
}

/// The overlapping Hadamard deviation (SP 1065, 5.2.9), which no drift of the frequency reaches.
pub fn hdev(phase: &[f64], tau0: f64, m: usize) -> Option<f64> {
    let terms = phase.len().checked_sub(3 * m).filter(|terms| m > 0 && *terms > 0)?;
    let third = |i: usize| second_difference(phase, i + m, m) - second_difference(phase, i, m);
    let sum: f64 = (0..terms).map(|i| square(third(i))).sum();
    let tau = m as f64 * tau0;
    Some(libm::sqrt(sum / (6.0 * tau * tau * terms as f64)))
}

/// The maximum time interval error in seconds over any window of `m` intervals (SP 1065, 5.2.17).
/// Its cost is the length of the series times `m`.
pub fn mtie(phase: &[f64], m: usize) -> Option<f64> {
    let range = |window: &[f64]| {
        let low = window.iter().copied().fold(f64::INFINITY, f64::min);
        let high = window.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        high - low
    };
    phase.windows(m + 1).map(range).reduce(f64::max)
}

fn second_difference(phase: &[f64], i: usize, m: usize) -> f64 {
    phase[i + 2 * m] - 2.0 * phase[i + m] + phase[i]
}

fn square(value: f64) -> f64 {
    value * value
}
