//! The one place where the daemon waits.
//!
//! `poll(2)` without a timeout: deadlines are the [`Timer`](crate::Timer)'s, so that they are exact
//! and simulators that interpose libc wait in their own time.

use core::ffi::c_short;
use std::os::fd::RawFd;

use crate::error::{KernelError, check};

/// What to wait for on a descriptor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Interest {
    /// Something to read or to accept.
    pub read: bool,
    /// Room to write.
    pub write: bool,
    /// Something in the socket's error queue, which is where transmit stamps arrive.
    pub error_queue: bool,
}

impl Interest {
    /// Something to read.
    pub const READ: Interest = Interest { read: true, write: false, error_queue: false };
    /// Something to read, or a transmit stamp.
    pub const READ_AND_STAMPS: Interest = Interest { read: true, write: false, error_queue: true };

    const fn events(self) -> c_short {
        let read = if self.read { libc::POLLIN } else { 0 };
        let write = if self.write { libc::POLLOUT } else { 0 };
        let error_queue = if self.error_queue { libc::POLLPRI } else { 0 };
        read | write | error_queue
    }
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wait {
    /// With something to do; see [`Poller::ready`].
    Ready,
    /// With a signal.
    Interrupted,
}

/// A descriptor with something to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ready {
    /// As given to [`Poller::add`].
    pub token: u32,
    /// There is something to read.
    pub read: bool,
    /// There is room to write.
    pub write: bool,
    /// There is something in the error queue.
    pub error_queue: bool,
    /// The other side is gone, or the descriptor is not open.
    pub closed: bool,
}

/// A set of descriptors to wait for, whose size is fixed when it is made.
#[derive(Debug)]
pub struct Poller {
    waits: Vec<libc::pollfd>,
    tokens: Vec<u32>,
    capacity: usize,
}

impl Poller {
    /// A set that holds up to `capacity` descriptors. Nothing allocates afterwards.
    pub fn new(capacity: usize) -> Poller {
        Poller {
            waits: Vec::with_capacity(capacity),
            tokens: Vec::with_capacity(capacity),
            capacity,
        }
    }

    /// Waits for `fd` too and reports it as `token`.
    ///
    /// # Errors
    /// ENOSPC if the set is full, EEXIST if `fd` is in it already.
    pub fn add(&mut self, fd: RawFd, token: u32, interest: Interest) -> Result<(), KernelError> {
        let error = |errno| Err(KernelError::new("wait for one more descriptor", errno));
        if self.position(fd).is_some() {
            return error(libc::EEXIST);
        }
        if self.waits.len() == self.capacity {
            return error(libc::ENOSPC);
        }
        self.waits.push(libc::pollfd { fd, events: interest.events(), revents: 0 });
        self.tokens.push(token);
        Ok(())
    }

    /// Waits for something else on `fd`; false if `fd` is not in the set.
    pub fn change(&mut self, fd: RawFd, interest: Interest) -> bool {
        let Some(position) = self.position(fd) else { return false };
        self.waits[position].events = interest.events();
        true
    }

    /// Waits for `fd` no longer; false if it is not in the set. Do it before closing `fd`.
    pub fn remove(&mut self, fd: RawFd) -> bool {
        let Some(position) = self.position(fd) else { return false };
        self.waits.remove(position);
        self.tokens.remove(position);
        true
    }

    /// Waits until something is ready or a signal arrives.
    pub fn wait(&mut self) -> Result<Wait, KernelError> {
        self.wait_for(-1)
    }

    /// Looks without waiting; for tools and tests, not for the daemon's loop.
    pub fn look(&mut self) -> Result<Wait, KernelError> {
        self.wait_for(0)
    }

    /// Waits up to `timeout_ms`; for tools and tests, not for the daemon's loop.
    pub fn wait_up_to(&mut self, timeout_ms: u16) -> Result<Wait, KernelError> {
        self.wait_for(i32::from(timeout_ms))
    }

    /// What was ready when the last wait ended, in the order of addition.
    pub fn ready(&self) -> impl Iterator<Item = Ready> {
        self.waits.iter().zip(&self.tokens).filter(|(wait, _)| wait.revents != 0).map(
            |(wait, &token)| {
                let has = |events: c_short| wait.revents & events != 0;
                Ready {
                    token,
                    read: has(libc::POLLIN),
                    write: has(libc::POLLOUT),
                    error_queue: has(libc::POLLPRI | libc::POLLERR),
                    closed: has(libc::POLLHUP | libc::POLLNVAL),
                }
            },
        )
    }

    /// What was ready at `position`, for loops that change the set while they go through it.
    pub fn ready_at(&self, position: usize) -> Option<Ready> {
        self.ready().nth(position)
    }

    /// How many descriptors are in the set.
    pub fn len(&self) -> usize {
        self.waits.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.waits.is_empty()
    }

    fn wait_for(&mut self, timeout_ms: i32) -> Result<Wait, KernelError> {
        let count = self.waits.len() as libc::nfds_t;
        // SAFETY: poll(2) reads and writes `count` elements, which are those of `waits`; a
        // descriptor that is not open is reported, not undefined.
        let returned = unsafe { libc::poll(self.waits.as_mut_ptr(), count, timeout_ms) };
        match check(returned) {
            Ok(_) => Ok(Wait::Ready),
            Err(errno) => {
                for wait in &mut self.waits {
                    wait.revents = 0;
                }
                match errno {
                    libc::EINTR => Ok(Wait::Interrupted),
                    errno => Err(KernelError::new("wait for events", errno)),
                }
            }
        }
    }

    fn position(&self, fd: RawFd) -> Option<usize> {
        self.waits.iter().position(|wait| wait.fd == fd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_has_a_limit_and_knows_its_members() {
        let mut poller = Poller::new(1);

        assert_eq!(poller.add(0, 7, Interest::READ), Ok(()));
        assert_eq!(poller.add(0, 8, Interest::READ).map_err(|e| e.errno), Err(libc::EEXIST));
        assert_eq!(poller.add(1, 8, Interest::READ).map_err(|e| e.errno), Err(libc::ENOSPC));
        assert!(poller.remove(0));
        assert!(!poller.remove(0));
        assert!(poller.is_empty());
    }

    #[test]
    fn a_descriptor_that_is_not_open_is_reported_closed() {
        let mut poller = Poller::new(1);
        poller.add(1_000_000, 7, Interest::READ).unwrap();

        assert_eq!(poller.wait(), Ok(Wait::Ready));

        let ready: Vec<Ready> = poller.ready().collect();
        assert_eq!(ready.len(), 1);
        assert!(ready[0].closed && ready[0].token == 7);
    }
}
