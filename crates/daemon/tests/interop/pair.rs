//! The two programs of a cell, each on a host of its own.

use std::time::{Duration, Instant};

use control::ClockState;

use crate::cell::{Cell, Mechanism, Mode, Peer, Role, Transport};
use crate::figures::Figures;
use crate::lab::{Lab, Node, Process, Watch, node, ptp4l, ptp4l_offset, ptpd, ptpd_offset};
use crate::witness::Witness;

/// The leader's host, and the other's.
pub const LEADER: usize = 0;
pub const FOLLOWER: usize = 1;
/// How far ahead of the machine's clock we pretend to be when we lead.
const AHEAD_NS: i64 = 1_000_000;
/// How long we are watched once we are locked.
const WATCHED: Duration = Duration::from_secs(12);
/// How many offsets of a peer count, those at first set aside. It says one a second.
const SETTLING: usize = 4;
const COUNTED: usize = 12;
/// Frames to the wrong place that count for nothing: of a hundred delay requests in mixed mode those
/// that ptpd sends before it knows whom to ask.
const STRAY: usize = 8;

/// Runs a cell.
///
/// # Errors
/// What a person needs to know when it failed. What fails in the laboratory panics.
pub fn run(cell: Cell) -> Result<Figures, String> {
    let lab = Lab::cable();
    for host in [LEADER, FOLLOWER] {
        let address = format!("{}/64", ip6(host));
        lab.ip(host, &["address", "add", &address, "dev", "eth0", "nodad"]);
    }
    let witness = Witness::start(&lab, FOLLOWER, cell);
    let figures = measure(&lab, cell)?;
    match witness.count() {
        0..=STRAY => Ok(figures),
        count => Err(format!("{count} frames were sent to whom they should not be")),
    }
}

fn measure(lab: &Lab, cell: Cell) -> Result<Figures, String> {
    match cell.role {
        Role::Follow => {
            let peer = peer_leads(lab, cell);
            follow(lab, cell, &peer)
        }
        Role::Lead => {
            let leader = lead(lab, cell);
            leader.wait_state(Duration::from_secs(15), ClockState::Grandmaster);
            peer_follows(lab, cell, &leader)
        }
    }
}

fn follow(lab: &Lab, cell: Cell, peer: &Process) -> Result<Figures, String> {
    let mut words = ours(cell);
    words.extend(following());
    match cell.mode {
        Mode::Multicast => {}
        Mode::Hybrid => words.push("--hybrid".to_owned()),
        Mode::Unicast => words.push(format!("--unicast-servers={}", address(lab, cell, LEADER))),
    }
    let node = node(lab, FOLLOWER, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let figures = watch_ours(&node, peer)?;
    let status = node.status().ok_or("we do not answer")?;
    is_as_meant(cell, &status.ports[0].counters)?;
    Ok(figures)
}

/// Waits until ours is locked, and compares it with the machine's clock.
pub fn watch_ours(node: &Node, peer: &Process) -> Result<Figures, String> {
    let start = Instant::now();
    while node.status().is_none_or(|status| status.state != ClockState::Locked) {
        if start.elapsed() > Duration::from_secs(30) {
            return Err(both("we do not lock", &node.process, peer));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let locked = start.elapsed();
    let samples = Watch::open(&node.page).samples(WATCHED);
    Ok(Figures { locked, offsets_ns: samples.iter().map(|sample| sample.error_ns).collect() })
}

/// That the messages of the cell's mechanism are exchanged and not those of the other.
fn is_as_meant(
    cell: Cell,
    counters: &std::collections::BTreeMap<String, u64>,
) -> Result<(), String> {
    let count = |name: &str| counters.get(name).copied().unwrap_or(0);
    let (e2e, p2p) = (count("rx_delay_resp"), count("rx_pdelay_resp"));
    match cell.mechanism {
        Mechanism::E2e if e2e > 0 => Ok(()),
        Mechanism::P2p if p2p > 0 && e2e == 0 => Ok(()),
        _ => Err(format!("Delay_Resp: {e2e}, Pdelay_Resp: {p2p}")),
    }
}

fn lead(lab: &Lab, cell: Cell) -> Node {
    let mut words = ours(cell);
    words.push("--server-only".to_owned());
    words.extend(leading());
    if cell.mode == Mode::Unicast {
        words.extend(["--unicast-listen", "--multicast=false"].map(str::to_owned));
    }
    node(lab, LEADER, &words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// With the machine's own clock, which is observed and never moved. To others it seems to be ahead,
/// so that who does not follow is found out.
pub fn leading() -> Vec<String> {
    let ahead = format!("--egress-latency-ns={AHEAD_NS}");
    let behind = format!("--ingress-latency-ns=-{AHEAD_NS}");
    let mut words = vec![ahead, behind];
    words.extend(["--clock", "observe", "--server-timescale", "arb-utc"].map(str::to_owned));
    words
}

/// With a clock that is far off in the beginning.
pub fn following() -> Vec<String> {
    let words = ["--client-only", "--virtual-offset-ns=3500000000", "--virtual-rate-ppb=-23000"];
    words.map(str::to_owned).into()
}

fn ours(cell: Cell) -> Vec<String> {
    // ptpd grants no Announce more often than it sends them itself, once a second at most.
    let announce = if cell.peer == Peer::Ptpd { 0 } else { -1 };
    let mut words = vec![format!("--announce-interval={announce}")];
    words.extend(["sync", "delay", "pdelay"].map(|kind| format!("--{kind}-interval=-3")));
    words.extend(["--transport", cell.transport.word()].map(str::to_owned));
    words.extend(["--delay-mechanism", cell.mechanism.word()].map(str::to_owned));
    words
}

fn peer_leads(lab: &Lab, cell: Cell) -> Process {
    match cell.peer {
        Peer::Ptp4l => {
            let mut lines = ptp4l_lines(cell);
            lines.push("priority1 10".to_owned());
            if cell.mode == Mode::Unicast {
                lines
                    .extend(["inhibit_multicast_service 1", "unicast_listen 1"].map(str::to_owned));
            }
            ptp4l(lab, LEADER, &lines.iter().map(String::as_str).collect::<Vec<_>>())
        }
        Peer::Ptpd => ptpd_with(lab, LEADER, cell, "masteronly"),
    }
}

fn peer_follows(lab: &Lab, cell: Cell, leader: &Node) -> Result<Figures, String> {
    if cell.peer == Peer::Ptpd {
        return watch_theirs(&ptpd_with(lab, FOLLOWER, cell, "slaveonly"), leader, ptpd_offset);
    }
    let mut lines = ptp4l_lines(cell);
    lines.extend(["slaveOnly 1", "freq_est_interval 0"].map(str::to_owned));
    if cell.mode == Mode::Unicast {
        lines.extend(table_of_servers(lab, cell));
    }
    let peer = ptp4l(lab, FOLLOWER, &lines.iter().map(String::as_str).collect::<Vec<_>>());
    watch_theirs(&peer, leader, ptp4l_offset)
}

/// Waits until the peer has said often enough how far ahead of us it is, which is by how much we
/// pretend to be ahead.
pub fn watch_theirs(
    peer: &Process,
    leader: &Node,
    read: fn(&str) -> Option<i64>,
) -> Result<Figures, String> {
    let start = Instant::now();
    let mut locked = None;
    loop {
        let lines = peer.lines();
        let offsets: Vec<i64> = lines.iter().filter_map(|line| read(line)).collect();
        if !offsets.is_empty() && locked.is_none() {
            locked = Some(start.elapsed());
        }
        if let Some(locked) = locked
            && offsets.len() >= SETTLING + COUNTED
        {
            let offsets_ns = offsets[SETTLING..].iter().map(|offset| offset + AHEAD_NS).collect();
            return Ok(Figures { locked, offsets_ns });
        }
        if start.elapsed() > Duration::from_secs(40) {
            let text = format!("{} offsets of the peer", offsets.len());
            return Err(both(&text, &leader.process, peer));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn ptp4l_lines(cell: Cell) -> Vec<String> {
    let mut lines: Vec<String> = ["logAnnounceInterval -1".to_owned()].into();
    let kinds = ["logSyncInterval", "logMinDelayReqInterval", "logMinPdelayReqInterval"];
    lines.extend(kinds.map(|kind| format!("{kind} -3")));
    let transport = match cell.transport {
        Transport::Udp4 => "UDPv4",
        Transport::Udp6 => "UDPv6",
        Transport::L2 => "L2",
    };
    lines.push(format!("network_transport {transport}"));
    lines.push(format!("delay_mechanism {}", cell.mechanism.word().to_uppercase()));
    if cell.mode != Mode::Multicast && cell.mechanism == Mechanism::E2e {
        lines.push("hybrid_e2e 1".to_owned());
    }
    lines
}

fn table_of_servers(lab: &Lab, cell: Cell) -> Vec<String> {
    let family = match cell.transport {
        Transport::Udp4 => "UDPv4",
        Transport::Udp6 => "UDPv6",
        Transport::L2 => "L2",
    };
    let server = address(lab, cell, LEADER);
    let mut lines = vec!["unicast_master_table 1".to_owned(), "[unicast_master_table]".to_owned()];
    lines.extend(["table_id 1", "logQueryInterval 0"].map(str::to_owned));
    if cell.mechanism == Mechanism::P2p {
        lines.push(format!("peer_address {server}"));
    }
    lines.push(format!("{family} {server}"));
    lines.push("[global]".to_owned());
    lines
}

fn ptpd_with(lab: &Lab, host: usize, cell: Cell, preset: &str) -> Process {
    let mut words = vec![format!("preset={preset}")];
    words.push(format!("delay_mechanism={}", cell.mechanism.word().to_uppercase()));
    words.extend(["log_sync_interval=-3", "log_announce_interval=0"].map(str::to_owned));
    words.push("log_peer_delayreq_interval=-3".to_owned());
    words.extend(["log_delayreq_interval=-3", "log_delayreq_override=y"].map(str::to_owned));
    if cell.transport == Transport::L2 {
        words.push("transport=ethernet".to_owned());
    }
    let other = address(lab, cell, 1 - host);
    match cell.mode {
        Mode::Multicast => {}
        Mode::Hybrid => words.push("ip_mode=hybrid".to_owned()),
        Mode::Unicast => {
            words.extend(["ip_mode=unicast", "unicast_negotiation=y"].map(str::to_owned));
            if preset == "slaveonly" {
                words.push(format!("unicast_destinations={other}"));
            }
            if cell.mechanism == Mechanism::P2p {
                words.push(format!("unicast_peer_destination={other}"));
            }
        }
    }
    let words: Vec<String> = words.iter().map(|word| format!("--ptpengine:{word}")).collect();
    ptpd(lab, host, &words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Where a host is for the cell's transport.
fn address(lab: &Lab, cell: Cell, host: usize) -> String {
    match cell.transport {
        Transport::Udp4 => format!("10.77.0.{}", host + 1),
        Transport::Udp6 => ip6(host),
        Transport::L2 => lab.mac(host),
    }
}

fn ip6(host: usize) -> String {
    format!("fd77::{}", host + 1)
}

/// What went wrong, with the ends of both logs.
pub fn both(what: &str, a: &Process, b: &Process) -> String {
    let tail = |process: &Process| {
        let lines = process.lines();
        lines[lines.len().saturating_sub(12)..].join("\n")
    };
    format!("{what}\n{}\n-- the peer:\n{}", tail(a), tail(b))
}
