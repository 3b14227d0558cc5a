//! A deterministic world: oscillators, clocks, links and switches around the real engine and the
//! real servo. The same commit, scenario and seed give the same log, in every build.
//!
//! Times of the world are integers; `f64` seconds are differences. Everything transcendental comes
//! from `libm`, and nothing iterates in an order that chance decides.
#![forbid(unsafe_code)]

pub mod delay;
pub mod grid;
pub mod oscillator;
pub mod rng;
