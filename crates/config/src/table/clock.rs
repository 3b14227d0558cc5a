//! Options of the clock: who it is, what it says of itself, which protocol it speaks.

use crate::labels::{
    ArbTimescale, Bmca, ClockChoice, ClockType, Profile, Role, ServerTimescale, VirtualTimescale,
};
use crate::opt::{AUTO, Kind, Opt, Scope, Word, float, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Clock, kind)
}

const fn word(name: &'static str, number: i64) -> Word {
    Word { name, number: Some(number) }
}

/// clockAccuracy (Table 5).
const ACCURACIES: &[Word] = &[
    word("25ns", 0x20),
    word("100ns", 0x21),
    word("250ns", 0x22),
    word("1us", 0x23),
    word("2.5us", 0x24),
    word("10us", 0x25),
    word("25us", 0x26),
    word("100us", 0x27),
    word("250us", 0x28),
    word("1ms", 0x29),
    word("2.5ms", 0x2a),
    word("10ms", 0x2b),
    word("25ms", 0x2c),
    word("100ms", 0x2d),
    word("250ms", 0x2e),
    word("1s", 0x2f),
    word("10s", 0x30),
    word("unknown", 0xfe),
];

/// timeSource (Table 6).
const TIME_SOURCES: &[Word] = &[
    word("atomic-clock", 0x10),
    word("gnss", 0x20),
    word("gps", 0x20),
    word("terrestrial-radio", 0x30),
    word("serial-time-code", 0x39),
    word("ptp", 0x40),
    word("ntp", 0x50),
    word("hand-set", 0x60),
    word("other", 0x90),
    word("internal-oscillator", 0xa0),
];

pub(super) const CLOCK: &[Opt] = &[
    opt("profile", Kind::Label(Profile::LABELS)).default("none").restart().doc(
        "A named set of defaults for what follows, and of what it allows: what is given against it, \
         or said by a neighbour, is named (annex I).",
    ),
    opt("clock", Kind::Label(ClockChoice::LABELS)).default("system").restart().doc(
        "The clock to discipline: the system's, a virtual one that leaves the system alone, or \
         none (observe).",
    ),
    opt("clock_type", Kind::Label(ClockType::LABELS))
        .default("auto")
        .ptp4l("clock_type")
        .restart()
        .doc(
            "What the clock is to others: ordinary or boundary, by the number of interfaces, or a \
             transparent clock between them (clauses 9 and 10).",
        ),
    opt("tc_spanning_tree", Kind::Bool)
        .default("false")
        .ptp4l("tc_spanning_tree")
        .restart()
        .doc("Whether a transparent clock counts as a step, so that loops are found."),
    opt("role", Kind::Label(Role::LABELS))
        .default("both")
        .ptp4l("clientOnly")
        .aliases(&["mode", "preset"])
        .doc("What the clock may become; --client-only and --server-only are short for it."),
    opt("domain", int(0, 255, ""))
        .default("0")
        .ptp4l("domainNumber")
        .aliases(&["domain_number"])
        .restart()
        .doc("domainNumber: clocks of different domains do not see each other (7.1)."),
    opt("sdo_id", int(0, 4095, ""))
        .default("0")
        .restart()
        .doc("sdoId: clocks of different ones do not see each other; 256 is IEEE 802.1AS (7.1)."),
    opt("clock_identity", Kind::Identity)
        .default("auto")
        .ptp4l("clockIdentity")
        .restart()
        .doc("clockIdentity; auto makes it from the first interface's address (7.5.2.2)."),
    opt("priority1", int(0, 255, ""))
        .default("128")
        .ptp4l("priority1")
        .doc("priority1: the lowest becomes grandmaster whatever its quality (7.6.2.3)."),
    opt("priority2", int(0, 255, ""))
        .default("128")
        .ptp4l("priority2")
        .doc("priority2: the lowest wins among clocks of equal quality (7.6.2.4)."),
    opt("clock_class", Kind::Int { min: 0, max: 255, unit: "", words: AUTO })
        .default("auto")
        .ptp4l("clockClass")
        .doc(
            "clockClass: how traceable our time is as a grandmaster. auto is 248, and 255 for a \
             client-only clock (7.6.2.5).",
        ),
    opt("clock_accuracy", Kind::Int { min: 0, max: 255, unit: "", words: ACCURACIES })
        .default("unknown")
        .ptp4l("clockAccuracy")
        .doc("clockAccuracy: how far off we may be as a grandmaster (7.6.2.6)."),
    opt("offset_scaled_log_variance", int(0, 65_535, ""))
        .default("65535")
        .ptp4l("offsetScaledLogVariance")
        .doc("offsetScaledLogVariance: how steady we are; 65535 is unknown (7.6.3.3)."),
    opt("time_source", Kind::Int { min: 0, max: 255, unit: "", words: TIME_SOURCES })
        .default("internal-oscillator")
        .ptp4l("timeSource")
        .doc("timeSource: where our time comes from as a grandmaster (7.6.2.8)."),
    opt("bmca", Kind::Label(Bmca::LABELS)).default("2019").restart().doc(
        "Whose best clock algorithm decides: an edition's (9.3), the telecom profiles', IEEE \
             802.1AS's (10.3), or external: each port is held in its port_role (17.6).",
    ),
    opt("minor_version", int(0, 1, ""))
        .default("1")
        .restart()
        .doc("minorVersionPTP: 1 for IEEE 1588-2019, 0 for 2008 (13.3.2.5)."),
    opt("path_trace", Kind::Bool)
        .default("false")
        .ptp4l("path_trace_enabled")
        .restart()
        .doc("Whether Announce messages list the clocks they passed, against loops (16.2)."),
    opt("max_foreign", int(5, 256, "records"))
        .default("16")
        .restart()
        .doc("How many other time transmitters each port remembers (9.3.2.4.5)."),
    opt("utc_offset", Kind::Int { min: -128, max: 127, unit: "s", words: AUTO })
        .default("auto")
        .ptp4l("utc_offset")
        .doc("TAI - UTC where no source says; auto takes it from the leap seconds (7.2.4)."),
    opt("leap_second", Kind::Text).default("").restart().doc(
        "A leap second that a grandmaster announces besides those of the built-in table, for \
         rehearsals: the UTC day that it ends and +1 or -1, such as 2026-12-31+1 (7.2.4).",
    ),
    opt("virtual_timescale", Kind::Label(VirtualTimescale::LABELS))
        .default("arb")
        .restart()
        .doc(
            "What the virtual clock counts before it has followed anybody: nothing that is known, or \
             TAI, made from the system's UTC (7.2.1).",
        ),
    opt("arb_timescale", Kind::Label(ArbTimescale::LABELS)).default("refuse").restart().doc(
        "What the system's clock takes a source on the arbitrary timescale for; others follow it \
         as it is (7.2.1).",
    ),
    opt("server_timescale", Kind::Label(ServerTimescale::LABELS))
        .default("tai")
        .restart()
        .doc("What the system's clock leads with as a grandmaster (7.2.1)."),
    opt("clock_page", Kind::Path)
        .default("")
        .restart()
        .doc("The file through which other programs read the virtual clock; empty for none."),
    opt("virtual_offset_ns", int(-4_000_000_000_000_000_000, 4_000_000_000_000_000_000, "ns"))
        .default("0")
        .restart()
        .doc("How far ahead the virtual clock starts, for demonstrations and tests."),
    opt("virtual_rate_ppb", float(-500_000.0, 500_000.0, "ppb"))
        .default("0")
        .restart()
        .doc("How much too fast the virtual clock's oscillator is, for demonstrations and tests."),
];
