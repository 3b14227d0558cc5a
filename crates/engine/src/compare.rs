//! The data set comparison algorithm (9.3.4, figures 34 and 35).

use core::cmp::Ordering;

use wire::{Announce, ClockIdentity, ClockQuality, PortIdentity};

/// What is compared of a clock, as it was announced here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rank {
    /// Of the grandmaster.
    pub priority1: u8,
    /// Of the grandmaster.
    pub quality: ClockQuality,
    /// Of the grandmaster.
    pub priority2: u8,
    /// grandmasterIdentity.
    pub grandmaster: ClockIdentity,
    /// stepsRemoved as announced.
    pub steps_removed: u16,
    /// The port that announced it.
    pub sender: PortIdentity,
    /// The port that heard it; port 0 of ourselves for our own data.
    pub receiver: PortIdentity,
}

/// How one clock compares with another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// The first has the better grandmaster, or is nearer by more than one step.
    Better,
    /// The same grandmaster, on the better path.
    BetterByTopology,
    /// A message that looped, or two that say the same (error-1 and error-2).
    Same,
    /// The reverse of [`Order::BetterByTopology`].
    WorseByTopology,
    /// The reverse of [`Order::Better`].
    Worse,
}

impl Order {
    /// Better in either way.
    pub const fn is_better(self) -> bool {
        matches!(self, Order::Better | Order::BetterByTopology)
    }

    const fn reverse(self) -> Order {
        match self {
            Order::Better => Order::Worse,
            Order::BetterByTopology => Order::WorseByTopology,
            Order::Same => Order::Same,
            Order::WorseByTopology => Order::BetterByTopology,
            Order::Worse => Order::Better,
        }
    }
}

impl Rank {
    /// Of a received Announce.
    pub const fn announced(
        announce: &Announce,
        sender: PortIdentity,
        receiver: PortIdentity,
    ) -> Rank {
        Rank {
            priority1: announce.priority1,
            quality: announce.quality,
            priority2: announce.priority2,
            grandmaster: announce.grandmaster,
            steps_removed: announce.steps_removed,
            sender,
            receiver,
        }
    }
}

/// Compares `a` with `b`.
pub fn compare(a: &Rank, b: &Rank) -> Order {
    if a.grandmaster == b.grandmaster {
        return compare_paths(a, b);
    }
    let key = |rank: &Rank| {
        (
            rank.priority1,
            rank.quality.class,
            rank.quality.accuracy,
            rank.quality.variance,
            rank.priority2,
            rank.grandmaster,
        )
    };
    if key(a) < key(b) { Order::Better } else { Order::Worse }
}

/// Both lead to the same grandmaster.
fn compare_paths(a: &Rank, b: &Rank) -> Order {
    let (near, far) = (a.steps_removed, b.steps_removed);
    if near > far {
        return compare_paths(b, a).reverse();
    }
    match far - near {
        0 => match (a.sender.cmp(&b.sender), a.receiver.port.cmp(&b.receiver.port)) {
            (Ordering::Less, _) | (Ordering::Equal, Ordering::Less) => Order::BetterByTopology,
            (Ordering::Greater, _) | (Ordering::Equal, Ordering::Greater) => Order::WorseByTopology,
            (Ordering::Equal, Ordering::Equal) => Order::Same,
        },
        1 => match b.receiver.cmp(&b.sender) {
            Ordering::Less => Order::Better,
            Ordering::Greater => Order::BetterByTopology,
            Ordering::Equal => Order::Same,
        },
        _ => Order::Better,
    }
}
