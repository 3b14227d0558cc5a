//! The data of a MANAGEMENT TLV by its id, and the TLV that refuses (15.5.2, 15.5.4).

use crate::record::record;
use crate::{
    AcceptableMasterMaxTableSize, AcceptableMasterTable, AcceptableMasterTableEnabled,
    AlternateMaster, AlternateTimeOffsetEnable, AlternateTimeOffsetMaxKey, AlternateTimeOffsetName,
    AlternateTimeOffsetProperties, AnnounceReceiptTimeout, ClockAccuracySetting, ClockDescription,
    CmldsInfoNp, CurrentDataSet, DecodeError, DefaultDataSet, DelayMechanismSetting, Domain,
    EncodeError, ExternalGrandmasterPropertiesNp, ExternalPortConfig,
    ExternalPortConfigurationEnabled, FaultLog, Field, GrandmasterClusterTable,
    GrandmasterSettingsNp, HoldoverUpgradeEnable, Initialize, Label, LogAnnounceInterval,
    LogMinPdelayReqInterval, LogSyncInterval, ManagementError, ManagementId, ParentDataSet,
    PathTraceEnable, PathTraceList, PortCorrectionsNp, PortDataSet, PortDataSetNp, PortHwClockNp,
    PortPropertiesNp, PortServiceStatsNp, PortStatsNp, PowerProfileSettingsNp, PrimaryDomain,
    Priority1, Priority2, PtpText, Reader, SubscribeEventsNp, SynchronizationUncertainNp, Time,
    TimePropertiesDataSet, TimeReceiverOnly, TimeStatusNp, TimeTransmitterOnly,
    TimescaleProperties, Tlv, TraceabilityProperties, TransparentDefaultDataSet,
    TransparentPortDataSet, UnicastMasterMaxTableSize, UnicastMasterTable, UnicastMasterTableNp,
    UnicastNegotiationEnable, UserDescription, UtcProperties, Value, VersionNumber, Visit, Writer,
};

macro_rules! bodies {
    ($($variant:ident($data:ty) = $id:ident,)*) => {
        /// What a MANAGEMENT TLV carries.
        #[expect(missing_docs, reason = "each variant is the data of the id it is named after")]
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum ManagementBody<'a> {
            $($variant($data),)*
            /// No data: a GET, or an id that has none.
            Empty(ManagementId),
            /// An id we do not know, or data to be sent as it is.
            Unknown {
                /// managementId.
                id: ManagementId,
                /// dataField.
                data: &'a [u8],
            },
        }

        impl<'a> ManagementBody<'a> {
            /// Its managementId.
            pub const fn id(&self) -> ManagementId {
                match self {
                    $(ManagementBody::$variant(_) => ManagementId::$id,)*
                    ManagementBody::Empty(id) | ManagementBody::Unknown { id, .. } => *id,
                }
            }

            fn read_data(id: ManagementId, r: &mut Reader<'a>) -> Result<Self, DecodeError> {
                Ok(match id {
                    $(ManagementId::$id => ManagementBody::$variant(Field::read(r, "dataField")?),)*
                    _ if id.row().is_some() => ManagementBody::Empty(id),
                    _ => ManagementBody::Unknown { id, data: Field::read(r, "dataField")? },
                })
            }

            fn write_data(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
                match self {
                    $(ManagementBody::$variant(data) => data.write(w),)*
                    ManagementBody::Empty(_) => Ok(()),
                    ManagementBody::Unknown { data, .. } => w.octets(data),
                }
            }

            fn data_size(&self) -> usize {
                match self {
                    $(ManagementBody::$variant(data) => data.size(),)*
                    ManagementBody::Empty(_) => 0,
                    ManagementBody::Unknown { data, .. } => data.len(),
                }
            }

            fn walk_data(&self, label: Label, visit: &mut dyn Visit) {
                match self {
                    $(ManagementBody::$variant(data) => data.walk(label, visit),)*
                    ManagementBody::Empty(_) => {}
                    ManagementBody::Unknown { data, .. } => data.walk(label, visit),
                }
            }
        }
    };
}

bodies! {
    ClockDescription(ClockDescription<'a>) = CLOCK_DESCRIPTION,
    UserDescription(UserDescription<'a>) = USER_DESCRIPTION,
    Initialize(Initialize) = INITIALIZE,
    FaultLog(FaultLog<'a>) = FAULT_LOG,
    DefaultDataSet(DefaultDataSet) = DEFAULT_DATA_SET,
    CurrentDataSet(CurrentDataSet) = CURRENT_DATA_SET,
    ParentDataSet(ParentDataSet) = PARENT_DATA_SET,
    TimePropertiesDataSet(TimePropertiesDataSet) = TIME_PROPERTIES_DATA_SET,
    PortDataSet(PortDataSet) = PORT_DATA_SET,
    Priority1(Priority1) = PRIORITY1,
    Priority2(Priority2) = PRIORITY2,
    Domain(Domain) = DOMAIN,
    TimeReceiverOnly(TimeReceiverOnly) = SLAVE_ONLY,
    LogAnnounceInterval(LogAnnounceInterval) = LOG_ANNOUNCE_INTERVAL,
    AnnounceReceiptTimeout(AnnounceReceiptTimeout) = ANNOUNCE_RECEIPT_TIMEOUT,
    LogSyncInterval(LogSyncInterval) = LOG_SYNC_INTERVAL,
    VersionNumber(VersionNumber) = VERSION_NUMBER,
    Time(Time) = TIME,
    ClockAccuracy(ClockAccuracySetting) = CLOCK_ACCURACY,
    UtcProperties(UtcProperties) = UTC_PROPERTIES,
    TraceabilityProperties(TraceabilityProperties) = TRACEABILITY_PROPERTIES,
    TimescaleProperties(TimescaleProperties) = TIMESCALE_PROPERTIES,
    UnicastNegotiationEnable(UnicastNegotiationEnable) = UNICAST_NEGOTIATION_ENABLE,
    PathTraceList(PathTraceList<'a>) = PATH_TRACE_LIST,
    PathTraceEnable(PathTraceEnable) = PATH_TRACE_ENABLE,
    GrandmasterClusterTable(GrandmasterClusterTable<'a>) = GRANDMASTER_CLUSTER_TABLE,
    UnicastMasterTable(UnicastMasterTable<'a>) = UNICAST_MASTER_TABLE,
    UnicastMasterMaxTableSize(UnicastMasterMaxTableSize) = UNICAST_MASTER_MAX_TABLE_SIZE,
    AcceptableMasterTable(AcceptableMasterTable<'a>) = ACCEPTABLE_MASTER_TABLE,
    AcceptableMasterTableEnabled(AcceptableMasterTableEnabled) = ACCEPTABLE_MASTER_TABLE_ENABLED,
    AcceptableMasterMaxTableSize(AcceptableMasterMaxTableSize) = ACCEPTABLE_MASTER_MAX_TABLE_SIZE,
    AlternateMaster(AlternateMaster) = ALTERNATE_MASTER,
    AlternateTimeOffsetEnable(AlternateTimeOffsetEnable) = ALTERNATE_TIME_OFFSET_ENABLE,
    AlternateTimeOffsetName(AlternateTimeOffsetName<'a>) = ALTERNATE_TIME_OFFSET_NAME,
    AlternateTimeOffsetMaxKey(AlternateTimeOffsetMaxKey) = ALTERNATE_TIME_OFFSET_MAX_KEY,
    AlternateTimeOffsetProperties(AlternateTimeOffsetProperties) = ALTERNATE_TIME_OFFSET_PROPERTIES,
    ExternalPortConfigurationEnabled(ExternalPortConfigurationEnabled) = EXTERNAL_PORT_CONFIGURATION_ENABLED,
    TimeTransmitterOnly(TimeTransmitterOnly) = MASTER_ONLY,
    HoldoverUpgradeEnable(HoldoverUpgradeEnable) = HOLDOVER_UPGRADE_ENABLE,
    ExternalPortConfig(ExternalPortConfig) = EXT_PORT_CONFIG_PORT_DATA_SET,
    TransparentDefaultDataSet(TransparentDefaultDataSet) = TRANSPARENT_CLOCK_DEFAULT_DATA_SET,
    TransparentPortDataSet(TransparentPortDataSet) = TRANSPARENT_CLOCK_PORT_DATA_SET,
    PrimaryDomain(PrimaryDomain) = PRIMARY_DOMAIN,
    DelayMechanism(DelayMechanismSetting) = DELAY_MECHANISM,
    LogMinPdelayReqInterval(LogMinPdelayReqInterval) = LOG_MIN_PDELAY_REQ_INTERVAL,
    TimeStatusNp(TimeStatusNp) = TIME_STATUS_NP,
    GrandmasterSettingsNp(GrandmasterSettingsNp) = GRANDMASTER_SETTINGS_NP,
    PortDataSetNp(PortDataSetNp) = PORT_DATA_SET_NP,
    SubscribeEventsNp(SubscribeEventsNp) = SUBSCRIBE_EVENTS_NP,
    PortPropertiesNp(PortPropertiesNp<'a>) = PORT_PROPERTIES_NP,
    PortStatsNp(PortStatsNp) = PORT_STATS_NP,
    SynchronizationUncertainNp(SynchronizationUncertainNp) = SYNCHRONIZATION_UNCERTAIN_NP,
    PortServiceStatsNp(PortServiceStatsNp) = PORT_SERVICE_STATS_NP,
    UnicastMasterTableNp(UnicastMasterTableNp<'a>) = UNICAST_MASTER_TABLE_NP,
    PortHwClockNp(PortHwClockNp) = PORT_HWCLOCK_NP,
    PowerProfileSettingsNp(PowerProfileSettingsNp) = POWER_PROFILE_SETTINGS_NP,
    CmldsInfoNp(CmldsInfoNp) = CMLDS_INFO_NP,
    PortCorrectionsNp(PortCorrectionsNp) = PORT_CORRECTIONS_NP,
    ExternalGrandmasterPropertiesNp(ExternalGrandmasterPropertiesNp) = EXTERNAL_GRANDMASTER_PROPERTIES_NP,
}

impl<'a> ManagementBody<'a> {
    /// Reads the value of a MANAGEMENT TLV by its id and its length. No data is [`Self::Empty`].
    ///
    /// For a GET, [`ManagementGet::decode`] is more lenient.
    pub fn decode(tlv: &Tlv<'a>) -> Result<ManagementBody<'a>, DecodeError> {
        let mut r = tlv.reader();
        let body = Field::read(&mut r, "managementId")?;
        tlv.finish(r, "dataField")?;
        Ok(body)
    }
}

impl<'a> Field<'a> for ManagementBody<'a> {
    fn read(r: &mut Reader<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let id = Field::read(r, name)?;
        if r.is_empty() {
            return Ok(ManagementBody::Empty(id));
        }
        ManagementBody::read_data(id, r)
    }

    fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.id().write(w)?;
        self.write_data(w)
    }

    fn size(&self) -> usize {
        2 + self.data_size()
    }

    fn walk(&self, label: Label, visit: &mut dyn Visit) {
        let id = Value::Code { raw: self.id().0.into(), name: self.id().name() };
        visit.field(Label::new("managementId", label.at), 2, id);
        self.walk_data(Label::new("dataField", label.at + 2), visit);
    }
}

/// What a GET asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ManagementGet {
    /// Which id.
    pub id: ManagementId,
    /// keyField: which alternate timescale, for the ids that have several.
    pub key: Option<u8>,
}

impl ManagementGet {
    /// Reads the value of a MANAGEMENT TLV in a GET. Managers send no data, or data of the length of
    /// the answer, zero or not; but for a key it says nothing.
    pub fn decode(tlv: &Tlv<'_>) -> Result<ManagementGet, DecodeError> {
        let mut r = tlv.reader();
        let id: ManagementId = Field::read(&mut r, "managementId")?;
        let data = r.rest();
        let key = match id {
            ManagementId::ALTERNATE_TIME_OFFSET_ENABLE
            | ManagementId::ALTERNATE_TIME_OFFSET_NAME
            | ManagementId::ALTERNATE_TIME_OFFSET_PROPERTIES => data.first().copied(),
            _ => None,
        };
        let length = id.row().and_then(|row| row.length).map(usize::from);
        let fits = key.is_some()
            || length.is_none_or(|length| data.len() == length)
            || data.iter().all(|octet| *octet == 0);
        if fits {
            Ok(ManagementGet { id, key })
        } else {
            Err(DecodeError::TlvLength { at: tlv.at, said: tlv.value.len() })
        }
    }
}

record! {
    /// MANAGEMENT_ERROR_STATUS (15.5.4).
    pub struct ManagementErrorStatus<'a> {
        /// Why.
        error: ManagementError = "managementErrorId",
        /// What was refused.
        id: ManagementId = "managementId" + 4,
        /// For people.
        display: Option<PtpText<'a>> = "displayData",
    }
}
