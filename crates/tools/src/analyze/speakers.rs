//! Who speaks, how often, and how evenly.

use std::collections::BTreeMap;

use wire::MessageType;

use super::seen::{Seen, Stream, seconds};

/// How far back a number may be to have come late; farther back the sender began anew.
const WINDOW: u16 = 64;

/// One stream of messages.
#[derive(Clone, Debug)]
pub(crate) struct Speaker {
    pub(crate) stream: Stream,
    pub(crate) kind: MessageType,
    pub(crate) count: usize,
    pub(crate) first_s: f64,
    pub(crate) last_s: f64,
    /// What the messages say of their interval, in seconds.
    pub(crate) announced_s: Option<f64>,
    /// Between one and the next, in seconds, in the order of time.
    pub(crate) intervals: Vec<f64>,
    /// Numbers that never came, with the frame after the first gap.
    pub(crate) missing: (usize, usize),
    /// Numbers that came twice in a row or later again, with the first frame.
    pub(crate) duplicates: (usize, usize),
    /// Numbers that came after a later one, with the first frame.
    pub(crate) reordered: (usize, usize),
    sequence: Sequence,
}

/// The last numbers.
#[derive(Clone, Debug, Default)]
struct Sequence {
    newest: Option<u16>,
    /// Which of the last numbers came: bit 0 is the newest.
    came: u64,
}

/// What a number is to those before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Arrival {
    Next,
    /// So many are left out.
    Gap(usize),
    Duplicate,
    Late,
    Anew,
}

impl Sequence {
    fn take(&mut self, number: u16) -> Arrival {
        let Some(newest) = self.newest else {
            (self.newest, self.came) = (Some(number), 1);
            return Arrival::Anew;
        };
        let (ahead, behind) = (number.wrapping_sub(newest), newest.wrapping_sub(number));
        if behind < WINDOW {
            let bit = 1 << behind;
            let again = self.came & bit != 0;
            self.came |= bit;
            return if again { Arrival::Duplicate } else { Arrival::Late };
        }
        self.newest = Some(number);
        if ahead < WINDOW {
            self.came = self.came << ahead | 1;
            return if ahead == 1 { Arrival::Next } else { Arrival::Gap(usize::from(ahead) - 1) };
        }
        self.came = 1;
        Arrival::Anew
    }
}

/// Every stream there is, by domain, port and message.
pub(crate) fn speakers(seen: &[Seen]) -> Vec<Speaker> {
    let Some(start) = seen.first().map(|first| first.at) else { return Vec::new() };
    let mut streams: BTreeMap<Stream, Speaker> = BTreeMap::new();
    for message in seen {
        let at = seconds(message.at - start);
        let speaker = streams.entry(message.stream()).or_insert_with(|| Speaker {
            stream: message.stream(),
            kind: message.kind,
            count: 0,
            first_s: at,
            last_s: at,
            announced_s: None,
            intervals: Vec::new(),
            missing: (0, 0),
            duplicates: (0, 0),
            reordered: (0, 0),
            sequence: Sequence::default(),
        });
        speaker.take(message, at);
    }
    streams.into_values().collect()
}

impl Speaker {
    fn take(&mut self, message: &Seen, at: f64) {
        let arrival = self.sequence.take(message.sequence());
        let note = |place: &mut (usize, usize), count: usize| {
            if place.0 == 0 {
                place.1 = message.frame;
            }
            place.0 += count;
        };
        match arrival {
            Arrival::Next | Arrival::Anew => {}
            // Answers go to several receivers, each with numbers of its own.
            _ if self.answers() => {}
            Arrival::Gap(count) => note(&mut self.missing, count),
            Arrival::Duplicate => note(&mut self.duplicates, 1),
            Arrival::Late => {
                note(&mut self.reordered, 1);
                self.missing.0 = self.missing.0.saturating_sub(1);
            }
        }
        if self.count > 0 && arrival != Arrival::Duplicate {
            self.intervals.push(at - self.last_s);
        }
        let log = message.header.log_interval.log();
        if log != 0x7f && !self.requests() {
            self.announced_s = Some(2f64.powi(log.into()));
        }
        self.count += 1;
        self.last_s = at;
    }

    fn answers(&self) -> bool {
        use MessageType::{DelayResp, Management, PdelayResp, PdelayRespFollowUp, Signaling};
        matches!(self.kind, DelayResp | PdelayResp | PdelayRespFollowUp | Management | Signaling)
    }

    fn requests(&self) -> bool {
        matches!(self.kind, MessageType::DelayReq | MessageType::PdelayReq | MessageType::DelayResp)
    }

    /// Messages a second.
    pub(crate) fn rate(&self) -> Option<f64> {
        let length = self.last_s - self.first_s;
        (length > 0.0).then(|| (self.count - 1) as f64 / length)
    }

    /// The median interval and the standard deviation of intervals, in seconds.
    pub(crate) fn interval(&self) -> Option<(f64, f64)> {
        let mut sorted = self.intervals.clone();
        sorted.sort_by(f64::total_cmp);
        let median = *sorted.get(sorted.len() / 2)?;
        let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
        let square = sorted.iter().map(|interval| (interval - mean).powi(2)).sum::<f64>();
        Some((median, (square / sorted.len() as f64).sqrt()))
    }

    /// How many intervals are more than 30 % from the announced one (7.7.2.1), of how many.
    pub(crate) fn uneven(&self) -> Option<(usize, usize)> {
        let announced = self.announced_s.filter(|_| self.kind != MessageType::FollowUp)?;
        let far = |interval: &&f64| (*interval / announced - 1.0).abs() > 0.3;
        Some((self.intervals.iter().filter(far).count(), self.intervals.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_next_missing_late_or_there_twice() {
        let mut sequence = Sequence::default();
        let numbers = [65_533, 65_534, 1, 0, 1, 2, 2, 9_000, 9_001];
        let arrivals = numbers.map(|number| sequence.take(number));
        use Arrival::{Anew, Duplicate, Gap, Late, Next};
        assert_eq!(arrivals, [Anew, Next, Gap(2), Late, Duplicate, Next, Duplicate, Anew, Next]);
    }
}
