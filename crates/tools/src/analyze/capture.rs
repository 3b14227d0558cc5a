//! What a capture shows.

use time::{Span, Timestamp};
use wire::{MessageType, PortIdentity};

use super::Analysis;
use super::anomalies::{Anomaly, Finder};
use super::pairs::{Pairs, pair};
use super::seen::{Capture, seconds};
use super::series::Series;
use super::speakers::{Speaker, speakers};
use crate::quantity;

/// Looks at a capture; of several sources at the one that is named, or that sends most Syncs.
pub(crate) fn analyze(capture: &Capture, wanted: Option<&str>) -> Result<Analysis, String> {
    let seen = &capture.seen;
    let speakers = speakers(seen);
    let (domain, source) = match source(&speakers, wanted)? {
        Some((domain, source)) => (domain, Some(source)),
        None => (0, None),
    };
    let mut finder = Finder::new(seen);
    speakers.iter().for_each(|speaker| finder.speaker(speaker));
    finder.rivals(&speakers);
    let mut analysis = Analysis {
        length_s: seen.last().map_or(0.0, |last| seconds(last.at - seen[0].at)),
        frames: Some(capture.frames),
        messages: seen.len(),
        source: source.map(|source| format!("{source} in domain {domain}")),
        ..Analysis::default()
    };
    if let Some((source, start)) = source.zip(seen.first().map(|first| first.at)) {
        let pairs = pair(seen, source, domain);
        finder.pairs(&pairs);
        finder.timescale(source, &pairs);
        analysis.directions(&pairs, source, start);
        analysis.series.iter().for_each(|series| finder.outliers(series));
        analysis.steps = (pairs.one_step, pairs.two_step);
    }
    analysis.anomalies = finder.found;
    if let Some((count, frame, why)) = &capture.undecodable {
        let text = format!("{count} PTP messages could not be decoded; the first: {why}");
        analysis.anomalies.insert(0, Anomaly { frame: Some(*frame), at_s: None, text });
    }
    analysis.speakers = speakers;
    Ok(analysis)
}

fn source(
    speakers: &[Speaker],
    wanted: Option<&str>,
) -> Result<Option<(u8, PortIdentity)>, String> {
    let leads = |speaker: &&Speaker| speaker.kind == MessageType::Sync;
    let mut leaders: Vec<&Speaker> = speakers.iter().filter(leads).collect();
    leaders.sort_by_key(|speaker| core::cmp::Reverse(speaker.count));
    let found = match wanted {
        None => leaders.first(),
        Some(wanted) => {
            let same = |speaker: &&&Speaker| {
                let port = speaker.stream.port.to_string();
                port == wanted || port.starts_with(&format!("{wanted}-"))
            };
            let names: Vec<String> =
                leaders.iter().map(|leader| leader.stream.port.to_string()).collect();
            let known = if names.is_empty() { "nobody does".to_owned() } else { names.join(", ") };
            let found = leaders.iter().find(same);
            Some(found.ok_or(format!("--source {wanted} sends no Sync here; {known}"))?)
        }
    };
    Ok(found.map(|speaker| (speaker.stream.domain, speaker.stream.port)))
}

impl Analysis {
    fn directions(&mut self, pairs: &Pairs, source: PortIdentity, start: Timestamp) {
        let values = |points: &[super::pairs::Point]| -> Vec<(f64, Span)> {
            points.iter().map(|point| (seconds(point.at - start), point.value)).collect()
        };
        let down = Series::new(format!("from {source}"), &values(&pairs.down));
        let up: Vec<Series> = pairs
            .up
            .iter()
            .filter_map(|(port, points)| Series::new(format!("to it from {port}"), &values(points)))
            .collect();
        if let Some(down) = &down {
            self.notes.push(format!(
                "Of each Sync the capture knows when {source} sent it and when it passed here; the \
                 difference is that of two clocks and the delay up to here. One direction cannot \
                 tell the two apart."
            ));
            up.iter().for_each(|up| self.there_and_back(down, up));
        }
        let links = pairs.links.iter().filter_map(|(port, points)| {
            let points: Vec<(f64, Span)> =
                points.iter().map(|(at, way)| (seconds(*at - start), *way)).collect();
            Series::new(format!("half there and back to the neighbour of {port}"), &points)
        });
        let links: Vec<Series> = links.collect();
        for link in &links {
            self.notes.push(format!(
                "{}: at least {}; it is the delay of the link if this was captured at the one who \
                 asked.",
                link.name,
                quantity::span(seconds(link.floor) * 1e9)
            ));
        }
        self.series.extend(down.into_iter().chain(up).chain(links));
    }

    /// What both directions together know of the point of capture.
    fn there_and_back(&mut self, down: &Series, up: &Series) {
        let middle = self.length_s / 2.0;
        let (there, back) = (down.line(middle), up.line(middle));
        let way = seconds(down.reference + up.reference) + there + back;
        let offset = (down.reference - up.reference).half();
        let offset = seconds(offset) + (there - back) / 2.0;
        self.notes.push(format!(
            "Both directions, {}: there and back between source and here at least {}; the clock of \
             the capture is {:+.9} s from the source's, if both ways take equally long. That is the \
             receiver's offset only if its own clock stamped this capture.",
            up.name,
            quantity::span(way * 1e9),
            offset
        ));
        if way < 0.0 {
            let text = format!(
                "There and back cannot take {}: either the capture stamps frames elsewhere than \
                 PTP does (in software and before the stack, say), or requests of others passed \
                 here at the same time as they arrived at the source.",
                quantity::span(way * 1e9)
            );
            self.notes.push(text);
        }
        self.ways.push((up.name.clone(), way, offset));
    }
}
