//! The delay mechanisms.

/// How the way from the time transmitter is measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DelayMechanism {
    /// Delay_Req to the time transmitter (11.3).
    E2e,
    /// Pdelay_Req to the neighbour (11.4).
    P2p,
    /// [`DelayMechanism::E2e`], until a Pdelay_Req is heard; then as the neighbour does.
    Auto,
    /// Not at all: the offset contains the delay.
    None,
}
