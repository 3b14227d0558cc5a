//! UNCALIBRATED and TIME_RECEIVER: Sync, Follow_Up, and the parent's delay (11.2, 11.3).

use core::time::Duration;

use time::{Exchange, LogInterval, Measurement, Mono, Span, Stamp, Timestamp};
use wire::{Flags, Header, MessageType, PortIdentity, Response};

use crate::context::{Context, next_due};
use crate::event::{Discard, Event};
use crate::follow_up::Information;
use crate::outbox::{Content, Draft};
use crate::pairing::{FollowUpHalf, Pair, Paired, Pairing, SyncHalf};
use crate::place::Peer;
use crate::settings::{DelayMechanism, usable};
use crate::site::Site;
use crate::ticket::Purpose;

/// Delay_Req whose answers are awaited.
const REQUESTS_MAX: usize = 4;

/// The first Delay_Req follows the first Sync after at most this.
const FIRST_REQUEST: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) parent: PortIdentity,
    pub(crate) announce_timeout: Mono,
    source: u32,
    pairing: Pairing,
    request_at: Mono,
    request_interval: LogInterval,
    requests: [Option<Request>; REQUESTS_MAX],
    pub(crate) asking: Asking,
    /// Delay_Req since the last answer.
    unanswered: u8,
    /// When Sync stayed away for too long (802.1AS 10.7.3.1).
    sync_timeout: Mono,
    sync_interval: LogInterval,
    /// What the latest Follow_Up says of its way.
    pub(crate) information: Option<Information>,
    /// A Sync that was not passed on yet.
    pub(crate) fresh: Option<Pair>,
    /// The way of the latest Sync, offset and all, and when it arrived.
    way: Option<(Stamp, Span)>,
    /// meanPathDelay of the latest exchange (11.3.1).
    mean_delay: Option<Span>,
}

/// Whom Delay_Req goes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asking {
    /// The group.
    All,
    /// The parent alone, until it leaves some unanswered; then the group (mixed mode).
    WhileAnswered(Peer),
    /// The parent alone, at an interval that it granted.
    Alone(Peer, Option<LogInterval>),
    /// Nobody: it is not agreed upon.
    Nobody,
}

/// Unanswered Delay_Req after which unicast is given up.
const PATIENCE: u8 = 4;

impl Asking {
    /// The parent is heard from there.
    pub(crate) fn move_to(&mut self, from: Peer) {
        if let Asking::WhileAnswered(peer) = self {
            *peer = from;
        }
    }

    const fn to(self) -> Peer {
        match self {
            Asking::All | Asking::Nobody => Peer::None,
            Asking::WhileAnswered(peer) | Asking::Alone(peer, _) => peer,
        }
    }
}

/// A Delay_Req under way.
#[derive(Clone, Copy, Debug)]
struct Request {
    sequence: u16,
    sent: Option<Stamp>,
    answer: Option<(Timestamp, Span)>,
}

impl Receiver {
    pub(crate) const fn new(
        (parent, source): (PortIdentity, u32),
        announce_timeout: Mono,
        request_interval: LogInterval,
        asking: Asking,
    ) -> Receiver {
        Receiver {
            parent,
            announce_timeout,
            source,
            pairing: Pairing::new(),
            request_at: Mono::NEVER,
            request_interval,
            requests: [None; REQUESTS_MAX],
            asking,
            unanswered: 0,
            sync_timeout: Mono::NEVER,
            sync_interval: LogInterval::new(0),
            information: None,
            fresh: None,
            way: None,
            mean_delay: None,
        }
    }

    /// Whom to ask from now on.
    pub(crate) fn ask(&mut self, asking: Asking) {
        if self.asking == asking {
            return;
        }
        self.asking = asking;
        match asking {
            Asking::Nobody => self.request_at = Mono::NEVER,
            Asking::Alone(_, Some(interval)) => self.request_interval = interval,
            _ => {}
        }
    }

    pub(crate) fn deadline(&self) -> Mono {
        self.silence().min(self.request_at)
    }

    /// Sync that stays away is waited for no longer.
    pub(crate) fn outlive_silence(&mut self, now: Mono) {
        if self.sync_timeout <= now {
            self.sync_timeout = Mono::NEVER;
        }
    }

    /// When the parent counts as silent.
    pub(crate) fn silence(&self) -> Mono {
        self.announce_timeout.min(self.sync_timeout)
    }

    pub(crate) fn on_sync(
        &mut self,
        site: &Site<'_>,
        header: &Header,
        origin: Timestamp,
        received: Option<Stamp>,
        ctx: &mut Context<'_>,
    ) {
        if header.source != self.parent {
            return ctx.discard(site.link, Discard::NotParent);
        }
        let Some(received) = received else {
            return ctx.discard(site.link, Discard::NoStamp);
        };
        if usable(header.log_interval) {
            self.sync_interval = header.log_interval;
        }
        let correction = header.correction + site.asymmetry;
        let sequence = header.sequence_id;
        if header.flags.has(Flags::TWO_STEP) {
            let paired = self.pairing.sync(SyncHalf { sequence, received, correction });
            self.on_paired(site, paired, ctx);
        } else if self.pairing.one_step(sequence) {
            self.measured(site, &Pair { sequence, origin, received, correction }, ctx);
        } else {
            ctx.discard(site.link, Discard::Duplicate);
        }
    }

    pub(crate) fn on_follow_up(
        &mut self,
        site: &Site<'_>,
        header: &Header,
        origin: Timestamp,
        ctx: &mut Context<'_>,
    ) {
        if header.source != self.parent {
            return ctx.discard(site.link, Discard::NotParent);
        }
        let half =
            FollowUpHalf { sequence: header.sequence_id, origin, correction: header.correction };
        let paired = self.pairing.follow_up(half);
        self.on_paired(site, paired, ctx);
    }

    fn on_paired(&mut self, site: &Site<'_>, paired: Paired, ctx: &mut Context<'_>) {
        match paired {
            Paired::Complete(pair) => self.measured(site, &pair, ctx),
            Paired::Waiting => {}
            Paired::Duplicate => ctx.discard(site.link, Discard::Duplicate),
        }
    }

    fn measured(&mut self, site: &Site<'_>, pair: &Pair, ctx: &mut Context<'_>) {
        let exchange = Exchange::Sync {
            origin: pair.origin,
            received: pair.received.time,
            correction: pair.correction,
        };
        ctx.measured(self.measurement(site, &pair.received, exchange, ctx.now));
        self.fresh = Some(*pair);
        self.way = Some((pair.received, pair.received.time - pair.origin - pair.correction));
        if site.settings.sync_receipt_timeout > 0 {
            let intervals = u32::from(site.settings.sync_receipt_timeout);
            self.sync_timeout = ctx.now + self.sync_interval.duration() * intervals;
        }
        let asks = site.settings.delay_mechanism == DelayMechanism::E2e;
        if asks && self.asking != Asking::Nobody && self.request_at == Mono::NEVER {
            let limit = self.request_interval.duration().min(FIRST_REQUEST);
            self.request_at = ctx.now + ctx.random.below(limit);
        }
    }

    fn measurement(
        &self,
        site: &Site<'_>,
        stamp: &Stamp,
        exchange: Exchange,
        at: Mono,
    ) -> Measurement {
        Measurement {
            instance: site.instance,
            port: site.identity.port,
            clock: stamp.clock,
            epoch: stamp.epoch,
            source: self.source,
            at,
            exchange,
        }
    }

    /// Sends the Delay_Req that is due (9.5.11.2).
    pub(crate) fn on_timeout(&mut self, site: &mut Site<'_>, ctx: &mut Context<'_>) {
        if self.request_at > ctx.now {
            return;
        }
        let interval = self.request_interval.duration();
        let gap = match self.asking {
            // No more often on the average than granted (9.5.11.2).
            Asking::Alone(..) => interval * 7 / 10 + ctx.random.below(interval * 6 / 10),
            _ => ctx.random.below(interval * 2).max(interval / 16),
        };
        self.request_at = next_due(self.request_at, gap, ctx.now);
        let sequence = site.sequences.delay_req.next();
        let purpose = Purpose::DelayReq { instance: site.instance, port: site.link.0, sequence };
        let Some(ticket) = ctx.ticket(purpose) else {
            return ctx.discard(site.link, Discard::TicketTable);
        };
        let slot = &mut self.requests[usize::from(sequence) % REQUESTS_MAX];
        if slot.replace(Request { sequence, sent: None, answer: None }).is_some() {
            let kind = MessageType::DelayReq;
            ctx.event(Event::Unanswered { port: site.link, kind });
        }
        if self.unanswered >= PATIENCE && matches!(self.asking, Asking::WhileAnswered(_)) {
            self.asking = Asking::All;
        }
        self.unanswered = self.unanswered.saturating_add(1);
        let to = self.asking.to();
        ctx.send(Draft { to, ..site.draft(sequence, Some(ticket), Content::DelayReq) });
    }

    /// The Delay_Req left.
    pub(crate) fn on_sent(
        &mut self,
        site: &Site<'_>,
        sequence: u16,
        at: Stamp,
        ctx: &mut Context<'_>,
    ) {
        if let Some(request) = self.request(sequence) {
            request.sent = Some(at);
            self.complete(site, sequence, ctx);
        }
    }

    pub(crate) fn on_delay_resp(
        &mut self,
        site: &Site<'_>,
        header: &Header,
        response: &Response,
        ctx: &mut Context<'_>,
    ) {
        if header.source != self.parent {
            return ctx.discard(site.link, Discard::NotParent);
        }
        let Some(request) = self.request(header.sequence_id) else {
            return ctx.discard(site.link, Discard::Unmatched(MessageType::DelayResp));
        };
        if request.answer.is_some() {
            return ctx.discard(site.link, Discard::Duplicate);
        }
        request.answer = Some((response.time, header.correction));
        self.unanswered = 0;
        if usable(header.log_interval) && !matches!(self.asking, Asking::Alone(_, Some(_))) {
            self.request_interval = header.log_interval;
        }
        self.complete(site, header.sequence_id, ctx);
    }

    fn request(&mut self, sequence: u16) -> Option<&mut Request> {
        let slot = self.requests[usize::from(sequence) % REQUESTS_MAX].as_mut();
        slot.filter(|request| request.sequence == sequence)
    }

    /// Once both the departure and the answer of a request are known, it is a measurement.
    fn complete(&mut self, site: &Site<'_>, sequence: u16, ctx: &mut Context<'_>) {
        let Some(&mut Request { sent: Some(sent), answer: Some((received, correction)), .. }) =
            self.request(sequence)
        else {
            return;
        };
        self.requests[usize::from(sequence) % REQUESTS_MAX] = None;
        if let Some((_, way)) = self.way.filter(|(stamp, _)| stamp.comparable(&sent)) {
            self.mean_delay = Some((way + (received - sent.time - correction)).half());
        }
        let exchange = Exchange::Delay { sent: sent.time, received, correction };
        ctx.measured(self.measurement(site, &sent, exchange, ctx.now));
    }

    /// The mean of the ways of the latest Sync and the latest Delay_Req (11.3.1).
    pub(crate) const fn mean_delay(&self) -> Option<Span> {
        self.mean_delay
    }

    /// When the latest Sync arrived.
    pub(crate) fn last_sync(&self) -> Option<Timestamp> {
        self.way.map(|(stamp, _)| stamp.time)
    }

    /// A measurement of the link, for whoever estimates from this port's Sync.
    pub(crate) fn link_measured(
        &self,
        (instance, port): (u8, u16),
        stamp: &Stamp,
        exchange: Exchange,
        ctx: &mut Context<'_>,
    ) {
        ctx.measured(Measurement {
            instance,
            port,
            clock: stamp.clock,
            epoch: stamp.epoch,
            source: self.source,
            at: ctx.now,
            exchange,
        });
    }
}
