//! The one place where a clock moves, and the policy that it must pass.

use core::time::Duration;

use config::{Config, StepChoice};
use linux::{KernelError, SystemClockStatus, mono_now};
use servo::{Conduct, NoStep};
use time::{Span, Timescale, Timestamp};

use crate::clock::{Kind, LocalClock};
use crate::timescale::EARLIEST;

/// What may be done to the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Policy {
    pub(crate) step: StepChoice,
    pub(crate) max_rate: f64,
}

/// What was really done; the rate is a fraction of the clock's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moved {
    /// What the clock read just before.
    pub(crate) at: Timestamp,
    pub(crate) rate: f64,
    pub(crate) step: Span,
}

/// Why the clock was not moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Refusal {
    /// It is only observed.
    Observed,
    /// The policy has no step here.
    Step(Span),
    /// The step is longer than `max_step_ns`.
    TooFar(Span),
    /// It would lead to a time before the program was made.
    BeforeOurTime(Timestamp),
    /// The kernel did not let us.
    Kernel(KernelError),
}

impl Policy {
    pub(crate) fn new(config: &Config) -> Policy {
        Policy { step: config.step_policy, max_rate: f64::from(config.max_rate_ppb) * 1e-9 }
    }

    /// Why an offset is pulled so slowly, and for how long.
    pub(crate) fn explain(&self, offset: Span, lasts: Duration) -> String {
        let (off, side) =
            if offset < Span::ZERO { (-offset, "behind") } else { (offset, "ahead of") };
        let off_s = off.nanos() as f64 * 1e-9;
        format!(
            "{off_s:.3} s {side} its source; step_policy = \"{}\" allows no step now, so the clock is \
             pulled by at most {:.0} ppm, for about {} min more",
            self.step.label(),
            self.max_rate * 1e6,
            lasts.as_secs() / 60 + 1
        )
    }
}

/// Moves the clock: first the step, then the rate, each as far as policy and kernel allow.
pub(crate) fn steer(
    clock: &mut LocalClock,
    (policy, conduct): (&Policy, &Conduct),
    (step, rate): (Option<Span>, Option<f64>),
) -> Result<Moved, Refusal> {
    if !clock.moves() {
        return Err(Refusal::Observed);
    }
    let at = clock.read();
    let mut moved = Moved { at, rate: 0.0, step: Span::ZERO };
    if let Some(step) = step {
        conduct.permits(step, mono_now()).map_err(|why| match why {
            NoStep::Policy => Refusal::Step(step),
            NoStep::TooFar => Refusal::TooFar(step),
        })?;
        let counts_dates = clock.timescale != Timescale::Arb;
        if counts_dates && at + step < EARLIEST {
            return Err(Refusal::BeforeOurTime(at + step));
        }
        moved.step = make_step(clock, step).map_err(Refusal::Kernel)?;
    }
    let rate = rate.filter(|rate| rate.is_finite());
    let limited = rate.map(|rate| rate.clamp(-policy.max_rate, policy.max_rate));
    moved.rate = make_rate(clock, limited).map_err(Refusal::Kernel)?;
    Ok(moved)
}

fn make_step(clock: &mut LocalClock, step: Span) -> Result<Span, KernelError> {
    match &mut clock.kind {
        Kind::System(system) => {
            let made = system.step(step)?;
            // Our own step is no discontinuity of somebody else's, but stamps do not compare.
            clock.bridge.update()?;
            clock.begin_epoch();
            Ok(made)
        }
        Kind::Virtual(software) => {
            software.clock.step(mono_now(), step);
            Ok(step)
        }
        Kind::Observe => Ok(Span::ZERO),
    }
}

/// Applies the rate, or reads the one that is applied.
fn make_rate(clock: &mut LocalClock, rate: Option<f64>) -> Result<f64, KernelError> {
    let ppb = match (&mut clock.kind, rate) {
        (Kind::System(system), Some(rate)) => system.set_frequency(rate * 1e9)?,
        (Kind::System(system), None) => system.state()?.frequency_ppb,
        (Kind::Virtual(software), Some(rate)) => {
            software.clock.set_frequency(mono_now(), rate * 1e9)
        }
        (Kind::Virtual(software), None) => software.clock.frequency_ppb(),
        (Kind::Observe, _) => 0.0,
    };
    Ok(ppb * 1e-9)
}

/// Tells the kernel how good its clock is, for programs that ask it.
pub(crate) fn vouch(clock: &mut LocalClock, bound_ns: Option<u64>) -> Result<(), KernelError> {
    let (utc_offset, leap) = (clock.utc_offset, clock.leap);
    let Kind::System(system) = &mut clock.kind else { return Ok(()) };
    system.set_status(SystemClockStatus { synchronized: bound_ns.is_some(), leap })?;
    if let Some(bound_ns) = bound_ns {
        let micros = u32::try_from(bound_ns / 1_000 + 1).unwrap_or(u32::MAX);
        system.set_errors(micros, micros)?;
    }
    if let Some(offset) = utc_offset {
        system.set_tai_offset(offset)?;
    }
    Ok(())
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Refusal::Observed => f.write_str("the clock is only observed"),
            Refusal::Step(step) => write!(
                f,
                "the clock is {} ns off and step_policy does not allow a step now",
                (-*step).nanos()
            ),
            Refusal::TooFar(step) => write!(
                f,
                "a step of {} ns is longer than max_step_ns allows; check the source, then raise it",
                step.nanos()
            ),
            Refusal::BeforeOurTime(time) => write!(
                f,
                "the source's time ({time} s since 1970) is before this program was made; no step"
            ),
            Refusal::Kernel(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(step: StepChoice) -> Policy {
        Policy { step, max_rate: 5e-4 }
    }

    #[test]
    fn whoever_is_pulled_is_told_why_and_for_how_long() {
        let said = policy(StepChoice::First)
            .explain(Span::from_seconds(-3), Duration::from_secs_f64(3.0 / 5e-4));
        let wanted = "3.000 s behind its source; step_policy = \"first\" allows no step now, so the \
                      clock is pulled by at most 500 ppm, for about 101 min more";
        assert_eq!(said, wanted);
    }
}
