//! A clock that is followed over a noisy path, and the record of it.
#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "each test binary uses a part of it, and what fails here fails the test"
)]

use std::path::{Path, PathBuf};

use record::{Header, Journal, Place, Reader, RecordedServo};
use servo::{Actuation, ControlKind, FrequencyMemory, Settings};
use time::{ClockIndex, Exchange, Measurement, Mono, Span, Timestamp};

/// A folder that is gone when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("zeitgeber-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn place(&self, max_bytes: u64, keep: u32) -> Place {
        Place { path: self.0.join("record"), max_bytes, keep }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn header(servo: &RecordedServo) -> Header {
    Header {
        settings: servo.settings(),
        program: "a test".to_owned(),
        clock: "virtual".to_owned(),
        identity: [1, 2, 3, 0xff, 0xfe, 4, 5, 6],
        mono: Mono::from_nanos(5_000_000_000),
        local: Timestamp::new(1_700_000_000, 0),
        chain: 42,
        number: 0,
        fresh: servo.is_fresh(),
        actuation: servo.actuation(),
    }
}

pub struct World {
    pub servo: RecordedServo,
    random: u64,
    /// True time since the start, in seconds, and the oscillator's error then.
    now: f64,
    phase: f64,
    pub wander: f64,
    clock: Steered,
}

struct Steered {
    rate: f64,
    epoch: u16,
    local: Timestamp,
    elapsed: f64,
}

const START: Timestamp = Timestamp::new(1_700_000_000, 0);
const INTERVAL: f64 = 0.125;

fn span(seconds: f64) -> Span {
    // As kernel stamps are, in whole nanoseconds.
    Span::from_nanos((seconds * 1e9).round() as i64)
}

impl World {
    pub fn new(control: ControlKind) -> World {
        let settings = Settings { control, ..Settings::default() };
        let local = START + Span::from_nanos(1_234_567);
        World {
            servo: RecordedServo::new(settings),
            random: 7,
            now: 0.0,
            phase: 0.0,
            wander: 2e-5,
            clock: Steered { rate: 0.0, epoch: 0, local, elapsed: 0.0 },
        }
    }

    pub fn recorded(control: ControlKind, place: Place) -> World {
        let mut world = World::new(control);
        let header = header(&world.servo);
        world.servo.record(Some(Journal::begin(place, header).unwrap()));
        let memory = FrequencyMemory { rate: 1.9e-5, uncertainty: 1e-6 };
        world.servo.recall(memory);
        world.servo.actuated(&Actuation { at: world.clock.local, rate: 0.0, step: Span::ZERO });
        world.servo.select_source(world.clock.local);
        world.servo.source_says(Span::from_nanos(100));
        world
    }

    fn uniform(&mut self) -> f64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 11) as f64 / (1u64 << 53) as f64
    }

    fn delay(&mut self) -> f64 {
        20e-6 - 3e-6 * (1.0 - self.uniform()).ln()
    }

    fn reading(&self) -> Timestamp {
        let since = self.phase - self.clock.elapsed;
        self.clock.local + span(since * (1.0 + self.clock.rate))
    }

    fn pass(&mut self, seconds: f64) {
        self.now += seconds;
        self.wander += (self.uniform() - 0.5) * 1e-9;
        self.phase += seconds * (1.0 + self.wander);
    }

    fn measure(&mut self, exchange: Exchange) {
        self.servo.measure(&Measurement {
            instance: 0,
            port: 1,
            clock: ClockIndex(0),
            epoch: self.clock.epoch,
            source: 1,
            at: Mono::from_nanos(5_000_000_000 + (self.now * 1e9) as u64),
            exchange,
        });
    }

    /// A Sync, a decision, a Delay_Req with its answer.
    pub fn exchange(&mut self) {
        let origin = START + span(self.now);
        let delay = self.delay();
        self.pass(delay);
        let received = self.reading();
        self.measure(Exchange::Sync { origin, received, correction: Span::from_nanos(700) });
        self.pass(3e-6);
        self.decide();
        self.pass(INTERVAL / 2.0);
        let sent = self.reading();
        let delay = self.delay();
        self.pass(delay);
        let received = START + span(self.now);
        self.measure(Exchange::Delay { sent, received, correction: Span::from_nanos(650) });
        self.pass(INTERVAL / 2.0);
    }

    fn decide(&mut self) {
        let at = self.reading();
        let decision = self.servo.decide(at);
        if decision.step.is_none() && decision.rate.is_none() {
            return;
        }
        let step = decision.step.unwrap_or(Span::ZERO);
        let rate = decision.rate.unwrap_or(self.clock.rate);
        self.clock.local = at + step;
        self.clock.elapsed = self.phase;
        self.clock.rate = rate;
        self.clock.epoch += u16::from(step != Span::ZERO);
        self.servo.actuated(&Actuation { at, rate, step });
    }

    /// Somebody steps the clock.
    pub fn jump(&mut self, by: Span) {
        self.clock.local += by;
        self.clock.epoch += 1;
        self.servo.clock_jumped(self.clock.epoch, None);
    }
}

pub fn read(path: &Path) -> Reader {
    Reader::new(std::fs::read(path).unwrap()).unwrap()
}
