//! Beginnings and losses.

use sim::grid::acquisition::{ALLOWED, Case};
use sim::grid::cell::{Cell, Crystal, Kind, RATES, SIZES, chosen};
use sim::grid::loss::{self, Fate};
use sim::grid::run::Length;
use sim::grid::score::Ratio;

use crate::options::Options;
use crate::spread::spread;
use crate::table;

/// Seconds and exchanges of a beginning at most.
const SECONDS: f64 = 300.0;
const EXCHANGES: f64 = 10_000.0;
/// What a servo is told of stamps by hardware, in seconds.
const HARDWARE: f64 = 50e-9;
/// Of all that may be off three limits once it is locked.
const WITHIN: f64 = 0.99;

/// How soon the clock is right.
pub(crate) fn acquisition(options: &Options) -> Result<(), String> {
    let cells = gaussian(options, "rate=1|8|16|128,osc=xo")?;
    let cases: Vec<(Cell, bool)> =
        cells.iter().flat_map(|cell| [(*cell, false), (*cell, true)]).collect();
    let found = spread(&cases, options.threads, |(cell, remembers)| {
        let stamps =
            if cell.sd() < HARDWARE { HARDWARE } else { servo::Settings::default().jitter };
        let case = Case { interval: cell.interval(), sd: cell.sd(), remembers: *remembers, stamps };
        Ok(case.run(options.seeds, SECONDS.min(EXCHANGES * cell.interval())))
    })?;
    let mut all = table(&[
        "exchanges/s",
        "sd",
        "memory",
        "worst",
        "at s",
        "first",
        "last",
        "locked s",
        "below 3 limits",
        "steps",
        "kept",
    ]);
    let mut missed = 0;
    for ((cell, remembers), found) in cases.iter().zip(found) {
        let kept = found.worst <= ALLOWED && found.within >= WITHIN && found.steps <= 1;
        missed += u32::from(!kept);
        all.add_row([
            RATES[cell.rate].0.to_owned(),
            SIZES[cell.size].0.to_owned(),
            if *remembers { "10 ppb" } else { "none" }.to_owned(),
            format!("{:.2}", found.worst),
            format!("{:.1}", found.worst_at_s),
            format!("{:.2}", found.first),
            format!("{:.2}", found.last),
            format!("{:.1}", found.locked_at_s),
            format!("{:.2} %", 100.0 * found.within),
            found.steps.to_string(),
            if kept { "yes" } else { "no" }.to_owned(),
        ]);
    }
    println!(
        "from 50 ppm off, plain crystal, Gaussian delays, {} seeds; rms over the limit at t",
        options.seeds
    );
    println!("{all}\n{missed} of {} miss worst {ALLOWED} or 99 % below 3 limits", cases.len());
    Ok(())
}

/// What lost and doubled messages cost.
pub(crate) fn loss(options: &Options) -> Result<(), String> {
    let cells = gaussian(options, "rate=1|16,osc=xo,size=10ns|1us")?;
    let fates = [
        Fate::Lost(0.0),
        Fate::Lost(0.1),
        Fate::Lost(0.3),
        Fate::Lost(0.6),
        Fate::Alternating(16),
        Fate::Doubled(0.3),
    ];
    let cases: Vec<(Cell, Length, Fate)> = cells
        .iter()
        .filter_map(|cell| Some((*cell, Length::of(*cell, options.cap)?)))
        .flat_map(|(cell, length)| fates.map(|fate| (cell, length, fate)))
        .collect();
    let found = spread(&cases, options.threads, |(cell, length, fate)| {
        let run = |seed| loss::run(*cell, *fate, seed, *length);
        let costs: Vec<loss::Cost> = (1..=options.seeds).map(run).collect();
        let ratio =
            |of: fn(&loss::Cost) -> f64| Ratio::of(&costs.iter().map(of).collect::<Vec<f64>>());
        Ok([ratio(|cost| cost.ours), ratio(|cost| cost.best), ratio(|cost| cost.ours / cost.best)])
    })?;
    let mut all = table(&[
        "cell",
        "fate",
        "over the limit at the rate that is left",
        "95 %",
        "best possible at that pattern",
        "ours over that",
        "95 %",
    ]);
    for ((cell, _, fate), [ratio, best, over]) in cases.iter().zip(found) {
        all.add_row([
            cell.to_string(),
            format!("{fate:?}"),
            format!("{:.2}", ratio.mean),
            format!("{:.2}..{:.2}", ratio.low, ratio.high),
            format!("{:.2}", best.mean),
            format!("{:.2}", over.mean),
            format!("{:.2}..{:.2}", over.low, over.high),
        ]);
    }
    println!("{all}");
    Ok(())
}

/// The cells that are asked for, or these.
fn gaussian(options: &Options, otherwise: &str) -> Result<Vec<Cell>, String> {
    let filter = if options.cells.is_empty() { otherwise } else { &options.cells };
    let mut cells = chosen(Cell::all(&[Kind::Gauss]), filter)?;
    if matches!(options.bench, crate::options::Bench::Acquisition) {
        cells.retain(|cell| cell.crystal == Crystal::Xo);
    }
    Ok(cells)
}
