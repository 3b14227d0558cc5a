//! Options that are lists: what their texts mean, and what is wrong with them.

/// A clock of `acceptable`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AcceptableClock {
    /// clockIdentity.
    pub clock: [u8; 8],
    /// One port of it; nothing: any.
    pub port: Option<u16>,
    /// Stands for its priority1.
    pub priority1: Option<u8>,
}

/// The most clocks and domains a list may name.
const CLOCKS_MAX: usize = 64;
const DOMAINS_MAX: usize = 15;

/// Whom to follow at all.
pub(crate) fn acceptable(text: &str) -> Result<Vec<AcceptableClock>, String> {
    let all: Vec<_> = items(text).map(clock).collect::<Result<_, _>>()?;
    if all.len() > CLOCKS_MAX {
        return Err(format!("at most {CLOCKS_MAX} clocks can be named; {} are", all.len()));
    }
    Ok(all)
}

/// Domains to take part in.
pub(crate) fn domains(text: &str) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    for item in items(text) {
        let domain: Option<u8> = item.parse().ok();
        let Some(domain) = domain else {
            return Err(format!("{item}: a domain is a number from 0 to 255"));
        };
        if all.contains(&domain) {
            return Err(format!("domain {domain} is named twice; remove one"));
        }
        all.push(domain);
    }
    if all.len() > DOMAINS_MAX {
        return Err(format!("at most {DOMAINS_MAX} domains can be named; {} are", all.len()));
    }
    Ok(all)
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty())
}

/// IDENTITY, IDENTITY-PORT, either with /PRIORITY1.
fn clock(item: &str) -> Result<AcceptableClock, String> {
    let expected = || {
        format!(
            "{item}: a clock is 8 octets like 00:11:22:ff:fe:33:44:55, with -PORT (1 to 65534) \
             for one port and /PRIORITY1 (1 to 255) where they are wanted"
        )
    };
    let (name, priority1) = match item.split_once('/') {
        None => (item, None),
        Some((name, number)) => (name, Some(within(number, 1, 255).ok_or_else(expected)? as u8)),
    };
    let (name, port) = match name.split_once('-') {
        None => (name, None),
        Some((name, number)) => (name, Some(within(number, 1, 65_534).ok_or_else(expected)?)),
    };
    let digits = name.replace([':', '.'], "");
    let octets = u64::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 16);
    let clock = octets.ok_or_else(expected)?.to_be_bytes();
    Ok(AcceptableClock { clock, port, priority1 })
}

fn within(text: &str, min: u16, max: u16) -> Option<u16> {
    text.parse().ok().filter(|number| (min..=max).contains(number))
}
