//! The cells of the matrix: with whom, over what, measured how, served how, in which role.

use std::fmt;

/// Declares an enum of what an axis has, with the word of each in the table and the document.
macro_rules! axis {
    ($name:ident { $($variant:ident = $word:literal,)* }) => {
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum $name { $($variant,)* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }
    };
}

axis!(Peer { Ptp4l = "ptp4l", Ptpd = "ptpd", });
axis!(Transport { Udp4 = "udp4", Udp6 = "udp6", L2 = "l2", });
axis!(Mechanism { E2e = "e2e", P2p = "p2p", });
axis!(Mode { Multicast = "multicast", Hybrid = "hybrid", Unicast = "unicast", });
axis!(Role { Follow = "we follow", Lead = "we lead", });

/// One of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cell {
    pub peer: Peer,
    pub transport: Transport,
    pub mechanism: Mechanism,
    pub mode: Mode,
    pub role: Role,
}

impl Cell {
    /// All there are, those that cannot be included.
    pub fn all() -> Vec<Cell> {
        let mut cells = Vec::new();
        for &peer in Peer::ALL {
            for &transport in Transport::ALL {
                for &mechanism in Mechanism::ALL {
                    for &mode in Mode::ALL {
                        for &role in Role::ALL {
                            cells.push(Cell { peer, transport, mechanism, mode, role });
                        }
                    }
                }
            }
        }
        cells
    }

    /// What it is on an axis.
    pub fn word(&self, axis: &str) -> &'static str {
        match axis {
            "peer" => self.peer.word(),
            "transport" => self.transport.word(),
            "mechanism" => self.mechanism.word(),
            "mode" => self.mode.word(),
            "role" => self.role.word(),
            _ => panic!("there is no axis {axis}"),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [peer, transport, mechanism, mode, role] =
            ["peer", "transport", "mechanism", "mode", "role"].map(|axis| self.word(axis));
        write!(f, "{peer} {transport} {mechanism} {mode}, {role}")
    }
}
