//! A signal ends a wait.

use core::sync::atomic::{AtomicBool, Ordering};

use linux::signals::{Signal, heed, take};
use linux::{Poller, Wait};

#[test]
fn a_signal_ends_the_wait_and_is_found_afterwards() {
    heed(Signal::User1).unwrap();
    // SAFETY: pthread_self(3) takes nothing.
    let waiting = unsafe { libc::pthread_self() };
    let over = AtomicBool::new(false);

    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                std::thread::sleep(core::time::Duration::from_millis(10));
                // SAFETY: pthread_kill(3): the thread outlives this scope.
                unsafe { libc::pthread_kill(waiting, libc::SIGUSR1) };
            }
        });
        assert_eq!(Poller::new(0).wait(), Ok(Wait::Interrupted));
        assert!(take(Signal::User1));
        over.store(true, Ordering::Relaxed);
    });
    assert!(!take(Signal::Terminate));
}
