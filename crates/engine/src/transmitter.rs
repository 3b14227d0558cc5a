//! TIME_TRANSMITTER: Announce and Sync at their intervals, answers to Delay_Req (9.5).

use time::{Mono, Stamp, Timestamp};
use wire::{Flags, Header};

use crate::context::{Context, next_due};
use crate::event::Discard;
use crate::follow_up::{Information, Relayed};
use crate::outbox::{Content, Draft};
use crate::place::Peer;
use crate::settings::PortSettings;
use crate::site::Site;
use crate::ticket::Purpose;

#[derive(Debug)]
pub(crate) struct Transmitter {
    announce_at: Mono,
    sync_at: Mono,
}

impl Transmitter {
    /// Begins at once, or never if the group gets nothing.
    pub(crate) const fn new(settings: &PortSettings, now: Mono) -> Transmitter {
        let first = if settings.multicast { now } else { Mono::NEVER };
        let announce_at = if settings.announces { first } else { Mono::NEVER };
        Transmitter { announce_at, sync_at: first }
    }

    pub(crate) fn deadline(&self) -> Mono {
        self.announce_at.min(self.sync_at)
    }

    /// Nothing is due later than one interval from now.
    pub(crate) fn hasten(&mut self, settings: &PortSettings, now: Mono) {
        if !settings.multicast {
            *self = Transmitter::new(settings, now);
            return;
        }
        if settings.announces {
            self.announce_at = self.announce_at.min(now + settings.announce.duration());
        }
        self.sync_at = self.sync_at.min(now + settings.sync.duration());
    }

    /// Whether Sync and Announce are sent.
    pub(crate) fn speaks(&self) -> (bool, bool) {
        (self.sync_at != Mono::NEVER, self.announce_at != Mono::NEVER)
    }

    /// Sends no Sync, or no Announce, any more.
    pub(crate) const fn silence(&mut self, sync: bool, announce: bool) {
        if sync {
            self.sync_at = Mono::NEVER;
        }
        if announce {
            self.announce_at = Mono::NEVER;
        }
    }

    /// Sends what is due, Sync first.
    pub(crate) fn on_timeout(&mut self, site: &mut Site<'_>, ctx: &mut Context<'_>) {
        if self.sync_at <= ctx.now {
            self.sync_at = next_due(self.sync_at, site.settings.sync.duration(), ctx.now);
            // A relay speaks when it is spoken to.
            if !site.relays {
                let sequence = site.sequences.sync.next();
                let purpose =
                    Purpose::Sync { instance: site.instance, port: site.link.0, sequence };
                site.send_sync(Peer::None, sequence, purpose, ctx);
            }
        }
        if self.announce_at <= ctx.now {
            self.announce_at =
                next_due(self.announce_at, site.settings.announce.duration(), ctx.now);
            let sequence = site.sequences.announce.next();
            let interval = site.settings.announce;
            ctx.send(site.draft(sequence, None, Content::Announce { interval }));
        }
    }
}

/// Sends a Sync that a relay passes on: a Follow_Up comes after it.
pub(crate) fn relay_sync(site: &mut Site<'_>, ctx: &mut Context<'_>) {
    let sequence = site.sequences.sync.next();
    let purpose = Purpose::Sync { instance: site.instance, port: site.link.0, sequence };
    match ctx.ticket(purpose) {
        Some(ticket) => ctx.send(site.draft(sequence, Some(ticket), Content::Sync)),
        None => ctx.discard(site.link, Discard::TicketTable),
    }
}

/// When a Sync left, its Follow_Up goes out.
pub(crate) fn follow_up(
    site: &Site<'_>,
    sequence: u16,
    (left, relayed): (Timestamp, Option<&Relayed>),
    ctx: &mut Context<'_>,
) {
    let informed = site.settings.follow_up_information;
    let content = match relayed {
        Some(relayed) => Content::FollowUp {
            origin: relayed.origin,
            correction: relayed.correction(left),
            information: informed.then_some(relayed.information),
        },
        None => Content::FollowUp {
            origin: left,
            correction: left.fraction(),
            information: informed.then_some(Information::OWN),
        },
    };
    ctx.send(site.draft(sequence, None, content));
}

/// Answers a Delay_Req that arrived at `received` (11.3.2).
pub(crate) fn answer_delay_req(
    site: &Site<'_>,
    (request, from): (&Header, Peer),
    received: Option<Stamp>,
    ctx: &mut Context<'_>,
) {
    let Some(received) = received else {
        return ctx.discard(site.link, Discard::NoStamp);
    };
    if request.flags.has(Flags::ALTERNATE_TIME_TRANSMITTER) {
        return ctx.discard(site.link, Discard::AlternateTransmitter);
    }
    let content = Content::DelayResp {
        received: received.time,
        correction: request.correction,
        requesting: request.source,
    };
    // Who asks in unicast is answered in unicast (11.3.2).
    let to = if request.flags.has(Flags::UNICAST) { from } else { Peer::None };
    ctx.send(Draft { to, sequence: request.sequence_id, ..site.draft(0, None, content) });
}
