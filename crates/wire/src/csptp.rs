//! The client-server exchange of IEEE 1588.1, as early implementations send it.

use time::{Span, Timestamp};

use crate::record::{flags, record};
use crate::{
    ClockIdentity, ClockQuality, DecodeError, EncodeError, Field, Label, OrganizationId,
    PortAddress, Reader, Visit, Writer,
};

flags! {
    /// What a client wants to know besides.
    pub struct CsptpRequestFlags(u32) {
        /// Send CSPTP_STATUS.
        STATUS = 0x0100_0000,
        /// Send ALTERNATE_TIME_OFFSET_INDICATOR.
        ALTERNATE_TIME_OFFSET = 0x0200_0000,
    }
}

record! {
    /// CSPTP_REQUEST.
    pub struct CsptpRequest {
        /// What is wanted.
        flags: CsptpRequestFlags = "tlvRequestFlags",
    }
}

record! {
    /// The request as the server saw it.
    pub struct CsptpReceipt {
        /// When it arrived.
        received: Timestamp = "reqIngressTimestamp",
        /// Its correctionField.
        correction: Span = "reqCorrectionField",
    }
}

record! {
    /// Whom the server follows.
    pub struct CsptpParent<'a> {
        /// grandmasterPriority1.
        priority1: u8 = "grandmasterPriority1",
        /// grandmasterClockQuality.
        quality: ClockQuality = "grandmasterClockQuality",
        /// grandmasterPriority2.
        priority2: u8 = "grandmasterPriority2",
        /// stepsRemoved.
        steps_removed: u16 = "stepsRemoved",
        /// currentUtcOffset in seconds.
        utc_offset: i16 = "currentUtcOffset" in "s",
        /// grandmasterIdentity.
        grandmaster: ClockIdentity = "grandmasterIdentity",
        /// Where the parent is.
        parent_address: PortAddress<'a> = "parentAddress",
    }
}

/// CSPTP_RESPONSE.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CsptpResponse {
    /// What an older draft begins with.
    pub organization: Option<OrganizationId>,
    /// The request as the server saw it.
    pub receipt: CsptpReceipt,
}

/// CSPTP_STATUS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CsptpStatus<'a> {
    /// What an older draft begins with.
    pub organization: Option<OrganizationId>,
    /// Whom the server follows.
    pub parent: CsptpParent<'a>,
}

record! {
    /// CSPTP_UID.
    pub struct CsptpUid {
        /// Whatever tells the sender from others.
        id: [u8; 16] = "uniqueId",
    }
}

impl<'a> Field<'a> for CsptpResponse {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        const LEN: usize = 18;
        let organization = read_prefix(r, name, r.rest().len() == LEN)?;
        Ok(CsptpResponse { organization, receipt: Field::read(r, name)? })
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.organization.write(w)?;
        self.receipt.write(w)
    }

    fn size(&self) -> usize {
        self.organization.size() + self.receipt.size()
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        self.organization.walk(label, visit);
        let receipt = Label { at: label.at + self.organization.size(), ..label };
        self.receipt.walk(receipt, visit);
    }
}

impl<'a> Field<'a> for CsptpStatus<'a> {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        const ADDRESS_LENGTH: usize = 20;
        let newer = r.rest().get(ADDRESS_LENGTH..ADDRESS_LENGTH + 2).is_some_and(|octets| {
            let end = ADDRESS_LENGTH + 2 + usize::from(octets[0]) * 256 + usize::from(octets[1]);
            r.rest().len() == end.next_multiple_of(2)
        });
        let organization = read_prefix(r, name, newer)?;
        Ok(CsptpStatus { organization, parent: Field::read(r, name)? })
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.organization.write(w)?;
        self.parent.write(w)
    }

    fn size(&self) -> usize {
        self.organization.size() + self.parent.size()
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        self.organization.walk(label, visit);
        let parent = Label { at: label.at + self.organization.size(), ..label };
        self.parent.walk(parent, visit);
    }
}

fn read_prefix(
    r: &mut Reader<'_>,
    name: &'static str,
    newer: bool,
) -> Result<Option<OrganizationId>, DecodeError> {
    if newer { Ok(None) } else { Field::read(r, name).map(Some) }
}
