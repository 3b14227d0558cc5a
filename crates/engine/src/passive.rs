//! LISTENING and PASSIVE: what a port keeps that only waits for Announces (9.2.5).

use time::Mono;
use wire::PortIdentity;

#[derive(Debug)]
pub(crate) struct Waiting {
    /// When nobody was heard for too long (9.2.6.12).
    pub(crate) announce_timeout: Mono,
    /// Whose Announces postpone that; any, while listening.
    pub(crate) because_of: Option<PortIdentity>,
}
