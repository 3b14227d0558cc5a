//! What the tests of sockets share.

use linux::{Class, Interest, LoopedFrame, Poller, Received, Udp4, Wait};

/// As a receive buffer of the daemon.
pub(crate) const BUFFER: usize = 2048;

/// The next message of `class`, waited for.
pub(crate) fn receive(sockets: &Udp4, class: Class, buffer: &mut [u8]) -> Option<Received> {
    wait(sockets, class, Interest::READ).then(|| sockets.receive(class, buffer).unwrap())?
}

/// The next sent event message, waited for.
pub(crate) fn receive_sent(sockets: &Udp4, buffer: &mut [u8]) -> Option<LoopedFrame> {
    let interest = Interest { read: false, write: false, error_queue: true };
    wait(sockets, Class::Event, interest).then(|| sockets.receive_sent(buffer).unwrap())?
}

fn wait(sockets: &Udp4, class: Class, interest: Interest) -> bool {
    let mut poller = Poller::new(1);
    poller.add(sockets.fd(class), 0, interest).unwrap();
    assert_eq!(poller.wait_up_to(5000), Ok(Wait::Ready));
    poller.ready().any(|ready| ready.read && interest.read || ready.error_queue)
}
