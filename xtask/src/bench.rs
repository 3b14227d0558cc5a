//! Benchmarks: they print figures and ratios and judge nothing.

use xshell::{Shell, cmd};

use crate::{footprint, peers};

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

/// Ours beside the servos of ptp4l and ptpd in a virtual machine, each case for twice these seconds.
pub(crate) fn follow(seconds: &str) -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    let path = std::env::var("PATH").unwrap_or_default();
    sh.set_var("PATH", format!("{path}:/usr/sbin:/sbin"));
    peers::install(&sh)?;
    peers::fetch_kernel(&sh)?;
    sh.set_var("ZEITGEBER_LAB", "1");
    sh.set_var("ZEITGEBER_BESIDE_SECONDS", seconds);
    cmd!(sh, "cargo test --release --package zeitgeber-daemon --test beside -- --nocapture").run()
}
