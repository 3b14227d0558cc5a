//! What `zeitgeber status --json` prints.
//!
//! Lengths of time are in nanoseconds and rates in parts per 10^9; what is not known is `null`.
//! A positive offset means that we are ahead of the source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::accuracy::Accuracy;
use crate::identity::Identity;
use crate::managed::ManagedSetting;
use crate::smpte::Smpte;

/// The version of the protocol's meaning.
pub const SCHEMA: u32 = 1;

/// Everything about the daemon and its clock at one moment.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Status {
    /// The version of this object's meaning.
    pub schema: u32,
    /// The daemon's version.
    #[serde(default)]
    pub version: String,
    /// The daemon's process.
    #[serde(default)]
    pub pid: u32,
    /// domainNumber of the instance.
    #[serde(default)]
    pub domain: u8,
    /// The clock that is disciplined.
    pub clock: Clock,
    /// What it may become.
    pub role: ClockRole,
    /// What it does.
    pub state: ClockState,
    /// For how many seconds it has been in this state.
    #[serde(default)]
    pub since_s: u64,
    /// Why it is not better than this, in plain words.
    #[serde(default)]
    pub reason: Option<String>,
    /// How far ahead of the source it is believed to be.
    pub offset_ns: Option<f64>,
    /// The root of the mean square of recent offsets.
    pub offset_rms_ns: Option<f64>,
    /// The mean path delay.
    pub mean_delay_ns: Option<f64>,
    /// How much faster the clock is made to run than its oscillator.
    pub rate_ppb: Option<f64>,
    /// How wrong the offset may be as far as chance goes.
    pub bound_random_ns: Option<f64>,
    /// How wrong the clock may be in all.
    pub bound_ns: Option<f64>,
    /// A virtual clock against the system's clock, where both exist.
    pub true_error_ns: Option<f64>,
    /// The port that it follows.
    pub parent: Option<Parent>,
    /// The clock at the root.
    pub grandmaster: Option<Grandmaster>,
    /// stepsRemoved: 1 for who follows the grandmaster itself, one more for each clock in between.
    pub steps_removed: Option<u16>,
    /// What the source says of its time.
    pub time_properties: Option<TimeProperties>,
    /// Where the inaccuracy of the source's time comes from, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<Accuracy>,
    /// How much faster the grandmaster runs than our clock, where that is passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grandmaster_rate_ppb: Option<f64>,
    /// TAI - UTC that is used, in seconds.
    #[serde(default)]
    pub utc_offset: Option<i16>,
    /// How often the clock was stepped.
    #[serde(default)]
    pub steps: u64,
    /// Other domains that are measured, and not followed.
    #[serde(default)]
    pub domains: Vec<Domain>,
    /// The ports, in the order of their numbers.
    pub ports: Vec<Port>,
    /// Traffic that is not for us, by name.
    #[serde(default)]
    pub heard: Vec<Heard>,
    /// What is said of frames and local time (SMPTE ST 2059-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smpte: Option<Smpte>,
    /// What management messages have set over the configuration.
    #[serde(default)]
    pub managed: Vec<ManagedSetting>,
    /// What a person should know besides.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The rights that the daemon still has, as the kernel names them.
    #[serde(default)]
    pub capabilities: Vec<String>,
}

impl Status {
    /// Of a daemon that has just started and knows nothing.
    pub fn new(clock: Clock, role: ClockRole) -> Status {
        Status {
            schema: SCHEMA,
            version: String::new(),
            pid: 0,
            domain: 0,
            clock,
            role,
            state: ClockState::Listening,
            since_s: 0,
            reason: None,
            offset_ns: None,
            offset_rms_ns: None,
            mean_delay_ns: None,
            rate_ppb: None,
            bound_random_ns: None,
            bound_ns: None,
            true_error_ns: None,
            parent: None,
            grandmaster: None,
            steps_removed: None,
            time_properties: None,
            accuracy: None,
            grandmaster_rate_ppb: None,
            utc_offset: None,
            steps: 0,
            domains: Vec::new(),
            ports: Vec::new(),
            heard: Vec::new(),
            smpte: None,
            managed: Vec::new(),
            notes: Vec::new(),
            capabilities: Vec::new(),
        }
    }
}

/// The clock that is disciplined.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Clock {
    /// clockIdentity.
    pub identity: Identity,
    /// What it is.
    pub kind: ClockKind,
    /// What it counts.
    pub timescale: Timescale,
}

/// What a clock is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// The system's clock.
    System,
    /// A software clock.
    Virtual,
    /// The system's clock, measured and never moved.
    Observe,
    /// A network card's clock.
    Hardware,
}

/// What a clock counts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timescale {
    /// The arbitrary timescale.
    Arb,
    /// International Atomic Time.
    Tai,
    /// Coordinated Universal Time.
    Utc,
}

/// What a clock may become.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockRole {
    /// Whatever the best clock algorithm decides.
    Both,
    /// Never a time transmitter.
    ClientOnly,
    /// Never a time receiver.
    ServerOnly,
}

/// What a clock does.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockState {
    /// It follows nobody and leads nobody.
    Listening,
    /// It has a source and is not yet on its time.
    Acquiring,
    /// It follows its source.
    Locked,
    /// It lost its source and lives on what it learned.
    Holdover,
    /// It leads.
    Grandmaster,
    /// It can do nothing.
    Faulty,
}

impl ClockState {
    /// In one word, for people; the same as in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            ClockState::Listening => "listening",
            ClockState::Acquiring => "acquiring",
            ClockState::Locked => "locked",
            ClockState::Holdover => "holdover",
            ClockState::Grandmaster => "grandmaster",
            ClockState::Faulty => "faulty",
        }
    }
}

/// The port that a clock follows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Parent {
    /// Its clock's identity.
    pub identity: Identity,
    /// Its number.
    pub port: u16,
    /// Where it sends from, if that is known.
    #[serde(default)]
    pub address: Option<String>,
}

/// The clock at the root.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Grandmaster {
    /// grandmasterIdentity.
    pub identity: Identity,
    /// grandmasterPriority1.
    pub priority1: u8,
    /// grandmasterPriority2.
    pub priority2: u8,
    /// clockClass.
    pub class: u8,
    /// clockAccuracy.
    pub accuracy: u8,
    /// offsetScaledLogVariance.
    pub variance: u16,
}

/// What the source says of its time (8.2.4).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TimeProperties {
    /// currentUtcOffset, in seconds.
    pub utc_offset: i16,
    /// currentUtcOffsetValid.
    pub utc_offset_valid: bool,
    /// leap59.
    pub leap59: bool,
    /// leap61.
    pub leap61: bool,
    /// timeTraceable.
    pub time_traceable: bool,
    /// frequencyTraceable.
    pub frequency_traceable: bool,
    /// ptpTimescale.
    pub ptp_timescale: bool,
    /// timeSource.
    pub time_source: u8,
}

/// A domain that is measured, and not followed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Domain {
    /// domainNumber.
    pub domain: u8,
    /// How well it is measured: locked is well.
    pub state: ClockState,
    /// The port that is measured.
    pub parent: Option<Parent>,
    /// The clock at the root.
    pub grandmaster: Option<Grandmaster>,
    /// How far our clock is ahead of that domain's time.
    pub offset_ns: Option<f64>,
    /// How wrong that may be in all.
    pub bound_ns: Option<f64>,
}

/// One port.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Port {
    /// portNumber.
    pub number: u16,
    /// Its network interface.
    pub interface: String,
    /// What it does.
    pub state: PortState,
    /// Who stamps its messages.
    #[serde(default)]
    pub timestamping: Option<String>,
    /// meanLinkDelay, where the peer delay mechanism runs.
    #[serde(default)]
    pub link_delay_ns: Option<f64>,
    /// How much faster the neighbour's clock runs than ours (neighborRateRatio less one).
    #[serde(default)]
    pub neighbor_rate_ppb: Option<f64>,
    /// Whether the neighbour does gPTP (asCapable); nothing where nobody asks.
    #[serde(default)]
    pub capable: Option<bool>,
    /// The alternate time transmitters that it knows, and does not follow (17.3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternates: Vec<Parent>,
    /// What others on its wire say of how they can be reached and of their physical layer, in plain
    /// words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// Messages by kind and direction, discards by reason.
    pub counters: BTreeMap<String, u64>,
    /// Unicast service, where there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unicast: Option<crate::unicast::Unicast>,
}

/// What a port does (9.2.5).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortState {
    /// INITIALIZING.
    Initializing,
    /// FAULTY.
    Faulty,
    /// DISABLED.
    Disabled,
    /// LISTENING.
    Listening,
    /// PRE_MASTER.
    #[serde(alias = "pre-master")]
    PreTransmitter,
    /// MASTER.
    #[serde(alias = "master")]
    Transmitter,
    /// PASSIVE.
    Passive,
    /// UNCALIBRATED.
    Uncalibrated,
    /// SLAVE.
    #[serde(alias = "slave")]
    Receiver,
}

impl PortState {
    /// The word of the edition of 2008, which other programs print.
    pub fn word_2008(self) -> &'static str {
        match self {
            PortState::Initializing => "INITIALIZING",
            PortState::Faulty => "FAULTY",
            PortState::Disabled => "DISABLED",
            PortState::Listening => "LISTENING",
            PortState::PreTransmitter => "PRE_MASTER",
            PortState::Transmitter => "MASTER",
            PortState::Passive => "PASSIVE",
            PortState::Uncalibrated => "UNCALIBRATED",
            PortState::Receiver => "SLAVE",
        }
    }
}

/// Traffic that is not for us.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Heard {
    /// What it was, in plain words: `domain 127, we are 0`.
    pub what: String,
    /// On which port number.
    #[serde(default)]
    pub port: u16,
    /// How many messages.
    pub count: u64,
    /// How many seconds ago the last one came.
    #[serde(default)]
    pub last_s: u64,
}
