//! Signaling messages: unicast service, and the intervals that a neighbour asks for.

use wire::{
    ClockIdentity, Header, IntervalRequest, MessageType, OrganizationBody, PortIdentity, TlvBody,
    Tlvs,
};

use crate::asked::Asked;
use crate::context::Context;
use crate::event::{Discard, Event};
use crate::instance::Instance;
use crate::link::Link;
use crate::place::{Peer, PortIndex};
use crate::settings::Role;
use crate::unicast::is_about_service;

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
        let Some(here) = self.ports.get_mut(usize::from(port.0)) else { return };
        let for_us = |all: u16| target.port == all || target.port == here.identity.port;
        let clock = target.clock == ClockIdentity::ALL || target.clock == own;
        if !clock || !for_us(u16::MAX) {
            return;
        }
        if let Some(asked) = intervals(tlvs) {
            return self.on_intervals(port, &asked, link, ctx);
        }
        let about_service = tlvs.iter().any(|tlv| is_about_service(tlv.kind));
        let may_lead = self.settings.role != Role::ReceiverOnly;
        let Some((unicast, site)) = here.in_unicast().filter(|_| about_service) else {
            return ctx.discard(port, Discard::Unsupported(MessageType::Signaling));
        };
        let message = (header, from, tlvs);
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
        let Some(here) = self.ports.get_mut(usize::from(port.0)) else { return };
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
}

fn intervals(tlvs: Tlvs<'_>) -> Option<IntervalRequest> {
    let bodies = tlvs.iter().filter(|tlv| tlv.kind.is_organization());
    bodies.filter_map(|tlv| TlvBody::decode(&tlv).ok()).find_map(|body| match body {
        TlvBody::Organization { body: OrganizationBody::IntervalRequest(asked), .. } => Some(asked),
        _ => None,
    })
}
