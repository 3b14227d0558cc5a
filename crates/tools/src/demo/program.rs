//! Where `zeitgeberd` is. Under cargo, which builds only this package, it is built first.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NAME: &str = "zeitgeberd";

/// The daemon beside this program, or why there is none.
pub(super) fn find() -> Result<PathBuf, String> {
    let own = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let folder = own.parent().expect("a program is in a folder");
    // Test programs are one level below.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let daemon = folder.join(NAME);
    if let (Some(cargo), Some(package)) = (env::var_os("CARGO"), env::var_os("CARGO_MANIFEST_DIR"))
        && let Some(release) = profile(folder)
        && folder.parent().is_some_and(is_target)
    {
        build(&cargo, Path::new(&package), folder, release)?;
    }
    if daemon.is_file() {
        return Ok(daemon);
    }
    Err(format!(
        "there is no {NAME} beside {}: install both programs into one folder, or build it with \
         `cargo build --release -p zeitgeber-daemon`",
        own.display()
    ))
}

/// Whether it is a folder of release builds, if it is one of builds at all.
fn profile(folder: &Path) -> Option<bool> {
    match folder.file_name()?.to_str()? {
        "release" => Some(true),
        "debug" => Some(false),
        _ => None,
    }
}

/// Cargo marks what may be left out of backups.
fn is_target(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").is_file()
}

fn build(cargo: &OsStr, package: &Path, folder: &Path, release: bool) -> Result<(), String> {
    eprintln!("building {NAME} ...");
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "-p", "zeitgeber-daemon", "--manifest-path"]);
    command.arg(package.join("Cargo.toml"));
    command.arg("--target-dir").args(folder.parent());
    if release {
        command.arg("--release");
    }
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cannot build {NAME}: cargo ended with {status}")),
        Err(error) => Err(format!("cannot build {NAME}: {error}")),
    }
}
