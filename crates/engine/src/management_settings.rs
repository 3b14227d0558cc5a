//! What a clock lets others ask and change (15.2), and what it says of itself.

use alloc::vec::Vec;

use crate::place::Peer;

/// What management messages may do here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// They are neither answered nor passed on.
    Off,
    /// GET is answered; SET and COMMAND are refused.
    Read,
    /// SET and COMMAND are done for whoever is allowed to.
    Write,
}

/// How an instance answers management messages.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagementSettings {
    /// What they may do.
    pub access: Access,
    /// Who may change something; empty: whoever asks.
    pub writers: Vec<Peer>,
    /// Whether whoever drives the engine keeps what was set (15.5.3.1.3).
    pub storage: bool,
    /// Whether whoever drives the engine upgrades the clockClass in holdover, where it can (17.7).
    pub holdover: Option<bool>,
    /// Whether the time may be set while we lead in our own name.
    pub time: bool,
    /// productDescription: manufacturer, model and instance.
    pub product: Text,
    /// revisionData: hardware, firmware and software.
    pub revision: Text,
    /// userDescription: name and place.
    pub user: Text,
    /// profileIdentity.
    pub profile: [u8; 6],
}

impl Default for ManagementSettings {
    /// Read only, with the default end-to-end profile.
    fn default() -> ManagementSettings {
        ManagementSettings {
            access: Access::Read,
            writers: Vec::new(),
            storage: false,
            holdover: None,
            time: false,
            product: Text::from_static(";Zeitgeber;"),
            revision: Text::from_static(concat!(";;", env!("CARGO_PKG_VERSION"))),
            user: Text::EMPTY,
            profile: [0x00, 0x1b, 0x19, 0x01, 0x01, 0x00],
        }
    }
}

impl ManagementSettings {
    /// Whether a peer may change something.
    pub(crate) fn lets_write(&self, peer: Peer) -> bool {
        self.access == Access::Write && (self.writers.is_empty() || self.writers.contains(&peer))
    }
}

/// The longest text that is kept.
pub const TEXT_MAX: usize = 128;

/// A short text in a place of its own.
#[derive(Clone, Copy, PartialEq)]
pub struct Text {
    octets: [u8; TEXT_MAX],
    len: u8,
}

impl Text {
    /// No text.
    pub const EMPTY: Text = Text { octets: [0; TEXT_MAX], len: 0 };

    /// Octets, where they are not more than [`TEXT_MAX`].
    pub fn new(octets: &[u8]) -> Option<Text> {
        let mut text = Text { octets: [0; TEXT_MAX], len: octets.len() as u8 };
        text.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(text)
    }

    fn from_static(text: &'static str) -> Text {
        Text::new(text.as_bytes()).expect("our own texts are short")
    }

    /// As it is on the wire.
    pub fn octets(&self) -> &[u8] {
        &self.octets[..usize::from(self.len)]
    }
}

impl core::fmt::Debug for Text {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "\"{}\"", self.octets().escape_ascii())
    }
}
