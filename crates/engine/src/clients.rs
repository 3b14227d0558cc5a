//! Time receivers that are served in unicast: whom, what, how often and until when (16.1).
//!
//! All tables have their size from the beginning. Who is served is never displaced by who asks.

use alloc::boxed::Box;
use core::time::Duration;

use time::{LogInterval, Mono, Timestamp};
use wire::PortIdentity;

use crate::context::{Context, next_due};
use crate::due::Due;
use crate::event::{Agreement, Event, Refusal};
use crate::outbox::{Content, Draft};
use crate::place::Peer;
use crate::roster::{Roster, Who};
use crate::settings::usable;
use crate::site::{Sequence, Site};
use crate::terms::Terms;
use crate::ticket::{ClientId, Purpose};
use crate::unicast_settings::{
    ANNOUNCE, DELAY_RESP, PDELAY_RESP, SERVICES, SYNC, ServingSettings, UnicastSettings,
};

/// Outputs that serving one client may have.
pub(crate) const SERVING_OUTPUTS: usize = 6;

#[derive(Debug)]
pub(crate) struct Clients {
    settings: ServingSettings,
    max_duration_s: u32,
    roster: Roster,
    records: Box<[Client]>,
    due: Due,
}

#[derive(Clone, Debug, Default)]
struct Client {
    serial: u16,
    services: [Option<Granted>; 4],
    announce: Sequence,
    sync: Sequence,
    signaling: Sequence,
}

/// A service that is granted.
#[derive(Clone, Copy, Debug)]
struct Granted {
    /// As granted; the port's own where nobody asked.
    interval: LogInterval,
    until: Mono,
    next: Mono,
}

/// What a client wants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) service: usize,
    pub(crate) interval: LogInterval,
    pub(crate) duration_s: u32,
}

impl Clients {
    pub(crate) fn new(
        settings: &UnicastSettings,
        serving: &ServingSettings,
        secret: u32,
    ) -> Clients {
        let places = serving.max_clients.min(u16::MAX - 1);
        let mut clients = Clients {
            settings: serving.clone(),
            max_duration_s: settings.duration_s,
            roster: Roster::new(places, secret),
            records: alloc::vec![Client::default(); usize::from(places)].into(),
            due: Due::new(places),
        };
        for peer in &serving.clients {
            clients.serve_always(*peer);
        }
        clients
    }

    /// Serves somebody who has not asked.
    fn serve_always(&mut self, peer: Peer) {
        let Some(place) = self.roster.add((PortIdentity::ALL, peer)) else { return };
        let (interval, now) = (LogInterval::NONE, Mono::default());
        let granted = Some(Granted { interval, until: Mono::NEVER, next: now });
        let services = &mut self.records[usize::from(place)].services;
        (services[ANNOUNCE], services[SYNC]) = (granted, granted);
        self.schedule(place);
    }

    /// Grants or refuses a request; what is granted is the interval asked for, for no longer than
    /// was asked (16.1.4.2).
    pub(crate) fn request(
        &mut self,
        who: Who,
        wish: &Wish,
        ctx: &mut Context<'_>,
    ) -> Result<u32, Refusal> {
        let least = self.settings.least[wish.service.min(DELAY_RESP)];
        if !usable(wish.interval) || wish.interval.log() < least.log() || wish.duration_s == 0 {
            return Err(Refusal::Interval);
        }
        let place = match self.roster.find(&who) {
            Some(place) => place,
            None => self.admit(who)?,
        };
        let duration_s = wish.duration_s.min(self.max_duration_s);
        let until = ctx.now + Duration::from_secs(duration_s.into());
        let interval = wish.interval;
        // Clients that ask at the same time are not to be served at the same time for ever.
        let spread = match wish.service {
            SYNC => ctx.random.below(interval.duration()),
            _ => Duration::ZERO,
        };
        let slot = &mut self.records[usize::from(place)].services[wish.service];
        let before = slot.map_or(Mono::NEVER, |granted| granted.next);
        let next = before.min(ctx.now + interval.duration());
        let next = if slot.is_some() { next } else { ctx.now + spread };
        *slot = Some(Granted { interval, until, next });
        self.schedule(place);
        Ok(duration_s)
    }

    fn admit(&mut self, who: Who) -> Result<u16, Refusal> {
        let neighbours = self.roster.iter().filter(|(_, (_, peer))| *peer == who.1).count();
        if neighbours >= usize::from(self.settings.max_per_address) {
            return Err(Refusal::Address);
        }
        let place = self.roster.add(who).ok_or(Refusal::Room)?;
        let record = &mut self.records[usize::from(place)];
        *record = Client { serial: record.serial.wrapping_add(1), ..Client::default() };
        Ok(place)
    }

    /// Ends a service; whether there was one.
    pub(crate) fn cancel(&mut self, who: &Who, service: usize) -> bool {
        let Some(place) = self.roster.find(who) else { return false };
        let ended = self.records[usize::from(place)].services[service].take().is_some();
        self.schedule(place);
        ended
    }

    /// Whether a Delay_Req or Pdelay_Req of theirs is to be answered.
    pub(crate) fn may_ask(&self, who: &Who, now: Mono) -> bool {
        let granted = |place: u16| {
            let services = &self.records[usize::from(place)].services;
            let answers = [services[DELAY_RESP], services[PDELAY_RESP]];
            answers.into_iter().flatten().any(|granted| granted.until > now)
        };
        self.roster.find(who).is_some_and(granted)
    }

    pub(crate) fn deadline(&self) -> Mono {
        self.due.first().map_or(Mono::NEVER, |(_, due)| due)
    }

    /// Does what is due for the client that waits longest; false if nothing is due. Whoever does
    /// not lead sends nothing.
    pub(crate) fn serve(&mut self, site: &Site<'_>, leads: bool, ctx: &mut Context<'_>) -> bool {
        let Some((place, due)) = self.due.first() else { return false };
        if due > ctx.now {
            return false;
        }
        self.expire(place, site, ctx);
        let own = [site.settings.announce, site.settings.sync];
        for service in [SYNC, ANNOUNCE] {
            let slot = &mut self.records[usize::from(place)].services[service];
            let Some(granted) = slot.as_mut().filter(|granted| granted.next <= ctx.now) else {
                continue;
            };
            let interval = if usable(granted.interval) { granted.interval } else { own[service] };
            if granted.next == Mono::default() {
                // Those of a list are not all to be served at once.
                granted.next = ctx.now + ctx.random.below(interval.duration());
                continue;
            }
            granted.next = next_due(granted.next, interval.duration(), ctx.now);
            if leads {
                self.send(place, (service, interval), site, ctx);
            }
        }
        self.schedule(place);
        true
    }

    fn expire(&mut self, place: u16, site: &Site<'_>, ctx: &mut Context<'_>) {
        let Some((_, peer)) = self.roster.who(place).copied() else { return };
        let services = &mut self.records[usize::from(place)].services;
        for (slot, service) in services.iter_mut().zip(SERVICES) {
            if slot.is_some_and(|granted| granted.until <= ctx.now) {
                *slot = None;
                let change = Agreement::Ended;
                ctx.event(Event::Unicast { port: site.link, peer, service, change });
            }
        }
    }

    fn send(
        &mut self,
        place: u16,
        (service, interval): (usize, LogInterval),
        site: &Site<'_>,
        ctx: &mut Context<'_>,
    ) {
        let Some((_, to)) = self.roster.who(place).copied() else { return };
        let record = &mut self.records[usize::from(place)];
        if service == ANNOUNCE {
            let content = Content::Announce { interval };
            let sequence = record.announce.next();
            return ctx.send(Draft { to, ..site.draft(sequence, None, content) });
        }
        let sequence = record.sync.next();
        let client = ClientId { place, serial: record.serial };
        let (instance, port) = (site.instance, site.link.0);
        let purpose = Purpose::UnicastSync { instance, port, client, sequence };
        site.send_sync(to, sequence, purpose, ctx);
    }

    /// When a client's Sync left, its Follow_Up goes out.
    pub(crate) fn follow_up(
        &self,
        site: &Site<'_>,
        (client, sequence): (ClientId, u16),
        left: Timestamp,
        ctx: &mut Context<'_>,
    ) {
        let same = self.records.get(usize::from(client.place)).map(|record| record.serial);
        let who = self.roster.who(client.place).filter(|_| same == Some(client.serial));
        let Some((_, to)) = who.copied() else { return };
        let (origin, correction) = (left, left.fraction());
        let content = Content::FollowUp { origin, correction, information: None };
        ctx.send(Draft { to, ..site.draft(sequence, None, content) });
    }

    /// The sequenceId of the next signaling message to a client.
    pub(crate) fn signaling(&mut self, who: &Who) -> Option<u16> {
        let place = self.roster.find(who)?;
        Some(self.records[usize::from(place)].signaling.next())
    }

    /// Forgets somebody who asked for service; whom and what, once for each.
    pub(crate) fn dismiss(&mut self) -> Option<(Who, [bool; 4])> {
        let asked = |(_, (identity, _)): &(u16, &Who)| *identity != PortIdentity::ALL;
        let (place, who) = self.roster.iter().find(asked)?;
        let who = *who;
        let services = core::mem::take(&mut self.records[usize::from(place)].services);
        self.schedule(place);
        Some((who, services.map(|service| service.is_some())))
    }

    /// What is agreed upon with each of them.
    pub(crate) fn terms(&self) -> impl Iterator<Item = Terms> {
        self.roster.iter().map(|(place, &(identity, peer))| {
            let services = self.records[usize::from(place)].services;
            Terms {
                peer,
                identity: Some(identity).filter(|identity| *identity != PortIdentity::ALL),
                priority: 0,
                selected: false,
                granted: services.map(|slot| slot.map(|granted| (granted.interval, granted.until))),
            }
        })
    }

    fn schedule(&mut self, place: u16) {
        let services = &self.records[usize::from(place)].services;
        if services.iter().all(Option::is_none) {
            self.due.remove(place);
            return self.roster.remove(place);
        }
        let due = services.iter().enumerate().filter_map(|(service, slot)| {
            let granted = slot.as_ref()?;
            let sends = service == ANNOUNCE || service == SYNC;
            Some(if sends { granted.next.min(granted.until) } else { granted.until })
        });
        self.due.set(place, due.min().unwrap_or(Mono::NEVER));
    }
}
