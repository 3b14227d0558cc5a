//! What every decision may use: the moment, the queue of outputs, chance, tickets.

use core::time::Duration;

use time::{Measurement, Mono};

use crate::event::{Discard, Event};
use crate::outbox::{Draft, Outbox, Pending};
use crate::place::PortIndex;
use crate::random::Random;
use crate::ticket::{Purpose, Tickets};

pub(crate) struct Context<'a> {
    pub(crate) now: Mono,
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) random: &'a mut Random,
    pub(crate) tickets: &'a mut Tickets,
    pub(crate) stamp_timeout: Duration,
}

impl Context<'_> {
    pub(crate) fn event(&mut self, event: Event) {
        self.outbox.push(Pending::Event(event));
    }

    pub(crate) fn discard(&mut self, port: PortIndex, reason: Discard) {
        self.event(Event::Discarded { port, reason });
    }

    pub(crate) fn send(&mut self, draft: Draft) {
        self.outbox.push(Pending::Send(draft));
    }

    pub(crate) fn measured(&mut self, measurement: Measurement) {
        self.outbox.push(Pending::Measured(measurement));
    }

    /// A ticket for a frame about to be sent; nothing when too many stamps are owed.
    pub(crate) fn ticket(&mut self, purpose: Purpose) -> Option<u32> {
        self.tickets.issue(purpose, self.now + self.stamp_timeout)
    }
}

/// When a timer of this interval that was due at `due` is due again: in step, but not in arrears.
pub(crate) fn next_due(due: Mono, interval: Duration, now: Mono) -> Mono {
    let next = due + interval;
    if next > now { next } else { now + interval }
}
