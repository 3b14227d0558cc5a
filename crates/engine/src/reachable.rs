//! What a port says of how it can be reached (16.9), and what it hears of that.

use wire::{
    Availability, CommunicationAvailability, EncodeError, NetworkProtocol, PortAddress,
    ProtocolAddress, TlvBody, TlvWriter, Tlvs,
};

use crate::context::Context;
use crate::event::Event;
use crate::instance::Instance;
use crate::place::{Peer, PortIndex};
use crate::port::Port;
use crate::settings::DelayMechanism;

impl Instance {
    /// Somebody says how it can be reached, or what its physical layer is.
    pub(crate) fn hear_words(&mut self, port: PortIndex, tlvs: Tlvs<'_>, ctx: &mut Context<'_>) {
        let here = &mut self.ports[usize::from(port.0)];
        let before = here.words;
        if let Err(reason) = here.words.take(tlvs) {
            ctx.discard(port, reason);
        }
        for what in here.words.news(&before) {
            ctx.event(Event::Told { instance: self.index, port, what });
        }
    }

    /// Whether any port's Announce says how it can be reached.
    pub(crate) fn says_availability(&self) -> bool {
        self.ports.iter().any(|port| port.settings.options.availability)
    }
}

/// What Announce of a port says of how it can be reached, if it is to.
pub(crate) fn write(port: &Port, tlvs: &mut TlvWriter<'_>) -> Result<(), EncodeError> {
    let options = &port.settings.options;
    if !options.availability {
        return Ok(());
    }
    TlvBody::CommunicationAvailability(availability(port)).encode(tlvs)?;
    let (protocol, address): (_, &[u8]) = match &options.address {
        Peer::None => return Ok(()),
        Peer::Udp4(octets) => (NetworkProtocol::UDP_IPV4, octets),
        Peer::Udp6(octets) => (NetworkProtocol::UDP_IPV6, octets),
        Peer::Ethernet(octets) => (NetworkProtocol::IEEE_802_3, octets),
    };
    let address = PortAddress { protocol, address };
    TlvBody::ProtocolAddress(ProtocolAddress { address }).encode(tlvs)
}

/// Sync comes to the group, and to who is served; Delay_Req is answered the way it came.
fn availability(port: &Port) -> CommunicationAvailability {
    let clients = port.unicast.as_ref().and_then(|unicast| unicast.clients.as_ref());
    let negotiates = port.unicast.as_ref().is_some_and(|unicast| unicast.negotiates());
    let flag = |is: bool, flag: Availability| if is { flag.0 } else { 0 };
    let negotiation = flag(
        negotiates && clients.is_some(),
        Availability(
            Availability::UNICAST_NEGOTIATION_ENABLED.0 | Availability::UNICAST_NEGOTIATION.0,
        ),
    );
    let sync = flag(port.settings.multicast, Availability::MULTICAST)
        | flag(clients.is_some(), Availability::UNICAST)
        | negotiation;
    let answers = flag(true, Availability(Availability::MULTICAST.0 | Availability::UNICAST.0));
    let delay_resp = if port.uses(DelayMechanism::E2e) { answers | negotiation } else { 0 };
    CommunicationAvailability { sync: Availability(sync), delay_resp: Availability(delay_resp) }
}
