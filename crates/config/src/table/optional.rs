//! Optional features of a port, most of them off.

use crate::labels::CapableRule;
use crate::opt::{Kind, Opt, Scope, Word, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Port, kind).restart()
}

const LOG2: &str = "log2 s";

pub(super) const OPTIONAL: &[Opt] = &[
    opt("gptp_capable", Kind::Label(CapableRule::LABELS)).default("off").doc(
        "Whether we say in each domain that we do gPTP, and what a neighbour's silence means: off, \
         nothing is said or heard; auto, whoever said it once is held to it; require, nobody is \
         capable without it but PTP 2.0 in domain 0 (802.1AS 10.2.5.1, 10.4.2); only with \
         needs_capable.",
    ),
    opt("gptp_capable_interval", int(-7, 7, LOG2)).default("0").doc(
        "The logarithm to base 2 of the seconds between messages that say that we do gPTP (802.1AS \
         10.6.4.4).",
    ),
    opt("gptp_capable_receipt_timeout", int(1, 255, "intervals")).default("9").doc(
        "How many intervals of the neighbour's own a neighbour may be silent about doing gPTP \
         (gPtpCapableReceiptTimeout, 802.1AS 10.7.3.3).",
    ),
    opt(
        "request_gptp_capable_interval",
        Kind::Int { min: -7, max: 7, unit: LOG2, words: NONE },
    )
    .default("none")
    .doc(
        "The logarithm to base 2 of the seconds between messages that say that it does gPTP which \
         the neighbour is asked for once we are locked; none: nothing is asked (802.1AS 10.6.4.5).",
    ),
];

const NONE: &[Word] = &[Word { name: "none", number: None }];
