//! What a port keeps in each of its states (9.2.5).

use time::Mono;
use wire::PortIdentity;

use crate::passive::Waiting;
use crate::port_state::PortState;
use crate::receiver::Receiver;
use crate::transmitter::Transmitter;

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

    /// The time transmitter whose silence ends this state after the announce receipt timeout.
    pub(crate) fn depends_on(&self) -> Option<PortIdentity> {
        match self {
            State::Uncalibrated(receiver) | State::TimeReceiver(receiver) => Some(receiver.parent),
            State::Passive(waiting) => waiting.because_of,
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
