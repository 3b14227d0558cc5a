//! What changed between two configurations, for a reload.

use crate::opt::{Opt, Scope};
use crate::resolve::port_options;
use crate::table;
use crate::typed::Config;

/// One option whose value changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// Its name.
    pub option: &'static str,
    /// The interface of the port that it belongs to.
    pub port: Option<String>,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
    /// Whether a reload applies it; otherwise it needs a restart.
    pub live: bool,
}

/// What changed from `old` to `new`, in the order of the table, then of the ports.
pub fn diff(old: &Config, new: &Config) -> Vec<Change> {
    let mut changes = Vec::new();
    for opt in table::options().filter(|opt| opt.scope != Scope::Port) {
        let values = (old.values.get(opt.name), new.values.get(opt.name));
        if values.0 != values.1 {
            changes.push(change(opt, None, values.0, values.1));
        }
    }
    for port in &new.resolved_ports {
        let before = old.resolved_ports.iter().find(|other| other.interface == port.interface);
        let Some(before) = before else { continue };
        for opt in port_options() {
            let values = (before.values.get(opt.name), port.values.get(opt.name));
            if values.0 != values.1 {
                changes.push(change(opt, Some(&port.interface), values.0, values.1));
            }
        }
    }
    changes
}

/// What is in force after a reload: what a reload applies of `new`, the rest of `old`.
pub fn reloaded(old: &Config, new: &Config) -> Config {
    let mut values = old.values.clone();
    let mut ports = old.resolved_ports.clone();
    for opt in table::options().filter(|opt| opt.live && opt.scope != Scope::Port) {
        values.set(opt.name, new.values.get(opt.name).clone());
    }
    for port in &mut ports {
        let after = new.resolved_ports.iter().find(|other| other.interface == port.interface);
        let Some(after) = after else { continue };
        for opt in port_options().filter(|opt| opt.live) {
            port.values.set(opt.name, after.values.get(opt.name).clone());
        }
    }
    Config::from_values(values, ports)
}

fn change(opt: &Opt, port: Option<&str>, old: &impl ToString, new: &impl ToString) -> Change {
    Change {
        option: opt.name,
        port: port.map(str::to_owned),
        old: old.to_string(),
        new: new.to_string(),
        live: opt.live,
    }
}
