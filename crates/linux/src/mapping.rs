//! A page of a file in memory, shared with other processes, as words that are read and written
//! atomically: what another process does to it is never undefined here.
//!
//! Words have 32 bits because reading larger ones atomically from a page that one may not write is
//! not possible on every machine.

use core::ffi::{c_int, c_void};
use core::ptr::NonNull;
use core::sync::atomic::{AtomicU32, Ordering};
use std::os::fd::{AsRawFd, OwnedFd};

use crate::error::errno;

pub(crate) const SIZE: usize = 4096;
pub(crate) const WORDS: usize = SIZE / 4;

/// The page. Whoever opened the file has made sure that it is long enough.
#[derive(Debug)]
pub(crate) struct Mapping {
    words: NonNull<[AtomicU32; WORDS]>,
    writable: bool,
}

impl Mapping {
    /// Maps the first page of `file`, to be written too if `writable`.
    pub(crate) fn new(file: &OwnedFd, writable: bool) -> Result<Mapping, i32> {
        let write = if writable { libc::PROT_WRITE } else { 0 };
        let (fd, access): (c_int, c_int) = (file.as_raw_fd(), libc::PROT_READ | write);
        let anywhere: *mut c_void = core::ptr::null_mut();
        // SAFETY: mmap(2) at an address of the kernel's choice touches no memory of ours.
        let page = unsafe { libc::mmap(anywhere, SIZE, access, libc::MAP_SHARED, fd, 0) };
        if page == libc::MAP_FAILED {
            return Err(errno());
        }
        let words = NonNull::new(page.cast()).ok_or(libc::ENOMEM)?;
        Ok(Mapping { words, writable })
    }

    /// A word, read before what follows.
    pub(crate) fn load(&self, word: usize, order: Ordering) -> u32 {
        self.words()[word].load(order)
    }

    /// Writes a word.
    pub(crate) fn store(&self, word: usize, value: u32, order: Ordering) {
        assert!(self.writable, "only the owner of a page writes it");
        self.words()[word].store(value, order);
    }

    fn words(&self) -> &[AtomicU32; WORDS] {
        // SAFETY: mmap(2) gave a page that stays mapped as long as `self`; all access to it, here
        // and in other processes, is atomic.
        unsafe { self.words.as_ref() }
    }
}

// SAFETY: the page belongs to no thread, and all access to it is atomic.
unsafe impl Send for Mapping {}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: munmap(2) of what `new` mapped, to which no reference is left.
        let _ = unsafe { libc::munmap(self.words.as_ptr().cast(), SIZE) };
    }
}
