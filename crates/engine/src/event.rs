//! What is worth telling: the single source of log lines, counters, status and test expectations.

use core::fmt;

use time::Timestamp;
use wire::{
    DecodeError, ManagementAction, ManagementId, MessageType, PortIdentity, SdoId,
    SynchronizationMetadata,
};

use crate::dataset::{ParentDs, TimeProperties};
use crate::deviation::Deviation;
use crate::neighbor::Incapable;
use crate::place::{Peer, PortIndex};
use crate::port_state::PortState;
use crate::reply::RequestId;
use crate::told::Told;

/// Something worth a log line, a counter or an expectation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A message of this kind was accepted.
    Received {
        /// Where.
        port: PortIndex,
        /// What.
        kind: MessageType,
    },
    /// A frame, or what it said, was not used.
    Discarded {
        /// Where.
        port: PortIndex,
        /// Why.
        reason: Discard,
    },
    /// Traffic that is not for us; no error.
    Heard {
        /// Where.
        port: PortIndex,
        /// What.
        what: Heard,
    },
    /// A port changed its state.
    State {
        /// Of which instance.
        instance: u8,
        /// Which port.
        port: PortIndex,
        /// The state it left.
        from: PortState,
        /// The state it is in.
        to: PortState,
    },
    /// Another clock is followed, or we lead ourselves.
    Parent {
        /// Of which instance.
        instance: u8,
        /// The number of the source that is or was followed last, as measurements carry it.
        source: u32,
        /// Whom we follow.
        parent: ParentDs,
    },
    /// What is known of the timescale changed.
    TimeProperties {
        /// Of which instance.
        instance: u8,
        /// What is known.
        properties: TimeProperties,
    },
    /// A time transmitter was heard for the first time.
    ForeignNew {
        /// Where.
        port: PortIndex,
        /// Who.
        source: PortIdentity,
    },
    /// A time transmitter fell silent.
    ForeignLost {
        /// Where.
        port: PortIndex,
        /// Who.
        source: PortIdentity,
    },
    /// No Announce of the parent came in time (9.2.6.12).
    AnnounceTimeout {
        /// Of which instance.
        instance: u8,
        /// Where.
        port: PortIndex,
    },
    /// A Delay_Req or Pdelay_Req stayed without a complete answer.
    Unanswered {
        /// Where.
        port: PortIndex,
        /// The request.
        kind: MessageType,
    },
    /// A transmit stamp did not come in time; one measurement is lost.
    StampMissing {
        /// Where.
        port: PortIndex,
        /// Of which message.
        kind: MessageType,
    },
    /// A transmit stamp came after its ticket had expired.
    StampLate,
    /// Two of our ports are joined by one wire; this one stands by (9.5.2.3).
    SameWire {
        /// Which stands by.
        port: PortIndex,
        /// The number of the port that leads there.
        other: u16,
    },
    /// An agreement on unicast service began, ended or was refused (16.1).
    Unicast {
        /// Where.
        port: PortIndex,
        /// With whom.
        peer: Peer,
        /// On which messages.
        service: MessageType,
        /// What became of it.
        change: Agreement,
    },
    /// Version 2.1 of PTP came to nothing on an interface, so another minor version is spoken there;
    /// or that did not help, and 2.1 is spoken again.
    Version {
        /// Where.
        port: PortIndex,
        /// minorVersionPTP from now on.
        minor: u8,
    },
    /// Somebody says what our profile does not allow; told once.
    Deviation {
        /// Where.
        port: PortIndex,
        /// Who.
        source: PortIdentity,
        /// What.
        what: Deviation,
    },
    /// A neighbour asked for other intervals (802.1AS 10.6.4.3).
    IntervalsAsked {
        /// Where.
        port: PortIndex,
    },
    /// Whether the neighbour on an interface can do gPTP has changed, and why it cannot.
    Capable {
        /// Where.
        port: PortIndex,
        /// Whether it can.
        state: Result<(), Incapable>,
    },
    /// Somebody says something of itself.
    Told {
        /// To which instance.
        instance: u8,
        /// Where.
        port: PortIndex,
        /// What.
        what: Told,
    },
    /// Two neighbours answered one Pdelay_Req (11.4.2).
    MultipleResponders {
        /// Where.
        port: PortIndex,
        /// The second to answer.
        source: PortIdentity,
    },
    /// Something was set or done for a management message; what is kept is the driver's to keep
    /// (15.5.3).
    Managed {
        /// Of which instance.
        instance: u8,
        /// The number of the port; 0 is the clock, 0xffff every port.
        port: u16,
        /// SET or COMMAND.
        action: ManagementAction,
        /// What.
        id: ManagementId,
        /// Who asked for it.
        from: Peer,
        /// Whether that was the driver itself.
        request: Option<RequestId>,
    },
    /// Whom we follow says something else of frames and local time than before (SMPTE ST 2059-2).
    Metadata {
        /// Of which instance.
        instance: u8,
        /// Where.
        port: PortIndex,
        /// Who.
        source: PortIdentity,
        /// What.
        said: SynchronizationMetadata,
    },
    /// The clock of a grandmaster is to show another time, for a management message that may set
    /// it (15.5.3.2.11).
    TimeSet {
        /// Of which instance.
        instance: u8,
        /// What it is to show.
        time: Timestamp,
    },
}

/// What becomes of an agreement on unicast service (16.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Agreement {
    /// We serve, or go on serving.
    Granted,
    /// We do not serve.
    Refused(Refusal),
    /// We serve no longer: the time is over, or the client cancelled.
    Ended,
    /// We are served, newly or at another interval.
    Obtained,
    /// A server denied what we asked for.
    Denied,
    /// A server left what we asked for unanswered, or denied it, too often.
    Unanswered,
    /// A server serves us no longer.
    Lost,
}

/// Why we do not serve somebody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The interval is shorter than we allow, or none; or the duration is zero.
    Interval,
    /// As many are served as may be.
    Room,
    /// As many of this address are served as may be.
    Address,
}

/// Traffic that is not for us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heard {
    /// Another domain.
    Domain(u8),
    /// Another sdoId.
    SdoId(SdoId),
    /// Another version of PTP: 1 is IEEE 1588-2002.
    Version(u8),
}

/// Why something received was not used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Discard {
    /// It is no PTP message.
    Malformed(DecodeError),
    /// It filled the buffer.
    Oversized,
    /// An event message through the general channel, or the reverse.
    Channel(MessageType),
    /// It is our own.
    OwnMessage,
    /// No port may have the sourcePortIdentity.
    SourceIdentity,
    /// Its sender was not selected and says so (17.3).
    AlternateTransmitter,
    /// stepsRemoved is at the limit (9.3.2.5).
    StepsRemoved,
    /// It has been here before (16.2.3).
    PathLoop,
    /// It was seen already.
    Duplicate,
    /// Its sender is not the one we follow.
    NotParent,
    /// It came without the time of its arrival.
    NoStamp,
    /// The clock was stepped between two stamps.
    EpochChanged,
    /// It answers nothing that was asked.
    Unmatched(MessageType),
    /// The port uses the other delay mechanism.
    Mechanism,
    /// The port's state has no use for it.
    State,
    /// This port only leads.
    TransmitterOnly,
    /// The table of foreign time transmitters is full of better or older ones.
    ForeignTable,
    /// More transmit stamps are owed than there is room for.
    TicketTable,
    /// Its sender is not in the table of acceptable clocks (17.5).
    NotAcceptable,
    /// Its clockClass is above what is followed.
    ClockClass,
    /// An interval that no message is sent at here is asked for.
    Interval,
    /// It is not known that the neighbour can do gPTP (802.1AS, asCapable).
    NotCapable,
    /// More frames are passed on at a time than there is room for.
    FrameStore,
    /// Messages of this kind are not handled.
    Unsupported(MessageType),
    /// Its sender is not in the list of those we deal with in unicast.
    NotListed,
    /// Unicast service that was not agreed upon, or that there is not (16.1).
    NotGranted,
    /// A signaling message says more than is acted upon.
    SignalingLimit,
    /// More TLVs are to be passed on in Announce than there is room for (14.2.2.2).
    AnnounceRoom,
    /// A rate that no interface has.
    Implausible,
    /// A management message has none or several TLVs, or an action that is reserved (15.4).
    ManagementForm,
    /// More is asked of us than is answered in a second.
    ManagementLimit,
}

impl Discard {
    /// A short name for each reason, in the order of [`Discard::index`].
    pub const NAMES: [&str; 31] = [
        "malformed",
        "oversized",
        "channel",
        "own_message",
        "source_identity",
        "alternate_transmitter",
        "steps_removed",
        "path_loop",
        "duplicate",
        "not_parent",
        "no_stamp",
        "epoch_changed",
        "unmatched",
        "mechanism",
        "state",
        "transmitter_only",
        "foreign_table",
        "ticket_table",
        "not_acceptable",
        "clock_class",
        "interval",
        "not_capable",
        "frame_store",
        "unsupported",
        "not_listed",
        "not_granted",
        "signaling_limit",
        "announce_room",
        "implausible",
        "management_form",
        "management_limit",
    ];

    /// Where its name is in [`Discard::NAMES`].
    pub const fn index(&self) -> usize {
        match self {
            Discard::Malformed(_) => 0,
            Discard::Oversized => 1,
            Discard::Channel(_) => 2,
            Discard::OwnMessage => 3,
            Discard::SourceIdentity => 4,
            Discard::AlternateTransmitter => 5,
            Discard::StepsRemoved => 6,
            Discard::PathLoop => 7,
            Discard::Duplicate => 8,
            Discard::NotParent => 9,
            Discard::NoStamp => 10,
            Discard::EpochChanged => 11,
            Discard::Unmatched(_) => 12,
            Discard::Mechanism => 13,
            Discard::State => 14,
            Discard::TransmitterOnly => 15,
            Discard::ForeignTable => 16,
            Discard::TicketTable => 17,
            Discard::NotAcceptable => 18,
            Discard::ClockClass => 19,
            Discard::Interval => 20,
            Discard::NotCapable => 21,
            Discard::FrameStore => 22,
            Discard::Unsupported(_) => 23,
            Discard::NotListed => 24,
            Discard::NotGranted => 25,
            Discard::SignalingLimit => 26,
            Discard::AnnounceRoom => 27,
            Discard::Implausible => 28,
            Discard::ManagementForm => 29,
            Discard::ManagementLimit => 30,
        }
    }

    /// A short name for counters.
    pub const fn name(&self) -> &'static str {
        Discard::NAMES[self.index()]
    }
}

impl fmt::Display for Discard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Discard::Malformed(error) => write!(f, "malformed: {error}"),
            Discard::Channel(kind) | Discard::Unmatched(kind) | Discard::Unsupported(kind) => {
                write!(f, "{}: {}", self.name(), kind.name())
            }
            _ => f.write_str(self.name()),
        }
    }
}
