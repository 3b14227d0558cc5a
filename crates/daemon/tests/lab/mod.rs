//! Hosts on a wire: network namespaces, programs in them, and the truth about their clocks.
#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each test binary uses a part of it, and what fails here fails the test"
)]

mod capture;
mod chain;
mod guest;
mod host;
mod node;
mod own_clock;
mod peer;
mod relay;
mod truth;

pub use capture::Capture;
pub use chain::Chain;
pub use guest::{EMULATOR, Guest, Pace, built, finish, found, value};
pub use host::{Lab, Net, Quiet, quiet, wanted};
pub use node::{Node, node, node_on};
pub use own_clock::{OwnClock, own_clock_library, with_own_clock};
pub use peer::{
    Ends, Process, ptp4l, ptp4l_offset, ptp4l_on, ptp4l_with_own_clock, ptpd, ptpd_offset,
};
pub use relay::impair;
pub use truth::{Sample, Watch, share_below};
