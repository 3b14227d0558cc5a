//! The programs that tests and benchmarks run beside ours, from Debian.

use std::path::Path;

use xshell::{Shell, cmd};

/// A program and the package it is in.
const NEEDED: &[(&str, &str)] = &[
    ("busybox", "busybox-static"),
    ("cc", "gcc"),
    ("chromium", "chromium"),
    ("cpio", "cpio"),
    ("ip", "iproute2"),
    ("kill", "procps"),
    ("ptp4l", "linuxptp"),
    ("modprobe", "kmod"),
    ("ptpd", "ptpd"),
    ("qemu-system-x86_64", "qemu-system-x86"),
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

/// The kernel of the virtual machine that some tests run in. Nothing is installed: it is unpacked.
const KERNEL: &str = "linux-image-cloud-amd64";

/// Fetches the virtual machine's kernel, unless it is there.
pub(crate) fn fetch_kernel(sh: &Shell) -> xshell::Result<()> {
    let folder = sh.current_dir().join("target/guest");
    if folder.join("boot").exists() {
        return Ok(());
    }
    let _there = sh.push_dir(sh.create_dir(&folder)?);
    let depends = cmd!(sh, "apt-cache depends {KERNEL}").read()?;
    let image = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: linux-image"));
    let image = image.map_or(KERNEL.to_owned(), |rest| format!("linux-image{rest}"));
    cmd!(sh, "apt-get download -q -o APT::Sandbox::User=root {image}").run()?;
    for package in sh.read_dir(".")? {
        cmd!(sh, "dpkg -x {package} unpacked").run()?;
        sh.remove_path(&package)?;
    }
    for part in ["lib", "boot"] {
        cmd!(sh, "mv unpacked/{part} .").run()?;
    }
    Ok(())
}

fn present(program: &str) -> bool {
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = path.split(':').chain(["/usr/sbin", "/sbin"]);
    folders.map(Path::new).any(|folder| folder.join(program).exists())
}
