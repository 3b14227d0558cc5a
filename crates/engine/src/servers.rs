//! Time transmitters that are asked for unicast service, and what each of them granted (16.1).
//!
//! Every one is asked for Announce; whom the best clock algorithm selects, for Sync and for answers.

use alloc::boxed::Box;
use core::time::Duration;

use time::{LogInterval, Mono};
use wire::{InterfaceRate, PortIdentity, Service};

use crate::context::Context;
use crate::event::{Agreement, Discard, Event};
use crate::outbox::{Content, Draft};
use crate::place::Peer;
use crate::random::Random;
use crate::settings::{DelayMechanism, usable};
use crate::signal::{Signal, Signals};
use crate::site::{Sequence, Sequences, Site};
use crate::terms::Terms;
use crate::unicast_settings::{
    ANNOUNCE, DELAY_RESP, PDELAY_RESP, SERVICES, SYNC, UnicastServer, UnicastSettings,
};

/// Requests after which nothing more is asked for a while.
const ATTEMPTS: u8 = 3;

/// How often a server that announces may leave us without the Sync that it granted.
const SILENCES: u8 = 2;

/// Outputs that asking one server may have.
pub(crate) const ASKING_OUTPUTS: usize = 10;

#[derive(Debug)]
pub(crate) struct Servers {
    negotiation: bool,
    cluster: bool,
    query: Duration,
    log_query: LogInterval,
    pause: Duration,
    duration_s: u32,
    list: Box<[Server]>,
    selected: Option<usize>,
}

#[derive(Debug)]
struct Server {
    settings: UnicastServer,
    identity: Option<PortIdentity>,
    services: [Wanted; 4],
    /// When its Announce has stayed away for too long.
    silent_at: Mono,
    /// When Sync that was granted has stayed away for too long, and how often that happened.
    sync_silent_at: Mono,
    sync_silences: u8,
    /// Until then its Announce does not count: it would not serve us.
    barred_until: Mono,
    /// Of its interface, as it says (G.8275.2).
    interface_rate: Option<InterfaceRate>,
    leaving: Leaving,
    signaling: Sequence,
    sequences: Sequences,
}

/// What is known of a server whose Announce counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    /// At which it was agreed that Announce comes.
    pub(crate) interval: Option<LogInterval>,
    pub(crate) priority: u8,
}

/// A service as far as we asked for it.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    granted: Option<(LogInterval, Mono)>,
    /// When to ask; never, if it is not wanted.
    ask_at: Mono,
    attempts: u8,
}

/// Services that we gave up and whose end is not acknowledged.
#[derive(Clone, Copy, Debug)]
struct Leaving {
    services: [bool; 4],
    left: u8,
    at: Mono,
}

const UNWANTED: Wanted = Wanted { granted: None, ask_at: Mono::NEVER, attempts: 0 };
const SETTLED: Leaving = Leaving { services: [false; 4], left: 0, at: Mono::NEVER };

impl Servers {
    pub(crate) fn new(settings: &UnicastSettings) -> Servers {
        let server = |settings: &UnicastServer| Server {
            settings: *settings,
            identity: None,
            services: [UNWANTED; 4],
            silent_at: Mono::NEVER,
            sync_silent_at: Mono::NEVER,
            sync_silences: 0,
            barred_until: Mono::default(),
            interface_rate: None,
            leaving: SETTLED,
            signaling: Sequence::default(),
            sequences: Sequences::default(),
        };
        Servers {
            negotiation: settings.negotiation,
            cluster: settings.cluster,
            query: settings.query.duration(),
            log_query: settings.query,
            pause: settings.pause,
            duration_s: settings.duration_s,
            list: settings.servers.iter().map(server).collect(),
            selected: None,
        }
    }

    /// Whether they are the other grandmasters of a cluster (17.2).
    pub(crate) const fn is_cluster(&self) -> bool {
        self.cluster
    }

    /// How many servers there may be.
    pub(crate) const fn places(&self) -> usize {
        self.list.len()
    }

    /// logQueryInterval.
    pub(crate) const fn query_interval(&self) -> LogInterval {
        self.log_query
    }

    /// Where they are.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &Peer> {
        self.list.iter().map(|server| &server.settings.peer).filter(|peer| **peer != Peer::None)
    }

    /// Other servers, in the places of those there were; nothing more is expected of these.
    pub(crate) fn replace(&mut self, query: LogInterval, peers: impl Iterator<Item = Peer>) {
        (self.query, self.log_query) = (query.duration(), query);
        self.selected = None;
        let all = peers.map(Some).chain(core::iter::repeat(None));
        for (server, peer) in self.list.iter_mut().zip(all) {
            server.settings.peer = peer.unwrap_or(Peer::None);
            server.leaving = SETTLED;
            server.forget();
        }
    }

    /// Asks from now on, or takes what comes.
    pub(crate) fn set_negotiation(&mut self, on: bool, now: Mono, random: &mut Random) {
        self.negotiation = on;
        self.start(now, random);
    }

    /// The port begins to work: all are asked for Announce.
    pub(crate) fn start(&mut self, now: Mono, random: &mut Random) {
        self.stop();
        if self.negotiation {
            for server in self.list.iter_mut().filter(|server| server.settings.peer != Peer::None) {
                server.services[ANNOUNCE].ask_at = now + random.below(self.query);
            }
        }
    }

    /// The port cannot work: nothing of what was agreed upon is known any more.
    pub(crate) fn stop(&mut self) {
        self.selected = None;
        for server in &mut self.list {
            server.forget();
            server.leaving = SETTLED;
            server.barred_until = Mono::default();
        }
    }

    /// Whom we follow from now on; from whom we followed before we want Announce alone.
    pub(crate) fn select(&mut self, peer: Option<Peer>, mechanism: DelayMechanism, now: Mono) {
        let selected = self.list.iter().position(|server| Some(server.settings.peer) == peer);
        let before = core::mem::replace(&mut self.selected, selected);
        if before == selected || !self.negotiation {
            return;
        }
        if let Some(server) = before.and_then(|place| self.list.get_mut(place)) {
            server.leave(&[SYNC, DELAY_RESP, PDELAY_RESP], now);
        }
        if let Some(server) = selected.and_then(|place| self.list.get_mut(place)) {
            let asks = match mechanism {
                DelayMechanism::E2e | DelayMechanism::Auto => Some(DELAY_RESP),
                DelayMechanism::P2p => Some(PDELAY_RESP),
                DelayMechanism::None => None,
            };
            for service in [Some(SYNC), asks].into_iter().flatten() {
                server.services[service] = Wanted { ask_at: now, ..UNWANTED };
                server.leaving.services[service] = false;
            }
            server.sync_silences = 0;
        }
    }

    /// Whether whom we follow is none of them, as it may be where they are a cluster.
    pub(crate) fn stand_aside(&self) -> bool {
        self.cluster && self.selected.is_none()
    }

    /// Whether an Announce counts, and which interval was agreed upon; nothing: it is as on any port.
    pub(crate) fn hear(
        &mut self,
        from: Peer,
        source: PortIdentity,
        receipt_timeout: u8,
        now: Mono,
    ) -> Result<Option<Listed>, Discard> {
        match self.hear_listed(from, source, receipt_timeout, now) {
            Err(_) if self.cluster => Ok(None),
            heard => heard.map(Some),
        }
    }

    fn hear_listed(
        &mut self,
        from: Peer,
        source: PortIdentity,
        receipt_timeout: u8,
        now: Mono,
    ) -> Result<Listed, Discard> {
        let negotiation = self.negotiation;
        let server = self.find(from).ok_or(Discard::NotListed)?;
        server.identity = Some(source);
        let priority = server.settings.priority;
        if !negotiation {
            return Ok(Listed { interval: None, priority });
        }
        let Some((interval, _)) = server.services[ANNOUNCE].granted else {
            return Err(Discard::NotGranted);
        };
        server.silent_at = patience(interval, receipt_timeout, now);
        if server.barred_until > now {
            return Err(Discard::NotGranted);
        }
        Ok(Listed { interval: Some(interval), priority })
    }

    /// A server grants or denies what was asked (16.1.4.2).
    pub(crate) fn on_grant(
        &mut self,
        (from, source): (Peer, PortIdentity),
        service: usize,
        (interval, duration_s): (LogInterval, u32),
        receipt_timeout: u8,
        ctx: &mut Context<'_>,
    ) -> Result<Option<Agreement>, Discard> {
        let server = self.find(from).ok_or(Discard::NotListed)?;
        server.identity = Some(source);
        let wanted = &mut server.services[service];
        if duration_s == 0 || !usable(interval) {
            return Ok(Some(Agreement::Denied));
        }
        if wanted.ask_at == Mono::NEVER {
            // It came after we had given it up.
            server.cancel(service, ctx.now);
            return Ok(None);
        }
        let before = wanted.granted;
        let term = Duration::from_secs(duration_s.into());
        // Asked again after about three quarters, and so that not all ask at once.
        wanted.ask_at = ctx.now + term * 3 / 4 - ctx.random.below(term / 16);
        wanted.granted = Some((interval, ctx.now + term));
        wanted.attempts = 0;
        if service == ANNOUNCE && before.is_none() {
            server.silent_at = patience(interval, receipt_timeout, ctx.now);
        }
        if service == SYNC && before.is_none() {
            server.sync_silent_at = sync_patience(interval, ctx.now);
        }
        let changed = before.is_none_or(|(known, _)| known != interval);
        Ok(changed.then_some(Agreement::Obtained))
    }

    /// A Sync of whom we follow.
    pub(crate) fn on_sync(&mut self, now: Mono) {
        let Some(server) = self.selected.and_then(|place| self.list.get_mut(place)) else { return };
        if let Some((interval, _)) = server.services[SYNC].granted {
            server.sync_silent_at = sync_patience(interval, now);
            server.sync_silences = 0;
        }
    }

    /// A server stops (16.1.4.3); whether it had served us.
    pub(crate) fn on_cancel(&mut self, from: Peer, service: usize, now: Mono) -> bool {
        let pause = self.pause;
        let Some(server) = self.find(from) else { return false };
        let wanted = &mut server.services[service];
        if wanted.ask_at != Mono::NEVER {
            wanted.ask_at = now + pause;
            wanted.attempts = 0;
        }
        wanted.granted.take().is_some()
    }

    /// A server has heard that we leave (16.1.4.4).
    pub(crate) fn on_acknowledge(&mut self, from: Peer, service: usize) {
        let Some(server) = self.find(from) else { return };
        server.leaving.services[service] = false;
        if !server.leaving.services.contains(&true) {
            server.leaving = SETTLED;
        }
    }

    /// The port of a server that stopped sending Announce.
    pub(crate) fn identity(&self, peer: Peer) -> Option<PortIdentity> {
        self.list.iter().find(|server| server.settings.peer == peer)?.identity
    }

    /// The sequenceId of the next signaling message to a server.
    pub(crate) fn signaling(&mut self, peer: Peer) -> Option<u16> {
        self.find(peer).map(|server| server.signaling.next())
    }

    /// Does what is due with one server; nothing if nothing is. Who would not serve us is to be
    /// followed no longer.
    pub(crate) fn on_timeout(
        &mut self,
        site: &Site<'_>,
        ctx: &mut Context<'_>,
    ) -> Option<Option<PortIdentity>> {
        let now = ctx.now;
        let place = self.list.iter().position(|server| server.deadline() <= now)?;
        let (server, selected) = (&mut self.list[place], self.selected == Some(place));
        server.expire(site, ctx);
        let mut signals = Signals::to(server.identity.unwrap_or(PortIdentity::ALL));
        let mut refused = selected && server.sync_silences >= SILENCES;
        let intervals = [
            site.settings.announce,
            site.settings.sync,
            site.settings.min_delay_req,
            site.link_settings.pdelay,
        ];
        for (service, interval) in intervals.into_iter().enumerate() {
            let wanted = &mut server.services[service];
            if wanted.ask_at > now {
                continue;
            }
            if wanted.attempts >= ATTEMPTS {
                wanted.attempts = 0;
                wanted.ask_at = now + self.pause;
                refused |= selected && service != ANNOUNCE && wanted.granted.is_none();
                let (peer, service) = (server.settings.peer, SERVICES[service]);
                let change = Agreement::Unanswered;
                ctx.event(Event::Unicast { port: site.link, peer, service, change });
                continue;
            }
            wanted.attempts += 1;
            wanted.ask_at = now + self.query;
            let service = Service::new(SERVICES[service]);
            signals.add(Signal::Request { service, interval, duration_s: self.duration_s });
        }
        server.give_up(&mut signals, self.query, now);
        if !signals.is_empty() {
            let (to, sequence) = (server.settings.peer, server.signaling.next());
            ctx.send(Draft { to, ..site.draft(sequence, None, Content::Signaling(signals)) });
        }
        if refused {
            server.barred_until = now + self.pause;
            server.sync_silences = 0;
        }
        Some(server.identity.filter(|_| refused))
    }

    /// Gives everything up; nothing is repeated.
    pub(crate) fn leave(&mut self, now: Mono) {
        for server in &mut self.list {
            server.leave(&[ANNOUNCE, SYNC, DELAY_RESP, PDELAY_RESP], now);
            server.leaving.left = server.leaving.left.min(1);
            server.silent_at = Mono::NEVER;
        }
    }

    pub(crate) fn deadline(&self) -> Mono {
        self.list.iter().map(Server::deadline).min().unwrap_or(Mono::NEVER)
    }

    /// Where requests for answers of this service may go, and how often if that was agreed upon;
    /// nothing while they may not.
    pub(crate) fn asking(&self, service: usize) -> Option<(Peer, Option<LogInterval>)> {
        let server = self.list.get(self.selected?)?;
        if !self.negotiation {
            return Some((server.settings.peer, None));
        }
        let (interval, _) = server.services[service].granted?;
        Some((server.settings.peer, Some(interval)))
    }

    /// The interval at which the selected server announces, if that was agreed upon.
    pub(crate) fn announce_interval(&self) -> Option<LogInterval> {
        let server = self.list.get(self.selected?)?;
        server.services[ANNOUNCE].granted.map(|(interval, _)| interval)
    }

    /// A server says at which rate its interface works.
    pub(crate) fn on_interface_rate(&mut self, from: Peer, rate: InterfaceRate) {
        if let Some(server) = self.find(from) {
            server.interface_rate = Some(rate);
        }
    }

    /// At which rate the interface of the selected server works, as far as it said so.
    pub(crate) fn interface_rate(&self) -> Option<InterfaceRate> {
        self.list.get(self.selected?)?.interface_rate
    }

    /// The counters of what goes to the selected server.
    pub(crate) fn sequences(&mut self) -> Option<&mut Sequences> {
        self.list.get_mut(self.selected?).map(|server| &mut server.sequences)
    }

    /// What is agreed upon with each of them.
    pub(crate) fn terms(&self) -> impl Iterator<Item = Terms> {
        self.list.iter().enumerate().map(|(place, server)| Terms {
            peer: server.settings.peer,
            identity: server.identity,
            priority: server.settings.priority,
            selected: self.selected == Some(place),
            granted: server.services.map(|wanted| wanted.granted),
        })
    }

    fn find(&mut self, peer: Peer) -> Option<&mut Server> {
        self.list.iter_mut().find(|server| server.settings.peer == peer && peer != Peer::None)
    }
}

impl Server {
    fn forget(&mut self) {
        self.services = [UNWANTED; 4];
        (self.identity, self.interface_rate) = (None, None);
        (self.silent_at, self.sync_silent_at) = (Mono::NEVER, Mono::NEVER);
    }

    /// Wants these no longer; those that were granted are to be cancelled.
    fn leave(&mut self, services: &[usize], now: Mono) {
        self.sync_silent_at = Mono::NEVER;
        for service in services {
            let wanted = core::mem::replace(&mut self.services[*service], UNWANTED);
            if wanted.granted.is_some() || wanted.attempts > 0 {
                self.cancel(*service, now);
            }
        }
    }

    fn cancel(&mut self, service: usize, now: Mono) {
        self.leaving.services[service] = true;
        (self.leaving.left, self.leaving.at) = (ATTEMPTS, now);
    }

    /// What was granted and has ended, and whoever has fallen silent, is asked for anew.
    fn expire(&mut self, site: &Site<'_>, ctx: &mut Context<'_>) {
        let silent = self.silent_at <= ctx.now;
        let without_sync = self.sync_silent_at <= ctx.now;
        let peer = self.settings.peer;
        for (place, (wanted, service)) in self.services.iter_mut().zip(SERVICES).enumerate() {
            let silent = silent || without_sync && place == SYNC;
            let ended = wanted.granted.is_some_and(|(_, until)| silent || until <= ctx.now);
            if ended {
                *wanted = Wanted { ask_at: ctx.now, ..UNWANTED };
                let change = Agreement::Lost;
                ctx.event(Event::Unicast { port: site.link, peer, service, change });
            }
        }
        if without_sync {
            self.sync_silent_at = Mono::NEVER;
            self.sync_silences += 1;
        }
        if silent {
            self.silent_at = Mono::NEVER;
        }
    }

    /// Says, or says again, what is wanted no longer.
    fn give_up(&mut self, signals: &mut Signals, again: Duration, now: Mono) {
        if self.leaving.at > now {
            return;
        }
        for (_, kind) in self.leaving.services.iter().zip(SERVICES).filter(|(leaving, _)| **leaving)
        {
            signals.add(Signal::Cancel(Service::new(kind)));
        }
        self.leaving.left = self.leaving.left.saturating_sub(1);
        self.leaving.at = now + again;
        if self.leaving.left == 0 {
            self.leaving = SETTLED;
        }
    }

    fn deadline(&self) -> Mono {
        let services = self.services.iter();
        let dues = services.map(|wanted| {
            let until = wanted.granted.map_or(Mono::NEVER, |(_, until)| until);
            wanted.ask_at.min(until)
        });
        dues.min()
            .unwrap_or(Mono::NEVER)
            .min(self.silent_at)
            .min(self.sync_silent_at)
            .min(self.leaving.at)
    }
}

fn patience(interval: LogInterval, receipt_timeout: u8, now: Mono) -> Mono {
    now + interval.duration() * (u32::from(receipt_timeout) + 2)
}

/// Until when the next Sync is waited for (PTSF-lossSync of G.8265.1).
fn sync_patience(interval: LogInterval, now: Mono) -> Mono {
    now + (interval.duration() * 10).max(Duration::from_secs(2))
}
