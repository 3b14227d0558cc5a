//! Two network namespaces with a cable between them, and a peer that sends frames at the other end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use linux::{
    Capability, Class, Ethernet, EthernetOptions, Interface, InterfaceName, Udp4, Udp4Options,
    Udp6, Udp6Options, privileges,
};

const MESSAGES: &str = "ZEITGEBER_TEST_MESSAGES";
const STARTED: &str = "the peer sends";

/// Whether a test may run: loud if not, and fatal where everything must run.
pub fn may_run() -> bool {
    let held = privileges::effective().unwrap();
    let needed = [Capability::NetBindService, Capability::NetAdmin, Capability::NetRaw];
    let Some(missing) = needed.iter().find(|&&needed| !held.has(needed)) else { return true };
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing} is missing");
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!("SKIPPED: {missing} is missing\n"),
    );
    false
}

fn ip(arguments: &[&str]) {
    assert!(Command::new("ip").args(arguments).status().unwrap().success(), "ip {arguments:?}");
}

/// `p0` at each end: without an address here, with 10.9.0.2 and fe80::2 at the peer's.
pub struct Cable([String; 2]);

impl Cable {
    pub fn new(test: &str) -> Cable {
        let cable = Cable(["a", "b"].map(|end| format!("zgd-{}-{test}-{end}", std::process::id())));
        let [a, b] = &cable.0;
        ip(&["netns", "add", a]);
        ip(&["netns", "add", b]);
        ip(&["-n", a, "link", "add", "p0", "type", "veth", "peer", "name", "p0", "netns", b]);
        for end in [a, b] {
            // Otherwise the kernel gives an address of its own, and is two seconds about it.
            ip(&["-n", end, "link", "set", "p0", "addrgenmode", "none"]);
            ip(&["-n", end, "link", "set", "p0", "up"]);
        }
        ip(&["-n", b, "addr", "add", "10.9.0.2/24", "dev", "p0"]);
        ip(&["-n", b, "addr", "add", "fe80::2/64", "dev", "p0", "nodad"]);
        cable
    }

    /// Gives our end an address.
    pub fn address(&self, address: &str) {
        let nodad: &[&str] = if address.contains(':') { &["nodad"] } else { &[] };
        ip(&[&["-n", &self.0[0], "addr", "add", address, "dev", "p0"], nodad].concat());
    }

    /// Runs the program at our end once the link works, after `before`.
    pub fn zeitgeber(&self, before: &[&str], arguments: &[&str]) -> Output {
        let shows = |end: &str| {
            let shown = Command::new("ip").args(["-n", end, "-o", "link", "show", "p0"]).output();
            String::from_utf8(shown.unwrap().stdout).unwrap().contains("state UP")
        };
        while !shows(&self.0[0]) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0[0]]).args(before);
        command.arg(env!("CARGO_BIN_EXE_zeitgeber")).args(arguments).output().unwrap()
    }

    /// Sends each message, a transport with octets in hexadecimal, again and again from the other
    /// end: `test` is run there, and has to call [`send_if_told`].
    pub fn peer(&self, test: &str, messages: &[(&str, &str)]) -> Sending {
        let messages: Vec<String> =
            messages.iter().map(|(transport, hex)| format!("{transport}={hex}")).collect();
        let mut child = Command::new("ip")
            .args(["netns", "exec", &self.0[1]])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(MESSAGES, messages.join(","))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        assert!(out.lines().any(|line| line.unwrap().contains(STARTED)), "the peer ended");
        Sending(child)
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for namespace in &self.0 {
            let _ = Command::new("ip").args(["netns", "del", namespace]).status();
        }
    }
}

/// A peer that sends until dropped.
pub struct Sending(Child);

impl Drop for Sending {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where this process is to be the peer: sends until it is killed.
pub fn send_if_told(octets: impl Fn(&str) -> Vec<u8>) {
    let Ok(messages) = std::env::var(MESSAGES) else { return };
    let messages: Vec<(&str, Vec<u8>)> = messages
        .split(',')
        .map(|message| message.split_once('=').unwrap())
        .map(|(transport, hex)| (transport, octets(hex)))
        .collect();
    let name = InterfaceName::new("p0").unwrap();
    let interface = Interface::new(name).unwrap();
    while !interface.state().unwrap().running {
        std::thread::sleep(Duration::from_millis(20));
    }
    let index = interface.state().unwrap().index;
    let udp4 = Udp4::open(Udp4Options::new(name, index)).unwrap();
    let udp6 = Udp6::open(Udp6Options::new(name, index)).unwrap();
    let l2 = Ethernet::open(EthernetOptions::new(name, index)).unwrap();
    println!("{STARTED}");
    loop {
        for (transport, octets) in &messages {
            let class = if octets[0] & 0x0f < 8 { Class::Event } else { Class::General };
            let peer_delay = matches!(octets[0] & 0x0f, 2 | 3 | 10);
            match *transport {
                "udp4" => udp4.send(class, udp4.group(class, peer_delay), octets, false),
                "udp6" => udp6.send(class, udp6.group(class, peer_delay), octets, false),
                _ => l2.send(l2.group(peer_delay), octets, false),
            }
            .unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
