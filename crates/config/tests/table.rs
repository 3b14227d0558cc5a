//! Properties of the table of options, and that both front ends reach all of it.
#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::ffi::OsString;

use config::{Config, Kind, Opt, SWITCHES, Scope, Since, check, load, options, parse_args};

fn from_args(args: &[String]) -> Result<Config, String> {
    let words = ["zeitgeberd", "-i", "eth0"].map(OsString::from);
    let args = words.into_iter().chain(args.iter().map(OsString::from));
    let invocation = parse_args(args).map_err(|problems| problems.to_string())?;
    load(&invocation).map(|(config, _)| config).map_err(|problems| problems.to_string())
}

fn from_file(text: &str) -> Result<Config, String> {
    let text = format!("interfaces = [\"eth0\"]\n{text}");
    check("test", &text).map(|(config, _)| config).map_err(|problems| problems.to_string())
}

fn available() -> impl Iterator<Item = &'static Opt> {
    options().filter(|opt| opt.since == Since::Now && opt.name != "interfaces")
}

/// Values that are not the default, as one would write them.
fn samples(opt: &Opt) -> Vec<String> {
    match opt.kind {
        Kind::Bool => vec!["true".into(), "false".into()],
        Kind::Int { min, max, words, .. } => {
            let words = words.iter().map(|word| word.name.to_owned());
            [min.to_string(), max.to_string()].into_iter().chain(words).collect()
        }
        Kind::Float { min, max, .. } => vec![format!("{min:?}"), format!("{max:?}")],
        Kind::Label(labels) => {
            let now = labels.iter().filter(|label| label.since == Since::Now);
            now.flat_map(|label| [label.name].into_iter().chain(label.aliases.iter().copied()))
                .map(str::to_owned)
                .collect()
        }
        Kind::Text if opt.name == "acceptable" => {
            vec!["001122.fffe.334455-1/7, 00:11:22:ff:fe:33:44:66".into()]
        }
        Kind::Text if ["unicast_servers", "grandmaster_cluster"].contains(&opt.name) => {
            vec!["10.0.0.1=3, 10.0.0.2".into()]
        }
        Kind::Text
            if [
                "unicast_clients",
                "unicast_peer",
                "monitor_address",
                "protocol_address",
                "management_allow",
            ]
            .contains(&opt.name) =>
        {
            vec!["10.0.0.9".into()]
        }
        Kind::Text if opt.name == "smpte_frame_rate" => vec!["25".into(), "60000/1001".into()],
        Kind::Text if opt.name == "smpte_jump" => vec!["3600@2027-03-28T01:00:37".into()],
        Kind::Text if opt.name == "smpte_daily_jam" => vec!["02:00:00".into()],
        Kind::Text if opt.name == "also_domains" => vec!["1, 2 3".into()],
        Kind::Text if opt.name == "alternate_timescales" => {
            vec!["CET:+3563:jump=-3600@2026-10-25T01:00:37, UTC:-37".into()]
        }
        Kind::Text if opt.name == "leap_second" => vec!["2026-12-31+1".into()],
        Kind::Text | Kind::Path => vec!["/tmp/a b".into()],
        Kind::Mode => vec!["0600".into(), "0777".into()],
        Kind::GroupMac => vec!["01-80-C2-00-00-0E".into(), "011b.1900.0001".into()],
        Kind::Identity => vec!["auto".into(), "001122.fffe.334455".into()],
        Kind::Interfaces => vec![],
    }
}

#[test]
fn names_are_unique_lower_case_and_grouped_by_scope() {
    let mut seen = HashSet::new();
    for name in options().flat_map(Opt::names).chain(SWITCHES.iter().map(|(name, ..)| *name)) {
        assert!(seen.insert(name), "{name} is there twice");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
    }
    let mut scopes: Vec<Scope> = options().map(|opt| opt.scope).collect();
    scopes.dedup();
    assert_eq!(scopes, [Scope::Daemon, Scope::Clock, Scope::Port]);
}

#[test]
fn every_option_is_explained_in_plain_ascii_sentences() {
    for opt in options() {
        assert!(opt.doc.is_ascii() && opt.doc.ends_with('.'), "{}: {}", opt.name, opt.doc);
        assert!(opt.doc.len() > 20 && !opt.doc.contains("  "), "{}", opt.name);
        assert!(config::explain(opt.name).unwrap().contains(opt.name));
    }
}

#[test]
fn labels_are_unique_within_their_option() {
    for opt in options() {
        let Kind::Label(labels) = opt.kind else { continue };
        let mut seen = HashSet::new();
        for label in labels {
            for word in [label.name].iter().chain(label.aliases) {
                assert!(seen.insert(*word), "{}: {word} is there twice", opt.name);
            }
        }
    }
}

#[test]
fn every_value_means_the_same_in_the_file_and_on_the_command_line() {
    for opt in available() {
        for sample in samples(opt) {
            let args = from_args(&[format!("--{}", opt.argument()), sample.clone()]);
            let file = from_file(&format!("{} = \"{sample}\"", opt.name));
            let same = match (&args, &file) {
                (Ok(args), Ok(file)) => args == file,
                (Err(args), Err(file)) => {
                    let depends = ["clock_class", "clock_type"].contains(&opt.name);
                    assert!(depends, "{args}\n{file}");
                    continue;
                }
                _ => false,
            };
            assert!(same, "{} = {sample}: {args:?} {file:?}", opt.name);
        }
    }
}

#[test]
fn aliases_and_either_spelling_name_the_same_option() {
    for opt in available() {
        let value = samples(opt).pop().unwrap();
        let canonical = from_file(&format!("{} = \"{value}\"", opt.name));
        for name in opt.names() {
            for name in [name.to_owned(), name.replace('_', "-")] {
                assert_eq!(from_file(&format!("{name} = \"{value}\"")), canonical, "{name}");
                let args = from_args(&[format!("--{name}={value}")]);
                assert_eq!(args.is_ok(), canonical.is_ok(), "{name}: {args:?}");
            }
        }
    }
}

#[test]
fn numbers_just_outside_their_range_are_refused() {
    for opt in available() {
        let Kind::Int { min, max, .. } = opt.kind else { continue };
        for value in [min - 1, max + 1] {
            let problem = from_file(&format!("{} = {value}", opt.name)).unwrap_err();
            assert!(problem.contains(&format!("{min}..{max}")), "{problem}");
        }
    }
}

#[test]
fn what_comes_later_is_refused_by_name() {
    for opt in options().filter(|opt| opt.since != Since::Now) {
        let problem = from_file(&format!("{} = \"x\"", opt.name)).unwrap_err();
        assert!(problem.contains("is not available in this version"), "{problem}");
    }
    for opt in available() {
        let Kind::Label(labels) = opt.kind else { continue };
        for label in labels.iter().filter(|label| label.since != Since::Now) {
            let word = label.name.replace('N', "0");
            let problem = from_file(&format!("{} = \"{word}\"", opt.name)).unwrap_err();
            let named = format!("{} = {word}: this is not available in this version", opt.name);
            assert!(problem.contains(&named), "{problem}");
        }
    }
}

#[test]
fn a_printed_configuration_reads_back_to_the_same() {
    for opt in available() {
        for sample in samples(opt) {
            let text = format!(
                "interfaces = [\"eth1\", \"eth0\"]\n{} = \"{sample}\"\n[[port]]\n\
                 interface = \"eth0\"\nsync_interval = -3\n",
                opt.name
            );
            let Ok((config, _)) = check("test", &text) else { continue };
            for all in [false, true] {
                let printed = config::print_config(&config, all);
                let again = check("printed", &printed).map(|(config, _)| config);
                assert_eq!(again.as_ref(), Ok(&config), "{text}\n---\n{printed}");
            }
        }
    }
}
