//! Synchronisation metadata of SMPTE ST 2059-2: what a leader says of frames, local time and jams.

use time::Mono;
use wire::{PortIdentity, SynchronizationMetadata};

use crate::site::Sequence;

/// What an instance keeps of it.
#[derive(Debug)]
pub(crate) struct Metadata {
    /// Of whom we follow, as it came last.
    pub(crate) heard: Option<(PortIdentity, SynchronizationMetadata)>,
    pub(crate) due: Mono,
    pub(crate) sequence: Sequence,
}

impl Metadata {
    pub(crate) const fn new(first_sequence: u16, now: Mono) -> Metadata {
        Metadata { heard: None, due: now, sequence: Sequence::starting_at(first_sequence) }
    }
}
