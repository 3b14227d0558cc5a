//! What a port's Pdelay exchanges say of the neighbour: the link's delay, the ratio of the two
//! clocks' rates, and whether both can do gPTP (11.4, 802.1AS 11.2.2).

use time::{Rate, Span, Timestamp};

use crate::rate_window::RateWindow;

/// A new delay moves the kept one by this part of the difference, as a power of two.
const WEIGHT: u32 = 3;

/// When a neighbour counts as capable of gPTP (802.1AS 11.2.18 to 11.2.22).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NeighborLimits {
    /// meanLinkDelayThresh: a longer link has something else than a wire in it.
    pub delay_max: Span,
    /// What a delay may be below zero for want of calibration.
    pub delay_min: Span,
    /// allowedLostResponses: one more lost in a row and it counts as gone.
    pub lost_max: u8,
    /// allowedFaults: one more out of limits in a row.
    pub faults_max: u8,
}

impl NeighborLimits {
    /// Those of IEEE 802.1AS-2020, with 800 ns as for twisted pair.
    pub const IEEE_802_1AS: NeighborLimits = NeighborLimits {
        delay_max: Span::from_nanos(800),
        delay_min: Span::from_nanos(-20_000_000),
        lost_max: 9,
        faults_max: 9,
    };
}

/// One complete exchange; corrections are put in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeerExchange {
    /// t4 - t1 on our clock.
    pub(crate) away: Span,
    /// t3 - t2 on the neighbour's.
    pub(crate) turnaround: Span,
    /// t3, or nothing where the neighbour does not say it.
    pub(crate) answered: Option<Timestamp>,
    /// t4.
    pub(crate) received: Timestamp,
}

/// Why a neighbour does not count as capable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Incapable {
    /// Nothing was measured yet.
    Unknown,
    /// It stopped answering.
    Lost,
    /// The link is longer than the limit, or shorter than nothing.
    Delay,
    /// More than one answers.
    Several,
}

#[derive(Debug)]
pub(crate) struct Neighbor {
    rates: RateWindow,
    delay: Option<Span>,
    lost: u8,
    faults: u8,
    state: Result<(), Incapable>,
}

impl Neighbor {
    pub(crate) const fn new() -> Neighbor {
        Neighbor {
            rates: RateWindow::new(),
            delay: None,
            lost: 0,
            faults: 0,
            state: Err(Incapable::Unknown),
        }
    }

    /// Whether both ends can do gPTP, or why not.
    pub(crate) const fn capable(&self) -> Result<(), Incapable> {
        self.state
    }

    /// meanLinkDelay, smoothed.
    pub(crate) const fn delay(&self) -> Option<Span> {
        self.delay
    }

    /// neighborRateRatio: the neighbour's rate over ours.
    pub(crate) fn rate(&self) -> Rate {
        self.rates.rate().unwrap_or(Rate::ONE)
    }

    /// neighborRateRatio, once it was measured.
    pub(crate) const fn known_rate(&self) -> Option<Rate> {
        self.rates.rate()
    }

    pub(crate) fn measured(&mut self, exchange: &PeerExchange, limits: Option<&NeighborLimits>) {
        if let Some(answered) = exchange.answered {
            self.rates.track(answered, exchange.received);
        }
        let delay = (self.rate().of(exchange.away) - exchange.turnaround).half();
        let kept = self.delay.map_or(delay, |kept| {
            let difference = (delay - kept).scaled() >> WEIGHT;
            kept + Span::from_scaled(difference)
        });
        self.delay = Some(kept);
        self.lost = 0;
        let Some(limits) = limits else {
            self.state = Ok(());
            return;
        };
        if delay > limits.delay_max || delay < limits.delay_min {
            self.faults = self.faults.saturating_add(1);
            // A link that was never good is bad at once; a good one may err.
            if self.state.is_err() || self.faults > limits.faults_max {
                self.state = Err(Incapable::Delay);
            }
        } else {
            self.faults = 0;
            self.state = Ok(());
        }
    }

    /// A request stayed without an answer.
    pub(crate) fn unanswered(&mut self, limits: Option<&NeighborLimits>) {
        self.lost = self.lost.saturating_add(1);
        if let Some(limits) = limits
            && self.lost > limits.lost_max
            && self.state != Err(Incapable::Unknown)
        {
            self.forget(Incapable::Lost);
        }
    }

    /// More than one answered.
    pub(crate) fn several(&mut self) {
        self.forget(Incapable::Several);
    }

    pub(crate) fn forget(&mut self, why: Incapable) {
        *self = Neighbor { state: Err(why), ..Neighbor::new() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The neighbour's clock runs `ppb` faster; the link takes `delay_ns` each way.
    fn exchange(n: i64, ppb: i64, delay_ns: i64) -> PeerExchange {
        let sent = n * 1_000_000_000;
        let turnaround = 1_000_000;
        let theirs =
            |ours: i64| Timestamp::from_span(Span::from_nanos(ours + ours / 1_000_000_000 * ppb));
        let received = sent + 2 * delay_ns + turnaround;
        PeerExchange {
            away: Span::from_nanos(received - sent),
            turnaround: Span::from_nanos(turnaround + turnaround * ppb / 1_000_000_000),
            answered: Some(theirs(sent + delay_ns + turnaround)),
            received: Timestamp::from_span(Span::from_nanos(received)),
        }
    }

    #[test]
    fn the_ratio_of_rates_is_the_neighbours_over_ours() {
        let mut neighbor = Neighbor::new();
        for n in 1..20 {
            neighbor.measured(&exchange(n, 50_000, 400), None);
        }
        let second = Span::from_seconds(1);
        let gained = neighbor.rate().of(second) - second;
        assert!((gained - Span::from_nanos(50_000)).abs() < Span::from_nanos(50), "{gained}");
        let delay = neighbor.delay().unwrap();
        assert!((delay - Span::from_nanos(400)).abs() < Span::from_nanos(30), "{delay}");
    }

    #[test]
    fn capable_falls_with_delay_and_silence_and_rises_again() {
        let limits = NeighborLimits { lost_max: 3, faults_max: 2, ..NeighborLimits::IEEE_802_1AS };
        let mut neighbor = Neighbor::new();
        assert_eq!(neighbor.capable(), Err(Incapable::Unknown));
        neighbor.measured(&exchange(1, 0, 5_000), Some(&limits));
        assert_eq!(neighbor.capable(), Err(Incapable::Delay));
        neighbor.measured(&exchange(2, 0, 500), Some(&limits));
        assert_eq!(neighbor.capable(), Ok(()));
        for n in 3..5 {
            neighbor.measured(&exchange(n, 0, 5_000), Some(&limits));
            assert_eq!(neighbor.capable(), Ok(()), "two faults are allowed");
        }
        neighbor.measured(&exchange(5, 0, 5_000), Some(&limits));
        assert_eq!(neighbor.capable(), Err(Incapable::Delay));
        neighbor.measured(&exchange(6, 0, 500), Some(&limits));
        for _ in 0..3 {
            neighbor.unanswered(Some(&limits));
            assert_eq!(neighbor.capable(), Ok(()), "three losses are allowed");
        }
        neighbor.unanswered(Some(&limits));
        assert_eq!(neighbor.capable(), Err(Incapable::Lost));
        assert_eq!(neighbor.delay(), None);
    }
}
