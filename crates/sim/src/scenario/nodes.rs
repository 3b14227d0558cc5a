//! The clocks of a scenario.

use engine::{
    CapableRule, CapableSettings, DelayMechanism, LinkSettings, PortOptions, PortSettings, Role,
};
use servo::{ControlKind, FrequencyMemory, StepPolicy};
use time::Span;
use wire::{ClockAccuracy, ClockQuality, Flags, InterfaceRate};

use super::section::{Inside, Section, Word};
use super::{delays, selection, units};
use crate::clock::Actuator;
use crate::delay::Delay;
use crate::oscillator::OscillatorSettings;
use crate::plan::{ClockKind, NodePlan, StampPlan, time_properties};

const LENGTH: (fn(&str) -> Option<f64>, &str) = (units::length, units::LENGTH);
const TIME: (fn(&str) -> Option<f64>, &str) = (units::time, units::TIME);
const DURATION: (fn(&str) -> Option<f64>, &str) = (units::duration, units::DURATION);
const SHIFT: (fn(&str) -> Option<f64>, &str) = (units::shift, units::SHIFT);
const RATE: (fn(&str) -> Option<f64>, &str) = (units::rate, units::RATE);
const LIMIT: (fn(&str) -> Option<f64>, &str) = (units::limit, units::LIMIT);
const SHARE: (fn(&str) -> Option<f64>, &str) = (units::share, units::SHARE);
const INTERVAL: (fn(&str) -> Option<time::LogInterval>, &str) = (units::interval, units::INTERVAL);

const OSCILLATORS: &[(&str, OscillatorSettings)] = &[
    ("perfect", OscillatorSettings::PERFECT),
    ("xo", OscillatorSettings::XO),
    ("tcxo", OscillatorSettings::TCXO),
    ("ocxo", OscillatorSettings::OCXO),
    ("rubidium", OscillatorSettings::RUBIDIUM),
];

#[derive(Clone, Copy, Eq, PartialEq)]
enum May {
    Grandmaster,
    Receiver,
    Ordinary,
}

/// A span of so many seconds.
pub(super) fn span(seconds: f64) -> Span {
    Span::from_scaled((seconds * 65_536e9) as i128)
}

/// A clock, how many there are of it, and the names of the nodes that it asks for unicast service and
/// of those it accepts.
pub(super) fn read<'t>(
    name: &Word<'_>,
    section: Section<'t>,
) -> (NodePlan, usize, [Vec<Word<'t>>; 2]) {
    let kinds = [
        ("grandmaster", May::Grandmaster),
        ("receiver", May::Receiver),
        ("ordinary", May::Ordinary),
        ("boundary", May::Ordinary),
    ];
    let may = section.choice("role", &kinds).unwrap_or(May::Receiver);
    let kind = clock_type(&section);
    let leads = may == May::Grandmaster;
    let usual = if leads { OscillatorSettings::PERFECT } else { OscillatorSettings::XO };
    let number = |key, usual| section.whole(key, 0..=255).map_or(usual, |number| number as u8);
    let count = section.whole("count", 1..=100_000).unwrap_or(1) as usize;
    let class = match may {
        May::Grandmaster => 6,
        May::Receiver => 255,
        May::Ordinary => 248,
    };
    let quality = ClockQuality {
        class: number("class", class),
        accuracy: accuracy(&section).unwrap_or(ClockAccuracy::UNKNOWN),
        variance: 0xffff,
    };
    let properties = if leads {
        time_properties(Flags(0), time::TAI_UTC_LATEST.seconds())
    } else {
        engine::TimeProperties::UNKNOWN
    };
    let plan = NodePlan {
        name: name.text.to_owned(),
        role: if may == May::Receiver { Role::ReceiverOnly } else { Role::Both },
        priorities: (number("priority1", 128), number("priority2", 128)),
        quality,
        time: properties,
        port: port(&section),
        link: link(&section),
        edition: selection::edition(&section),
        domain: section.whole("domain", 0..=239).unwrap_or(0) as u8,
        kind,
        residence: delays::read(&section, "residence").unwrap_or(Delay::constant(0.0)),
        path_trace: section.truth("path_trace").unwrap_or(false),
        selection: selection::read(&section),
        asks: Vec::new(),
        serves: section.whole("serves", 1..=60_000).map_or(0, |most| most as u16),
        servo: servo(&section),
        memory: section
            .quantity("remembers", RATE)
            .map(|rate| FrequencyMemory { rate, uncertainty: 1e-7 }),
        oscillator: oscillator(&section, usual),
        actuator: actuator(&section),
        offset: span(section.quantity("offset", SHIFT).unwrap_or(0.0)),
        stamps: stamps(&section, StampPlan::default()),
        start_s: section.quantity("start", LENGTH).unwrap_or(0.0),
    };
    let names = ["asks", "accepts"].map(|key| section.words(key));
    section.finish("a node");
    (plan, count, names)
}

/// What it is to others.
fn clock_type(section: &Section<'_>) -> ClockKind {
    let kinds = [
        ("clock", ClockKind::Clock),
        ("e2e-transparent", ClockKind::Transparent(DelayMechanism::E2e)),
        ("p2p-transparent", ClockKind::Transparent(DelayMechanism::P2p)),
        ("gptp", ClockKind::Gptp),
    ];
    section.choice("clock_type", &kinds).unwrap_or_default()
}

/// clockAccuracy: the least of the standard's steps that is not below what is said.
pub(super) fn accuracy(section: &Section<'_>) -> Option<ClockAccuracy> {
    let seconds = section.quantity("accuracy", LENGTH)?;
    let step = (0x17..=0x30)
        .map(ClockAccuracy)
        .find(|step| step.picoseconds().is_some_and(|ps| ps as f64 * 1e-12 >= seconds * 0.999_999));
    Some(step.unwrap_or(ClockAccuracy::UNKNOWN))
}

fn port(section: &Section<'_>) -> PortSettings {
    let mechanisms = [
        ("e2e", DelayMechanism::E2e),
        ("p2p", DelayMechanism::P2p),
        ("auto", DelayMechanism::Auto),
        ("none", DelayMechanism::None),
    ];
    let usual = PortSettings::default();
    PortSettings {
        announce: section.quantity("announce", INTERVAL).unwrap_or(usual.announce),
        announce_receipt_timeout: section
            .whole("receipt_timeout", 2..=255)
            .map_or(usual.announce_receipt_timeout, |count| count as u8),
        sync: section.quantity("sync", INTERVAL).unwrap_or(usual.sync),
        min_delay_req: section.quantity("delay_req", INTERVAL).unwrap_or(usual.min_delay_req),
        delay_mechanism: section.choice("delay", &mechanisms).unwrap_or(usual.delay_mechanism),
        hybrid: section.truth("hybrid").unwrap_or(usual.hybrid),
        local_priority: section
            .whole("port_local_priority", 1..=255)
            .map_or(usual.local_priority, |priority| priority as u8),
        announces: section.truth("announces").unwrap_or(usual.announces),
        follow_up_information: section
            .truth("follow_up_information")
            .unwrap_or(usual.follow_up_information),
        multicast: section.truth("multicast").unwrap_or(usual.multicast),
        one_step: section.truth("one_step").unwrap_or(usual.one_step),
        options: options(section),
        ..usual
    }
}

/// What its ports do besides.
fn options(section: &Section<'_>) -> PortOptions {
    let rules =
        [("off", CapableRule::Off), ("auto", CapableRule::Auto), ("require", CapableRule::Require)];
    let usual = CapableSettings::default();
    let rule = section.choice("gptp_capable", &rules).unwrap_or(usual.rule);
    // As G.8275.2 has it: stamped after preamble and start of frame.
    let interface_rate = section.whole("interface_rate", 1..=1_000_000).map(|megabits| {
        let bit_period_as = 1_000_000_000_000 / megabits as u64;
        InterfaceRate { bit_period_as, bits_before: 64, bits_after: 720 }
    });
    PortOptions {
        capable: CapableSettings { rule, ..usual },
        interface_rate,
        alternate: selection::alternates(section),
        ..PortOptions::default()
    }
}

fn link(section: &Section<'_>) -> LinkSettings {
    let usual = LinkSettings::default();
    let time = |key| span(section.quantity(key, TIME).unwrap_or(0.0));
    LinkSettings {
        pdelay: section.quantity("pdelay_req", INTERVAL).unwrap_or(usual.pdelay),
        ingress_latency: time("known_ingress"),
        egress_latency: time("known_egress"),
        asymmetry: time("known_asymmetry"),
        common: section.truth("common_pdelay").unwrap_or(usual.common),
        ..usual
    }
}

fn servo(section: &Section<'_>) -> servo::Settings {
    let kinds = [
        ("kalman", ControlKind::Kalman),
        ("pi-software", ControlKind::PiSoftware),
        ("pi-hardware", ControlKind::PiHardware),
    ];
    let oscillators = [
        ("auto", servo::Oscillator::Auto),
        ("xo", servo::Oscillator::Xo),
        ("tcxo", servo::Oscillator::Tcxo),
        ("ocxo", servo::Oscillator::Ocxo),
        ("rubidium", servo::Oscillator::Rubidium),
    ];
    let usual = servo::Settings::default();
    let length = |key| section.quantity(key, LENGTH);
    servo::Settings {
        control: section.choice("servo", &kinds).unwrap_or(usual.control),
        oscillator: section.choice("believes", &oscillators).unwrap_or(usual.oscillator),
        step: step(section).unwrap_or(usual.step),
        max_step: length("max_step").map(span),
        max_rate: section.quantity("max_rate", LIMIT).unwrap_or(usual.max_rate),
        max_path_delay: length("max_path_delay").map(span),
        asymmetry_bound: length("asymmetry_bound").map_or(usual.asymmetry_bound, span),
        sigma: section.positive("sigma").unwrap_or(usual.sigma),
        jitter: section.quantity("jitter", DURATION).unwrap_or(usual.jitter),
        ..usual
    }
}

fn step(section: &Section<'_>) -> Option<StepPolicy> {
    let word = section.word("step")?;
    let above = word.text.strip_prefix("above ").and_then(units::length);
    let policy = match (word.text, above) {
        ("never", _) => StepPolicy::Never,
        ("first", _) => StepPolicy::First,
        ("always", _) => StepPolicy::Always,
        (_, Some(least)) => StepPolicy::Above(span(least)),
        _ => {
            let allowed = "expected \"never\", \"first\", \"always\" or \"above\" and a time";
            section.problem(word.at, format!("step = \"{}\"", word.text), allowed);
            return None;
        }
    };
    Some(policy)
}

fn oscillator(section: &Section<'_>, usual: OscillatorSettings) -> OscillatorSettings {
    let mut settings = section.choice("clock", OSCILLATORS).unwrap_or(usual);
    settings.rate = section.quantity("rate", RATE).unwrap_or(settings.rate);
    let Some(Inside::Table(table)) = section.inside("oscillator") else { return settings };
    let deviation = table.quantity("adev", LIMIT).map(|adev| adev * adev);
    settings.white = deviation.unwrap_or(settings.white);
    let wander = (units::wander as fn(&str) -> Option<f64>, units::WANDER);
    settings.wander = table.quantity("wander", wander).unwrap_or(settings.wander);
    settings.flicker = table.quantity("flicker", LIMIT).unwrap_or(settings.flicker);
    let ageing = (units::ageing as fn(&str) -> Option<f64>, units::AGEING);
    settings.ageing = table.quantity("ageing", ageing).unwrap_or(settings.ageing);
    let slope = (units::per_kelvin as fn(&str) -> Option<f64>, units::PER_KELVIN);
    settings.temperature[0] = table.quantity("slope", slope).unwrap_or(settings.temperature[0]);
    settings.thermal_lag_s = table.quantity("lag", LENGTH).unwrap_or(settings.thermal_lag_s);
    table.finish("an oscillator");
    settings
}

fn actuator(section: &Section<'_>) -> Actuator {
    let usual = Actuator::default();
    let Some(Inside::Table(table)) = section.inside("actuator") else { return usual };
    let actuator = Actuator {
        resolution: table.quantity("resolution", LIMIT).unwrap_or(usual.resolution),
        max_rate: table.quantity("max", LIMIT).unwrap_or(usual.max_rate),
        latency_s: table.quantity("latency", LENGTH).unwrap_or(usual.latency_s),
    };
    table.finish("an actuator");
    actuator
}

/// What is said of the stamps; what is not is as before.
pub(super) fn stamps(section: &Section<'_>, usual: StampPlan) -> StampPlan {
    let Some(Inside::Table(table)) = section.inside("stamps") else { return usual };
    let length = |key, usual| table.quantity(key, LENGTH).unwrap_or(usual);
    let share = |key, usual| table.quantity(key, SHARE).unwrap_or(usual);
    let stamps = StampPlan {
        resolution_s: length("resolution", usual.resolution_s),
        noise_s: length("noise", usual.noise_s),
        ingress_s: length("ingress", usual.ingress_s),
        egress_s: length("egress", usual.egress_s),
        lost: share("lost", usual.lost),
        unstamped: share("unstamped", usual.unstamped),
        after_s: length("after", usual.after_s),
        late: share("late", usual.late),
        lateness_s: length("lateness", usual.lateness_s),
    };
    table.finish("stamps");
    stamps
}
