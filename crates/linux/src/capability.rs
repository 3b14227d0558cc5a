//! The capabilities the daemon may need, as values. What holds them and gives them up is in
//! `privileges`.

use core::fmt;
use core::ops::BitOr;

/// A right that the kernel grants apart from the user id (capabilities(7)).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[repr(u8)]
pub enum Capability {
    /// Change the group id.
    SetGid = 6,
    /// Change the user id.
    SetUid = 7,
    /// Shrink the bounding set.
    SetPcap = 8,
    /// Bind to ports below 1024.
    NetBindService = 10,
    /// Configure interfaces, such as their hardware stamps.
    NetAdmin = 12,
    /// Open packet sockets.
    NetRaw = 13,
    /// Lock memory.
    IpcLock = 14,
    /// Take a real-time priority.
    SysNice = 23,
    /// Set and steer the system clock.
    SysTime = 25,
}

impl Capability {
    /// All that this crate knows.
    pub const ALL: [Capability; 9] = [
        Capability::SetGid,
        Capability::SetUid,
        Capability::SetPcap,
        Capability::NetBindService,
        Capability::NetAdmin,
        Capability::NetRaw,
        Capability::IpcLock,
        Capability::SysNice,
        Capability::SysTime,
    ];

    /// Its name without `CAP_`, as containers want it.
    pub const fn name(self) -> &'static str {
        match self {
            Capability::SetGid => "SETGID",
            Capability::SetUid => "SETUID",
            Capability::SetPcap => "SETPCAP",
            Capability::NetBindService => "NET_BIND_SERVICE",
            Capability::NetAdmin => "NET_ADMIN",
            Capability::NetRaw => "NET_RAW",
            Capability::IpcLock => "IPC_LOCK",
            Capability::SysNice => "SYS_NICE",
            Capability::SysTime => "SYS_TIME",
        }
    }

    /// Its name in lower case and with `cap_`, as setcap(8) wants it.
    pub const fn setcap_name(self) -> &'static str {
        match self {
            Capability::SetGid => "cap_setgid",
            Capability::SetUid => "cap_setuid",
            Capability::SetPcap => "cap_setpcap",
            Capability::NetBindService => "cap_net_bind_service",
            Capability::NetAdmin => "cap_net_admin",
            Capability::NetRaw => "cap_net_raw",
            Capability::IpcLock => "cap_ipc_lock",
            Capability::SysNice => "cap_sys_nice",
            Capability::SysTime => "cap_sys_time",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CAP_{}", self.name())
    }
}

/// A set of capabilities, those unknown to this crate included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct CapabilitySet(u64);

impl CapabilitySet {
    /// None at all.
    pub const EMPTY: CapabilitySet = CapabilitySet(0);

    /// The set with the kernel's bits.
    pub const fn from_bits(bits: u64) -> CapabilitySet {
        CapabilitySet(bits)
    }

    /// The kernel's bits.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The set with `capability` too.
    #[must_use]
    pub const fn with(self, capability: Capability) -> CapabilitySet {
        CapabilitySet(self.0 | 1 << capability as u8)
    }

    /// Whether `capability` is in it.
    pub const fn has(self, capability: Capability) -> bool {
        self.0 & 1 << capability as u8 != 0
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: CapabilitySet) -> CapabilitySet {
        CapabilitySet(self.0 & other.0)
    }
}

impl BitOr for CapabilitySet {
    type Output = CapabilitySet;
    fn bitor(self, other: CapabilitySet) -> CapabilitySet {
        CapabilitySet(self.0 | other.0)
    }
}

impl FromIterator<Capability> for CapabilitySet {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> CapabilitySet {
        capabilities.into_iter().fold(CapabilitySet::EMPTY, CapabilitySet::with)
    }
}

/// The known names, separated by spaces, and a count of the others.
impl fmt::Display for CapabilitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut others = self.0;
        let mut separator = "";
        for capability in Capability::ALL.into_iter().filter(|&one| self.has(one)) {
            write!(f, "{separator}{capability}")?;
            others &= !(1 << capability as u8);
            separator = " ";
        }
        match (others.count_ones(), self.0) {
            (0, 0) => f.write_str("none"),
            (0, _) => Ok(()),
            (count, _) => write!(f, "{separator}+{count}"),
        }
    }
}
