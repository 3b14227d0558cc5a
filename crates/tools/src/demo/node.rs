//! The daemons under way: started, looked at, killed by their ids.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use linux::{PageReader, PageReading, mono_now};
use time::Timestamp;

use super::cast::Member;
use super::place::Place;
use super::scene::{Look, Scene};
use crate::client::ask_status;

/// How often each daemon is asked how it is; the clocks are read more often.
const ASK: Duration = Duration::from_millis(500);
const NEVER_ASKED: Duration = Duration::MAX;

/// The daemons, which end when this is dropped.
pub(super) struct Nodes<'a> {
    nodes: Vec<Node>,
    asked: Duration,
    place: &'a Place,
}

struct Node {
    name: &'static str,
    child: Child,
    killed: bool,
    page: Option<PageReader>,
    files: Files,
}

struct Files {
    control: PathBuf,
    page: PathBuf,
    log: PathBuf,
}

impl<'a> Nodes<'a> {
    pub(super) fn start(
        program: &Path,
        place: &'a Place,
        members: &[Member],
    ) -> io::Result<Nodes<'a>> {
        let mut nodes = Nodes { nodes: Vec::new(), asked: NEVER_ASKED, place };
        for (host, member) in members.iter().enumerate() {
            let node = nodes.start_one(program, host, member)?;
            nodes.nodes.push(node);
        }
        Ok(nodes)
    }

    fn start_one(&self, program: &Path, host: usize, member: &Member) -> io::Result<Node> {
        let path = |what: &str| self.place.path(&format!("{what}-{host}"));
        let files = Files { control: path("control"), page: path("page"), log: path("log") };
        let mut command = self.place.daemon(host, program);
        command.args(["--clock", "virtual", "--clock-page"]).arg(&files.page);
        command.arg("--control").arg(&files.control);
        command.arg("--state-dir").arg(path("state"));
        for (name, value) in [
            ("clock-identity", member.identity.clone()),
            ("priority1", member.priority1.to_string()),
            ("virtual-offset-ns", (member.date_ns + member.offset_ns).to_string()),
            ("virtual-rate-ppb", member.rate_ppb.to_string()),
            // Livelier than the defaults: it is to be over within a minute.
            ("announce-interval", "-1".to_owned()),
            ("sync-interval", "-3".to_owned()),
            ("delay-interval", "-3".to_owned()),
        ] {
            command.arg(format!("--{name}={value}"));
        }
        if member.follows_only {
            command.arg("--client-only");
        }
        let log = File::create(&files.log)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn()?;
        Ok(Node { name: member.name, child, killed: false, page: None, files })
    }

    /// Ends one as a power cut would.
    pub(super) fn kill(&mut self, host: usize) {
        self.nodes[host].end();
    }

    /// Reads all clocks at one moment, asks the daemons when it is time to, and tells the scene.
    pub(super) fn look(&mut self, at: Duration, scene: &mut Scene) {
        let asks = self.asked == NEVER_ASKED || at >= self.asked + ASK;
        if asks {
            self.asked = at;
            for (i, node) in self.nodes.iter().enumerate().filter(|(_, node)| !node.killed) {
                if let Ok(status) = ask_status(&node.files.control) {
                    scene.heard(i, at, &status);
                }
            }
        }
        let now = mono_now();
        let readings: Vec<_> = self
            .nodes
            .iter_mut()
            .map(|node| node.open_page().and_then(|page| page.now(now)))
            .collect();
        let truth = readings[scene.truth()].map(|reading| reading.time);
        let looks = readings.iter().map(|reading| look(reading.as_ref(), truth));
        scene.looked(at, looks.collect());
    }

    /// Whether one has ended that was not killed, and what it said last.
    pub(super) fn deceased(&mut self) -> Option<String> {
        self.nodes.iter_mut().filter(|node| !node.killed).find_map(|node| {
            let status = node.child.try_wait().ok()??;
            let log = std::fs::read_to_string(&node.files.log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(5)..].join("\n");
            Some(format!("{} has ended ({status}); its last words:\n{last}", node.name))
        })
    }
}

impl Node {
    /// The page appears when the daemon is up.
    fn open_page(&mut self) -> Option<&PageReader> {
        if self.killed {
            return None;
        }
        if self.page.is_none() {
            self.page = PageReader::open(&self.files.page).ok();
        }
        self.page.as_ref()
    }

    fn end(&mut self) {
        if !self.killed {
            self.killed = true;
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end();
    }
}

fn look(reading: Option<&PageReading>, truth: Option<Timestamp>) -> Look {
    let error = reading.zip(truth).map(|(reading, truth)| (reading.time - truth).nanos());
    Look { error_ns: error, bound_ns: reading.and_then(|reading| reading.contents.bound_ns) }
}
