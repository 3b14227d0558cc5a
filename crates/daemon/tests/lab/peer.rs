//! Programs that run on a host until they are dropped; Debian's peers.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::host::{Lab, Net};
use super::own_clock::{OwnClock, with_own_clock};

/// A program under way; ended by its id when dropped.
pub struct Process {
    child: Child,
    pub log: PathBuf,
}

impl Process {
    pub fn start(mut command: Command, log: PathBuf) -> Process {
        let out = File::create(&log).unwrap();
        let error = out.try_clone().unwrap();
        let child = command.stdin(Stdio::null()).stdout(out).stderr(error).spawn().unwrap();
        Process { child, log }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            match self.child.try_wait().unwrap() {
                None if Instant::now() < end => std::thread::sleep(Duration::from_millis(20)),
                status => return status,
            }
        }
    }

    pub fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What strace runs outlives it: ended by its id, whatever becomes of the test.
pub struct Ends(pub u32);

impl Drop for Ends {
    fn drop(&mut self) {
        let id = self.0.to_string();
        let _ = Command::new("kill").args(["-KILL", &id]).output();
    }
}

/// Debian's ptp4l, free running with software stamps.
pub fn ptp4l(lab: &Lab, host: usize, more: &[&str]) -> Process {
    ptp4l_on(lab, host, &["eth0"], more)
}

/// Debian's ptp4l on interfaces of a host.
pub fn ptp4l_on(lab: &impl Net, host: usize, interfaces: &[&str], more: &[&str]) -> Process {
    let command = lab.command(host, "ptp4l");
    ptp4l_as(command, lab, host, interfaces, &[&["free_running 1"], more].concat())
}

/// Debian's ptp4l, which steers a clock of its own.
pub fn ptp4l_with_own_clock(
    lab: &impl Net,
    host: usize,
    interfaces: &[&str],
    clock: OwnClock,
    more: &[&str],
) -> Process {
    let command = with_own_clock(lab, host, "ptp4l", clock);
    ptp4l_as(command, lab, host, interfaces, more)
}

fn ptp4l_as(
    mut command: Command,
    lab: &impl Net,
    host: usize,
    interfaces: &[&str],
    more: &[&str],
) -> Process {
    let config = lab.path(&format!("ptp4l-{host}.conf"));
    let mut text = String::from("[global]\n");
    for line in [
        "time_stamping software",
        "tx_timestamp_timeout 100",
        "logging_level 6",
        "verbose 1",
        "use_syslog 0",
        "summary_interval -4",
    ]
    .iter()
    .chain(more)
    {
        text += line;
        text += "\n";
    }
    let socket = lab.path(&format!("ptp4l-{host}.sock"));
    text += &format!("uds_address {}\n", socket.display());
    std::fs::write(&config, text).unwrap();
    command.arg("-f").arg(&config);
    for interface in interfaces {
        command.args(["-i", interface]);
    }
    Process::start(command, lab.path(&format!("ptp4l-{host}.log")))
}

/// Debian's ptpd, which does not adjust the clock.
pub fn ptpd(lab: &Lab, host: usize, more: &[&str]) -> Process {
    let mut command = lab.command(host, "ptpd");
    command.args(["-C", "-n", "-L", "-V", "-i", "eth0"]).args(more);
    Process::start(command, lab.path(&format!("ptpd-{host}.log")))
}

/// `master offset  -1234 s0 ...` of ptp4l.
pub fn ptp4l_offset(line: &str) -> Option<i64> {
    let (_, rest) = line.split_once("master offset")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// The fifth column of ptpd's statistics, in seconds.
pub fn ptpd_offset(line: &str) -> Option<i64> {
    let columns: Vec<&str> = line.split(',').map(str::trim).collect();
    if !columns.get(1)?.starts_with("slv") {
        return None;
    }
    let seconds: f64 = columns.get(4)?.parse().ok()?;
    Some((seconds * 1e9) as i64)
}
