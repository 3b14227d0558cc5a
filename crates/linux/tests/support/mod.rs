//! What the tests of sockets share.

use std::os::fd::RawFd;

use linux::{
    Class, Ethernet, Interest, KernelError, LoopedFrame, Poller, Received, Udp4, Udp6, Wait,
};

/// As a receive buffer of the daemon.
pub(crate) const BUFFER: usize = 2048;

/// The sockets of any transport.
pub(crate) trait Sockets {
    fn fd(&self, class: Class) -> RawFd;
    fn take(&self, class: Class, buffer: &mut [u8]) -> Result<Option<Received>, KernelError>;
    fn take_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError>;
}

macro_rules! sockets {
    ($($kind:ident)*) => {$(
        impl Sockets for $kind {
            fn fd(&self, class: Class) -> RawFd {
                $kind::fd(self, class)
            }
            fn take(&self, class: Class, buffer: &mut [u8]) -> Result<Option<Received>, KernelError> {
                self.receive(class, buffer)
            }
            fn take_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError> {
                self.receive_sent(buffer)
            }
        }
    )*};
}

sockets!(Udp4 Udp6);

impl Sockets for Ethernet {
    fn fd(&self, _: Class) -> RawFd {
        Ethernet::fd(self)
    }
    fn take(&self, _: Class, buffer: &mut [u8]) -> Result<Option<Received>, KernelError> {
        self.receive(buffer)
    }
    fn take_sent(&self, buffer: &mut [u8]) -> Result<Option<LoopedFrame>, KernelError> {
        self.receive_sent(buffer)
    }
}

/// The next message of `class`, waited for.
pub(crate) fn receive(sockets: &impl Sockets, class: Class, buffer: &mut [u8]) -> Option<Received> {
    wait(sockets, class, Interest::READ).then(|| sockets.take(class, buffer).unwrap())?
}

/// The next sent event message, waited for.
pub(crate) fn receive_sent(sockets: &impl Sockets, buffer: &mut [u8]) -> Option<LoopedFrame> {
    let interest = Interest { read: false, write: false, error_queue: true };
    wait(sockets, Class::Event, interest).then(|| sockets.take_sent(buffer).unwrap())?
}

fn wait(sockets: &impl Sockets, class: Class, interest: Interest) -> bool {
    let mut poller = Poller::new(1);
    poller.add(sockets.fd(class), 0, interest).unwrap();
    assert_eq!(poller.wait_up_to(5000), Ok(Wait::Ready));
    poller.ready().any(|ready| ready.read && interest.read || ready.error_queue)
}
