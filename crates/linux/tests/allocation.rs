//! The paths of traffic do not allocate.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

use linux::{
    Address, Class, Ethernet, EthernetOptions, Interest, Interface, InterfaceName, KernelClock,
    Poller, PortSocket, RealtimeBridge, Timer, Udp4, Udp4Options, Udp6, Udp6Options, VirtualClock,
    mono_now, notify,
};
use time::{Span, Timestamp};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as we were called.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as we were called.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn traffic_waits_and_clocks_do_not_allocate() {
    let name = InterfaceName::new("lo").unwrap();
    let state = Interface::new(name).unwrap().state().unwrap();
    let port = 41_000 + 2 * (std::process::id() % 5000) as u16;
    let options = Udp4Options {
        event_port: port,
        general_port: port + 1,
        source: state.address,
        loopback: true,
        ..Udp4Options::new(name, state.index)
    };
    let sockets = PortSocket::Udp4(Udp4::open(options).unwrap());
    let timer = Timer::new().unwrap();
    let mut poller = Poller::new(3);
    for (class, fd, interest) in sockets.waits() {
        poller.add(fd, u32::from(class == Class::General), interest).unwrap();
    }
    poller.add(timer.fd(), 2, Interest::READ).unwrap();
    let mut clock = VirtualClock::new(mono_now(), Timestamp::ZERO, 1000.0);
    let mut bridge = RealtimeBridge::new().unwrap();
    let mut buffer = [0; 2048];
    let mut received = 0;

    let before = ALLOCATIONS.get();
    for class in [Class::Event, Class::General].into_iter().cycle().take(20) {
        timer.set(mono_now()).unwrap();
        sockets.send(class, sockets.group(class, false), &[1; 44], true).unwrap();
        poller.wait().unwrap();
        for ready in poller.ready() {
            let class = if ready.token == 0 { Class::Event } else { Class::General };
            if ready.error_queue {
                let _ = sockets.receive_sent(&mut buffer).unwrap();
            } else if ready.token < 2 && sockets.receive(class, &mut buffer).unwrap().is_some() {
                received += 1;
            }
        }
        let _ = (bridge.update().unwrap(), KernelClock::Realtime.read().unwrap());
        clock.set_frequency(mono_now(), 5.0);
        clock.step(mono_now(), Span::NANOSECOND);
        notify::Notifier::default().status(format_args!("locked")).unwrap();
    }
    assert_eq!(ALLOCATIONS.get() - before, 0);
    assert!(received > 0);
}

/// Sends to itself and takes what comes back, without an allocation.
fn talks_to_itself(sockets: &PortSocket, to: Address) {
    let mut poller = Poller::new(2);
    for (class, fd, interest) in sockets.waits() {
        poller.add(fd, u32::from(class == Class::General), interest).unwrap();
    }
    let mut buffer = [0; 2048];
    let (mut received, mut stamped) = (0, 0);
    let before = ALLOCATIONS.get();
    for _ in 0..20 {
        let to = sockets.unicast(Class::Event, to).unwrap();
        sockets.send(Class::Event, to, &[1; 44], true).unwrap();
        for _ in 0..2 {
            poller.wait_up_to(100).unwrap();
            for ready in poller.ready() {
                if ready.error_queue && sockets.receive_sent(&mut buffer).unwrap().is_some() {
                    stamped += 1;
                }
                if ready.read && sockets.receive(Class::Event, &mut buffer).unwrap().is_some() {
                    received += 1;
                }
            }
        }
    }
    assert_eq!(ALLOCATIONS.get() - before, 0);
    assert!(received > 0 && stamped > 0, "{received} {stamped}");
}

#[test]
fn neither_does_traffic_over_ipv6_and_ethernet() {
    let name = InterfaceName::new("lo").unwrap();
    let state = Interface::new(name).unwrap().state().unwrap();
    let event_port = 51_000 + 2 * (std::process::id() % 5000) as u16;
    let general_port = event_port + 1;
    let options = Udp6Options { event_port, general_port, ..Udp6Options::new(name, state.index) };
    let loopback = Address::Udp6(format!("[::1]:{event_port}").parse().unwrap());
    talks_to_itself(&PortSocket::Udp6(Udp6::open(options).unwrap()), loopback);

    match Ethernet::open(EthernetOptions::new(name, state.index)) {
        Ok(socket) => talks_to_itself(&PortSocket::Ethernet(socket), Address::Ethernet([0; 6])),
        Err(error) => assert!(error.needs.is_some(), "{error}"),
    }
}
