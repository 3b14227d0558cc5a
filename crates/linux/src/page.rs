//! The virtual clock for other programs: a page of memory in a file, which they map and read
//! without asking anybody.
//!
//! The file has 4096 octets; every field is in the machine's byte order and naturally aligned, what
//! is not listed is zero. Version 1:
//!
//! | offset | type | field | meaning |
//! |---|---|---|---|
//! | 0 | u32 | magic | 0x4c434754 |
//! | 4 | u32 | version | 1 |
//! | 8 | u32 | sequence | odd while the page is being written |
//! | 12 | u32 | state | 0 free-running, 1 acquiring, 2 locked, 3 holdover, 4 nobody steers |
//! | 16 | u64 | base_mono_ns | a moment of `CLOCK_MONOTONIC` |
//! | 24 | i64 | base_seconds | what the clock reads then: seconds since 1970, |
//! | 32 | u32 | base_nanos | nanoseconds below 10^9, |
//! | 36 | u32 | base_fraction | and 2^-16 of a nanosecond, below 2^16 |
//! | 40 | i64 | rate | how fast it runs in terms of `CLOCK_MONOTONIC`, times 2^62 |
//! | 48 | u32 | epoch | grows with each step |
//! | 52 | u32 | timescale | 0 arbitrary, 1 TAI, 2 UTC |
//! | 56 | i32 | utc_offset | TAI - UTC in seconds |
//! | 60 | u32 | utc_offset_valid | 1 if it is known |
//! | 64 | u64 | bound_ns | how far off the clock may be at `updated`; all ones if unknown |
//! | 72 | u64 | updated_mono_ns | when this was written, in `CLOCK_MONOTONIC` |
//!
//! To read: the sequence until it is even, the fields, the sequence again; if it has changed, once
//! more (a seqlock; acquire before the fields, an acquire fence after them). The clock reads
//! `base + (now - base_mono) * rate`. A page that has not been written for long belongs to a writer
//! that is gone, as does one in state 4; the writer puts a new file in the place of the old one, so
//! open it again then.

use core::sync::atomic::{Ordering, fence};
use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use time::{Mono, Rate, Span, Timescale, Timestamp, UtcOffset};

use crate::descriptor::close_on_exec;
use crate::error::{KernelError, check};
use crate::line::ClockLine;
use crate::mapping::{Mapping, SIZE};

const MAGIC: u32 = u32::from_be_bytes(*b"LCGT");
const VERSION: u32 = 1;
const SEQUENCE_WORD: usize = 2;
/// From `state` on.
const FIRST_WORD: usize = 3;
const FIELD_WORDS: usize = 17;
const ATTEMPTS: usize = 100;
const OPERATION_CREATE: &str = "create the clock's page";
const OPERATION_OPEN: &str = "open the clock's page";

/// What the writer makes of its clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PageState {
    /// It was never steered.
    Free,
    /// It follows something, but not well yet.
    Acquiring,
    /// It follows something.
    Locked,
    /// It has lost what it followed.
    Holdover,
    /// Its writer has ended.
    Stopped,
}

/// What the page says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageContents {
    /// The clock itself.
    pub line: ClockLine,
    /// Grows with each step.
    pub epoch: u16,
    /// What it counts.
    pub timescale: Timescale,
    /// TAI - UTC, if known.
    pub utc_offset: Option<UtcOffset>,
    /// How far off it may be at `updated`, if known.
    pub bound_ns: Option<u64>,
    /// What the writer makes of it.
    pub state: PageState,
    /// When the page was written.
    pub updated: Mono,
}

/// The clock at one moment, as read from the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageReading {
    /// What it reads.
    pub time: Timestamp,
    /// All else the page says.
    pub contents: PageContents,
}

/// The page, as its writer has it.
#[derive(Debug)]
pub struct ClockPage {
    mapping: Mapping,
    sequence: u32,
    contents: PageContents,
}

impl ClockPage {
    /// Puts a new file with a page at `path`, in the place of what was there; everybody may read.
    pub fn create(path: &Path, contents: &PageContents) -> Result<ClockPage, KernelError> {
        let error = |errno| KernelError::new(OPERATION_CREATE, errno);
        let mut new_path = path.as_os_str().as_bytes().to_vec();
        new_path.extend(format!(".{}", std::process::id()).bytes());
        let new_path = CString::new(new_path).map_err(|_| error(libc::EINVAL))?;
        let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| error(libc::EINVAL))?;
        unlink(&new_path);
        let page = new_file(&new_path).and_then(|file| Mapping::new(&file, true));
        let mut page = match page {
            Ok(mapping) => ClockPage { mapping, sequence: 0, contents: *contents },
            Err(errno) => {
                unlink(&new_path);
                return Err(error(errno));
            }
        };
        page.mapping.store(0, MAGIC, Ordering::Relaxed);
        page.mapping.store(1, VERSION, Ordering::Relaxed);
        page.write(contents);
        // SAFETY: rename(2) reads two strings.
        let returned = unsafe { libc::rename(new_path.as_ptr(), path.as_ptr()) };
        if let Err(errno) = check(returned) {
            unlink(&new_path);
            return Err(error(errno));
        }
        Ok(page)
    }

    /// Writes all of it anew. Readers never wait for this and this never waits for readers.
    pub fn write(&mut self, contents: &PageContents) {
        self.contents = *contents;
        self.sequence = self.sequence.wrapping_add(1);
        self.mapping.store(SEQUENCE_WORD, self.sequence, Ordering::Relaxed);
        fence(Ordering::Release);
        for (offset, word) in encode(contents).into_iter().enumerate() {
            self.mapping.store(FIRST_WORD + offset, word, Ordering::Relaxed);
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.mapping.store(SEQUENCE_WORD, self.sequence, Ordering::Release);
    }
}

impl Drop for ClockPage {
    fn drop(&mut self) {
        let stopped = PageContents { state: PageState::Stopped, ..self.contents };
        self.write(&stopped);
    }
}

/// The page, as others have it.
#[derive(Debug)]
pub struct PageReader {
    mapping: Mapping,
}

impl PageReader {
    /// Opens the page at `path`.
    ///
    /// # Errors
    /// Of the system calls; EPROTO if the file is something else or of another version.
    pub fn open(path: &Path) -> Result<PageReader, KernelError> {
        let error = |errno| KernelError::new(OPERATION_OPEN, errno);
        let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| error(libc::EINVAL))?;
        let file = open(&path, libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK, 0);
        let file = file.map_err(error)?;
        // To touch what is mapped beyond a file's end would be fatal.
        if file_size(&file).map_err(error)? < SIZE as u64 {
            return Err(error(libc::EPROTO));
        }
        let mapping = Mapping::new(&file, false).map_err(error)?;
        let known = mapping.load(0, Ordering::Relaxed) == MAGIC
            && mapping.load(1, Ordering::Relaxed) == VERSION;
        if known { Ok(PageReader { mapping }) } else { Err(error(libc::EPROTO)) }
    }

    /// What it says; nothing if it is being written all the time or makes no sense.
    pub fn contents(&self) -> Option<PageContents> {
        for _ in 0..ATTEMPTS {
            let before = self.mapping.load(SEQUENCE_WORD, Ordering::Acquire);
            let words: [u32; FIELD_WORDS] = core::array::from_fn(|offset| {
                self.mapping.load(FIRST_WORD + offset, Ordering::Relaxed)
            });
            fence(Ordering::Acquire);
            let after = self.mapping.load(SEQUENCE_WORD, Ordering::Relaxed);
            if before == after && before.is_multiple_of(2) {
                return decode(&words);
            }
            core::hint::spin_loop();
        }
        None
    }

    /// What the clock reads at `mono`.
    pub fn now(&self, mono: Mono) -> Option<PageReading> {
        let contents = self.contents()?;
        Some(PageReading { time: contents.line.at(mono), contents })
    }
}

/// The fields from `state` on.
fn encode(contents: &PageContents) -> [u32; FIELD_WORDS] {
    let (line, time) = (&contents.line, contents.line.time);
    let [mono, seconds, rate, bound, updated] = [
        line.mono.nanos(),
        time.seconds() as u64,
        line.rate.raw() as u64,
        contents.bound_ns.unwrap_or(u64::MAX),
        contents.updated.nanos(),
    ]
    .map(halves);
    let utc_offset = i32::from(contents.utc_offset.map_or(0, UtcOffset::seconds));
    [
        match contents.state {
            PageState::Free => 0,
            PageState::Acquiring => 1,
            PageState::Locked => 2,
            PageState::Holdover => 3,
            PageState::Stopped => 4,
        },
        mono[0],
        mono[1],
        seconds[0],
        seconds[1],
        time.subsec_nanos(),
        u32::try_from(time.fraction().scaled()).expect("less than a nanosecond"),
        rate[0],
        rate[1],
        u32::from(contents.epoch),
        match contents.timescale {
            Timescale::Arb => 0,
            Timescale::Tai => 1,
            Timescale::Utc => 2,
        },
        utc_offset.cast_unsigned(),
        u32::from(contents.utc_offset.is_some()),
        bound[0],
        bound[1],
        updated[0],
        updated[1],
    ]
}

fn decode(words: &[u32; FIELD_WORDS]) -> Option<PageContents> {
    let long = |first: usize| whole([words[first], words[first + 1]]);
    let fraction = Span::from_scaled(i128::from(words[6] & 0xffff));
    let time = Timestamp::new(long(3).cast_signed(), words[5]) + fraction;
    let line = ClockLine {
        mono: Mono::from_nanos(long(1)),
        time,
        rate: Rate::from_raw(long(7).cast_signed()),
    };
    let utc_offset = i16::try_from(words[11].cast_signed()).ok().map(UtcOffset::new);
    Some(PageContents {
        line,
        epoch: u16::try_from(words[9]).ok()?,
        timescale: match words[10] {
            0 => Timescale::Arb,
            1 => Timescale::Tai,
            2 => Timescale::Utc,
            _ => return None,
        },
        utc_offset: utc_offset.filter(|_| words[12] == 1),
        bound_ns: Some(long(13)).filter(|&bound| bound != u64::MAX),
        state: match words[0] {
            0 => PageState::Free,
            1 => PageState::Acquiring,
            2 => PageState::Locked,
            3 => PageState::Holdover,
            4 => PageState::Stopped,
            _ => return None,
        },
        updated: Mono::from_nanos(long(15)),
    })
}

/// The two words of 64 bits in the machine's order.
fn halves(value: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = value.to_ne_bytes();
    [u32::from_ne_bytes([a, b, c, d]), u32::from_ne_bytes([e, f, g, h])]
}

fn whole(halves: [u32; 2]) -> u64 {
    let [a, b, c, d] = halves[0].to_ne_bytes();
    let [e, f, g, h] = halves[1].to_ne_bytes();
    u64::from_ne_bytes([a, b, c, d, e, f, g, h])
}

/// A file of zeros that did not exist, readable by everybody whatever the umask.
fn new_file(path: &CString) -> Result<OwnedFd, i32> {
    let flags = libc::O_RDWR | libc::O_CREAT | libc::O_EXCL | libc::O_NOFOLLOW;
    let file = open(path, flags, 0o644)?;
    close_on_exec(&file)?;
    let fd = file.as_raw_fd();
    // SAFETY: fchmod(2) takes no pointers.
    check(unsafe { libc::fchmod(fd, 0o644) })?;
    // SAFETY: ftruncate(2) takes no pointers.
    check(unsafe { libc::ftruncate(fd, SIZE as libc::off_t) })?;
    Ok(file)
}

fn open(path: &CString, flags: i32, mode: libc::c_uint) -> Result<OwnedFd, i32> {
    // SAFETY: open(2) reads a string; the mode is read only with O_CREAT and always given.
    let fd = check(unsafe { libc::open(path.as_ptr(), flags, mode) })?;
    // SAFETY: the kernel has just made `fd` for us; nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn file_size(file: &OwnedFd) -> Result<u64, i32> {
    // SAFETY: no system call: a stat is integers, all of which may be zero.
    let mut stat: libc::stat = unsafe { core::mem::zeroed() };
    // SAFETY: fstat(2) writes one stat.
    check(unsafe { libc::fstat(file.as_raw_fd(), &raw mut stat) })?;
    u64::try_from(stat.st_size).map_err(|_| libc::EPROTO)
}

fn unlink(path: &CString) {
    // SAFETY: unlink(2) reads a string.
    let _ = unsafe { libc::unlink(path.as_ptr()) };
}
