//! CUMULATIVE_RATE_RATIO: the grandmaster's rate over ours, multiplied from clock to clock (16.10).

use time::Rate;
use wire::{
    Body, CumulativeRateRatio, EncodeError, Flags, Message, ScaledRate, TlvBody, TlvWriter,
};

use crate::context::Context;
use crate::instance::Instance;
use crate::link::Link;
use crate::place::PortIndex;
use crate::port::Port;
use crate::settings::DelayMechanism;

impl Port {
    /// Follow_Up of a two-step Sync, or a one-step Sync, says the grandmaster's rate over its
    /// sender's.
    pub(crate) fn hear_ratio(&mut self, message: &Message<'_>, ctx: &mut Context<'_>) {
        let two_step = message.header.flags.has(Flags::TWO_STEP);
        let carries = match message.body {
            Body::Sync(_) => !two_step,
            Body::FollowUp(_) => true,
            _ => false,
        };
        let parent = self.state.receiver().map(|receiver| receiver.parent);
        let Some(ratio) = &mut self.ratio else { return };
        if !carries || parent != Some(message.header.source) {
            return;
        }
        if let Err(reason) = ratio.hear(message.tlvs) {
            ctx.discard(self.link, reason);
        }
    }
}

impl Instance {
    /// A Sync of the parent is complete, and not yet passed on.
    pub(crate) fn track_ratio(&mut self, port: PortIndex, link: &Link) {
        let here = &mut self.ports[usize::from(port.0)];
        let p2p = here.uses(DelayMechanism::P2p);
        let (Some(ratio), Some(receiver)) = (&mut here.ratio, here.state.receiver()) else {
            return;
        };
        let Some(pair) = receiver.fresh else { return };
        ratio.measured(&pair);
        let neighbor = link.neighbor.known_rate().filter(|_| p2p);
        self.ratio = ratio.grandmaster(neighbor);
    }

    /// The grandmaster's rate over ours, where that is passed on and known (16.10).
    pub(crate) fn rate_ratio(&self) -> Option<Rate> {
        if !self.settings.rate_ratio {
            return None;
        }
        if self.is_grandmaster() { Some(Rate::ONE) } else { self.ratio }
    }

    pub(crate) fn write_ratio(&self, tlvs: &mut TlvWriter<'_>) -> Result<(), EncodeError> {
        let Some(rate) = self.rate_ratio() else { return Ok(()) };
        let ratio = ScaledRate::from(rate);
        TlvBody::CumulativeRateRatio(CumulativeRateRatio { ratio }).encode(tlvs)
    }
}
