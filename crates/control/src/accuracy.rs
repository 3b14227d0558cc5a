//! What the source says of the accuracy of its time.

use serde::{Deserialize, Serialize};

/// Where the inaccuracy of the time comes from (16.12).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Accuracy {
    /// Boundary clocks on the way.
    pub boundary_clocks: u8,
    /// Transparent clocks on the way.
    pub transparent_clocks: u8,
    /// The grandmaster's.
    pub grandmaster_ns: f64,
    /// Of the clocks on the way, for a short time.
    pub transient_ns: f64,
    /// Of the clocks on the way, varying.
    pub dynamic_ns: f64,
    /// Of the clocks on the way, constant.
    pub instance_ns: f64,
    /// Of the media on the way, constant.
    pub medium_ns: f64,
    /// The root of all variances together.
    pub deviation_ns: f64,
}
