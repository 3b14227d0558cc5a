//! How accurate the servo is: many worlds of known noise, in which every contender sees the same
//! exchanges and steers a copy of the same clock.
//!
//! A world is an oscillator of two states (white and random-walk noise of the frequency), a path
//! of constant length and delays of one kind, stamps with 8 ns of Gaussian noise, and a Delay_Req
//! and a Sync at the same moment. The score is the true error of the corrected clock, averaged
//! over time and not over exchanges. It is compared with the closed form of the best linear servo
//! ([`limit`]) and with a particle filter that knows the true model ([`oracle`]).
//!
//! Servos correct by rate, as the daemon does, and pay for it. Contenders that exist only here
//! (the fixed-gain and the windowed-minimum filter, the oracle) are given a clock that goes at once
//! where they want it; so they are hard to beat. Their frequency is that of a clock which is pulled
//! over one interval.

pub mod acquisition;
pub mod cell;
pub mod density;
pub mod exchange;
pub mod limit;
pub mod linear;
pub mod loss;
pub mod oracle;
pub mod report;
pub mod run;
pub mod score;
pub mod steered;
pub mod store;
