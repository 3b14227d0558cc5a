//! When a port reports to a monitor what it measures (16.11): once it is enough for a message.

use time::Timestamp;
use wire::{MessageType, ScaledRate};

use crate::context::Context;
use crate::instance::Instance;
use crate::link::Link;
use crate::monitor::Observed;
use crate::options::Report;
use crate::outbox::{Content, Draft};
use crate::place::PortIndex;
use crate::port::Port;
use crate::settings::DelayMechanism;

/// Outputs that are left to whatever else an input may have to say.
const RESERVE: usize = 6;

impl Instance {
    /// A Sync of the parent is complete, and not yet passed on.
    pub(crate) fn report_sync(&mut self, port: PortIndex, link: &Link, ctx: &mut Context<'_>) {
        let here = &mut self.ports[usize::from(port.0)];
        let settings = here.settings.options.monitor;
        let p2p = here.uses(DelayMechanism::P2p);
        let asymmetry = here.asymmetry();
        let (Some(monitor), Some(receiver)) = (&mut here.monitor, here.state.receiver()) else {
            return;
        };
        let Some(pair) = receiver.fresh else { return };
        let cumulative = receiver.information.map(|said| said.rate).or(self.ratio);
        let cumulative = cumulative.map(ScaledRate::from);
        let observed = Observed {
            source: receiver.parent,
            sequence: pair.sequence,
            origin: pair.origin,
            correction: pair.correction - asymmetry,
            received: pair.received.time,
            asymmetry,
            cumulative: cumulative.unwrap_or_default(),
            delay: if p2p { link.neighbor.delay() } else { receiver.mean_delay() },
            neighbor: link.neighbor.known_rate().filter(|_| p2p).map(ScaledRate::from),
        };
        let timing = settings.timing && monitor.timing(&observed);
        let computed = settings.computed && monitor.computed(&observed);
        if timing {
            here.report(Report::SyncTiming, ctx);
        }
        if computed {
            here.report(Report::SyncComputed, ctx);
        }
    }
}

impl Port {
    /// A Delay_Req or Pdelay_Req of ours left then.
    pub(crate) fn report_sent(
        &mut self,
        message: (MessageType, u16),
        sent: Timestamp,
        ctx: &mut Context<'_>,
    ) {
        let wanted = self.settings.options.monitor.sent;
        let (Some(monitor), Some(receiver)) = (&mut self.monitor, self.state.receiver()) else {
            return;
        };
        if wanted && monitor.stamped(receiver.parent, message, sent) {
            self.report(Report::EventsSent, ctx);
        }
    }

    fn report(&mut self, report: Report, ctx: &mut Context<'_>) {
        if ctx.outbox.room() < RESERVE {
            return;
        }
        let to = self.settings.options.monitor.to;
        let (_, site) = self.at_work();
        let sequence = site.sequences.signaling.next();
        ctx.send(Draft { to, ..site.draft(sequence, None, Content::Report(report)) });
    }
}
