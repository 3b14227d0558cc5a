//! One `recvmsg(2)` and one `sendmsg(2)`: one buffer, one address, control messages beside it.

use core::ffi::c_int;
use std::os::fd::{AsRawFd, BorrowedFd};

use crate::cmsg::Control;
use crate::error::check_len;

/// Room for an address in the kernel's form, aligned for every family.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    words: [u64; 16],
    len: usize,
}

impl Name {
    pub(crate) const SIZE: usize = 128;

    /// Its octets; none if there is no address.
    pub(crate) fn octets(&self, out: &mut [u8; Name::SIZE]) -> usize {
        for (word, bytes) in self.words.iter().zip(out.chunks_exact_mut(8)) {
            bytes.copy_from_slice(&word.to_ne_bytes());
        }
        self.len.min(Name::SIZE)
    }
}

/// A message that was received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    pub(crate) len: usize,
    pub(crate) flags: c_int,
    pub(crate) from: Name,
    pub(crate) control: Control,
}

/// Receives one message without blocking.
pub(crate) fn receive(fd: BorrowedFd<'_>, buffer: &mut [u8], flags: c_int) -> Result<Message, i32> {
    let mut message = Message {
        len: 0,
        flags: 0,
        from: Name { words: [0; 16], len: 0 },
        control: Control::empty(),
    };
    let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    let mut header = empty_header();
    header.msg_name = message.from.words.as_mut_ptr().cast();
    header.msg_namelen = length(Name::SIZE);
    header.msg_iov = &raw mut part;
    header.msg_iovlen = 1;
    header.msg_control = message.control.as_mut_ptr().cast();
    header.msg_controllen = length(Control::SIZE);
    // SAFETY: recvmsg(2) writes at most the lengths given for the name, the one buffer and the
    // control messages, all of which are ours and outlive the call.
    let returned =
        unsafe { libc::recvmsg(fd.as_raw_fd(), &raw mut header, flags | libc::MSG_DONTWAIT) };
    message.len = check_len(returned)?.min(buffer.len());
    message.flags = header.msg_flags;
    message.from.len = octets(header.msg_namelen);
    message.control.len = octets(header.msg_controllen);
    Ok(message)
}

/// Sends `data` to the address `to` (none if empty) without blocking, with messages beside it.
pub(crate) fn transmit(
    fd: BorrowedFd<'_>,
    to: &[u8],
    data: &[u8],
    control: &Control,
) -> Result<(), i32> {
    let mut name = [0u64; 16];
    if to.len() > Name::SIZE {
        return Err(libc::EINVAL);
    }
    for (word, octets) in name.iter_mut().zip(to.chunks(8)) {
        let mut bytes = [0; 8];
        bytes[..octets.len()].copy_from_slice(octets);
        *word = u64::from_ne_bytes(bytes);
    }
    let mut control = *control;
    let mut part = libc::iovec { iov_base: data.as_ptr().cast_mut().cast(), iov_len: data.len() };
    let mut header = empty_header();
    if !to.is_empty() {
        header.msg_name = name.as_mut_ptr().cast();
        header.msg_namelen = length(to.len());
    }
    header.msg_iov = &raw mut part;
    header.msg_iovlen = 1;
    if control.len > 0 {
        header.msg_control = control.as_mut_ptr().cast();
        header.msg_controllen = length(control.len.min(Control::SIZE));
    }
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: sendmsg(2) only reads: the name, the one buffer and the control messages, within the
    // lengths given; all of them outlive the call.
    let returned = unsafe { libc::sendmsg(fd.as_raw_fd(), &raw const header, flags) };
    match check_len(returned)? {
        sent if sent == data.len() => Ok(()),
        _ => Err(libc::EMSGSIZE),
    }
}

/// A header of zeros; musl's has private fields.
fn empty_header() -> libc::msghdr {
    // SAFETY: no system call: null pointers and zero lengths are legal in a msghdr.
    unsafe { core::mem::zeroed() }
}

/// `octets` in the type of a header's field, which differs between C libraries.
fn length<T: TryFrom<usize> + Default>(octets: usize) -> T {
    T::try_from(octets).unwrap_or_default()
}

fn octets<T>(length: T) -> usize
where
    usize: TryFrom<T>,
{
    usize::try_from(length).unwrap_or_default()
}
