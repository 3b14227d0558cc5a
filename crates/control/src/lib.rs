//! The control socket's protocol: one JSON object per line, both ways.
//!
//! A request is `{"get":"status"}`, `{"get":"version"}`, `{"performance":0}`, `{"subscribe":"events"}`
//! or `{"reload":null}`; an answer names itself the same way: `{"status":{..}}`, `{"error":{..}}`.
//! Unknown members are ignored on both sides, so either may be newer; [`SCHEMA`] grows when a
//! member changes its meaning or goes away. Here are values and framing; sockets are the caller's.
#![forbid(unsafe_code)]

mod accuracy;
mod answer;
mod identity;
mod lines;
mod managed;
mod performance;
mod request;
mod smpte;
mod status;
mod unicast;

pub use accuracy::Accuracy;
pub use answer::{Answer, Event, Failure, FailureKind, Reloaded, Version};
pub use identity::{Identity, InvalidIdentity};
pub use lines::{Lines, REQUEST_MAX};
pub use managed::ManagedSetting;
pub use performance::{Performance, Record, Summary};
pub use request::{Access, Request, Topic};
pub use smpte::Smpte;
pub use status::{
    Clock, ClockKind, ClockRole, ClockState, Domain, Grandmaster, Heard, Parent, Port, PortState,
    SCHEMA, Status, TimeProperties, Timescale,
};
pub use unicast::{Granted, Partner, Unicast};
