//! What a port knows of the grandmaster's rate while it follows (16.10).

use time::{Rate, Stamp};
use wire::{TlvBody, TlvType, Tlvs};

use crate::event::Discard;
use crate::pairing::Pair;
use crate::rate_window::RateWindow;

/// What a port knows of rates while it follows.
#[derive(Debug)]
pub(crate) struct Ratio {
    /// The grandmaster's over the parent's, as the parent says.
    said: Option<Rate>,
    /// The parent's over ours, as its Sync shows.
    window: RateWindow,
    last: Option<Stamp>,
}

impl Ratio {
    pub(crate) const fn new() -> Ratio {
        Ratio { said: None, window: RateWindow::new(), last: None }
    }

    /// A Sync of the parent is complete.
    pub(crate) fn measured(&mut self, pair: &Pair) {
        if self.last.is_some_and(|last| !last.comparable(&pair.received)) {
            self.window = RateWindow::new();
        }
        self.last = Some(pair.received);
        self.window.track(pair.origin + pair.correction, pair.received.time);
    }

    /// What the parent says with a Sync: the grandmaster's rate over its own.
    pub(crate) fn hear(&mut self, tlvs: Tlvs<'_>) -> Result<(), Discard> {
        self.said = None;
        let Some(tlv) = tlvs.find(TlvType::CUMULATIVE_RATE_RATIO) else { return Ok(()) };
        if let TlvBody::CumulativeRateRatio(said) =
            TlvBody::decode(&tlv).map_err(Discard::Malformed)?
        {
            // What fits in the field is less than 0.1 % away from one.
            self.said = Some(said.ratio.rate());
        }
        Ok(())
    }

    /// The grandmaster's rate over ours, by the neighbour's where Pdelay shows it.
    pub(crate) fn grandmaster(&self, neighbor: Option<Rate>) -> Option<Rate> {
        let parents = neighbor.or(self.window.rate())?;
        Some(self.said?.times(parents))
    }
}
