//! Unicast service with Debian's ptp4l and ptpd, in both roles, by negotiation.
#![forbid(unsafe_code)]

mod lab;

use std::net::UdpSocket;
use std::time::Duration;

use control::ClockState;
use lab::*;

/// Serves whoever asks, with the machine's own clock, which is observed and never moved.
fn serve(lab: &Lab, host: usize, more: &[&str]) -> Node {
    let usual = [
        "--clock",
        "observe",
        "--server-only",
        "--unicast-listen",
        "--multicast=false",
        "--server-timescale=arb-utc",
    ];
    node(lab, host, &[&usual[..], more].concat())
}

/// ptp4l that asks host 0 for service.
fn ptp4l_client(lab: &Lab, host: usize) -> Process {
    let table = ["[unicast_master_table]", "table_id 1", "logQueryInterval 0", "UDPv4 10.77.0.1"];
    let more = ["[global]", "unicast_master_table 1", "unicast_req_duration 10", "slaveOnly 1"];
    let more = [&more[..], &["logAnnounceInterval -1"]].concat();
    ptp4l(lab, host, &[&table[..], &more].concat())
}

/// ptp4l that serves whoever asks.
fn ptp4l_server(lab: &Lab, host: usize, priority1: &str) -> Process {
    let service = ["hybrid_e2e 1", "inhibit_multicast_service 1", "unicast_listen 1"];
    // It need not listen for long before it leads.
    let service = [&service[..], &["logAnnounceInterval -2"]].concat();
    ptp4l(lab, host, &[&service[..], &[priority1]].concat())
}

const PTPD: [&str; 4] = [
    "--ptpengine:ip_mode=unicast",
    "--ptpengine:unicast_negotiation=y",
    "--ptpengine:domain=0",
    "--ptpengine:log_announce_interval=-1",
];

fn ptpd_client(lab: &Lab, host: usize) -> Process {
    let own = ["--ptpengine:preset=slaveonly", "--ptpengine:unicast_destinations=10.77.0.1"];
    ptpd(lab, host, &[&PTPD[..], &own].concat())
}

fn ptp4l_offset(line: &str) -> Option<i64> {
    let (_, rest) = line.split_once("master offset")?;
    rest.split_whitespace().next()?.parse().ok()
}

fn ptpd_offset(line: &str) -> Option<i64> {
    let columns: Vec<&str> = line.split(',').map(str::trim).collect();
    if !columns.get(1)?.starts_with("slv") {
        return None;
    }
    let seconds: f64 = columns.get(4)?.parse().ok()?;
    Some((seconds * 1e9) as i64)
}

/// Waits for so many more offsets of a peer.
fn offsets(peer: &Process, count: usize, limit: u64, of: fn(&str) -> Option<i64>) -> Vec<i64> {
    let all = || peer.lines().iter().filter_map(|line| of(line)).collect::<Vec<i64>>();
    let before = all().len();
    for _ in 0..limit * 10 {
        let now = all();
        if now.len() >= before + count {
            return now[before..].to_vec();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{} offsets of {count} in {limit} s\n{}", all().len() - before, peer.lines().join("\n"));
}

/// What crosses a host's interface in UDP, one line for each message: source, destination,
/// messageType, the types and durations of its TLVs.
fn capture(lab: &Lab, host: usize) -> Process {
    let mut shark = lab.command(host, "tshark");
    shark.args(["-i", "eth0", "-l", "-f", "udp", "-T", "fields"]);
    for field in ["ip.src", "ip.dst", "messagetype", "sig.tlv.tlvType", "sig.tlv.durationField"] {
        let prefix = if field.starts_with("ip") { "" } else { "ptp.v2." };
        shark.args(["-e", &format!("{prefix}{field}")]);
    }
    let shark = Process::start(shark, lab.path(&format!("shark-{host}")));
    until(10, || shark.lines().iter().any(|line| line.contains("Capture started")).then_some(()));
    shark
}

const REQUEST: &str = "4";
const CANCEL: &str = "6";

/// Signaling messages of one kind from an address.
fn signals(shark: &Process, from: &str, kind: &str) -> usize {
    let lines = shark.lines();
    let columns = lines.iter().map(|line| line.split('\t').collect::<Vec<_>>());
    let wanted = columns.filter(|columns| {
        columns.len() > 3 && columns[0] == from && columns[3].split(',').any(|tlv| tlv == kind)
    });
    wanted.count()
}

struct Timed(std::time::Instant);

impl Timed {
    fn new() -> Timed {
        Timed(std::time::Instant::now())
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        println!("took {:?}", self.0.elapsed());
    }
}

/// What `look` finds within so many seconds.
fn until<T>(limit: u64, look: impl Fn() -> Option<T>) -> T {
    for _ in 0..limit * 20 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nothing within {limit} s");
}

fn unicast(node: &Node) -> control::Unicast {
    node.status().unwrap().ports[0].unicast.clone().unwrap()
}

/// Most are below 20 us: it shares the machine's clock with us.
fn are_good(offsets: &[i64]) {
    let mut sizes: Vec<i64> = offsets.iter().map(|offset| offset.abs()).collect();
    sizes.sort_unstable();
    assert!(sizes[sizes.len() / 2] < 20_000, "{offsets:?}");
}

/// Not a test: another test runs it on a host of its own, as a source of requests.
#[test]
fn flood() {
    let Some(addresses) = std::env::var_os("ZEITGEBER_FLOOD") else { return };
    let (mut granted, mut denied) = (0, 0);
    for (n, address) in (0u8..).zip(addresses.to_str().unwrap().split(',')) {
        let socket = UdpSocket::bind((address, 320)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        for round in 0..1000_u16 {
            let mut request = [0; 54];
            request[..4].copy_from_slice(&[0x0c, 2, 0, 54]);
            request[6] = 4;
            request[20..30].copy_from_slice(&[0x66, n, 0, 0xff, 0xfe, 0, 0, 0, 0, 1]);
            request[26..28].copy_from_slice(&round.to_be_bytes());
            request[33] = 0x7f;
            request[34..44].fill(0xff);
            request[44..54].copy_from_slice(&[0, 4, 0, 6, 0xb0, 0, 0, 0, 1, 0x2c]);
            socket.send_to(&request, "10.77.0.1:320").unwrap();
            let mut answer = [0; 128];
            while let Ok(len) = socket.recv(&mut answer) {
                if len == 56 && answer[0] & 0x0f == 0x0c {
                    let duration = u32::from_be_bytes(answer[50..54].try_into().unwrap());
                    *(if duration > 0 { &mut granted } else { &mut denied }) += 1;
                    break;
                }
            }
        }
    }
    println!("granted {granted} denied {denied}");
}

#[test]
fn a_flood_of_requests_ends_at_the_limits_while_ptp4l_and_ptpd_are_served() {
    let _timed = Timed::new();
    if !wanted("a_flood_of_requests_ends_at_the_limits_while_ptp4l_and_ptpd_are_served") {
        return;
    }
    let lab = Lab::new(4);
    let limits = ["--unicast-max-clients=8", "--unicast-max-per-address=4"];
    let server = serve(&lab, 0, &[&limits[..], &["--announce-interval=-2"]].concat());
    let linuxptp = ptp4l_client(&lab, 1);
    let ptpd = ptpd_client(&lab, 2);
    are_good(&offsets(&ptpd, 4, 30, ptpd_offset));
    are_good(&offsets(&linuxptp, 4, 20, ptp4l_offset));
    assert_eq!(unicast(&server).clients, 2);

    lab.ip(3, &["address", "add", "10.77.0.44/24", "dev", "eth0"]);
    let mut command = lab.command(3, std::env::current_exe().unwrap());
    command.args(["flood", "--exact", "--nocapture"]);
    command.env("ZEITGEBER_FLOOD", "10.77.0.4,10.77.0.44");
    let mut flood = Process::start(command, lab.path("flood.log"));
    are_good(&offsets(&linuxptp, 5, 20, ptp4l_offset));
    are_good(&offsets(&ptpd, 2, 20, ptpd_offset));
    assert!(flood.wait(Duration::from_secs(30)).is_some_and(|status| status.success()));
    let said = flood.lines().join("\n");
    println!("{said}");
    // Four of one address, then two more until all places are taken.
    assert!(said.contains("granted 6 denied 1994"), "{said}");
    let now = unicast(&server);
    assert_eq!((now.clients, now.clients_most), (8, 8));
    let named = |address: &str| now.some_clients.iter().filter(|c| c.address == address).count();
    assert_eq!((named("10.77.0.2"), named("10.77.0.3")), (1, 1));
    let counters = &server.status().unwrap().ports[0].counters;
    println!("{counters:?}");
    assert!(!counters.contains_key("tx_stamps_missing"), "{counters:?}");
}

#[test]
fn a_ptp4l_that_dies_is_replaced_and_one_that_returns_is_followed_again() {
    let _timed = Timed::new();
    if !wanted("a_ptp4l_that_dies_is_replaced_and_one_that_returns_is_followed_again") {
        return;
    }
    let lab = Lab::new(3);
    let mut first = ptp4l_server(&lab, 0, "priority1 10");
    let _second = ptp4l_server(&lab, 1, "priority1 20");
    let shark = capture(&lab, 2);
    let fast = ["--announce-interval=-1", "--sync-interval=-2", "--delay-interval=-2"];
    let ask = ["--client-only", "--unicast-servers=10.77.0.1,10.77.0.2", "--unicast-pause-s=2"];
    let client = node(&lab, 2, &[&ask[..], &fast].concat());
    let follows = |host: usize| {
        let identity = lab.identity(host);
        move |status: &control::Status| {
            let parent = status.parent.as_ref().map(|parent| parent.identity.to_string());
            parent == Some(identity.clone()) && status.state == ClockState::Locked
        }
    };
    let took = client.wait_for(Duration::from_secs(25), follows(0));
    println!("locked to the first after {took:?}");
    let terms = unicast(&client);
    assert!(terms.servers[0].selected && terms.servers[0].granted.len() == 3, "{terms:?}");
    assert!(!terms.servers[1].selected && terms.servers[1].granted.len() == 1, "{terms:?}");

    first.kill();
    let took = client.wait_for(Duration::from_secs(10), |s| follows(1)(s) || parent_is(s, &lab, 1));
    println!("the second is followed after {took:?}");
    let _first = ptp4l_server(&lab, 0, "priority1 10");
    let took = client.wait_for(Duration::from_secs(25), |status| parent_is(status, &lab, 0));
    println!("the first is followed again after {took:?}");
    // Whom it leaves it tells.
    until(5, || (signals(&shark, "10.77.0.3", CANCEL) > 0).then_some(()));
    client.wait_for(Duration::from_secs(10), |_| unicast(&client).servers[0].granted.len() == 3);
    let before = signals(&shark, "10.77.0.3", CANCEL);
    client.process.signal("-TERM");
    until(5, || (signals(&shark, "10.77.0.3", CANCEL) >= before + 2).then_some(()));
    assert!(signals(&shark, "10.77.0.3", REQUEST) >= 4);
}

fn parent_is(status: &control::Status, lab: &Lab, host: usize) -> bool {
    let parent = status.parent.as_ref().map(|parent| parent.identity.to_string());
    parent == Some(lab.identity(host))
}

#[test]
fn a_ptpd_is_followed_that_serves() {
    let _timed = Timed::new();
    if !wanted("a_ptpd_is_followed_that_serves") {
        return;
    }
    let lab = Lab::new(2);
    let _server = ptpd(&lab, 0, &[&PTPD[..], &["--ptpengine:preset=masteronly"]].concat());
    let client = node(&lab, 1, &["--client-only", "--unicast-servers=10.77.0.1"]);
    client.wait_for(Duration::from_secs(30), |status| parent_is(status, &lab, 0));
    let took = client.wait_state(Duration::from_secs(20), ClockState::Locked);
    println!("locked after {took:?}");
    let watch = Watch::open(&client.page);
    let errors: Vec<i64> =
        watch.samples(Duration::from_secs(3)).iter().map(|sample| sample.error_ns).collect();
    are_good(&errors);
}

fn over_ipv6_we_serve_ptp4l_and_follow_it() {
    let lab = Lab::new(4);
    let address = |host: usize| format!("fd00:77::{}", host + 1);
    for host in 0..4 {
        let address = format!("{}/64", address(host));
        lab.ip(host, &["address", "add", &address, "dev", "eth0", "nodad"]);
    }
    let server = serve(&lab, 0, &["--transport=udp6", "--announce-interval=-2"]);
    let (network, entry) = ("network_transport UDPv6", format!("UDPv6 {}", address(0)));
    let table = ["[unicast_master_table]", "table_id 1", "logQueryInterval 0", &entry];
    let more = ["[global]", "unicast_master_table 1", "slaveOnly 1", "logAnnounceInterval -1"];
    let peer = ptp4l(&lab, 1, &[&table[..], &more, &[network]].concat());
    let service = ["inhibit_multicast_service 1", "unicast_listen 1", "logAnnounceInterval -2"];
    let _leader = ptp4l(&lab, 3, &[&service[..], &[network]].concat());
    let servers = format!("--unicast-servers={}", address(3));
    let ask = ["--client-only", "--transport=udp6", &servers, "--unicast-pause-s=1"];
    let client = node(&lab, 2, &ask);
    are_good(&offsets(&peer, 4, 30, ptp4l_offset));
    client.wait_state(Duration::from_secs(25), ClockState::Locked);
    assert!(parent_is(&client.status().unwrap(), &lab, 3));
    assert_eq!(unicast(&server).clients, 1);
    assert_eq!(unicast(&server).some_clients[0].address, address(1));
}

/// With ourselves: ptp4l 3.1.1 ends in FAULTY here with any unicast over IEEE 802.3, its own too.
fn over_ethernet_we_serve_and_follow() {
    let lab = Lab::new(3);
    let mac = |host| format!("02:00:00:00:{:02x}:{:02x}", std::process::id() % 256, host + 1);
    let server = serve(&lab, 0, &["--transport=l2", "--announce-interval=-2"]);
    let servers = format!("--unicast-servers={}", mac(0));
    let clients =
        [1, 2].map(|host| node(&lab, host, &["--client-only", "--transport=l2", &servers]));
    for client in &clients {
        client.wait_state(Duration::from_secs(25), ClockState::Locked);
    }
    let named: Vec<String> =
        unicast(&server).some_clients.into_iter().map(|client| client.address).collect();
    assert!(named.contains(&mac(1)) && named.contains(&mac(2)) && named.len() == 2, "{named:?}");
    let counters = &server.status().unwrap().ports[0].counters;
    assert!(!counters.contains_key("tx_stamps_missing"), "{counters:?}");
}

/// Whom Delay_Req of a host went to.
fn asked(shark: &Process, from: &str) -> Vec<String> {
    let columns = shark.lines();
    let columns = columns.iter().map(|line| line.split('\t').collect::<Vec<_>>());
    let own = columns.filter(|c| c.len() > 2 && c[0] == from && c[2] == "0x01");
    own.map(|columns| columns[1].to_owned()).collect()
}

fn mixed_mode_works_with_ptp4l_in_both_roles() {
    let fast = ["--announce-interval=-2", "--sync-interval=-1", "--delay-interval=-1"];
    let we_lead = || {
        let lab = Lab::new(2);
        let lead = ["--clock", "observe", "--server-only", "--server-timescale=arb-utc"];
        let _leader = node(&lab, 0, &[&lead[..], &fast].concat());
        let shark = capture(&lab, 0);
        let peer = ptp4l(&lab, 1, &["slaveOnly 1", "hybrid_e2e 1", "logAnnounceInterval -1"]);
        are_good(&offsets(&peer, 6, 30, ptp4l_offset));
        let asked = asked(&shark, "10.77.0.2");
        assert!(asked.len() > 2 && asked.iter().all(|to| to == "10.77.0.1"), "{asked:?}");
    };
    let we_follow = || {
        let lab = Lab::new(2);
        let _leader = ptp4l(&lab, 0, &["hybrid_e2e 1", "logAnnounceInterval -2"]);
        let shark = capture(&lab, 0);
        let client = node(&lab, 1, &[&["--client-only", "--hybrid"][..], &fast].concat());
        client.wait_state(Duration::from_secs(25), ClockState::Locked);
        let asked = asked(&shark, "10.77.0.2");
        assert!(asked.len() > 4 && asked.iter().all(|to| to == "10.77.0.1"), "{asked:?}");
    };
    std::thread::scope(|scope| {
        scope.spawn(we_lead);
        scope.spawn(we_follow);
    });
}

fn lists_alone_serve_and_follow() {
    let lab = Lab::new(2);
    let lists = ["--unicast-negotiation=false", "--multicast=false", "--announce-interval=-2"];
    let lead = ["--clock", "observe", "--server-only", "--unicast-clients=10.77.0.2"];
    let _server = node(&lab, 0, &[&lead[..], &lists].concat());
    let follow = ["--client-only", "--unicast-servers=10.77.0.1"];
    let client = node(&lab, 1, &[&follow[..], &lists].concat());
    client.wait_state(Duration::from_secs(20), ClockState::Locked);
    let counters = &client.status().unwrap().ports[0].counters;
    assert_eq!((counters["rx_signaling"], counters["tx_signaling"]), (0, 0));
}

/// One lab each, at the same time.
fn together(labs: &[fn()]) {
    std::thread::scope(|scope| {
        for lab in labs {
            scope.spawn(lab);
        }
    });
}

#[test]
fn unicast_works_over_ipv6_and_ethernet() {
    let _timed = Timed::new();
    if wanted("unicast_works_over_ipv6_and_ethernet") {
        together(&[over_ipv6_we_serve_ptp4l_and_follow_it, over_ethernet_we_serve_and_follow]);
    }
}

#[test]
fn mixed_mode_and_lists_work() {
    let _timed = Timed::new();
    if wanted("mixed_mode_and_lists_work") {
        together(&[mixed_mode_works_with_ptp4l_in_both_roles, lists_alone_serve_and_follow]);
    }
}

/// How far the first clock of a chain is ahead: a clock that ignores its parent does not show it.
const AHEAD_NS: i64 = 1_000_000;

#[test]
fn a_boundary_clock_is_served_on_one_port_and_serves_on_the_other() {
    let _timed = Timed::new();
    if !wanted("a_boundary_clock_is_served_on_one_port_and_serves_on_the_other") {
        return;
    }
    let chain = Chain::new(3, &[(0, 1), (1, 2)]);
    let ahead = [format!("egressLatency {AHEAD_NS}"), format!("ingressLatency -{AHEAD_NS}")];
    let service = ["inhibit_multicast_service 1", "unicast_listen 1", "logAnnounceInterval -2"];
    let service = [&service[..], &["priority1 10", &ahead[0], &ahead[1]]].concat();
    let _leader = ptp4l_on(&chain, 0, &["e0"], &service);
    let file = chain.path("boundary.toml");
    let text = "multicast = false\nannounce_interval = -2\nsync_interval = -3\ndelay_interval = -3\n\
                unicast_pause_s = 1\n\
                [[port]]\ninterface = \"e0\"\nunicast_servers = [\"10.78.0.1\"]\n\
                [[port]]\ninterface = \"e1\"\nunicast_listen = true\n";
    std::fs::write(&file, text).unwrap();
    let file = format!("--config={}", file.display());
    let boundary = node_on(&chain, 1, &["e0", "e1"], &[&file]);
    let table = ["[unicast_master_table]", "table_id 1", "logQueryInterval 0", "UDPv4 10.78.1.1"];
    let more = ["[global]", "unicast_master_table 1", "slaveOnly 1", "logAnnounceInterval -1"];
    let more = [&table[..], &more, &["logSyncInterval -2", "logMinDelayReqInterval -2"]].concat();
    let end = ptp4l_on(&chain, 2, &["e1"], &more);
    boundary.wait_state(Duration::from_secs(30), ClockState::Locked);
    offsets(&end, 3, 30, ptp4l_offset);
    let off = offsets(&end, 5, 20, ptp4l_offset);
    let off: Vec<i64> = off.into_iter().map(|offset| offset + AHEAD_NS).collect();
    println!("{off:?}");
    let small = off.iter().filter(|offset| offset.abs() < 50_000).count();
    assert!(small * 2 > off.len(), "{off:?}");
    assert_eq!(boundary.status().unwrap().steps_removed, Some(1));
}
