//! Allan, modified Allan and time deviation of a stream at averaging factors 1, 2, 4, 8, ...
//!
//! The estimator, precisely: up to a factor of 8 each term of the overlapping forms counts, so the
//! answers equal [`crate::statistics::batch`]. From 16 on the terms begin every eighth of the
//! averaging time instead of at every sample: the inner averages of the modified form are still
//! over all samples, only the outer mean has fewer terms, which are so alike that little is lost.
//! Each octave keeps three averaging times of eighths, so the memory is logarithmic.

/// Eighths of the averaging time.
const PARTS: usize = 8;
const HELD: usize = 3 * PARTS;
/// The largest averaging factor is 2^26.
const STAGES: usize = 24;
/// The first stage serves the factors 1, 2, 4 and 8, each other one the next.
const FACTORS: usize = STAGES + 3;

/// Deviations at one averaging time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deviations {
    /// The averaging time in seconds.
    pub tau: f64,
    /// The overlapping Allan deviation.
    pub adev: f64,
    /// The modified Allan deviation.
    pub mdev: f64,
    /// The time deviation in seconds.
    pub tdev: f64,
    /// How many terms the modified form has.
    pub terms: u64,
}

/// The stability of phases that come at even intervals.
#[derive(Clone, Debug)]
pub struct Stability {
    tau0: f64,
    stages: [Stage; STAGES],
    sums: [Sums; FACTORS],
}

impl Stability {
    /// Of a stream with a phase every `tau0` seconds.
    pub const fn new(tau0: f64) -> Stability {
        Stability { tau0, stages: [Stage::NEW; STAGES], sums: [Sums::NEW; FACTORS] }
    }

    /// Takes a phase in seconds.
    pub fn add(&mut self, phase: f64) {
        let mut block = Some(Block { first: phase, mean: phase });
        for (j, stage) in self.stages.iter_mut().enumerate() {
            let Some(taken) = block else { return };
            block = stage.add(taken);
            if j == 0 {
                for (i, lag) in [1, 2, 4].into_iter().enumerate() {
                    self.sums[i].add(stage, lag);
                }
            }
            self.sums[j + 3].add(stage, PARTS);
        }
    }

    /// At the averaging factor 2^`octave`, once there is a term.
    pub fn at(&self, octave: usize) -> Option<Deviations> {
        let sums = self.sums.get(octave).filter(|sums| sums.averaged_terms > 0)?;
        let tau = self.tau0 * (1u64 << octave) as f64;
        let adev = libm::sqrt(sums.sampled / (2.0 * sums.sampled_terms as f64)) / tau;
        let mdev = libm::sqrt(sums.averaged / (2.0 * sums.averaged_terms as f64)) / tau;
        let tdev = tau * mdev / libm::sqrt(3.0);
        Some(Deviations { tau, adev, mdev, tdev, terms: sums.averaged_terms })
    }

    /// At all averaging times that have a term, the shortest first.
    pub fn all(&self) -> impl Iterator<Item = Deviations> {
        (0..FACTORS).map_while(|octave| self.at(octave))
    }
}

/// Some neighbours of the stream.
#[derive(Clone, Copy, Debug)]
struct Block {
    first: f64,
    mean: f64,
}

/// The last blocks of one length.
#[derive(Clone, Debug)]
struct Stage {
    held: [Block; HELD],
    /// How many ever came.
    count: u64,
    /// The first half of a block of the next stage.
    half: Option<Block>,
}

impl Stage {
    const NEW: Stage =
        Stage { held: [Block { first: 0.0, mean: 0.0 }; HELD], count: 0, half: None };

    /// Takes a block; gives one of twice the length after every second.
    fn add(&mut self, block: Block) -> Option<Block> {
        self.held[(self.count % HELD as u64) as usize] = block;
        self.count += 1;
        match self.half.take() {
            None => {
                self.half = Some(block);
                None
            }
            Some(half) => {
                Some(Block { first: half.first, mean: f64::midpoint(half.mean, block.mean) })
            }
        }
    }

    /// The block that came `ago` blocks before the last.
    fn ago(&self, ago: usize) -> Block {
        self.held[((self.count - 1 - ago as u64) % HELD as u64) as usize]
    }

    /// The mean of `lag` blocks, the last of which came `ago` before the last.
    fn mean(&self, ago: usize, lag: usize) -> f64 {
        (ago..ago + lag).map(|ago| self.ago(ago).mean).sum::<f64>() / lag as f64
    }
}

/// Sums of squared second differences.
#[derive(Clone, Copy, Debug)]
struct Sums {
    sampled: f64,
    sampled_terms: u64,
    averaged: f64,
    averaged_terms: u64,
}

impl Sums {
    const NEW: Sums = Sums { sampled: 0.0, sampled_terms: 0, averaged: 0.0, averaged_terms: 0 };

    /// Adds the terms that end with the stage's last block.
    fn add(&mut self, stage: &Stage, lag: usize) {
        if stage.count > 2 * lag as u64 {
            let first = |ago: usize| stage.ago(ago).first;
            let difference = first(0) - 2.0 * first(lag) + first(2 * lag);
            self.sampled += difference * difference;
            self.sampled_terms += 1;
        }
        if stage.count >= 3 * lag as u64 {
            let mean = |ago: usize| stage.mean(ago, lag);
            let difference = mean(0) - 2.0 * mean(lag) + mean(2 * lag);
            self.averaged += difference * difference;
            self.averaged_terms += 1;
        }
    }
}
