//! Entries as octets. Times are differences from what was to be expected of the entries before, so
//! that a steady exchange takes few.

use servo::{Actuation, FrequencyMemory, Phase};
use time::{ClockIndex, Exchange, Measurement, Mono, Span, Timestamp};

use crate::cursor::{Cursor, Octets};
use crate::entry::{Entry, Track};
use crate::header::{Oddity, decode_settings, encode_settings};

/// No entry takes more octets.
pub(crate) const ENTRY_MAX: usize = 256;

const SYNC: u8 = 1;
const DELAY: u8 = 2;
const LINK: u8 = 3;
const ACTUATED: u8 = 4;
const SELECTED: u8 = 5;
const SAYS: u8 = 6;
const JUMPED: u8 = 7;
const RECALLED: u8 = 8;
const LIMITED: u8 = 9;
const DECIDED: u8 = 10;
const ENDED: u8 = 11;

/// With the kind of an exchange: instance, port, clock, epoch and source follow.
const CONTEXT: u8 = 0x10;
/// With another kind: a span follows that is otherwise nothing.
const SPAN: u8 = 0x10;
const PHASE: u32 = 5;
const KIND: u8 = 0x0f;

/// Instance, port, clock, epoch and source.
type Context = (u8, u16, u8, u16, u32);

/// What the next entry is written as a difference from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codec {
    context: Context,
    /// When the last exchange was complete, and our stamp of it.
    at: (u64, Timestamp),
    /// Of the last belief and actuation.
    rate: f64,
    bound: f64,
    applied: f64,
    /// The source's and our stamp of the last exchange of each direction.
    pairs: [(Timestamp, Timestamp); 3],
    correction: [Span; 3],
    /// How long a neighbour took to answer.
    turnaround: Span,
    offset: Span,
    /// The last reading of our clock in whatever entry.
    local: Timestamp,
}

fn context(m: &Measurement) -> Context {
    (m.instance, m.port, m.clock.0, m.epoch, m.source)
}

impl Codec {
    pub(crate) fn encode(&mut self, entry: &Entry, octets: &mut Octets) {
        match entry {
            Entry::Measured(measurement, track) => self.encode_measured(measurement, track, octets),
            Entry::Actuated(actuation) => {
                let stepped = actuation.step != Span::ZERO;
                octets.octet(ACTUATED | if stepped { SPAN } else { 0 });
                self.encode_local(actuation.at, octets);
                octets.float_since(actuation.rate, &mut self.applied);
                if stepped {
                    octets.span(actuation.step);
                }
            }
            Entry::Selected(at) => {
                octets.octet(SELECTED);
                self.encode_local(*at, octets);
            }
            Entry::Says(inaccuracy) => {
                octets.octet(SAYS);
                octets.span(*inaccuracy);
            }
            Entry::Jumped(epoch, by) => {
                octets.octet(JUMPED | if by.is_some() { SPAN } else { 0 });
                octets.whole((*epoch).into());
                if let Some(by) = by {
                    octets.span(*by);
                }
            }
            Entry::Recalled(memory) => {
                octets.octet(RECALLED);
                octets.float(memory.rate);
                octets.float(memory.uncertainty);
            }
            Entry::Limited(settings) => {
                octets.octet(LIMITED);
                encode_settings(settings, octets);
            }
            Entry::Decided(at, digest) => {
                octets.octet(DECIDED);
                self.encode_local(*at, octets);
                octets.word(*digest);
            }
            Entry::Ended => octets.octet(ENDED),
        }
    }

    pub(crate) fn decode(&mut self, cursor: &mut Cursor<'_>) -> Result<Entry, Oddity> {
        let tag = cursor.octet()?;
        let with_span = tag & SPAN != 0;
        Ok(match tag & KIND {
            SYNC | DELAY | LINK => return self.decode_measured(tag, cursor),
            ACTUATED => Entry::Actuated(Actuation {
                at: self.decode_local(cursor)?,
                rate: cursor.float_since(&mut self.applied)?,
                step: if with_span { cursor.span()? } else { Span::ZERO },
            }),
            SELECTED => Entry::Selected(self.decode_local(cursor)?),
            SAYS => Entry::Says(cursor.span()?),
            JUMPED => {
                let epoch = cursor.number()?;
                Entry::Jumped(epoch, with_span.then(|| cursor.span()).transpose()?)
            }
            RECALLED => {
                let (rate, uncertainty) = (cursor.float()?, cursor.float()?);
                Entry::Recalled(FrequencyMemory { rate, uncertainty })
            }
            LIMITED => Entry::Limited(decode_settings(cursor)?),
            DECIDED => Entry::Decided(self.decode_local(cursor)?, cursor.word()?),
            ENDED => Entry::Ended,
            _ => return Err(Oddity),
        })
    }

    fn encode_local(&mut self, at: Timestamp, octets: &mut Octets) {
        octets.span(at - self.local);
        self.local = at;
    }

    fn decode_local(&mut self, cursor: &mut Cursor<'_>) -> Result<Timestamp, Oddity> {
        self.local += cursor.span()?;
        Ok(self.local)
    }

    /// When an exchange should have been complete, had the monotonic clock run as ours did.
    fn expected(&self) -> i128 {
        let (last, local) = self.at;
        i128::from(last) + i128::from((self.local - local).nanos())
    }

    fn encode_measured(&mut self, m: &Measurement, track: &Track, octets: &mut Octets) {
        let (kind, ours, theirs, correction) = match m.exchange {
            Exchange::Sync { origin, received, correction } => (SYNC, received, origin, correction),
            Exchange::Delay { sent, received, correction } => (DELAY, sent, received, correction),
            Exchange::Link { sent, request_received, correction, .. } => {
                (LINK, sent, request_received, correction)
            }
        };
        let known = context(m) == self.context;
        octets.octet(kind | if known { 0 } else { CONTEXT } | (track.phase as u8) << PHASE);
        if !known {
            self.context = context(m);
            let (instance, port, clock, epoch, source) = self.context;
            octets.raw(&[instance, clock]);
            octets.whole(port.into());
            octets.whole(epoch.into());
            octets.whole(source.into());
        }
        let i = usize::from(kind) - 1;
        let (their_last, our_last) = self.pairs[i];
        octets.span(theirs - their_last);
        octets.span((ours - our_last) - (theirs - their_last));
        octets.span(correction - self.correction[i]);
        self.pairs[i] = (theirs, ours);
        self.correction[i] = correction;
        self.local = ours;
        if let Exchange::Link { sent, request_received, response_sent, received, .. } = m.exchange {
            let turnaround = response_sent - request_received;
            octets.span(turnaround - self.turnaround);
            octets.span(received - sent);
            self.turnaround = turnaround;
            self.local = received;
        }
        octets.signed(i128::from(m.at.nanos()) - self.expected());
        self.at = (m.at.nanos(), self.local);
        octets.span(track.offset - self.offset);
        self.offset = track.offset;
        octets.float_since(track.rate, &mut self.rate);
        octets.float_since(track.bound_s, &mut self.bound);
        octets.word(track.digest);
    }

    fn decode_measured(&mut self, tag: u8, cursor: &mut Cursor<'_>) -> Result<Entry, Oddity> {
        if tag & CONTEXT != 0 {
            let (instance, clock) = (cursor.octet()?, cursor.octet()?);
            self.context = (instance, cursor.number()?, clock, cursor.number()?, cursor.number()?);
        }
        let kind = tag & KIND;
        let i = usize::from(kind) - 1;
        let (their_last, our_last) = self.pairs[i];
        let between = cursor.span()?;
        let theirs = their_last + between;
        let ours = our_last + (cursor.span()? + between);
        self.correction[i] += cursor.span()?;
        let correction = self.correction[i];
        self.pairs[i] = (theirs, ours);
        self.local = ours;
        let exchange = match kind {
            SYNC => Exchange::Sync { origin: theirs, received: ours, correction },
            DELAY => Exchange::Delay { sent: ours, received: theirs, correction },
            _ => {
                self.turnaround += cursor.span()?;
                self.local += cursor.span()?;
                Exchange::Link {
                    sent: ours,
                    request_received: theirs,
                    response_sent: theirs + self.turnaround,
                    received: self.local,
                    correction,
                }
            }
        };
        let (instance, port, clock, epoch, source) = self.context;
        let nanos = self.expected().saturating_add(cursor.signed()?);
        self.at = (u64::try_from(nanos).map_err(|_| Oddity)?, self.local);
        let at = Mono::from_nanos(self.at.0);
        let clock = ClockIndex(clock);
        let measurement = Measurement { instance, port, clock, epoch, source, at, exchange };
        self.offset += cursor.span()?;
        let track = Track {
            offset: self.offset,
            rate: cursor.float_since(&mut self.rate)?,
            bound_s: cursor.float_since(&mut self.bound)?,
            phase: phase(tag >> PHASE & 3),
            digest: cursor.word()?,
        };
        Ok(Entry::Measured(measurement, track))
    }
}

const fn phase(code: u8) -> Phase {
    match code {
        0 => Phase::Free,
        1 => Phase::Acquiring,
        2 => Phase::Locked,
        _ => Phase::Holdover,
    }
}
