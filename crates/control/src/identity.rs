//! A clock's identity as text: `00:11:22:ff:fe:33:44:55`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A clock's identity (7.5.2.2).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Identity(pub [u8; 8]);

/// A text that is no clock identity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidIdentity;

impl fmt::Display for InvalidIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a clock identity is 8 octets like 00:11:22:ff:fe:33:44:55")
    }
}

impl std::error::Error for InvalidIdentity {}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, octet) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { ":" };
            write!(f, "{separator}{octet:02x}")?;
        }
        Ok(())
    }
}

/// Also without separators, or with those of other programs.
impl FromStr for Identity {
    type Err = InvalidIdentity;

    fn from_str(text: &str) -> Result<Identity, InvalidIdentity> {
        let digits: String = text.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
        if digits.len() != 16 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InvalidIdentity);
        }
        let octets = u64::from_str_radix(&digits, 16).map_err(|_| InvalidIdentity)?;
        Ok(Identity(octets.to_be_bytes()))
    }
}

impl Serialize for Identity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Identity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Identity, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
