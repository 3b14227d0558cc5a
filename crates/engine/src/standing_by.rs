//! What an instance and its ports make of alternate time transmitters (17.3).

use time::LogInterval;
use wire::{Announce, Flags, Header};

use crate::compare::Rank;
use crate::context::Context;
use crate::event::Discard;
use crate::foreign::HeardAnnounce;
use crate::instance::{Instance, own_rank};
use crate::outbox::{Content, Draft};
use crate::place::{Peer, PortIndex};
use crate::port::Port;
use crate::settings::{Edition, Role};
use crate::state::State;

impl Instance {
    /// An Announce of one: known, and left out of every decision.
    pub(crate) fn on_alternate(
        &mut self,
        port: PortIndex,
        from: Peer,
        (header, announce): (&Header, &Announce),
        ctx: &mut Context<'_>,
    ) {
        let preference = self.preference(usize::from(port.0), header.source);
        let far = announce.steps_removed >= self.settings.max_steps_removed;
        let Some(here) = self.ports.get_mut(usize::from(port.0)) else { return };
        let ear = here.ear();
        let (Some(preference), Some(alternates)) = (preference, &mut here.alternates) else {
            return ctx.discard(port, Discard::AlternateTransmitter);
        };
        if far {
            return ctx.discard(port, Discard::StepsRemoved);
        }
        let heard = HeardAnnounce { header, announce: *announce, from, preference, known: false };
        alternates.hear(&heard, &ear, ctx);
    }

    /// Speaks as one on a port, if it is one there.
    pub(crate) fn mind_alternates(&mut self, i: usize, ctx: &mut Context<'_>) {
        let own = own_rank(&self.settings);
        let may = self.settings.role == Role::Both
            && !matches!(self.settings.edition, Edition::Ieee8021As | Edition::External);
        let port = &mut self.ports[i];
        let (ear, stands) = (port.ear(), may && port.may_stand_by());
        if let Some((alternates, mut site)) = port.as_alternate() {
            let own: Option<&Rank> = if stands { Some(&own) } else { None };
            alternates.on_timeout(&mut site, (own, &ear), ctx);
        }
    }
}

impl Port {
    /// Whether its state and its way to speak leave room for an alternate time transmitter.
    fn may_stand_by(&self) -> bool {
        let speaks = self.settings.multicast && self.settings.announces && self.echo.is_none();
        let servers = self.unicast.as_ref().and_then(|unicast| unicast.servers.as_ref());
        let served = servers.is_some_and(|servers| !servers.stand_aside());
        let state = matches!(self.state, State::Passive(_) | State::TimeReceiver(_));
        speaks && !served && state
    }

    /// The interval of Sync, as whatever the port is.
    pub(crate) fn sync_interval(&self) -> LogInterval {
        let leads = matches!(self.state, State::TimeTransmitter(_));
        let alternate = self.settings.options.alternate.sync.filter(|_| !leads);
        alternate.unwrap_or(self.settings.sync)
    }

    /// Whether what goes out is said as an alternate time transmitter.
    pub(crate) fn stands_by(&self, draft: &Draft) -> bool {
        let leads = matches!(self.state, State::TimeTransmitter(_));
        let said = matches!(
            draft.content,
            Content::Announce { .. }
                | Content::Sync
                | Content::OneStepSync
                | Content::FollowUp { .. }
                | Content::DelayResp { .. }
        );
        self.alternates.is_some() && !leads && said && draft.to == Peer::None
    }
}

/// The flags of what is said so.
pub(crate) const fn flagged(flags: Flags, stands_by: bool) -> Flags {
    flags.with(Flags::ALTERNATE_TIME_TRANSMITTER, stands_by)
}
