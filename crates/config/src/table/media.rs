//! Options of professional media: the synchronisation metadata of SMPTE ST 2059-2.

use crate::labels::LockingStatus;
use crate::opt::{AUTO, Kind, Opt, Scope};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Clock, kind).restart()
}

pub(super) const MEDIA: &[Opt] = &[
    opt("smpte_metadata", Kind::Bool).default("false").doc(
        "Whether synchronization metadata are sent once a second while we lead; a boundary clock \
             passes on its parent's (SMPTE ST 2059-2).",
    ),
    opt("smpte_frame_rate", Kind::Text)
        .default("30000/1001")
        .doc("defaultSystemFrameRate, as frames per seconds (SMPTE ST 2059-2)."),
    opt("smpte_locking_status", Kind::Label(LockingStatus::LABELS)).default("auto").doc(
        "masterLockingStatus; auto is locked with clockClass 6 or 13, and free-run else (SMPTE ST \
             2059-2).",
    ),
    opt("smpte_drop_frame", Kind::Bool)
        .default("false")
        .doc("Whether time addresses drop frames (SMPTE ST 2059-2)."),
    opt("smpte_color_frame", Kind::Bool)
        .default("false")
        .doc("Whether time addresses identify colour frames (SMPTE ST 2059-2)."),
    opt(
        "smpte_local_offset_s",
        Kind::Int { min: -1_000_000, max: 1_000_000, unit: "s", words: AUTO },
    )
    .default("auto")
    .doc(
        "currentLocalOffset: local time less our time, before smpte_jump; auto makes local time UTC \
             (SMPTE ST 2059-2).",
    ),
    opt("smpte_jump", Kind::Text).default("").doc(
        "The next jump of local time, as SECONDS@TIME, where TIME is of our time: \
             3600@2027-03-28T01:00:37; a leap second that we announce is told without this (SMPTE ST \
             2059-2).",
    ),
    opt("smpte_daily_jam", Kind::Text).default("").doc(
        "The local time at which time addresses start over every day, as 02:00:00; empty for never \
             (SMPTE ST 2059-2).",
    ),
    opt("smpte_daylight_saving", Kind::Bool)
        .default("false")
        .doc("Whether daylight saving time is in force before smpte_jump (SMPTE ST 2059-2)."),
];
