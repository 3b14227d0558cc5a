//! Every test there is, in an order in which none disturbs another.

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
    cmd!(sh, "{cargo} test --package zeitgeber-daemon").run()?;
    Ok(())
}
