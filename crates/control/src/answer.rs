//! What the daemon answers.

use serde::{Deserialize, Serialize};

use crate::performance::Performance;
use crate::status::Status;

/// One line from the daemon.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// To a request for it, or because it is subscribed.
    Status(Box<Status>),
    /// To a request for it.
    Version(Version),
    /// To a request for it.
    Performance(Performance),
    /// Because events are subscribed.
    Event(Event),
    /// The configuration was read again.
    Reloaded(Reloaded),
    /// The request was not fulfilled.
    Error(Failure),
}

/// Who answers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Version {
    /// [`SCHEMA`](crate::SCHEMA).
    pub schema: u32,
    /// The daemon's version.
    pub version: String,
    /// The daemon's process.
    pub pid: u32,
}

/// Something that happened.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Event {
    /// Counts all events; a gap means that some were not delivered.
    pub number: u64,
    /// The daemon's monotonic clock, in nanoseconds.
    pub mono_ns: u64,
    /// Its kind, for programs.
    pub kind: String,
    /// Its port number; 0 for the clock's own.
    #[serde(default)]
    pub port: u16,
    /// What happened, for people.
    pub text: String,
}

/// What a reload did.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reloaded {
    /// Options that have their new value now.
    pub applied: Vec<String>,
    /// Options that changed and get their new value with the next start.
    pub needs_restart: Vec<String>,
    /// What the configuration was warned of.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// Why a request was not fulfilled.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Failure {
    /// For programs.
    pub kind: FailureKind,
    /// For people.
    pub text: String,
}

/// Why a request was not fulfilled.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// It is not a request.
    Malformed,
    /// It is longer than [`REQUEST_MAX`](crate::REQUEST_MAX).
    TooLong,
    /// There is no such request, or no such thing to get.
    Unknown,
    /// The client may not.
    Forbidden,
    /// The new configuration is wrong; the old one stays.
    Configuration,
    /// The daemon is in no condition to do it.
    Unavailable,
}

impl Failure {
    /// Because of `kind`, with a text for people.
    pub fn new(kind: FailureKind, text: impl Into<String>) -> Failure {
        Failure { kind, text: text.into() }
    }
}

impl Answer {
    /// Reads one line.
    ///
    /// # Errors
    ///
    /// It is not an answer that this version knows.
    pub fn parse(line: &[u8]) -> Result<Answer, serde_json::Error> {
        serde_json::from_slice(line)
    }

    /// Appends it to `out` as one line with its end.
    pub fn write_line(&self, out: &mut Vec<u8>) {
        serde_json::to_writer(&mut *out, self).expect("an answer has only texts as keys");
        out.push(b'\n');
    }
}
