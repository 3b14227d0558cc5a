//! What a port tells its neighbour: how it can be reached, and the state of its physical layer.

use time::{Span, Timestamp};

use crate::PortAddress;
use crate::record::{flags, record};

flags! {
    /// How a kind of message can be exchanged (16.9).
    pub struct Availability(u8) {
        /// By multicast.
        MULTICAST = 0x01,
        /// By unicast.
        UNICAST = 0x02,
        /// By unicast that is negotiated, which is enabled.
        UNICAST_NEGOTIATION_ENABLED = 0x04,
        /// By unicast that could be negotiated.
        UNICAST_NEGOTIATION = 0x08,
    }
}

record! {
    /// PORT_COMMUNICATION_AVAILABILITY (16.9).
    pub struct CommunicationAvailability {
        /// Sync, Follow_Up and Announce.
        sync: Availability = "syncMessageAvailability",
        /// Delay_Resp.
        delay_resp: Availability = "delayRespMessageAvailability",
    }
}

record! {
    /// PROTOCOL_ADDRESS (16.9).
    pub struct ProtocolAddress<'a> {
        /// The sender's.
        address: PortAddress<'a> = "portProtocolAddress",
    }
}

flags! {
    /// What a port wants of its physical layer (annex L).
    pub struct L1SyncConfig(u8) {
        /// Its transmitter shall be coherent with its receiver.
        TX_COHERENT_IS_REQUIRED = 0x01,
        /// Its receiver shall be coherent with its clock.
        RX_COHERENT_IS_REQUIRED = 0x02,
        /// Both ends shall be congruent.
        CONGRUENT_IS_REQUIRED = 0x04,
        /// The parameters that are optional follow.
        OPT_PARAMS_ENABLED = 0x08,
    }
}

flags! {
    /// What a port's physical layer is (annex L).
    pub struct L1SyncStatus(u8) {
        /// Its transmitter is coherent.
        IS_TX_COHERENT = 0x01,
        /// Its receiver is coherent.
        IS_RX_COHERENT = 0x02,
        /// Both ends are congruent.
        IS_CONGRUENT = 0x04,
    }
}

flags! {
    /// Which of the optional parameters hold (annex L).
    pub struct L1SyncOptions(u8) {
        /// Transmit timestamps are corrected.
        TIMESTAMPS_CORRECTED_TX = 0x01,
        /// phaseOffsetTx holds.
        PHASE_OFFSET_TX_VALID = 0x02,
        /// freqOffsetTx holds.
        FREQUENCY_OFFSET_TX_VALID = 0x04,
    }
}

record! {
    /// L1_SYNC (annex L).
    pub struct L1Sync {
        /// What is wanted.
        config: L1SyncConfig = "L1SyncConfig",
        /// What is.
        status: L1SyncStatus = "L1SyncStatus",
        /// What may be added.
        parameters: Option<L1SyncParameters> = "L1SyncParameters",
    }
}

record! {
    /// The optional part of L1_SYNC (annex L).
    pub struct L1SyncParameters {
        /// Which of the rest hold.
        options: L1SyncOptions = "L1SyncOptions",
        /// The phase of the transmitter against the receiver.
        phase_offset: Span = "phaseOffsetTx",
        /// Since when.
        phase_offset_time: Timestamp = "phaseOffsetTxTimestamp",
        /// The same for the frequency, as the phase gathered in a second.
        frequency_offset: Span = "freqOffsetTx",
        /// Since when.
        frequency_offset_time: Timestamp = "freqOffsetTxTimestamp" + 1,
    }
}
