//! What may change while an engine runs.

use core::fmt;

use wire::{ClockQuality, SynchronizationMetadata};

use crate::alternate::{ALTERNATES_MAX, AlternateTimescale};
use crate::dataset::TimeProperties;
use crate::place::{LinkAddress, PortIndex};
use crate::settings::{LinkSettings, PortSettings, Role, SettingsError};

/// A change, applied between inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delta {
    /// How good we say we are, and what we may become.
    Clock {
        /// Which instance.
        instance: u8,
        /// priority1.
        priority1: u8,
        /// priority2.
        priority2: u8,
        /// clockQuality.
        quality: ClockQuality,
        /// What it may become.
        role: Role,
    },
    /// What to say of our own time when we lead.
    Time {
        /// Which instance.
        instance: u8,
        /// What to say.
        time: TimeProperties,
    },
    /// What to contend with in place of clockQuality, while it holds (17.7); nothing: clockQuality.
    Contend {
        /// Which instance.
        instance: u8,
        /// What to say of ourselves.
        quality: Option<ClockQuality>,
    },
    /// The other timescales that we tell of when we lead; as many as there are places for.
    Alternates {
        /// Which instance.
        instance: u8,
        /// What to tell of them.
        alternates: [Option<AlternateTimescale>; ALTERNATES_MAX],
    },
    /// Intervals and the like; not the delay mechanism nor the size of tables.
    Port {
        /// Which instance.
        instance: u8,
        /// Which of its ports.
        port: PortIndex,
        /// All of its settings.
        settings: PortSettings,
    },
    /// Latencies, asymmetry and the peer delay interval of an interface.
    Link {
        /// Which interface.
        port: PortIndex,
        /// All of its settings.
        settings: LinkSettings,
    },
    /// What management messages have set of our own time is forgotten.
    Forget {
        /// Of which instance.
        instance: u8,
    },
    /// What we say of frames and local time when we lead (SMPTE ST 2059-2).
    Metadata {
        /// Of which instance.
        instance: u8,
        /// What, if anything.
        metadata: Option<SynchronizationMetadata>,
    },
    /// Where an interface can be reached.
    Address {
        /// Which interface.
        port: PortIndex,
        /// Where.
        address: LinkAddress,
    },
}

/// Why a change was not made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// There is no such instance or port.
    Absent,
    /// The new settings are none an engine could be built from.
    Settings(SettingsError),
    /// This needs a new engine.
    NotWhileRunning(&'static str),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Absent => f.write_str("there is no such instance or port"),
            Refused::Settings(error) => error.fmt(f),
            Refused::NotWhileRunning(what) => write!(f, "{what} cannot change while running"),
        }
    }
}

impl core::error::Error for Refused {}
