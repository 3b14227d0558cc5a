//! Which messages belong together, and what they say of time.
//!
//! A capture is of one point. Of a Sync it knows when the source sent it and when it passed; of a
//! Delay_Req when it passed and when it arrived at the source. Each is the difference of two clocks
//! and the delay of one direction between the source and that point.

use std::collections::BTreeMap;

use time::{Span, Timestamp};
use wire::{Body, Flags, PortIdentity};

use super::seen::Seen;

/// One message of a direction, with the time that the source gave for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) frame: usize,
    /// When it passed.
    pub(crate) at: Timestamp,
    /// The source's time, t1 or t4.
    pub(crate) source: Timestamp,
    pub(crate) correction: Span,
    /// Down: passed less t1 less the correction. Up: t4 less passed less the correction.
    pub(crate) value: Span,
}

/// What was paired of one source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    /// Syncs of the source.
    pub(crate) down: Vec<Point>,
    /// Delay_Reqs that it answered, by who asked.
    pub(crate) up: BTreeMap<PortIdentity, Vec<Point>>,
    /// There and back between this point and a neighbour: when, and half of it; by who asked.
    pub(crate) links: BTreeMap<PortIdentity, Vec<(Timestamp, Span)>>,
    pub(crate) one_step: usize,
    pub(crate) two_step: usize,
    /// Two-step Syncs without Follow_Up, requests without answer: how many, and the first frame.
    pub(crate) without_follow_up: (usize, usize),
    pub(crate) unanswered: (usize, usize),
    /// How long after its Sync each Follow_Up came, with its frame.
    pub(crate) follow_up_after: Vec<(usize, Span)>,
    /// Follow_Ups before their Sync.
    pub(crate) early_follow_ups: (usize, usize),
}

fn note(place: &mut (usize, usize), frame: usize) {
    if place.0 == 0 {
        place.1 = frame;
    }
    place.0 += 1;
}

/// Pairs what concerns the source; messages of other domains are none of its business.
pub(crate) fn pair(seen: &[Seen], source: PortIdentity, domain: u8) -> Pairs {
    let mut pairs = Pairs::default();
    let ours = || seen.iter().filter(|message| message.header.domain == domain);
    down(ours(), source, &mut pairs);
    up(ours(), source, &mut pairs);
    links(ours(), &mut pairs);
    pairs
}

/// Of a Sync and its Follow_Up, whichever comes first.
fn down<'a>(seen: impl Iterator<Item = &'a Seen>, source: PortIdentity, pairs: &mut Pairs) {
    let (mut sync, mut early): (Option<&Seen>, Option<(&Seen, Timestamp)>) = (None, None);
    for message in seen.filter(|message| message.header.source == source) {
        match message.body {
            Body::Sync(origin) => {
                if let Some(lost) = sync.take() {
                    note(&mut pairs.without_follow_up, lost.frame);
                }
                if !message.header.flags.has(Flags::TWO_STEP) {
                    pairs.one_step += 1;
                    let point = arrived(message, origin, message.header.correction);
                    pairs.down.push(point);
                } else if let Some((follow_up, origin)) =
                    early.take().filter(|(early, _)| early.sequence() == message.sequence())
                {
                    note(&mut pairs.early_follow_ups, follow_up.frame);
                    pairs.followed(message, follow_up, origin);
                } else {
                    sync = Some(message);
                }
            }
            Body::FollowUp(origin) => match sync.filter(|s| s.sequence() == message.sequence()) {
                Some(before) => {
                    sync = None;
                    pairs.followed(before, message, origin);
                }
                None => early = Some((message, origin)),
            },
            _ => {}
        }
    }
}

fn arrived(sync: &Seen, origin: Timestamp, correction: Span) -> Point {
    let value = sync.at - origin - correction;
    Point { frame: sync.frame, at: sync.at, source: origin, correction, value }
}

impl Pairs {
    fn followed(&mut self, sync: &Seen, follow_up: &Seen, origin: Timestamp) {
        self.two_step += 1;
        self.follow_up_after.push((follow_up.frame, follow_up.at - sync.at));
        let correction = sync.header.correction + follow_up.header.correction;
        self.down.push(arrived(sync, origin, correction));
    }
}

fn up<'a>(seen: impl Iterator<Item = &'a Seen>, source: PortIdentity, pairs: &mut Pairs) {
    let mut asked: BTreeMap<PortIdentity, &Seen> = BTreeMap::new();
    for message in seen {
        match message.body {
            Body::DelayReq(_) => {
                if let Some(lost) = asked.insert(message.header.source, message) {
                    note(&mut pairs.unanswered, lost.frame);
                }
            }
            Body::DelayResp(response) if message.header.source == source => {
                let waits = asked.get(&response.requesting).copied();
                let Some(request) = waits.filter(|r| r.sequence() == message.sequence()) else {
                    continue;
                };
                asked.remove(&response.requesting);
                let correction = message.header.correction;
                let value = response.time - request.at - correction;
                let (frame, at) = (request.frame, request.at);
                let point = Point { frame, at, source: response.time, correction, value };
                pairs.up.entry(response.requesting).or_default().push(point);
            }
            _ => {}
        }
    }
}

/// Between a request and its answer the neighbour says how long it took; the rest is on the way.
fn links<'a>(seen: impl Iterator<Item = &'a Seen>, pairs: &mut Pairs) {
    struct Open<'a> {
        request: &'a Seen,
        answer: Option<(&'a Seen, Timestamp)>,
    }
    let mut open: BTreeMap<PortIdentity, Open<'_>> = BTreeMap::new();
    for message in seen {
        let port = message.header.source;
        match message.body {
            Body::PdelayReq(_) => {
                open.insert(port, Open { request: message, answer: None });
            }
            Body::PdelayResp(response) => {
                let Some(exchange) = open.get_mut(&response.requesting) else { continue };
                if exchange.request.sequence() != message.sequence() {
                    continue;
                }
                if message.header.flags.has(Flags::TWO_STEP) {
                    exchange.answer = Some((message, response.time));
                } else {
                    let way = message.at - exchange.request.at - message.header.correction;
                    let at = exchange.request.at;
                    pairs.links.entry(response.requesting).or_default().push((at, way.half()));
                    open.remove(&response.requesting);
                }
            }
            Body::PdelayRespFollowUp(response) => {
                let Some(exchange) = open.get(&response.requesting) else { continue };
                let Some((answer, received)) = exchange.answer else { continue };
                if answer.sequence() != message.sequence() || answer.header.source != port {
                    continue;
                }
                let corrections = answer.header.correction + message.header.correction;
                let turnaround = response.time - received + corrections;
                let way = answer.at - exchange.request.at - turnaround;
                let at = exchange.request.at;
                pairs.links.entry(response.requesting).or_default().push((at, way.half()));
                open.remove(&response.requesting);
            }
            _ => {}
        }
    }
}
