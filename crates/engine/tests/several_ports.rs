//! Engines with several ports and instances: what one input may lead to, and what a change keeps.
#![forbid(unsafe_code)]

use engine::*;
use time::*;
use wire::*;

/// An engine without a wire: frames are given to it, and everything it says is kept.
struct Bench {
    engine: Engine,
    now: Mono,
    events: Vec<Event>,
    sent: Vec<(PortIndex, Vec<u8>)>,
}

fn identity(n: u8) -> ClockIdentity {
    ClockIdentity([2, 0, 0, 0xff, 0xfe, 0, 0, n])
}

fn settings(instances: u8, ports: usize, change: impl Fn(&mut InstanceSettings)) -> Settings {
    let mut settings = Settings::ordinary(7, identity(1));
    settings.links = vec![LinkSettings::default(); ports];
    settings.instances = (0..instances)
        .map(|domain| {
            let mut instance =
                InstanceSettings::new(identity(1), vec![PortSettings::default(); ports]);
            instance.domain = domain;
            change(&mut instance);
            instance
        })
        .collect();
    settings
}

impl Bench {
    fn new(settings: &Settings) -> Bench {
        let now = Mono::from_nanos(0);
        let engine = Engine::new(settings, now).unwrap();
        let mut bench = Bench { engine, now, events: Vec::new(), sent: Vec::new() };
        for port in (0..settings.links.len() as u8).map(PortIndex) {
            bench.feed(Input::Link { port, state: LinkState::Up });
        }
        bench
    }

    fn feed(&mut self, input: Input<'_>) {
        self.engine.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        let mut frame = [0; FRAME_LEN];
        while let Some(output) = self.engine.poll(&mut frame) {
            match output {
                Output::Send { port, len, .. } => self.sent.push((port, frame[..len].to_vec())),
                Output::Event(event) => self.events.push(event),
                Output::Measured(_) | Output::Answer { .. } => {}
            }
        }
    }

    fn run(&mut self, seconds: f64) {
        let end = Mono::from_nanos(self.now.nanos() + (seconds * 1e9) as u64);
        while self.engine.deadline() <= end {
            self.now = self.now.max(self.engine.deadline());
            self.feed(Input::Timeout);
        }
        self.now = end;
    }

    fn hear(&mut self, port: u8, octets: &[u8]) {
        let port = PortIndex(port);
        let channel = Channel::General;
        self.feed(Input::Frame { port, from: Peer::None, channel, bytes: octets, received: None });
    }

    /// Two Announces of a clock that counts for the first time.
    fn meet(&mut self, port: u8, announce: &Sender) {
        self.hear(port, &announce.octets(1));
        self.hear(port, &announce.octets(2));
    }

    fn state(&self, port: u8) -> PortState {
        self.engine.port_state(0, PortIndex(port))
    }
}

/// Who announces itself.
#[derive(Clone, Copy)]
struct Sender {
    clock: u8,
    domain: u8,
    priority1: u8,
    class: u8,
    interval: i8,
    path: bool,
}

const SENDER: Sender =
    Sender { clock: 9, domain: 0, priority1: 1, class: 248, interval: 1, path: false };

impl Sender {
    fn octets(&self, sequence_id: u16) -> Vec<u8> {
        let clock = identity(self.clock);
        let header = Header {
            sdo_id: SdoId(0),
            minor_version: 0,
            domain: self.domain,
            flags: Flags(0),
            correction: Span::ZERO,
            type_specific: 0,
            source: PortIdentity { clock, port: 1 },
            sequence_id,
            control: 5,
            log_interval: LogInterval::new(self.interval),
        };
        let accuracy = ClockAccuracy::UNKNOWN;
        let body = Body::Announce(Announce {
            origin: Timestamp::ZERO,
            utc_offset: 37,
            priority1: self.priority1,
            quality: ClockQuality { class: self.class, accuracy, variance: 0xffff },
            priority2: 128,
            grandmaster: clock,
            steps_removed: 0,
            time_source: TimeSource::INTERNAL_OSCILLATOR,
        });
        let mut octets = [0; 128];
        let len = Message { header, body, tlvs: Tlvs::NONE }.encode(&mut octets).unwrap();
        let mut octets = octets[..len].to_vec();
        if self.path {
            octets.extend([0, 8, 0, 8]);
            octets.extend(clock.0);
            octets[3] = octets.len() as u8;
        }
        octets
    }
}

#[test]
fn a_fallen_link_of_many_ports_and_domains_is_told_in_portions() {
    let all = settings(16, 16, |instance| instance.edition = Edition::Ieee2008);
    let mut bench = Bench::new(&all);
    for domain in 0..16 {
        bench.meet(0, &Sender { domain, ..SENDER });
    }
    assert_eq!(bench.state(1), PortState::PreTimeTransmitter);
    bench.feed(Input::Link { port: PortIndex(0), state: LinkState::Down });
    bench.run(0.0);
    for instance in 0..16 {
        assert!(bench.engine.is_grandmaster(instance));
        for port in (1..16).map(PortIndex) {
            assert_eq!(bench.engine.port_state(instance, port), PortState::TimeTransmitter);
        }
    }
}

#[test]
fn many_transmitters_that_fall_silent_at_once_are_told_in_portions() {
    let all = settings(1, 16, |instance| {
        instance.edition = Edition::Ieee2008;
        instance.ports[0].foreign_max = 64;
    });
    let mut bench = Bench::new(&all);
    for clock in 20..80 {
        bench.meet(0, &Sender { clock, interval: -7, ..SENDER });
    }
    assert_eq!(bench.state(0), PortState::Uncalibrated);
    bench.events.clear();
    bench.run(0.1);
    let lost = bench.events.iter().filter(|event| matches!(event, Event::ForeignLost { .. }));
    assert_eq!(lost.count(), 59);
}

#[test]
fn the_parent_counts_until_its_announce_timeout_however_often_it_announces() {
    let mut bench = Bench::new(&settings(1, 1, |_| {}));
    bench.meet(0, &Sender { interval: -7, ..SENDER });
    bench.run(1.0);
    assert_eq!(bench.engine.foreign(0, PortIndex(0)).count(), 1);
    // Something else is decided in between.
    bench.meet(0, &Sender { clock: 30, priority1: 200, ..SENDER });
    assert_eq!(bench.state(0), PortState::Uncalibrated);
    bench.run(7.5);
    assert_eq!(bench.state(0), PortState::TimeTransmitter);
}

#[test]
fn a_port_that_never_follows_stays_so_when_the_clock_changes() {
    let all = settings(1, 2, |instance| instance.ports[1].transmitter_only = true);
    let mut bench = Bench::new(&all);
    let delta = Delta::Clock {
        instance: 0,
        priority1: 100,
        priority2: 128,
        quality: all.instances[0].quality,
        role: Role::Both,
    };
    bench.engine.apply(bench.now, &delta).unwrap();
    bench.drain();
    bench.meet(1, &SENDER);
    assert_eq!(bench.state(1), PortState::Listening);
    bench.meet(0, &SENDER);
    assert_eq!(bench.state(0), PortState::Uncalibrated);
}

#[test]
fn a_port_that_shall_no_longer_follow_stops_at_once() {
    let mut bench = Bench::new(&settings(1, 2, |_| {}));
    bench.meet(0, &SENDER);
    assert_eq!(bench.state(0), PortState::Uncalibrated);
    let port = PortSettings { transmitter_only: true, ..PortSettings::default() };
    let delta = Delta::Port { instance: 0, port: PortIndex(0), settings: port };
    bench.engine.apply(bench.now, &delta).unwrap();
    bench.drain();
    assert_eq!(bench.state(0), PortState::TimeTransmitter);
    assert_eq!(bench.engine.parent(0).port.port, 0);
}

#[test]
fn a_new_parents_path_is_passed_on_from_the_first_announce() {
    let all = settings(1, 2, |instance| {
        instance.path_trace = true;
        instance.edition = Edition::Ieee2008;
    });
    let mut bench = Bench::new(&all);
    bench.meet(0, &Sender { priority1: 50, path: true, ..SENDER });
    bench.run(6.5);
    assert_eq!(bench.state(1), PortState::TimeTransmitter);
    bench.meet(0, &Sender { clock: 33, priority1: 20, path: true, ..SENDER });
    bench.sent.clear();
    bench.run(2.1);
    let announces = bench.sent.iter().filter(|(port, _)| *port == PortIndex(1));
    let mut announces = announces.map(|(_, octets)| Message::decode(octets).unwrap());
    let announce = announces.rfind(|m| m.body.kind() == MessageType::Announce).unwrap();
    let path: Vec<_> = announce.tlvs.iter().filter_map(|tlv| tlv.path()).flatten().collect();
    assert_eq!(path, [identity(33), identity(1)]);
}

#[test]
fn a_shorter_interval_is_kept_at_once() {
    let log = |announce, sync| PortSettings {
        announce: LogInterval::new(announce),
        sync: LogInterval::new(sync),
        ..PortSettings::default()
    };
    let mut bench = Bench::new(&settings(1, 1, |instance| instance.ports[0] = log(5, 5)));
    bench.run(150.0);
    assert_eq!(bench.state(0), PortState::TimeTransmitter);
    let delta = Delta::Port { instance: 0, port: PortIndex(0), settings: log(0, 0) };
    bench.engine.apply(bench.now, &delta).unwrap();
    bench.drain();
    bench.sent.clear();
    bench.run(3.1);
    assert!(bench.sent.len() >= 6, "{}", bench.sent.len());
}

#[test]
fn standing_by_for_another_waits_for_that_one() {
    let mut bench = Bench::new(&settings(1, 1, |instance| instance.quality.class = 100));
    let better = Sender { class: 6, ..SENDER };
    let next = Sender { class: 7, clock: 10, ..SENDER };
    bench.meet(0, &better);
    bench.meet(0, &next);
    assert_eq!(bench.state(0), PortState::Passive);
    for sequence in 3..12 {
        bench.run(2.0);
        bench.hear(0, &next.octets(sequence));
        assert_eq!(bench.state(0), PortState::Passive, "after {sequence} of the other");
    }
    bench.run(9.0);
    assert_eq!(bench.state(0), PortState::TimeTransmitter);
}

#[test]
fn a_port_that_waits_to_lead_waits_no_longer_than_its_distance_asks() {
    let mut bench = Bench::new(&settings(1, 2, |instance| instance.edition = Edition::Ieee2008));
    let far = |sequence| {
        let mut octets = SENDER.octets(sequence);
        octets[61..63].copy_from_slice(&200_u16.to_be_bytes());
        octets
    };
    bench.hear(0, &far(1));
    bench.hear(0, &far(2));
    assert_eq!(bench.state(1), PortState::PreTimeTransmitter);
    // One Announce later the grandmaster is one hop away: two intervals of 2 s suffice.
    bench.hear(0, &SENDER.octets(3));
    bench.run(4.1);
    assert_eq!(bench.state(1), PortState::TimeTransmitter);
}

#[test]
fn the_small_queue_of_one_port_has_room_for_the_worst_of_it() {
    let all = settings(1, 1, |instance| instance.ports[0].foreign_max = 64);
    let mut bench = Bench::new(&all);
    for clock in 20..80 {
        bench.meet(0, &Sender { clock, interval: -7, ..SENDER });
    }
    bench.run(0.1);
    let lost = bench.events.iter().filter(|event| matches!(event, Event::ForeignLost { .. }));
    assert_eq!(lost.count(), 59);
    // Many stamps that are owed expire while the parent falls silent.
    let port = PortSettings {
        sync: LogInterval::new(-7),
        announce: LogInterval::new(-7),
        foreign_max: 64,
        ..PortSettings::default()
    };
    let delta = Delta::Port { instance: 0, port: PortIndex(0), settings: port };
    bench.engine.apply(bench.now, &delta).unwrap();
    bench.drain();
    bench.run(20.0);
    assert_eq!(bench.state(0), PortState::TimeTransmitter);
    bench.now = Mono::from_nanos(bench.now.nanos() + 5_000_000_000);
    bench.run(0.0);
    bench.feed(Input::Link { port: PortIndex(0), state: LinkState::Down });
    assert_eq!(bench.state(0), PortState::Faulty);
}
