//! Performance monitoring (annex J): what offsets, delays and messages were, quarter by quarter and
//! day by day. All memory is taken at the start.

use std::collections::BTreeMap;

use config::Config;
use control::Summary;
use engine::ServoState;
use servo::statistics::Moments;
use time::{Exchange, Measurement, Mono, Span};
use wire::MessageType;

use crate::counters::{Counters, TOTALS};
use crate::periods::{Kept, Periods};

/// What is kept, of the clock and of each port.
#[derive(Debug)]
pub(crate) struct Performance {
    clock: Periods<ClockRecord>,
    ports: Box<[PortRecords]>,
}

#[derive(Debug)]
struct PortRecords {
    periods: Periods<PortRecord>,
    /// All that was counted when it was counted last.
    totals: [u64; TOTALS],
}

/// Of the clock (clockPerformanceMonitoringDS).
#[derive(Clone, Copy, Debug, Default)]
struct ClockRecord {
    offset: Moments,
    mean_delay: Moments,
    to_us: Moments,
    from_us: Moments,
}

/// Of a port (performanceMonitoringPortDS).
#[derive(Clone, Copy, Debug, Default)]
struct PortRecord {
    link_delay: Moments,
    messages: [u64; TOTALS],
}

impl Performance {
    /// For the ports of a configuration that asks for it.
    pub(crate) fn of(config: &Config, now: Mono) -> Option<Box<Performance>> {
        let wanted = config.metrics.performance_monitoring;
        wanted.then(|| Box::new(Performance::new(config.ports.len(), now)))
    }

    fn new(ports: usize, now: Mono) -> Performance {
        let port = |_| PortRecords { periods: Periods::new(now), totals: [0; TOTALS] };
        Performance { clock: Periods::new(now), ports: (0..ports).map(port).collect() }
    }

    /// Takes a measurement of the clock's own domain and what the estimator made of it.
    pub(crate) fn measured(&mut self, measurement: &Measurement, state: Option<&ServoState>) {
        match measurement.exchange {
            Exchange::Sync { origin, received, correction } => {
                let (way, state) = (received - origin - correction, state.copied());
                self.clock.each(|record| {
                    record.to_us.add(nanos(way));
                    if let Some(state) = state {
                        record.offset.add(nanos(state.offset));
                        record.mean_delay.add(nanos(state.mean_delay));
                    }
                });
            }
            Exchange::Delay { sent, received, correction } => {
                let way = received - sent - correction;
                self.clock.each(|record| record.from_us.add(nanos(way)));
            }
            Exchange::Link { sent, request_received, response_sent, received, correction } => {
                let turnaround = response_sent - request_received + correction;
                let delay = (received - sent - turnaround).half();
                let port = usize::from(measurement.port).checked_sub(1);
                if let Some(port) = port.and_then(|port| self.ports.get_mut(port)) {
                    port.periods.each(|record| record.link_delay.add(nanos(delay)));
                }
            }
        }
    }

    /// Once a second: messages are counted, and what is over is closed.
    pub(crate) fn tick(&mut self, now: Mono, counters: &[Counters]) {
        self.clock.roll(now, |_| {});
        for (port, counters) in self.ports.iter_mut().zip(counters) {
            let totals = counters.totals();
            let since = |i: usize| totals[i].wrapping_sub(port.totals[i]);
            port.periods.each(|record| {
                record.messages.iter_mut().enumerate().for_each(|(i, count)| *count += since(i));
            });
            port.totals = totals;
            port.periods.roll(now, |_| {});
        }
    }

    /// The records of the clock, or of a port by its number; nothing where there is none.
    pub(crate) fn view(&self, port: u16, now: Mono) -> Option<control::Performance> {
        let records = match usize::from(port).checked_sub(1) {
            None => self.clock.iter().map(|kept| of_clock(&kept, now)).collect(),
            Some(port) => {
                self.ports.get(port)?.periods.iter().map(|kept| of_port(&kept, now)).collect()
            }
        };
        Some(control::Performance { port, records })
    }
}

fn of_clock(kept: &Kept<'_, ClockRecord>, now: Mono) -> control::Record {
    let record = kept.record;
    control::Record {
        offset: summary(&record.offset),
        mean_delay: summary(&record.mean_delay),
        delay_to_us: summary(&record.to_us),
        delay_from_us: summary(&record.from_us),
        ..empty(kept, now)
    }
}

fn of_port(kept: &Kept<'_, PortRecord>, now: Mono) -> control::Record {
    let names = MessageType::ALL.iter().flat_map(|kind| {
        let name = kind.name().to_lowercase();
        [format!("rx_{name}"), format!("tx_{name}")]
    });
    let messages = names.zip(kept.record.messages).filter(|(_, count)| *count > 0);
    let link_delay = summary(&kept.record.link_delay);
    control::Record { link_delay, messages: messages.collect(), ..empty(kept, now) }
}

fn empty<T>(kept: &Kept<'_, T>, now: Mono) -> control::Record {
    control::Record {
        index: kept.index,
        length_s: kept.length.as_secs(),
        began_s: now.since(kept.began).as_secs(),
        complete: now.since(kept.began) >= kept.length,
        offset: None,
        mean_delay: None,
        delay_to_us: None,
        delay_from_us: None,
        link_delay: None,
        messages: BTreeMap::new(),
    }
}

fn summary(moments: &Moments) -> Option<Summary> {
    Some(Summary {
        count: moments.count(),
        min_ns: moments.min()?,
        max_ns: moments.max()?,
        mean_ns: moments.mean()?,
        deviation_ns: moments.deviation(),
    })
}

fn nanos(span: Span) -> f64 {
    span.scaled() as f64 / 65_536.0
}

#[cfg(test)]
mod tests {
    use time::{ClockIndex, Timestamp};

    use super::*;

    fn at(seconds: u64) -> Mono {
        Mono::from_nanos(seconds * 1_000_000_000)
    }

    fn measurement(exchange: Exchange) -> Measurement {
        let (clock, at) = (ClockIndex(0), at(0));
        Measurement { instance: 0, port: 1, clock, epoch: 0, source: 1, at, exchange }
    }

    /// A Sync that took 5 us, to a clock that is so far ahead.
    fn sync(ahead_ns: i64) -> (Measurement, ServoState) {
        let (origin, offset) = (Timestamp::new(1_000, 0), Span::from_nanos(ahead_ns));
        let correction = Span::from_nanos(100);
        let received = origin + correction + Span::from_nanos(5_000) + offset;
        let state = ServoState { locked: true, offset, mean_delay: Span::from_nanos(5_000) };
        (measurement(Exchange::Sync { origin, received, correction }), state)
    }

    /// Of 1 to n ns: mean (n + 1) / 2, variance n (n + 1) / 12.
    #[test]
    fn a_record_has_extremes_mean_and_deviation_of_what_was_in_its_time_alone() {
        let mut performance = Performance::new(1, at(0));
        for (quarter, n) in [10_i64, 100, 1_000].into_iter().enumerate() {
            performance.tick(at(quarter as u64 * 900), &[Counters::new()]);
            for ahead_ns in 1..=n {
                let (measurement, state) = sync(ahead_ns);
                performance.measured(&measurement, Some(&state));
            }
        }
        let seen = performance.view(0, at(2_000)).unwrap();
        assert_eq!(seen.records.len(), 4);
        for (record, n) in seen.records.iter().zip([1_000.0_f64, 100.0, 10.0]) {
            let offset = record.offset.unwrap();
            assert_eq!((offset.count as f64, offset.min_ns, offset.max_ns), (n, 1.0, n));
            assert!((offset.mean_ns - (n + 1.0) / 2.0).abs() < 1e-9);
            let deviation = (n * (n + 1.0) / 12.0).sqrt();
            assert!((offset.deviation_ns.unwrap() - deviation).abs() < 1e-9);
            let way = record.delay_to_us.unwrap();
            assert!((way.mean_ns - 5_000.0 - offset.mean_ns).abs() < 1e-9);
            assert_eq!(record.mean_delay.unwrap().deviation_ns, Some(0.0));
            assert!(record.delay_from_us.is_none());
        }
        let times = seen.records.iter().map(|record| (record.began_s, record.complete));
        assert_eq!(
            times.collect::<Vec<_>>(),
            [(200, false), (1_100, true), (2_000, true), (2_000, false)]
        );
        let day = &seen.records[3];
        assert_eq!((day.index, day.length_s, day.offset.unwrap().count), (97, 86_400, 1_110));
    }

    #[test]
    fn a_port_has_the_delay_of_its_link_and_what_it_sent_and_received() {
        let mut performance = Performance::new(2, at(0));
        let sent = Timestamp::new(1_000, 0);
        let (request_received, response_sent) = (Timestamp::new(50, 0), Timestamp::new(50, 1_000));
        // There and back in 2.6 us, of which 1 us is the neighbour's.
        let received = sent + Span::from_nanos(2_600);
        let correction = Span::ZERO;
        let link = Exchange::Link { sent, request_received, response_sent, received, correction };
        performance.measured(&measurement(link), None);
        let mut counters = [Counters::new(), Counters::new()];
        let count = |counters: &mut Counters, n: usize| {
            let (port, kind) = (engine::PortIndex(0), MessageType::Sync);
            (0..n).for_each(|_| counters.count(&engine::Event::Received { port, kind }));
        };
        count(&mut counters[0], 7);
        performance.tick(at(899), &counters);
        count(&mut counters[0], 5);
        performance.tick(at(901), &counters);
        count(&mut counters[0], 3);
        performance.tick(at(902), &counters);
        let seen = performance.view(1, at(902)).unwrap();
        let syncs: Vec<_> =
            seen.records.iter().map(|r| r.messages.get("rx_sync").copied()).collect();
        // What came within the second of the change counts before it.
        assert_eq!(syncs, [Some(3), Some(12), Some(15)]);
        assert_eq!(seen.records[1].link_delay.unwrap().mean_ns, 800.0);
        assert!(seen.records[0].link_delay.is_none());
        assert!(performance.view(2, at(902)).unwrap().records[0].messages.is_empty());
        assert_eq!(performance.view(3, at(902)), None);
    }
}
