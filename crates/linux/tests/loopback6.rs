//! Real sockets for UDP over IPv6 on the loopback, without any right.

#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use core::net::{IpAddr, Ipv6Addr, SocketAddrV6};

use linux::{
    Address, Class, Interface, InterfaceName, PortSocket, Subject, Udp4, Udp4Options, Udp6,
    Udp6Options,
};
use support::{BUFFER, receive, receive_sent};
use time::{Span, StampKind};

const SYNC: [u8; 44] = [0x10; 44];

/// The options for the loopback with ports that need no right, and with copies to ourselves.
fn options() -> Udp6Options {
    use core::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let name = InterfaceName::new("lo").unwrap();
    let state = Interface::new(name).unwrap().state().unwrap();
    let process = (std::process::id() % 500) as u16;
    let event_port = 42_000 + process * 40 + 2 * NEXT.fetch_add(1, Ordering::Relaxed);
    Udp6Options {
        event_port,
        general_port: event_port + 1,
        scope: 2,
        loopback: true,
        ..Udp6Options::new(name, state.index)
    }
}

/// Sockets whose stamps have begun: the kernel switches those of reception on a little later. On the
/// loopback there is no way to a group, so they talk to themselves.
fn stamping() -> Udp6 {
    let sockets = Udp6::open(options()).unwrap();
    let mut buffer = [0; BUFFER];
    for _ in 0..1000 {
        sockets.send(Class::Event, to_itself(&sockets), &SYNC, false).unwrap();
        if receive(&sockets, Class::Event, &mut buffer).unwrap().stamp.is_some() {
            return sockets;
        }
        std::thread::sleep(core::time::Duration::from_millis(5));
    }
    panic!("the kernel does not stamp");
}

fn to_itself(sockets: &Udp6) -> SocketAddrV6 {
    sockets.unicast(Class::Event, Ipv6Addr::LOCALHOST)
}

#[test]
fn an_event_message_is_stamped_on_both_sides_and_followed_by_two_octets() {
    let sockets = stamping();
    let mut buffer = [0xff; BUFFER];
    let mut frame = [0; BUFFER];
    let to = to_itself(&sockets);

    sockets.send(Class::Event, to, &SYNC, true).unwrap();
    let received = receive(&sockets, Class::Event, &mut buffer).unwrap();
    let sent = receive_sent(&sockets, &mut frame).unwrap();

    assert_eq!(received.len, 46);
    assert_eq!(&buffer[..46], &[&SYNC[..], &[0, 0]].concat());
    assert_eq!(&frame[sent.payload.clone()], SYNC);
    assert_eq!(sent.to, Some(Address::Udp6(to)));
    let (left, arrived) = (sent.stamp.unwrap(), received.stamp.unwrap());
    assert_eq!((left.kind, arrived.kind), (StampKind::Software, StampKind::Software));
    assert!(arrived.time - left.time < Span::SECOND && arrived.time - left.time > -Span::SECOND);
}

#[test]
fn the_groups_are_those_of_the_standard() {
    let sockets = Udp6::open(options()).unwrap();
    for (scope, peer_delay, group) in
        [(14, false, "ff0e::181"), (5, false, "ff05::181"), (14, true, "ff02::6b")]
    {
        let group: Ipv6Addr = group.parse().unwrap();
        let of_scope = Udp6Options { scope, ..options() }.group();
        assert_eq!(if peer_delay { Udp6Options::PEER_GROUP } else { of_scope }, group);
    }
    assert_eq!(*sockets.group(Class::Event, false).ip(), "ff02::181".parse::<Ipv6Addr>().unwrap());
    assert_eq!(sockets.group(Class::Event, true).scope_id(), sockets.options().interface_index);
}

#[test]
fn unicast_goes_to_the_port_of_the_class_whatever_the_peer_sent_from() {
    let socket = PortSocket::Udp6(Udp6::open(options()).unwrap());
    let PortSocket::Udp6(inner) = &socket else { return };
    let peer = Address::Udp6(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 9, 0, 0));

    let to = socket.unicast(Class::General, peer).unwrap();
    socket.send(Class::General, to, &SYNC, false).unwrap();

    let received = receive(inner, Class::General, &mut [0; BUFFER]).unwrap();
    assert_eq!(received.to, Some(IpAddr::V6(Ipv6Addr::LOCALHOST)));
    let other = Address::Udp4("192.0.2.1:319".parse().unwrap());
    assert_eq!(socket.unicast(Class::General, other), None);
    assert_eq!(socket.send(Class::General, other, &SYNC, false).unwrap_err().errno, 97);
}

#[test]
fn a_port_of_either_version_of_ip_is_on_one_interface() {
    let six = options();
    let _six = Udp6::open(six).unwrap();
    let _four = Udp4::open(Udp4Options {
        event_port: six.event_port,
        general_port: six.general_port,
        ..Udp4Options::new(six.interface, six.interface_index)
    })
    .unwrap();
    // Not shared by a program that keeps the port for itself.
    let other = std::net::UdpSocket::bind("[::]:0").unwrap();
    let taken = Udp6Options { general_port: other.local_addr().unwrap().port(), ..options() };
    let error = Udp6::open(taken).unwrap_err();
    assert_eq!((error.errno, error.subject), (98, Subject::Port(taken.general_port)));
}

#[test]
fn a_message_too_long_for_any_frame_is_refused() {
    let sockets = Udp6::open(options()).unwrap();
    let to = sockets.group(Class::Event, false);
    assert_eq!(sockets.send(Class::Event, to, &[0; 1519], false).unwrap_err().errno, 90);
}
