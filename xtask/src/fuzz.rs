//! Every fuzz target for a while. cargo-fuzz wants a nightly compiler; it is told that ours is one.

use xshell::{Shell, cmd};

pub(crate) fn run(seconds: &str) -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    sh.set_var("RUSTC_BOOTSTRAP", "1");
    sh.change_dir("fuzz");
    let limit = format!("-max_total_time={seconds}");
    let targets = cmd!(sh, "cargo fuzz list").read()?;
    for target in targets.lines() {
        cmd!(sh, "cargo fuzz run --sanitizer none {target} -- {limit} -print_final_stats=1")
            .run()?;
    }
    Ok(())
}
