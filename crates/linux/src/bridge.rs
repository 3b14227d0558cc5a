//! From kernel stamps, which are readings of `CLOCK_REALTIME`, to the monotonic clock.
//!
//! Both run at the same frequency whatever steers it, so their difference is constant until
//! somebody steps `CLOCK_REALTIME`. It is measured once and kept as long as it agrees with newer
//! readings: a conversion then adds no noise.

use time::{Mono, Span, Timestamp};

use crate::clock::KernelClock;
use crate::error::KernelError;
use crate::timer::mono_now;

/// By how much readings may disagree before somebody has stepped a clock.
const TOLERANCE_NS: i128 = 1_000;
/// How often the clocks are read for a new offset, and to check it.
const READINGS: usize = 16;
const CHECKS: usize = 3;

/// Both clocks: one between two readings of the other.
#[derive(Clone, Copy, Debug)]
struct Reading {
    before: Mono,
    real: Timestamp,
    after: Mono,
}

/// The difference between `CLOCK_REALTIME` and the monotonic clock.
#[derive(Clone, Debug)]
pub struct RealtimeBridge {
    offset_ns: i128,
}

/// What a check found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BridgeCheck {
    /// The difference is what it was.
    Steady,
    /// `CLOCK_REALTIME` has been stepped forward by this much; stamps convert anew.
    Discontinuity(Span),
}

impl RealtimeBridge {
    /// Measures the difference.
    pub fn new() -> Result<RealtimeBridge, KernelError> {
        Ok(RealtimeBridge { offset_ns: settle(&read_several::<READINGS>()?) })
    }

    /// Checks the difference, and takes the new one if it has changed.
    ///
    /// To be called around each use of a kernel stamp that matters: a step is noticed only here.
    pub fn update(&mut self) -> Result<BridgeCheck, KernelError> {
        if agrees(self.offset_ns, &read_several::<CHECKS>()?) {
            return Ok(BridgeCheck::Steady);
        }
        Ok(self.replace(settle(&read_several::<READINGS>()?)))
    }

    /// The moment of the monotonic clock at which `CLOCK_REALTIME` read `stamp`; nothing if that
    /// is before the monotonic clock began.
    pub fn mono_of(&self, stamp: Timestamp) -> Option<Mono> {
        let nanos = (stamp.since_epoch().scaled() >> 16) - self.offset_ns;
        u64::try_from(nanos).ok().map(Mono::from_nanos)
    }

    /// What `CLOCK_REALTIME` reads at `mono`.
    pub fn realtime_at(&self, mono: Mono) -> Timestamp {
        let nanos = i128::from(mono.nanos()) + self.offset_ns;
        Timestamp::from_span(Span::from_scaled(nanos << 16))
    }

    fn replace(&mut self, offset_ns: i128) -> BridgeCheck {
        let step = offset_ns - self.offset_ns;
        if step.abs() <= TOLERANCE_NS {
            return BridgeCheck::Steady;
        }
        self.offset_ns = offset_ns;
        BridgeCheck::Discontinuity(Span::from_scaled(step << 16))
    }
}

/// Between which the difference is, in nanoseconds.
fn bounds(reading: &Reading) -> (i128, i128) {
    let real = reading.real.since_epoch().scaled() >> 16;
    (real - i128::from(reading.after.nanos()), real - i128::from(reading.before.nanos()))
}

/// Whether one of the readings is compatible with `offset_ns`. A reading that was interrupted is
/// compatible with much, one that was not with the truth only; so the narrowest decides.
fn agrees(offset_ns: i128, readings: &[Reading]) -> bool {
    let narrowest = readings.iter().map(bounds).min_by_key(|(low, high)| high - low);
    narrowest.is_none_or(|(low, high)| {
        low - TOLERANCE_NS <= offset_ns && offset_ns <= high + TOLERANCE_NS
    })
}

/// The difference that all readings allow, or the narrowest of them if they do not agree.
fn settle(readings: &[Reading]) -> i128 {
    let all = readings.iter().map(bounds);
    let narrowest = all.clone().min_by_key(|(low, high)| high - low).unwrap_or((0, 0));
    let common = all.fold(narrowest, |(low, high), next| (low.max(next.0), high.min(next.1)));
    let (low, high) = if common.0 <= common.1 { common } else { narrowest };
    low + (high - low) / 2
}

fn read_several<const COUNT: usize>() -> Result<[Reading; COUNT], KernelError> {
    let mut readings =
        [Reading { before: Mono::default(), real: Timestamp::ZERO, after: Mono::default() }; COUNT];
    for reading in &mut readings {
        reading.before = mono_now();
        reading.real = KernelClock::Realtime.read()?;
        reading.after = mono_now();
    }
    Ok(readings)
}

/// Notices that the system has slept.
#[derive(Clone, Debug)]
pub struct SleepWatch {
    asleep: Option<Span>,
}

/// Less is the time between two readings.
const SLEEP_MIN: Span = Span::from_nanos(10_000_000);

impl SleepWatch {
    /// Begins to watch. Where the kernel does not say, nothing will ever be noticed.
    pub fn new() -> SleepWatch {
        SleepWatch { asleep: asleep() }
    }

    /// How long the system has slept since the last call, if it has.
    pub fn update(&mut self) -> Option<Span> {
        let now = asleep()?;
        let slept = now - self.asleep.unwrap_or(now);
        if slept >= SLEEP_MIN || self.asleep.is_none() {
            self.asleep = Some(now);
        }
        (slept >= SLEEP_MIN).then_some(slept)
    }
}

impl Default for SleepWatch {
    fn default() -> SleepWatch {
        SleepWatch::new()
    }
}

/// How long the system has slept since it started.
fn asleep() -> Option<Span> {
    let monotonic = KernelClock::Monotonic.read().ok()?;
    let boottime = KernelClock::Boottime.read().ok()?;
    Some(boottime - monotonic)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFSET: u64 = 1_700_000_000_000_000_000;

    /// Readings at `mono`, the second `width` later than the first, of a clock that is `error` off.
    fn reading(mono: u64, width: u64, error: i64) -> Reading {
        let real = (mono + width / 2 + OFFSET).checked_add_signed(error).unwrap();
        Reading {
            before: Mono::from_nanos(mono),
            real: Timestamp::from_span(Span::from_nanos(i64::try_from(real).unwrap())),
            after: Mono::from_nanos(mono + width),
        }
    }

    #[test]
    fn readings_narrow_the_difference_down() {
        let skewed = [reading(0, 100, 45), reading(500, 100, -48), reading(900, 5000, 0)];
        assert!((settle(&skewed) - i128::from(OFFSET)).abs() <= 4);
    }

    #[test]
    fn readings_that_contradict_each_other_leave_the_narrowest() {
        let torn = [reading(0, 100, 0), reading(500, 40, 9000), reading(900, 80, 0)];
        assert_eq!(settle(&torn), i128::from(OFFSET) + 9000);
    }

    #[test]
    fn a_step_of_more_than_a_microsecond_is_a_discontinuity_and_less_is_not() {
        let mut bridge = RealtimeBridge { offset_ns: i128::from(OFFSET) };

        for small in [-900, 900] {
            assert!(agrees(bridge.offset_ns, &[reading(0, 60, small)]));
        }
        for large in [-1500, 1500] {
            assert!(!agrees(bridge.offset_ns, &[reading(0, 60, large)]));
            assert!(!agrees(bridge.offset_ns, &[reading(0, 9000, 0), reading(0, 60, large)]));
        }
        assert!(agrees(bridge.offset_ns, &[reading(0, 9000, 3000)]));
        let step = bridge.replace(i128::from(OFFSET) + 37_000_000_000);
        assert_eq!(step, BridgeCheck::Discontinuity(Span::from_seconds(37)));
        assert_eq!(bridge.replace(bridge.offset_ns + 10), BridgeCheck::Steady);
    }

    #[test]
    fn a_conversion_there_and_back_is_exact() {
        let bridge = RealtimeBridge { offset_ns: i128::from(OFFSET) };
        let stamp = Timestamp::new(1_700_000_123, 456_789_012);

        let mono = bridge.mono_of(stamp).unwrap();

        assert_eq!(mono, Mono::from_nanos(123_456_789_012));
        assert_eq!(bridge.realtime_at(mono), stamp);
        assert_eq!(bridge.mono_of(Timestamp::new(1_699_999_999, 0)), None);
    }

    #[test]
    fn the_kernels_clocks_are_bridged() {
        let mut bridge = RealtimeBridge::new().unwrap();

        let before = mono_now();
        let real = KernelClock::Realtime.read().unwrap();
        let after = mono_now();

        assert_eq!(bridge.update(), Ok(BridgeCheck::Steady));
        let tolerance = core::time::Duration::from_micros(1);
        let converted = bridge.mono_of(real).unwrap();
        assert!(before <= converted + tolerance && converted <= after + tolerance);
    }

    #[test]
    fn nobody_sleeps_during_a_test() {
        assert_eq!(SleepWatch::new().update(), None);
    }
}
