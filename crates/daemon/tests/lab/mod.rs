//! Hosts on a wire: network namespaces, programs in them, and the truth about their clocks.
#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each test binary uses a part of it, and what fails here fails the test"
)]

mod capture;
mod host;
mod node;
mod peer;
mod truth;

pub use capture::Capture;
pub use host::{Lab, Quiet, quiet, wanted};
pub use node::{Node, node};
pub use peer::{Process, ptp4l, ptpd};
pub use truth::{Sample, Watch, share_below};
