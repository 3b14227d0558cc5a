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

mod announce_tlv;
mod authentication;
mod code;
mod csptp;
mod cursor;
mod error;
mod field;
mod flags;
mod header;
mod identity;
pub mod link;
mod management;
mod message;
mod monitor;
mod number;
mod organization;
mod organization_body;
mod patch;
mod port_tlv;
mod quality;
mod record;
mod text;
mod tlv;
mod tlv_body;
mod unicast;
mod value;
mod walk;

pub use announce_tlv::{
    AlternateTimeOffset, CumulativeRateRatio, EnhancedAccuracy, Inaccuracy, Pad, Path,
};
pub use authentication::{
    Authentication, AuthenticationLengths, AuthenticationParts, SecurityParameters,
};
pub use code::{DelayMechanismCode, ManagementError, PortStateCode, Severity, Switch, TimeFlags};
pub use csptp::{
    CsptpParent, CsptpReceipt, CsptpRequest, CsptpRequestFlags, CsptpResponse, CsptpStatus,
    CsptpUid,
};
pub use cursor::{Reader, Writer};
pub use error::{DecodeError, EncodeError};
pub use field::Field;
pub use flags::Flags;
pub use header::{Header, MessageType, Packet, SdoId};
pub use identity::{ClockIdentity, PortIdentity};
pub use management::*;
pub use message::{Announce, Body, Management, ManagementAction, Message, Response};
pub use monitor::{
    ComputedFlags, DelayTiming, DelayTimingDataNp, DelayTimings, EventStamp, EventStamps,
    NsmResponse, RxSyncComputedData, RxSyncTimingData, SyncResult, SyncResults, SyncTiming,
    SyncTimings, TxEventTimestamps,
};
pub use number::{CountersLe, Float64, IntervalLe, ScaledNs, ScaledRate, Seconds48};
pub use organization::{
    DaylightSaving, FollowUpInformation, GptpCapable, GptpCapableIntervalRequest, InterfaceRate,
    IntervalRequest, IntervalRequestFlags, LeapSecondJump, LockingStatus, OrganizationId,
    Power2011, Power2017, SynchronizationMetadata, TimeAddressFlags,
};
pub use organization_body::OrganizationBody;
pub use patch::HeaderMut;
pub use port_tlv::{
    Availability, CommunicationAvailability, L1Sync, L1SyncConfig, L1SyncOptions, L1SyncParameters,
    L1SyncStatus, ProtocolAddress,
};
pub use quality::{ClockAccuracy, ClockQuality, TimeSource};
pub use text::{NetworkProtocol, PhysicalAddress, PortAddress, PtpText};
pub use tlv::{Tlv, TlvType, TlvWriter, Tlvs};
pub use tlv_body::{AlternateResponsePort, Nothing, TlvBody};
pub use unicast::{GrantFlags, Service, UnicastCancel, UnicastGrant, UnicastRequest};
pub use value::{Label, Value, Visit};

/// The largest frame we send, without Ethernet's own header.
pub const FRAME_MAX: usize = 1500;
