//! What IEEE 802.1AS adds to an instance: relays, capable neighbours, following without Announce.

use time::{Mono, Span, Timestamp};
use wire::{Announce, ClockAccuracy, ClockQuality, Flags, Header, PortIdentity, TimeSource};

use crate::asked::{Asked, ask};
use crate::context::Context;
use crate::follow_up::{Information, Relayed};
use crate::foreign::{HeardAnnounce, Preference};
use crate::instance::Instance;
use crate::link::Link;
use crate::outbox::Content;
use crate::place::{Peer, PortIndex};
use crate::port::{Heard, Port};
use crate::signal::{Signal, Signals};
use crate::state::State;
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
        let heard = HeardAnnounce { header: &header, announce, from, preference };
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

    /// The neighbour on an interface is found to do gPTP, or not to.
    pub(crate) fn on_capable(&mut self, port: PortIndex, capable: bool, ctx: &mut Context<'_>) {
        let Some(here) = self.ports.get_mut(usize::from(port.0)) else { return };
        if here.set_capable(capable, ctx) {
            self.decide_soon(ctx);
        }
    }
}

impl Port {
    /// Asks the time transmitter for the intervals that are enough from now on (802.1AS 10.6.4.3).
    pub(crate) fn ask_for_intervals(&mut self, ctx: &mut Context<'_>) {
        let (sync, pdelay) = self.settings.request;
        if sync.is_none() && pdelay.is_none() {
            return;
        }
        let mut signals = Signals::to(PortIdentity::ALL);
        signals.add(Signal::Intervals { sync: ask(sync), pdelay: ask(pdelay) });
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
