//! Options of unicast service, of each port (16.1).

use crate::opt::{Kind, Opt, Scope, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Port, kind)
}

const LOG2: &str = "log2 s";

pub(super) const UNICAST: &[Opt] = &[
    opt("multicast", Kind::Bool).default("true").aliases(&["multicast_service"]).doc(
        "Whether Announce and Sync go to the group; false where all are served in unicast \
             (linuxptp's inhibit_multicast_service is the reverse).",
    ),
    opt("unicast_negotiation", Kind::Bool).default("true").restart().doc(
        "Whether unicast service is asked for and granted by signaling (16.1); false: each side \
             has a list of the other.",
    ),
    opt("unicast_servers", Kind::Text)
        .default("")
        .aliases(&["unicast_transmitters"])
        .ptp4l("unicast_master_table")
        .restart()
        .doc(
            "The time transmitters to be served by, and no others: addresses of IPv4, IPv6 or \
              Ethernet with commas between them, each with =N for a preference that bmca = \
              \"g8265\" and \"g8275\" use (0 the most, 128 usually).",
        ),
    opt("grandmaster_cluster", Kind::Text).default("").restart().doc(
        "The other grandmasters of a cluster: they are asked for Announce in unicast and count besides \
         whoever is heard in multicast, where unicast_servers alone would; written as those \
         (grandmasterClusterDS, 17.2).",
    ),
    opt("unicast_listen", Kind::Bool)
        .default("false")
        .ptp4l("unicast_listen")
        .restart()
        .doc("Whether time receivers that ask are served in unicast, within the limits below."),
    opt("unicast_clients", Kind::Text)
        .default("")
        .aliases(&["unicast_destinations"])
        .restart()
        .doc("Time receivers that are served without asking: addresses with commas between them."),
    opt("unicast_peer", Kind::Text)
        .default("")
        .aliases(&["unicast_peer_destination", "peer_address"])
        .ptp4l("peer_address")
        .restart()
        .doc(
            "The neighbour that peer delay is measured with; none: whoever hears the group (11.4).",
        ),
    opt("unicast_duration_s", int(10, 1000, "s"))
        .default("300")
        .aliases(&["unicast_req_duration", "unicast_grant_duration"])
        .ptp4l("unicast_req_duration")
        .restart()
        .doc("For how long service is asked for, and granted at most (16.1.4.1)."),
    opt("unicast_query_interval", int(-2, 6, LOG2))
        .default("0")
        .ptp4l("logQueryInterval")
        .restart()
        .doc("The logarithm to base 2 of the seconds after which a request is repeated (17.4.3)."),
    opt("unicast_pause_s", int(1, 3600, "s")).default("10").restart().doc(
        "For how long nothing is asked of a server that denied three requests or left them \
             unanswered; 60 in G.8265.1.",
    ),
    opt("unicast_max_clients", int(1, 4096, ""))
        .default("512")
        .restart()
        .doc("How many time receivers are served in unicast at a time; others are denied service."),
    opt("unicast_max_per_address", int(1, 4096, ""))
        .default("8")
        .restart()
        .doc("How many of these may have the same address."),
    opt("unicast_least_announce", int(-7, 7, LOG2))
        .default("-3")
        .restart()
        .doc("The logarithm to base 2 of the shortest seconds between Announce that are granted."),
    opt("unicast_least_sync", int(-7, 7, LOG2))
        .default("-7")
        .restart()
        .doc("The logarithm to base 2 of the shortest seconds between Sync that are granted."),
    opt("unicast_least_delay", int(-7, 7, LOG2))
        .default("-7")
        .restart()
        .doc("The logarithm to base 2 of the shortest seconds between answers that are granted."),
];
