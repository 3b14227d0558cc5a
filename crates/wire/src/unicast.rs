//! Agreements on unicast service (16.1): requests, grants and their end.

use time::LogInterval;

use crate::record::{flags, record};
use crate::{DecodeError, EncodeError, Field, Label, MessageType, Reader, Value, Visit, Writer};

/// Which message an agreement is about, in the upper half of an octet; flags in the lower.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Service(pub u8);

impl Service {
    /// The flag of a cancellation by whoever was granted (maintainRequest).
    pub const MAINTAIN_REQUEST: u8 = 0x01;
    /// The flag of a cancellation by whoever granted (maintainGrant).
    pub const MAINTAIN_GRANT: u8 = 0x02;

    /// Service with messages of this type.
    pub const fn new(kind: MessageType) -> Service {
        Service(kind.number() << 4)
    }

    /// The same, with these flags in the lower half.
    #[must_use]
    pub const fn with(self, flags: u8) -> Service {
        Service(self.0 | flags & 0x0f)
    }

    /// The message, where there is one with this number.
    pub const fn message(self) -> Option<MessageType> {
        MessageType::from_number(self.0 >> 4)
    }

    /// The lower half.
    pub const fn flags(self) -> u8 {
        self.0 & 0x0f
    }
}

impl<'a> Field<'a> for Service {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        r.u8(name).map(Service)
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.u8(self.0)
    }

    fn size(&self) -> usize {
        1
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        let name = self.message().map(MessageType::name);
        visit.field(label, 1, Value::Code { raw: self.0.into(), name });
    }
}

record! {
    /// REQUEST_UNICAST_TRANSMISSION (16.1.4.1).
    pub struct UnicastRequest {
        /// Which messages are wanted.
        service: Service = "messageType",
        /// How often.
        log_interval: LogInterval = "logInterMessagePeriod",
        /// For how long, in seconds.
        duration_s: u32 = "durationField" in "s",
    }
}

record! {
    /// GRANT_UNICAST_TRANSMISSION (16.1.4.2).
    pub struct UnicastGrant {
        /// Which messages will come.
        service: Service = "messageType",
        /// How often.
        log_interval: LogInterval = "logInterMessagePeriod",
        /// For how long, in seconds; zero denies.
        duration_s: u32 = "durationField" in "s" + 1,
        /// Whether to ask again.
        flags: GrantFlags = "flags",
    }
}

flags! {
    /// The flags of a grant (16.1.4.2).
    pub struct GrantFlags(u8) {
        /// A request for more will likely be granted.
        RENEWAL_INVITED = 0x01,
    }
}

record! {
    /// CANCEL_UNICAST_TRANSMISSION and its acknowledgement (16.1.4.3, 16.1.4.4).
    pub struct UnicastCancel {
        /// Which messages end, and on whose wish.
        service: Service = "messageType" + 1,
    }
}
