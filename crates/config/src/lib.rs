//! The configuration: one table of options, and the front ends that fill it.
//!
//! [`OPTIONS`] says everything of every option; the file, the command line, help, `explain`, dumps
//! and reload read it. All problems are collected and reported at once, each with its place, the
//! value, what is allowed and the nearest name. Nothing here touches the system but reading the
//! file.
#![forbid(unsafe_code)]

mod args;
mod deviations;
mod diff;
mod file;
mod labels;
mod layer;
mod lists;
mod media;
mod metrics;
mod nearest;
mod opt;
mod optional;
mod peers;
mod print;
mod problem;
mod profile;
mod resolve;
mod rules;
mod table;
mod typed;
mod value;

use std::fs;

pub use args::{Action, Invocation, command, parse_args};
pub use diff::{Change, diff, reloaded};
pub use labels::{
    ArbTimescale, Bmca, CapableRule, ClockChoice, ClockType, DelayMechanism, LockingStatus,
    LogLevel, ManagementAccess, OscillatorClass, PortRole, PowerTlv, Profile, Role,
    ServerTimescale, ServoChoice, StepChoice, Timestamping, Transport, VirtualTimescale,
};
pub use layer::Layer;
pub use lists::{AcceptableClock, AlternateTimescale};
pub use media::SmpteConfig;
pub use metrics::MetricsConfig;
pub use opt::{Dialects, Kind, Label, Opt, Scope, Since, Word};
pub use optional::OptionalConfig;
pub use peers::{ListedServer, PeerAddress};
pub use print::{explain, print_config};
pub use problem::{Place, Problem, Problems};
pub use profile::{Allowed, Forbidden, PROFILES, ProfileTable, profile_table};
pub use table::{OPTIONS, SWITCHES, find, options};
pub use typed::{Config, HoldoverConfig, ManagementConfig, PortConfig, UnicastConfig};
pub use value::Value;

/// Reads the file that `invocation` names and puts the command line on top, at the start and at
/// each reload. What comes with the configuration are warnings.
///
/// # Errors
///
/// Everything that is wrong, at once.
pub fn load(invocation: &Invocation) -> Result<(Config, Problems), Problems> {
    let Some(path) = &invocation.file else {
        return assemble("", "", &invocation.layer);
    };
    let name = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => assemble(&name, &text, &invocation.layer),
        Err(error) => {
            let place = Place::File { name, line: 1, column: 1 };
            let text = format!("cannot read the configuration: {error}");
            Err(Problems(vec![Problem::error(&place, text)]))
        }
    }
}

/// Reads a file's text without a command line; `name` is what problems call it.
///
/// # Errors
///
/// Everything that is wrong, at once.
pub fn check(name: &str, text: &str) -> Result<(Config, Problems), Problems> {
    assemble(name, text, &Layer::default())
}

fn assemble(name: &str, text: &str, args: &Layer) -> Result<(Config, Problems), Problems> {
    let mut problems = Problems::default();
    let file = file::parse(name, text, &mut problems);
    let resolved = resolve::resolve(&file, args, &mut problems);
    rules::check(&resolved, &mut problems);
    problems.sort();
    if problems.fatal() {
        return Err(problems);
    }
    Ok((Config::from_resolved(resolved), problems))
}
