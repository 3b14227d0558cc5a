//! What a run found, for whoever reports it.

/// All of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The scenario's name.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// What chance was derived from.
    pub seed: u64,
    /// How long the world existed, in its own seconds.
    pub duration_s: f64,
    /// A hash of everything that happened: equal where two runs were equal.
    pub digest: u64,
    /// How many events there were.
    pub events_handled: u64,
    /// What is worth telling, in order; no more than were asked for.
    pub log: Vec<LogLine>,
    /// The clocks, in the scenario's order.
    pub nodes: Vec<NodeOutcome>,
    /// What was expected, and what was found.
    pub verdicts: Vec<Verdict>,
}

/// Something worth telling.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// When, in seconds since the world began.
    pub at_s: f64,
    /// Who; empty for the world itself.
    pub node: String,
    /// What.
    pub text: String,
}

/// An expectation of the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What was expected, in words.
    pub expectation: String,
    /// Whether it was so.
    pub held: bool,
    /// What was found instead, or how well it held.
    pub found: String,
}

/// One clock.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeOutcome {
    /// Its name.
    pub name: String,
    /// What it was at the end: "grandmaster", "boundary", "receiver", "silent".
    pub role: String,
    /// Its error over time; empty if tracks were off.
    pub track: Vec<TrackPoint>,
    /// How long frames took to it and from it: a bounded sample.
    pub delays: Vec<DelayPoint>,
    /// When it was locked for the first time.
    pub lock_time_s: Option<f64>,
    /// How often its clock was stepped by its servo.
    pub steps: u32,
    /// The rms error of the best linear estimator that knows everything, where a closed form
    /// applies: one constant or noisy path, one oscillator of white and random-walk noise.
    pub limit_s: Option<f64>,
    /// Its error in few numbers, once the scenario had settled.
    pub summary: Summary,
}

/// One look at a clock from outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackPoint {
    /// When, in seconds since the world began.
    pub at_s: f64,
    /// The clock minus the reference, in seconds: positive ahead. The reference is the clock of its
    /// grandmaster, or true time if it follows nobody.
    pub error_s: f64,
    /// What it believed its offset to be.
    pub offset_s: f64,
    /// How wrong it said that it may be in all.
    pub bound_s: f64,
    /// How wrong it said that chance may make it.
    pub random_bound_s: f64,
    /// How much too fast the corrected clock truly ran, as a fraction.
    pub rate_error: f64,
    /// How well it followed.
    pub phase: Phase,
}

/// How well a source is followed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Phase {
    /// There is nothing to follow.
    Free,
    /// It is not known well enough how far off the clock is.
    Acquiring,
    /// The clock is where it should be.
    Locked,
    /// Measurements stopped.
    Holdover,
}

/// How long one frame took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DelayPoint {
    /// When it arrived, in seconds since the world began.
    pub at_s: f64,
    /// Whether it went from the source to the clock.
    pub down: bool,
    /// How long it took.
    pub delay_s: f64,
}

/// The error of a clock, in few numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// How many looks it is made of.
    pub count: u64,
    /// The root of the mean square error.
    pub rms_s: f64,
    /// The mean error.
    pub mean_s: f64,
    /// The largest error, without its sign.
    pub max_s: f64,
    /// What 99.9 % of the errors do not exceed, without their sign.
    pub p999_s: f64,
    /// In which share of the looks at a locked or coasting clock the error was within the bound.
    pub coverage: f64,
    /// How many such looks there were.
    pub bounded: u64,
    /// The mean bound of those looks.
    pub mean_bound_s: f64,
    /// The rms error over the linear limit, where there is one.
    pub rho: Option<f64>,
}

impl Outcome {
    /// Whether every expectation held.
    pub fn held(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.held)
    }
}
