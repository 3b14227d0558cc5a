//! What a port does when its event messages have left.

use time::Stamp;
use wire::MessageType;

use crate::context::Context;
use crate::event::Discard;
use crate::port::Port;
use crate::state::State;
use crate::ticket::ClientId;
use crate::transmitter;

impl Port {
    pub(crate) fn on_sync_sent(&mut self, sequence: u16, at: Stamp, ctx: &mut Context<'_>) {
        let left = at.time + self.link_settings.egress_latency;
        let relayed = self.relayed.filter(|(passed, _)| *passed == sequence);
        // What left on another clock than it came in on cannot be told how long that took.
        if let Some((_, relayed)) = &relayed
            && !relayed.received.comparable(&at)
        {
            return ctx.discard(self.link, Discard::EpochChanged);
        }
        let relayed = relayed.map(|(_, relayed)| relayed);
        let speaks = self.alternates.as_ref().is_some_and(|all| all.syncs());
        let (state, site) = self.at_work();
        if matches!(state, State::TimeTransmitter(_)) || speaks {
            transmitter::follow_up(&site, sequence, (left, relayed.as_ref()), ctx);
        }
    }

    pub(crate) fn on_client_sync_sent(
        &mut self,
        sync: (ClientId, u16),
        at: Stamp,
        ctx: &mut Context<'_>,
    ) {
        let left = at.time + self.link_settings.egress_latency;
        let leads = matches!(self.state, State::TimeTransmitter(_));
        let Some((unicast, site)) = self.in_unicast().filter(|_| leads) else { return };
        if let Some(clients) = &unicast.clients {
            clients.follow_up(&site, sync, left, ctx);
        }
    }

    pub(crate) fn on_delay_req_sent(&mut self, sequence: u16, at: Stamp, ctx: &mut Context<'_>) {
        let at = Stamp { time: at.time + self.link_settings.egress_latency, ..at };
        self.report_sent((MessageType::DelayReq, sequence), at.time, ctx);
        let (state, site) = self.at_work();
        if let Some(receiver) = state.receiver_mut() {
            receiver.on_sent(&site, sequence, at, ctx);
        }
    }
}
