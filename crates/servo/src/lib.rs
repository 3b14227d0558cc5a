//! From measurements to clock corrections and an error bound.
//!
//! The estimator's state is the *uncorrected* oscillator: its phase and frequency against the
//! source, and the path delay. What was done to the clock is an input, so a change of rate costs
//! no measurement. The controller is apart: it reads an estimate and decides. Nothing here reads a
//! clock, allocates after construction or remembers which protocol the measurements came from.
//!
//! Signs: a positive offset means that our clock is ahead of the source; a positive rate makes a
//! clock run faster. Times are exact until they are differences; `f64` seconds begin here.
#![no_std]
#![forbid(unsafe_code)]

mod axis;
mod bank;
mod batch;
mod conduct;
mod controller;
mod density;
mod detour;
mod estimate;
mod estimator;
mod feedback;
mod filter;
mod member;
mod noise;
mod normal;
mod pi;
mod regression;
mod run;
mod sample;
mod servo;
mod settings;
pub mod statistics;

pub use conduct::{Conduct, NoStep};
pub use controller::Decision;
pub use estimate::{Counts, Estimate, Phase};
pub use pi::{Pi, PiGains, PiOutput};
pub use regression::{Fitted, Regression};
pub use servo::{Actuation, Servo};
pub use settings::{ControlKind, FrequencyMemory, Oscillator, Settings, StepPolicy};
