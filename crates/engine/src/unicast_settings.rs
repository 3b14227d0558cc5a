//! What a port's unicast service is built from (16.1).

use alloc::vec::Vec;
use core::time::Duration;

use time::LogInterval;
use wire::MessageType;

use crate::place::{Peer, PortIndex};

/// Services that can be agreed upon, in the order of their places in tables.
pub(crate) const SERVICES: [MessageType; 4] =
    [MessageType::Announce, MessageType::Sync, MessageType::DelayResp, MessageType::PdelayResp];

pub(crate) const ANNOUNCE: usize = 0;
pub(crate) const SYNC: usize = 1;
pub(crate) const DELAY_RESP: usize = 2;
pub(crate) const PDELAY_RESP: usize = 3;

/// The place of a service in tables.
pub(crate) fn place_of(kind: Option<MessageType>) -> Option<usize> {
    SERVICES.iter().position(|service| Some(*service) == kind)
}

/// Unicast service on one port of an instance.
#[derive(Clone, Debug)]
pub struct UnicastSettings {
    /// Which port.
    pub port: PortIndex,
    /// Whether service is asked for and granted; otherwise each side has a list of the other.
    pub negotiation: bool,
    /// Whom we may follow. If any, only these, unless they are a cluster.
    pub servers: Vec<UnicastServer>,
    /// Whether these are the other grandmasters of a cluster, which count besides whoever is heard
    /// in multicast (17.2).
    pub cluster: bool,
    /// How long after a request the next follows that repeats it.
    pub query: LogInterval,
    /// How long nothing is asked of a server that left three requests unanswered or denied them.
    pub pause: Duration,
    /// For how many seconds service is asked for and, at most, granted.
    pub duration_s: u32,
    /// Whom we serve, if anybody.
    pub serving: Option<ServingSettings>,
}

/// A time transmitter to be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnicastServer {
    /// Its address.
    pub peer: Peer,
    /// How much we prefer it, for profiles that ask; the least is preferred.
    pub priority: u8,
}

/// Time receivers that are served.
#[derive(Clone, Debug)]
pub struct ServingSettings {
    /// Those that are served without having asked.
    pub clients: Vec<Peer>,
    /// How many are served at a time.
    pub max_clients: u16,
    /// How many of these may have the same address.
    pub max_per_address: u16,
    /// The shortest intervals that are granted, of Announce, Sync and answers.
    pub least: [LogInterval; 3],
}

impl UnicastSettings {
    /// Service for nobody, by negotiation.
    pub const fn new(port: PortIndex) -> UnicastSettings {
        UnicastSettings {
            port,
            negotiation: true,
            servers: Vec::new(),
            cluster: false,
            query: LogInterval::new(0),
            pause: Duration::from_secs(10),
            duration_s: 300,
            serving: None,
        }
    }
}

impl Default for ServingSettings {
    fn default() -> ServingSettings {
        ServingSettings {
            clients: Vec::new(),
            max_clients: 512,
            max_per_address: 8,
            least: [LogInterval::new(-3), LogInterval::new(-7), LogInterval::new(-7)],
        }
    }
}
