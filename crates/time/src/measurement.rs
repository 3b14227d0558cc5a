//! What the engine saw of another clock, for whoever estimates from it.

use crate::{ClockIndex, Mono, Span, Timestamp};

/// One completed exchange with a source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Measurement {
    /// Which instance measured.
    pub instance: u8,
    /// The port number it was measured on, from 1.
    pub port: u16,
    /// The local clock of the stamps.
    pub clock: ClockIndex,
    /// That clock's epoch at the time of the stamps.
    pub epoch: u16,
    /// Grows whenever another time transmitter is followed than the last one.
    pub source: u32,
    /// When the exchange was complete.
    pub at: Mono,
    /// The stamps.
    pub exchange: Exchange,
}

/// The stamps of an exchange, with t1 to t4 named as in the standard (11.3, 11.4).
///
/// Latencies of ports are already taken out of the local stamps. `correction` is the sum of the
/// correctionFields; what the receiver's side has to subtract is said at each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exchange {
    /// From the source to us: t2 - t1 - correction = offset + delay.
    Sync {
        /// When it left the source, on the source's clock (t1).
        origin: Timestamp,
        /// When it arrived, on our clock (t2).
        received: Timestamp,
        /// Of Sync and Follow_Up, and the port's delayAsymmetry.
        correction: Span,
    },
    /// From us to the source: t4 - t3 - correction = delay - offset.
    Delay {
        /// When our request left, on our clock (t3).
        sent: Timestamp,
        /// When it arrived, on the source's clock (t4).
        received: Timestamp,
        /// Of Delay_Resp, which contains the request's.
        correction: Span,
    },
    /// There and back over one link: ((t4 - t1) - (t3 - t2) - correction) / 2 is the delay.
    Link {
        /// When our request left, on our clock (t1).
        sent: Timestamp,
        /// When it arrived, on the neighbour's clock (t2); zero when only the turnaround is known.
        request_received: Timestamp,
        /// When the answer left, on the neighbour's clock (t3); zero like `request_received`.
        response_sent: Timestamp,
        /// When the answer arrived, on our clock (t4).
        received: Timestamp,
        /// Of Pdelay_Resp and its Follow_Up, and the port's delayAsymmetry.
        correction: Span,
    },
}
