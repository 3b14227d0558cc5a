//! What the others on a port's wire say of how they can be reached, and of their physical layer.

use wire::{
    CommunicationAvailability, DecodeError, L1Sync, L1SyncConfig, L1SyncStatus, NetworkProtocol,
    PortAddress, Tlv, TlvBody, TlvType, Tlvs,
};

use crate::event::Discard;
use crate::place::Peer;
use crate::told::Told;

/// Octets that the TLVs of how a port can be reached take at most.
pub(crate) const REACHABLE_LEN: usize = 6 + 24;

/// What was said last on a port, by whomever.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Words {
    /// What a port wants of its physical layer, and what that is (annex L). It is not acted upon.
    pub layer1: Option<(L1SyncConfig, L1SyncStatus)>,
    /// How its messages can be had (16.9).
    pub availability: Option<CommunicationAvailability>,
    /// Where it can be reached (16.9).
    pub address: Option<Peer>,
}

impl Words {
    /// Takes over what a message says of these; the first thing that is wrong with it.
    pub(crate) fn take(&mut self, tlvs: Tlvs<'_>) -> Result<(), Discard> {
        let mut said = Words::default();
        let mut outcome = Ok(());
        for tlv in tlvs.iter().filter(|tlv| is_word(tlv.kind)) {
            outcome = outcome.and(said.take_one(&tlv));
        }
        self.layer1 = said.layer1.or(self.layer1);
        self.availability = said.availability.or(self.availability);
        self.address = said.address.or(self.address);
        outcome
    }

    /// What of these is news after `before`.
    pub(crate) fn news(&self, before: &Words) -> impl Iterator<Item = Told> {
        let layer1 = (self.layer1 != before.layer1).then_some(Told::Layer1);
        let availability = (self.availability != before.availability).then_some(Told::Availability);
        let address = (self.address != before.address).then_some(Told::Address);
        [layer1, availability, address].into_iter().flatten()
    }

    fn take_one(&mut self, tlv: &Tlv<'_>) -> Result<(), Discard> {
        match TlvBody::decode(tlv).map_err(Discard::Malformed)? {
            TlvBody::L1Sync(said) => {
                check(&said, tlv)?;
                once(&mut self.layer1, (said.config, said.status))
            }
            TlvBody::CommunicationAvailability(said) => once(&mut self.availability, said),
            TlvBody::ProtocolAddress(said) => once(&mut self.address, peer(&said.address, tlv)?),
            _ => Ok(()),
        }
    }
}

/// Whether a TLV is one of these.
pub(crate) const fn is_word(kind: TlvType) -> bool {
    matches!(
        kind,
        TlvType::L1_SYNC | TlvType::PORT_COMMUNICATION_AVAILABILITY | TlvType::PROTOCOL_ADDRESS
    )
}

/// The optional parameters are there if, and only if, they are announced.
fn check(said: &L1Sync, tlv: &Tlv<'_>) -> Result<(), Discard> {
    let announced = said.config.has(L1SyncConfig::OPT_PARAMS_ENABLED);
    if announced == said.parameters.is_some() {
        return Ok(());
    }
    Err(Discard::Malformed(DecodeError::Value { field: "optParamsEnabled", at: tlv.at + 4 }))
}

/// An address of a transport that we have; of others nobody in particular.
fn peer(address: &PortAddress<'_>, tlv: &Tlv<'_>) -> Result<Peer, Discard> {
    let octets = address.address;
    let peer = match address.protocol {
        NetworkProtocol::UDP_IPV4 => octets.try_into().ok().map(Peer::Udp4),
        NetworkProtocol::UDP_IPV6 => octets.try_into().ok().map(Peer::Udp6),
        NetworkProtocol::IEEE_802_3 => octets.try_into().ok().map(Peer::Ethernet),
        _ => Some(Peer::None),
    };
    let at = tlv.at + 6;
    peer.ok_or(Discard::Malformed(DecodeError::Value { field: "addressLength", at }))
}

fn once<T>(slot: &mut Option<T>, said: T) -> Result<(), Discard> {
    match slot.replace(said) {
        None => Ok(()),
        Some(_) => Err(Discard::SignalingLimit),
    }
}
