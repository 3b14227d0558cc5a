//! The scenarios that come with the program. Each tells a story.

/// A scenario of the library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Its story in one line.
    pub title: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! entries {
    ($($name:literal)*) => {
        &[$(entry($name, include_str!(concat!("../scenarios/", $name, ".toml")))),*]
    };
}

const ENTRIES: &[Entry] = entries! {
    "acceptable-clocks"
    "alternate-takes-over"
    "automotive-roles"
    "better-returns"
    "boundary-chain"
    "burst-at-sixteen"
    "class-degrades"
    "class-limit"
    "clock-ocxo"
    "clock-rubidium"
    "clock-tcxo"
    "coarse-actuator"
    "coarse-stamps"
    "cold-start"
    "common-link-delay"
    "congested-switch"
    "correlated-load"
    "corruption"
    "duplicates"
    "e2e-transparent-under-load"
    "failover"
    "frequency-jump"
    "gptp-relays"
    "gptp-second-responder"
    "gptp-silent-neighbour"
    "grandmaster-cluster"
    "hardware-stamps"
    "holdover-ocxo"
    "holdover-rubidium"
    "holdover-tcxo"
    "holdover-upgrade"
    "holdover-xo"
    "hundred-and-twenty-eight-per-second"
    "hundred-receivers"
    "hundred-unicast-clients"
    "late-stamps"
    "leap-second"
    "leap-seconds-in-a-chain"
    "loaded-five-hops"
    "loss-10"
    "loss-30"
    "loss-60"
    "loss-bursts"
    "lost-stamps"
    "lying-grandmaster"
    "managed-leader"
    "mechanism-found-out"
    "mixed-mode"
    "never-steps"
    "night-and-day"
    "nobody-leads"
    "old-card"
    "one-way-load"
    "ordinary-election"
    "p2p-transparent-chain"
    "parent-set-after-us"
    "parent-set-late"
    "partition"
    "path-trace-loop"
    "peer-delay"
    "pi-baseline"
    "ports-held"
    "power-inaccuracy"
    "priority-change"
    "quiet-lan"
    "radio"
    "reordering"
    "restarting-receiver"
    "route-change"
    "route-change-one-way"
    "route-change-peer-delay"
    "route-flap"
    "self-similar"
    "sixteen-per-second"
    "slow-sync"
    "software-stamps"
    "somebody-steps"
    "telecom-frequency"
    "telecom-local-priority"
    "telecom-two-grandmasters"
    "temperature-ramp"
    "timescale-jumps"
    "two-domains"
    "two-equal-grandmasters"
    "two-line-rates"
    "two-routes"
    "unicast-failover"
    "unicast-renewed"
    "years-off"
};

/// All scenarios that come with the program.
pub const fn library() -> &'static [Entry] {
    ENTRIES
}

/// The title is what stands between the quotes after the first `title = `.
const fn entry(name: &'static str, text: &'static str) -> Entry {
    let octets = text.as_bytes();
    let mut start = 0;
    while !begins_title(octets, start) {
        start += 1;
    }
    start += TITLE.len();
    let mut end = start;
    while octets[end] != b'"' {
        end += 1;
    }
    let (_, rest) = text.split_at(start);
    let (title, _) = rest.split_at(end - start);
    Entry { name, title, text }
}

const TITLE: &[u8] = b"\ntitle = \"";

const fn begins_title(octets: &[u8], at: usize) -> bool {
    let mut i = 0;
    while i < TITLE.len() {
        if octets[at + i] != TITLE[i] {
            return false;
        }
        i += 1;
    }
    true
}
