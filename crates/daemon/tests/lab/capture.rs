//! What passes a host's interface, as tcpdump and tshark see it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::host::Net;
use super::peer::Process;

static CAPTURES: AtomicU32 = AtomicU32::new(0);

/// A capture under way.
pub struct Capture {
    tcpdump: Process,
    file: PathBuf,
}

impl Capture {
    /// Captures from now on what passes `eth0` of a host.
    pub fn start(lab: &impl Net, host: usize) -> Capture {
        Capture::start_on(lab, host, "eth0")
    }

    /// Captures from now on what passes an interface of a host, stamped to the nanosecond.
    pub fn start_on(lab: &impl Net, host: usize, interface: &str) -> Capture {
        let number = CAPTURES.fetch_add(1, Ordering::Relaxed);
        let file = lab.path(&format!("capture-{number}.pcap"));
        let mut command = lab.command(host, "tcpdump");
        command.args(["-i", interface, "--time-stamp-precision=nano", "-U", "-w"]).arg(&file);
        let tcpdump = Process::start(command, lab.path(&format!("tcpdump-{number}.log")));
        let start = Instant::now();
        while !tcpdump.lines().iter().any(|line| line.contains("listening on")) {
            assert!(start.elapsed() < Duration::from_secs(10), "{:?}", tcpdump.lines());
            std::thread::sleep(Duration::from_millis(20));
        }
        Capture { tcpdump, file }
    }

    /// Ends it: the fields of every frame that tshark's filter `what` lets pass.
    pub fn finish(mut self, what: &str, fields: &[&str]) -> Vec<Vec<String>> {
        // tcpdump writes what it has seen once a second.
        std::thread::sleep(Duration::from_millis(1100));
        self.tcpdump.signal("-INT");
        self.tcpdump.wait(Duration::from_secs(5)).expect("tcpdump ends when asked");
        let mut tshark = Command::new("tshark");
        tshark.arg("-r").arg(&self.file).args(["-Y", what, "-T", "fields", "-E", "separator=;"]);
        for field in fields {
            tshark.args(["-e", field]);
        }
        let output = tshark.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
    }
}
