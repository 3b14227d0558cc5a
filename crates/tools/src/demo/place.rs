//! Where the daemons meet: network namespaces on a bridge, or the loopback. Gone when dropped.

use std::fs::DirBuilder;
use std::io;
use std::net::UdpSocket;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, id};

/// A socket's path has at most 108 octets; this leaves room for names.
const FOLDER_MAX: usize = 80;

/// Where the daemons meet.
#[derive(Debug)]
pub(super) struct Place {
    network: Network,
    folder: Folder,
}

#[derive(Debug)]
enum Network {
    Namespaces(Namespaces),
    Loopback { event: u16, general: u16 },
}

impl Place {
    /// Namespaces if we may make them; otherwise the loopback, and why.
    pub(super) fn make(hosts: usize) -> io::Result<(Place, Option<String>)> {
        match Namespaces::make(hosts) {
            Ok(namespaces) => {
                let network = Network::Namespaces(namespaces);
                Ok((Place { network, folder: Folder::new()? }, None))
            }
            Err(why) => {
                Ok((Place::loopback()?, Some(format!("no network namespaces for us: {why}"))))
            }
        }
    }

    pub(super) fn loopback() -> io::Result<Place> {
        let (event, general) = free_ports()?;
        Ok(Place { network: Network::Loopback { event, general }, folder: Folder::new()? })
    }

    pub(super) fn describe(&self) -> String {
        match &self.network {
            Network::Namespaces(_) => "a bridge between network namespaces".into(),
            Network::Loopback { event, general } => {
                format!("the loopback, UDP ports {event} and {general}")
            }
        }
    }

    /// A command that runs `program` on a host, with the arguments that the network takes.
    pub(super) fn daemon(&self, host: usize, program: &Path) -> Command {
        match &self.network {
            Network::Namespaces(namespaces) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", &namespaces.host(host)]).arg(program);
                command.args(["-i", "eth0"]);
                command
            }
            Network::Loopback { event, general } => {
                let mut command = Command::new(program);
                command.args(["-i", "lo", "--multicast-loopback", "true"]);
                command.args(["--event-port", &event.to_string()]);
                command.args(["--general-port", &general.to_string()]);
                command
            }
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }
}

/// Two ports that nobody uses now, so that two demonstrations do not meet.
fn free_ports() -> io::Result<(u16, u16)> {
    let sockets = [UdpSocket::bind("0.0.0.0:0")?, UdpSocket::bind("0.0.0.0:0")?];
    Ok((sockets[0].local_addr()?.port(), sockets[1].local_addr()?.port()))
}

/// A folder for sockets, pages and logs.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Folder> {
        let name = format!("zgdemo-{}", id());
        let mut path = std::env::temp_dir().join(&name);
        if path.as_os_str().len() > FOLDER_MAX {
            path = Path::new("/tmp").join(&name);
        }
        // It must be new, and nobody else's business.
        DirBuilder::new().mode(0o700).create(&path).map_err(|error| {
            io::Error::new(error.kind(), format!("cannot make {}: {error}", path.display()))
        })?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One namespace per host and one with the bridge.
#[derive(Debug)]
struct Namespaces {
    made: Vec<String>,
}

impl Namespaces {
    fn make(hosts: usize) -> Result<Namespaces, String> {
        let mut namespaces = Namespaces { made: Vec::new() };
        let wire = name("wire");
        namespaces.add(&wire)?;
        // Without snooping, which would hold multicast back at first.
        let bridge = ["link", "add", "br0", "type", "bridge", "mcast_snooping", "0"];
        ip(&[&["-n", &wire], &bridge[..]].concat())?;
        ip(&["-n", &wire, "link", "set", "br0", "up"])?;
        for host in 0..hosts {
            let name = name(&host.to_string());
            let (port, address) = (format!("p{host}"), format!("10.77.0.{}/24", host + 1));
            namespaces.add(&name)?;
            let link = ["link", "add", "eth0", "type", "veth", "peer", "name", &port];
            ip(&[&["-n", &name], &link[..], &["netns", &wire]].concat())?;
            ip(&["-n", &wire, "link", "set", &port, "master", "br0", "up"])?;
            ip(&["-n", &name, "address", "add", &address, "dev", "eth0"])?;
            ip(&["-n", &name, "link", "set", "lo", "up"])?;
            ip(&["-n", &name, "link", "set", "eth0", "up"])?;
        }
        Ok(namespaces)
    }

    fn add(&mut self, name: &str) -> Result<(), String> {
        ip(&["netns", "add", name])?;
        self.made.push(name.to_owned());
        Ok(())
    }

    fn host(&self, host: usize) -> String {
        name(&host.to_string())
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        for name in &self.made {
            let _ = ip(&["netns", "delete", name]);
        }
    }
}

fn name(part: &str) -> String {
    format!("zgdemo-{}-{part}", id())
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "the program `ip` (package iproute2) is missing".to_owned(),
        _ => format!("cannot run `ip`: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    let line = error.lines().next().unwrap_or_default().trim();
    if ["not permitted", "denied"].iter().any(|refusal| line.contains(refusal)) {
        return Err("that takes rights like root's".to_owned());
    }
    Err(if line.is_empty() { "`ip` fails".to_owned() } else { line.to_owned() })
}
