//! What IEEE 802.1AS adds to an instance: relays, capable neighbours, following without Announce.

use time::{Mono, Span, Timestamp};
use wire::{
    Announce, ClockAccuracy, ClockQuality, Flags, GptpCapable, Header, PortIdentity, TimeSource,
};

use crate::asked::{Asked, ask};
use crate::context::Context;
use crate::event::{Discard, Event};
use crate::follow_up::{Information, Relayed};
use crate::foreign::{HeardAnnounce, Preference};
use crate::instance::Instance;
use crate::link::Link;
use crate::outbox::Content;
use crate::place::{Peer, PortIndex};
use crate::port::{Heard, Port};
use crate::settings::usable;
use crate::signal::{Signal, Signals};
use crate::state::State;
use crate::told::Told;
use crate::transmitter;

impl Instance {
    /// A Sync of somebody on a port that is held to follow without Announce: its sender is
    /// followed, if nobody is.
    pub(crate) fn adopt(
        &mut self,
        port: PortIndex,
        (header, from): (&Header, Peer),
        ctx: &mut Context<'_>,
    ) {
        let here = &mut self.ports[usize::from(port.0)];
        if here.settings.announces || here.transmitter_only() || here.best().is_some() {
            return;
        }
        let time = &self.settings.time;
        let announce = Announce {
            origin: Timestamp::ZERO,
            utc_offset: time.utc_offset,
            priority1: u8::MAX,
            quality: ClockQuality {
                class: 248,
                accuracy: ClockAccuracy::UNKNOWN,
                variance: u16::MAX,
            },
            priority2: u8::MAX,
            grandmaster: header.source.clock,
            steps_removed: 0,
            time_source: TimeSource::OTHER,
        };
        let flags = header.flags.with(Flags::PTP_TIMESCALE, true);
        let header = Header { flags, ..*header };
        let preference = Preference::default();
        let heard = HeardAnnounce { header: &header, announce, from, preference, known: false };
        if here.on_announce(&heard, ctx) == Heard::Decide {
            self.decide(None, ctx);
        }
    }

    /// A Sync of the parent is complete: a relay passes it on (802.1AS 10.2.7).
    pub(crate) fn pass_sync_on(&mut self, port: PortIndex, link: &Link, ctx: &mut Context<'_>) {
        let here = &mut self.ports[usize::from(port.0)];
        let Some(receiver) = here.state.receiver_mut() else { return };
        let Some(pair) = receiver.fresh.take().filter(|_| self.settings.relay) else { return };
        let said = receiver.information.unwrap_or(Information::OWN);
        let neighbor = link.neighbor.rate();
        let rate = said.rate.times(neighbor);
        // The link's delay is known in our seconds, and counts in the grandmaster's.
        let delay = rate.of(link.neighbor.delay().unwrap_or(Span::ZERO));
        let relayed = Relayed {
            origin: pair.origin,
            correction: pair.correction + delay,
            received: pair.received,
            information: Information { rate, ..said },
        };
        for (i, other) in self.ports.iter_mut().enumerate() {
            if i != usize::from(port.0) && ctx.outbox.room() > 4 {
                other.relay(relayed, ctx);
            }
        }
    }

    /// The neighbour on an interface is found to do gPTP, or not to, in whichever domain; and to
    /// speak the edition of 2011 or not.
    pub(crate) fn on_across(
        &mut self,
        port: PortIndex,
        (across, older): (bool, bool),
        ctx: &mut Context<'_>,
    ) {
        let Some(here) = self.ports.get_mut(usize::from(port.0)) else { return };
        here.capability.set_across(across, older);
        self.review_capable(usize::from(port.0), ctx);
    }

    /// The neighbour says that it does gPTP in this domain (802.1AS 10.4.2).
    pub(crate) fn on_capable_said(
        &mut self,
        port: PortIndex,
        said: &GptpCapable,
        ctx: &mut Context<'_>,
    ) {
        let Some(here) = self.ports.get_mut(usize::from(port.0)) else { return };
        if !usable(said.log_interval) {
            return ctx.discard(port, Discard::Interval);
        }
        let timeout = here.settings.options.capable.receipt_timeout;
        if here.capability.hear(said.log_interval, timeout, ctx.now) {
            let (instance, what) = (self.index, Told::Capable(true));
            ctx.event(Event::Told { instance, port, what });
        }
        self.review_capable(usize::from(port.0), ctx);
    }

    /// Says that we do gPTP when that is due, and forgets who does no longer.
    pub(crate) fn mind_capable(&mut self, i: usize, ctx: &mut Context<'_>) {
        let here = &mut self.ports[i];
        if here.capability.deadline() > ctx.now {
            return;
        }
        if let Some(interval) = here.capability.due(ctx.now) {
            here.signal(Signal::Capable(interval), ctx);
        }
        if here.capability.expire(ctx.now) {
            let (instance, port, what) = (self.index, here.link, Told::Capable(false));
            ctx.event(Event::Told { instance, port, what });
            self.review_capable(i, ctx);
        }
    }

    fn review_capable(&mut self, i: usize, ctx: &mut Context<'_>) {
        let here = &mut self.ports[i];
        let capable =
            here.capability.holds(here.settings.options.capable.rule, self.settings.domain);
        if here.set_capable(capable, ctx) {
            self.decide_soon(ctx);
        }
    }
}

impl Port {
    /// Asks the time transmitter for the intervals that are enough from now on (802.1AS 10.6.4.3).
    pub(crate) fn ask_for_intervals(&mut self, ctx: &mut Context<'_>) {
        if let Some(interval) = self.settings.options.capable.request {
            self.signal(Signal::CapableInterval(interval), ctx);
        }
        let (sync, pdelay) = self.settings.request;
        if sync.is_none() && pdelay.is_none() {
            return;
        }
        self.signal(Signal::Intervals { sync: ask(sync), pdelay: ask(pdelay) }, ctx);
    }

    /// Says one thing to whoever is on the wire.
    pub(crate) fn signal(&mut self, signal: Signal, ctx: &mut Context<'_>) {
        let mut signals = Signals::to(PortIdentity::ALL);
        signals.add(signal);
        let (_, site) = self.at_work();
        let sequence = site.sequences.signaling.next();
        ctx.send(site.draft(sequence, None, Content::Signaling(signals)));
    }

    /// A neighbour asks for other intervals.
    pub(crate) fn set_intervals(&mut self, sync: Asked, announce: Asked, now: Mono) {
        let State::TimeTransmitter(transmitter) = &mut self.state else { return };
        let settings = &mut self.settings;
        let speaks = transmitter.speaks();
        let (interval, syncs) = sync.apply((settings.sync, speaks.0), self.initial.sync);
        settings.sync = interval;
        let (interval, announces) =
            announce.apply((settings.announce, speaks.1), self.initial.announce);
        settings.announce = interval;
        transmitter.hasten(settings, now);
        transmitter.silence(!syncs, !announces);
    }

    /// Passes a Sync on that came in on another port of a relay.
    pub(crate) fn relay(&mut self, relayed: Relayed, ctx: &mut Context<'_>) {
        let (state, mut site) = self.at_work();
        if matches!(state, State::TimeTransmitter(_)) {
            let sequence = site.sequences.sync.upcoming();
            transmitter::relay_sync(&mut site, ctx);
            self.relayed = Some((sequence, relayed));
        }
    }

    /// Whether the neighbour can do gPTP has changed; true if that matters here.
    pub(crate) fn set_capable(&mut self, capable: bool, ctx: &mut Context<'_>) -> bool {
        if !self.settings.needs_capable || self.capable == capable {
            return false;
        }
        self.capable = capable;
        if !capable && self.state.name().is_up() {
            self.forget();
            self.listen(ctx);
        }
        true
    }
}
