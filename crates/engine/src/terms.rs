//! What is agreed upon with others about unicast service, for those who ask.

use time::{LogInterval, Mono};
use wire::PortIdentity;

use crate::place::Peer;

/// The agreements with one client or server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Where it is.
    pub peer: Peer,
    /// Its port, as far as it is known.
    pub identity: Option<PortIdentity>,
    /// Of a server: how much we prefer it; the least is preferred.
    pub priority: u8,
    /// Of a server: whether it is the one we follow.
    pub selected: bool,
    /// At which interval and until when Announce, Sync, Delay_Resp and Pdelay_Resp are granted.
    /// Without negotiation the interval is the port's own.
    pub granted: [Option<(LogInterval, Mono)>; 4],
}
