//! What a configuration has that its profile does not allow: each parameter by name, as a warning.

use crate::labels::Profile;
use crate::opt::Scope;
use crate::problem::Problem;
use crate::profile::profile_table;
use crate::resolve::Resolved;
use crate::table;

/// Adds what deviates from the profile that was given.
pub(crate) fn check(resolved: &Resolved, found: &mut Vec<Problem>) {
    let label = resolved.values.get("profile").to_string();
    let named = resolved.given("profile").and_then(|_| Profile::from_label(&label));
    let Some(table) = named.map(profile_table) else { return };
    for (option, allowed) in table.allows().filter(|(option, _)| matters(resolved, option)) {
        let wrong = values(resolved, option).into_iter().find(|value| !allowed.allows(value));
        if let Some(value) = wrong {
            let value = if value.is_empty() { "none".to_owned() } else { value };
            let text = format!(
                "{option} = {value}: deviates from the profile {label}, which allows {allowed} \
                 ({})",
                table.source
            );
            found.push(Problem::warning(&resolved.place(option), text));
        }
    }
}

/// Whether an option says something of this clock: who only follows tells nobody of its time.
fn matters(resolved: &Resolved, option: &str) -> bool {
    let word = |name| resolved.values.get(name).to_string();
    let leads = word("role") != "client-only" && !word("clock_type").ends_with("transparent");
    match option {
        "server_timescale" => leads && word("clock") != "virtual",
        "virtual_timescale" => leads && word("clock") == "virtual",
        "power_grandmaster_id" | "alternate_timescales" | "clock_class" => leads,
        _ => true,
    }
}

/// What an option has, on each port if it is of those.
fn values(resolved: &Resolved, option: &str) -> Vec<String> {
    if table::find(option).is_some_and(|opt| opt.scope == Scope::Port) {
        return resolved.ports.iter().map(|port| port.values.get(option).to_string()).collect();
    }
    let value = resolved.values.get(option).to_string();
    match (option, &*value) {
        // What it is without being given, where somebody may be led.
        ("clock_class", "auto") => vec!["248".to_owned()],
        _ => vec![value],
    }
}
