//! The states of a port by name and number (9.2.5).

/// The states by name and number (Table 20).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PortState {
    /// Not yet at work.
    Initializing,
    /// The interface cannot carry frames.
    Faulty,
    /// Switched off.
    Disabled,
    /// Waits for a time transmitter to announce itself.
    Listening,
    /// About to lead, lest a better one is about to be heard (PRE_MASTER).
    PreTimeTransmitter,
    /// Leads (MASTER).
    TimeTransmitter,
    /// Neither leads nor follows.
    Passive,
    /// Follows, and is not yet synchronised.
    Uncalibrated,
    /// Follows (SLAVE).
    TimeReceiver,
}

impl PortState {
    /// Its number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            PortState::Initializing => 1,
            PortState::Faulty => 2,
            PortState::Disabled => 3,
            PortState::Listening => 4,
            PortState::PreTimeTransmitter => 5,
            PortState::TimeTransmitter => 6,
            PortState::Passive => 7,
            PortState::Uncalibrated => 8,
            PortState::TimeReceiver => 9,
        }
    }

    /// Its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            PortState::Initializing => "initializing",
            PortState::Faulty => "faulty",
            PortState::Disabled => "disabled",
            PortState::Listening => "listening",
            PortState::PreTimeTransmitter => "pre_time_transmitter",
            PortState::TimeTransmitter => "time_transmitter",
            PortState::Passive => "passive",
            PortState::Uncalibrated => "uncalibrated",
            PortState::TimeReceiver => "time_receiver",
        }
    }

    /// Whether frames may be sent and received at all.
    pub const fn is_up(self) -> bool {
        !matches!(self, PortState::Initializing | PortState::Faulty | PortState::Disabled)
    }
}
