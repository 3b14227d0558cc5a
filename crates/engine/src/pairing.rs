//! Sync and its Follow_Up, in whichever order they arrive (11.2).

use time::{Span, Stamp, Timestamp};

/// A two-step Sync that arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SyncHalf {
    pub(crate) sequence: u16,
    pub(crate) received: Stamp,
    pub(crate) correction: Span,
}

/// A Follow_Up that arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FollowUpHalf {
    pub(crate) sequence: u16,
    pub(crate) origin: Timestamp,
    pub(crate) correction: Span,
}

/// Both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) sequence: u16,
    pub(crate) origin: Timestamp,
    pub(crate) received: Stamp,
    pub(crate) correction: Span,
}

/// What waits for its other half.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pairing {
    waiting: Option<Half>,
    complete: Option<u16>,
}

#[derive(Clone, Copy, Debug)]
enum Half {
    Sync(SyncHalf),
    FollowUp(FollowUpHalf),
}

/// What a half led to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paired {
    Complete(Pair),
    Waiting,
    Duplicate,
}

impl Pairing {
    pub(crate) const fn new() -> Pairing {
        Pairing { waiting: None, complete: None }
    }

    pub(crate) fn sync(&mut self, sync: SyncHalf) -> Paired {
        if self.complete == Some(sync.sequence) {
            return Paired::Duplicate;
        }
        match self.waiting {
            Some(Half::FollowUp(follow_up)) if follow_up.sequence == sync.sequence => {
                self.join(sync, follow_up)
            }
            Some(Half::Sync(waiting)) if waiting.sequence == sync.sequence => Paired::Duplicate,
            _ => {
                self.waiting = Some(Half::Sync(sync));
                Paired::Waiting
            }
        }
    }

    pub(crate) fn follow_up(&mut self, follow_up: FollowUpHalf) -> Paired {
        if self.complete == Some(follow_up.sequence) {
            return Paired::Duplicate;
        }
        match self.waiting {
            Some(Half::Sync(sync)) if sync.sequence == follow_up.sequence => {
                self.join(sync, follow_up)
            }
            Some(Half::FollowUp(waiting)) if waiting.sequence == follow_up.sequence => {
                Paired::Duplicate
            }
            Some(Half::Sync(sync)) if newer(sync.sequence, follow_up.sequence) => Paired::Duplicate,
            _ => {
                self.waiting = Some(Half::FollowUp(follow_up));
                Paired::Waiting
            }
        }
    }

    /// A one-step Sync needs no other half.
    pub(crate) fn one_step(&mut self, sequence: u16) -> bool {
        self.waiting = None;
        self.complete.replace(sequence) != Some(sequence)
    }

    fn join(&mut self, sync: SyncHalf, follow_up: FollowUpHalf) -> Paired {
        self.waiting = None;
        self.complete = Some(sync.sequence);
        Paired::Complete(Pair {
            sequence: sync.sequence,
            origin: follow_up.origin,
            received: sync.received,
            correction: sync.correction + follow_up.correction,
        })
    }
}

/// Whether `a` comes after `b`, as sequence numbers wrap.
const fn newer(a: u16, b: u16) -> bool {
    a != b && a.wrapping_sub(b) < 0x8000
}
