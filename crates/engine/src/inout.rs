//! What goes in and what comes out.

use time::{Measurement, Span, Stamp};
use wire::ManagementAction;

use crate::event::Event;
use crate::place::{Channel, Destination, LinkState, Peer, PortIndex};
use crate::reply::RequestId;
use crate::ticket::TxTicket;

/// The buffer a frame is written to.
pub const FRAME_LEN: usize = wire::FRAME_MAX;

/// The buffer a driver receives into; a frame that fills it counts as truncated.
pub const RECEIVE_MAX: usize = 2048;

/// The most outputs one input can have.
pub const OUTPUTS_MAX: usize = 64;

/// What happened. The driver reports, the engine decides.
#[derive(Debug)]
pub enum Input<'a> {
    /// The deadline passed.
    Timeout,
    /// A frame arrived, stamped by the best clock on that path.
    Frame {
        /// On which interface.
        port: PortIndex,
        /// From whom.
        from: Peer,
        /// Through which of the transport's two channels.
        channel: Channel,
        /// The PTP message and what follows it.
        bytes: &'a [u8],
        /// When, in the time of the instance's clock; needed for event messages.
        received: Option<Stamp>,
    },
    /// A frame that was sent with a ticket left then.
    Sent {
        /// Its ticket.
        ticket: TxTicket,
        /// When, in the time of the instance's clock.
        at: Stamp,
    },
    /// That moment will never be known.
    StampLost {
        /// The frame's ticket.
        ticket: TxTicket,
    },
    /// An interface can carry frames, or no longer.
    Link {
        /// Which.
        port: PortIndex,
        /// Whether it can.
        state: LinkState,
    },
    /// What the estimator makes of the measurements.
    Servo {
        /// Of which instance.
        instance: u8,
        /// What it says.
        state: ServoState,
    },
    /// The driver itself asks for something, with every right.
    Local {
        /// Comes back with each answer.
        request: RequestId,
        /// What is asked.
        body: ManagementRequest<'a>,
    },
}

/// A management request of the driver's own (15.4).
#[derive(Clone, Copy, Debug)]
pub struct ManagementRequest<'a> {
    /// Of which instance.
    pub instance: u8,
    /// The number of the port; 0xffff is every port. What concerns the clock has none.
    pub port: u16,
    /// GET, SET or COMMAND.
    pub action: ManagementAction,
    /// managementId and dataField.
    pub tlv: &'a [u8],
}

/// What the estimator makes of the measurements.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ServoState {
    /// Whether the clock follows well enough to call it synchronised (9.2.6.10).
    pub locked: bool,
    /// offsetFromMaster of currentDS; positive: we are ahead.
    pub offset: Span,
    /// meanDelay of currentDS.
    pub mean_delay: Span,
}

/// What to do next.
#[derive(Debug)]
pub enum Output {
    /// Put `frame[..len]` on the wire.
    Send {
        /// On which interface.
        port: PortIndex,
        /// To whom.
        to: Destination,
        /// Through which channel.
        channel: Channel,
        /// How much of the frame.
        len: usize,
        /// What is to be known of its departure.
        stamp: TxStamp,
    },
    /// Something was measured.
    Measured(Measurement),
    /// Something worth a log line, a counter or an expectation in a test.
    Event(Event),
    /// `frame[..len]` is the management message that answers a request of the driver's own.
    Answer {
        /// Which.
        request: RequestId,
        /// How much of the frame.
        len: usize,
        /// Whether the time is to be written into it, as into what is sent.
        stamp: TxStamp,
    },
}

/// What is to be known of a frame's departure.
#[derive(Debug)]
pub enum TxStamp {
    /// Nothing.
    None,
    /// Report when it left.
    Report(TxTicket),
    /// Write into it when it leaves: whole nanoseconds into originTimestamp, the fraction onto the
    /// correctionField (11.1.2.1, one-step).
    InsertOrigin,
    /// Write the time into it when it leaves, as currentTime of TIME (15.5.3.2.11).
    InsertTime,
}
