//! The one table of options. Parsers, help, `explain`, dumps and reload all read it.

mod clock;
mod daemon;
mod gptp;
mod management;
mod measure;
mod media;
mod metrics;
mod optional;
mod port;
mod selection;
mod unicast;

use crate::labels::Profile;
use crate::opt::Opt;
use crate::profile::profile_table;

/// Every option, in the order of a dump: the process, the clock, its control loop, the ports.
pub const OPTIONS: &[&[Opt]] = &[
    daemon::DAEMON,
    clock::CLOCK,
    selection::SELECTION,
    management::MANAGEMENT,
    media::MEDIA,
    metrics::METRICS,
    measure::MEASURE,
    port::PORT,
    unicast::UNICAST,
    gptp::GPTP,
    optional::OPTIONAL,
];

/// Every option, in the order of a dump.
pub fn options() -> impl Iterator<Item = &'static Opt> {
    OPTIONS.iter().copied().flatten()
}

/// The option of this canonical name or alias, where hyphens count as underscores.
pub fn find(name: &str) -> Option<&'static Opt> {
    let name = name.replace('-', "_");
    options().find(|opt| opt.name == name || opt.aliases.iter().any(|alias| *alias == name))
}

/// Where the option of this canonical name is in [`options`].
pub(crate) fn index(name: &str) -> usize {
    options().position(|opt| opt.name == name).expect("only names of the table are asked for")
}

/// What a profile sets before anything that was given.
pub(crate) fn profile_defaults(
    profile: Profile,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    profile_table(profile).sets()
}

/// Names that set an option to a word: `client_only = true`, `--client-only`.
pub const SWITCHES: &[(&str, &str, &str)] = &[
    ("client_only", "role", "client-only"),
    ("slave_only", "role", "client-only"),
    ("server_only", "role", "server-only"),
];
