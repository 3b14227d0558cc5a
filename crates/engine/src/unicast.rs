//! Unicast service of a port: what signaling messages about it say, and what is due (16.1).

use alloc::boxed::Box;
use time::{LogInterval, Mono};
use wire::{Header, PortIdentity, Service, Tlv, TlvBody, TlvType, Tlvs};

use crate::clients::{Clients, SERVING_OUTPUTS, Wish};
use crate::context::Context;
use crate::event::{Agreement, Discard, Event};
use crate::outbox::{Content, Draft};
use crate::place::{Peer, PortIndex};
use crate::random::Random;
use crate::roster::Who;
use crate::servers::{ASKING_OUTPUTS, Listed, Servers};
use crate::settings::{DelayMechanism, InstanceSettings, Role};
use crate::signal::{SIGNALS_MAX, Signal, Signals};
use crate::site::{Sequence, Site};
use crate::unicast_settings::{ANNOUNCE, DELAY_RESP, PDELAY_RESP, SERVICES, place_of};

/// Clients served at a time, so that others have their turn.
const SERVED_AT_ONCE: usize = 8;

#[derive(Debug)]
pub(crate) struct Unicast {
    pub(crate) servers: Option<Servers>,
    pub(crate) clients: Option<Clients>,
    negotiation: bool,
    /// Of signaling messages to whom there is no record of.
    others: Sequence,
}

/// What of a signaling message concerns the port.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Consequences {
    /// Whose Announce ends.
    pub(crate) forget: Option<PortIdentity>,
}

/// Whether a TLV is about unicast service.
pub(crate) const fn is_about_service(kind: TlvType) -> bool {
    matches!(
        kind,
        TlvType::REQUEST_UNICAST_TRANSMISSION
            | TlvType::GRANT_UNICAST_TRANSMISSION
            | TlvType::CANCEL_UNICAST_TRANSMISSION
            | TlvType::ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION
    )
}

impl Unicast {
    /// Of a port for which there are settings.
    pub(crate) fn new(
        settings: &InstanceSettings,
        port: PortIndex,
        secret: u32,
    ) -> Option<Box<Unicast>> {
        // Who never leads serves nobody, and needs no table of them.
        let leads = settings.role != Role::ReceiverOnly;
        let settings = settings.unicast.iter().find(|unicast| unicast.port == port)?;
        let servers = (!settings.servers.is_empty()).then(|| Servers::new(settings));
        let serving = settings.serving.as_ref().filter(|_| leads);
        let clients = serving.map(|serving| Clients::new(settings, serving, secret));
        let negotiation = settings.negotiation;
        Some(Box::new(Unicast { servers, clients, negotiation, others: Sequence::default() }))
    }

    /// Whether service is negotiated.
    pub(crate) const fn negotiates(&self) -> bool {
        self.negotiation
    }

    /// Negotiates from now on, or no longer.
    pub(crate) fn set_negotiation(&mut self, on: bool, now: Mono, random: &mut Random) {
        if self.negotiation == on {
            return;
        }
        self.negotiation = on;
        if let Some(servers) = &mut self.servers {
            servers.set_negotiation(on, now, random);
        }
    }

    pub(crate) fn start(&mut self, now: Mono, random: &mut Random) {
        if let Some(servers) = &mut self.servers {
            servers.start(now, random);
        }
    }

    pub(crate) fn stop(&mut self) {
        if let Some(servers) = &mut self.servers {
            servers.stop();
        }
    }

    pub(crate) fn select(&mut self, peer: Option<Peer>, mechanism: DelayMechanism, now: Mono) {
        if let Some(servers) = &mut self.servers {
            servers.select(peer, mechanism, now);
        }
    }

    /// Whether a request for the time of somebody's message is to be answered in unicast.
    pub(crate) fn answers(&self, site: &Site<'_>, who: &Who, now: Mono) -> bool {
        match &self.clients {
            Some(clients) if self.negotiation && !site.settings.hybrid => clients.may_ask(who, now),
            _ => true,
        }
    }

    /// Whether an Announce counts, and which interval was agreed upon.
    pub(crate) fn hear(
        &mut self,
        (source, from): Who,
        receipt_timeout: u8,
        now: Mono,
    ) -> Result<Option<Listed>, Discard> {
        let Some(servers) = &mut self.servers else { return Ok(None) };
        servers.hear(from, source, receipt_timeout, now)
    }

    /// A signaling message for us. What is granted or acknowledged goes back in one message.
    pub(crate) fn on_signaling(
        &mut self,
        site: &Site<'_>,
        (header, from, tlvs): (&Header, Peer, Tlvs<'_>),
        serves: bool,
        ctx: &mut Context<'_>,
    ) -> Consequences {
        let who = (header.source, from);
        let mut answers = Signals::to(header.source);
        let mut consequences = Consequences::default();
        if !self.negotiation || from == Peer::None {
            ctx.discard(site.link, Discard::NotListed);
            return consequences;
        }
        let ours = tlvs.iter().filter(|tlv| is_about_service(tlv.kind));
        for (count, tlv) in ours.enumerate() {
            if count >= SIGNALS_MAX {
                ctx.discard(site.link, Discard::SignalingLimit);
                break;
            }
            let said = self.on_signal(site, (&who, &tlv, serves), &mut answers, ctx);
            match said {
                Ok(heard) if heard.forget.is_some() => consequences = heard,
                Ok(_) => {}
                Err(reason) => ctx.discard(site.link, reason),
            }
        }
        if answers.is_empty() {
            return consequences;
        }
        if answers.grants() {
            answers.interface_rate = site.settings.options.interface_rate;
        }
        self.reply(&who, answers, site, ctx);
        consequences
    }

    fn reply(&mut self, who: &Who, signals: Signals, site: &Site<'_>, ctx: &mut Context<'_>) {
        let as_client = self.clients.as_mut().and_then(|clients| clients.signaling(who));
        let as_server = || self.servers.as_mut().and_then(|servers| servers.signaling(who.1));
        let sequence = as_client.or_else(as_server).unwrap_or_else(|| self.others.next());
        let content = Content::Signaling(signals);
        ctx.send(Draft { to: who.1, ..site.draft(sequence, None, content) });
    }

    fn on_signal(
        &mut self,
        site: &Site<'_>,
        (who, tlv, serves): (&Who, &Tlv<'_>, bool),
        answers: &mut Signals,
        ctx: &mut Context<'_>,
    ) -> Result<Consequences, Discard> {
        let none = Consequences::default();
        match TlvBody::decode(tlv).map_err(Discard::Malformed)? {
            TlvBody::UnicastRequest(request) => {
                let kind = request.service;
                let service = place_of(kind.message()).ok_or(Discard::NotGranted)?;
                let (interval, duration_s) = (request.log_interval, request.duration_s);
                let wish = Wish { service, interval, duration_s };
                let granted = self.on_request(site, (who, &wish, serves), ctx)?;
                let service = Service::new(SERVICES[service]);
                answers.add(Signal::Grant { service, interval, duration_s: granted });
                Ok(none)
            }
            TlvBody::UnicastGrant(grant) => {
                let service = place_of(grant.service.message()).ok_or(Discard::NotGranted)?;
                let servers = self.servers.as_mut().ok_or(Discard::NotListed)?;
                let terms = (grant.log_interval, grant.duration_s);
                let timeout = site.settings.announce_receipt_timeout;
                let whom = (who.1, who.0);
                if let Some(change) = servers.on_grant(whom, service, terms, timeout, ctx)? {
                    tell(site, who, (service, change), ctx);
                }
                Ok(none)
            }
            TlvBody::UnicastCancel(cancel) => {
                let service = place_of(cancel.service.message()).ok_or(Discard::NotGranted)?;
                answers.add(Signal::Acknowledge(cancel.service));
                Ok(self.on_cancel(site, who, (service, cancel.service.flags()), ctx))
            }
            TlvBody::UnicastCancelAcknowledge(cancel) => {
                let service = place_of(cancel.service.message()).ok_or(Discard::NotGranted)?;
                if let Some(servers) = &mut self.servers {
                    servers.on_acknowledge(who.1, service);
                }
                Ok(none)
            }
            _ => Ok(none),
        }
    }

    /// For how long a service is granted; zero denies.
    fn on_request(
        &mut self,
        site: &Site<'_>,
        (who, wish, serves): (&Who, &Wish, bool),
        ctx: &mut Context<'_>,
    ) -> Result<u32, Discard> {
        let answered = match site.settings.delay_mechanism {
            DelayMechanism::E2e | DelayMechanism::Auto => Some(DELAY_RESP),
            DelayMechanism::P2p => Some(PDELAY_RESP),
            DelayMechanism::None => None,
        };
        let sent = !matches!(wish.service, DELAY_RESP | PDELAY_RESP);
        let offered = serves && (sent || Some(wish.service) == answered);
        let Some(clients) = self.clients.as_mut().filter(|_| offered) else {
            return Ok(0);
        };
        let (served, change) = match clients.request(*who, wish, ctx) {
            Ok(duration_s) => (duration_s, Agreement::Granted),
            Err(refusal) => (0, Agreement::Refused(refusal)),
        };
        tell(site, who, (wish.service, change), ctx);
        Ok(served)
    }

    fn on_cancel(
        &mut self,
        site: &Site<'_>,
        who: &Who,
        (service, flags): (usize, u8),
        ctx: &mut Context<'_>,
    ) -> Consequences {
        let as_client = flags & Service::MAINTAIN_REQUEST == 0;
        let as_server = flags & Service::MAINTAIN_GRANT == 0;
        if as_client
            && let Some(clients) = &mut self.clients
            && clients.cancel(who, service)
        {
            tell(site, who, (service, Agreement::Ended), ctx);
        }
        if as_server
            && let Some(servers) = &mut self.servers
            && servers.on_cancel(who.1, service, ctx.now)
        {
            tell(site, who, (service, Agreement::Lost), ctx);
            let forget = servers.identity(who.1).filter(|_| service == ANNOUNCE);
            return Consequences { forget };
        }
        Consequences::default()
    }

    /// Asks servers for what is due, as far as there is room beyond `reserve`; whom to follow no
    /// longer.
    pub(crate) fn ask(
        &mut self,
        site: &Site<'_>,
        reserve: usize,
        ctx: &mut Context<'_>,
    ) -> Option<PortIdentity> {
        let servers = self.servers.as_mut()?;
        while ctx.outbox.room() >= reserve + ASKING_OUTPUTS {
            if let Some(refused) = servers.on_timeout(site, ctx)? {
                return Some(refused);
            }
        }
        None
    }

    /// Sends clients what is due, as far as there is room beyond `reserve`.
    pub(crate) fn serve(
        &mut self,
        site: &Site<'_>,
        (leads, reserve): (bool, usize),
        ctx: &mut Context<'_>,
    ) {
        let Some(clients) = &mut self.clients else { return };
        for _ in 0..SERVED_AT_ONCE {
            if ctx.outbox.room() < reserve + SERVING_OUTPUTS || !clients.serve(site, leads, ctx) {
                return;
            }
        }
    }

    /// Ends everything that is agreed upon; true while there is more to say.
    pub(crate) fn leave(&mut self, site: &Site<'_>, ctx: &mut Context<'_>) -> bool {
        if let Some(servers) = &mut self.servers {
            servers.leave(ctx.now);
            self.ask(site, 0, ctx);
        }
        let servers = self.servers.as_ref().is_some_and(|servers| servers.deadline() <= ctx.now);
        let Some(clients) = self.clients.as_mut().filter(|_| self.negotiation) else {
            return servers;
        };
        while ctx.outbox.room() > ASKING_OUTPUTS {
            let Some((who, services)) = clients.dismiss() else { return servers };
            let mut signals = Signals::to(who.0);
            for (_, kind) in services.iter().zip(SERVICES).filter(|(served, _)| **served) {
                signals.add(Signal::Cancel(Service::new(kind)));
            }
            let (to, content) = (who.1, Content::Signaling(signals));
            ctx.send(Draft { to, ..site.draft(self.others.next(), None, content) });
        }
        true
    }

    pub(crate) fn deadline(&self) -> Mono {
        let servers = self.servers.as_ref().map_or(Mono::NEVER, Servers::deadline);
        let clients = self.clients.as_ref().map_or(Mono::NEVER, Clients::deadline);
        servers.min(clients)
    }

    /// Where Delay_Req may go in this port's own way; nothing: as on any port.
    pub(crate) fn asks(&self) -> Option<Option<(Peer, Option<LogInterval>)>> {
        let servers = self.servers.as_ref().filter(|servers| !servers.stand_aside());
        servers.map(|servers| servers.asking(DELAY_RESP))
    }
}

fn tell(site: &Site<'_>, who: &Who, (service, change): (usize, Agreement), ctx: &mut Context<'_>) {
    let (port, peer, service) = (site.link, who.1, SERVICES[service]);
    ctx.event(Event::Unicast { port, peer, service, change });
}
