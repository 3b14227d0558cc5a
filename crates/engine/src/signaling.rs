//! Signaling messages: unicast service, the intervals that a neighbour asks for, and what others say
//! of themselves.

use wire::{ClockIdentity, Header, IntervalRequest, MessageType, PortIdentity, Tlvs};

use crate::asked::Asked;
use crate::context::Context;
use crate::event::{Discard, Event};
use crate::instance::Instance;
use crate::link::Link;
use crate::options::CapableRule;
use crate::place::{Peer, PortIndex};
use crate::said::Said;
use crate::settings::Role;
use crate::told::Told;

impl Instance {
    /// A signaling message (13.12).
    pub(crate) fn on_signaling(
        &mut self,
        port: PortIndex,
        (header, from, target, tlvs): (&Header, Peer, PortIdentity, Tlvs<'_>),
        link: &mut Link,
        ctx: &mut Context<'_>,
    ) {
        let own = self.settings.identity;
        let Some(here) = self.ports.get(usize::from(port.0)) else { return };
        let for_us = |all: u16| target.port == all || target.port == here.identity.port;
        let clock = target.clock == ClockIdentity::ALL || target.clock == own;
        if !clock || !for_us(u16::MAX) {
            return;
        }
        let mut said = Said::of(tlvs);
        if here.settings.options.capable.rule == CapableRule::Off {
            (said.capable, said.capable_interval) = (None, None);
        }
        if let Some(reason) = said.problem {
            ctx.discard(port, reason);
        }
        if let Some(asked) = &said.intervals {
            self.on_intervals(port, asked, link, ctx);
        }
        if let Some(asked) = &said.capable_interval {
            self.on_capable_interval(port, Asked::of(asked.log_interval), ctx);
        }
        if let Some(capable) = &said.capable {
            self.on_capable_said(port, capable, ctx);
        }
        if said.words {
            self.hear_words(port, tlvs, ctx);
        }
        for report in said.reports.into_iter().flatten() {
            let (instance, what) = (self.index, Told::Report(report));
            ctx.event(Event::Told { instance, port, what });
        }
        self.ports[usize::from(port.0)].on_interface_rate(from, said.interface_rate);
        let understood = said.is_understood();
        if said.service || !understood {
            self.on_service(port, (header, from, tlvs), (said.service, understood), ctx);
        }
    }

    /// What is said of unicast service, where there is any.
    fn on_service(
        &mut self,
        port: PortIndex,
        message: (&Header, Peer, Tlvs<'_>),
        (about_service, understood): (bool, bool),
        ctx: &mut Context<'_>,
    ) {
        let may_lead = self.settings.role != Role::ReceiverOnly;
        let here = &mut self.ports[usize::from(port.0)];
        let Some((unicast, site)) = here.in_unicast().filter(|_| about_service) else {
            if !understood {
                ctx.discard(port, Discard::Unsupported(MessageType::Signaling));
            }
            return;
        };
        let consequences = unicast.on_signaling(&site, message, may_lead, ctx);
        here.ask_as_agreed();
        if let Some(source) = consequences.forget {
            here.foreign.remove(source);
            self.decide_soon(ctx);
        }
    }

    /// A neighbour asks for other intervals (802.1AS 10.6.4.3).
    fn on_intervals(
        &mut self,
        port: PortIndex,
        asked: &IntervalRequest,
        link: &mut Link,
        ctx: &mut Context<'_>,
    ) {
        let here = &mut self.ports[usize::from(port.0)];
        let (sync, announce) = (Asked::of(asked.time_sync), Asked::of(asked.announce));
        let (Some(sync), Some(announce), Some(pdelay)) =
            (sync, announce, Asked::of(asked.link_delay))
        else {
            return ctx.discard(port, Discard::Interval);
        };
        here.set_intervals(sync, announce, ctx.now);
        link.set_interval(pdelay, ctx.now);
        ctx.event(Event::IntervalsAsked { port });
    }

    /// A neighbour asks how often we are to say that we do gPTP (802.1AS 10.6.4.5).
    fn on_capable_interval(
        &mut self,
        port: PortIndex,
        asked: Option<Asked>,
        ctx: &mut Context<'_>,
    ) {
        let Some(asked) = asked else { return ctx.discard(port, Discard::Interval) };
        let here = &mut self.ports[usize::from(port.0)];
        let initial = here.settings.options.capable.interval;
        here.capability.set_interval(asked, initial, ctx.now);
        ctx.event(Event::IntervalsAsked { port });
    }
}
