//! Benchmarks: they print figures and ratios and judge nothing.

use xshell::{Shell, cmd};

use crate::footprint;

pub(crate) fn run() -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    cmd!(sh, "cargo run --release --quiet --package zeitgeber-wire --example codec_bench").run()?;
    footprint::run(&sh)
}
