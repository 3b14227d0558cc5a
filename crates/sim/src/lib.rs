//! A deterministic world: oscillators, clocks, links and switches around the real engine and the
//! real servo. The same commit, scenario and seed give the same log, in every build.
//!
//! Times of the world are integers; `f64` seconds are differences. Everything transcendental comes
//! from `libm`, and nothing iterates in an order that chance decides.
#![forbid(unsafe_code)]

pub mod clock;
pub mod delay;
mod engine_settings;
mod follower;
mod frames;
pub mod grid;
mod journal;
mod judge;
mod library;
mod network;
mod node;
pub mod oscillator;
pub mod outcome;
pub mod plan;
mod probe;
mod queue;
mod random_world;
pub mod rng;
mod run;
mod scenario;
mod selection;
mod world;

pub use library::{Entry, library};
pub use outcome::Outcome;
pub use random_world::{Findings, Invented, arrange, explore, random_world};
pub use run::{RunOptions, run, run_many};
pub use scenario::{Problem, Scenario};
pub use selection::SelectionPlan;
pub use world::{Against, Watch, World};
