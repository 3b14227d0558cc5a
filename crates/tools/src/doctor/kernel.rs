//! What the kernel knows of its clock. Reading it needs no right.

use linux::{SystemClock, SystemClockState};

use super::finding::Finding;
use crate::quantity;

/// Of the limit; beyond, there is nothing left to steer with.
const NEAR_THE_LIMIT: f64 = 0.95;

pub(super) fn examine() -> Vec<Finding> {
    match SystemClock::new().state() {
        Ok(state) => vec![synchronized(&state), frequency(&state), tai(&state)],
        Err(error) => vec![
            Finding::note("system clock", error.to_string())
                .advise("nothing, unless zeitgeberd is to steer it"),
        ],
    }
}

fn synchronized(state: &SystemClockState) -> Finding {
    if state.synchronized {
        let error = quantity::plus_minus(state.error_max_us as f64 * 1000.0);
        let text = format!("the kernel takes its clock for synchronized, {error} at most");
        return Finding::ok("system clock", text);
    }
    Finding::note("system clock", "the kernel takes its clock for not synchronized").advise(
        "nothing: whoever steers it says so when it is; with `--clock system`, zeitgeberd does",
    )
}

fn frequency(state: &SystemClockState) -> Finding {
    let (now, most) = (state.frequency_ppb, state.frequency_max_ppb);
    let text =
        format!("it is steered by {} of at most {}", quantity::rate(now), quantity::rate(most));
    if now.abs() < NEAR_THE_LIMIT * most {
        return Finding::ok("system clock", text);
    }
    Finding::problem("system clock", text).advise(
        "its oscillator is too far off to be steered: check the kernel's clock source \
         (/sys/devices/system/clocksource/clocksource0/current_clocksource)",
    )
}

fn tai(state: &SystemClockState) -> Finding {
    match state.tai_offset {
        0 => Finding::note("system clock", "the kernel does not know TAI - UTC")
            .advise("nothing: zeitgeberd tells it while it steers; until then CLOCK_TAI reads UTC"),
        offset => Finding::ok("system clock", format!("TAI - UTC is {offset} s")),
    }
}
