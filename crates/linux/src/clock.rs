//! The system's clocks: reading them, and steering `CLOCK_REALTIME`.
//!
//! What steers needs `CAP_SYS_TIME` and moves the clock of the whole machine; who may call it is the
//! daemon's policy. Frequencies are in parts per 10^9, positive where the clock runs faster.

use core::ffi::{c_int, c_long};

use time::{Leap, Span, Timestamp};

use crate::capability::Capability;
use crate::error::{KernelError, check};

/// 2^-16 parts per 10^6, in which the kernel counts frequencies, in one part per 10^9.
const SCALED_PPM_PER_PPB: f64 = 65.536;
const NANOS_PER_SECOND: i128 = 1_000_000_000;
const TIME_ERROR: c_int = 5;

/// A clock of the kernel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KernelClock {
    /// The system's time, UTC as POSIX counts it.
    Realtime,
    /// Time since the system started, without time asleep.
    Monotonic,
    /// Time since the system started, with time asleep.
    Boottime,
    /// The system's time in TAI, which is UTC while nobody has told the kernel the difference.
    Tai,
}

impl KernelClock {
    /// What it reads.
    pub fn read(self) -> Result<Timestamp, KernelError> {
        let (clock, operation) = match self {
            KernelClock::Realtime => (libc::CLOCK_REALTIME, "read CLOCK_REALTIME"),
            KernelClock::Monotonic => (libc::CLOCK_MONOTONIC, "read CLOCK_MONOTONIC"),
            KernelClock::Boottime => (libc::CLOCK_BOOTTIME, "read CLOCK_BOOTTIME"),
            KernelClock::Tai => (libc::CLOCK_TAI, "read CLOCK_TAI"),
        };
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: clock_gettime(2) writes one timespec, which `now` is.
        check(unsafe { libc::clock_gettime(clock, &raw mut now) })
            .map_err(|errno| KernelError::new(operation, errno))?;
        let nanos = u32::try_from(now.tv_nsec).unwrap_or(0);
        Ok(Timestamp::new(wide(now.tv_sec), nanos))
    }
}

/// What the kernel knows of its clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SystemClockState {
    /// The frequency that is applied.
    pub frequency_ppb: f64,
    /// The largest that can be, in both directions.
    pub frequency_max_ppb: f64,
    /// Whether the kernel believes it synchronized: somebody said so, and it is not long ago.
    pub synchronized: bool,
    /// What happens at the end of this UTC day.
    pub leap: Option<Leap>,
    /// TAI - UTC in seconds; 0 if nobody has told.
    pub tai_offset: i32,
    /// The largest possible error as somebody told, and growing since, in microseconds.
    pub error_max_us: i64,
    /// The estimated error as somebody told, in microseconds.
    pub error_estimated_us: i64,
}

/// Whether the clock is synchronized, and what it does at the end of this UTC day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SystemClockStatus {
    /// Whether programs may rely on it.
    pub synchronized: bool,
    /// The leap second to make.
    pub leap: Option<Leap>,
}

/// `CLOCK_REALTIME`, as it is steered.
#[derive(Debug)]
pub struct SystemClock(());

impl SystemClock {
    /// The one of this machine. Nothing happens to it yet.
    pub const fn new() -> SystemClock {
        SystemClock(())
    }

    /// What the kernel knows of it; needs no right.
    pub fn state(&self) -> Result<SystemClockState, KernelError> {
        let mut request = timex(0);
        let returned = adjust(&mut request, "read the system clock's state")?;
        Ok(state_of(&request, returned))
    }

    /// Lets it run faster by `ppb` and returns what the kernel made of that, which counts in
    /// steps of 0.015 and has a limit.
    pub fn set_frequency(&mut self, ppb: f64) -> Result<f64, KernelError> {
        let operation = "set the system clock's frequency";
        let mut request = timex(libc::ADJ_FREQUENCY);
        request.freq = scaled_ppm(ppb).ok_or(KernelError::new(operation, libc::EINVAL))?;
        adjust(&mut request, operation)?;
        Ok(ppb_of(request.freq))
    }

    /// Moves it forward by `step` and returns what the kernel made of that, in whole nanoseconds.
    pub fn step(&mut self, step: Span) -> Result<Span, KernelError> {
        let operation = "step the system clock";
        let (time, applied) = offset(step).ok_or(KernelError::new(operation, libc::EINVAL))?;
        let mut request = timex(libc::ADJ_SETOFFSET | libc::ADJ_NANO);
        request.time = time;
        adjust(&mut request, operation)?;
        Ok(applied)
    }

    /// Tells the kernel whether it is synchronized and which leap second to make. The kernel's own
    /// steering is switched off by this.
    pub fn set_status(&mut self, status: SystemClockStatus) -> Result<(), KernelError> {
        let mut request = timex(libc::ADJ_STATUS);
        request.status = status_bits(status);
        adjust(&mut request, "set the system clock's status").map(drop)
    }

    /// Tells the kernel the largest possible and the estimated error, which programs can ask for.
    pub fn set_errors(&mut self, max_us: u32, estimated_us: u32) -> Result<(), KernelError> {
        let mut request = timex(libc::ADJ_MAXERROR | libc::ADJ_ESTERROR);
        request.maxerror = microseconds(max_us);
        request.esterror = microseconds(estimated_us);
        adjust(&mut request, "set the system clock's errors").map(drop)
    }

    /// Tells the kernel TAI - UTC, with which it keeps `CLOCK_TAI`.
    pub fn set_tai_offset(&mut self, seconds: i16) -> Result<(), KernelError> {
        let mut request = timex(libc::ADJ_TAI);
        request.constant = c_long::from(seconds);
        adjust(&mut request, "set the system clock's TAI offset").map(drop)
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

fn timex(modes: u32) -> libc::timex {
    // SAFETY: no system call: a timex is integers, all of which may be zero.
    let mut request: libc::timex = unsafe { core::mem::zeroed() };
    request.modes = modes;
    request
}

fn adjust(request: &mut libc::timex, operation: &'static str) -> Result<c_int, KernelError> {
    // SAFETY: clock_adjtime(2) reads and writes one timex, which `request` is.
    let returned = unsafe { libc::clock_adjtime(libc::CLOCK_REALTIME, request) };
    check(returned)
        .map_err(|errno| KernelError::new(operation, errno).permitted_by(Capability::SysTime))
}

fn state_of(timex: &libc::timex, returned: c_int) -> SystemClockState {
    SystemClockState {
        frequency_ppb: ppb_of(timex.freq),
        frequency_max_ppb: ppb_of(timex.tolerance),
        synchronized: returned != TIME_ERROR && timex.status & libc::STA_UNSYNC == 0,
        leap: match timex.status & (libc::STA_INS | libc::STA_DEL) {
            libc::STA_INS => Some(Leap::Insert),
            libc::STA_DEL => Some(Leap::Delete),
            _ => None,
        },
        tai_offset: timex.tai,
        error_max_us: wide(timex.maxerror),
        error_estimated_us: wide(timex.esterror),
    }
}

/// In the kernel's unit, to the nearest; nothing if it is not a number or absurd.
fn scaled_ppm(ppb: f64) -> Option<c_long> {
    // The kernel's limit is 2000 times smaller and its own affair.
    let sane = ppb.is_finite() && ppb.abs() <= 1e9;
    sane.then(|| (ppb * SCALED_PPM_PER_PPB).round() as c_long)
}

fn ppb_of(scaled_ppm: c_long) -> f64 {
    scaled_ppm as f64 / SCALED_PPM_PER_PPB
}

/// In the kernel's form (seconds that may be negative, nanoseconds that may not) and as a span, to
/// the nearest nanosecond.
fn offset(step: Span) -> Option<(libc::timeval, Span)> {
    let nanos = (step.scaled().checked_add(1 << 15)?) >> 16;
    let seconds = libc::time_t::try_from(nanos.div_euclid(NANOS_PER_SECOND)).ok()?;
    let rest = libc::suseconds_t::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).ok()?;
    let time = libc::timeval { tv_sec: seconds, tv_usec: rest };
    Some((time, Span::from_scaled(nanos << 16)))
}

/// As the kernel holds them on every machine: up to half an hour, which is not exceeded in earnest.
fn microseconds(count: u32) -> c_long {
    c_long::from(i32::try_from(count).unwrap_or(i32::MAX))
}

/// An integer whose size depends on the machine.
fn wide(value: impl Into<i64>) -> i64 {
    value.into()
}

fn status_bits(status: SystemClockStatus) -> c_int {
    let leap = match status.leap {
        None => 0,
        Some(Leap::Insert) => libc::STA_INS,
        Some(Leap::Delete) => libc::STA_DEL,
    };
    if status.synchronized { leap } else { leap | libc::STA_UNSYNC }
}

#[cfg(test)]
mod tests {
    use super::*;

    // What steers is never called here: it would move the clock of whoever runs the tests.

    #[test]
    fn frequencies_are_counted_in_the_kernels_steps() {
        assert_eq!(scaled_ppm(0.0), Some(0));
        assert_eq!(scaled_ppm(1000.0), Some(65_536));
        assert_eq!(scaled_ppm(-1000.0), Some(-65_536));
        assert_eq!(scaled_ppm(0.007), Some(0));
        assert_eq!(scaled_ppm(0.008), Some(1));
        assert_eq!(ppb_of(-65_536), -1000.0);
        assert_eq!(ppb_of(32_768_000), 500_000.0);
    }

    #[test]
    fn what_is_not_a_frequency_is_refused() {
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e10] {
            assert_eq!(scaled_ppm(wrong), None);
        }
    }

    #[test]
    fn a_step_has_whole_nanoseconds_that_are_never_negative() {
        let parts = |span| offset(span).map(|(time, applied)| (time.tv_sec, time.tv_usec, applied));

        let backwards = Span::from_nanos(-1);
        assert_eq!(parts(backwards), Some((-1, 999_999_999, backwards)));
        let forwards = Span::from_nanos(2_500_000_000);
        assert_eq!(parts(forwards), Some((2, 500_000_000, forwards)));
        let above_half = Span::from_scaled((1 << 15) + 1);
        assert_eq!(parts(above_half), Some((0, 1, Span::NANOSECOND)));
        assert_eq!(parts(Span::from_scaled(-(1 << 14))), Some((0, 0, Span::ZERO)));
        assert_eq!(parts(Span::MAX), None);
    }

    #[test]
    fn the_status_says_what_is_known_and_switches_the_kernels_steering_off() {
        let bits = |synchronized, leap| status_bits(SystemClockStatus { synchronized, leap });

        assert_eq!(bits(true, None), 0);
        assert_eq!(bits(true, Some(Leap::Insert)), 0x10);
        assert_eq!(bits(false, Some(Leap::Delete)), 0x20 | 0x40);
    }

    #[test]
    fn the_state_can_be_read_without_a_right() {
        let state = SystemClock::new().state().unwrap();

        assert!(state.frequency_ppb.abs() <= state.frequency_max_ppb);
        assert!(state.frequency_max_ppb >= 500_000.0);
    }

    #[test]
    fn the_clocks_differ_as_they_should() {
        let monotonic = KernelClock::Monotonic.read().unwrap();
        let boottime = KernelClock::Boottime.read().unwrap();
        let tai = KernelClock::Tai.read().unwrap();
        let realtime = KernelClock::Realtime.read().unwrap();

        assert!(boottime >= monotonic);
        let offset = SystemClock::new().state().unwrap().tai_offset;
        let difference = realtime - tai + Span::from_seconds(i64::from(offset));
        assert!(!difference.is_negative() && difference < Span::SECOND);
    }
}
