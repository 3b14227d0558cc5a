//! One cell and one seed: who runs, for how long, and what comes out.

use servo::ControlKind;

use crate::grid::cell::Cell;
use crate::grid::exchange::{Exchange, World};
use crate::grid::linear::{FixedGain, Scored, WINDOWS, WindowedMinimum};
use crate::grid::oracle::Oracle;
use crate::grid::steered::{Steered, settings};

/// Who steers.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Contender {
    /// The servo as it is shipped.
    Ours,
    /// The proportional-integral controller with the gains for software stamps.
    PiSoftware,
    /// The same with those for hardware stamps.
    PiHardware,
    /// Linear regression.
    Linreg,
    /// The Kalman filter with the true noise.
    FixedGain,
    /// That of minima over so many exchanges.
    Minimum(usize),
    /// The particle filter with the true model.
    Oracle,
}

impl Contender {
    /// All but ours.
    pub fn others() -> Vec<Contender> {
        let mut all = vec![
            Contender::PiSoftware,
            Contender::PiHardware,
            Contender::Linreg,
            Contender::FixedGain,
            Contender::Oracle,
        ];
        all.extend(WINDOWS.map(Contender::Minimum));
        all
    }

    /// The word for it.
    pub fn label(self) -> String {
        match self {
            Contender::Ours => "ours".to_owned(),
            Contender::PiSoftware => "pi sw".to_owned(),
            Contender::PiHardware => "pi hw".to_owned(),
            Contender::Linreg => "linreg".to_owned(),
            Contender::FixedGain => "fixed".to_owned(),
            Contender::Minimum(window) => format!("min{window}"),
            Contender::Oracle => "oracle".to_owned(),
        }
    }
}

/// How long a run is, in exchanges.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Length {
    /// Before the score begins.
    pub warm: u64,
    /// That are scored.
    pub scored: u64,
}

/// Memories of the best linear servo before and while it is scored.
const WARM: f64 = 50.0;
const SCORED: f64 = 200.0;
/// Nobody has learned his noise, and the slowest controller has not begun, before so many seconds.
const WARM_LEAST_S: f64 = 300.0;
const WARM_LEAST: f64 = 300.0;
const SCORED_LEAST: f64 = 2000.0;
/// A run of fewer memories says nothing.
const MEMORIES_LEAST: f64 = 30.0;

impl Length {
    /// 50 memories and then 200, or a fifth and the rest of `cap` exchanges if that is less; none
    /// if that is too little to say anything.
    pub fn of(cell: Cell, cap: u64) -> Option<Length> {
        let memory = cell.memory_s() / cell.interval();
        let warm_least = WARM_LEAST.max(WARM_LEAST_S / cell.interval());
        let warm = (WARM * memory).max(warm_least);
        let scored = (SCORED * memory).max(SCORED_LEAST);
        let cap = cap as f64;
        if warm + scored <= cap {
            return Some(Length { warm: warm as u64, scored: scored as u64 });
        }
        let warm = (cap / 5.0).max(warm_least);
        let enough = cap - warm >= (MEMORIES_LEAST * memory).max(SCORED_LEAST);
        enough.then_some(Length { warm: warm as u64, scored: (cap - warm) as u64 })
    }

    /// All exchanges.
    pub const fn total(self) -> u64 {
        self.warm + self.scored
    }
}

/// How wrong somebody was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Result {
    /// The root of the mean square error in seconds.
    pub rms: f64,
    /// That of the frequency.
    pub rate_rms: f64,
}

/// Somebody under way.
enum Runner {
    Steered(Box<Steered>),
    Fixed(Scored<FixedGain>),
    Minimum(Box<Scored<WindowedMinimum>>),
    Oracle(Box<Scored<Oracle>>),
}

impl Runner {
    fn new(contender: Contender, cell: Cell, seed: u64, minima: &[WindowedMinimum]) -> Runner {
        let steered = |control| {
            let settings = settings(control, cell.crystal.class());
            Runner::Steered(Box::new(Steered::new(settings, cell.interval(), cell.crystal.noise())))
        };
        match contender {
            Contender::Ours => steered(ControlKind::Kalman),
            Contender::PiSoftware => steered(ControlKind::PiSoftware),
            Contender::PiHardware => steered(ControlKind::PiHardware),
            Contender::Linreg => steered(ControlKind::Linreg),
            Contender::FixedGain => Runner::Fixed(Scored::new(FixedGain::new(cell), cell)),
            Contender::Minimum(window) => {
                let i = WINDOWS.iter().position(|w| *w == window).unwrap_or(0);
                Runner::Minimum(Box::new(Scored::new(minima[i].clone(), cell)))
            }
            Contender::Oracle => {
                let oracle = Oracle::new(cell, seed).expect("it is asked where it knows");
                Runner::Oracle(Box::new(Scored::new(oracle, cell)))
            }
        }
    }

    fn exchange(&mut self, e: &Exchange) {
        match self {
            Runner::Steered(steered) => steered.exchange(e, [1; 2]),
            Runner::Fixed(scored) => scored.exchange(e),
            Runner::Minimum(scored) => scored.exchange(e),
            Runner::Oracle(scored) => scored.exchange(e),
        }
    }

    fn restart(&mut self) {
        match self {
            Runner::Steered(steered) => steered.score = crate::grid::score::Score::default(),
            Runner::Fixed(scored) => scored.restart(),
            Runner::Minimum(scored) => scored.restart(),
            Runner::Oracle(scored) => scored.restart(),
        }
    }

    fn result(&self) -> Result {
        let (rms, rate_rms) = match self {
            Runner::Steered(steered) => (steered.score.rms(), steered.score.rate_rms()),
            Runner::Fixed(scored) => scored.rms(),
            Runner::Minimum(scored) => scored.rms(),
            Runner::Oracle(scored) => scored.rms(),
        };
        Result { rms, rate_rms }
    }
}

/// Runs these contenders on the same data.
///
/// # Panics
///
/// If the oracle is among them where it knows no density ([`Oracle::new`]).
pub fn run(cell: Cell, seed: u64, length: Length, who: &[Contender]) -> Vec<Result> {
    let needs_minima = who.iter().any(|contender| matches!(contender, Contender::Minimum(_)));
    let minima = if needs_minima { WindowedMinimum::all(cell) } else { Vec::new() };
    let mut runners: Vec<Runner> =
        who.iter().map(|contender| Runner::new(*contender, cell, seed, &minima)).collect();
    let mut world = World::new(cell, seed);
    // The oracle knows the noise and begins near the truth: it needs less time.
    let late = length.warm - length.warm.min((20.0 * cell.memory_s() / cell.interval()) as u64);
    for number in 0..length.total() {
        let e = world.exchange();
        for runner in &mut runners {
            if number == length.warm {
                runner.restart();
            }
            if number >= late || !matches!(runner, Runner::Oracle(_)) {
                runner.exchange(&e);
            }
        }
    }
    runners.iter().map(Runner::result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::cell::{Kind, chosen};

    #[test]
    fn a_run_is_as_long_as_it_must_be_or_not_at_all() {
        let length = |filter: &str, cap| {
            let cell = chosen(Cell::all(&Kind::GRID), filter).unwrap()[0];
            Length::of(cell, cap)
        };
        // 1 / omega_n is (5e-13 s^3 / 1e-18 s)^(1/4), 26.6 s.
        let full = length("rate=1,dist=gauss,osc=xo,size=1us", 400_000).unwrap();
        assert!((1325..1335).contains(&full.warm) && (5310..5325).contains(&full.scored));
        let capped = length("rate=128,dist=gauss,osc=xo,size=1us", 200_000).unwrap();
        assert_eq!((capped.warm, capped.total()), (40_000, 200_000));
        assert_eq!(length("rate=128,dist=gauss,osc=ocxo,size=50us", 400_000), None);
        assert_eq!(length("rate=128,dist=gauss,osc=xo,size=10ns", 39_000), None);
    }
}
