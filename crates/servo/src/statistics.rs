//! What series of offsets say: moments, percentiles, stability, and the masks they are held to.
//!
//! The streaming kinds take one sample at a time in memory that does not grow; the functions in
//! [`batch`] need the whole series and are exact, for reports and as what the streaming kinds are
//! checked against. Phases are in seconds, evenly spaced; a gap is for the caller to fill or to
//! begin anew after. Nothing here belongs to the estimator: these are ways to look at it.

pub mod batch;
mod frequency;
pub mod mask;
mod moments;
mod quantiles;
mod stability;
mod wander;

pub use frequency::{Frequency, FrequencyOffset};
pub use moments::Moments;
pub use quantiles::Quantiles;
pub use stability::{Deviations, Stability};
pub use wander::{TimeInterval, Wander};
