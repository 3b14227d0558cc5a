//! Addresses of other clocks, as texts.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The address of a clock on one of the transports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PeerAddress {
    /// Of IPv4.
    Udp4(Ipv4Addr),
    /// Of IPv6; a link-local one is of the port's interface.
    Udp6(Ipv6Addr),
    /// Of Ethernet.
    Ethernet([u8; 6]),
}

/// A time transmitter of `unicast_servers`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ListedServer {
    /// Where it is.
    pub address: PeerAddress,
    /// How much it is preferred, for algorithms that ask; the least is preferred.
    pub priority: u8,
}

/// The most addresses a list may hold.
const SERVERS_MAX: usize = 64;
const CLIENTS_MAX: usize = 4096;

/// What a server's priority is unless it is given.
const USUAL_PRIORITY: u8 = 128;

/// Whom to ask for service.
pub(crate) fn servers(text: &str) -> Result<Vec<ListedServer>, String> {
    let all: Vec<ListedServer> = items(text).map(server).collect::<Result<_, _>>()?;
    distinct(&all.iter().map(|server| server.address).collect::<Vec<_>>(), SERVERS_MAX)?;
    Ok(all)
}

/// Whom to serve without having been asked.
pub(crate) fn clients(text: &str) -> Result<Vec<PeerAddress>, String> {
    let all: Vec<PeerAddress> = items(text).map(address).collect::<Result<_, _>>()?;
    distinct(&all, CLIENTS_MAX)?;
    Ok(all)
}

/// At most one address.
pub(crate) fn one(text: &str) -> Result<Vec<PeerAddress>, String> {
    let all = clients(text)?;
    if all.len() > 1 { Err("one address is expected".into()) } else { Ok(all) }
}

impl PeerAddress {
    /// The word for the transport that reaches it.
    pub(crate) const fn transport(&self) -> &'static str {
        match self {
            PeerAddress::Udp4(_) => "udp4",
            PeerAddress::Udp6(_) => "udp6",
            PeerAddress::Ethernet(_) => "l2",
        }
    }
}

impl std::str::FromStr for PeerAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<PeerAddress, String> {
        address(text)
    }
}

fn distinct(all: &[PeerAddress], most: usize) -> Result<(), String> {
    if all.len() > most {
        return Err(format!("at most {most} addresses can be named; {} are", all.len()));
    }
    let twice = all.iter().enumerate().find(|(i, address)| all[..*i].contains(address));
    match twice {
        Some((i, _)) => Err(format!("address {} is named before; remove one", i + 1)),
        None => Ok(()),
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty())
}

/// ADDRESS or ADDRESS=PRIORITY.
fn server(item: &str) -> Result<ListedServer, String> {
    let (name, priority) = match item.split_once('=') {
        None => (item, USUAL_PRIORITY),
        Some((name, number)) => {
            let priority = number
                .parse()
                .map_err(|_| format!("{item}: the priority is a number from 0 to 255"))?;
            (name, priority)
        }
    };
    Ok(ListedServer { address: address(name)?, priority })
}

fn address(item: &str) -> Result<PeerAddress, String> {
    if let Ok(address) = item.parse() {
        return Ok(PeerAddress::Udp4(address));
    }
    if let Some(octets) = ethernet(item) {
        return Ok(PeerAddress::Ethernet(octets));
    }
    if let Ok(address) = item.parse() {
        return Ok(PeerAddress::Udp6(address));
    }
    Err(format!(
        "{item}: an address of IPv4 (192.0.2.1), IPv6 (2001:db8::1) or Ethernet \
         (02:00:00:00:00:01) is expected; names are not looked up"
    ))
}

fn ethernet(item: &str) -> Option<[u8; 6]> {
    let mut octets = [0; 6];
    let mut parts = item.split([':', '-']);
    for octet in &mut octets {
        let part = parts.next().filter(|part| part.len() == 2)?;
        *octet = u8::from_str_radix(part, 16).ok()?;
    }
    parts.next().is_none().then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_all_transports_are_told_apart() {
        let all = servers("192.0.2.1, 2001:db8::1=3 02:00:00:00:00:01=0,fe80::1").unwrap();
        assert_eq!(
            all,
            [
                ListedServer { address: PeerAddress::Udp4([192, 0, 2, 1].into()), priority: 128 },
                ListedServer {
                    address: PeerAddress::Udp6("2001:db8::1".parse().unwrap()),
                    priority: 3
                },
                ListedServer { address: PeerAddress::Ethernet([2, 0, 0, 0, 0, 1]), priority: 0 },
                ListedServer {
                    address: PeerAddress::Udp6("fe80::1".parse().unwrap()),
                    priority: 128
                },
            ]
        );
        assert!(servers("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_is_allowed() {
        for (text, why) in [
            ("ptp.example.org", "names are not looked up"),
            ("192.0.2.1=256", "from 0 to 255"),
            ("192.0.2.1,192.0.2.1=3", "address 2 is named before"),
        ] {
            let error = servers(text).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
        assert!(clients("192.0.2.1=4").is_err());
    }
}
