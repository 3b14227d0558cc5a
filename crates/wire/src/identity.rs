//! Names of clocks and ports (5.3.4, 5.3.5).

use core::fmt;

use crate::{DecodeError, EncodeError, Reader, Writer};

/// Eight octets that no two clocks share (7.5.2.2). Ordered as the BMCA compares them.
#[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ClockIdentity(pub [u8; 8]);

impl ClockIdentity {
    /// Every clock.
    pub const ALL: ClockIdentity = ClockIdentity([0xff; 8]);

    /// The identity of an interface: its MAC address with FF-FE in the middle.
    pub const fn from_mac(mac: [u8; 6]) -> ClockIdentity {
        let [a, b, c, d, e, f] = mac;
        ClockIdentity([a, b, c, 0xff, 0xfe, d, e, f])
    }
}

impl fmt::Display for ClockIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g, h, i] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}:{h:02x}:{i:02x}")
    }
}

impl fmt::Debug for ClockIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A port of a clock. Ordered by clock, then by number.
#[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PortIdentity {
    /// The clock.
    pub clock: ClockIdentity,
    /// 1 to 0xFFFE; 0 for the clock itself.
    pub port: u16,
}

impl PortIdentity {
    /// Every port of every clock.
    pub const ALL: PortIdentity = PortIdentity { clock: ClockIdentity::ALL, port: 0xffff };

    /// Reads clockIdentity and portNumber.
    pub fn read(r: &mut Reader<'_>, field: &'static str) -> Result<PortIdentity, DecodeError> {
        Ok(PortIdentity { clock: ClockIdentity(r.array(field)?), port: r.u16(field)? })
    }

    /// Writes clockIdentity and portNumber.
    pub fn write(&self, w: &mut Writer<'_>) -> Result<(), EncodeError> {
        w.octets(&self.clock.0)?;
        w.u16(self.port)
    }
}

impl fmt::Display for PortIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.clock, self.port)
    }
}

impl fmt::Debug for PortIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
