//! An interface and its peer delay service (11.4): requests, answers, the link's measurement.

use time::{Exchange, LogInterval, Mono, Span, Stamp, Timestamp};
use wire::{Flags, Header, MessageType, PortIdentity, Response};

use crate::asked::Asked;
use crate::context::{Context, next_due};
use crate::event::{Discard, Event};
use crate::neighbor::{Incapable, Neighbor, PeerExchange};
use crate::outbox::{Content, Draft};
use crate::place::{LinkAddress, LinkState, Peer, PortIndex};
use crate::port_stats::PortStats;
use crate::settings::LinkSettings;
use crate::site::Sequence;
use crate::ticket::{PdelayAnswer, Purpose};
use crate::version::Version;

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) index: PortIndex,
    pub(crate) settings: LinkSettings,
    pub(crate) state: LinkState,
    /// NEVER while no port of the interface uses the peer delay mechanism.
    request_at: Mono,
    sequence: Sequence,
    request: Option<Request>,
    pub(crate) neighbor: Neighbor,
    told: (Result<(), Incapable>, bool),
    /// Whether the neighbour speaks PTP 2.0, as the edition of 2011 does.
    older: bool,
    pub(crate) version: Version,
    /// logMinPdelayReqInterval before a neighbour asked for another.
    initial: LogInterval,
    pub(crate) address: LinkAddress,
    pub(crate) stats: PortStats,
}

/// A Pdelay_Req under way.
#[derive(Clone, Copy, Debug)]
struct Request {
    sequence: u16,
    sent: Option<Stamp>,
    response: Option<Answer>,
    follow_up: Option<(Timestamp, Span)>,
    responder: Option<PortIdentity>,
    /// Two neighbours answered: nothing can be said of the link.
    spoilt: bool,
    done: bool,
}

/// A Pdelay_Resp that arrived.
#[derive(Clone, Copy, Debug)]
struct Answer {
    received: Stamp,
    request_received: Timestamp,
    correction: Span,
    two_step: bool,
}

/// A measurement of the link, and the stamp that says on which clock.
pub(crate) type Measured = (Stamp, Exchange);

impl Link {
    pub(crate) const fn new(index: PortIndex, settings: LinkSettings, first: u16) -> Link {
        Link {
            index,
            settings,
            state: LinkState::Down,
            request_at: Mono::NEVER,
            sequence: Sequence::starting_at(first),
            request: None,
            neighbor: Neighbor::new(),
            told: (Err(Incapable::Unknown), false),
            older: false,
            version: Version::new(),
            initial: settings.pdelay,
            address: LinkAddress::NONE,
            stats: PortStats::new(),
        }
    }

    /// Whether fractions come with the sign of IEEE 802.1AS; those of the common service do not.
    pub(crate) const fn gptp_signs(&self) -> bool {
        self.settings.gptp && !self.settings.common
    }

    /// Starts or stops measuring.
    pub(crate) fn run(&mut self, wanted: bool, now: Mono) {
        let on = wanted && self.state == LinkState::Up;
        if on && self.request_at == Mono::NEVER {
            self.request_at = now;
        } else if !on {
            self.request_at = Mono::NEVER;
            self.request = None;
            self.neighbor.forget(Incapable::Unknown);
        }
    }

    /// A neighbour asks for another interval of Pdelay_Req.
    pub(crate) fn set_interval(&mut self, asked: Asked, now: Mono) {
        let on = self.request_at != Mono::NEVER;
        let (interval, on) = asked.apply((self.settings.pdelay, on), self.initial);
        self.settings.pdelay = interval;
        if on {
            self.hasten(now);
        } else {
            self.request_at = Mono::NEVER;
        }
    }

    /// New settings; what a neighbour asked for is forgotten.
    pub(crate) fn configure(&mut self, settings: LinkSettings, now: Mono) {
        self.settings = settings;
        self.initial = settings.pdelay;
        self.hasten(now);
    }

    /// Whether the neighbour can do gPTP, and whether it speaks the edition of 2011, once either has
    /// changed.
    pub(crate) fn take_capable(&mut self, ctx: &mut Context<'_>) -> Option<(bool, bool)> {
        let state = self.neighbor.capable();
        let before = core::mem::replace(&mut self.told, (state, self.older));
        if before == self.told {
            return None;
        }
        if before.0 != state && self.settings.limits.is_some() {
            ctx.event(Event::Capable { port: self.index, state });
        }
        Some((state.is_ok(), self.older))
    }

    /// The next request is due no later than one interval from now.
    pub(crate) fn hasten(&mut self, now: Mono) {
        if self.request_at != Mono::NEVER {
            self.request_at = self.request_at.min(now + self.settings.pdelay.duration());
        }
    }

    pub(crate) const fn deadline(&self) -> Mono {
        self.request_at
    }

    /// Sends the Pdelay_Req that is due, if there is somebody whom it may go to.
    pub(crate) fn on_timeout(&mut self, instance: u8, to: Option<Peer>, ctx: &mut Context<'_>) {
        if self.request_at > ctx.now {
            return;
        }
        self.request_at = next_due(self.request_at, self.settings.pdelay.duration(), ctx.now);
        let Some(to) = to else {
            self.request = None;
            return;
        };
        if self.request.is_some_and(|request| !request.done) {
            let kind = MessageType::PdelayReq;
            ctx.event(Event::Unanswered { port: self.index, kind });
            self.neighbor.unanswered(self.settings.limits.as_ref());
        }
        self.request = None;
        let sequence = self.sequence.next();
        let purpose = Purpose::PdelayReq { link: self.index, sequence };
        let Some(ticket) = ctx.ticket(purpose) else {
            return ctx.discard(self.index, Discard::TicketTable);
        };
        self.request = Some(Request::new(sequence));
        ctx.send(Draft {
            instance,
            link: self.index,
            to,
            sequence,
            ticket: Some(ticket),
            content: Content::PdelayReq,
        });
    }

    /// Answers a neighbour's Pdelay_Req that arrived at `received`.
    pub(crate) fn on_request(
        &self,
        instance: u8,
        (header, from): (&Header, Peer),
        received: Option<Stamp>,
        ctx: &mut Context<'_>,
    ) {
        let Some(received) = received else {
            return ctx.discard(self.index, Discard::NoStamp);
        };
        let answer = PdelayAnswer {
            requesting: header.source,
            sequence: header.sequence_id,
            domain: header.domain,
            sdo_id: header.sdo_id,
            correction: header.correction,
            to: if header.flags.has(Flags::UNICAST) { from } else { Peer::None },
        };
        let purpose = Purpose::PdelayResp { link: self.index, answer };
        let Some(ticket) = ctx.ticket(purpose) else {
            return ctx.discard(self.index, Discard::TicketTable);
        };
        let received = received.time;
        ctx.send(Draft {
            instance,
            link: self.index,
            to: answer.to,
            sequence: answer.sequence,
            ticket: Some(ticket),
            content: Content::PdelayResp { received, answer },
        });
    }

    /// The answer to a neighbour left.
    pub(crate) fn on_answer_sent(
        &self,
        instance: u8,
        answer: PdelayAnswer,
        at: &Stamp,
        ctx: &mut Context<'_>,
    ) {
        let sent = at.time + self.settings.egress_latency;
        ctx.send(Draft {
            instance,
            link: self.index,
            to: answer.to,
            sequence: answer.sequence,
            ticket: None,
            content: Content::PdelayRespFollowUp { sent, answer },
        });
    }

    pub(crate) fn on_request_sent(
        &mut self,
        sequence: u16,
        at: Stamp,
        ctx: &mut Context<'_>,
    ) -> Option<Measured> {
        let request = self.request.as_mut().filter(|request| request.sequence == sequence)?;
        request.sent = Some(Stamp { time: at.time + self.settings.egress_latency, ..at });
        self.complete(ctx)
    }

    pub(crate) fn on_response(
        &mut self,
        header: &Header,
        response: &Response,
        received: Option<Stamp>,
        ctx: &mut Context<'_>,
    ) -> Option<Measured> {
        let Some(received) = received else {
            ctx.discard(self.index, Discard::NoStamp);
            return None;
        };
        let request = self.answered(header, ctx)?;
        if request.response.is_some() {
            ctx.discard(self.index, Discard::Duplicate);
            return None;
        }
        request.response = Some(Answer {
            received,
            request_received: response.time,
            correction: header.correction,
            two_step: header.flags.has(Flags::TWO_STEP),
        });
        self.complete(ctx)
    }

    pub(crate) fn on_response_follow_up(
        &mut self,
        header: &Header,
        response: &Response,
        ctx: &mut Context<'_>,
    ) -> Option<Measured> {
        let request = self.answered(header, ctx)?;
        if request.follow_up.is_some() {
            ctx.discard(self.index, Discard::Duplicate);
            return None;
        }
        request.follow_up = Some((response.time, header.correction));
        self.complete(ctx)
    }

    /// The request that the message answers, if it is its first responder's.
    fn answered(&mut self, header: &Header, ctx: &mut Context<'_>) -> Option<&mut Request> {
        let port = self.index;
        let request =
            self.request.as_mut().filter(|request| request.sequence == header.sequence_id);
        let Some(request) = request else {
            ctx.discard(port, Discard::Unmatched(MessageType::PdelayResp));
            return None;
        };
        let first = *request.responder.get_or_insert(header.source);
        if first != header.source {
            if !request.spoilt {
                request.spoilt = true;
                self.neighbor.several();
                ctx.event(Event::MultipleResponders { port, source: header.source });
            }
            return None;
        }
        self.older = header.minor_version == 0;
        Some(request)
    }

    fn complete(&mut self, ctx: &mut Context<'_>) -> Option<Measured> {
        let asymmetry = self.settings.asymmetry;
        let gptp_signs = self.gptp_signs();
        let request = self.request.as_mut().filter(|request| !request.spoilt && !request.done)?;
        let (sent, response) = (request.sent?, request.response?);
        // As IEEE 802.1AS has it, the fraction of t2 comes with the other sign.
        let fraction = if gptp_signs { -response.correction } else { response.correction };
        let (request_received, response_sent, correction) = if response.two_step {
            let (time, correction) = request.follow_up?;
            (response.request_received, time, fraction + correction)
        } else {
            (Timestamp::ZERO, Timestamp::ZERO, response.correction)
        };
        request.done = true;
        if !sent.comparable(&response.received) {
            ctx.discard(self.index, Discard::EpochChanged);
            return None;
        }
        let said = response_sent != Timestamp::ZERO;
        self.neighbor.measured(
            &PeerExchange {
                away: response.received.time - sent.time,
                turnaround: response_sent - request_received + correction + asymmetry,
                answered: said.then_some(response_sent),
                received: response.received.time,
            },
            self.settings.limits.as_ref(),
        );
        let exchange = Exchange::Link {
            sent: sent.time,
            request_received,
            response_sent,
            received: response.received.time,
            correction: correction + asymmetry,
        };
        Some((response.received, exchange))
    }
}

impl Request {
    const fn new(sequence: u16) -> Request {
        Request {
            sequence,
            sent: None,
            response: None,
            follow_up: None,
            responder: None,
            spoilt: false,
            done: false,
        }
    }
}
