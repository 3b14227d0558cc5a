//! What comes out of and goes into a port's sockets, whatever the transport.

use core::fmt;
use core::net::{IpAddr, SocketAddrV4, SocketAddrV6};
use core::ops::Range;

use time::{StampKind, Timestamp};

use crate::error::KernelError;

/// Which of the two kinds of message a datagram carries (7.3.4): those that are stamped, and others.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Class {
    /// Sync, Delay_Req, Pdelay_Req, Pdelay_Resp.
    Event,
    /// All others.
    General,
}

/// Where a datagram comes from or goes to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Address {
    /// UDP over IPv4.
    Udp4(SocketAddrV4),
    /// UDP over IPv6.
    Udp6(SocketAddrV6),
    /// IEEE 802.3.
    Ethernet([u8; 6]),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Udp4(address) => address.fmt(f),
            Address::Udp6(address) => address.fmt(f),
            Address::Ethernet([a, b, c, d, e, g]) => {
                write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
            }
        }
    }
}

/// A stamp from the kernel or the card. Software stamps are readings of `CLOCK_REALTIME`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KernelStamp {
    /// The reading.
    pub time: Timestamp,
    /// Whose.
    pub kind: StampKind,
}

/// A datagram that arrived.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Received {
    /// How much of the buffer it fills.
    pub len: usize,
    /// Whether the buffer was too small for it.
    pub truncated: bool,
    /// Who sent it.
    pub from: Address,
    /// The address it was sent to, if the kernel says. An interposing simulator may name our own
    /// address where it was sent to a group.
    pub to: Option<IpAddr>,
    /// When it arrived, if the kernel says. The first ones after the socket was opened may have
    /// none: the kernel begins to stamp a little later.
    pub stamp: Option<KernelStamp>,
    /// How many datagrams this socket has lost for want of room so far, once there are any.
    pub drops: Option<u32>,
    /// Whether it was another host's, or of a VLAN for which this machine has no interface. The
    /// kernel does not tell these apart.
    pub for_others: bool,
}

/// A datagram that was sent, as the error queue returns it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoopedFrame {
    /// Where in the buffer that is which was given to `send`.
    pub payload: Range<usize>,
    /// Where it was sent to, as its headers say.
    pub to: Option<Address>,
    /// When it left.
    pub stamp: Option<KernelStamp>,
    /// The kernel's count of stamped datagrams, which only confirms: simulators count otherwise.
    pub id: Option<u32>,
}

/// What the kernel would not give; the sockets work without.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Degraded {
    /// Datagrams of other interfaces arrive too and are sorted out here.
    pub not_bound_to_interface: Option<KernelError>,
    /// Transmit stamps do not come, those of reception may.
    pub no_stamps: Option<KernelError>,
}
