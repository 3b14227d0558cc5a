//! The signals that the daemon heeds, as flags.
//!
//! A signal ends a wait with [`Wait::Interrupted`](crate::Wait::Interrupted). One that arrives
//! between the look at the flags and the wait is seen when the wait ends for another reason, so a
//! deadline should never be far.

use core::ffi::c_int;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::error::{KernelError, check};

/// A signal that the daemon heeds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Signal {
    /// End.
    Terminate,
    /// End, from the keyboard.
    Interrupt,
    /// Read the configuration again.
    Hangup,
    /// Of the user's choice.
    User1,
    /// Of the user's choice.
    User2,
}

impl Signal {
    /// All of them.
    pub const ALL: [Signal; 5] =
        [Signal::Terminate, Signal::Interrupt, Signal::Hangup, Signal::User1, Signal::User2];

    const fn number(self) -> c_int {
        match self {
            Signal::Terminate => libc::SIGTERM,
            Signal::Interrupt => libc::SIGINT,
            Signal::Hangup => libc::SIGHUP,
            Signal::User1 => libc::SIGUSR1,
            Signal::User2 => libc::SIGUSR2,
        }
    }
}

static ARRIVED: [AtomicBool; 5] = [const { AtomicBool::new(false) }; 5];

/// From now on `signal` raises a flag instead of ending the program.
pub fn heed(signal: Signal) -> Result<(), KernelError> {
    // SAFETY: no system call: a sigaction of zeros has no flags (not SA_RESTART either) and an
    // empty mask.
    let mut action: libc::sigaction = unsafe { core::mem::zeroed() };
    let handler: extern "C" fn(c_int) = note;
    action.sa_sigaction = handler as usize;
    let nowhere = core::ptr::null_mut();
    // SAFETY: sigaction(2) reads one sigaction, whose handler only stores to an atomic, which is
    // allowed at any moment; the old one may be null.
    let returned = unsafe { libc::sigaction(signal.number(), &raw const action, nowhere) };
    check(returned).map(drop).map_err(|errno| KernelError::new("handle signals", errno))
}

/// Whether `signal` arrived since the last call.
pub fn take(signal: Signal) -> bool {
    ARRIVED[signal as usize].swap(false, Ordering::Relaxed)
}

extern "C" fn note(number: c_int) {
    for signal in Signal::ALL {
        if signal.number() == number {
            ARRIVED[signal as usize].store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raise(signal: Signal) {
        // SAFETY: raise(3) takes an integer; the signal is handled.
        check(unsafe { libc::raise(signal.number()) }).unwrap();
    }

    #[test]
    fn a_signal_is_seen_once_and_is_not_taken_for_another() {
        for signal in [Signal::User1, Signal::Hangup] {
            heed(signal).unwrap();
            assert!(!take(signal));

            raise(signal);
            raise(signal);

            assert!(!take(Signal::User2));
            assert!(take(signal));
            assert!(!take(signal));
        }
    }
}
