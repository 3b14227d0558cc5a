//! The monotonic clock and the one timer that runs on it.

use core::ffi::c_int;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use time::Mono;

use crate::descriptor::{close_on_exec, do_not_block};
use crate::error::{KernelError, check, check_len};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// The monotonic clock's reading. Zero is legal.
pub fn mono_now() -> Mono {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: clock_gettime(2) writes one timespec, which `now` is.
    let _cannot_fail = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(now.tv_nsec).unwrap_or(0);
    Mono::from_nanos(seconds * NANOS_PER_SECOND + nanos)
}

/// A timer on the monotonic clock that makes its descriptor readable at a given moment.
#[derive(Debug)]
pub struct Timer {
    fd: OwnedFd,
}

impl Timer {
    /// A timer that is not set.
    pub fn new() -> Result<Timer, KernelError> {
        let error = |errno| KernelError::new("make a timer", errno);
        // SAFETY: timerfd_create(2) takes no pointers.
        let fd = unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, 0) };
        let fd = check(fd).map_err(error)?;
        // SAFETY: the kernel has just made `fd` for us; nobody else owns it.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        close_on_exec(&fd).map_err(error)?;
        // Interposed timers refuse this and do not need it: they never block.
        let _ = do_not_block(&fd);
        Ok(Timer { fd })
    }

    /// Goes off at `at`, or at once if that is past; [`Mono::NEVER`] disarms it.
    ///
    /// What has gone off before is forgotten, so a loop that sets the timer anew after each wait
    /// need not call [`Timer::acknowledge`].
    pub fn set(&self, at: Mono) -> Result<(), KernelError> {
        let value = libc::itimerspec {
            it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: expiry(at),
        };
        let (fd, flags): (c_int, c_int) = (self.fd.as_raw_fd(), libc::TFD_TIMER_ABSTIME);
        // SAFETY: timerfd_settime(2) reads one itimerspec; the old value may be null.
        let returned =
            unsafe { libc::timerfd_settime(fd, flags, &raw const value, core::ptr::null_mut()) };
        check(returned).map(drop).map_err(|errno| KernelError::new("set the timer", errno))
    }

    /// Takes note that it went off: the descriptor is not readable until it does again.
    ///
    /// To be called only when the descriptor was reported readable and before the next
    /// [`Timer::set`]: an interposing simulator takes anything else for a mistake.
    pub fn acknowledge(&self) -> Result<(), KernelError> {
        let mut count = [0u8; 8];
        // SAFETY: read(2) writes up to 8 octets, which `count` holds.
        let returned =
            unsafe { libc::read(self.fd.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
        match check_len(returned) {
            Ok(_) | Err(libc::EAGAIN) => Ok(()),
            Err(errno) => Err(KernelError::new("read the timer", errno)),
        }
    }

    /// What to wait for.
    pub fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

/// In the kernel's form, in which zero means "disarmed" and not "at zero".
fn expiry(at: Mono) -> libc::timespec {
    if at == Mono::NEVER {
        return libc::timespec { tv_sec: 0, tv_nsec: 0 };
    }
    let nanos = at.nanos().max(1);
    libc::timespec {
        tv_sec: libc::time_t::try_from(nanos / NANOS_PER_SECOND).unwrap_or(libc::time_t::MAX),
        tv_nsec: (nanos % NANOS_PER_SECOND) as _,
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::poll::{Interest, Poller, Wait};

    fn poller_of(timer: &Timer) -> Poller {
        let mut poller = Poller::new(1);
        poller.add(timer.fd(), 1, Interest::READ).unwrap();
        poller
    }

    #[test]
    fn a_wait_ends_no_sooner_than_the_timer_was_set_for() {
        let timer = Timer::new().unwrap();
        let mut poller = poller_of(&timer);
        let at = mono_now() + Duration::from_millis(20);

        timer.set(at).unwrap();
        assert_eq!(poller.wait(), Ok(Wait::Ready));

        assert!(mono_now() >= at);
        assert!(poller.ready().next().unwrap().read);
    }

    #[test]
    fn the_beginning_of_the_clock_is_a_moment_and_not_never() {
        let timer = Timer::new().unwrap();
        let mut poller = poller_of(&timer);

        timer.set(Mono::from_nanos(0)).unwrap();

        assert_eq!(poller.wait_up_to(5000), Ok(Wait::Ready));
        assert!(poller.ready().next().is_some_and(|ready| ready.read));
    }

    #[test]
    fn setting_anew_or_acknowledging_ends_the_readiness() {
        let timer = Timer::new().unwrap();
        let mut poller = poller_of(&timer);
        for acknowledge in [false, true] {
            timer.set(Mono::from_nanos(1)).unwrap();
            poller.look().unwrap();
            assert_eq!(poller.ready().count(), 1);

            if acknowledge {
                timer.acknowledge().unwrap();
            } else {
                timer.set(Mono::NEVER).unwrap();
            }

            poller.look().unwrap();
            assert_eq!(poller.ready().count(), 0);
        }
    }

    #[test]
    fn the_farthest_moment_is_accepted() {
        let timer = Timer::new().unwrap();
        assert_eq!(timer.set(Mono::from_nanos(u64::MAX - 1)), Ok(()));
    }
}
