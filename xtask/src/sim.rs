//! The simulator: all scenarios, many random worlds, and how it grows.

use xshell::{Shell, cmd};

pub(crate) const USAGE: &str = "sim --library | sim --seeds A..B | sim --scale";

/// Runs what is asked for, in release.
pub(crate) fn run(options: &[&str]) -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    let example = |name: &str, arguments: &[&str]| {
        let cargo = "run --release --quiet --package zeitgeber-sim --example";
        let words = cargo.split(' ').chain([name, "--"]).chain(arguments.iter().copied());
        let words: Vec<&str> = words.collect();
        cmd!(sh, "cargo {words...}").quiet().run()
    };
    match *options {
        ["--seeds", seeds] => example("worlds", &[seeds]),
        ["--scale"] => example("scale", &[]),
        ["--library"] => example("library", &[]),
        _ => {
            eprintln!("usage: cargo xtask {USAGE}");
            Ok(())
        }
    }
}
