//! One direction over time: its floor, the line along it, and what lies above.

use time::Span;

use super::seen::seconds;

/// The floor is looked for in so many parts of the time.
const PARTS: usize = 20;

/// The values of one direction.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    /// The first value, of which the others are differences.
    pub(crate) reference: Span,
    /// Seconds since the first message of all; the value less the reference, in seconds.
    pub(crate) values: Vec<(f64, f64)>,
    /// What lies above the line along the floor, in seconds.
    pub(crate) above: Vec<(f64, f64)>,
    /// How fast the floor moves: one clock's frequency against the other's, as a fraction.
    pub(crate) drift: f64,
    /// The height of that line at the first message of all, less the reference, in seconds.
    base: f64,
    /// The smallest value of all.
    pub(crate) floor: Span,
    /// Of `above`, sorted.
    sorted: Vec<f64>,
}

impl Series {
    /// Nothing of fewer than two values.
    pub(crate) fn new(name: String, values: &[(f64, Span)]) -> Option<Series> {
        let reference = values.first()?.1;
        let floor = values.iter().map(|(_, value)| *value).min()?;
        let values: Vec<(f64, f64)> =
            values.iter().map(|(at, value)| (*at, seconds(*value - reference))).collect();
        let (drift, base) = floor_line(&values)?;
        let above = values.iter().map(|(at, value)| (*at, value - base - drift * at));
        let above: Vec<(f64, f64)> = above.collect();
        let mut sorted: Vec<f64> = above.iter().map(|point| point.1).collect();
        sorted.sort_by(f64::total_cmp);
        Some(Series { name, reference, values, above, drift, base, floor, sorted })
    }

    /// What so large a share of the values is not farther above the line than, in seconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let last = self.sorted.len() - 1;
        self.sorted[(last as f64 * share).ceil() as usize]
    }

    /// The line's height above the reference at a moment, in seconds.
    pub(crate) fn line(&self, at: f64) -> f64 {
        self.base + self.drift * at
    }

    pub(crate) fn count(&self) -> usize {
        self.values.len()
    }
}

/// The slope and the height at zero of a line through the lowest values of parts of the time, moved
/// down until nothing lies below.
fn floor_line(values: &[(f64, f64)]) -> Option<(f64, f64)> {
    let (start, end) = (values.first()?.0, values.last()?.0);
    let length = end - start;
    if values.len() < 2 || length <= 0.0 {
        return None;
    }
    let part = |at: f64| (((at - start) / length * PARTS as f64) as usize).min(PARTS - 1);
    let mut lowest: [Option<(f64, f64)>; PARTS] = [None; PARTS];
    for value in values {
        let place = &mut lowest[part(value.0)];
        if place.is_none_or(|low| value.1 < low.1) {
            *place = Some(*value);
        }
    }
    let low: Vec<(f64, f64)> = lowest.into_iter().flatten().collect();
    let count = low.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| low.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let along = low.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>();
    let spread = low.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>();
    let slope = if spread > 0.0 { along / spread } else { 0.0 };
    let base = values.iter().map(|p| p.1 - slope * p.0).fold(f64::INFINITY, f64::min);
    Some((slope, base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_and_a_floor_are_found_below_the_noise() {
        let value = |i: i64| {
            let noise = if i % 3 == 0 { 0 } else { (i * 7919) % 10_000 };
            Span::from_nanos(1_000_000 + i * 10 + noise)
        };
        let values: Vec<(f64, Span)> = (0..1000).map(|i| (i as f64, value(i))).collect();
        let series = Series::new("test".to_owned(), &values).unwrap();
        assert!((series.drift - 1e-8).abs() < 1e-11, "{:e}", series.drift);
        assert!(series.percentile(0.3) < 2e-8 && series.percentile(1.0) > 9e-6);
        assert_eq!(series.floor, Span::from_nanos(1_000_000));
    }
}
