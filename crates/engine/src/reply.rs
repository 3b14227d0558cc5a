//! An answer to a management message as it waits to be composed (15.4.1).

use wire::{ManagementAction, ManagementError, ManagementId, PortIdentity};

/// The number a driver gives a request of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RequestId(pub u32);

/// Whom to answer, and on what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    /// The asker's port.
    pub(crate) target: PortIdentity,
    /// Of the question; ours may have changed since.
    pub(crate) domain: u8,
    /// startingBoundaryHops and boundaryHops: as many as the question has made.
    pub(crate) hops: u8,
    /// RESPONSE or ACKNOWLEDGE.
    pub(crate) action: ManagementAction,
    /// The port that answers, counted from 0.
    pub(crate) port: u8,
    pub(crate) id: ManagementId,
    /// keyField, for the ids that have several.
    pub(crate) key: u8,
    pub(crate) outcome: Result<(), ManagementError>,
    /// Of the driver.
    pub(crate) request: Option<RequestId>,
}

impl Reply {
    /// Whether the time is to be put into it when it leaves.
    pub(crate) fn tells_time(&self) -> bool {
        self.id == ManagementId::TIME && self.outcome.is_ok()
    }
}
