//! Where frames come from and go to.

/// Which of the interfaces, counted from 0. Not reused within a run.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PortIndex(pub u8);

/// Where a frame came from, as far as answers and limits need it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Peer {
    /// Unknown, or of no interest.
    #[default]
    None,
    /// An IPv4 address.
    Udp4([u8; 4]),
    /// An IPv6 address.
    Udp6([u8; 16]),
    /// An Ethernet address.
    Ethernet([u8; 6]),
}

/// Where an interface can be reached, for CLOCK_DESCRIPTION (15.5.3.1.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LinkAddress {
    /// Its Ethernet address.
    pub mac: [u8; 6],
    /// Its address in the protocol that it uses; nothing: the Ethernet address.
    pub protocol: Peer,
}

impl LinkAddress {
    /// It is not known.
    pub const NONE: LinkAddress = LinkAddress { mac: [0; 6], protocol: Peer::None };
}

/// The two channels of UDP (annex C.2); other transports have one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Channel {
    /// Port 319.
    Event,
    /// Port 320.
    General,
    /// The transport does not tell.
    Either,
}

/// Whether an interface can carry frames.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LinkState {
    /// It can.
    Up,
    /// It cannot.
    Down,
}

/// To whom a frame goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Destination {
    /// All clocks (224.0.1.129 on IPv4).
    Multicast,
    /// The neighbour, never forwarded (224.0.0.107 on IPv4).
    PeerMulticast,
    /// One clock.
    Unicast(Peer),
}
