//! ptp4l with the configurations that linuxptp ships, and ours with what they mean.

use std::path::{Path, PathBuf};

use crate::cell::Role;
use crate::figures::Figures;
use crate::lab::{Chain, Lab, Net, Process, node_on, ptp4l_offset};
use crate::pair::{FOLLOWER, LEADER, following, leading, watch_ours, watch_theirs};

const TABLE: &str = include_str!("examples.toml");
/// Where Debian has them.
const FOLDER: &str = "/usr/share/doc/linuxptp/configs";
/// What every ptp4l is told besides: it shares its clock with others and has no hardware for stamps,
/// and a neighbour in another namespace is some microseconds away.
pub const ALWAYS: [&str; 7] = [
    "time_stamping software",
    "free_running 1",
    "tx_timestamp_timeout 100",
    "neighborPropDelayThresh 1000000",
    "summary_interval -4",
    "freq_est_interval 0",
    "use_syslog 0",
];

/// One of them.
#[derive(Clone, Debug)]
pub struct Example {
    pub file: String,
    /// Whether it is between us: a transparent clock.
    between: bool,
    words: toml::Table,
}

impl Example {
    /// As they are in the table.
    pub fn all() -> Vec<Example> {
        let table: toml::Table = TABLE.parse().unwrap();
        let read = |value: &toml::Value| {
            let words = value.as_table().unwrap().clone();
            let file = words["file"].as_str().unwrap().to_owned();
            let between = words.get("between").is_some_and(|between| between.as_bool().unwrap());
            Example { file, between, words }
        };
        table["examples"].as_array().unwrap().iter().map(read).collect()
    }

    /// Why a role of ours cannot be.
    pub fn reason(&self, role: Role) -> Option<String> {
        let key = if role == Role::Lead { "not_leading" } else { "not_following" };
        self.words.get(key).map(|reason| reason.as_str().unwrap().to_owned())
    }

    /// What one side is told in both roles and in one.
    pub fn words(&self, side: &str, role: &str) -> Vec<String> {
        let list = |key: &str| -> Vec<String> {
            let values = self.words.get(key).map(|list| list.as_array().unwrap().clone());
            let text = |value: toml::Value| value.as_str().unwrap().to_owned();
            values.unwrap_or_default().into_iter().map(text).collect()
        };
        [list(side), list(&format!("{side}_{role}"))].concat()
    }

    fn theirs(&self, lab: &impl Net, host: usize, role: &str, interfaces: &[&str]) -> Process {
        let shipped = std::fs::read_to_string(Path::new(FOLDER).join(&self.file)).unwrap();
        let config: PathBuf = lab.path(&self.file);
        let socket = format!("uds_address {}", lab.path("ptp4l.sock").display());
        let told = [vec![socket], ALWAYS.map(str::to_owned).into(), self.words("theirs", role)];
        std::fs::write(&config, format!("{shipped}\n[global]\n{}\n", told.concat().join("\n")))
            .unwrap();
        let mut command = lab.command(host, "ptp4l");
        command.arg("-m").arg("-f").arg(config);
        for interface in interfaces {
            command.args(["-i", interface]);
        }
        Process::start(command, lab.path("ptp4l.log"))
    }

    /// Runs it with ours in a role.
    pub fn run(&self, role: Role) -> Result<Figures, String> {
        if self.between {
            return self.run_between();
        }
        let lab = Lab::cable();
        match role {
            Role::Follow => {
                let peer = self.theirs(&lab, LEADER, "leading", &["eth0"]);
                let node = self.ours(&lab, FOLLOWER, "following", "eth0");
                watch_ours(&node, &peer)
            }
            Role::Lead => {
                let node = self.ours(&lab, LEADER, "leading", "eth0");
                let peer = self.theirs(&lab, FOLLOWER, "following", &["eth0"]);
                watch_theirs(&peer, &node, ptp4l_offset)
            }
        }
    }

    fn run_between(&self) -> Result<Figures, String> {
        let chain = Chain::new(3, &[(0, 1), (1, 2)]);
        let _leader = self.ours(&chain, 0, "leading", "e0");
        let peer = self.theirs(&chain, 1, "between", &["e0", "e1"]);
        watch_ours(&self.ours(&chain, 2, "following", "e1"), &peer)
    }

    fn ours(&self, lab: &impl Net, host: usize, role: &str, interface: &str) -> crate::lab::Node {
        let mut words = match role {
            "leading" if self.between => vec!["--clock".to_owned(), "observe".to_owned()],
            "leading" => leading(),
            _ => following(),
        };
        if role == "leading" {
            words.push("--priority1=10".to_owned());
        }
        words.extend(self.words("ours", role));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        node_on(lab, host, &[interface], &words)
    }
}

/// Whether Debian's examples are there.
pub fn are_there() -> bool {
    Path::new(FOLDER).is_dir()
}
