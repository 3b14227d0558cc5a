//! The cells of the grid: rate, kind of delay, oscillator and size.

use core::fmt;

use servo::Oscillator;

use crate::delay::{Delay, Shape};
use crate::oscillator::OscillatorSettings;

/// Of each stamp, in seconds.
pub const STAMP: f64 = 8e-9;
/// Busy probability of a hop.
const HOP_BUSY: f64 = 0.3;
const HOPS: u32 = 5;

/// How delays are distributed.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// Gaussian.
    Gauss,
    /// Exponential.
    Exp,
    /// Gamma with shape 2.
    Gamma2,
    /// Gamma with shape 4.
    Gamma4,
    /// A load that comes and goes.
    Burst,
    /// The same towards us, and Gaussian with a tenth of the size away from us.
    OneSided,
    /// Five hops, each busy with a probability of 0.3.
    Hops5,
    /// One in ten is far out.
    Mix10,
    /// Exponential, with a mean that drifts.
    Drifting,
    /// One of four values.
    Discrete,
    /// Behind a load that is alike at all time scales.
    SelfSimilar,
}

impl Kind {
    /// Those of the grid.
    pub const GRID: [Kind; 7] = [
        Kind::Gauss,
        Kind::Exp,
        Kind::Gamma2,
        Kind::Gamma4,
        Kind::Burst,
        Kind::OneSided,
        Kind::Hops5,
    ];
    /// Those that no model of the estimator fits.
    pub const WRONG: [Kind; 4] = [Kind::Mix10, Kind::Drifting, Kind::Discrete, Kind::SelfSimilar];

    /// The word for it.
    pub const fn label(self) -> &'static str {
        match self {
            Kind::Gauss => "gauss",
            Kind::Exp => "exp",
            Kind::Gamma2 => "gamma2",
            Kind::Gamma4 => "gamma4",
            Kind::Burst => "burst",
            Kind::OneSided => "onesided",
            Kind::Hops5 => "hops5",
            Kind::Mix10 => "mix10",
            Kind::Drifting => "drifting",
            Kind::Discrete => "discrete",
            Kind::SelfSimilar => "selfsimilar",
        }
    }

    /// What is added to the floor in the direction towards us and away from us, with this
    /// standard deviation.
    pub fn shapes(self, sd: f64) -> [Shape; 2] {
        match self {
            Kind::OneSided => [scaled(Kind::Burst, sd), Shape::Gaussian { sd: 0.1 * sd }],
            kind => [scaled(kind, sd), scaled(kind, sd)],
        }
    }
}

/// The shape whose standard deviation is `sd`; it is proportional to the scale.
fn scaled(kind: Kind, sd: f64) -> Shape {
    let unit = Delay::new(0.0, shape(kind, 1.0)).sd();
    shape(kind, sd / unit)
}

fn shape(kind: Kind, scale: f64) -> Shape {
    match kind {
        Kind::Gauss => Shape::Gaussian { sd: scale },
        Kind::Exp => Shape::Exponential { mean: scale },
        Kind::Gamma2 => Shape::Gamma { k: 2.0, sd: scale },
        Kind::Gamma4 => Shape::Gamma { k: 4.0, sd: scale },
        Kind::Burst | Kind::OneSided => Shape::Burst { sd: scale },
        Kind::Hops5 => Shape::Hops { count: HOPS, busy: HOP_BUSY, frame_s: scale },
        Kind::Mix10 => Shape::Mixture { sd: scale },
        Kind::Drifting => Shape::Drifting { low: 0.5 * scale, high: 1.5 * scale, period_s: 600.0 },
        Kind::Discrete => Shape::Discrete {
            values: vec![(0.0, 0.4), (scale, 0.3), (2.0 * scale, 0.2), (4.0 * scale, 0.1)],
        },
        Kind::SelfSimilar => Shape::SelfSimilar {
            sources: 16,
            on_s: 1.0,
            off_s: 2.0,
            tail: 1.4,
            peak: 0.9,
            frame_s: scale,
        },
    }
}

/// What keeps our time.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Crystal {
    /// A plain one.
    Xo,
    /// Temperature compensated.
    Tcxo,
    /// In an oven.
    Ocxo,
}

impl Crystal {
    /// All.
    pub const ALL: [Crystal; 3] = [Crystal::Xo, Crystal::Tcxo, Crystal::Ocxo];

    /// The word for it.
    pub const fn label(self) -> &'static str {
        match self {
            Crystal::Xo => "xo",
            Crystal::Tcxo => "tcxo",
            Crystal::Ocxo => "ocxo",
        }
    }

    /// White and random-walk noise of its frequency; nothing else of the preset counts here.
    pub const fn noise(self) -> (f64, f64) {
        let preset = match self {
            Crystal::Xo => OscillatorSettings::XO,
            Crystal::Tcxo => OscillatorSettings::TCXO,
            Crystal::Ocxo => OscillatorSettings::OCXO,
        };
        (preset.white, preset.wander)
    }

    /// What the servo is told.
    pub const fn class(self) -> Oscillator {
        match self {
            Crystal::Xo => Oscillator::Xo,
            Crystal::Tcxo => Oscillator::Tcxo,
            Crystal::Ocxo => Oscillator::Ocxo,
        }
    }
}

/// Rates of exchanges with their words and intervals in seconds.
pub const RATES: [(&str, f64); 5] =
    [("1/16", 16.0), ("1", 1.0), ("8", 0.125), ("16", 0.0625), ("128", 0.007_812_5)];
/// Sizes with their words and standard deviations in seconds.
pub const SIZES: [(&str, f64); 3] = [("10ns", 10e-9), ("1us", 1e-6), ("50us", 50e-6)];

/// One world.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Cell {
    /// Which of [`RATES`].
    pub rate: usize,
    /// How delays are distributed.
    pub kind: Kind,
    /// What keeps our time.
    pub crystal: Crystal,
    /// Which of [`SIZES`].
    pub size: usize,
}

impl Cell {
    /// All of these kinds.
    pub fn all(kinds: &[Kind]) -> Vec<Cell> {
        let mut cells = Vec::new();
        for kind in kinds {
            for crystal in Crystal::ALL {
                for size in 0..SIZES.len() {
                    for rate in 0..RATES.len() {
                        cells.push(Cell { rate, kind: *kind, crystal, size });
                    }
                }
            }
        }
        cells
    }

    /// Between exchanges, in seconds.
    pub const fn interval(self) -> f64 {
        RATES[self.rate].1
    }

    /// The standard deviation of the delays.
    pub const fn sd(self) -> f64 {
        SIZES[self.size].1
    }

    /// The constant part of the path: longer for the largest size, so that no Gaussian delay is
    /// below nothing.
    pub const fn floor(self) -> f64 {
        if self.size == 2 { 500e-6 } else { 50e-6 }
    }

    /// The variance of one value in the direction towards us and away from us, stamps and all.
    pub fn variances(self) -> [f64; 2] {
        self.kind.shapes(self.sd()).map(|shape| {
            let sd = Delay::new(0.0, shape).sd();
            sd * sd + STAMP * STAMP
        })
    }

    /// The variance of (down - up) / 2.
    pub fn variance(self) -> f64 {
        let [down, up] = self.variances();
        (down + up) / 4.0
    }

    /// 1 / omega_n, the time that the best linear servo averages over, in seconds.
    pub fn memory_s(self) -> f64 {
        let (_, wander) = self.crystal.noise();
        libm::pow(self.variance() * self.interval() / wander, 0.25)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rate, size) = (RATES[self.rate].0, SIZES[self.size].0);
        write!(f, "{rate}/s {} {} {size}", self.kind.label(), self.crystal.label())
    }
}

/// Which cells are wanted: `rate=1,dist=exp|gamma2,osc=xo,size=1us`. What is not named is not
/// asked for.
///
/// # Errors
///
/// A word that is no key or no value, with what is allowed.
pub fn chosen(cells: Vec<Cell>, filter: &str) -> Result<Vec<Cell>, String> {
    let mut left = cells;
    for part in filter.split(',').filter(|part| !part.is_empty()) {
        let Some((key, values)) = part.split_once('=') else {
            return Err(format!("{part}: write key=value, with rate, dist, osc or size"));
        };
        let word: fn(&Cell) -> &'static str = match key {
            "rate" => |cell| RATES[cell.rate].0,
            "dist" => |cell| cell.kind.label(),
            "osc" => |cell| cell.crystal.label(),
            "size" => |cell| SIZES[cell.size].0,
            _ => return Err(format!("{key}: there are rate, dist, osc and size")),
        };
        let values: Vec<&str> = values.split(['|', '+']).collect();
        let known: Vec<&str> = Cell::all(&[&Kind::GRID[..], &Kind::WRONG[..]].concat())
            .iter()
            .map(word)
            .fold(Vec::new(), |mut all, word| {
                if !all.contains(&word) {
                    all.push(word);
                }
                all
            });
        if let Some(value) = values.iter().find(|value| !known.contains(value)) {
            return Err(format!("{key}={value}: there are {}", known.join(", ")));
        }
        left.retain(|cell| values.contains(&word(cell)));
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_keeps_what_it_names_and_refuses_what_is_not_there() {
        let all = || Cell::all(&Kind::GRID);
        assert_eq!((all().len(), chosen(all(), "").unwrap().len()), (315, 315));
        let some = chosen(all(), "rate=1|16,dist=exp,osc=xo,size=1us").unwrap();
        let names: Vec<String> = some.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["1/s exp xo 1us", "16/s exp xo 1us"]);
        let error = chosen(all(), "size=1ms").unwrap_err();
        assert_eq!(error, "size=1ms: there are 10ns, 1us, 50us");
        assert!(chosen(all(), "rates=1").unwrap_err().contains("rate, dist, osc and size"));
    }

    #[test]
    fn the_size_is_the_standard_deviation_of_each_direction() {
        for kind in [&Kind::GRID[..], &Kind::WRONG[..]].concat() {
            for shape in kind.shapes(1e-6) {
                let sd = Delay::new(0.0, shape.clone()).sd();
                let expected = if kind == Kind::OneSided && shape == kind.shapes(1e-6)[1] {
                    1e-7
                } else {
                    1e-6
                };
                assert!((sd / expected - 1.0).abs() < 1e-9, "{kind:?}: {sd}");
            }
        }
    }
}
