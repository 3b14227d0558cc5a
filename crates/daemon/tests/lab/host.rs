//! Network namespaces joined by a bridge in one of their own; gone when dropped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

static LABS: AtomicU32 = AtomicU32::new(0);

/// Hosts that programs run on.
pub trait Net {
    /// The name of a host's network namespace.
    fn host(&self, host: usize) -> String;

    /// A file of this test.
    fn path(&self, name: &str) -> PathBuf;

    /// A command that will run on a host.
    fn command(&self, host: usize, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.host(host)]).arg(program);
        command
    }
}

/// Hosts with one interface `eth0` each, on one bridge or, if there are two, on one cable.
pub struct Lab {
    prefix: String,
    hosts: usize,
    bridged: bool,
    pub folder: PathBuf,
}

/// Whether tests with peers and rights are wanted. Without, they are skipped aloud; in CI that is a
/// failure.
pub fn wanted(test: &str) -> bool {
    if std::env::var_os("ZEITGEBER_LAB").is_some() {
        return true;
    }
    let why = format!("SKIPPED: {test} needs root and Debian's peers; run `cargo xtask test`");
    assert!(std::env::var_os("CI").is_none(), "{why}");
    // The test runner keeps what eprintln! says of a test that passes to itself.
    let _ = writeln!(std::io::stderr(), "{why}");
    false
}

/// Tests that measure nanoseconds disturb each other: three at a time.
pub fn quiet() -> Quiet {
    let mut busy = BUSY.lock().unwrap_or_else(PoisonError::into_inner);
    while *busy == 3 {
        busy = FREE.wait(busy).unwrap_or_else(PoisonError::into_inner);
    }
    *busy += 1;
    Quiet
}

static BUSY: Mutex<u32> = Mutex::new(0);
static FREE: Condvar = Condvar::new();

pub struct Quiet;

impl Drop for Quiet {
    fn drop(&mut self) {
        *BUSY.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        FREE.notify_one();
    }
}

impl Lab {
    pub fn new(hosts: usize) -> Lab {
        let lab = Lab::empty(hosts, true);
        lab.build();
        lab
    }

    /// Two hosts and a cable. A bridge passes a frame for one host on as it is, and when that leaves
    /// it the kernel stamps it once more, for whoever sent it: more than ptp4l expects over Ethernet.
    pub fn cable() -> Lab {
        let lab = Lab::empty(2, false);
        let names = [lab.host(0), lab.host(1)];
        for name in &names {
            ip(&["netns", "add", name]);
            ip(&["-n", name, "link", "set", "lo", "up"]);
        }
        let link = ["-n", &names[0], "link", "add", "eth0", "address", &lab.mac(0), "type", "veth"];
        let other = ["peer", "name", "eth0", "address", &lab.mac(1), "netns", &names[1]];
        ip(&[&link[..], &other].concat());
        for (host, name) in names.iter().enumerate() {
            let address = format!("10.77.0.{}/24", host + 1);
            ip(&["-n", name, "address", "add", &address, "dev", "eth0"]);
            ip(&["-n", name, "link", "set", "eth0", "up"]);
        }
        lab
    }

    /// A folder and names, before there are hosts.
    fn empty(hosts: usize, bridged: bool) -> Lab {
        let number = LABS.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("zg{}x{number}", std::process::id());
        let folder = std::env::temp_dir().join(&prefix);
        std::fs::create_dir_all(&folder).unwrap();
        Lab { prefix, hosts, bridged, folder }
    }

    fn build(&self) {
        let wire = self.wire();
        // No living process has our number, so these names can only be of one that was killed.
        for name in (0..self.hosts).map(|host| self.host(host)).chain([wire.clone()]) {
            let _ = Command::new("ip").args(["netns", "delete", &name]).output();
        }
        ip(&["netns", "add", &wire]);
        ip(&["-n", &wire, "link", "add", "br0", "type", "bridge"]);
        // A wire holds nothing back: neither by snooping, nor what a bridge is not to forward.
        self.bridge("multicast_snooping", "0");
        self.bridge("group_fwd_mask", "0x4000");
        ip(&["-n", &wire, "link", "set", "br0", "up"]);
        for host in 0..self.hosts {
            let name = self.host(host);
            let port = format!("p{host}");
            ip(&["netns", "add", &name]);
            ip(&["-n", &name, "link", "set", "lo", "up"]);
            let mac = self.mac(host);
            let link = ["-n", &name, "link", "add", "eth0", "address", &mac, "type", "veth"];
            ip(&[&link[..], &["peer", "name", &port, "netns", &wire]].concat());
            ip(&["-n", &wire, "link", "set", &port, "master", "br0", "up"]);
            let address = format!("10.77.0.{}/24", host + 1);
            ip(&["-n", &name, "address", "add", &address, "dev", "eth0"]);
            ip(&["-n", &name, "link", "set", "eth0", "up"]);
        }
    }

    /// The clock identity of a host's interface.
    pub fn identity(&self, host: usize) -> String {
        format!("02:00:00:ff:fe:00:{:02x}:{:02x}", std::process::id() % 256, host + 1)
    }

    /// The Ethernet address of a host's interface.
    pub fn mac(&self, host: usize) -> String {
        format!("02:00:00:00:{:02x}:{:02x}", std::process::id() % 256, host + 1)
    }

    /// Sets something of the bridge that is the wire.
    pub fn bridge(&self, setting: &str, value: &str) {
        let line = format!("echo {value} > /sys/class/net/br0/bridge/{setting}");
        run("ip", &["netns", "exec", &self.wire(), "sh", "-c", &line]);
    }

    /// Something of the bridge's table of groups, as `bridge` says it.
    pub fn groups(&self, args: &[&str]) -> String {
        let mut command = Command::new("bridge");
        let output = command.args(["-n", &self.wire(), "mdb"]).args(args).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// One more interface of a host on the wire, without an address.
    pub fn interface(&self, host: usize, name: &str) {
        let port = format!("{name}h{host}");
        let (host, wire) = (self.host(host), self.wire());
        let link = ["-n", &host, "link", "add", name, "type", "veth"];
        ip(&[&link[..], &["peer", "name", &port, "netns", &wire]].concat());
        ip(&["-n", &wire, "link", "set", &port, "master", "br0", "up"]);
        ip(&["-n", &host, "link", "set", name, "up"]);
    }

    /// Something of the wire, as `ip` says it.
    pub fn wire_ip(&self, args: &[&str]) {
        ip(&[&["-n", &self.wire()], args].concat());
    }

    fn wire(&self) -> String {
        format!("{}-wire", self.prefix)
    }

    /// Something of the wire or of a host's interface, as `ip` says it.
    pub fn ip(&self, host: usize, args: &[&str]) {
        ip(&[&["-n", &self.host(host)], args].concat());
    }
}

impl Net for Lab {
    fn host(&self, host: usize) -> String {
        format!("{}-{host}", self.prefix)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for host in 0..self.hosts {
            let _ = Command::new("ip").args(["netns", "delete", &self.host(host)]).status();
        }
        if self.bridged {
            let _ = Command::new("ip").args(["netns", "delete", &self.wire()]).status();
        }
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn ip(args: &[&str]) {
    run("ip", args);
}

fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {args:?}: {error}");
}

/// The last lines of a log, for a failure's message.
pub fn tail(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
