//! A virtual machine with a kernel of its own: what this one has no module for, and a system clock
//! that may be moved. It is emulated, so it needs nothing of the machine it runs on.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::peer::Process;

/// Kernel modules, each with those it needs.
const MODULES: [&str; 7] =
    ["virtio_pci", "8021q", "bonding", "bridge", "sch_netem", "veth", "virtio_net"];
/// dash, because busybox prefers its own `ip`.
const PROGRAMS: [&str; 5] = ["dash", "ip", "tc", "ptp4l", "tcpdump"];

/// How the guest's time passes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pace {
    /// By the instructions it executes; where it waits, time is skipped. Nothing outside disturbs it.
    Instructions,
    /// With the time outside.
    RealTime,
}

/// Where a guest is put together and started.
pub struct Guest {
    folder: PathBuf,
    /// More words for the emulator.
    pub options: Vec<String>,
    /// More programs and libraries for `/bin`.
    pub brings: Vec<PathBuf>,
    pace: Pace,
}

impl Guest {
    pub fn new(folder: PathBuf, pace: Pace) -> Guest {
        std::fs::create_dir_all(&folder).unwrap();
        Guest { folder, options: Vec::new(), brings: Vec::new(), pace }
    }

    /// Starts it with a script for dash that it runs as root; what that prints is the
    /// log, whose last line is `exit STATUS`.
    pub fn boot(&self, script: &str, emulator: Command) -> Process {
        let root = self.folder.join("root");
        furnish(&root);
        self.brings.iter().for_each(|program| bring(&root, program));
        std::fs::write(root.join("job"), script).unwrap();
        let image = self.folder.join("initramfs");
        let pack = format!(
            "cd {} && find . | cpio -o -H newc --quiet -R 0:0 > {}",
            root.display(),
            image.display()
        );
        succeeds(Command::new("sh").args(["-c", &pack]));
        let mut command = emulator;
        let pace: &[&str] = match self.pace {
            Pace::Instructions => {
                &["-accel", "tcg,thread=single", "-icount", "shift=1,sleep=off", "-smp", "1"]
            }
            Pace::RealTime => &["-accel", "tcg,thread=multi", "-smp", "1"],
        };
        command.args(["-nodefaults", "-no-user-config", "-nographic", "-no-reboot"]);
        command.args(["-serial", "stdio", "-monitor", "none", "-machine", "q35", "-cpu", "max"]);
        command.args(["-m", "512"]).args(pace).arg("-kernel").arg(kernel());
        command.arg("-initrd").arg(&image).args(["-append", KERNEL_LINE]).args(&self.options);
        Process::start(command, self.folder.join("console"))
    }
}

const KERNEL_LINE: &str = "console=ttyS0 quiet panic=-1 net.ifnames=0 mitigations=off";

/// The emulator, as a command.
pub const EMULATOR: &str = "qemu-system-x86_64";

/// Waits until the script has ended, and gives what it printed; it must have ended well.
pub fn finish(mut guest: Process, limit: Duration) -> Vec<String> {
    let ended = guest.wait(limit).is_some();
    let lines = guest.lines();
    let lines: Vec<String> = lines.iter().map(|line| line.trim_end().to_owned()).collect();
    let well = lines.iter().any(|line| line == "exit 0");
    assert!(ended && well, "the guest did not end well:\n{}", lines.join("\n"));
    lines
}

/// `NAME value` of what a script printed.
pub fn value<'a>(lines: &'a [String], name: &str) -> &'a str {
    let found = lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {name} in\n{}", lines.join("\n")))
}

/// What `cargo xtask test` fetched: Debian's kernel, unpacked.
fn fetched() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("guest");
    assert!(folder.join("boot").exists(), "no kernel for the guest: run `cargo xtask test`");
    folder
}

fn kernel() -> PathBuf {
    let boot = std::fs::read_dir(fetched().join("boot")).unwrap();
    let mut files = boot.map(|entry| entry.unwrap().path());
    files.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("vmlinuz")).unwrap()
}

/// Makes the file system of a guest.
fn furnish(root: &Path) {
    for folder in ["bin", "dev", "proc", "sys", "tmp", "run/netns", "var", "etc", "lib/modules"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
    std::fs::write(root.join("etc/passwd"), "root:x:0:0:root:/:/bin/dash\n").unwrap();
    std::fs::write(root.join("etc/group"), "root:x:0:\n").unwrap();
    symlink("bin", root.join("sbin")).unwrap();
    symlink("../run", root.join("var/run")).unwrap();
    let busybox = found("busybox");
    std::fs::copy(&busybox, root.join("bin/busybox")).unwrap();
    let applets = Command::new(&busybox).arg("--list").output().unwrap();
    for applet in String::from_utf8(applets.stdout).unwrap().lines() {
        let _ = symlink("busybox", root.join("bin").join(applet));
    }
    for program in PROGRAMS {
        bring(root, &found(program));
    }
    bring(root, Path::new(env!("CARGO_BIN_EXE_zeitgeberd")));
    bring(root, &built("zeitgeber-tools", "zeitgeber"));
    bring_modules(root);
    std::fs::write(root.join("init"), INIT).unwrap();
    std::fs::set_permissions(root.join("init"), std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The first process: mounts, loads, runs the job and ends the machine.
const INIT: &str = "#!/bin/dash
export PATH=/bin HOME=/ TERM=dumb
mount -t devtmpfs dev /dev; mount -t proc proc /proc; mount -t sysfs sys /sys
mount -t tmpfs tmp /tmp; mount -t tmpfs run /run; mkdir -p /run/netns
for module in $(cat /lib/modules/order); do insmod /lib/modules/$module; done
ip link set lo up
cd /tmp
echo
dash /job </dev/null 2>&1
echo \"exit $?\"
sync
poweroff -f
";

/// A program of the system.
pub fn found(program: &str) -> PathBuf {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut folders = path.split(':').chain(["/usr/sbin", "/sbin"]).map(Path::new);
    let folder = folders.find(|folder| folder.join(program).exists());
    folder.unwrap_or_else(|| panic!("{program} is missing")).join(program)
}

/// A program of ours in another package, as new as its source.
pub fn built(package: &str, program: &str) -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let release = env!("CARGO_BIN_EXE_zeitgeberd").contains("/release/");
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", package, "--bin", program]);
    succeeds(command.args(release.then_some("--release")));
    Path::new(env!("CARGO_BIN_EXE_zeitgeberd")).with_file_name(program)
}

/// Copies a program and the libraries it is linked with.
fn bring(root: &Path, program: &Path) {
    let to = root.join("bin").join(program.file_name().unwrap());
    let _ = std::fs::remove_file(&to);
    std::fs::copy(program, &to).unwrap();
    succeeds(Command::new("strip").arg("--strip-debug").arg(&to).stderr(Stdio::null()));
    let linked = Command::new("ldd").arg(program).output().unwrap();
    for word in String::from_utf8(linked.stdout).unwrap().split_whitespace() {
        if let Some(inside) = word.strip_prefix('/') {
            let to = root.join(inside);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(word, to).unwrap();
        }
    }
}

/// Copies the modules and says in which order they are loaded.
fn bring_modules(root: &Path) {
    let fetched = fetched();
    let versions = std::fs::read_dir(fetched.join("lib/modules")).unwrap();
    let version = versions.map(|entry| entry.unwrap().file_name()).next().unwrap();
    succeeds(Command::new(found("depmod")).arg("-b").arg(&fetched).arg(&version));
    let mut order = Vec::new();
    for module in MODULES {
        let mut command = Command::new(found("modprobe"));
        command.arg("-d").arg(&fetched).arg("-S").arg(&version).args(["--show-depends", module]);
        let output = command.output().unwrap();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let Some(path) = line.strip_prefix("insmod ") else { continue };
            let path = Path::new(path.split(' ').next().unwrap());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !order.contains(&name) {
                std::fs::copy(path, root.join("lib/modules").join(&name)).unwrap();
                order.push(name);
            }
        }
    }
    std::fs::write(root.join("lib/modules/order"), order.join("\n")).unwrap();
}

fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {error}");
}
