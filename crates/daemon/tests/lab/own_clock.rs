//! A system clock of its own for a peer, so that it really follows, and nothing else does.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::host::Net;

/// How a peer's clock starts and runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnClock {
    /// Ahead of the machine's clock.
    pub offset_ns: i64,
    /// Faster than the machine's clock.
    pub ppb: i32,
}

/// A command on a host that sees and steers a clock of its own. It has no right to steer the
/// machine's, whatever becomes of the library that is preloaded.
pub fn with_own_clock(lab: &impl Net, host: usize, program: &str, clock: OwnClock) -> Command {
    let mut command = lab.command(host, "setpriv");
    command.args(["--bounding-set=-sys_time", "--inh-caps=-sys_time", "env"]);
    command.arg(format!("LD_PRELOAD={}", own_clock_library().display()));
    command.arg(format!("OWN_CLOCK_OFFSET_NS={}", clock.offset_ns));
    command.arg(format!("OWN_CLOCK_PPB={}", clock.ppb));
    command.arg(program);
    command
}

/// The library, built once a run.
pub fn own_clock_library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lab/own_clock.c");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let built = folder.join(format!("own_clock-{}.so", std::process::id()));
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"]).arg(&built);
        let output = cc.args([source, "-ldl"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // Whoever has the former one open keeps it.
        let library = folder.join("own_clock.so");
        std::fs::rename(built, &library).unwrap();
        library
    })
}
