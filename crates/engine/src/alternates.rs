//! Alternate time transmitters: those that would lead if the best one did not, and say so with a flag
//! (17.3). Whoever follows leaves them out of every decision and knows them all the same.

use alloc::boxed::Box;
use core::time::Duration;

use time::Mono;
use wire::PortIdentity;

use crate::compare::{Rank, compare};
use crate::context::{Context, next_due};
use crate::foreign::{Ear, ForeignTable, HeardAnnounce};
use crate::options::AlternateSettings;
use crate::outbox::Content;
use crate::place::Peer;
use crate::site::Site;
use crate::ticket::Purpose;

/// Alternate time transmitters that are remembered.
const HEARD_MAX: usize = 8;

#[derive(Debug)]
pub(crate) struct Alternates {
    settings: AlternateSettings,
    pub(crate) heard: ForeignTable,
    /// When to look anew whether we are one.
    look_at: Mono,
    announce_at: Mono,
    sync_at: Mono,
}

impl Alternates {
    /// Where there are to be any.
    pub(crate) fn new(settings: &AlternateSettings) -> Option<Box<Alternates>> {
        let alternates = Alternates {
            settings: *settings,
            heard: ForeignTable::new(HEARD_MAX),
            look_at: Mono::NEVER,
            announce_at: Mono::NEVER,
            sync_at: Mono::NEVER,
        };
        (settings.count > 0).then(|| Box::new(alternates))
    }

    /// Other settings; what was due is looked at anew.
    pub(crate) const fn configure(&mut self, settings: AlternateSettings, now: Mono) {
        self.settings = settings;
        (self.announce_at, self.sync_at) = (Mono::NEVER, Mono::NEVER);
        self.look(now);
    }

    /// Something has changed that decides whether we are one.
    pub(crate) const fn look(&mut self, now: Mono) {
        self.look_at = now;
    }

    /// A flagged Announce.
    pub(crate) fn hear(&mut self, heard: &HeardAnnounce<'_>, ear: &Ear, ctx: &mut Context<'_>) {
        self.heard.hear(heard, ear, None, (ctx.now, ctx.random));
        self.look(ctx.now);
    }

    /// Whether a port is known as one.
    pub(crate) fn knows(&self, source: PortIdentity) -> bool {
        self.heard.iter().any(|record| record.source == source)
    }

    /// Whether we send Sync as one.
    pub(crate) fn syncs(&self) -> bool {
        self.sync_at != Mono::NEVER
    }

    pub(crate) fn deadline(&self) -> Mono {
        let sends = self.announce_at.min(self.sync_at);
        self.look_at.min(sends).min(self.heard.deadline(None))
    }

    /// Does what is due; `own` is our rank, where the port's state lets it speak.
    pub(crate) fn on_timeout(
        &mut self,
        site: &mut Site<'_>,
        (own, ear): (Option<&Rank>, &Ear),
        ctx: &mut Context<'_>,
    ) {
        if self.deadline() > ctx.now {
            return;
        }
        self.look_at = Mono::NEVER;
        while self.heard.expire(ctx.now, None).is_some() {}
        let speaks = own.is_some_and(|own| self.is_among_the_best(own, ear));
        if !speaks {
            (self.announce_at, self.sync_at) = (Mono::NEVER, Mono::NEVER);
            return;
        }
        if self.announce_at == Mono::NEVER {
            self.announce_at = ctx.now + ctx.random.below(site.settings.announce.duration());
            let sync = self.settings.sync.map(|log| ctx.random.below(log.duration()));
            self.sync_at = sync.map_or(Mono::NEVER, |wait: Duration| ctx.now + wait);
            return;
        }
        self.speak(site, ctx);
    }

    /// Fewer than so many of the others are better (17.3.3.2).
    fn is_among_the_best(&self, own: &Rank, ear: &Ear) -> bool {
        let better = self.heard.iter();
        let better = better.filter(|other| compare(ear.edition, &other.rank(ear), own).is_better());
        better.count() < usize::from(self.settings.count)
    }

    /// Sends what is due, Sync first.
    fn speak(&mut self, site: &mut Site<'_>, ctx: &mut Context<'_>) {
        if self.sync_at <= ctx.now
            && let Some(interval) = self.settings.sync
        {
            self.sync_at = next_due(self.sync_at, interval.duration(), ctx.now);
            let sequence = site.sequences.sync.next();
            let purpose = Purpose::Sync { instance: site.instance, port: site.link.0, sequence };
            site.send_sync(Peer::None, sequence, purpose, ctx);
        }
        if self.announce_at <= ctx.now {
            let interval = site.settings.announce;
            self.announce_at = next_due(self.announce_at, interval.duration(), ctx.now);
            let sequence = site.sequences.announce.next();
            ctx.send(site.draft(sequence, None, Content::Announce { interval }));
        }
    }
}
