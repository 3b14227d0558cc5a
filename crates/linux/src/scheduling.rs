//! What makes the daemon prompt on a busy machine. Both are optional: without them stamps of the
//! kernel are as good, answers are later.

use core::ffi::c_int;

use crate::capability::Capability;
use crate::error::{KernelError, check};

/// Keeps all memory, present and future, from being paged out.
pub fn lock_memory() -> Result<(), KernelError> {
    // SAFETY: mlockall(2) takes no pointers.
    check(unsafe { libc::mlockall(libc::MCL_CURRENT | libc::MCL_FUTURE) }).map(drop).map_err(
        |errno| {
            let error = KernelError::new("lock memory", errno);
            // Beyond RLIMIT_MEMLOCK the kernel says so instead of "not permitted".
            let needs = matches!(errno, libc::ENOMEM | libc::EPERM);
            KernelError { needs: needs.then_some(Capability::IpcLock), ..error }
        },
    )
}

/// Goes before all ordinary programs, with `priority` from 1 to 99 among those that do.
pub fn take_real_time_priority(priority: u8) -> Result<(), KernelError> {
    // SAFETY: no system call: a sched_param is integers; musl's has reserved ones.
    let mut parameter: libc::sched_param = unsafe { core::mem::zeroed() };
    parameter.sched_priority = c_int::from(priority);
    // SAFETY: sched_setscheduler(2) reads one sched_param.
    let returned = unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const parameter) };
    check(returned).map(drop).map_err(|errno| {
        KernelError::new("take a real-time priority", errno).permitted_by(Capability::SysNice)
    })
}
