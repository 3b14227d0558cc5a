//! The rules of the repository. What they are is in `CONTRIBUTING.md`; here they are held.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file below `folder`, with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty() || folder != "crates");
    found
}

fn crates() -> Vec<String> {
    let entries = fs::read_dir(root().join("crates")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// What each crate may use of ours.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("time", &[]),
    ("wire", &["time"]),
    ("engine", &["time", "wire"]),
    ("servo", &["time"]),
    ("sim", &["time", "wire", "engine", "servo"]),
    ("linux", &["time"]),
    ("config", &["time"]),
    ("control", &[]),
    ("record", &["time", "servo"]),
    ("report", &["servo"]),
    ("daemon", &["time", "wire", "engine", "servo", "linux", "config", "control", "record"]),
    ("tools", &["time", "wire", "servo", "linux", "config", "control", "record", "report", "sim"]),
];

/// The names in a manifest's `[dependencies]`.
fn dependencies(krate: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("crates").join(krate).join("Cargo.toml")).unwrap();
    let lines = text.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split(['.', '=', ' ']).next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn crates_use_only_what_lies_below_them() {
    let directions: BTreeMap<_, _> = DIRECTIONS.iter().copied().collect();
    for krate in crates() {
        let allowed = directions.get(krate.as_str());
        let allowed = allowed.unwrap_or_else(|| panic!("{krate} has no place in the directions"));
        for used in dependencies(&krate) {
            let ours = directions.contains_key(used.as_str());
            assert!(!ours || allowed.contains(&used.as_str()), "{krate} must not use {used}");
        }
    }
}

#[test]
fn the_core_has_no_third_party() {
    for krate in ["time", "wire", "engine"] {
        let ours: BTreeSet<_> = crates().into_iter().collect();
        assert!(dependencies(krate).is_subset(&ours), "{krate}: {:?}", dependencies(krate));
    }
}

#[test]
fn unsafe_is_in_linux_alone() {
    for krate in crates().into_iter().filter(|krate| krate != "linux") {
        for main in ["lib.rs", "main.rs"] {
            let path = root().join("crates").join(&krate).join("src").join(main);
            if let Ok(text) = fs::read_to_string(path) {
                assert!(text.contains("#![forbid(unsafe_code)]"), "{krate}/src/{main}");
            }
        }
    }
}

#[test]
fn the_daemon_reaches_the_kernel_through_linux_alone() {
    let forbidden = ["std::net", "std::thread", "SystemTime", "Instant::now", "std::os::unix::net"];
    for (name, text) in sources("crates/daemon/src") {
        for word in forbidden {
            assert!(!text.contains(word), "{name} contains {word}");
        }
    }
}

#[test]
fn the_core_has_no_clock_socket_thread_or_allocator() {
    for krate in ["time", "wire", "engine", "servo"] {
        let text = fs::read_to_string(root().join(format!("crates/{krate}/src/lib.rs"))).unwrap();
        assert!(text.contains("#![no_std]"), "{krate}");
    }
    for krate in ["time", "wire", "servo"] {
        for (name, text) in sources(&format!("crates/{krate}/src")) {
            assert!(!text.contains("extern crate alloc"), "{name}");
        }
    }
}

#[test]
fn floats_begin_in_the_servo() {
    for krate in ["time", "wire", "engine"] {
        for (name, text) in sources(&format!("crates/{krate}/src")) {
            let floats = code(&text).filter(|line| {
                line.contains("f64") && !line.contains("f64(") && !line.contains("from_bits")
            });
            let floats: Vec<_> = floats.collect();
            // A Float64 of the wire is carried, not computed with.
            assert!(krate == "wire" || floats.is_empty(), "{name}: {floats:?}");
        }
    }
}

/// The lines that are no comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn a_clock_moves_in_one_file() {
    for (name, text) in sources("crates/daemon/src") {
        let moves = [".set_frequency(", ".step(", ".set_status(", ".set_tai_offset("];
        let found = moves.iter().any(|call| code(&text).any(|line| line.contains(call)));
        assert!(!found || name.ends_with("/steer.rs"), "{name} moves a clock");
    }
}

/// Lines without tests at the end of the file.
fn length(text: &str) -> usize {
    text.lines().take_while(|line| *line != "#[cfg(test)]").count()
}

#[test]
fn no_file_is_too_long_to_read() {
    let all = sources("crates").into_iter().chain(sources("xtask"));
    for (name, text) in all.filter(|(name, _)| !name.contains("/tests/")) {
        assert!(length(&text) <= 800, "{name} has {} lines", length(&text));
        if length(&text) > 600 {
            assert!(text.contains("lines because"), "{name} says not why it is long");
        }
    }
}

#[test]
fn no_function_is_too_long_to_read() {
    for (name, text) in sources("crates").into_iter().chain(sources("xtask")) {
        let mut start: Option<(usize, String, String)> = None;
        for (number, line) in text.lines().enumerate() {
            let body = line.trim_start();
            let indent = &line[..line.len() - body.len()];
            let begins =
                body.starts_with("fn ") || body.contains(" fn ") && !body.starts_with("//");
            if begins && start.is_none() && !body.ends_with(';') {
                start = Some((number, indent.to_owned(), body.to_owned()));
            } else if let Some((first, outer, head)) = &start
                && (line == format!("{outer}}}") || body.is_empty() && head.ends_with('}'))
            {
                let lines = number - first;
                assert!(lines <= 70, "{name}:{}: {lines} lines: {head}", first + 1);
                start = None;
            }
        }
    }
}

#[test]
fn names_say_what_a_file_is_for() {
    let banned = ["util", "utils", "common", "manager", "helper", "helpers", "misc"];
    for (name, _) in sources("crates").into_iter().chain(sources("xtask")) {
        let parts = name.split('/').map(|part| part.trim_end_matches(".rs"));
        for part in parts {
            assert!(!banned.contains(&part), "{name}");
        }
    }
}

#[test]
fn unwrap_is_for_tests() {
    for krate in crates() {
        for (name, text) in sources(&format!("crates/{krate}/src")) {
            let lines: Vec<&str> = code(&text).collect();
            let program = lines.iter().take_while(|line| **line != "#[cfg(test)]");
            let tests = name.ends_with("tests.rs") || name.contains("/tests/");
            for line in program.filter(|_| !tests) {
                assert!(!line.contains(".unwrap()"), "{name}: {line}");
            }
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("#[ig", "nore")];
    for (name, text) in sources("crates").into_iter().chain(sources("xtask")) {
        for word in words {
            assert!(!text.contains(word), "{name} contains {word}");
        }
    }
}

/// The modules that a file names with `crate::`.
fn uses(text: &str, modules: &BTreeSet<String>) -> BTreeSet<String> {
    let text: String = code(text).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for part in text.split("crate::").skip(1) {
        let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if modules.contains(&name) {
            found.insert(name);
        }
    }
    found
}

#[test]
fn imports_run_in_no_circle() {
    for krate in crates() {
        let prefix = format!("crates/{krate}/src/");
        let files: Vec<_> = sources(&prefix);
        let module = |name: &str| {
            let rest = name.strip_prefix(&prefix).unwrap().trim_end_matches(".rs");
            rest.split('/').next().unwrap().to_owned()
        };
        let modules: BTreeSet<String> = files.iter().map(|(name, _)| module(name)).collect();
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, text) in &files {
            let from = module(name);
            if ["lib", "main"].contains(&from.as_str()) {
                continue;
            }
            let mut to = uses(text, &modules);
            to.remove(&from);
            graph.entry(from).or_default().extend(to);
        }
        // Take away what uses nothing that is left, until nothing is left.
        while !graph.is_empty() {
            let free = graph.iter().find(|(_, to)| to.iter().all(|name| !graph.contains_key(name)));
            let Some((free, _)) = free else { panic!("{krate}: a circle among {graph:?}") };
            let free = free.clone();
            graph.remove(&free);
        }
    }
}

#[test]
fn decisions_of_the_engine_cite_their_clause() {
    let files =
        ["compare", "decide", "foreign", "port", "receiver", "transmitter", "link", "pairing"];
    for file in files {
        let name = format!("crates/engine/src/{file}.rs");
        let text = fs::read_to_string(root().join(&name)).unwrap();
        let cites = text.lines().any(|line| {
            let comment = line.trim_start().starts_with("//");
            comment
                && line
                    .chars()
                    .collect::<Vec<_>>()
                    .windows(2)
                    .any(|pair| pair[0] == '(' && (pair[1].is_ascii_digit() || pair[1] == 'T'))
        });
        assert!(cites, "{name} cites no clause");
    }
}

#[test]
fn shipped_configurations_parse() {
    let entries = fs::read_dir(root().join("packaging")).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let mut count = 0;
    for file in files.filter(|file| file.extension().is_some_and(|e| e == "toml")) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.display().to_string();
        let (_, warnings) = config::check(&name, &text).unwrap_or_else(|error| panic!("{error}"));
        assert!(warnings.0.is_empty(), "{warnings}");
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn every_requirement_that_is_closed_names_a_test_that_exists() {
    let text = fs::read_to_string(root().join("docs/requirements.md")).unwrap();
    let all: String =
        sources("crates").into_iter().chain(sources("xtask")).map(|(_, text)| text).collect();
    let mut closed = 0;
    for row in text.lines().filter(|line| line.starts_with("| R")) {
        let columns: Vec<&str> = row.split('|').map(str::trim).collect();
        let state = columns[columns.len() - 2];
        if state == "open" {
            continue;
        }
        closed += 1;
        assert!(state.contains('`'), "{row}: which test proves it?");
        // Between backticks are names; the rest is words.
        for test in state.split('`').skip(1).step_by(2) {
            let name = test.rsplit("::").next().unwrap();
            assert!(all.contains(&format!("fn {name}(")), "{row}: there is no test {name}");
        }
    }
    assert!(closed > 30);
}
