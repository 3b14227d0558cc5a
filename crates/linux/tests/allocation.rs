//! The paths of traffic do not allocate.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use std::alloc::System;

use linux::{
    Class, Interest, Interface, InterfaceName, KernelClock, Poller, PortSocket, RealtimeBridge,
    Timer, Udp4, Udp4Options, VirtualClock, mono_now, notify,
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
