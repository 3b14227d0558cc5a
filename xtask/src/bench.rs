//! Benchmarks: they print figures and ratios and judge nothing.

use xshell::{Shell, cmd};

use crate::footprint;

pub(crate) fn run() -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    cmd!(sh, "cargo run --release --quiet --package zeitgeber-wire --example codec_bench").run()?;
    footprint::run(&sh)
}

/// The accuracy grid; the options are the program's.
pub(crate) fn servo(options: &[&str]) -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    let program = "cargo run --release --quiet --package zeitgeber-sim --bin servo_grid --";
    let words: Vec<&str> = program.split(' ').skip(1).chain(options.iter().copied()).collect();
    cmd!(sh, "cargo {words...}").quiet().run()
}
