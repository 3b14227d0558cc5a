//! Records of performance over quarters of an hour and days (IEEE 1588-2019 annex J).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What `zeitgeber status --performance --json` prints of the clock, or of one of its ports.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Performance {
    /// The port's number; 0 is the clock itself.
    pub port: u16,
    /// The latest quarter first, then the latest day and the one before.
    pub records: Vec<Record>,
}

/// What happened in a quarter of an hour or a day.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Record {
    /// 0 is the quarter that is under way, 1 to 96 those before it, 97 the day that is under way, 98
    /// the one before it.
    pub index: u16,
    /// How long it is as a whole, in seconds.
    pub length_s: u64,
    /// How many seconds ago it began.
    pub began_s: u64,
    /// Whether it is over.
    pub complete: bool,
    /// How far ahead of the source we were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Summary>,
    /// The mean path delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_delay: Option<Summary>,
    /// What each Sync took to us, our offset included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_to_us: Option<Summary>,
    /// What each Delay_Req took to the source, our offset included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_from_us: Option<Summary>,
    /// The delay of the link, where peers measure it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_delay: Option<Summary>,
    /// Messages by kind and direction, those that there were.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: BTreeMap<String, u64>,
}

/// What became of a value, in nanoseconds.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Summary {
    /// How often it was measured.
    pub count: u64,
    /// The smallest.
    pub min_ns: f64,
    /// The largest.
    pub max_ns: f64,
    /// The mean.
    pub mean_ns: f64,
    /// The standard deviation; nothing of one alone.
    pub deviation_ns: Option<f64>,
}
