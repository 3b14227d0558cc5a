//! Quantities as people write them. The unit is part of the value.

use time::LogInterval;

/// A number and what follows it.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let is_number = |(i, c): (usize, char)| {
        let exponent = c == 'e' || c == 'E';
        let after_exponent = i > 0 && matches!(text.as_bytes()[i - 1], b'e' | b'E');
        let sign = matches!(c, '+' | '-') && (i == 0 || after_exponent);
        let digits_follow = || {
            let rest = text[i + 1..].trim_start_matches(['+', '-']);
            rest.starts_with(|c: char| c.is_ascii_digit())
        };
        c.is_ascii_digit() || c == '.' || sign || exponent && i > 0 && digits_follow()
    };
    let end = text.char_indices().find(|&at| !is_number(at)).map_or(text.len(), |(i, _)| i);
    let number: f64 = text[..end].parse().ok()?;
    number.is_finite().then(|| (number, text[end..].trim()))
}

fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let (number, unit) = split(text)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    // Powers of ten below 1 are not exact, and their inverses are.
    Some(if *factor < 1.0 { number / libm::round(1.0 / factor) } else { number * factor })
}

pub(super) const TIME: &str = "a time with a unit: ps, ns, us, ms, s, min, h or day";

/// Seconds.
pub(super) fn time(text: &str) -> Option<f64> {
    let units = [
        ("ps", 1e-12),
        ("ns", 1e-9),
        ("us", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("min", 60.0),
        ("h", 3_600.0),
        ("day", 86_400.0),
        ("days", 86_400.0),
    ];
    scaled(text, &units)
}

pub(super) const LENGTH: &str =
    "a time of at least 0 with a unit: ps, ns, us, ms, s, min, h or day";

/// Seconds, at least 0.
pub(super) fn length(text: &str) -> Option<f64> {
    time(text).filter(|seconds| *seconds >= 0.0)
}

pub(super) const DURATION: &str = "a time above 0 and up to 100 days with a unit: ps to day";

/// Seconds, more than 0, no longer than a world can last.
pub(super) fn duration(text: &str) -> Option<f64> {
    time(text).filter(|seconds| *seconds > 0.0 && *seconds <= 100.0 * 86_400.0)
}

pub(super) const SHIFT: &str = "a time of at most 18000 days, ahead or behind, with a unit";

/// Seconds that a clock may be off: its readings stay after 1970.
pub(super) fn shift(text: &str) -> Option<f64> {
    time(text).filter(|seconds| seconds.abs() <= 18_000.0 * 86_400.0)
}

pub(super) const RATE: &str = "a fraction of at most 1 % with a unit: %, ppm, ppb or ppt";

/// How wrong a frequency may be.
pub(super) fn rate(text: &str) -> Option<f64> {
    fraction(text).filter(|rate| rate.abs() <= 0.01)
}

pub(super) const LIMIT: &str = "a fraction from 0 to 1 % with a unit: %, ppm, ppb or ppt";

/// How much a frequency may be changed.
pub(super) fn limit(text: &str) -> Option<f64> {
    rate(text).filter(|rate| *rate >= 0.0)
}

/// A fraction of a frequency.
fn fraction(text: &str) -> Option<f64> {
    scaled(text, &[("%", 1e-2), ("ppm", 1e-6), ("ppb", 1e-9), ("ppt", 1e-12)])
}

pub(super) const SHARE: &str = "a share from \"0 %\" to \"100 %\"";

/// From 0 to 1.
pub(super) fn share(text: &str) -> Option<f64> {
    scaled(text, &[("%", 1e-2)]).filter(|share| (0.0..=1.0).contains(share))
}

pub(super) const KELVIN: &str = "a difference of temperatures such as \"5 K\"";

/// Kelvin.
pub(super) fn kelvin(text: &str) -> Option<f64> {
    scaled(text, &[("K", 1.0)])
}

pub(super) const PER_KELVIN: &str = "a slope such as \"50 ppb/K\"";

/// A fraction for each kelvin.
pub(super) fn per_kelvin(text: &str) -> Option<f64> {
    scaled(text, &[("ppm/K", 1e-6), ("ppb/K", 1e-9), ("ppt/K", 1e-12)])
}

pub(super) const AGEING: &str = "a drift such as \"0.2 ppb/day\" or \"1e-15/s\"";

/// Growth of a fraction in 1/s.
pub(super) fn ageing(text: &str) -> Option<f64> {
    let day = 86_400.0;
    scaled(text, &[("ppm/day", 1e-6 / day), ("ppb/day", 1e-9 / day), ("/s", 1.0)])
}

pub(super) const WANDER: &str = "a random walk such as \"1e-18/s\"";

/// The random walk of a frequency, in 1/s.
pub(super) fn wander(text: &str) -> Option<f64> {
    scaled(text, &[("/s", 1.0)]).filter(|wander| *wander >= 0.0)
}

pub(super) const INTERVAL: &str =
    "a rate or an interval that is a power of two: \"128/s\" to \"1/s\", or \"1 s\" to \"128 s\"";

/// A message interval.
pub(super) fn interval(text: &str) -> Option<LogInterval> {
    let (number, unit) = split(text)?;
    let seconds = match unit {
        "/s" => 1.0 / number,
        "s" => number,
        _ => return None,
    };
    (-7..=7).map(LogInterval::new).find(|log| log.duration().as_secs_f64() == seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_part_of_the_value() {
        assert_eq!(time("10 us"), Some(1e-5));
        assert_eq!(time("-1.5ms"), Some(-1.5e-3));
        assert_eq!(time("2 min"), Some(120.0));
        assert_eq!(time("1e-3 s"), Some(1e-3));
        assert_eq!(fraction("0.5 ppm"), Some(5e-7));
        assert_eq!(wander("1e-18/s"), Some(1e-18));
        assert_eq!(share("30 %"), Some(0.3));
        assert_eq!(per_kelvin("50 ppb/K"), Some(50e-9));
        assert_eq!(interval("16/s"), Some(LogInterval::new(-4)));
        assert_eq!(interval("2 s"), Some(LogInterval::new(1)));
    }

    #[test]
    fn what_has_no_unit_or_another_is_refused() {
        for text in ["10", "10 ppm", "us", "", "10 us us", "nan s", "1e s", "inf s"] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(share("101 %"), None);
        assert_eq!(share("0.3"), None);
        assert_eq!(interval("3/s"), None);
        assert_eq!(interval("256 s"), None);
        assert_eq!(length("-1 s"), None);
    }
}
