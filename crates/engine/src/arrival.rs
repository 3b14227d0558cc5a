//! A frame as the driver gives it.

use time::Stamp;

use crate::place::{Channel, Peer, PortIndex};

/// A frame and what is known of its arrival.
pub(crate) struct Arrival<'a> {
    pub(crate) port: PortIndex,
    pub(crate) from: Peer,
    pub(crate) channel: Channel,
    pub(crate) bytes: &'a [u8],
    pub(crate) received: Option<Stamp>,
}
