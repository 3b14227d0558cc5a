//! Every test there is, in an order in which none disturbs another.

use std::fs::File;
use std::process::{Command, Stdio};

use xshell::{Shell, cmd};

use crate::peers;

/// Hosts in a laboratory mostly wait: more of them run at a time than there are cores.
const LAB_THREADS: &str = "8";

pub(crate) fn run() -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    let path = std::env::var("PATH").unwrap_or_default();
    sh.set_var("PATH", format!("{path}:/usr/sbin:/sbin"));
    let peers = peers::install(&sh)?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    cmd!(sh, "{cargo} fmt --all --check").run()?;
    cmd!(sh, "{cargo} clippy --quiet --workspace --all-targets -- -D warnings").run()?;
    cmd!(sh, "{cargo} test --workspace --exclude zeitgeber-daemon").run()?;
    // Random worlds are many, and quick only when they are optimised.
    for worlds in ["worlds", "arrangements"] {
        cmd!(sh, "{cargo} test --release --package zeitgeber-sim --test {worlds}").run()?;
    }
    if peers && peers::is_root(&sh) {
        peers::fetch_kernel(&sh)?;
        sh.set_var("ZEITGEBER_LAB", "1");
    } else {
        eprintln!("xtask: tests in network namespaces need root; they are skipped aloud");
    }
    sh.set_var("RUST_TEST_THREADS", LAB_THREADS);
    laboratory(&sh, &cargo)
}

/// Tests of the daemon that mostly measure how near clocks come to each other. They take as long as
/// all others together, which run beside them.
const MEASURING: [&str; 10] = [
    "chains",
    "each_port",
    "gptp",
    "interop",
    "mixed_chains",
    "peers",
    "ring",
    "soak",
    "transparent",
    "unicast",
];

fn laboratory(sh: &Shell, cargo: &str) -> Result<(), xshell::Error> {
    cmd!(sh, "{cargo} test --no-run --package zeitgeber-daemon").run()?;
    let (measuring, others): (Vec<String>, Vec<String>) =
        tests(sh)?.into_iter().partition(|test| MEASURING.contains(&test.as_str()));
    let words = |tests: &[String]| -> Vec<String> {
        tests.iter().flat_map(|test| ["--test".to_owned(), test.clone()]).collect()
    };
    let log = sh.current_dir().join("target/others.log");
    let out = File::create(&log).expect("target is ours");
    let error = out.try_clone().expect("a file that was just made");
    let mut beside = Command::new(cargo);
    beside.args(["test", "--package", "zeitgeber-daemon", "--lib", "--bins"]).args(words(&others));
    beside.envs(
        ["ZEITGEBER_LAB", "RUST_TEST_THREADS", "PATH"]
            .map(|name| (name, sh.var(name).unwrap_or_default())),
    );
    if sh.var("ZEITGEBER_LAB").is_err() {
        beside.env_remove("ZEITGEBER_LAB");
    }
    let beside = beside.stdin(Stdio::null()).stdout(out).stderr(error).spawn();
    let mut beside = beside.expect("cargo runs, as it does for what is measured");
    let measuring = words(&measuring);
    let measured = cmd!(sh, "{cargo} test --package zeitgeber-daemon {measuring...}").run();
    let status = beside.wait().expect("it was started");
    println!("{}", sh.read_file(&log)?);
    measured?;
    // What failed was just printed.
    if status.success() { Ok(()) } else { cmd!(sh, "false").quiet().run() }
}

/// The test programs of the daemon.
fn tests(sh: &Shell) -> Result<Vec<String>, xshell::Error> {
    let mut names = Vec::new();
    for entry in sh.read_dir("crates/daemon/tests")? {
        let program = entry.join("main.rs").exists() || entry.extension().is_some();
        let name = entry.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        names.extend(name.filter(|_| program));
    }
    Ok(names)
}
