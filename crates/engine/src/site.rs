//! What a role needs of the port it plays on.

use time::Span;
use wire::PortIdentity;

use crate::context::Context;
use crate::event::Discard;
use crate::outbox::{Content, Draft};
use crate::place::{Peer, PortIndex};
use crate::settings::{LinkSettings, PortSettings};
use crate::ticket::Purpose;

/// The counters of what a port sends (7.3.7).
#[derive(Debug, Default)]
pub(crate) struct Sequences {
    pub(crate) announce: Sequence,
    pub(crate) sync: Sequence,
    pub(crate) delay_req: Sequence,
    pub(crate) signaling: Sequence,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Sequence(u16);

impl Sequence {
    pub(crate) const fn starting_at(first: u16) -> Sequence {
        Sequence(first)
    }

    /// What [`Sequence::next`] will say.
    pub(crate) const fn upcoming(&self) -> u16 {
        self.0
    }

    pub(crate) const fn next(&mut self) -> u16 {
        let next = self.0;
        self.0 = next.wrapping_add(1);
        next
    }
}

/// What a role needs of the port it plays on.
pub(crate) struct Site<'a> {
    pub(crate) identity: PortIdentity,
    pub(crate) link: PortIndex,
    pub(crate) instance: u8,
    pub(crate) settings: &'a PortSettings,
    pub(crate) link_settings: &'a LinkSettings,
    pub(crate) sequences: &'a mut Sequences,
    /// Whether Sync is passed on, not made.
    pub(crate) relays: bool,
    /// delayAsymmetry, with what different rates of interfaces add (7.4.2).
    pub(crate) asymmetry: Span,
}

impl Site<'_> {
    pub(crate) const fn draft(
        &self,
        sequence: u16,
        ticket: Option<u32>,
        content: Content,
    ) -> Draft {
        let to = Peer::None;
        Draft { instance: self.instance, link: self.link, to, sequence, ticket, content }
    }

    /// Sends a Sync: in one step, or with a ticket for the stamp that its Follow_Up will carry.
    pub(crate) fn send_sync(
        &self,
        to: Peer,
        sequence: u16,
        purpose: Purpose,
        ctx: &mut Context<'_>,
    ) {
        if self.settings.one_step {
            return ctx.send(Draft { to, ..self.draft(sequence, None, Content::OneStepSync) });
        }
        match ctx.ticket(purpose) {
            Some(ticket) => {
                ctx.send(Draft { to, ..self.draft(sequence, Some(ticket), Content::Sync) });
            }
            None => ctx.discard(self.link, Discard::TicketTable),
        }
    }
}
