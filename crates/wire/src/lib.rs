//! What PTP looks like on the wire: IEEE 1588-2008 and -2019, IEEE 802.1AS, and linuxptp's additions.
//!
//! Values for thinking ([`Message`] and its parts) are decoded from and encoded to octets, without
//! allocation; views patch in place what a transparent clock forwards. Nothing here knows a state
//! or a time: whether a message is welcome is the engine's affair.
//!
//! Decoding never panics: whatever does not hold is a [`DecodeError`] that names octet and field.
//! Unknown TLVs and unknown values of enumerations are kept and encoded as they were.
#![no_std]
#![forbid(unsafe_code)]

mod cursor;
mod error;
mod flags;
mod header;
mod identity;
mod message;
mod quality;
mod tlv;

pub use cursor::{Reader, Writer};
pub use error::{DecodeError, EncodeError};
pub use flags::Flags;
pub use header::{Header, MessageType, Packet, SdoId};
pub use identity::{ClockIdentity, PortIdentity};
pub use message::{Announce, Body, Management, ManagementAction, Message, Response};
pub use quality::{ClockAccuracy, ClockQuality, TimeSource};
pub use tlv::{Tlv, TlvType, TlvWriter, Tlvs};

/// The largest frame we send, without Ethernet's own header.
pub const FRAME_MAX: usize = 1500;
