//! A wire that is worse than it is.

use std::time::{Duration, Instant};

use super::guest::built;
use super::host::Net;
use super::peer::Process;

/// The relay of `cargo xtask impair` between two interfaces of a host, once it is at work.
pub fn impair(lab: &impl Net, host: usize, between: [&str; 2], options: &[&str]) -> Process {
    let mut command = lab.command(host, built("xtask", "xtask"));
    command.arg("impair").args(between).args(options);
    let relay = Process::start(command, lab.path("relay.log"));
    let start = Instant::now();
    while !relay.lines().iter().any(|line| line.contains("relaying")) {
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", relay.lines());
        std::thread::sleep(Duration::from_millis(20));
    }
    relay
}
