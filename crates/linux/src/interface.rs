//! What the kernel says of its interfaces.

use core::ffi::c_int;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV6};
use std::ffi::CStr;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use crate::descriptor::{bind, socket};
use crate::error::{KernelError, Subject, check};
use crate::interface_name::InterfaceName;
use crate::sockaddr::encode6;

const ETHTOOL_GET_TS_INFO: u32 = 0x41;
const ETHERNET: u16 = 1;

/// An interface at the moment of asking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InterfaceState {
    /// Its index, which no other interface gets while it exists.
    pub index: u32,
    /// Its MAC address, if it is Ethernet or alike.
    pub mac: Option<[u8; 6]>,
    /// Its first IPv4 address.
    pub address: Option<Ipv4Addr>,
    /// Its first IPv6 address, which may not be usable yet: [`Interface::usable_address6`].
    pub address6: Option<Ipv6Addr>,
    /// Whether the administrator wants it.
    pub up: bool,
    /// Whether it works: up and with a carrier.
    pub running: bool,
    /// Whether it is the loopback.
    pub loopback: bool,
}

/// What an interface's driver can stamp (`ETHTOOL_GET_TS_INFO`).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TimestampingAbilities {
    /// `SOF_TIMESTAMPING_*`.
    pub flags: u32,
    /// The number in `/dev/ptp`, if there is a hardware clock.
    pub hardware_clock: Option<u32>,
    /// One bit for each `HWTSTAMP_TX_*`.
    pub tx_types: u32,
    /// One bit for each `HWTSTAMP_FILTER_*`.
    pub rx_filters: u32,
}

impl TimestampingAbilities {
    /// Whether the kernel can stamp what is sent and what is received.
    pub const fn software(&self) -> bool {
        let needed = libc::SOF_TIMESTAMPING_SOFTWARE
            | libc::SOF_TIMESTAMPING_RX_SOFTWARE
            | libc::SOF_TIMESTAMPING_TX_SOFTWARE;
        self.flags & needed == needed
    }

    /// Whether the card can.
    pub const fn hardware(&self) -> bool {
        let needed = libc::SOF_TIMESTAMPING_RAW_HARDWARE
            | libc::SOF_TIMESTAMPING_RX_HARDWARE
            | libc::SOF_TIMESTAMPING_TX_HARDWARE;
        self.flags & needed == needed
    }
}

/// An interface by name, whether it exists or not.
#[derive(Debug)]
pub struct Interface {
    name: InterfaceName,
    /// Any socket will do to ask.
    asker: OwnedFd,
}

impl Interface {
    /// The interface called `name`.
    pub fn new(name: InterfaceName) -> Result<Interface, KernelError> {
        let asker = socket(libc::AF_INET, libc::SOCK_DGRAM, 0)
            .map_err(|errno| KernelError::new("open a socket to ask about interfaces", errno))?;
        Ok(Interface { name, asker })
    }

    /// Its name.
    pub fn name(&self) -> InterfaceName {
        self.name
    }

    /// How it is; an error with ENODEV if it does not exist.
    pub fn state(&self) -> Result<InterfaceState, KernelError> {
        let index = i32_of(&self.ask(libc::SIOCGIFINDEX, "find interface")?);
        let flags = self.ask(libc::SIOCGIFFLAGS, "read the flags of interface")?;
        let mut flags = i32::from(i16::from_ne_bytes([flags[0], flags[1]]));
        let listed = listed(self.name);
        // Interposers of libc know this flag only there.
        if flags & libc::IFF_UP != 0 {
            flags |= listed.flags & libc::IFF_RUNNING;
        }
        let has = |flag: c_int| flags & flag != 0;
        Ok(InterfaceState {
            index: u32::try_from(index).unwrap_or(0),
            mac: self.mac(has(libc::IFF_LOOPBACK)),
            address: listed.address,
            address6: listed.address6,
            up: has(libc::IFF_UP),
            running: has(libc::IFF_UP) && has(libc::IFF_RUNNING),
            loopback: has(libc::IFF_LOOPBACK),
        })
    }

    /// The IPv6 address that we may send from now, a link-local one if there is one: no longer
    /// tentative (RFC 4862, 5.4), and not found to be a neighbour's.
    pub fn usable_address6(&self, index: u32) -> Option<Ipv6Addr> {
        let mut addresses = Vec::new();
        for_each_listed(|entry, _, address| {
            if let Some(IpAddr::V6(address)) = address
                && entry.to_bytes_with_nul() == self.name.with_nul()
            {
                addresses.push(address);
            }
        });
        addresses.sort_by_key(|address| !address.is_unicast_link_local());
        addresses.into_iter().find(|address| {
            let Ok(fd) = socket(libc::AF_INET6, libc::SOCK_DGRAM, 0) else { return false };
            let scope = if address.is_unicast_link_local() { index } else { 0 };
            // The kernel binds to no address that it may not use.
            bind(fd.as_fd(), &encode6(SocketAddrV6::new(*address, 0, 0, scope))).is_ok()
        })
    }

    /// What its driver can stamp.
    pub fn timestamping_abilities(&self) -> Result<TimestampingAbilities, KernelError> {
        let mut info = TsInfo { command: ETHTOOL_GET_TS_INFO, ..TsInfo::default() };
        let mut data = [0; 24];
        let pointer = (&raw mut info).expose_provenance();
        data[..size_of::<usize>()].copy_from_slice(&pointer.to_ne_bytes());
        let mut request = Request { name: self.name.field(), data };
        let fd = self.asker.as_raw_fd();
        // SAFETY: SIOCETHTOOL with ETHTOOL_GET_TS_INFO reads an ifreq whose pointer leads to an
        // ethtool_ts_info, which the kernel fills; both outlive the call.
        let returned = unsafe { libc::ioctl(fd, libc::SIOCETHTOOL, &raw mut request) };
        check(returned)
            .map_err(|errno| self.error("read the timestamping abilities of interface", errno))?;
        Ok(TimestampingAbilities {
            flags: info.flags,
            hardware_clock: u32::try_from(info.hardware_clock).ok(),
            tx_types: info.tx_types,
            rx_filters: info.rx_filters,
        })
    }

    fn mac(&self, loopback: bool) -> Option<[u8; 6]> {
        let answer = self.ask(libc::SIOCGIFHWADDR, "read the MAC of interface").ok()?;
        // Interposers of libc leave the family zero.
        let family = u16::from_ne_bytes([answer[0], answer[1]]);
        let mac: [u8; 6] = answer[2..8].try_into().ok()?;
        let ethernet = matches!(family, 0 | ETHERNET) && !loopback && mac != [0; 6];
        ethernet.then_some(mac)
    }

    /// What the kernel writes behind the name.
    fn ask(&self, question: libc::Ioctl, operation: &'static str) -> Result<[u8; 24], KernelError> {
        let mut request = Request { name: self.name.field(), data: [0; 24] };
        let fd = self.asker.as_raw_fd();
        // SAFETY: SIOCGIFINDEX, SIOCGIFFLAGS and SIOCGIFHWADDR, the questions asked, read the name
        // of an ifreq and write the rest of it; `request` is at least as long.
        let returned = unsafe { libc::ioctl(fd, question, &raw mut request) };
        match check(returned) {
            Ok(_) => Ok(request.data),
            Err(errno) => Err(self.error(operation, errno)),
        }
    }

    fn error(&self, operation: &'static str, errno: i32) -> KernelError {
        KernelError::new(operation, errno).about(Subject::Interface(self.name))
    }
}

/// The names of all interfaces. Allocates.
pub fn interface_names() -> Vec<InterfaceName> {
    let mut names = Vec::new();
    for_each_listed(|name, _, _| {
        let name = name.to_str().ok().and_then(InterfaceName::new);
        if let Some(name) = name.filter(|name| !names.contains(name)) {
            names.push(name);
        }
    });
    names
}

/// An `ifreq`, at least as long as the kernel's.
#[repr(C, align(8))]
struct Request {
    name: [u8; InterfaceName::SIZE],
    data: [u8; 24],
}

/// An `ethtool_ts_info`.
#[derive(Default)]
#[repr(C)]
struct TsInfo {
    command: u32,
    flags: u32,
    hardware_clock: i32,
    tx_types: u32,
    _tx_reserved: [u32; 3],
    rx_filters: u32,
    _rx_reserved: [u32; 3],
}

#[derive(Clone, Copy, Default)]
struct Listed {
    flags: c_int,
    address: Option<Ipv4Addr>,
    address6: Option<Ipv6Addr>,
}

/// What the list of addresses says of `name`.
fn listed(name: InterfaceName) -> Listed {
    let mut found = Listed::default();
    for_each_listed(|entry, flags, address| {
        if entry.to_bytes_with_nul() != name.with_nul() {
            return;
        }
        found.flags |= flags;
        match address {
            Some(IpAddr::V4(address)) => found.address = found.address.or(Some(address)),
            Some(IpAddr::V6(address)) => found.address6 = found.address6.or(Some(address)),
            None => {}
        }
    });
    found
}

/// Calls `visit` with the name, the flags and the IP address of each entry of getifaddrs(3).
fn for_each_listed(mut visit: impl FnMut(&CStr, c_int, Option<IpAddr>)) {
    let mut first: *mut libc::ifaddrs = core::ptr::null_mut();
    // SAFETY: getifaddrs(3) writes one pointer.
    if unsafe { libc::getifaddrs(&raw mut first) } != 0 {
        return;
    }
    let mut next = first;
    // SAFETY: getifaddrs(3) made a list of valid entries that ends in null; it is freed below.
    while let Some(entry) = unsafe { next.as_ref() } {
        // SAFETY: getifaddrs(3): the name of an entry is a string that lives as long as the list.
        let name = unsafe { CStr::from_ptr(entry.ifa_name) };
        visit(name, entry.ifa_flags as c_int, ip_of(entry));
        next = entry.ifa_next;
    }
    // SAFETY: `first` came from getifaddrs(3) and is not used afterwards.
    unsafe { libc::freeifaddrs(first) };
}

fn ip_of(entry: &libc::ifaddrs) -> Option<IpAddr> {
    // SAFETY: getifaddrs(3): the address of an entry is null or a valid sockaddr.
    let family = unsafe { entry.ifa_addr.as_ref() }?.sa_family;
    match c_int::from(family) {
        libc::AF_INET => {
            // SAFETY: a sockaddr of the family AF_INET is a sockaddr_in; the list's memory may be
            // aligned for less, hence the unaligned read.
            let address = unsafe { entry.ifa_addr.cast::<libc::sockaddr_in>().read_unaligned() };
            Some(IpAddr::V4(Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr))))
        }
        libc::AF_INET6 => {
            // SAFETY: a sockaddr of the family AF_INET6 is a sockaddr_in6; as above.
            let address = unsafe { entry.ifa_addr.cast::<libc::sockaddr_in6>().read_unaligned() };
            Some(IpAddr::V6(Ipv6Addr::from(address.sin6_addr.s6_addr)))
        }
        _ => None,
    }
}

fn i32_of(data: &[u8; 24]) -> i32 {
    i32::from_ne_bytes([data[0], data[1], data[2], data[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_known() {
        let lo = Interface::new(InterfaceName::new("lo").unwrap()).unwrap();

        let state = lo.state().unwrap();

        assert!(state.index > 0 && state.up && state.running && state.loopback);
        assert_eq!(state.address, Some(Ipv4Addr::LOCALHOST));
        assert_eq!(state.mac, None);
        assert_eq!(lo.usable_address6(state.index), state.address6);
        assert!(interface_names().contains(&lo.name()));
        assert!(lo.timestamping_abilities().unwrap().software());
        assert!(!lo.timestamping_abilities().unwrap().hardware());
    }

    #[test]
    fn what_does_not_exist_is_an_error_that_says_so() {
        let none = Interface::new(InterfaceName::new("nowhere0").unwrap()).unwrap();

        let error = none.state().unwrap_err();

        assert_eq!(error.errno, libc::ENODEV);
        assert!(error.to_string().starts_with("cannot find interface nowhere0: No such device"));
    }
}
