//! Our daemon on a host.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use control::{Answer, ClockState, Request, Status};

use super::host::{Lab, Net, tail};
use super::peer::Process;

pub struct Node {
    pub process: Process,
    pub control: PathBuf,
    pub page: PathBuf,
}

/// Starts zeitgeberd on `eth0`, with a virtual clock unless it is given another.
pub fn node(lab: &Lab, host: usize, more: &[&str]) -> Node {
    node_on(lab, host, &["eth0"], more)
}

/// Starts zeitgeberd on interfaces of a host, with a virtual clock unless it is given another.
pub fn node_on(lab: &impl Net, host: usize, interfaces: &[&str], more: &[&str]) -> Node {
    let control = lab.path(&format!("control-{host}"));
    let page = lab.path(&format!("page-{host}"));
    let mut command = lab.command(host, env!("CARGO_BIN_EXE_zeitgeberd"));
    for interface in interfaces {
        command.args(["-i", interface]);
    }
    command.args(["--log-level", "info"]);
    command.arg("--control").arg(&control);
    command.arg("--clock-page").arg(&page);
    if !more.contains(&"--clock") {
        command.args(["--clock", "virtual"]);
    }
    command.arg("--state-dir").arg(lab.path(&format!("state-{host}")));
    command.args(more);
    let process = Process::start(command, lab.path(&format!("node-{host}.log")));
    Node { process, control, page }
}

impl Node {
    pub fn status(&self) -> Option<Status> {
        match self.ask(Request::Status)? {
            Answer::Status(status) => Some(*status),
            _ => None,
        }
    }

    pub fn ask(&self, request: Request) -> Option<Answer> {
        let mut stream = UnixStream::connect(&self.control).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        stream.write_all(request.to_line().as_bytes()).ok()?;
        let mut line = Vec::new();
        BufReader::new(stream).read_until(b'\n', &mut line).ok()?;
        Some(Answer::parse(&line).unwrap())
    }

    /// Waits until the status is as wanted, and says how long that took.
    pub fn wait_for(&self, limit: Duration, wanted: impl Fn(&Status) -> bool) -> Duration {
        let start = Instant::now();
        let mut last = None;
        while start.elapsed() < limit {
            last = self.status();
            if last.as_ref().is_some_and(&wanted) {
                return start.elapsed();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("not within {limit:?}: {last:#?}\n{}", tail(&self.process.log));
    }

    pub fn wait_state(&self, limit: Duration, state: ClockState) -> Duration {
        self.wait_for(limit, |status| status.state == state)
    }
}
