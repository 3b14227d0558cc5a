//! What a world is made of and what happens in it, as plain data: a scenario without its text.

use engine::{DelayMechanism, LinkSettings, Role, TimeProperties};
use time::Span;
use wire::{ClockQuality, Flags, TimeSource};

use crate::clock::Actuator;
use crate::delay::Delay;
use crate::oscillator::OscillatorSettings;
use crate::selection::SelectionPlan;

/// A clock and how it takes part.
#[derive(Clone, Debug)]
pub struct NodePlan {
    /// Its name.
    pub name: String,
    /// What it may become.
    pub role: Role,
    /// priority1 and priority2.
    pub priorities: (u8, u8),
    /// clockQuality.
    pub quality: ClockQuality,
    /// What it says of its time when it leads.
    pub time: TimeProperties,
    /// Its port's settings, which all of its ports share.
    pub port: engine::PortSettings,
    /// The peer delay interval, latencies and asymmetry that it knows of.
    pub link: LinkSettings,
    /// Whose state decision algorithm.
    pub edition: engine::Edition,
    /// domainNumber.
    pub domain: u8,
    /// What it is besides a clock.
    pub kind: ClockKind,
    /// How long what it passes on waits inside before it leaves.
    pub residence: Delay,
    /// Whether its Announce carries a PATH_TRACE.
    pub path_trace: bool,
    /// Whom it may follow, and what it says besides its rank.
    pub selection: SelectionPlan,
    /// The nodes that it asks for unicast service.
    pub asks: Vec<usize>,
    /// How many it serves in unicast at most.
    pub serves: u16,
    /// What its servo believes and may do.
    pub servo: servo::Settings,
    /// What it remembers of its oscillator.
    pub memory: Option<servo::FrequencyMemory>,
    /// Its oscillator.
    pub oscillator: OscillatorSettings,
    /// What speeds its clock up.
    pub actuator: Actuator,
    /// How far ahead of true time its clock is at the beginning.
    pub offset: Span,
    /// How good its stamps are.
    pub stamps: StampPlan,
    /// When it is switched on, in seconds.
    pub start_s: f64,
}

/// What a node is to others.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ClockKind {
    /// An ordinary clock, or a boundary clock if it has several ports.
    #[default]
    Clock,
    /// A transparent clock (clause 10).
    Transparent(DelayMechanism),
    /// An end station or, with several ports, a relay of IEEE 802.1AS.
    Gptp,
}

/// How good stamps are. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StampPlan {
    /// Stamps are multiples of this.
    pub resolution_s: f64,
    /// The standard deviation of their Gaussian noise.
    pub noise_s: f64,
    /// How much later than the arrival a receive stamp is.
    pub ingress_s: f64,
    /// How much earlier than the departure a transmit stamp is.
    pub egress_s: f64,
    /// Which share of the transmit stamps never comes.
    pub lost: f64,
    /// Which share of the event messages arrives without one.
    pub unstamped: f64,
    /// How long a transmit stamp takes to be known.
    pub after_s: f64,
    /// Which share of them takes longer, and how long.
    pub late: f64,
    /// How long those take.
    pub lateness_s: f64,
}

impl Default for StampPlan {
    /// Perfect stamps, known 5 us later.
    fn default() -> StampPlan {
        StampPlan {
            resolution_s: 0.0,
            noise_s: 0.0,
            ingress_s: 0.0,
            egress_s: 0.0,
            lost: 0.0,
            unstamped: 0.0,
            after_s: 5e-6,
            late: 0.0,
            lateness_s: 0.0,
        }
    }
}

/// A link or a switch without PTP.
#[derive(Clone, Debug)]
pub struct MediumPlan {
    /// Its name.
    pub name: String,
    /// Who is attached, in order.
    pub ports: Vec<MediumPort>,
    /// What it does to frames.
    pub faults: Faults,
    /// Delay_Req and Delay_Resp reach only whom they are for, as if they were unicast.
    pub hybrid: bool,
    /// Whether it drops what is of PTP 2.1, as some old cards do.
    pub drops_new: bool,
}

/// A place of a medium.
#[derive(Clone, Debug)]
pub struct MediumPort {
    /// Which node is attached.
    pub node: usize,
    /// With which of its ports, from 0.
    pub port: u8,
    /// How long a frame takes from the node into the medium.
    pub from: Delay,
    /// How long it takes from the medium to the node.
    pub to: Delay,
}

/// What a medium does to frames, each with this probability.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// It is lost.
    pub loss: f64,
    /// It comes twice.
    pub duplicate: f64,
    /// It comes later than those behind it.
    pub reorder: f64,
    /// How much later, in seconds.
    pub reorder_by_s: f64,
    /// An octet of it is wrong.
    pub corrupt: f64,
}

/// Something that happens in a world.
#[derive(Clone, Debug)]
pub struct Happening {
    /// When, in seconds.
    pub at_s: f64,
    /// What.
    pub what: What,
}

/// What can happen. Nodes and media are counted from 0.
#[derive(Clone, Debug)]
pub enum What {
    /// A node's cables are pulled or plugged in, all or that to one medium.
    Plug {
        /// Which node.
        node: usize,
        /// Which medium; all if none.
        medium: Option<usize>,
        /// Plugged in.
        plugged: bool,
    },
    /// A medium falls into parts; without any it is whole again.
    Partition {
        /// Which.
        medium: usize,
        /// The nodes of each part; who is in none is alone with the others who are in none.
        parts: Vec<Vec<usize>>,
    },
    /// A node stops.
    Kill {
        /// Which.
        node: usize,
    },
    /// A node begins, or begins again with an empty memory.
    Start {
        /// Which.
        node: usize,
    },
    /// What a node says of itself; nothing: as before.
    Clock {
        /// Which node.
        node: usize,
        /// priority1.
        priority1: Option<u8>,
        /// priority2.
        priority2: Option<u8>,
        /// clockClass.
        class: Option<u8>,
        /// clockAccuracy.
        accuracy: Option<wire::ClockAccuracy>,
    },
    /// A management message orders a node to do something; its answer is not looked at.
    Manage {
        /// Which node.
        node: usize,
        /// SET or COMMAND.
        action: wire::ManagementAction,
        /// managementId and dataField.
        tlv: Vec<u8>,
    },
    /// What a grandmaster says of the time.
    Time {
        /// Which node.
        node: usize,
        /// The flags leap61 and leap59.
        leap: Flags,
        /// currentUtcOffset.
        utc_offset: i16,
    },
    /// The way to or from nodes is another.
    Delay {
        /// Which medium.
        medium: usize,
        /// The ends; all if none.
        nodes: Vec<usize>,
        /// To them, else from them.
        toward: bool,
        /// The new delay.
        delay: Delay,
    },
    /// The way to or from nodes has another floor.
    Floor {
        /// Which medium.
        medium: usize,
        /// The ends; all if none.
        nodes: Vec<usize>,
        /// To them, else from them.
        toward: bool,
        /// In seconds.
        floor_s: f64,
    },
    /// A medium begins to do other things to frames.
    Faults {
        /// Which.
        medium: usize,
        /// What it does from now on.
        faults: Faults,
    },
    /// Somebody moves a node's clock.
    Step {
        /// Which.
        node: usize,
        /// By how much.
        by: Span,
        /// Whether the node can know it.
        noticed: bool,
    },
    /// The temperature around a node changes steadily.
    Ambient {
        /// Which.
        node: usize,
        /// To this many kelvin off the reference temperature.
        kelvin: f64,
        /// Within so many seconds.
        over_s: f64,
    },
    /// A node's oscillator jumps.
    Jump {
        /// Which.
        node: usize,
        /// By this fraction.
        rate: f64,
    },
    /// A node's stamps are others.
    Stamps {
        /// Which.
        node: usize,
        /// Its stamps from now on.
        stamps: StampPlan,
    },
}

/// What a scenario expects.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What.
    pub what: Expect,
    /// Of which nodes.
    pub nodes: Vec<usize>,
    /// From when on, in seconds.
    pub from_s: f64,
    /// Until when.
    pub until_s: f64,
}

/// What can be expected of each of the nodes.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// The rms error is below this, in seconds.
    Rms(f64),
    /// The largest error is below this, in seconds.
    Max(f64),
    /// At least this share of errors is within the bound.
    Coverage(f64),
    /// The rms error is below this many linear limits.
    Ratio(f64),
    /// It follows this node, or leads if it is itself, at the end of the time.
    Grandmaster(usize),
    /// It is locked no later than this many seconds after the beginning of the time.
    Locked(f64),
    /// It is in this phase at the end of the time.
    Phase(crate::outcome::Phase),
    /// Its clock is stepped at most so often.
    Steps(u32),
    /// At most so many frames are discarded for this reason.
    Discards(usize, u64),
    /// At least so many frames are discarded for this reason.
    DiscardsSome(usize, u64),
    /// It believes TAI - UTC to be this at the end of the time.
    UtcOffset(i16),
    /// The offset of another timescale that it announces is this at the end of the time.
    Alternate(i32),
    /// What it announces of its inaccuracy for the power profile is this many nanoseconds at the end
    /// of the time.
    Inaccuracy(u32),
    /// One of its ports, counted from 1, is in this state at the end of the time.
    State(u8, engine::PortState),
    /// So many of its unicast clients are served at the end of the time.
    Serves(usize),
    /// It speaks this minor version at the end of the time.
    MinorVersion(u8),
    /// It follows this node itself, whoever leads that, at the end of the time.
    Parent(usize),
    /// So many alternate time transmitters are known to its first port at the end of the time.
    Alternates(usize),
}

/// What a grandmaster with a satellite receiver says of its time.
pub const fn time_properties(leap: Flags, utc_offset: i16) -> TimeProperties {
    let valid = Flags::UTC_OFFSET_VALID.0 | Flags::PTP_TIMESCALE.0;
    let traceable = Flags::TIME_TRACEABLE.0 | Flags::FREQUENCY_TRACEABLE.0;
    TimeProperties {
        utc_offset,
        flags: Flags(valid | traceable | leap.0),
        time_source: TimeSource::GNSS,
    }
}

/// What a world is made of.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The clocks.
    pub nodes: Vec<NodePlan>,
    /// What lies between them.
    pub media: Vec<MediumPlan>,
    /// What happens.
    pub happenings: Vec<Happening>,
}
