//! Real sockets on the loopback, without any right.

#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use core::net::{IpAddr, Ipv4Addr, SocketAddrV4};

use linux::{
    Address, Class, Interest, Interface, InterfaceName, Poller, PortSocket, Subject, Udp4,
    Udp4Options, Wait, mono_now,
};
use support::{BUFFER, receive, receive_sent};
use time::{Span, StampKind, Timestamp};

const SYNC: [u8; 44] = [0x10; 44];

/// The options for `interface` with ports that need no right, and with copies to ourselves.
fn options(interface: &str, event_port: u16) -> Udp4Options {
    let name = InterfaceName::new(interface).unwrap();
    let state = Interface::new(name).unwrap().state().unwrap();
    Udp4Options {
        event_port,
        general_port: event_port + 1,
        source: state.address,
        loopback: true,
        ..Udp4Options::new(name, state.index)
    }
}

/// `CLOCK_REALTIME`, in which the kernel stamps.
fn realtime() -> Timestamp {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::new(i64::try_from(now.as_secs()).unwrap(), now.subsec_nanos())
}

/// An event and a general port of this process that no other test of it uses.
fn free_port() -> u16 {
    use core::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = (std::process::id() % 500) as u16;
    20_000 + process * 40 + 2 * NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The group's address that no other program of this host uses.
const QUIET_GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 77, 1);

fn pair() -> (Udp4, Udp4) {
    let options = options("lo", free_port());
    (Udp4::open(options).unwrap(), Udp4::open(options).unwrap())
}

/// A pair whose stamps have begun: the kernel switches those of reception on a little later.
fn stamping_pair() -> (Udp4, Udp4) {
    let (sender, receiver) = pair();
    let mut buffer = [0; BUFFER];
    for _ in 0..1000 {
        sender.send(Class::Event, sender.group(Class::Event, false), &SYNC, false).unwrap();
        receive(&sender, Class::Event, &mut buffer).unwrap();
        if receive(&receiver, Class::Event, &mut buffer).unwrap().stamp.is_some() {
            return (sender, receiver);
        }
        std::thread::sleep(core::time::Duration::from_millis(5));
    }
    panic!("the kernel does not stamp");
}

#[test]
fn an_event_message_is_stamped_on_both_sides_between_the_readings_around_it() {
    let (sender, receiver) = stamping_pair();
    let mut buffer = [0; BUFFER];

    let before = realtime();
    sender.send(Class::Event, sender.group(Class::Event, false), &SYNC, true).unwrap();
    let received = receive(&receiver, Class::Event, &mut buffer).unwrap();
    let sent = receive_sent(&sender, &mut [0; BUFFER]).unwrap();
    let after = realtime();

    assert_eq!(&buffer[..received.len], SYNC);
    assert!(!received.truncated);
    let (left, arrived) = (sent.stamp.unwrap(), received.stamp.unwrap());
    assert_eq!((left.kind, arrived.kind), (StampKind::Software, StampKind::Software));
    assert!(before <= left.time && left.time <= after, "{before} {} {after}", left.time);
    assert!(before <= arrived.time && arrived.time <= after, "{before} {} {after}", arrived.time);
    assert!(arrived.time - left.time < Span::SECOND && arrived.time - left.time > -Span::SECOND);
}

#[test]
fn the_error_queue_returns_what_was_sent_once_and_in_order() {
    let (sender, _receiver) = pair();
    let to = sender.group(Class::Event, false);
    let mut buffer = [0; BUFFER];

    for n in 0..3u8 {
        sender.send(Class::Event, to, &[n; 44], true).unwrap();
    }

    for n in 0..3u8 {
        let frame = receive_sent(&sender, &mut buffer).unwrap();
        assert_eq!(&buffer[frame.payload], [n; 44]);
        assert_eq!(frame.to, Some(Address::Udp4(to)));
        assert_eq!(frame.id, Some(u32::from(n)));
    }
    assert_eq!(sender.receive_sent(&mut buffer), Ok(None));
}

#[test]
fn only_event_messages_that_ask_for_a_stamp_get_one() {
    let (sender, receiver) = stamping_pair();
    let mut buffer = [0; BUFFER];

    sender.send(Class::Event, sender.group(Class::Event, false), &SYNC, false).unwrap();
    sender.send(Class::General, sender.group(Class::General, false), &SYNC, true).unwrap();

    assert!(receive(&receiver, Class::Event, &mut buffer).unwrap().stamp.is_some());
    assert!(receive(&receiver, Class::General, &mut buffer).unwrap().stamp.is_none());
    assert_eq!(sender.receive_sent(&mut buffer), Ok(None));
}

#[test]
fn the_addresses_of_both_sides_are_known() {
    let (sender, receiver) = pair();
    let mut buffer = [0; BUFFER];
    let port = receiver.options().event_port;

    for (to, group) in
        [(false, Ipv4Addr::new(224, 0, 1, 129)), (true, Ipv4Addr::new(224, 0, 0, 107))]
    {
        sender.send(Class::Event, sender.group(Class::Event, to), &SYNC, false).unwrap();
        let received = receive(&receiver, Class::Event, &mut buffer).unwrap();
        assert_eq!(received.from, Address::Udp4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)));
        assert_eq!(received.to, Some(IpAddr::V4(group)));
    }
}

#[test]
fn peer_delay_messages_stay_on_the_link_and_all_are_marked_as_configured() {
    let options = Udp4Options { ttl: 5, dscp_event: 46, ..options("lo", free_port()) };
    let sockets = Udp4::open(options).unwrap();
    let mut buffer = [0; BUFFER];

    for (peer_delay, ttl) in [(false, 5), (true, 1), (false, 5)] {
        sockets.send(Class::Event, sockets.group(Class::Event, peer_delay), &SYNC, true).unwrap();
        let frame = receive_sent(&sockets, &mut buffer).unwrap();
        let ip = &buffer[frame.payload.start - 28..];
        assert_eq!((ip[8], ip[1] >> 2), (ttl, 46));
    }
}

#[test]
fn unicast_arrives() {
    let options = options("lo", free_port());
    let socket = PortSocket::Udp4(Udp4::open(options).unwrap());
    let peer = Address::Udp4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9));
    let mut poller = Poller::new(2);
    for (class, fd, interest) in socket.waits() {
        poller.add(fd, u32::from(class == Class::General), interest).unwrap();
    }

    let to = socket.unicast(Class::General, peer).unwrap();
    socket.send(Class::General, to, &SYNC, false).unwrap();

    assert_eq!(poller.wait(), Ok(Wait::Ready));
    assert_eq!(poller.ready().map(|ready| ready.token).collect::<Vec<_>>(), [1]);
    let received = socket.receive(Class::General, &mut [0; BUFFER]).unwrap().unwrap();
    assert_eq!(received.to, Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
}

#[test]
fn a_message_that_does_not_fit_is_truncated_and_says_so() {
    let (sender, receiver) = pair();
    sender.send(Class::Event, sender.group(Class::Event, false), &[7; 1400], false).unwrap();

    let received = receive(&receiver, Class::Event, &mut [0; 100]).unwrap();

    assert_eq!((received.len, received.truncated), (100, true));
}

#[test]
fn what_only_others_joined_does_not_arrive() {
    let (sender, receiver) = pair();
    let port = receiver.options().event_port;
    let other = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    other.join_multicast_v4(&QUIET_GROUP, &Ipv4Addr::LOCALHOST).unwrap();

    sender.send(Class::Event, SocketAddrV4::new(QUIET_GROUP, port), &[1; 44], false).unwrap();
    sender.send(Class::Event, sender.group(Class::Event, false), &[2; 44], false).unwrap();

    let mut buffer = [0; BUFFER];
    receive(&receiver, Class::Event, &mut buffer).unwrap();
    assert_eq!(buffer[0], 2);
}

#[test]
fn nothing_to_receive_is_not_an_error() {
    let (sockets, _) = pair();
    let mut buffer = [0; BUFFER];
    assert_eq!(sockets.receive(Class::Event, &mut buffer), Ok(None));
    assert_eq!(sockets.receive(Class::General, &mut buffer), Ok(None));
    assert_eq!(sockets.receive_sent(&mut buffer), Ok(None));
    let mut poller = Poller::new(1);
    poller.add(sockets.fd(Class::Event), 0, Interest::READ_AND_STAMPS).unwrap();
    poller.look().unwrap();
    assert_eq!(poller.ready().count(), 0);
}

#[test]
fn a_port_that_another_program_keeps_for_itself_is_named() {
    let options = options("lo", free_port());
    let _other = std::net::UdpSocket::bind(("0.0.0.0", options.general_port)).unwrap();

    let error = Udp4::open(options).unwrap_err();

    assert_eq!(error.errno, libc::EADDRINUSE);
    assert_eq!(error.subject, Subject::Port(options.general_port));
}

#[test]
fn an_interface_that_does_not_exist_is_named() {
    let options = Udp4Options {
        interface: InterfaceName::new("nowhere0").unwrap(),
        ..options("lo", free_port())
    };

    let error = Udp4::open(options).unwrap_err();

    assert!(error.to_string().contains("interface nowhere0: No such device"), "{error}");
}

#[test]
fn the_monotonic_clock_does_not_go_back() {
    let first = mono_now();
    assert!(mono_now() >= first);
}
