//! Gives what was recorded to a fresh servo and compares, bit for bit.

use servo::{Estimate, Servo};
use time::Mono;

use crate::entry::{Entry, Track, digest, local_stamp};
use crate::reader::{Broken, Reader};

/// A replayed offset this many times nearer to the recorded one than the recorded bound is the
/// same for whoever only has a part of the files.
const NEAR: f64 = 4.0;

/// What came of a replay.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// Whether the files hold all that the servo ever saw, so that every bit can be compared.
    pub whole: bool,
    /// Estimates that were compared.
    pub estimates: u64,
    /// Decisions that were compared.
    pub decisions: u64,
    /// Where the two first differ. Without the first file they do at once.
    pub difference: Option<Difference>,
    /// Without the first file: after so many seconds the replayed offset stays within a quarter of
    /// the recorded bound of the recorded one; nothing if that was never so.
    pub agrees_after_s: Option<f64>,
    /// How long the record is, in seconds.
    pub length_s: f64,
    /// Whether it ended because somebody asked for that.
    pub ended: bool,
    /// Where the files broke; the replay is of what was before.
    pub broken: Option<Broken>,
}

/// Where a replay first differs from its record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Entries before.
    pub entry: u64,
    /// Seconds after the first exchange.
    pub seconds: f64,
    /// What was recorded and what came now; nothing if a decision differs.
    pub tracks: Option<(Track, Track)>,
}

/// One exchange of a replay.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What was recorded.
    pub entry: &'a Entry,
    /// Seconds after the first exchange.
    pub seconds: f64,
    /// What the fresh servo believes after it; nothing if the entry is no exchange.
    pub estimate: Option<&'a Estimate>,
}

/// Replays files of one run, oldest first, and shows each entry with what came of it.
pub fn replay(files: &mut [Reader], mut show: impl FnMut(&Step<'_>)) -> Replayed {
    let mut replayed = Replayed {
        whole: files.first().is_some_and(is_whole),
        estimates: 0,
        decisions: 0,
        difference: None,
        agrees_after_s: Some(0.0),
        length_s: 0.0,
        ended: false,
        broken: None,
    };
    let Some(first) = files.first() else { return replayed };
    let mut servo = begin(first);
    let (mut start, mut number): (Option<Mono>, u64) = (None, 0);
    for file in files {
        for entry in file.by_ref() {
            let mut estimate = None;
            if let Entry::Measured(m, track) = &entry {
                let start = *start.get_or_insert(m.at);
                replayed.length_s = m.at.since(start).as_secs_f64();
                servo.measure(m);
                let believed = servo.predict(local_stamp(&m.exchange));
                replayed.measured(number, track, &Track::of(&believed));
                estimate = Some(believed);
            } else {
                replayed.other(number, &mut servo, &entry);
            }
            let seconds = replayed.length_s;
            show(&Step { entry: &entry, seconds, estimate: estimate.as_ref() });
            number += 1;
        }
        replayed.broken = replayed.broken.or(file.broken());
    }
    replayed
}

/// Whether a file begins with the servo's first input.
fn is_whole(file: &Reader) -> bool {
    file.header().number == 0 && file.header().fresh
}

/// A servo in the state in which a run's first file begins, or as near to that of a later one as
/// its header tells.
pub(crate) fn begin(first: &Reader) -> Servo {
    let mut servo = Servo::new(first.header().settings);
    if !is_whole(first)
        && let Some(actuation) = &first.header().actuation
    {
        servo.actuated(actuation);
    }
    servo
}

/// Gives a servo what is neither an exchange nor a decision.
pub(crate) fn give(servo: &mut Servo, entry: &Entry) {
    match entry {
        Entry::Actuated(actuation) => servo.actuated(actuation),
        Entry::Selected(at) => servo.select_source(*at),
        Entry::Says(inaccuracy) => servo.source_says(*inaccuracy),
        Entry::Jumped(epoch, by) => servo.clock_jumped(*epoch, *by),
        Entry::Recalled(memory) => servo.recall(*memory),
        Entry::Limited(settings) => servo.limit(settings),
        Entry::Measured(..) | Entry::Decided(..) | Entry::Ended => {}
    }
}

impl Replayed {
    fn measured(&mut self, number: u64, recorded: &Track, now: &Track) {
        self.estimates += 1;
        let away = (recorded.offset - now.offset).scaled().unsigned_abs() as f64 / 65_536e9;
        if away * NEAR > recorded.bound_s {
            self.agrees_after_s = None;
        } else if self.agrees_after_s.is_none() {
            self.agrees_after_s = Some(self.length_s);
        }
        if self.difference.is_none() && !recorded.is_same(now) {
            let tracks = Some((*recorded, *now));
            self.difference = Some(Difference { entry: number, seconds: self.length_s, tracks });
        }
    }

    fn other(&mut self, number: u64, servo: &mut Servo, entry: &Entry) {
        match entry {
            Entry::Decided(at, recorded) => {
                self.decisions += 1;
                let same = digest(&servo.decide(*at)) == *recorded;
                if self.difference.is_none() && !same {
                    let seconds = self.length_s;
                    self.difference = Some(Difference { entry: number, seconds, tracks: None });
                }
            }
            Entry::Ended => self.ended = true,
            entry => give(servo, entry),
        }
    }

    /// Whether every estimate and decision was the recorded one, to the last bit.
    pub const fn is_same(&self) -> bool {
        self.whole && self.difference.is_none()
    }
}
