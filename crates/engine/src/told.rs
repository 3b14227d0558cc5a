//! What others say of themselves in signaling messages and beside Announce.

/// Something that somebody on the wire of a port says of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Told {
    /// The neighbour says in this domain that it does gPTP, or has stopped saying so (802.1AS
    /// 10.4.2).
    Capable(bool),
}

impl Told {
    /// A short name for each kind, in the order of [`Told::index`].
    pub const NAMES: [&str; 1] = ["gptp_capable"];

    /// Where its name is in [`Told::NAMES`].
    pub const fn index(&self) -> usize {
        match self {
            Told::Capable(_) => 0,
        }
    }
}
