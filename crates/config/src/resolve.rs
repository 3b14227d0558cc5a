//! Layers to one value per option: the command line over the file over the profile over the table.

use crate::labels::Profile;
use crate::layer::{Given, Layer, PortLayer};
use crate::opt::{Opt, Scope};
use crate::problem::{Place, Problem, Problems};
use crate::table;
use crate::value::{self, Value};

/// One value per option of the table, in its order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Values(Vec<Value>);

impl Values {
    /// What the table and `profile` say when nobody else does.
    pub(crate) fn defaults(profile: Profile) -> Values {
        let mut values = Values(table::options().map(value::default).collect());
        values.set("profile", Value::Word(profile.label()));
        for (name, text) in table::profile_defaults(profile) {
            let opt = table::find(name).expect("profiles set options of the table");
            values.set(name, value::parse(opt, text).expect("profiles set what is allowed"));
        }
        values
    }

    pub(crate) fn get(&self, name: &str) -> &Value {
        &self.0[table::index(name)]
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0[table::index(name)] = value;
    }

    /// Takes what was given for ports, or what was given for all the rest.
    fn apply(&mut self, given: &[Given], ports: bool) {
        let wanted =
            |name| table::find(name).is_some_and(|opt| (opt.scope == Scope::Port) == ports);
        for given in given.iter().filter(|given| wanted(given.opt)) {
            self.set(given.opt, given.value.clone());
        }
    }
}

/// A port's values: only those of port options are looked at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ResolvedPort {
    pub(crate) interface: String,
    pub(crate) values: Values,
}

/// Every value, and where those that were given came from.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub(crate) values: Values,
    pub(crate) ports: Vec<ResolvedPort>,
    pub(crate) names_interfaces: bool,
    places: Vec<(&'static str, Place)>,
}

impl Resolved {
    /// Where `option` was given, if it was.
    pub(crate) fn given(&self, option: &str) -> Option<&Place> {
        self.places.iter().rev().find(|(name, _)| *name == option).map(|(_, place)| place)
    }

    /// Where `option` was given, or that it was not.
    pub(crate) fn place(&self, option: &str) -> Place {
        self.given(option).cloned().unwrap_or_default()
    }
}

/// Puts the command line on top of the file.
pub(crate) fn resolve(file: &Layer, args: &Layer, problems: &mut Problems) -> Resolved {
    let defaults = Values::defaults(profile(file, args));
    let mut values = defaults.clone();
    values.apply(&file.given, false);
    values.apply(&args.given, false);

    let interfaces = interfaces(file, args, problems);
    values.set("interfaces", Value::List(interfaces.clone()));
    let ports = interfaces.into_iter().map(|interface| {
        let mut values = defaults.clone();
        values.apply(&file.given, true);
        let own = file.ports.iter().filter(|port| port.interface.as_ref() == Some(&interface));
        own.for_each(|port| values.apply(&port.given, true));
        values.apply(&args.given, true);
        ResolvedPort { interface, values }
    });
    let ports = ports.collect();

    let given = file.given.iter().chain(&args.given);
    let of_ports = file.ports.iter().flat_map(|port| &port.given);
    let places = of_ports.chain(given).map(|given| (given.opt, given.place.clone())).collect();
    let names_interfaces = file.names_interfaces || args.names_interfaces;
    Resolved { values, ports, names_interfaces, places }
}

fn profile(file: &Layer, args: &Layer) -> Profile {
    let given = args.given.iter().chain(&file.given).find(|given| given.opt == "profile");
    match given.map(|given| &given.value) {
        Some(Value::Word(label)) => Profile::from_label(label),
        _ => None,
    }
    .unwrap_or(Profile::None)
}

/// The ports' interfaces: the command line's if it names any, else the file's.
fn interfaces(file: &Layer, args: &Layer, problems: &mut Problems) -> Vec<String> {
    let mut listed = names(&args.given, problems);
    let from_args = !listed.is_empty();
    if !from_args {
        listed = names(&file.given, problems);
    }
    for (i, port) in file.ports.iter().enumerate() {
        let Some(interface) = &port.interface else { continue };
        if let Some(other) = file.ports[..i].iter().find(|other| same(other, interface)) {
            let text = format!("{interface} already has a port at {}; remove one", other.place);
            problems.0.push(Problem::error(&port.place, text));
        } else if !from_args && !listed.contains(interface) {
            listed.push(interface.clone());
        }
    }
    listed
}

fn same(port: &PortLayer, interface: &String) -> bool {
    port.interface.as_ref() == Some(interface)
}

fn names(given: &[Given], problems: &mut Problems) -> Vec<String> {
    let mut all = Vec::new();
    for given in given.iter().filter(|given| given.opt == "interfaces") {
        let Value::List(names) = &given.value else { continue };
        for name in names {
            if all.contains(name) {
                let text = format!("interface {name} is named twice; remove one");
                problems.0.push(Problem::error(&given.place, text));
            } else {
                all.push(name.clone());
            }
        }
    }
    all
}

/// The options of ports, in the table's order.
pub(crate) fn port_options() -> impl Iterator<Item = &'static Opt> {
    table::options().filter(|opt| opt.scope == Scope::Port)
}
