//! Synchronisation metadata out of every leading port once a second, and in from whom we follow
//! (SMPTE ST 2059-2).

use core::time::Duration;

use time::Mono;
use wire::{
    Header, MessageType, OrganizationBody, SynchronizationMetadata, Tlv, TlvBody, TlvType, Tlvs,
};

use crate::context::{Context, next_due};
use crate::event::{Discard, Event};
use crate::instance::Instance;
use crate::outbox::{Content, Draft};
use crate::place::{Peer, PortIndex};
use crate::port_state::PortState;
use crate::state::State;

const EVERY: Duration = Duration::from_secs(1);

/// The TLV of an organization that is first in a management message, if it has one.
pub(crate) fn of_organization(tlvs: Tlvs<'_>) -> Option<Tlv<'_>> {
    tlvs.iter().next().filter(|tlv| tlv.kind == TlvType::ORGANIZATION_EXTENSION)
}

impl Instance {
    /// Takes what whom we follow, or its grandmaster, says.
    pub(crate) fn on_metadata(
        &mut self,
        port: PortIndex,
        (header, tlv): (&Header, &Tlv<'_>),
        ctx: &mut Context<'_>,
    ) {
        let said = match TlvBody::decode(tlv) {
            Err(error) => return ctx.discard(port, Discard::Malformed(error)),
            Ok(TlvBody::Organization {
                body: OrganizationBody::SynchronizationMetadata(said),
                ..
            }) => said,
            Ok(_) => return ctx.discard(port, Discard::Unsupported(MessageType::Management)),
        };
        let source = header.source;
        let parents = source == self.parent.port || source.clock == self.parent.grandmaster;
        let follows = self.ports[usize::from(port.0)].state.receiver().is_some();
        if self.is_grandmaster() || !parents || !follows {
            return ctx.discard(port, Discard::NotParent);
        }
        if said.frame_rate_numerator == 0 || said.frame_rate_denominator == 0 {
            return ctx.discard(port, Discard::Implausible);
        }
        if self.metadata.heard.replace((source, said)) != Some((source, said)) {
            ctx.event(Event::Metadata { instance: self.index, port, source, said });
        }
    }

    /// What we say: our own word while we lead in our own name, else our parent's.
    pub(crate) fn metadata_to_say(&self) -> Option<SynchronizationMetadata> {
        let own = self.settings.metadata?;
        if self.is_grandmaster() {
            return Some(own);
        }
        let heard = self.metadata.heard.filter(|_| self.settings.metadata.is_some());
        heard.map(|(_, said)| said)
    }

    /// Sends what is due from every leading port.
    pub(crate) fn send_metadata(&mut self, ctx: &mut Context<'_>) {
        if self.metadata_deadline() > ctx.now || ctx.outbox.room() < self.enough() {
            return;
        }
        let Some(said) = self.metadata_to_say() else { return };
        self.metadata.due = next_due(self.metadata.due, EVERY, ctx.now);
        let sequence = self.metadata.sequence.next();
        let leads =
            self.ports.iter().filter(|port| matches!(port.state, State::TimeTransmitter(_)));
        for port in leads.filter(|port| port.settings.multicast) {
            ctx.send(Draft {
                instance: self.index,
                link: port.link,
                to: Peer::None,
                sequence,
                ticket: None,
                content: Content::Metadata(said),
            });
        }
    }

    pub(crate) fn metadata_deadline(&self) -> Mono {
        let leads = |port: &crate::port::Port| {
            port.state.name() == PortState::TimeTransmitter && port.settings.multicast
        };
        if self.settings.metadata.is_none() || !self.ports.iter().any(leads) {
            return Mono::NEVER;
        }
        self.metadata_to_say().map_or(Mono::NEVER, |_| self.metadata.due)
    }
}
