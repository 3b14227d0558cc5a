//! As many points as a figure's width can show: of each column the first, the lowest, the highest
//! and the last. No extreme is lost.

/// Columns of a figure.
pub(crate) const COLUMNS: usize = 1200;

/// Thins points in the order of their `x` over the range from `low` to `high` to so many columns.
pub(crate) fn thin(
    points: &[(f64, f64)],
    (low, high): (f64, f64),
    columns: usize,
) -> Vec<(f64, f64)> {
    if points.len() <= 4 * columns || high <= low {
        return points.to_vec();
    }
    let column = |x: f64| ((x - low) / (high - low) * columns as f64) as i64;
    let mut thinned = Vec::with_capacity(4 * columns);
    for run in points.chunk_by(|a, b| column(a.0) == column(b.0)) {
        let by = |better: fn(f64, f64) -> bool| {
            (0..run.len()).fold(0, |best, i| if better(run[i].1, run[best].1) { i } else { best })
        };
        let mut kept = [0, by(|a, b| a < b), by(|a, b| a > b), run.len() - 1];
        kept.sort_unstable();
        for (i, place) in kept.iter().enumerate() {
            if i == 0 || kept[i - 1] != *place {
                thinned.push(run[*place]);
            }
        }
    }
    thinned
}

/// The same for a band: of each column the lowest of the lower and the highest of the upper line.
pub(crate) fn thin_band(points: &[(f64, f64, f64)], range: (f64, f64)) -> Vec<(f64, f64, f64)> {
    let (low, high) = range;
    if points.len() <= 2 * COLUMNS || high <= low {
        return points.to_vec();
    }
    let column = |x: f64| ((x - low) / (high - low) * COLUMNS as f64) as i64;
    let runs = points.chunk_by(|a, b| column(a.0) == column(b.0));
    let widest = |run: &[(f64, f64, f64)]| {
        let all = run.iter().copied();
        all.reduce(|a, b| (a.0, a.1.min(b.1), a.2.max(b.2))).unwrap_or_default()
    };
    runs.map(widest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_extreme_is_lost_and_little_is_kept() {
        let mut points: Vec<(f64, f64)> =
            (0..1_000_000).map(|i| (f64::from(i), f64::from(i % 7))).collect();
        points[123_456].1 = 99.0;
        points[654_321].1 = -99.0;
        let thinned = thin(&points, (0.0, 1e6), COLUMNS);
        assert!(thinned.len() <= 4 * COLUMNS + 4, "{}", thinned.len());
        assert!(thinned.contains(&(123_456.0, 99.0)) && thinned.contains(&(654_321.0, -99.0)));
        assert!(thinned.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn few_points_are_all_kept() {
        let points = [(0.0, 1.0), (1.0, 2.0)];
        assert_eq!(thin(&points, (0.0, 1.0), COLUMNS), points);
    }
}
