//! The name of an interface, without allocation.

use core::fmt;

/// An interface's name: 1 to 15 octets, as the kernel accepts them.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct InterfaceName {
    /// Padded with NUL, of which there is at least one.
    bytes: [u8; InterfaceName::SIZE],
}

impl InterfaceName {
    /// The size of the kernel's field, with the NUL at the end.
    pub const SIZE: usize = 16;

    /// `name`, or nothing if no interface can be called that.
    pub fn new(name: &str) -> Option<InterfaceName> {
        let fits = !name.is_empty() && name.len() < InterfaceName::SIZE;
        let legal = |&octet: &u8| octet > b' ' && octet != b'/' && octet != b':' && octet != 0x7f;
        if !fits || !name.as_bytes().iter().all(legal) || name == "." || name == ".." {
            return None;
        }
        let mut bytes = [0; InterfaceName::SIZE];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        Some(InterfaceName { bytes })
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len()]).expect("it was made from text")
    }

    /// With its NUL.
    pub(crate) fn with_nul(&self) -> &[u8] {
        &self.bytes[..=self.len()]
    }

    /// The kernel's whole field.
    pub(crate) const fn field(&self) -> [u8; InterfaceName::SIZE] {
        self.bytes
    }

    fn len(&self) -> usize {
        self.bytes.iter().position(|&octet| octet == 0).expect("it ends in NUL")
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_kernel_accepts_is_a_name() {
        assert_eq!(InterfaceName::new("eth0.100").map(|n| n.to_string()), Some("eth0.100".into()));
        assert!(InterfaceName::new("123456789012345").is_some());
        for wrong in ["", "1234567890123456", "a/b", "a b", "a\0b", "eth0:1", "..", "a\nb"] {
            assert_eq!(InterfaceName::new(wrong), None, "{wrong:?}");
        }
    }
}
