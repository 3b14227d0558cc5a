//! Who was heard, and what.

use std::collections::{BTreeMap, BTreeSet};

use control::Identity;
use wire::{Announce, Body, DecodeError, Flags, MessageType, Packet, PortIdentity, SdoId};

use super::finding::Finding;
use super::transport::Transport;
use crate::words;

/// More senders than this are only counted: anybody can invent them.
const SENDERS_MAX: usize = 64;
/// More requests for peer delay than this are not looked at.
const REQUESTS_MAX: usize = 1024;
/// More answers to one request than this are not looked at.
const RESPONDERS_MAX: usize = 8;

/// Everything that was heard.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) senders: BTreeMap<Sender, Heard>,
    /// Who answered each request for peer delay.
    pub(super) answers: BTreeMap<Request, BTreeSet<Responder>>,
    /// Whether there were more senders than are listed.
    pub(super) overflowed: bool,
    others: BTreeMap<String, u64>,
    /// Messages so far.
    count: u64,
}

/// Where a port of a clock speaks, and the world it speaks of.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct World {
    pub(super) transport: Transport,
    pub(super) domain: u8,
    pub(super) sdo_id: u16,
}

/// One port of one clock, as it shows itself.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Sender {
    pub(super) world: World,
    pub(super) address: String,
    pub(super) clock: [u8; 8],
    pub(super) port: u16,
    minor_version: u8,
}

/// A Pdelay_Req by who asked: its clock and port, and its number.
pub(super) type Request = (World, [u8; 8], u16, u16);
/// A clock and its port, with its address.
pub(super) type Responder = ([u8; 8], u16, String);

/// What one port said.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    /// By number.
    messages: BTreeMap<u8, u64>,
    /// Of the Syncs, those that promise a Follow_Up.
    pub(super) two_step: u64,
    /// The last one.
    pub(super) announce: Option<Announce>,
    /// The first and the last Announce of that grandmaster, to all and by who was selected, as
    /// counted over all messages.
    pub(super) announced: Option<(u64, u64)>,
}

impl Heard {
    /// How many messages of this kind.
    pub(super) fn of(&self, kind: MessageType) -> u64 {
        self.messages.get(&kind.number()).copied().unwrap_or(0)
    }

    fn take(&mut self, packet: &Packet<'_>, number: u64) {
        let flags = packet.header.flags;
        *self.messages.entry(packet.kind.number()).or_default() += 1;
        if packet.kind == MessageType::Sync && flags.has(Flags::TWO_STEP) {
            self.two_step += 1;
        }
        if let Ok(message) = packet.message()
            && let Body::Announce(announce) = message.body
        {
            let same = self.announce.is_some_and(|last| last.grandmaster == announce.grandmaster);
            self.announced = self.announced.filter(|_| same);
            self.announce = Some(announce);
            let to_one = flags.has(Flags::UNICAST);
            if !to_one && !flags.has(Flags::ALTERNATE_TIME_TRANSMITTER) {
                let first = self.announced.map_or(number, |(first, _)| first);
                self.announced = Some((first, number));
            }
        }
    }
}

impl Tally {
    pub(super) fn hear(&mut self, transport: Transport, address: String, octets: &[u8]) {
        self.count += 1;
        match Packet::parse(octets) {
            Ok(packet) => self.take(transport, address, &packet),
            Err(DecodeError::Version(version)) => {
                self.other(format!("{address} speaks PTP version {version}, which is another"));
            }
            Err(error) => self.other(format!("{address} sends what is no PTP message: {error}")),
        }
    }

    /// A frame that is not for this machine, or of a VLAN that it has no interface for.
    pub(super) fn hear_for_others(&mut self, address: &str) {
        self.other(format!(
            "{address} sends PTP in Ethernet frames for another machine, or in a VLAN that needs \
             an interface of its own here (`ip link add link eth0 name eth0.5 type vlan id 5`)"
        ));
    }

    fn take(&mut self, transport: Transport, address: String, packet: &Packet<'_>) {
        let PortIdentity { clock, port } = packet.header.source;
        let world =
            World { transport, domain: packet.header.domain, sdo_id: packet.header.sdo_id.0 };
        let sender = Sender {
            world,
            address,
            clock: clock.0,
            port,
            minor_version: packet.header.minor_version,
        };
        if self.senders.len() == SENDERS_MAX && !self.senders.contains_key(&sender) {
            self.overflowed = true;
            return self.other("more senders than are listed here".to_owned());
        }
        self.note_answer(&sender, packet);
        self.senders.entry(sender).or_default().take(packet, self.count);
    }

    fn note_answer(&mut self, sender: &Sender, packet: &Packet<'_>) {
        let Ok(message) = packet.message() else { return };
        let Body::PdelayResp(response) = message.body else { return };
        let asked = response.requesting;
        let request = (sender.world, asked.clock.0, asked.port, packet.header.sequence_id);
        if self.answers.len() == REQUESTS_MAX && !self.answers.contains_key(&request) {
            return;
        }
        let responders = self.answers.entry(request).or_default();
        if responders.len() < RESPONDERS_MAX {
            responders.insert((sender.clock, sender.port, sender.address.clone()));
        }
    }

    fn other(&mut self, what: String) {
        if self.others.len() < SENDERS_MAX || self.others.contains_key(&what) {
            *self.others.entry(what).or_default() += 1;
        }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.senders.iter().map(|(sender, heard)| describe(sender, heard)).collect();
        for (what, count) in &self.others {
            let times = if *count == 1 { "once" } else { &format!("{count} times") };
            findings.push(
                Finding::note("peers", format!("{what} ({times})"))
                    .advise("nothing, unless it should be your source"),
            );
        }
        findings
    }
}

fn describe(sender: &Sender, heard: &Heard) -> Finding {
    let Sender { world, address, port, minor_version, .. } = sender;
    let clock = Identity(sender.clock);
    let mut text = format!(
        "{address}, clock {clock} port {port}, domain {}, sdoId {:#05x}, PTP 2.{minor_version} \
         over {}: ",
        world.domain,
        world.sdo_id,
        world.transport.name()
    );
    let messages = heard.messages.iter().filter_map(|(number, count)| {
        Some(format!("{count} {}", MessageType::from_number(*number)?.name()))
    });
    text += &messages.collect::<Vec<_>>().join(", ");
    let Some(announce) = &heard.announce else { return Finding::ok("peers", text) };
    let grandmaster = Identity(announce.grandmaster.0);
    let who = if grandmaster == clock { "itself".into() } else { grandmaster.to_string() };
    let accuracy = words::accuracy(announce.quality.accuracy.0);
    text += &format!(
        "; announces {who} as grandmaster, priority1 {}, class {}, accuracy {accuracy}, {} \
         steps away",
        announce.priority1, announce.quality.class, announce.steps_removed
    );
    match to_follow(*world) {
        None => Finding::ok("peers", text),
        Some(options) => Finding::note("peers", text).advise(format!("to follow it, `{options}`")),
    }
}

/// The options of zeitgeberd that are not its defaults.
fn to_follow(world: World) -> Option<String> {
    let World { transport, domain, sdo_id } = world;
    let mut options = Vec::new();
    if transport == Transport::Ethernet && SdoId(sdo_id) == SdoId::GPTP {
        options.push("--profile gptp".to_owned());
    } else {
        if transport != Transport::Udp4 {
            options.push(format!("--transport {}", transport.option()));
        }
        if sdo_id != 0 {
            options.push(format!("--sdo-id {sdo_id}"));
        }
    }
    if domain != 0 {
        options.push(format!("--domain {domain}"));
    }
    (!options.is_empty()).then(|| options.join(" "))
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
            tally.hear(Transport::Udp4, "192.0.2.1".into(), &octets);
            tally.hear(Transport::Ethernet, format!("192.0.2.1:{number}"), &[0, 1]);
        }

        assert!(tally.senders.len() <= SENDERS_MAX && tally.others.len() <= SENDERS_MAX);
    }

    #[test]
    fn a_grandmaster_is_announced_from_when_it_was_chosen() {
        let mut tally = Tally::default();
        let mut octets = [0; 64];
        (octets[0], octets[1], octets[3]) = (0x0b, 2, 64);

        for grandmaster in [1, 1, 2, 2] {
            octets[60] = grandmaster;
            tally.hear(Transport::Udp4, "192.0.2.1".into(), &octets);
        }

        let announced: Vec<_> = tally.senders.values().map(|heard| heard.announced).collect();
        assert_eq!(announced, [Some((3, 4))]);
    }
}
