//! The kernel as the daemon needs it, each system call in a function that is safe for every
//! argument. What a port, a servo or a policy *is* belongs to other crates; nothing here decides.
//!
//! The kernel is reached only through libc's symbols, and only through those that simulators which
//! interpose libc know (see each file). Receiving, sending, waiting and reading clocks do not
//! allocate. No function tests for a user id: what is not permitted says which capability it needs.

mod capability;
mod cmsg;
mod datagram;
mod descriptor;
mod error;
mod interface;
mod interface_name;
mod link;
mod looped;
mod message;
mod poll;
mod port_socket;
pub mod privileges;
mod timer;
mod udp4;

pub use capability::{Capability, CapabilitySet};
pub use datagram::{Address, Class, KernelStamp, LoopedFrame, Received};
pub use error::{KernelError, Subject};
pub use interface::{Interface, InterfaceState, TimestampingAbilities, interface_names};
pub use interface_name::InterfaceName;
pub use link::{LinkChange, LinkWatch};
pub use poll::{Interest, Poller, Ready, Wait};
pub use port_socket::PortSocket;
pub use timer::{Timer, mono_now};
pub use udp4::{Degraded, Udp4, Udp4Options};
