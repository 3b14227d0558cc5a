//! The kernel as the daemon needs it, each system call in a function that is safe for every
//! argument. What a port, a servo or a policy *is* belongs to other crates; nothing here decides.
//!
//! The kernel is reached only through libc's symbols, and only through those that simulators which
//! interpose libc know (see each file). Receiving, sending, waiting and reading clocks do not
//! allocate. No function tests for a user id: what is not permitted says which capability it needs.

mod arrival;
mod bridge;
mod capability;
mod clock;
mod cmsg;
mod datagram;
mod descriptor;
mod error;
mod ethernet;
mod interface;
mod interface_name;
mod line;
mod link;
mod looped;
mod mapping;
mod message;
pub mod notify;
mod page;
mod poll;
mod port_socket;
pub mod privileges;
mod raw_link;
pub mod scheduling;
pub mod signals;
mod sockaddr;
mod stamping;
mod timer;
mod udp4;
mod udp6;
mod udp_pair;
mod unix;
mod unix_address;
mod virtual_clock;

pub use bridge::{BridgeCheck, RealtimeBridge, SleepWatch};
pub use capability::{Capability, CapabilitySet};
pub use clock::{KernelClock, SystemClock, SystemClockState, SystemClockStatus};
pub use datagram::{Address, Class, Degraded, KernelStamp, LoopedFrame, Received};
pub use error::{KernelError, Subject};
pub use ethernet::{Ethernet, EthernetOptions};
pub use interface::{Interface, InterfaceState, TimestampingAbilities, interface_names};
pub use interface_name::InterfaceName;
pub use line::ClockLine;
pub use link::{LinkChange, LinkWatch};
pub use page::{ClockPage, PageContents, PageReader, PageReading, PageState};
pub use poll::{Interest, Poller, Ready, Wait};
pub use port_socket::PortSocket;
pub use raw_link::RawLink;
pub use timer::{Timer, mono_now};
pub use udp4::{Udp4, Udp4Options};
pub use udp6::{Udp6, Udp6Options};
pub use unix::{PeerCredentials, Transfer, UnixListener, UnixStream};
pub use virtual_clock::{VIRTUAL_FREQUENCY_MAX_PPB, VirtualClock, VirtualReading};
