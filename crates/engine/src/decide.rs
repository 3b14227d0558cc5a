//! The state decision algorithm (9.3.3, figure 33).

use wire::PortIdentity;

use crate::compare::{Order, Rank, compare};
use crate::settings::{Edition, Held};

/// What the algorithm recommends for a port; the codes are the standard's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Code {
    M1,
    M2,
    M3,
    P1,
    P2,
    S1,
}

impl Code {
    /// Of a port that a wire joins with another of ours, which leads there instead (9.5.2.3).
    pub(crate) const fn on_one_wire(self) -> Code {
        match self {
            Code::M1 | Code::M2 | Code::M3 => Code::P2,
            code => code,
        }
    }
}

/// What is known when a port's state is decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// Ourselves.
    pub(crate) own: &'a Rank,
    /// The best heard on any port.
    pub(crate) best: Option<&'a Rank>,
    /// The best heard on this port.
    pub(crate) port_best: Option<&'a Rank>,
    /// Whether the port still listens.
    pub(crate) listening: bool,
    /// Whether the port never follows.
    pub(crate) transmitter_only: bool,
    /// Whether the clock never leads.
    pub(crate) receiver_only: bool,
    pub(crate) edition: Edition,
    /// Where nobody decides.
    pub(crate) held: Held,
}

/// Decides for one port; nothing: it stays as it is.
pub(crate) fn decide(question: &Question<'_>) -> Option<Code> {
    let Question { own, best, port_best, edition, .. } = *question;
    let silent = match edition {
        Edition::External => return held(question),
        Edition::Ieee8021As => false,
        Edition::Ieee2008 => best.is_none(),
        Edition::Ieee2019 | Edition::G8275 | Edition::G8265 => port_best.is_none(),
    };
    if question.listening && silent {
        return None;
    }
    if question.receiver_only {
        // Whom it follows is the best it hears, however it ranks itself; the rest is listening.
        let follows = best.is_some() && best == port_best;
        return Some(if follows { Code::S1 } else { Code::M2 });
    }
    let own_wins = |other: Option<&Rank>| {
        other.is_none_or(|other| {
            let order = compare(edition, own, other);
            matches!(order, Order::Same) || order.is_better()
        })
    };
    let primary = (1..=127).contains(&own.quality.class) && edition != Edition::Ieee8021As;
    if primary {
        return Some(if own_wins(port_best) { Code::M1 } else { Code::P1 });
    }
    let Some(best) = best.filter(|best| !own_wins(Some(best))) else {
        return Some(Code::M2);
    };
    if question.transmitter_only {
        return Some(Code::M3);
    }
    Some(match port_best {
        Some(here) if here == best => Code::S1,
        Some(here) if edition == Edition::Ieee8021As => beside(own, best, here),
        Some(here) if compare(edition, best, here) == Order::BetterByTopology => Code::P2,
        _ => Code::M3,
    })
}

/// A port that follows nobody yields to whoever says something better than it would itself
/// (802.1AS 10.3.12.2.4).
fn beside(own: &Rank, best: &Rank, here: &Rank) -> Code {
    let steps_removed = best.steps_removed.saturating_add(1);
    let sender = PortIdentity { port: here.receiver.port, ..own.sender };
    let would_say = Rank { steps_removed, sender, ..*best };
    if compare(Edition::Ieee8021As, here, &would_say).is_better() { Code::P2 } else { Code::M3 }
}

/// The operator decided; a port that is to follow waits until somebody is there.
fn held(question: &Question<'_>) -> Option<Code> {
    match question.held {
        Held::Passive => Some(Code::P1),
        Held::TimeReceiver => match (question.best, question.port_best) {
            (_, None) => None,
            (Some(best), Some(here)) if best != here => Some(Code::P1),
            _ => Some(Code::S1),
        },
        Held::TimeTransmitter if question.best.is_some() => Some(Code::M3),
        Held::TimeTransmitter => Some(Code::M2),
    }
}
