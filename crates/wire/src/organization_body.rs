//! The value of an organization's TLV by its organization and sub-type (14.3).

use crate::{
    DecodeError, EncodeError, Field, FollowUpInformation, GptpCapable, GptpCapableIntervalRequest,
    InterfaceRate, IntervalRequest, Label, OrganizationId, Power2011, Power2017, Reader,
    SynchronizationMetadata, Visit, Writer,
};

macro_rules! bodies {
    ($($variant:ident($data:ty) = $id:ident,)*) => {
        /// What an organization's TLV carries.
        #[expect(missing_docs, reason = "each variant is the data it is named after")]
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum OrganizationBody<'a> {
            $($variant($data),)*
            /// One we do not know.
            Unknown {
                /// Whose it is, and which of theirs.
                id: OrganizationId,
                /// dataField.
                data: &'a [u8],
            },
        }

        impl OrganizationBody<'_> {
            /// Whose it is, and which of theirs.
            pub const fn id(&self) -> OrganizationId {
                match self {
                    $(OrganizationBody::$variant(_) => OrganizationId::$id,)*
                    OrganizationBody::Unknown { id, .. } => *id,
                }
            }
        }

        impl<'a> Field<'a> for OrganizationBody<'a> {
            fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
                let id = Field::read(r, name)?;
                Ok(match id {
                    $(OrganizationId::$id => {
                        OrganizationBody::$variant(Field::read(r, "dataField")?)
                    })*
                    _ => OrganizationBody::Unknown { id, data: Field::read(r, "dataField")? },
                })
            }

            fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
                self.id().write(w)?;
                match self {
                    $(OrganizationBody::$variant(data) => data.write(w),)*
                    OrganizationBody::Unknown { data, .. } => w.octets(data),
                }
            }

            fn size(&self) -> usize {
                6 + match self {
                    $(OrganizationBody::$variant(data) => data.size(),)*
                    OrganizationBody::Unknown { data, .. } => data.len(),
                }
            }

            fn walk(&self, label: Label, visit: &mut dyn Visit) {
                self.id().walk(label, visit);
                let data = Label::new("dataField", label.at + 6);
                match self {
                    $(OrganizationBody::$variant(body) => body.walk(data, visit),)*
                    OrganizationBody::Unknown { data: octets, .. } => octets.walk(data, visit),
                }
            }
        }
    };
}

bodies! {
    FollowUpInformation(FollowUpInformation) = FOLLOW_UP_INFORMATION,
    IntervalRequest(IntervalRequest) = INTERVAL_REQUEST,
    GptpCapable(GptpCapable) = GPTP_CAPABLE,
    GptpCapableIntervalRequest(GptpCapableIntervalRequest) = GPTP_CAPABLE_INTERVAL_REQUEST,
    Power2011(Power2011) = POWER_2011,
    Power2017(Power2017) = POWER_2017,
    SynchronizationMetadata(SynchronizationMetadata) = SYNCHRONIZATION_METADATA,
    InterfaceRate(InterfaceRate) = INTERFACE_RATE,
}
