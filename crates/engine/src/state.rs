//! The states of a port (9.2.5) and what each keeps.

use time::Mono;

use crate::passive::Waiting;
use crate::receiver::Receiver;
use crate::transmitter::Transmitter;

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

/// A port's state with what it keeps while in it.
#[derive(Debug)]
pub(crate) enum State {
    Initializing,
    Faulty,
    Disabled,
    Listening(Waiting),
    /// Until then.
    PreTimeTransmitter(Mono),
    TimeTransmitter(Transmitter),
    Passive(Waiting),
    Uncalibrated(Receiver),
    TimeReceiver(Receiver),
}

impl State {
    pub(crate) const fn name(&self) -> PortState {
        match self {
            State::Initializing => PortState::Initializing,
            State::Faulty => PortState::Faulty,
            State::Disabled => PortState::Disabled,
            State::Listening(_) => PortState::Listening,
            State::PreTimeTransmitter(_) => PortState::PreTimeTransmitter,
            State::TimeTransmitter(_) => PortState::TimeTransmitter,
            State::Passive(_) => PortState::Passive,
            State::Uncalibrated(_) => PortState::Uncalibrated,
            State::TimeReceiver(_) => PortState::TimeReceiver,
        }
    }

    pub(crate) fn deadline(&self) -> Mono {
        match self {
            State::Initializing | State::Faulty | State::Disabled => Mono::NEVER,
            State::Listening(waiting) | State::Passive(waiting) => waiting.announce_timeout,
            State::PreTimeTransmitter(until) => *until,
            State::TimeTransmitter(transmitter) => transmitter.deadline(),
            State::Uncalibrated(receiver) | State::TimeReceiver(receiver) => receiver.deadline(),
        }
    }

    pub(crate) const fn receiver(&self) -> Option<&Receiver> {
        match self {
            State::Uncalibrated(receiver) | State::TimeReceiver(receiver) => Some(receiver),
            _ => None,
        }
    }

    pub(crate) const fn receiver_mut(&mut self) -> Option<&mut Receiver> {
        match self {
            State::Uncalibrated(receiver) | State::TimeReceiver(receiver) => Some(receiver),
            _ => None,
        }
    }
}
