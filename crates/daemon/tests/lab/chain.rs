//! Hosts in a row, each joined with the next by a wire of their own; gone when dropped.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::host::Net;

static CHAINS: AtomicU32 = AtomicU32::new(0);

/// Network namespaces joined by wires; a wire's ends are `e0`, `e1`, ... on both of its hosts, by
/// the wire's number.
pub struct Chain {
    prefix: String,
    hosts: usize,
    pub folder: PathBuf,
}

impl Chain {
    /// So many hosts, and a wire for each pair of them.
    pub fn new(hosts: usize, wires: &[(usize, usize)]) -> Chain {
        let number = CHAINS.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("zc{}x{number}", std::process::id());
        let folder = std::env::temp_dir().join(&prefix);
        std::fs::create_dir_all(&folder).unwrap();
        let chain = Chain { prefix, hosts, folder };
        for host in 0..hosts {
            let name = chain.host(host);
            let _ = Command::new("ip").args(["netns", "delete", &name]).output();
            ip(&["netns", "add", &name]);
            ip(&["-n", &name, "link", "set", "lo", "up"]);
        }
        for (wire, (a, b)) in wires.iter().enumerate() {
            chain.join(wire, (*a, *b));
        }
        chain
    }

    fn join(&self, wire: usize, (a, b): (usize, usize)) {
        let end = format!("e{wire}");
        let mac =
            |end: usize| format!("02:00:{wire:02x}:{end:02x}:{:02x}:01", std::process::id() % 256);
        let (near, far) = (self.host(a), self.host(b));
        let link = ["-n", &near, "link", "add", &end, "address", &mac(0), "type", "veth"];
        ip(&[&link[..], &["peer", "name", &end, "address", &mac(1), "netns", &far]].concat());
        for (host, number) in [(&near, 1), (&far, 2)] {
            let address = format!("10.78.{wire}.{number}/24");
            ip(&["-n", host, "address", "add", &address, "dev", &end]);
            ip(&["-n", host, "link", "set", &end, "up"]);
        }
    }

    /// Takes a wire away, or gives it back.
    pub fn set_wire(&self, host: usize, wire: usize, up: bool) {
        let state = if up { "up" } else { "down" };
        ip(&["-n", &self.host(host), "link", "set", &format!("e{wire}"), state]);
    }
}

impl Net for Chain {
    fn host(&self, host: usize) -> String {
        format!("{}-{host}", self.prefix)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        for host in 0..self.hosts {
            let _ = Command::new("ip").args(["netns", "delete", &self.host(host)]).status();
        }
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn ip(args: &[&str]) {
    let output = Command::new("ip").args(args).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "ip {args:?}: {error}");
}
