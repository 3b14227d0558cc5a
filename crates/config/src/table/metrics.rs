//! What a clock says of its accuracy and its rate.

use crate::opt::{Kind, Opt, Scope, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Clock, kind).restart()
}

const fn inaccuracy(name: &'static str) -> Opt {
    opt(name, int(0, 1_000_000_000, "ns")).default("0")
}

pub(super) const METRICS: &[Opt] = &[
    opt("enhanced_accuracy", Kind::Bool).default("false").doc(
        "Whether Announce says where the inaccuracy of the time comes from: as grandmaster what is \
         given here, as a boundary or transparent clock what the parent says and that (16.12).",
    ),
    inaccuracy("inaccuracy_grandmaster_ns")
        .doc("How wrong the time of this clock may be while it is the grandmaster (16.12.3)."),
    inaccuracy("inaccuracy_transient_ns")
        .doc("How wrong this clock may be for a short time, after a change of paths (16.12.3)."),
    inaccuracy("inaccuracy_dynamic_ns")
        .doc("How wrong this clock may be by what varies, such as its oscillator (16.12.3)."),
    inaccuracy("inaccuracy_instance_ns")
        .doc("How wrong this clock may be by what does not vary, such as its latencies (16.12.3)."),
    inaccuracy("inaccuracy_medium_ns")
        .doc("By how much the link to the parent may be asymmetric (16.12.3)."),
    opt("cumulative_rate_ratio", Kind::Bool).default("false").doc(
        "Whether the grandmaster's rate over ours is measured, said with each Sync and so passed on \
         (16.10).",
    ),
    opt("performance_monitoring", Kind::Bool).default("false").doc(
        "Whether offsets, delays and messages are recorded over the last 97 quarters of an hour and 2 \
         days, for `zeitgeber status --performance` (annex J).",
    ),
];
