//! What is odd about a capture, in plain words.

use std::collections::BTreeMap;

use time::{Span, Timestamp};
use wire::{Body, Flags, MessageType, PortIdentity};

use super::pairs::{Pairs, Point};
use super::seen::{Seen, seconds};
use super::series::Series;
use super::speakers::Speaker;
use crate::quantity;

/// A step of the source's time against the capture's clock is at least this long.
const STEP: Span = Span::MILLISECOND;
/// A Follow_Up that comes later than this delays the servo.
const LATE: Span = Span::from_nanos(10_000_000);
/// A correction that changes by more is no residence time of a switch without load.
const CORRECTION: Span = Span::from_nanos(100_000);
/// What lies farther above the floor than this many times what nine of ten do.
const OUTLIER: f64 = 10.0;

/// Something odd.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Anomaly {
    /// The first frame that shows it.
    pub(crate) frame: Option<usize>,
    /// When, in seconds after the first message.
    pub(crate) at_s: Option<f64>,
    pub(crate) text: String,
}

/// Collects what is odd.
pub(crate) struct Finder<'a> {
    pub(crate) seen: &'a [Seen],
    pub(crate) found: Vec<Anomaly>,
}

impl<'a> Finder<'a> {
    pub(crate) const fn new(seen: &'a [Seen]) -> Finder<'a> {
        Finder { seen, found: Vec::new() }
    }

    fn at(&self, frame: usize) -> Option<f64> {
        let place = self.seen.binary_search_by_key(&frame, |message| message.frame).ok()?;
        Some(seconds(self.seen[place].at - self.seen[0].at))
    }

    fn add(&mut self, frame: usize, text: String) {
        let at_s = self.at(frame);
        self.found.push(Anomaly { frame: Some(frame), at_s, text });
    }

    fn count(&mut self, (count, frame): (usize, usize), what: &str) {
        if count > 0 {
            self.add(frame, format!("{what}: {count}"));
        }
    }

    /// Of one stream.
    pub(crate) fn speaker(&mut self, speaker: &Speaker) {
        let who = format!("{} of {}", speaker.kind.name(), speaker.stream.port);
        let lost = "never passed (lost before this point, or not captured)";
        self.count(speaker.missing, &format!("numbers of {who} that {lost}"));
        self.count(speaker.duplicates, &format!("{who} that passed again"));
        self.count(speaker.reordered, &format!("{who} that passed after a later one"));
        let Some((uneven, of)) = speaker.uneven().filter(|(uneven, _)| *uneven > 0) else { return };
        // The standard wants nine of ten within 30 %.
        let announced = speaker.announced_s.unwrap_or_default();
        if uneven * 10 > of && of >= 4 {
            let text = format!(
                "{uneven} of {of} intervals of {who} are more than 30 % from the {} that they \
                 announce; no more than one in ten should be",
                quantity::span(announced * 1e9)
            );
            self.found.push(Anomaly { frame: None, at_s: None, text });
        }
    }

    /// Who leads at the same time as somebody else.
    pub(crate) fn rivals(&mut self, speakers: &[Speaker]) {
        let mut leaders: BTreeMap<u8, Vec<&Speaker>> = BTreeMap::new();
        for speaker in speakers.iter().filter(|speaker| speaker.kind == MessageType::Sync) {
            leaders.entry(speaker.stream.domain).or_default().push(speaker);
        }
        for (domain, leaders) in leaders {
            for (i, a) in leaders.iter().enumerate() {
                for b in &leaders[i + 1..] {
                    let (from, to) = (a.first_s.max(b.first_s), a.last_s.min(b.last_s));
                    if from < to {
                        let text = format!(
                            "two transmitters at once in domain {domain}: {} and {} both send Sync \
                             for {:.1} s",
                            a.stream.port,
                            b.stream.port,
                            to - from
                        );
                        self.found.push(Anomaly { frame: None, at_s: Some(from), text });
                    }
                }
            }
        }
    }

    /// Of the pairs of the source.
    pub(crate) fn pairs(&mut self, pairs: &Pairs) {
        self.count(pairs.without_follow_up, "two-step Syncs without Follow_Up");
        self.count(pairs.unanswered, "Delay_Reqs without an answer before the next");
        self.count(pairs.early_follow_ups, "Follow_Ups that passed before their Sync");
        let late = pairs.follow_up_after.iter().filter(|(_, after)| *after > LATE);
        if let Some((frame, _)) = late.clone().next() {
            let worst = pairs.follow_up_after.iter().map(|(_, after)| *after).max();
            let text = format!(
                "{} Follow_Ups passed more than {} after their Sync, the latest {}",
                late.count(),
                quantity::span(LATE.nanos() as f64),
                quantity::span(worst.map_or(0.0, |worst| worst.nanos() as f64))
            );
            self.add(*frame, text);
        }
        if pairs.one_step > 0 && pairs.two_step > 0 {
            let text = format!(
                "the source mixes {} one-step and {} two-step Syncs",
                pairs.one_step, pairs.two_step
            );
            self.found.push(Anomaly { frame: None, at_s: None, text });
        }
        self.direction("Sync", &pairs.down, true);
        for (port, points) in &pairs.up {
            self.direction(&format!("Delay_Req of {port}"), points, false);
        }
    }

    fn direction(&mut self, what: &str, points: &[Point], steps: bool) {
        let mut corrections = 0;
        for pair in points.windows(2) {
            let change = pair[1].correction - pair[0].correction;
            if change.abs() > CORRECTION {
                corrections += 1;
                if corrections == 1 {
                    self.add(pair[1].frame, format!("the correction of {what} jumps by {change}"));
                }
            }
            let passed = pair[1].at - pair[0].at;
            let change = (pair[1].source - pair[0].source) - passed;
            // No clock is off by 1000 ppm.
            if steps && change.abs() > STEP && change.abs().times(1000) > passed.abs() {
                let text = format!(
                    "the source's time moved {} s in {} s of the capture's clock: one of the two \
                     was stepped by {} s",
                    show(pair[1].source - pair[0].source),
                    show(passed),
                    show(change)
                );
                self.add(pair[1].frame, text);
            }
        }
        let negative = points.iter().filter(|point| point.correction.is_negative());
        if let Some(first) = negative.clone().next() {
            let text = format!("{} corrections of {what} are negative", negative.count());
            self.add(first.frame, text);
        }
    }

    /// What takes far longer than nearly all.
    pub(crate) fn outliers(&mut self, series: &Series) {
        let limit = OUTLIER * series.percentile(0.9);
        let mut far = series.above.iter().filter(|point| point.1 > limit);
        let count = far.clone().count();
        // Of a handful nothing is usual.
        if let Some(first) = far.next().filter(|_| series.count() >= 20) {
            let text = format!(
                "{count} of {} messages {} took more than {} times as much longer than the floor \
                 as nine of ten do; the slowest {}",
                series.count(),
                series.name,
                OUTLIER,
                quantity::span(series.percentile(1.0) * 1e9)
            );
            self.found.push(Anomaly { frame: None, at_s: Some(first.0), text });
        }
    }

    /// Whole seconds that a timescale explains: TAI is 37 s ahead of UTC, GPS 18 s.
    pub(crate) fn timescale(&mut self, source: PortIdentity, pairs: &Pairs) {
        let announces = self.seen.iter().filter(|message| message.header.source == source);
        let mut said = announces.filter_map(|message| match message.body {
            Body::Announce(announce) => {
                Some((message.frame, message.header.flags, announce.utc_offset))
            }
            _ => None,
        });
        let said = said.next();
        if let Some((frame, flags, offset)) = said
            && flags.has(Flags::UTC_OFFSET_VALID)
            && offset != time::TAI_UTC_LATEST.seconds()
        {
            let text = format!(
                "the source says that TAI - UTC is {offset} s; it is {} s",
                time::TAI_UTC_LATEST.seconds()
            );
            self.add(frame, text);
        }
        let Some(first) = pairs.down.first() else { return };
        let Some((_, flags, _)) = said else { return };
        let ahead = first.source - first.at;
        if let Some(text) = timescale(ahead, first.source, flags.has(Flags::PTP_TIMESCALE)) {
            self.add(first.frame, text);
        }
    }
}

/// What is wrong if the source is so far ahead of the capture's clock, which mostly is of UTC.
fn timescale(ahead: Span, source: Timestamp, says_tai: bool) -> Option<String> {
    let near =
        |wanted: i64| (ahead - Span::from_seconds(wanted)).abs() < Span::from_nanos(500_000_000);
    let leap = i64::from(time::TAI_UTC_LATEST.seconds());
    if near(leap) && !says_tai {
        return Some(format!(
            "the source is {leap} s ahead of the capture's clock, which is TAI - UTC, but says that \
             its timescale is arbitrary: it seems to send TAI without saying so"
        ));
    }
    if near(0) && says_tai {
        return Some(format!(
            "the source says that it sends TAI, but agrees with the capture's clock: either that \
             counts TAI, or the source sends UTC and is {leap} s wrong"
        ));
    }
    if near(leap - 19) && says_tai {
        return Some("the source is 18 s ahead of the capture's clock: it seems to send GPS time as TAI, 19 s wrong".to_owned());
    }
    let known = near(0) || near(leap) || !says_tai;
    (!known && source.seconds() > 0).then(|| {
        format!(
            "the source says that it sends TAI, but is {} s ahead of the capture's clock, not {leap} s",
            show(ahead)
        )
    })
}

/// Seconds to the microsecond.
fn show(span: Span) -> String {
    format!("{:.6}", seconds(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_are_explained_by_timescales() {
        let now = Timestamp::new(1_795_000_000, 0);
        let said = |ahead, tai| timescale(Span::from_seconds(ahead), now, tai);
        assert_eq!(said(37, true), None);
        assert_eq!(said(0, false), None);
        assert_eq!(said(-12_345, false), None);
        assert!(said(37, false).unwrap().contains("TAI without saying so"));
        assert!(said(0, true).unwrap().contains("37 s wrong"));
        assert!(said(18, true).unwrap().contains("GPS"));
        assert!(said(36, true).unwrap().contains("not 37 s"));
    }
}
