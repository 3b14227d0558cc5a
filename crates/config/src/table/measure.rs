//! Options of estimation and control: what is believed, and what is done to the clock.

use crate::labels::{OscillatorClass, ServoChoice, StepChoice};
use crate::opt::{Kind, Opt, Scope, float, int};

const fn opt(name: &'static str, kind: Kind) -> Opt {
    Opt::new(name, Scope::Clock, kind)
}

pub(super) const MEASURE: &[Opt] = &[
    opt("servo", Kind::Label(ServoChoice::LABELS))
        .default("kalman")
        .ptp4l("clock_servo")
        .restart()
        .doc("How corrections are computed."),
    opt("oscillator", Kind::Label(OscillatorClass::LABELS))
        .default("auto")
        .restart()
        .doc("What kind of oscillator is known to be on board; auto learns it."),
    opt("step_policy", Kind::Label(StepChoice::LABELS)).default("first").doc(
        "When the clock may jump instead of running faster or slower; first means until it is locked, \
         and for a minute more by what could not be pulled in that; above means whenever it is off \
         by more than step_threshold_ns.",
    ),
    opt("step_threshold_ns", int(1, 1_000_000_000_000, "ns"))
        .default("20000000")
        .doc("The offset from which step_policy = above steps."),
    opt("max_step_ns", int(0, 4_000_000_000_000_000_000, "ns"))
        .default("0")
        .doc("The largest step that is ever done; 0 for no limit."),
    opt("max_rate_ppb", int(1, 500_000_000, "ppb"))
        .default("500000")
        .aliases(&["max_frequency"])
        .ptp4l("max_frequency")
        .doc("The largest change of rate that is ever applied, in parts per 10^9."),
    opt("max_path_delay_ns", int(0, 10_000_000_000, "ns")).default("0").doc(
        "A longer path delay is an outlier: the exchange is rejected and counted; 0 for no limit.",
    ),
    opt("asymmetry_bound_ns", int(0, 1_000_000_000, "ns")).default("20000").doc(
        "How different the delays of the two directions may be; half of it goes into the error \
         bound, because nothing in the exchange can show it. The default is what stamps of the \
         kernel differ by.",
    ),
    opt("bound_sigma", float(1.0, 10.0, "standard deviations"))
        .default("3")
        .doc("How many standard deviations of the estimate the error bound covers."),
];
