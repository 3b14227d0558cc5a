//! Management (15): ids, what their data is, and what linuxptp adds.

mod body;
mod data_set;
mod describe;
mod id;
mod linuxptp;
mod setting;
mod table;

pub use body::{ManagementBody, ManagementErrorStatus, ManagementGet};
pub use data_set::{
    CurrentDataSet, DefaultDataSet, DefaultFlags, ParentDataSet, ParentFlags, PortDataSet,
    TimePropertiesDataSet, TransparentDefaultDataSet, TransparentPortDataSet, TransparentPortFlags,
};
pub use describe::{ClockDescription, ClockType, FaultLog, FaultRecord, FaultRecords};
pub use id::{Actions, MANAGEMENT, ManagementId, ManagementRow, Scope};
pub use linuxptp::{
    CmldsInfoNp, ExternalGrandmasterPropertiesNp, GrandmasterSettingsNp, HwClockFlags,
    PortCorrectionsNp, PortDataSetNp, PortHwClockNp, PortPropertiesNp, PortServiceStatsNp,
    PortStatsNp, PowerProfileSettingsNp, PowerProfileVersion, SubscribeEventsNp, SyncUncertain,
    SynchronizationUncertainNp, TimeStatusNp, Timestamping, UnicastMasterNp, UnicastMasterTableNp,
    UnicastMastersNp, UnicastStateNp,
};
pub use setting::*;
pub use table::{
    AcceptableMaster, AcceptableMasterTable, AcceptableMasters, AlternateMaster,
    AlternateMasterFlags, AlternateTimeOffsetEnable, AlternateTimeOffsetName,
    AlternateTimeOffsetProperties, ClusterAddresses, GrandmasterClusterTable, PathTraceList,
    UnicastMasterAddresses, UnicastMasterTable,
};
