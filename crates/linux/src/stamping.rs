//! Asking the kernel for stamps (Documentation/networking/timestamping.rst).

use std::os::fd::BorrowedFd;

use crate::cmsg::Control;
use crate::descriptor::set_int;
use crate::error::KernelError;

const SO_SELECT_ERR_QUEUE: i32 = 45;

/// Stamps on reception, and those of transmission that a datagram asks for, with its whole frame.
pub(crate) fn request_stamps(fd: BorrowedFd<'_>) -> Result<(), KernelError> {
    let flags = libc::SOF_TIMESTAMPING_RX_SOFTWARE
        | libc::SOF_TIMESTAMPING_SOFTWARE
        | libc::SOF_TIMESTAMPING_OPT_ID;
    // Wakes a wait for POLLPRI; without it, the wait ends with POLLERR all the same.
    let _ = set_int(fd, libc::SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1);
    set_int(fd, libc::SOL_SOCKET, libc::SO_TIMESTAMPING, flags as i32).map_err(|errno| {
        let _ = set_int(fd, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1);
        KernelError::new("get kernel stamps", errno)
    })
}

/// The datagram that `control` goes with returns in the error queue with its stamp.
pub(crate) fn ask_for_stamp(control: &mut Control) {
    let flags = libc::SOF_TIMESTAMPING_TX_SOFTWARE as i32;
    control.push(libc::SOL_SOCKET, libc::SO_TIMESTAMPING, flags);
}
