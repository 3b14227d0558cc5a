//! The daemon's states as people read them.

use control::{ClockKind, ClockRole, PortState, Timescale};

pub(crate) const fn role(role: ClockRole) -> &'static str {
    match role {
        ClockRole::Both => "may lead and follow",
        ClockRole::ClientOnly => "client only",
        ClockRole::ServerOnly => "server only",
    }
}

pub(crate) const fn clock(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::System => "the system's clock",
        ClockKind::Virtual => "a virtual clock",
        ClockKind::Observe => "the system's clock, only observed",
        ClockKind::Hardware => "a network card's clock",
    }
}

pub(crate) const fn timescale(timescale: Timescale) -> &'static str {
    match timescale {
        Timescale::Arb => "an arbitrary timescale",
        Timescale::Tai => "TAI",
        Timescale::Utc => "UTC",
    }
}

pub(crate) const fn port(state: PortState) -> &'static str {
    match state {
        PortState::Initializing => "initializing",
        PortState::Faulty => "faulty",
        PortState::Disabled => "disabled",
        PortState::Listening => "listening",
        PortState::PreTransmitter => "pre-transmitter",
        PortState::Transmitter => "transmitter",
        PortState::Passive => "passive",
        PortState::Uncalibrated => "uncalibrated",
        PortState::Receiver => "receiver",
    }
}

/// clockAccuracy (Table 5).
pub(crate) fn accuracy(code: u8) -> String {
    let text = match code {
        0x17 => "1 ps",
        0x18 => "2.5 ps",
        0x19 => "10 ps",
        0x1a => "25 ps",
        0x1b => "100 ps",
        0x1c => "250 ps",
        0x1d => "1 ns",
        0x1e => "2.5 ns",
        0x1f => "10 ns",
        0x20 => "25 ns",
        0x21 => "100 ns",
        0x22 => "250 ns",
        0x23 => "1 us",
        0x24 => "2.5 us",
        0x25 => "10 us",
        0x26 => "25 us",
        0x27 => "100 us",
        0x28 => "250 us",
        0x29 => "1 ms",
        0x2a => "2.5 ms",
        0x2b => "10 ms",
        0x2c => "25 ms",
        0x2d => "100 ms",
        0x2e => "250 ms",
        0x2f => "1 s",
        0x30 => "10 s",
        0x31 => "worse than 10 s",
        0xfe => "unknown",
        _ => return format!("code {code}"),
    };
    text.into()
}
