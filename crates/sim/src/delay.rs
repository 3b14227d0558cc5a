//! How long a frame takes in one direction of a path.
//!
//! A delay is a floor, which the path always takes, and what its shape adds. All are in seconds.
//! [`Delay::mean`] and [`Delay::sd`] are closed forms, which the tests compare with draws.

mod moments;

use crate::rng::Rng;

/// What is added to the floor.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Nothing.
    Constant,
    /// Gaussian with mean 0, also below the floor.
    Gaussian {
        /// Its standard deviation.
        sd: f64,
    },
    /// Exponential.
    Exponential {
        /// Its mean, which is its standard deviation too.
        mean: f64,
    },
    /// Gamma: `k` exponential delays one after the other.
    Gamma {
        /// The shape.
        k: f64,
        /// The standard deviation; the scale is `sd / sqrt(k)`.
        sd: f64,
    },
    /// A load that comes and goes with the frames: it begins at one in 40 and ends at one in 20.
    /// With it, exponential with mean 1.5 `sd`; without, half-Gaussian with 0.02 `sd`.
    Burst {
        /// The scale.
        sd: f64,
    },
    /// A load that comes and goes in time: while it lasts, a frame waits exponentially with
    /// probability `busy`, else not at all.
    OnOff {
        /// How long it lasts on average.
        on_s: f64,
        /// How long it stays away on average.
        off_s: f64,
        /// How many of the frames wait.
        busy: f64,
        /// How long on average.
        mean: f64,
    },
    /// One in ten waits exponentially with mean 10 `sd`, the others are Gaussian with 0.3 `sd`.
    Mixture {
        /// The scale.
        sd: f64,
    },
    /// Hops that are each busy with some probability, and then with the rest of one frame.
    Hops {
        /// How many.
        count: u32,
        /// How probable.
        busy: f64,
        /// How long the frame that is in the way takes in all.
        frame_s: f64,
    },
    /// Hops like these whose load moves around a mean: Gaussian, cut to 0..1, correlated in time.
    Correlated {
        /// How many.
        count: u32,
        /// How long a frame takes.
        frame_s: f64,
        /// The load in the middle.
        load: f64,
        /// Its standard deviation before it is cut.
        load_sd: f64,
        /// Its correlation time.
        time_s: f64,
    },
    /// One of few values, as with paths that are chosen by chance.
    Discrete {
        /// Each with its weight.
        values: Vec<(f64, f64)>,
    },
    /// Exponential with a mean that goes from `low` to `high` and back in each period.
    Drifting {
        /// The least mean, at the start.
        low: f64,
        /// The greatest, half a period later.
        high: f64,
        /// How long it takes.
        period_s: f64,
    },
    /// Sources with on and off times of heavy tails, whose sum is a self-similar load. A frame
    /// waits as in a queue M/M/1 of the load at its time.
    SelfSimilar {
        /// How many.
        sources: u32,
        /// How long one sends on average.
        on_s: f64,
        /// How long one is silent on average.
        off_s: f64,
        /// The exponent of both tails, between 1 and 2.
        tail: f64,
        /// The load when all send, below 1.
        peak: f64,
        /// How long a frame takes.
        frame_s: f64,
    },
    /// A radio: a random backoff that doubles with each retry, and neighbours that come and go.
    Radio {
        /// How long the channel is busy with neighbours on average.
        on_s: f64,
        /// How long it is not.
        off_s: f64,
        /// How probable a retry is without neighbours, and with.
        retry: [f64; 2],
        /// How long one try takes on the air.
        airtime_s: f64,
    },
}

/// Slots and windows of a radio (IEEE 802.11, DCF): the backoff is at most the window.
const SLOT_S: f64 = 9e-6;
const RADIO_TRIES: i32 = 7;
const WINDOW_FIRST: u64 = 15;
const WINDOW_MAX: u64 = 1023;

/// A delay under way.
#[derive(Clone, Debug)]
pub struct Delay {
    floor: f64,
    shape: Shape,
    state: State,
}

/// What a shape remembers of the last frame.
#[derive(Clone, Debug)]
enum State {
    None,
    Busy(bool),
    Until(bool, f64),
    Wander(f64, f64),
    Sources(Box<[(bool, f64)]>),
}

impl Delay {
    /// A path of this floor and shape.
    pub const fn new(floor: f64, shape: Shape) -> Delay {
        Delay { floor, shape, state: State::None }
    }

    /// A path that takes always as long.
    pub const fn constant(floor: f64) -> Delay {
        Delay::new(floor, Shape::Constant)
    }

    /// What the path always takes.
    pub const fn floor(&self) -> f64 {
        self.floor
    }

    /// What is added to it.
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Another route of the same character.
    pub const fn set_floor(&mut self, floor: f64) {
        self.floor = floor;
    }

    /// How long a frame takes that leaves at `at_seconds`. Times do not go back.
    pub fn draw(&mut self, rng: &mut Rng, at_seconds: f64) -> f64 {
        self.floor + self.added(rng, at_seconds)
    }

    /// The mean, over a long time.
    pub fn mean(&self) -> f64 {
        self.floor + moments::of(&self.shape).0
    }

    /// The standard deviation, over a long time.
    pub fn sd(&self) -> f64 {
        let (mean, square) = moments::of(&self.shape);
        libm::sqrt((square - mean * mean).max(0.0))
    }

    fn added(&mut self, rng: &mut Rng, at: f64) -> f64 {
        let state = &mut self.state;
        match self.shape {
            Shape::Constant => 0.0,
            Shape::Gaussian { sd } => sd * rng.gauss(),
            Shape::Exponential { mean } => mean * rng.exponential(),
            Shape::Gamma { k, sd } => sd / libm::sqrt(k) * rng.gamma(k),
            Shape::Burst { sd } => burst(state, sd, rng),
            Shape::OnOff { on_s, off_s, busy, mean } => {
                let waits = alternates(state, (on_s, off_s), at, rng) && rng.chance(busy);
                if waits { mean * rng.exponential() } else { 0.0 }
            }
            Shape::Mixture { sd } if rng.chance(0.1) => 10.0 * sd * rng.exponential(),
            Shape::Mixture { sd } => 0.3 * sd * rng.gauss(),
            Shape::Hops { count, busy, frame_s } => hops(count, busy, rng) * frame_s,
            Shape::Correlated { count, frame_s, load, load_sd, time_s } => {
                let busy = load + load_sd * wanders(state, time_s, at, rng);
                hops(count, busy.clamp(0.0, 1.0), rng) * frame_s
            }
            Shape::Discrete { ref values } => one_of(values, rng),
            Shape::Drifting { low, high, period_s } => {
                drifting((low, high), at / period_s) * rng.exponential()
            }
            Shape::SelfSimilar { sources, on_s, off_s, tail, peak, frame_s } => {
                let load = peak * active(state, sources, (on_s, off_s, tail), at, rng);
                if rng.chance(load) { frame_s / (1.0 - load) * rng.exponential() } else { 0.0 }
            }
            Shape::Radio { on_s, off_s, retry, airtime_s } => {
                let busy = alternates(state, (on_s, off_s), at, rng);
                radio(retry[usize::from(busy)], airtime_s, rng)
            }
        }
    }
}

fn burst(state: &mut State, sd: f64, rng: &mut Rng) -> f64 {
    let on = matches!(state, State::Busy(true));
    let on = if on { !rng.chance(1.0 / 20.0) } else { rng.chance(1.0 / 40.0) };
    *state = State::Busy(on);
    if on { 1.5 * sd * rng.exponential() } else { 0.02 * sd * libm::fabs(rng.gauss()) }
}

/// Whether it is on, where the lengths of on and off are exponential with these means.
fn alternates(state: &mut State, (on_s, off_s): (f64, f64), at: f64, rng: &mut Rng) -> bool {
    let (mut on, mut until) = match *state {
        State::Until(on, until) => (on, until),
        _ => {
            let on = rng.chance(on_s / (on_s + off_s));
            (on, at + rng.exponential() * if on { on_s } else { off_s })
        }
    };
    while until <= at {
        on = !on;
        until += rng.exponential() * if on { on_s } else { off_s };
    }
    *state = State::Until(on, until);
    on
}

/// A Gaussian process of variance 1 with this correlation time.
fn wanders(state: &mut State, time_s: f64, at: f64, rng: &mut Rng) -> f64 {
    let value = match *state {
        State::Wander(last, when) => {
            let kept = libm::exp(-(at - when).max(0.0) / time_s);
            last * kept + libm::sqrt((1.0 - kept * kept).max(0.0)) * rng.gauss()
        }
        _ => rng.gauss(),
    };
    *state = State::Wander(value, at);
    value
}

/// In units of a frame.
fn hops(count: u32, busy: f64, rng: &mut Rng) -> f64 {
    (0..count).map(|_| if rng.chance(busy) { rng.uniform() } else { 0.0 }).sum()
}

fn one_of(values: &[(f64, f64)], rng: &mut Rng) -> f64 {
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.uniform() * total;
    for &(value, weight) in values {
        left -= weight;
        if left < 0.0 {
            return value;
        }
    }
    values.last().map_or(0.0, |&(value, _)| value)
}

/// The mean of a drifting tail after so many periods.
fn drifting((low, high): (f64, f64), periods: f64) -> f64 {
    let angle = core::f64::consts::TAU * (periods - libm::floor(periods));
    low + (high - low) * 0.5 * (1.0 - libm::cos(angle))
}

/// Which share of the sources sends.
fn active(
    state: &mut State,
    sources: u32,
    (on_s, off_s, tail): (f64, f64, f64),
    at: f64,
    rng: &mut Rng,
) -> f64 {
    if !matches!(state, State::Sources(_)) {
        let fresh = (0..sources).map(|_| {
            let on = rng.chance(on_s / (on_s + off_s));
            // What is left of a period that began long ago has a heavier tail than a period; a
            // uniform share of an ordinary one begins close enough to it.
            (on, at + rng.uniform() * rng.pareto(if on { on_s } else { off_s }, tail))
        });
        *state = State::Sources(fresh.collect());
    }
    let State::Sources(all) = state else { return 0.0 };
    let mut count = 0;
    for (on, until) in all.iter_mut() {
        while *until <= at {
            *on = !*on;
            *until += rng.pareto(if *on { on_s } else { off_s }, tail);
        }
        count += u32::from(*on);
    }
    f64::from(count) / f64::from(sources.max(1))
}

fn radio(retry: f64, airtime_s: f64, rng: &mut Rng) -> f64 {
    let mut window = WINDOW_FIRST;
    let mut taken = 0.0;
    for _ in 0..RADIO_TRIES {
        taken += airtime_s + SLOT_S * rng.below(window + 1) as f64;
        if !rng.chance(retry) {
            break;
        }
        window = (2 * window + 1).min(WINDOW_MAX);
    }
    taken
}

#[cfg(test)]
mod tests;
