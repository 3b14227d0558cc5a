//! Options of IEEE 802.1AS.

use crate::opt::{Kind, Opt, Scope, Word, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Port, kind)
}

pub(super) const GPTP: &[Opt] = &[
    opt("needs_capable", Kind::Bool)
        .default("false")
        .restart()
        .doc(
            "Whether nothing is sent or followed before the neighbour is known to do gPTP \
             (asCapable, 802.1AS 10.2.5.1).",
        ),
    opt("link_delay_max_ns", int(0, 1_000_000_000, "ns"))
        .default("20000000")
        .ptp4l("neighborPropDelayThresh")
        .aliases(&["neighbor_prop_delay_thresh"])
        .restart()
        .doc(
            "A longer link has something else than a wire in it; only with needs_capable \
             (meanLinkDelayThresh, 802.1AS 11.2.2).",
        ),
    opt("link_delay_min_ns", int(-1_000_000_000, 0, "ns"))
        .default("-20000000")
        .ptp4l("min_neighbor_prop_delay")
        .restart()
        .doc("What a link delay may be below zero; only with needs_capable."),
    opt("allowed_lost_responses", int(1, 255, ""))
        .default("9")
        .ptp4l("allowedLostResponses")
        .restart()
        .doc(
            "How many Pdelay_Req in a row may stay unanswered; only with needs_capable (802.1AS \
             11.5.3).",
        ),
    opt("sync_receipt_timeout", int(0, 255, "intervals"))
        .default("0")
        .ptp4l("syncReceiptTimeout")
        .restart()
        .doc(
            "How many Sync intervals of silence end a time transmitter's reign; 0: none (802.1AS \
             10.7.3.1).",
        ),
    opt("follow_up_information", Kind::Bool)
        .default("false")
        .aliases(&["follow_up_info"])
        .ptp4l("follow_up_info")
        .restart()
        .doc("Whether Follow_Up carries the information of IEEE 802.1AS (11.4.4.3 there)."),
    opt("announce", Kind::Bool).default("true").restart().doc(
        "Whether Announce is sent and waited for; false only where ports are held in their roles: \
         whoever sends Sync is followed then.",
    ),
    opt("request_sync_interval", Kind::Int { min: -7, max: 7, unit: "log2 s", words: NONE })
        .default("none")
        .aliases(&["oper_log_sync_interval"])
        .ptp4l("operLogSyncInterval")
        .restart()
        .doc(
            "The logarithm to base 2 of the seconds between Sync that the time transmitter is asked \
             for once we are locked; none: nothing is asked (802.1AS 10.6.4.3).",
        ),
    opt("request_pdelay_interval", Kind::Int { min: -7, max: 7, unit: "log2 s", words: NONE })
        .default("none")
        .aliases(&["oper_log_pdelay_req_interval"])
        .ptp4l("operLogPdelayReqInterval")
        .restart()
        .doc(
            "The logarithm to base 2 of the seconds between Pdelay_Req that we send, and ask the \
             neighbour for, once we are locked; none: as before (802.1AS 10.6.4.3).",
        ),
];

const NONE: &[Word] = &[Word { name: "none", number: None }];
