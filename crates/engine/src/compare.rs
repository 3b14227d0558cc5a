//! The data set comparison algorithm (9.3.4, figures 34 and 35), and those of other editions.

use core::cmp::Ordering;

use wire::{Announce, ClockIdentity, ClockQuality, PortIdentity};

use crate::settings::Edition;

/// What is compared of a clock, as it was announced here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rank {
    /// Of the grandmaster.
    pub priority1: u8,
    /// Of the grandmaster.
    pub quality: ClockQuality,
    /// Of the grandmaster.
    pub priority2: u8,
    /// Of the port that heard it, or of ourselves (G.8275.1, G.8275.2, G.8265.1).
    pub local_priority: u8,
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
        local_priority: u8,
        sender: PortIdentity,
        receiver: PortIdentity,
    ) -> Rank {
        Rank {
            priority1: announce.priority1,
            quality: announce.quality,
            priority2: announce.priority2,
            local_priority,
            grandmaster: announce.grandmaster,
            steps_removed: announce.steps_removed,
            sender,
            receiver,
        }
    }
}

/// Compares `a` with `b` by the rules of an edition.
pub fn compare(by: Edition, a: &Rank, b: &Rank) -> Order {
    if by == Edition::Ieee8021As {
        return compare_vectors(a, b);
    }
    if a.grandmaster == b.grandmaster {
        return compare_paths(a, b);
    }
    match merit(by, a).cmp(&merit(by, b)) {
        Ordering::Less => Order::Better,
        Ordering::Greater => Order::Worse,
        // Several primary reference clocks may lead: the nearest does (G.8275.1, 6.3.7).
        Ordering::Equal if by == Edition::G8275 && a.quality.class <= 127 => compare_paths(a, b),
        Ordering::Equal if a.grandmaster < b.grandmaster => Order::Better,
        Ordering::Equal => Order::Worse,
    }
}

/// What decides between two grandmasters before their identities; the lower is the better.
const fn merit(by: Edition, rank: &Rank) -> [u16; 6] {
    let (first, second) = (rank.priority1 as u16, rank.priority2 as u16);
    let (class, accuracy) = (rank.quality.class as u16, rank.quality.accuracy.0 as u16);
    let (variance, local) = (rank.quality.variance, rank.local_priority as u16);
    match by {
        Edition::G8275 => [class, accuracy, variance, second, local, 0],
        // The quality level is all that counts of a clock, then what the operator prefers.
        Edition::G8265 => [class, local, 0, 0, 0, 0],
        _ => [first, class, accuracy, variance, second, 0],
    }
}

/// The priority vectors of IEEE 802.1AS (10.3.5): lexicographic, steps and ports included.
fn compare_vectors(a: &Rank, b: &Rank) -> Order {
    let vector = |rank: &Rank| {
        let merit = merit(Edition::Ieee8021As, rank);
        (merit, rank.grandmaster, rank.steps_removed, rank.sender, rank.receiver.port)
    };
    match vector(a).cmp(&vector(b)) {
        Ordering::Less if a.grandmaster == b.grandmaster => Order::BetterByTopology,
        Ordering::Less => Order::Better,
        Ordering::Equal => Order::Same,
        Ordering::Greater if a.grandmaster == b.grandmaster => Order::WorseByTopology,
        Ordering::Greater => Order::Worse,
    }
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
