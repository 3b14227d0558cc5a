//! What unicast service, where a port has any, means for the rest of the port (16.1).

use time::{Mono, Span};
use wire::{Flags, InterfaceRate, PortIdentity};

use crate::interface_rate;
use crate::place::Peer;
use crate::port::Port;
use crate::receiver::Asking;
use crate::roster::Who;
use crate::servers::Servers;
use crate::unicast_settings::PDELAY_RESP;

impl Port {
    /// delayAsymmetry (7.4.2).
    pub(crate) fn asymmetry(&self) -> Span {
        let servers = self.unicast.as_ref().and_then(|unicast| unicast.servers.as_ref());
        let theirs = servers.and_then(Servers::interface_rate);
        let by_rates = match (theirs, self.settings.options.interface_rate) {
            (Some(theirs), Some(ours)) => interface_rate::asymmetry(&theirs, &ours),
            _ => Span::ZERO,
        };
        self.link_settings.asymmetry + by_rates
    }

    /// A server says at which rate its interface works; it counts where ours is known too.
    pub(crate) fn on_interface_rate(&mut self, from: Peer, rate: Option<InterfaceRate>) {
        let servers = self.unicast.as_mut().and_then(|unicast| unicast.servers.as_mut());
        if let (Some(servers), Some(rate)) = (servers, rate) {
            servers.on_interface_rate(from, rate);
        }
    }

    /// What was agreed upon says whom Delay_Req goes to, on a port with unicast servers.
    pub(crate) fn ask_as_agreed(&mut self) {
        let Some(agreed) = self.unicast.as_ref().and_then(|unicast| unicast.asks()) else { return };
        let asking =
            agreed.map_or(Asking::Nobody, |(peer, interval)| Asking::Alone(peer, interval));
        if let Some(receiver) = self.state.receiver_mut() {
            receiver.ask(asking);
        }
    }

    /// Whom Pdelay_Req goes to; nothing while it may go to nobody.
    pub(crate) fn pdelay_goes_to(&self) -> Option<Peer> {
        match self.unicast.as_ref().and_then(|unicast| unicast.servers.as_ref()) {
            Some(servers) if !servers.stand_aside() => {
                servers.asking(PDELAY_RESP).map(|(peer, _)| peer)
            }
            _ => Some(self.link_settings.peer),
        }
    }

    /// A Sync came; whom we follow is not silent.
    pub(crate) fn hears_sync(&mut self, source: PortIdentity, now: Mono) {
        let follows = self.state.receiver().is_some_and(|receiver| receiver.parent == source);
        let servers = self.unicast.as_mut().filter(|_| follows);
        if let Some(servers) = servers.and_then(|unicast| unicast.servers.as_mut()) {
            servers.on_sync(now);
        }
    }

    /// Whether a Delay_Req is to be answered.
    pub(crate) fn answers(&mut self, who: Who, flags: Flags, now: Mono) -> bool {
        let in_unicast = flags.has(Flags::UNICAST);
        let Some((unicast, site)) = self.in_unicast() else { return true };
        !in_unicast || unicast.answers(&site, &who, now)
    }
}
