//! Who was heard, and what.

use std::collections::BTreeMap;

use control::Identity;
use wire::{Announce, Body, DecodeError, MessageType, Packet, PortIdentity, SdoId};

use super::finding::Finding;
use crate::words;

/// More senders than this are only counted: anybody can invent them.
const SENDERS_MAX: usize = 64;

/// Everything that was heard.
#[derive(Debug, Default)]
pub(super) struct Tally {
    senders: BTreeMap<Sender, Heard>,
    others: BTreeMap<String, u64>,
}

/// One port of one clock, as it shows itself.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Sender {
    address: String,
    clock: [u8; 8],
    port: u16,
    domain: u8,
    sdo_id: u16,
    minor_version: u8,
}

#[derive(Debug, Default)]
struct Heard {
    /// By number.
    messages: BTreeMap<u8, u64>,
    announce: Option<Announce>,
}

impl Tally {
    pub(super) fn hear(&mut self, address: String, octets: &[u8]) {
        match Packet::parse(octets) {
            Ok(packet) => self.count(address, &packet),
            Err(DecodeError::Version(version)) => {
                self.other(format!("{address} speaks PTP version {version}, which is another"));
            }
            Err(error) => self.other(format!("{address} sends what is no PTP message: {error}")),
        }
    }

    fn count(&mut self, address: String, packet: &Packet<'_>) {
        let PortIdentity { clock, port } = packet.header.source;
        let sender = Sender {
            address,
            clock: clock.0,
            port,
            domain: packet.header.domain,
            sdo_id: packet.header.sdo_id.0,
            minor_version: packet.header.minor_version,
        };
        if self.senders.len() == SENDERS_MAX && !self.senders.contains_key(&sender) {
            return self.other("more senders than are listed here".to_owned());
        }
        let heard = self.senders.entry(sender).or_default();
        *heard.messages.entry(packet.kind.number()).or_default() += 1;
        if let Ok(message) = packet.message()
            && let Body::Announce(announce) = message.body
        {
            heard.announce = Some(announce);
        }
    }

    fn other(&mut self, what: String) {
        if self.others.len() < SENDERS_MAX || self.others.contains_key(&what) {
            *self.others.entry(what).or_default() += 1;
        }
    }

    pub(super) fn findings(&self, seconds: u64) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.senders.iter().map(|(sender, heard)| describe(sender, heard)).collect();
        for (what, count) in &self.others {
            let times = if *count == 1 { "once" } else { &format!("{count} times") };
            findings.push(
                Finding::note("peers", format!("{what} ({times})"))
                    .advise("nothing, unless it should be your source"),
            );
        }
        let announced = self.senders.values().any(|heard| heard.announce.is_some());
        if !announced {
            let text = format!("nobody has announced a time in {seconds} s");
            findings.push(Finding::problem("peers", text).advise(
                "unless this machine is to lead: check VLAN, firewall (UDP 319 and 320), IGMP \
                 snooping in the switch, and whether the grandmaster sends multicast over \
                 UDP/IPv4; slow announce intervals want more --seconds",
            ));
        }
        findings
    }
}

fn describe(sender: &Sender, heard: &Heard) -> Finding {
    let Sender { address, port, domain, minor_version, .. } = sender;
    let clock = Identity(sender.clock);
    let mut text = format!(
        "{address}, clock {clock} port {port}, domain {domain}, PTP 2.{minor_version} over \
         UDP/IPv4: "
    );
    let messages = heard.messages.iter().filter_map(|(number, count)| {
        Some(format!("{count} {}", MessageType::from_number(*number)?.name()))
    });
    text += &messages.collect::<Vec<_>>().join(", ");
    if let Some(announce) = &heard.announce {
        let grandmaster = Identity(announce.grandmaster.0);
        let who = if grandmaster == clock { "itself".into() } else { grandmaster.to_string() };
        let accuracy = words::accuracy(announce.quality.accuracy.0);
        text += &format!(
            "; announces {who} as grandmaster, priority1 {}, class {}, accuracy {accuracy}, {} \
             steps away",
            announce.priority1, announce.quality.class, announce.steps_removed
        );
    }
    let defaults = *domain == 0 && sender.sdo_id == 0;
    if defaults || heard.announce.is_none() {
        return Finding::ok("peers", text);
    }
    let advice = match SdoId(sender.sdo_id) {
        SdoId(0) => format!("to follow it, `--domain {domain}`"),
        SdoId(sdo_id) => format!("to follow it, `--domain {domain} --sdo-id {sdo_id}`"),
    };
    Finding::note("peers", text).advise(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_senders_fill_no_memory() {
        let mut tally = Tally::default();
        let mut octets = [0; 44];
        (octets[1], octets[3]) = (2, 44);

        for number in 0..10_000u32 {
            octets[20..24].copy_from_slice(&number.to_be_bytes());
            tally.hear("192.0.2.1".into(), &octets);
            tally.hear(format!("192.0.2.1:{number}"), &[0, 1]);
        }

        assert!(tally.senders.len() <= SENDERS_MAX && tally.others.len() <= SENDERS_MAX);
    }
}
