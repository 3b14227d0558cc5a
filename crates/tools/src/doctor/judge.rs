//! What follows from what was heard, and from what was not.

use std::collections::{BTreeMap, BTreeSet};

use control::Identity;
use wire::MessageType;

use super::finding::Finding;
use super::tally::{Heard, Tally, World};
use super::transport::Transport;

/// One message may be the first of its kind or the last; two without their companion say something.
const ENOUGH: u64 = 2;

pub(super) fn examine(tally: &Tally, heard_on: &[Transport], seconds: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    // With more senders than are listed, what seems to be missing may be theirs.
    if !tally.overflowed {
        for ((world, clock, port), messages) in ports(tally) {
            let who = format!("clock {} port {port}, {}", Identity(clock), place(world));
            findings.extend(one_sided(&who, world.transport, &messages, seconds));
        }
    }
    findings.extend(grandmasters(tally));
    findings.extend(responders(tally));
    if tally.senders.values().all(|heard| heard.announce.is_none()) {
        findings.push(silence(heard_on, seconds));
    }
    findings
}

fn place(world: World) -> String {
    format!("domain {} over {}", world.domain, world.transport.name())
}

/// A grandmaster, and the first and last message that announced it.
type Announced = ([u8; 8], (u64, u64));

/// How many messages of each kind a port sent, whatever address it used.
#[derive(Default)]
struct Counts {
    sync: u64,
    two_step: u64,
    follow_up: u64,
    announce: u64,
}

impl Counts {
    fn add(&mut self, heard: &Heard) {
        self.sync += heard.of(MessageType::Sync);
        self.two_step += heard.two_step;
        self.follow_up += heard.of(MessageType::FollowUp);
        self.announce += heard.of(MessageType::Announce);
    }
}

fn ports(tally: &Tally) -> BTreeMap<(World, [u8; 8], u16), Counts> {
    let mut ports: BTreeMap<_, Counts> = BTreeMap::new();
    for (sender, heard) in &tally.senders {
        ports.entry((sender.world, sender.clock, sender.port)).or_default().add(heard);
    }
    ports
}

/// A port of which one side is missing.
fn one_sided(who: &str, on: Transport, heard: &Counts, seconds: u64) -> Vec<Finding> {
    let Counts { sync, two_step, follow_up, announce } = *heard;
    let filter = |port: &str| match on {
        Transport::Udp4 | Transport::Udp6 => format!("a firewall or filter of UDP port {port}"),
        Transport::Ethernet => "a filter of frames on the way".to_owned(),
    };
    let mut findings = Vec::new();
    if two_step >= ENOUGH && follow_up == 0 {
        let text = format!("{who}: {two_step} Sync that promise a Follow_Up, and no Follow_Up");
        findings.push(Finding::problem("one-sided", text).advise(format!(
            "nothing can be measured without: look for {}, or for a fault of the sender",
            filter("320")
        )));
    }
    if follow_up >= ENOUGH && sync == 0 {
        let text = format!("{who}: {follow_up} Follow_Up, and none of the Sync they belong to");
        findings.push(
            Finding::problem("one-sided", text)
                .advise(format!("nothing can be measured without: look for {}", filter("319"))),
        );
    } else if announce >= ENOUGH && sync == 0 {
        let text = format!("{who}: {announce} Announce and no Sync in {seconds} s");
        findings.push(Finding::note("one-sided", text).advise(format!(
            "it may send Sync to single receivers that asked for it (`unicast_servers`); \
             otherwise look for {}",
            filter("319")
        )));
    }
    if sync >= ENOUGH && announce == 0 {
        let text = format!("{who}: {sync} Sync and no Announce in {seconds} s");
        findings.push(Finding::note("one-sided", text).advise(format!(
            "it is followed with `announce = false` alone, as `--profile automotive` has it; \
             otherwise ask again with more --seconds, as its Announce may be rare, and look for {}",
            filter("320")
        )));
    }
    findings
}

/// Several grandmasters that were announced at the same time in one domain.
fn grandmasters(tally: &Tally) -> Vec<Finding> {
    let mut worlds: BTreeMap<World, Vec<Announced>> = BTreeMap::new();
    for (sender, heard) in &tally.senders {
        if let (Some(announce), Some(when)) = (&heard.announce, heard.announced) {
            worlds.entry(sender.world).or_default().push((announce.grandmaster.0, when));
        }
    }
    let several = worlds.into_iter().filter_map(|(world, announced)| {
        let beside = |one: &Announced| {
            announced.iter().any(|other| other.0 != one.0 && at_once(one.1, other.1))
        };
        let all: BTreeSet<[u8; 8]> =
            announced.iter().filter(|one| beside(one)).map(|one| one.0).collect();
        (!all.is_empty()).then_some((world, all))
    });
    let finding = |(world, all): (World, BTreeSet<[u8; 8]>)| {
        let all: Vec<String> = all.into_iter().map(|clock| Identity(clock).to_string()).collect();
        let text = format!(
            "{}: {} grandmasters are announced at the same time: {}",
            place(world),
            all.len(),
            all.join(", ")
        );
        Finding::note("grandmasters", text).advise(
            "receivers choose the best, but who leads should fall silent for a better one: ask \
             again in a minute; if it stays so, they do not hear each other, or one may only lead \
             (`server-only`), or two networks share a wire: give them different domains",
        )
    };
    several.map(finding).collect()
}

/// Whether each was there after the other began, by the first and the last of both.
const fn at_once(one: (u64, u64), other: (u64, u64)) -> bool {
    one.0 < other.1 && other.0 < one.1
}

/// Requests for peer delay that more than one port answered.
fn responders(tally: &Tally) -> Vec<Finding> {
    let mut found: BTreeMap<_, (BTreeSet<_>, u64)> = BTreeMap::new();
    for ((world, clock, port, _), responders) in &tally.answers {
        let ports: BTreeSet<_> = responders.iter().map(|(clock, port, _)| (clock, port)).collect();
        if ports.len() > 1 {
            let (all, count) = found.entry((*world, *clock, *port)).or_default();
            all.extend(responders);
            *count += 1;
        }
    }
    let finding = |((world, clock, port), (all, count)): ((World, _, u16), (BTreeSet<_>, u64))| {
        let all = all.into_iter().map(|(clock, port, address): &([u8; 8], u16, String)| {
            format!("clock {} port {port} ({address})", Identity(*clock))
        });
        let text = format!(
            "{}: more than one port answered the same Pdelay_Req of clock {} port {port} ({count} \
             of them): {}",
            place(world),
            Identity(clock),
            all.collect::<Vec<_>>().join(", ")
        );
        Finding::note("peer delay", text).advise(
            "peer delay needs exactly one neighbour; mostly a switch that is no PTP clock lies \
             between and passes the messages on: replace it, or use `delay_mechanism = \"e2e\"`",
        )
    };
    found.into_iter().map(finding).collect()
}

/// Nobody announced anything.
fn silence(heard_on: &[Transport], seconds: u64) -> Finding {
    let names: Vec<&str> = heard_on.iter().map(|transport| transport.name()).collect();
    let mut advice =
        "unless this machine is to lead: check the VLAN, and that the grandmaster sends multicast"
            .to_owned();
    if heard_on.iter().any(|transport| *transport != Transport::Ethernet) {
        advice += "; the firewall (UDP 319 and 320)";
    }
    if heard_on.contains(&Transport::Udp4) {
        advice += "; IGMP snooping in the switch, which needs a querier";
    }
    if heard_on.contains(&Transport::Udp6) {
        advice += "; MLD snooping in the switch, which needs a querier and our link-local \
                   address; the scope of the grandmaster's IPv6 group (--udp6-scope)";
    }
    if heard_on.contains(&Transport::Ethernet) {
        advice += "; that the switch passes 01:1b:19:00:00:00 and EtherType 0x88f7";
    }
    advice += "; slow announce intervals want more --seconds";
    let text = format!("nobody has announced a time in {seconds} s over {}", names.join(", "));
    Finding::problem("peers", text).advise(advice)
}
