//! Whom a node may follow, and what it says of itself besides its rank.

use engine::{AlternateTimescale, Held, Power};

/// Whom a node may follow, and what it says besides its rank; the engine's settings have the same.
#[derive(Clone, Debug)]
pub struct SelectionPlan {
    /// localPriority of itself.
    pub local_priority: u8,
    /// A greater clockClass is not followed.
    pub class_max: u8,
    /// An Announce of so many steps is not followed.
    pub max_steps_removed: u16,
    /// The only nodes it may follow, if there are any.
    pub accepts: Vec<usize>,
    /// What it contends with in holdover, and how far off it may be for the first of the classes.
    pub holdover: Option<(engine::HoldoverClasses, f64)>,
    /// Whether the nodes that it asks in unicast are a cluster beside those heard in multicast.
    pub cluster: bool,
    /// The states its ports are held in, by number; of more ports, the last one's.
    pub held: Vec<Held>,
    /// minorVersionPTP.
    pub minor_version: u8,
    /// Another timescale that it tells of when it leads.
    pub alternate: Option<AlternateTimescale>,
    /// The power profile's TLV.
    pub power: Option<Power>,
}

impl Default for SelectionPlan {
    fn default() -> SelectionPlan {
        SelectionPlan {
            local_priority: 128,
            class_max: u8::MAX,
            max_steps_removed: 255,
            accepts: Vec::new(),
            holdover: None,
            cluster: false,
            held: Vec::new(),
            minor_version: 1,
            alternate: None,
            power: None,
        }
    }
}
