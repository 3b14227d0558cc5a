//! The programs that tests and benchmarks run beside ours, from Debian.

use std::path::Path;

use xshell::{Shell, cmd};

/// A program and the package it is in.
const NEEDED: &[(&str, &str)] = &[
    ("chromium", "chromium"),
    ("ip", "iproute2"),
    ("kill", "procps"),
    ("ptp4l", "linuxptp"),
    ("ptpd", "ptpd"),
    ("setpriv", "util-linux"),
    ("strace", "strace"),
    ("tcpdump", "tcpdump"),
    ("tshark", "tshark"),
];

/// Whether namespaces can be made and the system's programs be installed.
pub(crate) fn is_root(sh: &Shell) -> bool {
    cmd!(sh, "id -u").quiet().read().is_ok_and(|id| id == "0")
}

/// Installs what is missing; false if that is for somebody with more rights.
pub(crate) fn install(sh: &Shell) -> xshell::Result<bool> {
    let missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(program, _)| !present(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(true);
    }
    if !is_root(sh) {
        let line = missing.join(" ");
        eprintln!("xtask: tests with peers need: sudo apt-get install {line}");
        return Ok(false);
    }
    let _frontend = sh.push_env("DEBIAN_FRONTEND", "noninteractive");
    cmd!(sh, "apt-get update -qq").run()?;
    cmd!(sh, "apt-get install -y -qq --no-install-recommends {missing...}").run()?;
    Ok(true)
}

fn present(program: &str) -> bool {
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = path.split(':').chain(["/usr/sbin", "/sbin"]);
    folders.map(Path::new).any(|folder| folder.join(program).exists())
}
