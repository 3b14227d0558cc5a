//! What telecom boundary and slave clocks may generate (ITU-T G.8273.2, noise generation), as far
//! as the published summaries give it. Times are in seconds. `None`: the class has no such limit,
//! or none for that observation time.

/// How good a clock says that it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Class {
    /// The widest limits.
    A,
    /// Tighter constant error.
    B,
    /// For short chains with enhanced synchronous Ethernet.
    C,
    /// Only a limit on the filtered total error.
    D,
}

impl Class {
    /// All, the widest first.
    pub const ALL: [Class; 4] = [Class::A, Class::B, Class::C, Class::D];

    const fn limits(self) -> &'static Limits {
        match self {
            Class::A => &A,
            Class::B => &B,
            Class::C => &C,
            Class::D => &D,
        }
    }
}

const NANOSECOND: f64 = 1e-9;
/// The longest observation that the constant-temperature limits are for.
const OBSERVED: f64 = 1000.0;

/// In nanoseconds.
struct Limits {
    total: Option<f64>,
    total_filtered: Option<f64>,
    constant: Option<f64>,
    mtie: Option<f64>,
    tdev: Option<f64>,
    high_frequency: Option<f64>,
}

const A: Limits = Limits {
    total: Some(100.0),
    total_filtered: None,
    constant: Some(50.0),
    mtie: Some(40.0),
    tdev: Some(4.0),
    high_frequency: Some(70.0),
};
const B: Limits = Limits { total: Some(70.0), constant: Some(20.0), ..A };
const C: Limits = Limits {
    total: Some(30.0),
    total_filtered: None,
    constant: Some(10.0),
    mtie: Some(10.0),
    tdev: Some(2.0),
    high_frequency: Some(30.0),
};
const D: Limits = Limits {
    total: None,
    total_filtered: Some(5.0),
    constant: None,
    mtie: None,
    tdev: None,
    high_frequency: None,
};

/// The largest time error, unfiltered, over 1000 s.
pub fn total(class: Class) -> Option<f64> {
    class.limits().total.map(|limit| limit * NANOSECOND)
}

/// The largest time error behind a low-pass filter of 0.1 Hz.
pub fn total_filtered(class: Class) -> Option<f64> {
    class.limits().total_filtered.map(|limit| limit * NANOSECOND)
}

/// The constant time error: the mean over 1000 s.
pub fn constant(class: Class) -> Option<f64> {
    class.limits().constant.map(|limit| limit * NANOSECOND)
}

/// The maximum time interval error of the low-passed error at constant temperature.
pub fn mtie(class: Class, tau: f64) -> Option<f64> {
    class.limits().mtie.filter(|_| (0.0..=OBSERVED).contains(&tau)).map(|limit| limit * NANOSECOND)
}

/// The time deviation of the low-passed error at constant temperature.
pub fn tdev(class: Class, tau: f64) -> Option<f64> {
    class.limits().tdev.filter(|_| (0.0..=OBSERVED).contains(&tau)).map(|limit| limit * NANOSECOND)
}

/// The peak-to-peak time error behind a high-pass filter of 0.1 Hz.
pub fn high_frequency(class: Class) -> Option<f64> {
    class.limits().high_frequency.map(|limit| limit * NANOSECOND)
}
