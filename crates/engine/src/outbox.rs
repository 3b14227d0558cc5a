//! What was decided and waits to be polled: small values; frames are composed when polled.

use alloc::boxed::Box;

use time::{LogInterval, Measurement, Span, Timestamp};
use wire::{MessageType, PortIdentity, SynchronizationMetadata};

use crate::event::Event;
use crate::follow_up::Information;
use crate::frame_store::FrameSlot;
use crate::inout::OUTPUTS_MAX;
use crate::options::Report;
use crate::place::{Peer, PortIndex};
use crate::reply::Reply;
use crate::signal::Signals;
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
    /// One clock; nobody in particular: the group.
    pub(crate) to: Peer,
    pub(crate) sequence: u16,
    pub(crate) ticket: Option<u32>,
    pub(crate) content: Content,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    Announce {
        interval: LogInterval,
    },
    Sync,
    OneStepSync,
    FollowUp {
        origin: Timestamp,
        correction: Span,
        information: Option<Information>,
    },
    DelayReq,
    DelayResp {
        received: Timestamp,
        correction: Span,
        requesting: PortIdentity,
    },
    /// A Delay_Resp to linuxptp's NetSync Monitor.
    NetSyncResp {
        received: Timestamp,
        correction: Span,
        requesting: PortIdentity,
    },
    PdelayReq,
    PdelayResp {
        received: Timestamp,
        answer: PdelayAnswer,
    },
    PdelayRespFollowUp {
        sent: Timestamp,
        answer: PdelayAnswer,
    },
    Signaling(Signals),
    /// What the port's monitor holds.
    Report(Report),
    Forward(Forward),
    /// An answer to a management message.
    Managed(Reply),
    /// In a management message too.
    Metadata(SynchronizationMetadata),
    /// The management message that is being passed on.
    PassManagement,
}

/// A frame that is passed on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forward {
    pub(crate) slot: FrameSlot,
    pub(crate) kind: MessageType,
    /// Added to its correction.
    pub(crate) grows: Span,
    /// stepsRemoved, should it change.
    pub(crate) steps: Option<u16>,
}

impl Content {
    pub(crate) const fn kind(&self) -> MessageType {
        match self {
            Content::Announce { .. } => MessageType::Announce,
            Content::Sync | Content::OneStepSync => MessageType::Sync,
            Content::FollowUp { .. } => MessageType::FollowUp,
            Content::DelayReq => MessageType::DelayReq,
            Content::DelayResp { .. } | Content::NetSyncResp { .. } => MessageType::DelayResp,
            Content::PdelayReq => MessageType::PdelayReq,
            Content::PdelayResp { .. } => MessageType::PdelayResp,
            Content::PdelayRespFollowUp { .. } => MessageType::PdelayRespFollowUp,
            Content::Signaling(_) | Content::Report(_) => MessageType::Signaling,
            Content::Forward(forward) => forward.kind,
            Content::Managed(_) | Content::Metadata(_) | Content::PassManagement => {
                MessageType::Management
            }
        }
    }
}

/// Outputs there is room for however small the engine is, and more for each port.
const OUTPUTS_LEAST: usize = 24;
const OUTPUTS_EACH: usize = 4;

/// A queue of at most [`OUTPUTS_MAX`], less where there are few ports.
#[derive(Debug)]
pub(crate) struct Outbox {
    slots: Box<[Option<Pending>]>,
    first: usize,
    len: usize,
}

impl Outbox {
    /// For an engine with so many ports in all of its instances.
    pub(crate) fn new(ports: usize) -> Outbox {
        let room = (OUTPUTS_LEAST + OUTPUTS_EACH * ports).min(OUTPUTS_MAX);
        Outbox { slots: alloc::vec![None; room].into(), first: 0, len: 0 }
    }

    pub(crate) fn push(&mut self, pending: Pending) {
        assert!(self.room() > 0, "one input has more outputs than there is room for");
        let place = (self.first + self.len) % self.slots.len();
        self.slots[place] = Some(pending);
        self.len += 1;
    }

    pub(crate) fn pop(&mut self) -> Option<Pending> {
        let pending = self.slots[self.first].take()?;
        self.len -= 1;
        // Beginning anew where it began keeps what most inputs need in few lines of the cache.
        self.first = if self.len == 0 { 0 } else { (self.first + 1) % self.slots.len() };
        Some(pending)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) const fn room(&self) -> usize {
        self.slots.len() - self.len
    }
}
