//! A servo that writes down what it is given.

use std::io;
use std::ops::Deref;

use servo::{Actuation, Decision, FrequencyMemory, Servo, Settings};
use time::{Measurement, Span, Timestamp};

use crate::entry::{Entry, Track, digest, local_stamp};
use crate::journal::Journal;

/// A servo and, if wanted, its record. What cannot be written ends the record and not the servo.
///
/// Whatever changes nothing in a servo is asked of the servo itself, which this dereferences to.
#[derive(Debug)]
pub struct RecordedServo {
    servo: Servo,
    settings: Settings,
    journal: Option<Journal>,
    trouble: Option<io::Error>,
    fresh: bool,
    actuation: Option<Actuation>,
}

impl Deref for RecordedServo {
    type Target = Servo;

    fn deref(&self) -> &Servo {
        &self.servo
    }
}

impl RecordedServo {
    /// A servo that has seen nothing, without a record.
    pub fn new(settings: Settings) -> RecordedServo {
        RecordedServo {
            servo: Servo::new(settings),
            settings,
            journal: None,
            trouble: None,
            fresh: true,
            actuation: None,
        }
    }

    /// What the servo believes and is allowed, for a [`crate::Header`].
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Whether it has seen nothing yet, for a [`crate::Header`].
    pub const fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// What was done to the clock last, for a [`crate::Header`].
    pub const fn actuation(&self) -> Option<Actuation> {
        self.actuation
    }

    /// Writes to this journal from now on, or to none.
    pub fn record(&mut self, journal: Option<Journal>) {
        self.flush();
        self.journal = journal;
        self.trouble = None;
    }

    /// Whether a record is written.
    pub const fn is_recorded(&self) -> bool {
        self.journal.is_some()
    }

    /// Gives what waits to the system. To be called about once a second.
    pub fn flush(&mut self) {
        let result = self.journal.as_mut().map_or(Ok(()), Journal::flush);
        self.keep(result);
    }

    /// Ends the record because somebody asked for that.
    pub fn end(&mut self) {
        self.write(&Entry::Ended);
        self.flush();
        self.journal = None;
    }

    /// Why the record ended, once.
    pub const fn take_trouble(&mut self) -> Option<io::Error> {
        self.trouble.take()
    }

    /// See [`Servo::measure`].
    pub fn measure(&mut self, m: &Measurement) {
        self.servo.measure(m);
        self.fresh = false;
        if self.journal.is_some() {
            let track = Track::of(&self.servo.predict(local_stamp(&m.exchange)));
            self.write(&Entry::Measured(*m, track));
        }
    }

    /// See [`Servo::actuated`].
    pub fn actuated(&mut self, actuation: &Actuation) {
        self.servo.actuated(actuation);
        self.fresh = false;
        self.actuation = Some(*actuation);
        self.write(&Entry::Actuated(*actuation));
    }

    /// See [`Servo::decide`].
    pub fn decide(&mut self, at: Timestamp) -> Decision {
        let decision = self.servo.decide(at);
        self.fresh = false;
        if self.journal.is_some() {
            self.write(&Entry::Decided(at, digest(&decision)));
        }
        decision
    }

    /// See [`Servo::select_source`].
    pub fn select_source(&mut self, at: Timestamp) {
        self.servo.select_source(at);
        self.fresh = false;
        self.write(&Entry::Selected(at));
    }

    /// See [`Servo::source_says`].
    pub fn source_says(&mut self, inaccuracy: Span) {
        self.servo.source_says(inaccuracy);
        self.fresh = false;
        self.settings.source_inaccuracy = inaccuracy;
        self.write(&Entry::Says(inaccuracy));
        self.tell_settings();
    }

    /// See [`Servo::clock_jumped`].
    pub fn clock_jumped(&mut self, epoch: u16, by: Option<Span>) {
        self.servo.clock_jumped(epoch, by);
        self.fresh = false;
        self.write(&Entry::Jumped(epoch, by));
    }

    /// See [`Servo::recall`].
    pub fn recall(&mut self, memory: FrequencyMemory) {
        self.servo.recall(memory);
        self.fresh = false;
        self.write(&Entry::Recalled(memory));
    }

    /// See [`Servo::limit`].
    pub fn limit(&mut self, limits: &Settings) {
        self.servo.limit(limits);
        self.fresh = false;
        let Settings { control, oscillator, jitter, .. } = self.settings;
        self.settings = Settings { control, oscillator, jitter, ..*limits };
        self.write(&Entry::Limited(*limits));
        self.tell_settings();
    }

    fn tell_settings(&mut self) {
        if let Some(journal) = &mut self.journal {
            journal.settings(self.settings);
        }
    }

    fn write(&mut self, entry: &Entry) {
        let result = self.journal.as_mut().map_or(Ok(()), |journal| journal.write(entry));
        self.keep(result);
    }

    fn keep(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.journal = None;
            self.trouble = Some(error);
        }
    }
}
