//! What needs rights: two network namespaces with a cable between them, and ports below 1024.
//!
//! Each test runs a part of itself, chosen by an environment variable, inside the namespace.

#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use core::net::{Ipv4Addr, SocketAddrV4};
use std::process::{Child, Command, Stdio};

use linux::{
    Address, Capability, Class, Ethernet, EthernetOptions, Interest, Interface, InterfaceName,
    LinkWatch, Poller, Subject, Udp4, Udp4Options, Udp6, Udp6Options, Wait, privileges,
};
use support::{BUFFER, receive, receive_sent};
use time::StampKind;

static ANY_GROUP: libc::gid_t = 4242;
const PART: &str = "ZEITGEBER_TEST_PART";

/// Whether a test may run: loud if not, and fatal where everything must run.
fn may_run(capabilities: &[Capability]) -> bool {
    let held = privileges::effective().unwrap();
    let Some(missing) = capabilities.iter().find(|&&needed| !held.has(needed)) else { return true };
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing} is missing");
    // The test runner keeps what eprintln! says of a test that passes to itself.
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!("SKIPPED: {missing} is missing\n"),
    );
    false
}

/// Two namespaces with a cable, 10.9.0.1 on `p0` at one end and 10.9.0.2 at the other.
struct Cable([String; 2]);

impl Cable {
    fn new(test: &str) -> Cable {
        let cable = Cable(["a", "b"].map(|end| format!("zgl-{}-{test}-{end}", std::process::id())));
        let [a, b] = &cable.0;
        run(&["netns", "add", a]);
        run(&["netns", "add", b]);
        run(&["-n", a, "link", "add", "p0", "type", "veth", "peer", "name", "p0", "netns", b]);
        for (namespace, address) in [(a, "10.9.0.1/24"), (b, "10.9.0.2/24")] {
            run(&["-n", namespace, "addr", "add", address, "dev", "p0"]);
            run(&["-n", namespace, "link", "set", "p0", "up"]);
            run(&["-n", namespace, "link", "set", "lo", "up"]);
        }
        cable
    }

    /// Starts `part` of the test called `test` at one end.
    fn start(&self, end: usize, test: &str, part: &str) -> Child {
        Command::new("ip")
            .args(["netns", "exec", &self.0[end]])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(PART, part)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for namespace in &self.0 {
            let _ = Command::new("ip").args(["netns", "del", namespace]).status();
        }
    }
}

fn run(arguments: &[&str]) {
    assert!(Command::new("ip").args(arguments).status().unwrap().success(), "ip {arguments:?}");
}

fn part() -> Option<String> {
    std::env::var(PART).ok()
}

fn open_p0(change: impl Fn(&mut Udp4Options)) -> Udp4 {
    let name = InterfaceName::new("p0").unwrap();
    let interface = Interface::new(name).unwrap();
    // The kernel takes up to a second to notice a new carrier.
    while !interface.state().unwrap().running {
        std::thread::sleep(core::time::Duration::from_millis(20));
    }
    let state = interface.state().unwrap();
    assert!(!state.loopback && state.mac.is_some());
    let mut options = Udp4Options::new(name, state.index);
    change(&mut options);
    let sockets = Udp4::open(options).unwrap();
    // The kernel switches the stamps of reception on a little later.
    std::thread::sleep(core::time::Duration::from_millis(50));
    sockets
}

/// Answers each event message until one says so.
fn echo() {
    let sockets = open_p0(|options| options.ttl = 5);
    let mut stamped = false;
    let mut buffer = [0; BUFFER];
    while let Some(received) = receive(&sockets, Class::Event, &mut buffer) {
        stamped |= received.stamp.is_some_and(|stamp| stamp.kind == StampKind::Software);
        let to =
            sockets.group(Class::Event, received.to == Some(sockets.options().peer_group.into()));
        sockets.send(Class::Event, to, &buffer[..received.len], true).unwrap();
        assert!(receive_sent(&sockets, &mut buffer).unwrap().stamp.is_some());
        if received.len == 45 {
            assert!(stamped);
            return;
        }
    }
}

#[test]
fn messages_cross_a_cable_with_stamps_at_each_of_its_ends() {
    match part().as_deref() {
        Some("echo") => echo(),
        Some("ask") => {
            let sockets = open_p0(|_| {});
            let mut stamped = false;
            let mut buffer = [0; BUFFER];
            let peer = Address::Udp4(SocketAddrV4::new(Ipv4Addr::new(10, 9, 0, 1), 319));
            for (peer_delay, len) in [(false, 44), (true, 54), (false, 45)] {
                let to = sockets.group(Class::Event, peer_delay);
                let received = loop {
                    sockets.send(Class::Event, to, &vec![3; len], true).unwrap();
                    let sent = receive_sent(&sockets, &mut buffer).unwrap();
                    assert_eq!(sent.payload.len(), len);
                    // Until the other end has joined, nobody answers.
                    let mut poller = Poller::new(1);
                    poller.add(sockets.fd(Class::Event), 0, Interest::READ).unwrap();
                    poller.wait_up_to(100).unwrap();
                    let received = sockets.receive(Class::Event, &mut buffer).unwrap();
                    // A late answer may be one to the message before.
                    if let Some(received) = received.filter(|received| received.len == len) {
                        break received;
                    }
                };
                assert_eq!(received.from, peer);
                stamped |= received.stamp.is_some();
            }
            assert!(stamped);
        }
        _ if may_run(&[Capability::NetAdmin, Capability::NetBindService]) => {
            let test = "messages_cross_a_cable_with_stamps_at_each_of_its_ends";
            let cable = Cable::new("x");
            let (mut echo, mut ask) = (cable.start(0, test, "echo"), cable.start(1, test, "ask"));
            assert!(ask.wait().unwrap().success() && echo.wait().unwrap().success());
        }
        _ => {}
    }
}

/// As soon as the address is known to be nobody else's.
fn open6_p0() -> Udp6 {
    let name = InterfaceName::new("p0").unwrap();
    let interface = Interface::new(name).unwrap();
    let index = interface.state().unwrap().index;
    while interface.usable_address6(index).is_none() {
        std::thread::sleep(core::time::Duration::from_millis(20));
    }
    assert!(interface.usable_address6(index).unwrap().is_unicast_link_local());
    let sockets =
        Udp6::open(Udp6Options { hop_limit: 5, dscp_event: 46, ..Udp6Options::new(name, index) });
    std::thread::sleep(core::time::Duration::from_millis(50));
    sockets.unwrap()
}

/// Answers each event message to its sender until one says so.
fn echo6() {
    let sockets = open6_p0();
    let mut buffer = [0; BUFFER];
    while let Some(received) = receive(&sockets, Class::Event, &mut buffer) {
        let Address::Udp6(from) = received.from else { panic!("{received:?}") };
        assert!(from.ip().is_unicast_link_local());
        let to = sockets.unicast(Class::Event, *from.ip());
        sockets.send(Class::Event, to, &buffer[..received.len - 2], true).unwrap();
        assert!(receive_sent(&sockets, &mut buffer).unwrap().stamp.is_some());
        if received.len == 47 {
            return;
        }
    }
}

fn ask6() {
    let sockets = open6_p0();
    let mut buffer = [0; BUFFER];
    for (peer_delay, len, hops) in [(false, 44, 5), (true, 54, 1), (false, 45, 5)] {
        let to = sockets.group(Class::Event, peer_delay);
        sockets.rejoin().unwrap();
        loop {
            sockets.send(Class::Event, to, &vec![3; len], true).unwrap();
            let sent = receive_sent(&sockets, &mut buffer).unwrap();
            assert_eq!((sent.payload.len(), sent.to), (len, Some(Address::Udp6(to))));
            let ip = &buffer[sent.payload.start - 48..];
            assert_eq!((ip[7], ((ip[0] & 0x0f) << 4 | ip[1] >> 4) >> 2), (hops, 46));
            // Until the other end has joined, nobody answers.
            let mut poller = Poller::new(1);
            poller.add(sockets.fd(Class::Event), 0, Interest::READ).unwrap();
            poller.wait_up_to(100).unwrap();
            let received = sockets.receive(Class::Event, &mut buffer).unwrap();
            // A late answer may be one to the message before.
            if let Some(received) = received.filter(|received| received.len == len + 2) {
                assert!(received.stamp.is_some());
                break;
            }
        }
    }
}

#[test]
fn messages_over_ipv6_cross_a_cable_with_stamps_once_the_address_is_ours() {
    match part().as_deref() {
        Some("echo") => echo6(),
        Some("ask") => ask6(),
        _ if may_run(&[Capability::NetAdmin, Capability::NetBindService]) => {
            let test = "messages_over_ipv6_cross_a_cable_with_stamps_once_the_address_is_ours";
            let cable = Cable::new("six");
            let (mut echo, mut ask) = (cable.start(0, test, "echo"), cable.start(1, test, "ask"));
            assert!(ask.wait().unwrap().success() && echo.wait().unwrap().success());
        }
        _ => {}
    }
}

fn ethernet_p0() -> Ethernet {
    let name = InterfaceName::new("p0").unwrap();
    let interface = Interface::new(name).unwrap();
    while !interface.state().unwrap().running {
        std::thread::sleep(core::time::Duration::from_millis(20));
    }
    let index = interface.state().unwrap().index;
    let socket = Ethernet::open(EthernetOptions::new(name, index)).unwrap();
    std::thread::sleep(core::time::Duration::from_millis(50));
    socket
}

/// Answers each frame to its sender until one says so.
fn echo_ethernet() {
    let socket = ethernet_p0();
    let mut buffer = [0; BUFFER];
    loop {
        let Some(received) = receive(&socket, Class::Event, &mut buffer) else { continue };
        assert!(received.stamp.is_some());
        let Address::Ethernet(to) = received.from else { panic!("{received:?}") };
        socket.send(to, &buffer[..received.len], true).unwrap();
        let last = received.len == 61;
        assert!(receive_sent(&socket, &mut buffer).unwrap().stamp.is_some());
        if last {
            return;
        }
    }
}

fn ask_ethernet() {
    let socket = ethernet_p0();
    let mut buffer = [0; BUFFER];
    for (peer_delay, len, padded) in [(false, 44, 46), (true, 54, 54), (false, 61, 61)] {
        let to = socket.group(peer_delay);
        socket.rejoin().unwrap();
        loop {
            socket.send(to, &vec![3; len], true).unwrap();
            let sent = receive_sent(&socket, &mut buffer).unwrap();
            assert_eq!((sent.payload.len(), sent.to), (padded, Some(Address::Ethernet(to))));
            assert_eq!(buffer[sent.payload][len..], [0, 0][..padded - len]);
            assert!(sent.stamp.is_some() && sent.id.is_some());
            let mut poller = Poller::new(1);
            poller.add(socket.fd(), 0, Interest::READ).unwrap();
            poller.wait_up_to(100).unwrap();
            let received = socket.receive(&mut buffer).unwrap();
            // A late answer may be one to the message before.
            if let Some(received) = received.filter(|received| received.len == padded) {
                assert!(received.stamp.is_some() && !received.for_others);
                break;
            }
        }
    }
}

#[test]
fn ethernet_frames_cross_a_cable_with_stamps_and_our_own_do_not_come_back() {
    match part().as_deref() {
        Some("echo") => echo_ethernet(),
        Some("ask") => ask_ethernet(),
        Some("alone") => {
            let socket = ethernet_p0();
            socket.send(socket.group(false), &[1; 44], true).unwrap();
            assert!(receive_sent(&socket, &mut [0; BUFFER]).is_some());
            assert_eq!(socket.receive(&mut [0; BUFFER]), Ok(None));
        }
        _ if may_run(&[Capability::NetAdmin, Capability::NetRaw]) => {
            let test = "ethernet_frames_cross_a_cable_with_stamps_and_our_own_do_not_come_back";
            let cable = Cable::new("e");
            assert!(cable.start(0, test, "alone").wait().unwrap().success());
            let (mut echo, mut ask) = (cable.start(0, test, "echo"), cable.start(1, test, "ask"));
            assert!(ask.wait().unwrap().success() && echo.wait().unwrap().success());
        }
        _ => {}
    }
}

/// Whether there is something to receive soon.
fn hears_within_100_ms(socket: &Ethernet) -> bool {
    let mut poller = Poller::new(1);
    poller.add(socket.fd(), 0, Interest::READ).unwrap();
    poller.wait_up_to(100) == Ok(Wait::Ready) && poller.ready().any(|ready| ready.read)
}

/// Puts a whole frame on the cable as it is.
fn inject(frame: &[u8]) {
    let index = Interface::new(InterfaceName::new("p0").unwrap()).unwrap().state().unwrap().index;
    // SAFETY: socket(2) takes no pointers.
    let fd = unsafe { libc::socket(libc::AF_PACKET, libc::SOCK_RAW, 0) };
    let mut name = [0u64; 3];
    name[0] = u64::from(libc::AF_PACKET as u16) | u64::from(index) << 32;
    name[1] = 6 << 24;
    let name: [u64; 3] = name.map(u64::to_le);
    // SAFETY: sendto(2) reads the frame and the address within their lengths.
    let sent = unsafe {
        libc::sendto(fd, frame.as_ptr().cast(), frame.len(), 0, name.as_ptr().cast(), 20)
    };
    assert_eq!(sent, frame.len() as isize);
}

#[test]
fn a_priority_tag_is_taken_off_and_frames_of_a_vlan_are_told_apart() {
    match part().as_deref() {
        Some("tagged") => {
            // Until the other end says that it listens.
            let socket = ethernet_p0();
            while !hears_within_100_ms(&socket) {}
            let message = [0x5a; 46];
            for tci in [[0xe0, 0], [0x60, 5]] {
                let head = [&[1, 0x1b, 0x19, 0, 0, 0, 2, 2, 2, 2, 2, 2, 0x81, 0][..], &tci];
                inject(&[&head.concat()[..], &[0x88, 0xf7], &message].concat());
            }
        }
        Some("listen") => {
            let socket = ethernet_p0();
            let mut buffer = [0; BUFFER];
            loop {
                socket.send(socket.group(false), &[1; 46], false).unwrap();
                if hears_within_100_ms(&socket) {
                    break;
                }
            }
            for of_a_vlan in [false, true] {
                let received = receive(&socket, Class::Event, &mut buffer).unwrap();
                assert_eq!(received.from, Address::Ethernet([2; 6]));
                assert_eq!(buffer[..received.len], [0x5a; 46]);
                assert_eq!(received.for_others, of_a_vlan);
            }
        }
        _ if may_run(&[Capability::NetAdmin, Capability::NetRaw]) => {
            let test = "a_priority_tag_is_taken_off_and_frames_of_a_vlan_are_told_apart";
            let cable = Cable::new("v");
            let (mut a, mut b) = (cable.start(0, test, "tagged"), cable.start(1, test, "listen"));
            assert!(a.wait().unwrap().success() && b.wait().unwrap().success());
        }
        _ => {}
    }
}

#[test]
fn an_ipv6_address_that_may_be_a_neighbours_is_not_used() {
    match part().as_deref() {
        Some("tentative") => {
            let interface = Interface::new(InterfaceName::new("p0").unwrap()).unwrap();
            let index = interface.state().unwrap().index;
            // Asking a thousand times takes longer than the test.
            let transmits = "/proc/sys/net/ipv6/conf/p0/dad_transmits";
            std::fs::write(transmits, "1000").unwrap();
            run(&["-6", "addr", "flush", "dev", "p0"]);
            assert_eq!(interface.usable_address6(index), None);
            run(&["addr", "add", "fd09::1/64", "dev", "p0"]);
            assert!(interface.state().unwrap().address6.is_some());
            assert_eq!(interface.usable_address6(index), None);
            for (address, usable) in
                [("fd09::2", "fd09::2"), ("fe80::9", "fe80::9"), ("fd09::3", "fe80::9")]
            {
                run(&["addr", "add", &format!("{address}/64"), "dev", "p0", "nodad"]);
                assert_eq!(interface.usable_address6(index), Some(usable.parse().unwrap()));
            }
        }
        _ if may_run(&[Capability::NetAdmin]) => {
            let test = "an_ipv6_address_that_may_be_a_neighbours_is_not_used";
            assert!(Cable::new("t").start(0, test, "tentative").wait().unwrap().success());
        }
        _ => {}
    }
}

#[test]
fn a_change_of_the_link_or_of_its_address_is_noticed() {
    match part().as_deref() {
        Some("watch") => {
            let watch = LinkWatch::open().unwrap();
            let interface = Interface::new(InterfaceName::new("p0").unwrap()).unwrap();
            let index = interface.state().unwrap().index;
            run(&["addr", "add", "10.9.1.1/24", "dev", "p0"]);
            assert!(changed(&watch, index));
            run(&["link", "set", "p0", "down"]);
            assert!(changed(&watch, index));
            assert!(!interface.state().unwrap().running);
            run(&["addr", "add", "127.0.0.9/8", "dev", "lo"]);
            assert!(!changed(&watch, index) && interface.state().unwrap().index == index);
        }
        _ if may_run(&[Capability::NetAdmin]) => {
            let test = "a_change_of_the_link_or_of_its_address_is_noticed";
            assert!(Cable::new("l").start(0, test, "watch").wait().unwrap().success());
        }
        _ => {}
    }
}

/// Whether the watch reports `index` before it has nothing more to say.
fn changed(watch: &LinkWatch, index: u32) -> bool {
    let mut poller = Poller::new(1);
    poller.add(watch.fd(), 0, Interest::READ).unwrap();
    let mut found = false;
    while poller.wait_up_to(200) == Ok(Wait::Ready) && poller.ready().count() > 0 {
        found |= watch.receive().unwrap().is_some_and(|change| change.concerns(index));
    }
    found
}

#[test]
fn an_interface_that_is_up_without_a_carrier_does_not_run() {
    match part().as_deref() {
        Some("no-carrier") => {
            run(&["link", "add", "q0", "type", "veth", "peer", "name", "q1"]);
            run(&["link", "set", "q0", "up"]);
            let interface = Interface::new(InterfaceName::new("q0").unwrap()).unwrap();
            let state = interface.state().unwrap();
            assert!(state.up && !state.running && state.address.is_none());
        }
        _ if may_run(&[Capability::NetAdmin]) => {
            let test = "an_interface_that_is_up_without_a_carrier_does_not_run";
            assert!(Cable::new("c").start(0, test, "no-carrier").wait().unwrap().success());
        }
        _ => {}
    }
}

#[test]
fn without_the_right_a_low_port_is_refused_with_the_name_of_the_right() {
    match part().as_deref() {
        Some("refused") => {
            let dropped = privileges::drop_to(linux::CapabilitySet::EMPTY).unwrap();
            assert!(dropped.bounding);
            assert_eq!(privileges::effective(), Ok(linux::CapabilitySet::EMPTY));
            privileges::no_new_privileges().unwrap();
            let lo = InterfaceName::new("lo").unwrap();
            let error = Udp4::open(Udp4Options::new(lo, 1)).unwrap_err();
            assert_eq!(error.needs, Some(Capability::NetBindService), "{error}");
            assert_eq!(error.subject, Subject::Port(319));
        }
        Some("kept") => {
            let keep = linux::CapabilitySet::EMPTY.with(Capability::NetBindService);
            privileges::drop_to(keep).unwrap();
            assert_eq!(privileges::effective(), Ok(keep));
            Udp4::open(Udp4Options::new(InterfaceName::new("lo").unwrap(), 1)).unwrap();
        }
        _ if may_run(&[Capability::NetAdmin, Capability::NetBindService, Capability::SetPcap]) => {
            let test = "without_the_right_a_low_port_is_refused_with_the_name_of_the_right";
            let cable = Cable::new("p");
            assert!(cable.start(0, test, "refused").wait().unwrap().success());
            assert!(cable.start(0, test, "kept").wait().unwrap().success());
        }
        _ => {}
    }
}

#[test]
fn another_user_keeps_the_rights_that_were_asked_for_and_no_others() {
    match part().as_deref() {
        Some("nobody") => {
            // SAFETY: setgroups(2) reads one group.
            assert_eq!(unsafe { libc::setgroups(1, &raw const ANY_GROUP) }, 0);
            let keep = linux::CapabilitySet::EMPTY.with(Capability::NetBindService);
            assert!(privileges::become_user(65_534, 65_534, keep).unwrap().bounding);
            assert_eq!(privileges::effective(), Ok(keep));
            Udp4::open(Udp4Options::new(InterfaceName::new("lo").unwrap(), 1)).unwrap();
            let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
            let ids = |name| status.lines().find(|line: &&str| line.starts_with(name)).unwrap();
            assert_eq!(ids("Uid:"), "Uid:\t65534\t65534\t65534\t65534");
            assert_eq!(ids("Groups:").trim_end(), "Groups:");
        }
        _ if may_run(&[Capability::NetAdmin, Capability::SetUid, Capability::SetPcap]) => {
            let test = "another_user_keeps_the_rights_that_were_asked_for_and_no_others";
            assert!(Cable::new("u").start(0, test, "nobody").wait().unwrap().success());
        }
        _ => {}
    }
}
