//! Options of each port.

use crate::labels::{DelayMechanism, PortRole, Timestamping, Transport};
use crate::opt::{Kind, Opt, Scope, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Port, kind)
}

const LOG2: &str = "log2 s";

pub(super) const PORT: &[Opt] = &[
    opt("enabled", Kind::Bool)
        .default("true")
        .doc("Whether this port takes part at all (portEnable, 8.2.15.5)."),
    opt("transport", Kind::Label(Transport::LABELS))
        .default("udp4")
        .aliases(&["network_transport"])
        .ptp4l("network_transport")
        .restart()
        .doc("How messages travel (annexes C to E)."),
    opt("delay_mechanism", Kind::Label(DelayMechanism::LABELS))
        .default("e2e")
        .ptp4l("delay_mechanism")
        .restart()
        .doc(
            "How the path delay is measured: e2e with the time transmitter, p2p with the \
              neighbour (11.3, 11.4); auto: e2e until a neighbour is heard that measures, then \
              p2p; none: not at all, and the offset contains it.",
        ),
    opt("timestamping", Kind::Label(Timestamping::LABELS))
        .default("auto")
        .ptp4l("time_stamping")
        .restart()
        .doc("Who stamps messages; auto takes the best there is."),
    opt("port_role", Kind::Label(PortRole::LABELS))
        .default("auto")
        .ptp4l("desiredState")
        .restart()
        .doc("The state this port is held in with bmca = \"external\" (17.6)."),
    opt("port_local_priority", int(1, 255, ""))
        .default("128")
        .ptp4l("G.8275.portDS.localPriority")
        .restart()
        .doc("localPriority of what is heard on this port; only with bmca = \"g8275\" (G.8275.1)."),
    opt("transmitter_only", Kind::Bool)
        .default("false")
        .ptp4l("masterOnly")
        .aliases(&["not_receiver"])
        .doc("Whether this port never follows, whatever others do (masterOnly, 9.2.2.2)."),
    opt("announce_interval", int(-7, 7, LOG2))
        .default("1")
        .ptp4l("logAnnounceInterval")
        .aliases(&["log_announce_interval"])
        .doc("The logarithm to base 2 of the seconds between Announce messages (7.7.2.2)."),
    opt("sync_interval", int(-7, 7, LOG2))
        .default("0")
        .ptp4l("logSyncInterval")
        .aliases(&["log_sync_interval"])
        .doc("The logarithm to base 2 of the seconds between Sync messages (7.7.2.3)."),
    opt("delay_interval", int(-7, 7, LOG2))
        .default("0")
        .ptp4l("logMinDelayReqInterval")
        .aliases(&["log_min_delay_req_interval"])
        .doc(
            "The logarithm to base 2 of the least mean seconds between delay requests that we \
              ask of time receivers (7.7.2.4).",
        ),
    opt("pdelay_interval", int(-7, 7, LOG2))
        .default("0")
        .ptp4l("logMinPdelayReqInterval")
        .aliases(&["log_min_pdelay_req_interval"])
        .doc("The logarithm to base 2 of the seconds between peer delay requests (7.7.2.5)."),
    opt("announce_receipt_timeout", int(2, 255, "intervals"))
        .default("3")
        .ptp4l("announceReceiptTimeout")
        .doc("How many announce intervals of silence end a time transmitter's reign (7.7.3.1)."),
    opt("hybrid", Kind::Bool).default("false").aliases(&["hybrid_e2e"]).ptp4l("hybrid_e2e").doc(
        "Delay requests go to the time transmitter alone, as mixed mode has it (RFC 9760); to \
              the group once some stay unanswered.",
    ),
    opt("asymmetry_ns", int(-1_000_000_000, 1_000_000_000, "ns"))
        .default("0")
        .ptp4l("delayAsymmetry")
        .aliases(&["delay_asymmetry"])
        .doc("delayAsymmetry: by how much the way to us is longer than the mean (7.4.2)."),
    opt("ingress_latency_ns", int(-1_000_000_000, 1_000_000_000, "ns"))
        .default("0")
        .ptp4l("ingressLatency")
        .doc("How long after its arrival at the connector a message is stamped (7.3.4.2)."),
    opt("egress_latency_ns", int(-1_000_000_000, 1_000_000_000, "ns"))
        .default("0")
        .ptp4l("egressLatency")
        .doc("How long before its departure from the connector a message is stamped (7.3.4.2)."),
    opt("ttl", int(1, 255, "hops"))
        .default("1")
        .ptp4l("udp_ttl")
        .restart()
        .doc("How many routers a multicast message may pass (C.3, D.3)."),
    opt("udp6_scope", int(1, 15, "")).default("0x0e").ptp4l("udp6_scope").restart().doc(
        "The scope X of the IPv6 group FF0X::181: 2 is the link, 5 the site, 8 the \
              organisation, 14 the world (D.3). Peer delay messages stay on the link.",
    ),
    opt("dscp_event", int(0, 63, ""))
        .default("0")
        .ptp4l("dscp_event")
        .restart()
        .doc("The differentiated services code point of event messages."),
    opt("dscp_general", int(0, 63, ""))
        .default("0")
        .ptp4l("dscp_general")
        .restart()
        .doc("The differentiated services code point of general messages."),
    opt("l2_group", Kind::GroupMac)
        .default("01:1b:19:00:00:00")
        .ptp4l("ptp_dst_mac")
        .aliases(&["ptp_dst_mac"])
        .restart()
        .doc(
            "The Ethernet group of all messages but those of peer delay (E.2); gPTP, and G.8275.1 if \
              wanted, have 01:80:c2:00:00:0e, which no bridge forwards.",
        ),
    opt("l2_peer_group", Kind::GroupMac)
        .default("01:80:c2:00:00:0e")
        .ptp4l("p2p_dst_mac")
        .aliases(&["p2p_dst_mac"])
        .restart()
        .doc("The Ethernet group of peer delay messages (E.2)."),
    opt("socket_priority", int(0, 15, "")).default("0").ptp4l("socket_priority").restart().doc(
        "The priority of our messages in this machine's queues, which a VLAN interface may map \
              to that of its tag; 0 leaves it as it is.",
    ),
    opt("event_port", int(1, 65_535, ""))
        .default("319")
        .restart()
        .doc("The UDP port of event messages; others than 319 are for tests without rights (C.2)."),
    opt("general_port", int(1, 65_535, "")).default("320").restart().doc(
        "The UDP port of general messages; others than 320 are for tests without rights (C.2).",
    ),
    opt("multicast_loopback", Kind::Bool)
        .default("false")
        .restart()
        .doc("Whether other programs on this machine hear our multicast messages too."),
    opt("tx_stamp_timeout_ms", int(1, 10_000, "ms"))
        .default("1000")
        .ptp4l("tx_timestamp_timeout")
        .restart()
        .doc("How long the stamp of a sent message is waited for, while everything else goes on."),
];
