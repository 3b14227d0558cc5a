//! PTP as decisions: what happened goes in, what to do comes out.
//!
//! One way in ([`Engine::handle`]), one way out ([`Engine::poll`]), one deadline
//! ([`Engine::deadline`]). The engine has no clock, socket, thread, random source, logger and,
//! after construction, no allocator: time and a seed come in. The same inputs give the same bytes.
//!
//! ```
//! # use engine::*; use time::*; use wire::*;
//! # let settings = Settings::ordinary(1, ClockIdentity([2, 0, 0, 0xff, 0xfe, 0, 0, 1]));
//! # let mut now = Mono::from_nanos(0);
//! let mut engine = Engine::new(&settings, now)?;
//! let mut frame = [0; FRAME_LEN];
//! engine.handle(now, Input::Link { port: PortIndex(0), state: LinkState::Up });
//! while let Some(_what_to_do) = engine.poll(&mut frame) {}
//! now = engine.deadline();
//! engine.handle(now, Input::Timeout);
//! # while let Some(_) = engine.poll(&mut frame) {}
//! # Ok::<(), SettingsError>(())
//! ```
//!
//! Handling an input cannot fail: whatever the network sends ends in an output, at worst in
//! [`Event::Discarded`]. `Result` is for settings.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod accuracy;
mod allowance;
mod alternate;
mod alternates;
mod announced;
mod arrival;
mod asked;
mod capability;
mod clients;
mod compare;
mod compose;
mod context;
mod dataset;
mod decide;
mod delta;
mod departed;
mod deviation;
mod dispatch;
mod due;
mod engine;
mod event;
mod fault_log;
mod follow_up;
mod foreign;
mod frame_store;
mod gptp;
mod holdover;
mod inout;
mod instance;
mod interface_rate;
mod link;
mod management;
mod management_settings;
mod mechanism;
mod metadata;
mod metadata_flow;
mod monitor;
mod neighbor;
mod netsync;
mod options;
mod outbox;
mod pairing;
mod passage;
mod passive;
mod place;
mod port;
mod port_service;
mod port_state;
mod port_stats;
mod power;
mod propagated;
mod random;
mod rate_ratio;
mod rate_window;
mod ratio;
mod reachable;
mod receiver;
mod reply;
mod reporting;
mod reset;
mod roster;
mod said;
mod servers;
mod settings;
mod signal;
mod signaling;
mod site;
mod standing_by;
mod state;
mod terms;
mod ticket;
mod told;
mod transmitter;
mod transparent;
mod unicast;
mod unicast_settings;
mod version;
mod view;
mod words;

pub use alternate::{ALTERNATES_MAX, AlternateTimescale};
pub use compare::{Order, Rank, compare};
pub use dataset::{CurrentDs, ParentDs, TimeProperties};
pub use delta::{Delta, Refused};
pub use deviation::{Deviation, Expected};
pub use engine::Engine;
pub use event::{Agreement, Discard, Event, Heard, Refusal};
pub use foreign::ForeignRecord;
pub use holdover::HoldoverClasses;
pub use inout::{
    FRAME_LEN, Input, ManagementRequest, OUTPUTS_MAX, Output, RECEIVE_MAX, ServoState, TxStamp,
};
pub use management_settings::{Access, ManagementSettings, TEXT_MAX, Text};
pub use neighbor::{Incapable, NeighborLimits};
pub use options::{
    AlternateSettings, CapableRule, CapableSettings, EVENT_LENGTH_MAX, MonitorSettings,
    PortOptions, REPORTS_MAX, Report,
};
pub use place::{Channel, Destination, LinkAddress, LinkState, Peer, PortIndex};
pub use port_state::PortState;
pub use power::Power;
pub use reply::RequestId;
pub use settings::{
    Acceptable, DelayMechanism, Edition, Held, InstanceSettings, LinkSettings, PortSettings, Role,
    SERVERS_MAX, Settings, SettingsError, TransparentSettings,
};
pub use terms::Terms;
pub use ticket::TxTicket;
pub use told::Told;
pub use unicast_settings::{ServingSettings, UnicastServer, UnicastSettings};
pub use words::Words;
