//! The maximum time interval error of a stream over windows of 1, 2, 4, 8, ... intervals.
//!
//! Precisely: up to 8 intervals every window counts. From 16 on windows begin every eighth of
//! their length, so the answer is never above the true one and never below the true one of a
//! window seven eighths as long. The memory is logarithmic; an exact answer needs the series.

const PARTS: usize = 8;
const HELD: usize = PARTS + 1;
const STAGES: usize = 24;
const WINDOWS: usize = STAGES + 3;

/// The largest change within any window of one length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeInterval {
    /// The length of the window in seconds.
    pub tau: f64,
    /// In seconds.
    pub mtie: f64,
}

/// How far phases that come at even intervals wander.
#[derive(Clone, Debug)]
pub struct Wander {
    tau0: f64,
    stages: [Stage; STAGES],
    most: [Option<f64>; WINDOWS],
}

impl Wander {
    /// Of a stream with a phase every `tau0` seconds.
    pub const fn new(tau0: f64) -> Wander {
        Wander { tau0, stages: [Stage::NEW; STAGES], most: [None; WINDOWS] }
    }

    /// Takes a phase in seconds.
    pub fn add(&mut self, phase: f64) {
        let mut block = Some(Block { first: phase, low: phase, high: phase });
        for (j, stage) in self.stages.iter_mut().enumerate() {
            let Some(taken) = block else { return };
            block = stage.add(taken);
            let lags: &[usize] = if j == 0 { &[1, 2, 4, PARTS] } else { &[PARTS] };
            for lag in lags {
                let i = if j == 0 { lag.trailing_zeros() as usize } else { j + 3 };
                let range = stage.range(*lag);
                self.most[i] = self.most[i].into_iter().chain(range).reduce(f64::max);
            }
        }
    }

    /// Over windows of 2^`octave` intervals, once there was one.
    pub fn at(&self, octave: usize) -> Option<TimeInterval> {
        let mtie = (*self.most.get(octave)?)?;
        Some(TimeInterval { tau: self.tau0 * (1u64 << octave) as f64, mtie })
    }

    /// Over all windows there were, the shortest first.
    pub fn all(&self) -> impl Iterator<Item = TimeInterval> {
        (0..WINDOWS).map_while(|octave| self.at(octave))
    }
}

/// Some neighbours of the stream.
#[derive(Clone, Copy, Debug)]
struct Block {
    first: f64,
    low: f64,
    high: f64,
}

/// The last blocks of one length.
#[derive(Clone, Debug)]
struct Stage {
    held: [Block; HELD],
    count: u64,
    half: Option<Block>,
}

impl Stage {
    const NEW: Stage =
        Stage { held: [Block { first: 0.0, low: 0.0, high: 0.0 }; HELD], count: 0, half: None };

    fn add(&mut self, block: Block) -> Option<Block> {
        self.held[(self.count % HELD as u64) as usize] = block;
        self.count += 1;
        let Some(half) = self.half.take() else {
            self.half = Some(block);
            return None;
        };
        let (low, high) = (half.low.min(block.low), half.high.max(block.high));
        Some(Block { first: half.first, low, high })
    }

    /// Of the last `lag` whole blocks and the first phase of the one after.
    fn range(&self, lag: usize) -> Option<f64> {
        if self.count <= lag as u64 {
            return None;
        }
        let ago = |ago: usize| self.held[((self.count - 1 - ago as u64) % HELD as u64) as usize];
        let end = ago(0).first;
        let blocks = (1..=lag).map(ago);
        let (low, high) = blocks
            .fold((end, end), |(low, high), block| (low.min(block.low), high.max(block.high)));
        Some(high - low)
    }
}
