//! What takes longer than a test may: the same tests, for as long as is asked.

use xshell::{Shell, cmd};

use crate::peers;

/// A network that is broken again and again for these minutes, rings, chains and every pair with
/// every peer, then as many random worlds as two cores go through in as long again.
pub(crate) fn run(minutes: u64) -> Result<(), xshell::Error> {
    let sh = Shell::new()?;
    let path = std::env::var("PATH").unwrap_or_default();
    sh.set_var("PATH", format!("{path}:/usr/sbin:/sbin"));
    peers::install(&sh)?;
    peers::fetch_kernel(&sh)?;
    let seconds = minutes * 60;
    sh.set_var("ZEITGEBER_LAB", "1");
    sh.set_var("ZEITGEBER_SOAK_SECONDS", seconds.to_string());
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    for test in ["soak", "ring", "mixed_chains", "guest", "guest_clock", "interop"] {
        cmd!(sh, "{cargo} test --package zeitgeber-daemon --test {test} -- --nocapture").run()?;
    }
    // Some thirty worlds a second on two cores.
    let worlds = format!("0..{}", seconds * 30);
    cmd!(sh, "{cargo} run --release --quiet --package zeitgeber-sim --example worlds -- {worlds}")
        .run()
}
