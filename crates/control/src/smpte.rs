//! Synchronisation metadata of SMPTE ST 2059-2 as the daemon heard them last.

use serde::{Deserialize, Serialize};

use crate::identity::Identity;

/// What the time transmitter says of frames and local time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Smpte {
    /// Whose clock said so.
    pub source: Identity,
    /// Frames, per so many seconds: `30000/1001`.
    pub frame_rate: String,
    /// What the source is locked to: `locked`, `free_run` ...
    pub locking_status: String,
    /// Whether time addresses drop frames.
    pub drop_frame: bool,
    /// Whether time addresses identify colour frames.
    pub color_frame: bool,
    /// Local time less the time of the grandmaster, in seconds.
    pub local_offset_s: i32,
    /// By how much local time will jump, in seconds.
    pub jump_s: i32,
    /// At which second of the grandmaster's time; 0 is never.
    pub next_jump: u64,
    /// When time addresses start over; 0 is never.
    pub next_jam: u64,
    /// When they did; 0 is never.
    pub previous_jam: u64,
    /// The local offset then, in seconds.
    pub previous_jam_offset_s: i32,
    /// Whether daylight saving time is in force.
    pub daylight_saving: bool,
    /// Whether the jump is a leap second.
    pub leap_second_jump: bool,
}
