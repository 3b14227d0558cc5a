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
    opt("monitor_sync_timing", Kind::Bool).default("false").doc(
        "Whether we report the times of each Sync while we follow (SLAVE_RX_SYNC_TIMING_DATA, \
         16.11.4.1).",
    ),
    opt("monitor_sync_computed", Kind::Bool).default("false").doc(
        "Whether we report offset and delay of each Sync, as the standard's equations have them \
         (SLAVE_RX_SYNC_COMPUTED_DATA, 16.11.4.2).",
    ),
    opt("monitor_tx_events", Kind::Bool).default("false").doc(
        "Whether we report when each delay request left while we follow (SLAVE_TX_EVENT_TIMESTAMPS, \
         16.11.4.3).",
    ),
    opt("monitor_batch", int(1, 16, "")).default("1").doc(
        "How many Syncs or requests are reported in one message (16.11).",
    ),
    opt("monitor_address", Kind::Text).default("").doc(
        "The address of the monitor that reports go to; empty: the group of all clocks (16.11).",
    ),
    opt("net_sync_monitor", Kind::Bool).default("false").ptp4l("net_sync_monitor").doc(
        "Whether the NetSync Monitor of linuxptp (nsm) is answered: whoever asks in unicast is told \
         our data sets and gets a Sync, whatever this port does.",
    ),
    opt("interface_rate_mbps", int(0, 1_000_000, "Mbit/s")).default("0").doc(
        "The rate of this interface, which whom we serve is told with each grant; as a client, the \
         delays' asymmetry that a server's other rate makes is made up for; 0: neither (G.8275.2 \
         annex D).",
    ),
    opt("alternate_transmitters", int(0, 8, "")).default("0").doc(
        "How many of the clocks that do not lead are to announce themselves with a flag, so that all \
         know them: this one too, if it is among the best of these; 0: none \
         (numberOfAlternateTimeTransmitters, 17.3).",
    ),
    opt("alternate_sync", Kind::Bool).default("false").doc(
        "Whether it sends Sync besides while it is one of the alternate_transmitters \
         (transmitAlternateMulticastSync, 17.3).",
    ),
    opt("alternate_sync_interval", int(-7, 7, LOG2)).default("0").doc(
        "The logarithm to base 2 of the seconds between these (logAlternateMulticastSyncInterval, \
         17.3).",
    ),
    opt("event_length", int(0, 512, "octets")).default("0").doc(
        "How many octets our event messages have at least, so that those of both directions are as \
         long where that matters, by PAD (14.4.2); ptp4l 3.1 discards a Sync that has one.",
    ),
    opt("announce_availability", Kind::Bool).default("false").doc(
        "Whether Announce says how Sync and Delay_Resp can be had: by multicast, unicast, or unicast \
         that is negotiated (PORT_COMMUNICATION_AVAILABILITY, 16.9).",
    ),
    opt("protocol_address", Kind::Text).default("").doc(
        "The address at which we can be reached, as Announce is to say it with \
         announce_availability; empty: it does not (PROTOCOL_ADDRESS, 16.9).",
    ),
];

const NONE: &[Word] = &[Word { name: "none", number: None }];
