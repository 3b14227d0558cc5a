//! The value of a TLV by its type (14.1, Table 52).

use crate::field::field;
use crate::record::record;
use crate::{
    AlternateTimeOffset, Authentication, CommunicationAvailability, CsptpRequest, CsptpResponse,
    CsptpStatus, CsptpUid, CumulativeRateRatio, DecodeError, DelayTimingDataNp, EncodeError,
    EnhancedAccuracy, Field, L1Sync, Label, ManagementBody, ManagementErrorStatus, NsmResponse,
    OrganizationBody, Pad, Path, ProtocolAddress, Reader, RxSyncComputedData, RxSyncTimingData,
    Tlv, TlvType, TlvWriter, TxEventTimestamps, UnicastCancel, UnicastGrant, UnicastRequest, Value,
    Visit, Writer,
};

record! {
    /// ALTERNATE_RESPONSE_PORT, of Meta's clients.
    pub struct AlternateResponsePort {
        /// What to add to the port the answer goes to.
        offset: u16 = "offset",
    }
}

/// A value of nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Nothing;

field!(Nothing, 0, |_, _| Ok(Nothing), |_, _| Ok(()), |_| Value::Reserved);

macro_rules! bodies {
    ($($variant:ident($data:ty) = $kind:ident,)*) => {
        /// What a TLV says.
        #[expect(missing_docs, reason = "each variant is the value of the type it is named after")]
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum TlvBody<'a> {
            $($variant($data),)*
            /// Of one of the three types for organizations.
            Organization {
                /// Which of the types.
                kind: TlvType,
                /// What it says.
                body: OrganizationBody<'a>,
            },
            /// A type we do not know.
            Unknown {
                /// tlvType.
                kind: TlvType,
                /// valueField.
                value: &'a [u8],
            },
        }

        impl<'a> TlvBody<'a> {
            /// Its tlvType.
            pub const fn kind(&self) -> TlvType {
                match self {
                    $(TlvBody::$variant(_) => TlvType::$kind,)*
                    TlvBody::Organization { kind, .. } | TlvBody::Unknown { kind, .. } => *kind,
                }
            }

            fn read(kind: TlvType, r: &mut Reader<'a>) -> Result<TlvBody<'a>, DecodeError> {
                const NAME: &str = "valueField";
                Ok(match kind {
                    $(TlvType::$kind => TlvBody::$variant(Field::read(r, NAME)?),)*
                    kind if kind.is_organization() => {
                        TlvBody::Organization { kind, body: Field::read(r, NAME)? }
                    }
                    kind => TlvBody::Unknown { kind, value: Field::read(r, NAME)? },
                })
            }

            fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
                match self {
                    $(TlvBody::$variant(value) => value.write(w),)*
                    TlvBody::Organization { body, .. } => body.write(w),
                    TlvBody::Unknown { value, .. } => w.octets(value),
                }
            }

            fn size(&self) -> usize {
                match self {
                    $(TlvBody::$variant(value) => value.size(),)*
                    TlvBody::Organization { body, .. } => body.size(),
                    TlvBody::Unknown { value, .. } => value.len(),
                }
            }

            /// Shows the value, the first octet of which is octet `at` of the message.
            fn walk_value(&self, at: usize, visit: &mut dyn Visit) {
                let label = Label::new("valueField", at);
                match self {
                    $(TlvBody::$variant(value) => value.walk(label, visit),)*
                    TlvBody::Organization { body, .. } => body.walk(label, visit),
                    TlvBody::Unknown { value, .. } => value.walk(label, visit),
                }
            }
        }
    };
}

bodies! {
    Management(ManagementBody<'a>) = MANAGEMENT,
    ManagementErrorStatus(ManagementErrorStatus<'a>) = MANAGEMENT_ERROR_STATUS,
    UnicastRequest(UnicastRequest) = REQUEST_UNICAST_TRANSMISSION,
    UnicastGrant(UnicastGrant) = GRANT_UNICAST_TRANSMISSION,
    UnicastCancel(UnicastCancel) = CANCEL_UNICAST_TRANSMISSION,
    UnicastCancelAcknowledge(UnicastCancel) = ACKNOWLEDGE_CANCEL_UNICAST_TRANSMISSION,
    PathTrace(Path<'a>) = PATH_TRACE,
    AlternateTimeOffset(AlternateTimeOffset<'a>) = ALTERNATE_TIME_OFFSET_INDICATOR,
    AlternateResponsePort(AlternateResponsePort) = ALTERNATE_RESPONSE_PORT,
    NsmRequest(Nothing) = PTPMON_REQ,
    NsmResponse(NsmResponse<'a>) = PTPMON_RESP,
    EnhancedAccuracy(EnhancedAccuracy) = ENHANCED_ACCURACY_METRICS,
    DelayTimingDataNp(DelayTimingDataNp<'a>) = SLAVE_DELAY_TIMING_DATA_NP,
    L1Sync(L1Sync) = L1_SYNC,
    CommunicationAvailability(CommunicationAvailability) = PORT_COMMUNICATION_AVAILABILITY,
    ProtocolAddress(ProtocolAddress<'a>) = PROTOCOL_ADDRESS,
    RxSyncTimingData(RxSyncTimingData<'a>) = SLAVE_RX_SYNC_TIMING_DATA,
    RxSyncComputedData(RxSyncComputedData<'a>) = SLAVE_RX_SYNC_COMPUTED_DATA,
    TxEventTimestamps(TxEventTimestamps<'a>) = SLAVE_TX_EVENT_TIMESTAMPS,
    CumulativeRateRatio(CumulativeRateRatio) = CUMULATIVE_RATE_RATIO,
    Pad(Pad) = PAD,
    Authentication(Authentication<'a>) = AUTHENTICATION,
    CsptpRequest(CsptpRequest) = CSPTP_REQUEST,
    CsptpResponse(CsptpResponse) = CSPTP_RESPONSE,
    CsptpStatus(CsptpStatus<'a>) = CSPTP_STATUS,
    CsptpUid(CsptpUid) = CSPTP_UID,
}

impl<'a> TlvBody<'a> {
    /// Reads the value by the type; what is unknown is kept.
    pub fn decode(tlv: &Tlv<'a>) -> Result<TlvBody<'a>, DecodeError> {
        let mut r = tlv.reader();
        let body = TlvBody::read(tlv.kind, &mut r)?;
        tlv.finish(r, "valueField")?;
        Ok(body)
    }

    /// Adds it to the TLVs of a message to be sent.
    pub fn encode(&self, tlvs: &mut TlvWriter<'_>) -> Result<(), EncodeError> {
        tlvs.add(self.kind(), |w| self.write(w))
    }

    /// Shows type, length and value; the first octet is octet `at` of the message.
    pub fn walk(&self, at: usize, visit: &mut dyn Visit) {
        let kind = Value::Code { raw: self.kind().0.into(), name: self.kind().name() };
        visit.field(Label::new("tlvType", at), 2, kind);
        let padded = self.size().next_multiple_of(2);
        visit.field(Label::new("lengthField", at + 2), 2, Value::Unsigned(padded as u64));
        self.walk_value(at + 4, visit);
        if self.size() < padded {
            visit.field(Label::new("pad", at + 4 + self.size()), 1, Value::Reserved);
        }
    }
}
