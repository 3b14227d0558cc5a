//! The state decision algorithm (9.3.3, figure 33).

use crate::compare::{Order, Rank, compare};
use crate::settings::Edition;

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
}

/// Decides for one port; nothing: it stays as it is.
pub(crate) fn decide(question: &Question<'_>) -> Option<Code> {
    let Question { own, best, port_best, .. } = *question;
    let silent = match question.edition {
        Edition::Ieee2008 => best.is_none(),
        Edition::Ieee2019 => port_best.is_none(),
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
            matches!(compare(own, other), Order::Same) || compare(own, other).is_better()
        })
    };
    if (1..=127).contains(&own.quality.class) {
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
        Some(here) if compare(best, here) == Order::BetterByTopology => Code::P2,
        _ => Code::M3,
    })
}
