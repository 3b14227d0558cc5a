//! Where an axis has its numbers, and the unit they are in.

use crate::chart::Quantity;

/// Numbers that people can read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unit {
    /// What it is called; empty for plain numbers.
    pub(crate) name: &'static str,
    /// How many base units it is.
    pub(crate) size: f64,
}

const SECONDS: &[Unit] = &[
    Unit { name: "ps", size: 1e-12 },
    Unit { name: "ns", size: 1e-9 },
    Unit { name: "µs", size: 1e-6 },
    Unit { name: "ms", size: 1e-3 },
    Unit { name: "s", size: 1.0 },
];
const ELAPSED: &[Unit] = &[
    Unit { name: "s", size: 1.0 },
    Unit { name: "min", size: 60.0 },
    Unit { name: "h", size: 3600.0 },
    Unit { name: "d", size: 86_400.0 },
];
const RATES: &[Unit] = &[
    Unit { name: "ppt", size: 1e-12 },
    Unit { name: "ppb", size: 1e-9 },
    Unit { name: "ppm", size: 1e-6 },
];
const NUMBERS: &[Unit] = &[Unit { name: "", size: 1.0 }];

/// The unit that suits values of this size.
pub(crate) fn unit(quantity: Quantity, size: f64) -> Unit {
    let (units, least) = match quantity {
        Quantity::Seconds => (SECONDS, 1.0),
        // Up to three minutes in seconds, up to three hours in minutes.
        Quantity::Elapsed => (ELAPSED, 3.0),
        Quantity::Rate => (RATES, 1.0),
        Quantity::Number => (NUMBERS, 1.0),
    };
    let suits = |unit: &&Unit| size >= unit.size * least;
    *units.iter().rev().find(suits).unwrap_or(&units[0])
}

/// Round numbers within a linear range, about `wanted` of them, in the range's own scale.
pub(crate) fn linear(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let step = step((high - low) / wanted as f64);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(|i| i as f64 * step).collect()
}

/// One, two or five times a power of ten.
fn step(about: f64) -> f64 {
    let decade = 10f64.powf(about.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * decade >= about * 0.999);
    decade * factor.unwrap_or(10.0)
}

/// Exponents of ten within a range of exponents, no more than a dozen.
pub(crate) fn decades(low: f64, high: f64) -> Vec<f64> {
    let (first, last) = (low.ceil() as i64, high.floor() as i64);
    let stride = ((last - first) / 12 + 1).max(1);
    (first..=last).filter(|i| i % stride == 0).map(|i| i as f64).collect()
}

/// A number without zeros that say nothing.
pub(crate) fn short(value: f64) -> String {
    let value = if value.abs() < 1e-9 { 0.0 } else { value };
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.replace('-', "\u{2212}")
}

/// A value of an axis of decades: `100 ns`, `10 s`.
pub(crate) fn decade(quantity: Quantity, exponent: f64) -> String {
    let value = 10f64.powf(exponent);
    match quantity {
        Quantity::Number | Quantity::Rate => format!("1e{exponent:.0}").replace('-', "\u{2212}"),
        Quantity::Seconds | Quantity::Elapsed => {
            let unit = unit(Quantity::Seconds, value * 1.001);
            format!("{} {}", short((value / unit.size).round()), unit.name)
        }
    }
}

/// Seconds with a unit and three digits.
pub(crate) fn span(seconds: f64) -> String {
    let unit = unit(Quantity::Seconds, seconds.abs());
    let value = seconds / unit.size;
    let digits = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.digits$} {}", unit.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(linear(-13.0, 27.0, 5), [-10.0, 0.0, 10.0, 20.0]);
        assert_eq!(linear(0.0, 0.5, 5), [0.0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5]);
        assert_eq!(decades(-9.2, -5.9), [-9.0, -8.0, -7.0, -6.0]);
    }

    #[test]
    fn units_suit_the_size() {
        let name = |quantity, size| unit(quantity, size).name;
        assert_eq!(name(Quantity::Seconds, 3.2e-8), "ns");
        assert_eq!(name(Quantity::Seconds, 2e-6), "µs");
        assert_eq!(name(Quantity::Seconds, 0.0), "ps");
        assert_eq!(name(Quantity::Elapsed, 170.0), "s");
        assert_eq!(name(Quantity::Elapsed, 1800.0), "min");
        assert_eq!(name(Quantity::Elapsed, 86_400.0), "h");
        assert_eq!(decade(Quantity::Seconds, -7.0), "100 ns");
        assert_eq!(decade(Quantity::Elapsed, 3.0), "1000 s");
        assert_eq!(short(-0.25), "\u{2212}0.25");
    }
}
