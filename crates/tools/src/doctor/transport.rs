//! The three ways on which PTP is heard, and which of them matter.

use super::finding::{Finding, Level};

/// A way.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Transport {
    Udp4,
    Udp6,
    Ethernet,
}

impl Transport {
    pub(super) const ALL: [Transport; 3] = [Transport::Udp4, Transport::Udp6, Transport::Ethernet];

    /// As the option `transport` has it.
    pub(super) const fn option(self) -> &'static str {
        match self {
            Transport::Udp4 => "udp4",
            Transport::Udp6 => "udp6",
            Transport::Ethernet => "l2",
        }
    }

    /// As the standard calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Transport::Udp4 => "UDP/IPv4",
            Transport::Udp6 => "UDP/IPv6",
            Transport::Ethernet => "IEEE 802.3",
        }
    }
}

/// The transport that was asked for, or all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice(pub(super) Option<Transport>);

impl Choice {
    /// Of the words of `--transport`.
    pub(super) fn of(word: &str) -> Choice {
        Choice(Transport::ALL.into_iter().find(|transport| transport.option() == word))
    }

    pub(super) fn has(self, transport: Transport) -> bool {
        self.0.is_none_or(|chosen| chosen == transport)
    }

    /// Whether it needs UDP.
    pub(super) fn has_udp(self) -> bool {
        self.0 != Some(Transport::Ethernet)
    }

    /// What a transport lacks: a problem if that one was asked for, otherwise good to know.
    pub(super) fn lack(self, topic: &'static str, text: impl Into<String>) -> Finding {
        let level = if self.0.is_some() { Level::Problem } else { Level::Note };
        Finding { level, ..Finding::ok(topic, text) }
    }
}
