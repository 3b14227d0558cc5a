//! Profiles as data: what each sets, and what it allows.
//!
//! Values are those of the profiles' own tables; where a profile leaves one open, the default profile's
//! stays, or one in its range that others ship, which the row's comment says.

use crate::labels::Profile;

/// What a profile sets and allows.
#[derive(Clone, Copy, Debug)]
pub struct ProfileTable {
    /// Which.
    pub profile: Profile,
    /// The document it is defined in.
    pub source: &'static str,
    /// profileIdentity, where it is known (20.3.3).
    pub identity: Option<[u8; 6]>,
    /// What it sets: options and values as one writes them, in groups of which a later one wins.
    sets: &'static [&'static [(&'static str, &'static str)]],
    /// What it allows of an option, in groups; what is not named is free.
    allows: &'static [&'static [(&'static str, Allowed)]],
    /// What it forbids that no option of ours says.
    pub forbids: &'static [Forbidden],
}

/// What a profile forbids that we never do, and others may.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Forbidden {
    /// Sync without a Follow_Up.
    OneStep,
    /// Management messages.
    Management,
}

/// What a profile allows of an option.
#[derive(Clone, Copy, Debug)]
pub enum Allowed {
    /// Numbers from the first to the second.
    Within(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these numbers.
    Numbers(&'static [u8]),
    /// Nothing.
    Nothing,
    /// Something, whatever it is.
    Something,
}

use Allowed::{Nothing, Numbers, OneOf, Something, Within};

const E2E: (&str, Allowed) = ("delay_mechanism", OneOf(&["e2e"]));
const P2P: (&str, Allowed) = ("delay_mechanism", OneOf(&["p2p"]));
const L2: (&str, Allowed) = ("transport", OneOf(&["l2"]));
const UDP: (&str, Allowed) = ("transport", OneOf(&["udp4", "udp6"]));
const BMCA_1588: (&str, Allowed) = ("bmca", OneOf(&["2008", "2019"]));
const SDO_1588: (&str, Allowed) = ("sdo_id", Within(0, 0));
const E2E_CLOCKS: (&str, Allowed) = ("clock_type", OneOf(&["auto", "e2e-transparent"]));
const P2P_CLOCKS: (&str, Allowed) = ("clock_type", OneOf(&["auto", "p2p-transparent"]));
const ALL_CLOCKS: (&str, Allowed) =
    ("clock_type", OneOf(&["auto", "e2e-transparent", "p2p-transparent"]));

/// Nobody is spoken to alone.
const NO_UNICAST: &[(&str, Allowed)] = &[("hybrid", OneOf(&["false"])), ("unicast_peer", Nothing)];

/// Nobody is served alone.
const NO_SERVICE: &[(&str, Allowed)] = &[
    ("multicast", OneOf(&["true"])),
    ("unicast_listen", OneOf(&["false"])),
    ("unicast_servers", Nothing),
    ("grandmaster_cluster", Nothing),
    ("unicast_clients", Nothing),
];

/// Time is that of PTP.
const PTP_TIME: &[(&str, Allowed)] =
    &[("server_timescale", OneOf(&["tai"])), ("virtual_timescale", OneOf(&["tai"]))];

/// The two default profiles and the high accuracy profile (I.3, I.4, I.5).
const DEFAULT: &[(&str, Allowed)] = &[
    SDO_1588,
    ("domain", Within(0, 127)),
    ("announce_interval", Within(0, 4)),
    ("announce_receipt_timeout", Within(2, 10)),
    ("sync_interval", Within(-1, 1)),
    BMCA_1588,
];

const GPTP_MAC: &str = "01:80:c2:00:00:0e";

const GPTP_SETS: &[(&str, &str)] = &[
    ("sdo_id", "256"),
    ("transport", "l2"),
    ("l2_group", GPTP_MAC),
    ("delay_mechanism", "p2p"),
    ("bmca", "802.1as"),
    ("clock_type", "relay"),
    ("priority1", "248"),
    ("priority2", "248"),
    ("offset_scaled_log_variance", "17258"),
    ("announce_interval", "0"),
    ("sync_interval", "-3"),
    ("pdelay_interval", "0"),
    ("announce_receipt_timeout", "3"),
    ("sync_receipt_timeout", "3"),
    ("path_trace", "true"),
    ("follow_up_information", "true"),
    ("needs_capable", "true"),
    ("link_delay_max_ns", "800"),
    ("allowed_lost_responses", "9"),
    // By the letter `require`; then no neighbour of 2020 that never says it would be capable, and many
    // that ship do not.
    ("gptp_capable", "auto"),
];

const GPTP_2011_SETS: &[(&str, &str)] = &[
    ("minor_version", "0"),
    ("allowed_lost_responses", "3"),
    // It came with the edition of 2020.
    ("gptp_capable", "off"),
];

const GPTP_ALLOWS: &[(&str, Allowed)] = &[
    L2,
    ("delay_mechanism", OneOf(&["p2p", "common-p2p"])),
    ("clock_type", OneOf(&["auto", "relay"])),
    ("sdo_id", Within(256, 256)),
    ("domain", Within(0, 127)),
    ("bmca", OneOf(&["802.1as"])),
    ("l2_group", OneOf(&[GPTP_MAC])),
    ("announce_interval", Within(0, 3)),
    ("sync_interval", Within(-5, 0)),
    ("pdelay_interval", Within(0, 3)),
    ("path_trace", OneOf(&["true"])),
    ("follow_up_information", OneOf(&["true"])),
    ("needs_capable", OneOf(&["true"])),
];

const POWER_SETS: &[(&str, &str)] = &[
    ("transport", "l2"),
    ("delay_mechanism", "p2p"),
    ("announce_interval", "0"),
    ("sync_interval", "0"),
    ("pdelay_interval", "0"),
    ("announce_receipt_timeout", "3"),
    ("bmca", "2008"),
];

const POWER_ALLOWS: &[(&str, Allowed)] = &[
    L2,
    P2P,
    P2P_CLOCKS,
    SDO_1588,
    ("l2_group", OneOf(&["01:1b:19:00:00:00"])),
    ("l2_peer_group", OneOf(&[GPTP_MAC])),
    ("announce_interval", Within(0, 0)),
    ("sync_interval", Within(0, 0)),
    ("pdelay_interval", Within(0, 0)),
    ("announce_receipt_timeout", Within(2, 3)),
    ("clock_class", Numbers(&[6, 7, 52, 187, 248, 255])),
    BMCA_1588,
];

/// Of G.8275.1 and G.8275.2 (table 2 of both).
const TELECOM_ALLOWS: &[(&str, Allowed)] = &[
    E2E,
    E2E_CLOCKS,
    SDO_1588,
    ("bmca", OneOf(&["g8275"])),
    ("priority1", Within(128, 128)),
    ("clock_class", Numbers(&[6, 7, 135, 140, 150, 160, 165, 248, 255])),
];

/// The quality levels of G.8265.1 as clockClass (table 1 there), and a client's.
const QUALITY_LEVELS: &[u8] =
    &[80, 82, 84, 86, 88, 90, 92, 94, 96, 98, 100, 102, 104, 106, 108, 110, 255];

/// No profile.
const NONE: ProfileTable = ProfileTable {
    profile: Profile::None,
    source: "none",
    identity: None,
    sets: &[],
    allows: &[],
    forbids: &[],
};

/// Every profile.
pub const PROFILES: &[ProfileTable] = &[
    ProfileTable {
        profile: Profile::DefaultE2e,
        source: "IEEE 1588-2019 I.3",
        identity: Some([0x00, 0x1b, 0x19, 0x01, 0x01, 0x00]),
        sets: &[],
        allows: &[DEFAULT, &[E2E, E2E_CLOCKS, ("delay_interval", Within(0, 5))]],
        forbids: &[],
    },
    ProfileTable {
        profile: Profile::DefaultP2p,
        source: "IEEE 1588-2019 I.4",
        identity: Some([0x00, 0x1b, 0x19, 0x02, 0x01, 0x00]),
        // Any transport will do; what others ship, and what carries no IP, is Ethernet.
        sets: &[&[("delay_mechanism", "p2p"), ("transport", "l2")]],
        allows: &[DEFAULT, &[P2P, P2P_CLOCKS, ("pdelay_interval", Within(0, 5))]],
        forbids: &[],
    },
    ProfileTable {
        profile: Profile::HighAccuracy,
        source: "IEEE 1588-2019 I.5, without layer 1 synchronization",
        identity: Some([0x00, 0x1b, 0x19, 0x03, 0x01, 0x00]),
        sets: &[],
        allows: &[DEFAULT, &[E2E, E2E_CLOCKS, ("delay_interval", Within(0, 5))]],
        forbids: &[],
    },
    ProfileTable {
        profile: Profile::Gptp,
        source: "IEEE 802.1AS-2020",
        identity: Some([0x00, 0x80, 0xc2, 0x00, 0x01, 0x00]),
        sets: &[GPTP_SETS],
        allows: &[GPTP_ALLOWS, NO_UNICAST, NO_SERVICE, &[("minor_version", Within(1, 1))]],
        forbids: &[Forbidden::Management],
    },
    ProfileTable {
        profile: Profile::Gptp2011,
        source: "IEEE 802.1AS-2011",
        identity: Some([0x00, 0x80, 0xc2, 0x00, 0x01, 0x00]),
        sets: &[GPTP_SETS, GPTP_2011_SETS],
        allows: &[
            GPTP_ALLOWS,
            NO_UNICAST,
            NO_SERVICE,
            PTP_TIME,
            &[("minor_version", Within(0, 0))],
        ],
        forbids: &[Forbidden::Management, Forbidden::OneStep],
    },
    ProfileTable {
        profile: Profile::Automotive,
        source: "Avnu automotive Ethernet AVB 1.6",
        identity: None,
        sets: &[&[
            ("sdo_id", "256"),
            ("transport", "l2"),
            ("l2_group", GPTP_MAC),
            ("delay_mechanism", "p2p"),
            ("bmca", "external"),
            ("clock_type", "relay"),
            ("announce", "false"),
            ("sync_interval", "-3"),
            ("pdelay_interval", "0"),
            ("follow_up_information", "true"),
            ("request_sync_interval", "0"),
            ("request_pdelay_interval", "2"),
        ]],
        forbids: &[Forbidden::Management, Forbidden::OneStep],
        allows: &[
            NO_UNICAST,
            NO_SERVICE,
            &[
                L2,
                P2P,
                ("clock_type", OneOf(&["auto", "relay"])),
                ("follow_up_information", OneOf(&["true"])),
                ("sdo_id", Within(256, 256)),
                ("bmca", OneOf(&["external"])),
                ("announce", OneOf(&["false"])),
                ("l2_group", OneOf(&[GPTP_MAC])),
                ("sync_interval", Within(-5, 0)),
                ("pdelay_interval", Within(0, 3)),
            ],
        ],
    },
    ProfileTable {
        profile: Profile::Power2011,
        source: "IEEE C37.238-2011",
        identity: Some([0x1c, 0x12, 0x9d, 0x00, 0x00, 0x00]),
        sets: &[
            POWER_SETS,
            &[
                ("power_tlv", "2011"),
                // The tag's priority, on an interface that maps this to it.
                ("socket_priority", "4"),
            ],
        ],
        allows: &[
            POWER_ALLOWS,
            NO_UNICAST,
            NO_SERVICE,
            PTP_TIME,
            &[
                ("power_tlv", OneOf(&["2011"])),
                ("power_grandmaster_id", Within(3, 254)),
                ("alternate_timescales", Something),
            ],
        ],
        forbids: &[],
    },
    ProfileTable {
        profile: Profile::Power2017,
        source: "IEEE C37.238-2017",
        identity: Some([0x1c, 0x12, 0x9d, 0x00, 0x02, 0x00]),
        sets: &[POWER_SETS, &[("domain", "254"), ("power_tlv", "2017")]],
        allows: &[
            POWER_ALLOWS,
            NO_UNICAST,
            NO_SERVICE,
            PTP_TIME,
            &[("power_tlv", OneOf(&["2017"]))],
        ],
        forbids: &[],
    },
    ProfileTable {
        profile: Profile::Utility,
        source: "IEC/IEEE 61850-9-3:2016",
        identity: Some([0x00, 0x0c, 0xcd, 0x00, 0x01, 0x00]),
        sets: &[POWER_SETS],
        allows: &[
            POWER_ALLOWS,
            NO_UNICAST,
            NO_SERVICE,
            PTP_TIME,
            &[("domain", Within(0, 127)), ("power_tlv", OneOf(&["none"]))],
        ],
        forbids: &[],
    },
    ProfileTable {
        profile: Profile::G82651,
        source: "ITU-T G.8265.1",
        identity: Some([0x00, 0x19, 0xa7, 0x00, 0x01, 0x02]),
        sets: &[&[
            ("domain", "4"),
            ("bmca", "g8265"),
            ("announce_interval", "1"),
            // The recommendation has none; most ship 64 a second.
            ("sync_interval", "-6"),
            ("delay_interval", "-6"),
            ("announce_receipt_timeout", "2"),
            ("multicast", "false"),
            ("unicast_listen", "true"),
            ("unicast_duration_s", "300"),
            ("unicast_pause_s", "60"),
        ]],
        forbids: &[],
        allows: &[&[
            UDP,
            E2E,
            SDO_1588,
            ("clock_type", OneOf(&["auto"])),
            ("clock_class", Numbers(QUALITY_LEVELS)),
            ("alternate_transmitters", Within(0, 0)),
            ("domain", Within(4, 23)),
            ("bmca", OneOf(&["g8265"])),
            ("role", OneOf(&["client-only", "server-only"])),
            ("announce_interval", Within(-3, 4)),
            ("sync_interval", Within(-7, 4)),
            ("delay_interval", Within(-7, 4)),
            ("announce_receipt_timeout", Within(2, 255)),
            ("multicast", OneOf(&["false"])),
            ("unicast_negotiation", OneOf(&["true"])),
            ("unicast_duration_s", Within(60, 1000)),
        ]],
    },
    ProfileTable {
        profile: Profile::G82751,
        source: "ITU-T G.8275.1",
        identity: Some([0x00, 0x19, 0xa7, 0x01, 0x02, 0x03]),
        sets: &[&[
            ("domain", "24"),
            ("holdover_class", "135"),
            ("holdover_class_beyond", "165"),
            ("transport", "l2"),
            ("l2_group", GPTP_MAC),
            ("bmca", "g8275"),
            ("announce_interval", "-3"),
            ("sync_interval", "-4"),
            ("delay_interval", "-4"),
            ("announce_receipt_timeout", "3"),
        ]],
        forbids: &[],
        allows: &[
            TELECOM_ALLOWS,
            NO_UNICAST,
            NO_SERVICE,
            PTP_TIME,
            &[
                L2,
                ("domain", Within(24, 43)),
                ("l2_group", OneOf(&[GPTP_MAC, "01:1b:19:00:00:00"])),
                ("max_steps_removed", Within(255, 255)),
                ("announce_interval", Within(-3, -3)),
                ("sync_interval", Within(-4, -4)),
                ("delay_interval", Within(-4, -4)),
                ("announce_receipt_timeout", Within(3, 10)),
            ],
        ],
    },
    ProfileTable {
        profile: Profile::G82752,
        source: "ITU-T G.8275.2",
        identity: Some([0x00, 0x19, 0xa7, 0x02, 0x01, 0x02]),
        sets: &[&[
            ("domain", "44"),
            ("holdover_class", "135"),
            ("holdover_class_beyond", "165"),
            ("bmca", "g8275"),
            ("announce_interval", "0"),
            // The recommendation has a range only; this is what most ship.
            ("sync_interval", "-4"),
            ("delay_interval", "-4"),
            ("announce_receipt_timeout", "3"),
            ("multicast", "false"),
            ("unicast_listen", "true"),
            ("unicast_duration_s", "300"),
            ("ttl", "64"),
        ]],
        forbids: &[],
        allows: &[
            TELECOM_ALLOWS,
            PTP_TIME,
            &[
                UDP,
                ("domain", Within(44, 63)),
                ("announce_interval", Within(-3, 0)),
                ("sync_interval", Within(-7, 0)),
                ("delay_interval", Within(-7, 0)),
                ("announce_receipt_timeout", Within(2, 255)),
                ("multicast", OneOf(&["false"])),
                ("unicast_negotiation", OneOf(&["true"])),
                ("unicast_duration_s", Within(60, 1000)),
            ],
        ],
    },
    ProfileTable {
        profile: Profile::Smpte,
        source: "SMPTE ST 2059-2",
        identity: Some([0x68, 0x97, 0xe8, 0x00, 0x01, 0x00]),
        sets: &[&[
            ("domain", "127"),
            ("smpte_metadata", "true"),
            ("announce_interval", "-2"),
            ("sync_interval", "-3"),
            ("delay_interval", "-3"),
            ("announce_receipt_timeout", "3"),
        ]],
        forbids: &[],
        allows: &[
            PTP_TIME,
            &[
                UDP,
                SDO_1588,
                ALL_CLOCKS,
                ("delay_mechanism", OneOf(&["e2e", "p2p"])),
                ("domain", Within(0, 127)),
                BMCA_1588,
                ("announce_interval", Within(-3, 1)),
                ("sync_interval", Within(-7, -1)),
                ("delay_interval", Within(-7, 4)),
                ("announce_receipt_timeout", Within(2, 10)),
            ],
        ],
    },
    ProfileTable {
        profile: Profile::Aes67,
        source: "AES67 annex A",
        identity: Some([0x00, 0x0b, 0x5e, 0x00, 0x01, 0x00]),
        sets: &[&[
            ("announce_interval", "1"),
            ("sync_interval", "-3"),
            ("delay_interval", "0"),
            ("announce_receipt_timeout", "3"),
            ("dscp_event", "46"),
            ("dscp_general", "46"),
        ]],
        forbids: &[],
        allows: &[&[
            UDP,
            SDO_1588,
            ALL_CLOCKS,
            ("delay_mechanism", OneOf(&["e2e", "p2p"])),
            ("domain", Within(0, 127)),
            BMCA_1588,
            ("announce_interval", Within(0, 4)),
            ("sync_interval", Within(-4, 1)),
            ("delay_interval", Within(-3, 5)),
            ("pdelay_interval", Within(0, 5)),
            ("announce_receipt_timeout", Within(2, 10)),
        ]],
    },
    ProfileTable {
        profile: Profile::Enterprise,
        source: "RFC 9760",
        identity: Some([0x00, 0x00, 0x5e, 0x00, 0x01, 0x00]),
        sets: &[&[
            ("hybrid", "true"),
            ("announce_interval", "0"),
            ("sync_interval", "0"),
            ("delay_interval", "0"),
            ("announce_receipt_timeout", "3"),
        ]],
        forbids: &[],
        allows: &[
            NO_SERVICE,
            &[
                UDP,
                E2E,
                E2E_CLOCKS,
                ("alternate_transmitters", Within(0, 0)),
                SDO_1588,
                ("domain", Within(0, 127)),
                BMCA_1588,
                ("announce_interval", Within(-7, 7)),
                ("sync_interval", Within(-7, 7)),
                ("delay_interval", Within(-7, 7)),
                ("announce_receipt_timeout", Within(2, 255)),
            ],
        ],
    },
];

/// What a profile sets and allows.
pub fn profile_table(profile: Profile) -> &'static ProfileTable {
    PROFILES.iter().find(|table| table.profile == profile).unwrap_or(&NONE)
}

impl ProfileTable {
    /// What it sets: options and values as one writes them; of two values the later wins.
    pub fn sets(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.sets.iter().copied().flatten().copied()
    }

    /// What it allows of an option; what is not named is free.
    pub fn allows(&self) -> impl Iterator<Item = (&'static str, Allowed)> {
        self.allows.iter().copied().flatten().copied()
    }
}

impl Allowed {
    /// Whether a value, as one writes it, is allowed.
    pub(crate) fn allows(&self, value: &str) -> bool {
        match self {
            Within(min, max) => {
                value.parse().is_ok_and(|number: i64| (*min..=*max).contains(&number))
            }
            OneOf(words) => words.contains(&value),
            Numbers(numbers) => value.parse().is_ok_and(|number: u8| numbers.contains(&number)),
            Nothing => value.is_empty(),
            Something => !value.is_empty(),
        }
    }
}

impl core::fmt::Display for Allowed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Within(min, max) if min == max => write!(f, "{min}"),
            Within(min, max) => write!(f, "{min} to {max}"),
            OneOf(words) => f.write_str(&words.join(" or ")),
            Numbers(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                f.write_str(&numbers.join(", "))
            }
            Nothing => f.write_str("none"),
            Something => f.write_str("any, but not none"),
        }
    }
}
