//! Options of the choice between time transmitters.

use crate::labels::PowerTlv;
use crate::opt::{Kind, Opt, Scope, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Clock, kind)
}

pub(super) const SELECTION: &[Opt] = &[
    opt("local_priority", int(1, 255, ""))
        .default("128")
        .ptp4l("G.8275.defaultDS.localPriority")
        .restart()
        .doc(
            "localPriority of our own clock, the lowest is the best; only with bmca = \"g8275\" \
             (G.8275.1, 6.3.2).",
        ),
    opt("max_steps_removed", int(2, 255, "steps"))
        .default("255")
        .ptp4l("maxStepsRemoved")
        .restart()
        .doc("An Announce that came this many steps is not followed (9.3.2.5)."),
    opt("clock_class_threshold", int(6, 255, ""))
        .default("255")
        .ptp4l("clock_class_threshold")
        .restart()
        .doc("A grandmaster of a greater clockClass than this is not followed."),
    opt("acceptable", Kind::Text).default("").restart().doc(
        "The only clocks to follow: identities with commas between them, each with -PORT for \
             one port of it and /N for a priority1 in place of its own; empty for every clock \
             (17.5).",
    ),
    opt("holdover_upgrade", Kind::Bool).default("false").restart().doc(
        "Whether a clock that has lost its grandmaster contends with holdover_class in place of its \
         clock_class, and later with holdover_class_beyond (17.7).",
    ),
    opt("holdover_class", int(1, 255, "")).default("187").restart().doc(
        "clockClass while it lives on what it learned and is surely off by no more than \
         holdover_limit_ns; 135 for a boundary clock of G.8275.1 (7.6.2.5).",
    ),
    opt("holdover_class_beyond", int(1, 255, "")).default("248").restart().doc(
        "clockClass once it may be off by more; 165 for a boundary clock of G.8275.1 (7.6.2.5).",
    ),
    opt("holdover_limit_ns", int(1, 1_000_000_000, "ns")).default("1500").restart().doc(
        "How far it may be off for holdover_class.",
    ),
    opt("power_tlv", Kind::Label(PowerTlv::LABELS))
        .default("none")
        .ptp4l("power_profile.version")
        .restart()
        .doc("Which TLV of the power profile our Announce carries (IEEE C37.238)."),
    opt("power_grandmaster_id", int(0, 65_535, ""))
        .default("0")
        .ptp4l("power_profile.2011.grandmasterID")
        .restart()
        .doc("The number that the power profile's TLV gives us as a grandmaster (IEEE C37.238)."),
    opt("power_inaccuracy_ns", int(0, 4_294_967_295, "ns"))
        .default("4294967295")
        .ptp4l("power_profile.2011.grandmasterTimeInaccuracy")
        .restart()
        .doc(
            "How wrong we may be as a grandmaster, in the power profile's TLV; 4294967295 is unknown \
             (IEEE C37.238).",
        ),
    opt("also_domains", Kind::Text).default("").restart().doc(
        "Other domains to take part in besides, as numbers with commas: measured and shown, \
             never followed by a clock and never led (7.1).",
    ),
    opt("alternate_timescales", Kind::Text).default("").restart().doc(
        "Other timescales that our Announce tells of as a grandmaster, at most 4 with commas: \
             NAME:OFFSET, with :jump=SECONDS@TIME where the offset will change. OFFSET is added \
             to the time that we distribute, and TIME is of that: with PTP's own timescale and \
             TAI - UTC = 37 s, CET:+3563:jump=3600@2027-03-28T01:00:37 (16.3).",
    ),
];
