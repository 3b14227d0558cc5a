//! How often which delay was.

use crate::chart::{Axis, Chart, Colour, Look, Quantity};

const BINS: usize = 120;

/// Delays per direction, each as its name and its values in seconds. The slowest of a thousand are
/// in the last bin, so that the others can be seen.
pub fn delays(directions: &[(&str, &[f64])]) -> Option<Chart> {
    let mut all: Vec<f64> =
        directions.iter().flat_map(|(_, values)| values.iter().copied()).collect();
    all.retain(|value| value.is_finite());
    all.sort_by(f64::total_cmp);
    let low = *all.first()?;
    let high = all[(all.len() - 1) * 999 / 1000];
    let width = ((high - low) / BINS as f64).max(1e-12);
    let y = Axis::linear("share of a bin", Quantity::Number);
    let x = Axis::linear("delay", Quantity::Seconds);
    let mut chart = Chart::new("Delays", x, y).caption(
        "How often which delay was, per direction; each bin's share of all frames of its \
         direction in per cent. The last bin holds all that took longer.",
    );
    for (i, (name, values)) in directions.iter().enumerate() {
        let mut counts = [0u64; BINS + 1];
        for value in values.iter().filter(|value| value.is_finite()) {
            counts[(((value - low) / width) as usize).min(BINS)] += 1;
        }
        let total = counts.iter().sum::<u64>().max(1) as f64;
        let points = counts.iter().enumerate().flat_map(|(bin, count)| {
            let share = *count as f64 / total * 100.0;
            let left = low + bin as f64 * width;
            [(left, share), (left + width, share)]
        });
        chart = chart.with(name, points.collect(), Colour::of(i), Look::Filled);
    }
    chart.y.name = "share (%)".to_owned();
    Some(chart)
}
