//! What a time receiver reports of its measurements (16.11), and linuxptp's NetSync Monitor.

use time::{Span, Timestamp};

use crate::record::{flags, list, record};
use crate::{
    CurrentDataSet, ParentDataSet, PortAddress, PortIdentity, PortStateCode, ScaledRate,
    TimePropertiesDataSet,
};

record! {
    /// A received Sync.
    pub struct SyncTiming {
        /// Its sequenceId.
        sequence_id: u16 = "sequenceId",
        /// When it left (t1).
        origin: Timestamp = "syncOriginTimestamp",
        /// Of Sync and Follow_Up.
        correction: Span = "totalCorrectionField",
        /// The rate of the grandmaster over ours.
        rate: ScaledRate = "scaledCumulativeRateOffset",
        /// When it arrived (t2).
        received: Timestamp = "syncEventIngressTimestamp",
    }
}

list! {
    /// Received Syncs.
    pub struct SyncTimings<'a>(rest "syncTiming", SyncTiming);
}

record! {
    /// SLAVE_RX_SYNC_TIMING_DATA (16.11).
    pub struct RxSyncTimingData<'a> {
        /// Who sent the Syncs.
        source: PortIdentity = "syncSourcePortIdentity",
        /// The Syncs.
        timings: SyncTimings<'a> = "syncTiming",
    }
}

flags! {
    /// Which results hold (16.11).
    pub struct ComputedFlags(u8) {
        /// scaledNeighborRateRatio.
        NEIGHBOR_RATE_RATIO_VALID = 0x01,
        /// meanPathDelay.
        MEAN_PATH_DELAY_VALID = 0x02,
        /// offsetFromTimeTransmitter.
        OFFSET_VALID = 0x04,
    }
}

record! {
    /// What came of a received Sync.
    pub struct SyncResult {
        /// Its sequenceId.
        sequence_id: u16 = "sequenceId",
        /// Positive: we are ahead.
        offset: Span = "offsetFromMaster",
        /// To the transmitter, or to the neighbour.
        delay: Span = "meanPathDelay",
        /// The neighbour's rate over ours.
        rate: ScaledRate = "scaledNeighborRateRatio",
    }
}

list! {
    /// What came of received Syncs.
    pub struct SyncResults<'a>(rest "syncResult", SyncResult);
}

record! {
    /// SLAVE_RX_SYNC_COMPUTED_DATA (16.11).
    pub struct RxSyncComputedData<'a> {
        /// Who sent the Syncs.
        source: PortIdentity = "sourcePortIdentity",
        /// What holds.
        flags: ComputedFlags = "computedFlags" + 1,
        /// What came of them.
        results: SyncResults<'a> = "syncResult",
    }
}

record! {
    /// An event message we sent.
    pub struct EventStamp {
        /// Its sequenceId.
        sequence_id: u16 = "sequenceId",
        /// When it left.
        sent: Timestamp = "eventEgressTimestamp",
    }
}

list! {
    /// Event messages we sent.
    pub struct EventStamps<'a>(rest "eventStamp", EventStamp);
}

record! {
    /// SLAVE_TX_EVENT_TIMESTAMPS (16.11).
    pub struct TxEventTimestamps<'a> {
        /// Who sent the Syncs we follow.
        source: PortIdentity = "sourcePortIdentity",
        /// Which of our messages, in the lower half.
        message_type: u8 = "eventMessageType" + 1,
        /// When they left.
        stamps: EventStamps<'a> = "eventStamp",
    }
}

record! {
    /// A completed exchange of Delay_Req and Delay_Resp.
    pub struct DelayTiming {
        /// Its sequenceId.
        sequence_id: u16 = "sequenceId",
        /// When the request left (t3).
        origin: Timestamp = "delayOriginTimestamp",
        /// Of the answer.
        correction: Span = "totalCorrectionField",
        /// When the request arrived (t4).
        response: Timestamp = "delayResponseTimestamp",
    }
}

list! {
    /// Completed exchanges.
    pub struct DelayTimings<'a>(rest "delayTiming", DelayTiming);
}

record! {
    /// linuxptp's SLAVE_DELAY_TIMING_DATA_NP.
    pub struct DelayTimingDataNp<'a> {
        /// Who answered.
        source: PortIdentity = "sourcePortIdentity",
        /// The exchanges.
        timings: DelayTimings<'a> = "delayTiming",
    }
}

record! {
    /// What linuxptp's NetSync Monitor is told in a Delay_Resp.
    pub struct NsmResponse<'a> {
        /// What the answering port is doing.
        state: PortStateCode = "portState" + 1,
        /// Where its parent is.
        parent_address: PortAddress<'a> = "parentAddress",
        /// Its parent.
        parent: ParentDataSet = "parentDS",
        /// Its offset.
        current: CurrentDataSet = "currentDS",
        /// Its timescale.
        time_properties: TimePropertiesDataSet = "timePropertiesDS",
        /// When it received a Sync.
        last_sync: Timestamp = "lastSync",
    }
}
