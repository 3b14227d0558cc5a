//! Sockets as every other file wants them: closed on exec, not blocking, and with options.
//!
//! Type flags (`SOCK_CLOEXEC`) and `fcntl` say the same to the kernel, but simulators that
//! interpose libc refuse the former.

use core::ffi::c_int;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use crate::error::check;

/// A socket that is closed on exec and does not block.
pub(crate) fn socket(domain: c_int, kind: c_int, protocol: c_int) -> Result<OwnedFd, i32> {
    // SAFETY: socket(2) takes no pointers.
    let fd = check(unsafe { libc::socket(domain, kind, protocol) })?;
    // SAFETY: the kernel has just made `fd` for us; nobody else owns it.
    let socket = unsafe { OwnedFd::from_raw_fd(fd) };
    close_on_exec(&socket)?;
    do_not_block(&socket)?;
    Ok(socket)
}

/// Children do not inherit `fd`.
pub(crate) fn close_on_exec(fd: &OwnedFd) -> Result<(), i32> {
    // SAFETY: fcntl(2) with F_SETFD takes an integer.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) }).map(drop)
}

/// Reading from and writing to `fd` returns at once.
pub(crate) fn do_not_block(fd: &OwnedFd) -> Result<(), i32> {
    // SAFETY: fcntl(2) with F_SETFL takes an integer.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) }).map(drop)
}

/// Sets an option to the octets of `value`.
pub(crate) fn set_option(
    fd: BorrowedFd<'_>,
    level: c_int,
    name: c_int,
    value: &[u8],
) -> Result<(), i32> {
    let len = libc::socklen_t::try_from(value.len()).map_err(|_| libc::EINVAL)?;
    // SAFETY: setsockopt(2) reads `len` octets, which are those of `value`.
    let returned =
        unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, value.as_ptr().cast(), len) };
    check(returned).map(drop)
}

/// Sets an option to an integer.
pub(crate) fn set_int(
    fd: BorrowedFd<'_>,
    level: c_int,
    name: c_int,
    value: c_int,
) -> Result<(), i32> {
    set_option(fd, level, name, &value.to_ne_bytes())
}

/// Binds to the address in `name`, in the kernel's form.
pub(crate) fn bind(fd: BorrowedFd<'_>, name: &[u8]) -> Result<(), i32> {
    let mut address = [0u64; 16];
    let len = copy_name(name, &mut address)?;
    // SAFETY: bind(2) reads `len` octets, which `address` holds, aligned for every address.
    check(unsafe { libc::bind(fd.as_raw_fd(), address.as_ptr().cast(), len) }).map(drop)
}

/// Connects to the address in `name`, in the kernel's form.
pub(crate) fn connect(fd: BorrowedFd<'_>, name: &[u8]) -> Result<(), i32> {
    let mut address = [0u64; 16];
    let len = copy_name(name, &mut address)?;
    // SAFETY: connect(2) reads `len` octets, which `address` holds, aligned for every address.
    check(unsafe { libc::connect(fd.as_raw_fd(), address.as_ptr().cast(), len) }).map(drop)
}

/// Copies `name` to aligned memory.
fn copy_name(name: &[u8], address: &mut [u64; 16]) -> Result<libc::socklen_t, i32> {
    if name.len() > size_of_val(address) {
        return Err(libc::EINVAL);
    }
    for (word, octets) in address.iter_mut().zip(name.chunks(8)) {
        let mut bytes = [0; 8];
        bytes[..octets.len()].copy_from_slice(octets);
        *word = u64::from_ne_bytes(bytes);
    }
    libc::socklen_t::try_from(name.len()).map_err(|_| libc::EINVAL)
}
