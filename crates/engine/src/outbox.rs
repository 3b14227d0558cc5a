//! What was decided and waits to be polled: small values; frames are composed when polled.

use time::{Measurement, Span, Timestamp};
use wire::{MessageType, PortIdentity};

use crate::event::Event;
use crate::inout::OUTPUTS_MAX;
use crate::place::PortIndex;
use crate::ticket::PdelayAnswer;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Pending {
    Send(Draft),
    Measured(Measurement),
    Event(Event),
}

/// A frame to be composed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    pub(crate) instance: u8,
    pub(crate) link: PortIndex,
    pub(crate) sequence: u16,
    pub(crate) ticket: Option<u32>,
    pub(crate) content: Content,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    Announce,
    Sync,
    FollowUp { origin: Timestamp },
    DelayReq,
    DelayResp { received: Timestamp, correction: Span, requesting: PortIdentity },
    PdelayReq,
    PdelayResp { received: Timestamp, answer: PdelayAnswer },
    PdelayRespFollowUp { sent: Timestamp, answer: PdelayAnswer },
}

impl Content {
    pub(crate) const fn kind(&self) -> MessageType {
        match self {
            Content::Announce => MessageType::Announce,
            Content::Sync => MessageType::Sync,
            Content::FollowUp { .. } => MessageType::FollowUp,
            Content::DelayReq => MessageType::DelayReq,
            Content::DelayResp { .. } => MessageType::DelayResp,
            Content::PdelayReq => MessageType::PdelayReq,
            Content::PdelayResp { .. } => MessageType::PdelayResp,
            Content::PdelayRespFollowUp { .. } => MessageType::PdelayRespFollowUp,
        }
    }
}

/// A queue of at most [`OUTPUTS_MAX`].
#[derive(Debug)]
pub(crate) struct Outbox {
    slots: [Option<Pending>; OUTPUTS_MAX],
    first: usize,
    len: usize,
}

impl Outbox {
    pub(crate) const fn new() -> Outbox {
        Outbox { slots: [None; OUTPUTS_MAX], first: 0, len: 0 }
    }

    pub(crate) fn push(&mut self, pending: Pending) {
        assert!(self.len < OUTPUTS_MAX, "one input has more outputs than there is room for");
        self.slots[(self.first + self.len) % OUTPUTS_MAX] = Some(pending);
        self.len += 1;
    }

    pub(crate) fn pop(&mut self) -> Option<Pending> {
        let pending = self.slots[self.first].take()?;
        self.first = (self.first + 1) % OUTPUTS_MAX;
        self.len -= 1;
        Some(pending)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) const fn room(&self) -> usize {
        OUTPUTS_MAX - self.len
    }
}
