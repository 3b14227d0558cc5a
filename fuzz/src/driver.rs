//! A driver that does what the octets say to a whole engine: time steps, frames, stamps, links.
//!
//! Whatever happens, nothing panics; outputs are bounded and drained; what is sent decodes; and
//! `Timeout` at the deadline gets past it.

use core::time::Duration;

use engine::{
    Access, CapableRule, Channel, DelayMechanism, Edition, Engine, FRAME_LEN, Held, Input,
    InstanceSettings, LinkSettings, LinkState, NeighborLimits, OUTPUTS_MAX, Output, Peer,
    PortIndex, PortSettings, Role, ServingSettings, ServoState, Settings, TransparentSettings,
    TxStamp, TxTicket, UnicastServer, UnicastSettings,
};
use time::{ClockIndex, LogInterval, Mono, Span, Stamp, StampKind, Timestamp};
use wire::{
    Announce, Body, ClockAccuracy, ClockIdentity, ClockQuality, EnhancedAccuracy, Flags, Float64,
    Header, Inaccuracy, InterfaceRate, MANAGEMENT, Management, ManagementAction, Message,
    MessageType, PortIdentity, Response, SdoId, TimeSource, TlvType, TlvWriter, Tlvs,
};

/// `Timeout`s at one moment after which the deadline must lie ahead.
const TIMEOUTS_MAX: usize = 1000;

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn or_zero(&mut self) -> u8 {
        self.next().unwrap_or(0)
    }

    fn word(&mut self) -> i64 {
        i64::from(i16::from_be_bytes([self.or_zero(), self.or_zero()]))
    }

    fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        taken
    }
}

struct Driver {
    engine: Engine,
    now: Mono,
    ports: u8,
    tickets: Vec<TxTicket>,
    /// The last event message the engine sent, for answers to it.
    last: Option<(MessageType, Header)>,
    sequence: u16,
    from: Peer,
}

/// Does what `octets` say to an engine.
pub fn engine(octets: &[u8]) {
    let mut bytes = Bytes(octets);
    let settings = settings(&mut bytes);
    let now = Mono::from_nanos(0);
    let ports = settings.links.len() as u8;
    let from = Peer::Udp4([10, 0, 0, 1]);
    let engine = Engine::new(&settings, now).expect("the settings are sound");
    let mut driver = Driver { engine, now, ports, tickets: vec![], last: None, sequence: 0, from };
    for port in 0..ports {
        driver.handle(Input::Link { port: PortIndex(port), state: LinkState::Up });
    }
    while let Some(what) = bytes.next() {
        driver.step(what, &mut bytes);
    }
}

fn settings(bytes: &mut Bytes<'_>) -> Settings {
    let (kind, seed) = (bytes.or_zero(), bytes.or_zero());
    let mut settings = Settings::ordinary(seed.into(), ClockIdentity([7, 0, 0, 0, 0, 0, 0, 7]));
    let instance = &mut settings.instances[0];
    instance.role = [Role::Both, Role::ReceiverOnly, Role::TransmitterOnly][usize::from(kind % 3)];
    if instance.role == Role::ReceiverOnly {
        instance.quality.class = 255;
    }
    instance.path_trace = kind & 0x10 != 0;
    instance.management.access = Access::Write;
    (instance.management.storage, instance.management.time) = (true, true);
    let mechanism = if kind & 0x20 == 0 { DelayMechanism::E2e } else { DelayMechanism::P2p };
    let port = PortSettings {
        delay_mechanism: mechanism,
        announce: LogInterval::new((kind >> 6) as i8 - 2),
        foreign_max: 5,
        ..PortSettings::default()
    };
    let ports = if kind & 0x08 == 0 { 1 } else { 3 };
    instance.ports = vec![port; ports];
    settings.links = vec![LinkSettings::default(); ports];
    if seed & 0x80 != 0 {
        instance.unicast = (0..ports as u8).map(|port| unicast(PortIndex(port), seed)).collect();
        instance.ports.iter_mut().for_each(|port| port.multicast = seed & 0x40 != 0);
    }
    vary(&mut settings, seed & 7);
    settings
}

/// Other kinds of clock and other algorithms than the default ones.
fn vary(settings: &mut Settings, kind: u8) {
    let transparent = |mechanism| TransparentSettings { mechanism, spanning_tree: true, frames: 4 };
    let instance = &mut settings.instances[0];
    match kind {
        1 => settings.transparent = Some(transparent(DelayMechanism::E2e)),
        2 => settings.transparent = Some(transparent(DelayMechanism::P2p)),
        3 => {
            (instance.edition, instance.relay) = (Edition::Ieee8021As, true);
            for link in &mut settings.links {
                (link.gptp, link.limits) = (true, Some(NeighborLimits::IEEE_802_1AS));
            }
            for port in &mut instance.ports {
                port.delay_mechanism = DelayMechanism::P2p;
                (port.needs_capable, port.follow_up_information) = (true, true);
                port.sync_receipt_timeout = 3;
                port.request = (Some(LogInterval::new(0)), Some(LogInterval::new(1)));
            }
        }
        4 => instance.edition = Edition::G8275,
        5 => {
            instance.edition = Edition::External;
            for (n, port) in instance.ports.iter_mut().enumerate() {
                port.held = [Held::TimeReceiver, Held::TimeTransmitter, Held::Passive][n % 3];
                port.announces = false;
            }
        }
        6 => {
            let other = InstanceSettings { domain: 1, ..instance.clone() };
            settings.instances.push(other);
        }
        7 => do_everything(settings),
        _ => {}
    }
}

/// Every optional feature that only adds something.
fn do_everything(settings: &mut Settings) {
    let instance = &mut settings.instances[0];
    let part = Inaccuracy { max: Span::NANOSECOND, variance: Float64(0x3c32_725d_d1d2_43ac) };
    instance.accuracy = Some(EnhancedAccuracy {
        bc_hop_count: 0,
        tc_hop_count: 0,
        grandmaster: part,
        transient: part,
        dynamic: part,
        static_instance: part,
        static_medium: part,
    });
    instance.rate_ratio = true;
    for port in &mut instance.ports {
        let options = &mut port.options;
        options.capable.rule = CapableRule::Require;
        let monitor = &mut options.monitor;
        (monitor.timing, monitor.computed, monitor.sent, monitor.batch) = (true, true, true, 2);
        (options.net_sync_monitor, options.availability) = (true, true);
        (options.event_length, options.address) = (77, Peer::Udp6([1; 16]));
        let (bit_period_as, bits_before, bits_after) = (100_000_000, 64, 720);
        options.interface_rate = Some(InterfaceRate { bit_period_as, bits_before, bits_after });
    }
}

/// Serves few, and asks two.
fn unicast(port: PortIndex, seed: u8) -> UnicastSettings {
    let server = |n| UnicastServer { peer: Peer::Udp4([10, 0, 0, n]), priority: n };
    UnicastSettings {
        negotiation: seed & 0x10 == 0,
        servers: if seed & 0x20 == 0 { vec![server(1), server(2)] } else { vec![] },
        serving: Some(ServingSettings {
            clients: vec![Peer::Udp4([10, 0, 0, 9])],
            max_clients: 4,
            ..ServingSettings::default()
        }),
        ..UnicastSettings::new(port)
    }
}

impl Driver {
    fn step(&mut self, what: u8, bytes: &mut Bytes<'_>) {
        let port = PortIndex(what >> 4 & 3);
        match what & 0x0f {
            0..=2 => self.wait(),
            3 => self.sleep(Duration::from_millis(u64::from(bytes.or_zero()) << (what >> 4))),
            4 => self.raw_frame(port, bytes),
            5..=9 => self.made_frame(port, bytes),
            10..=12 => self.stamp(bytes),
            13 if what >> 6 == 0 => self.lose_stamp(),
            13 => self.servo(what & 0x80 != 0),
            14 if what >> 6 == 0 => self.link(port, LinkState::Down),
            15 if what >> 6 != 0 => self.signaling(port, bytes),
            14 if what >> 6 == 3 => self.with_tlvs(port, bytes),
            14 if what >> 6 == 2 => self.management(port, bytes),
            _ => self.link(port, LinkState::Up),
        }
    }

    /// Until the deadline, however far that is.
    fn wait(&mut self) {
        let deadline = self.engine.deadline();
        if deadline != Mono::NEVER {
            self.now = self.now.max(deadline);
            self.catch_up();
        }
    }

    fn sleep(&mut self, duration: Duration) {
        self.now = self.now + duration;
        self.catch_up();
    }

    fn catch_up(&mut self) {
        let mut timeouts = 0;
        while self.engine.deadline() <= self.now {
            self.handle(Input::Timeout);
            timeouts += 1;
            assert!(timeouts < TIMEOUTS_MAX, "the deadline stays behind");
        }
    }

    fn raw_frame(&mut self, port: PortIndex, bytes: &mut Bytes<'_>) {
        let len = usize::from(bytes.or_zero() % 80);
        let octets = bytes.take(len);
        self.frame(port, octets, Span::ZERO);
    }

    /// A message that is right but for what the octets say.
    fn made_frame(&mut self, port: PortIndex, bytes: &mut Bytes<'_>) {
        let (kind, sender, flags) = (bytes.or_zero(), bytes.or_zero(), bytes.or_zero());
        let kind = MessageType::ALL[usize::from(kind) % 8];
        let late = Span::from_nanos(bytes.word() * 1000);
        let own = PortIdentity { clock: ClockIdentity([7, 0, 0, 0, 0, 0, 0, 7]), port: 1 };
        let (requested, requesting) = match self.last {
            Some((_, header)) => (header.sequence_id, header.source),
            None => (0, own),
        };
        let response =
            Response { time: self.reading() + Span::from_nanos(bytes.word() * 1000), requesting };
        let body = made_body(kind, response, bytes);
        if !matches!(kind, MessageType::FollowUp | MessageType::PdelayRespFollowUp) {
            self.sequence = self.sequence.wrapping_add(u16::from(flags >> 6));
        }
        let answers = matches!(body, Body::DelayResp(_) | Body::PdelayResp(_))
            || matches!(body, Body::PdelayRespFollowUp(_));
        let header = Header {
            sdo_id: SdoId(0),
            minor_version: flags & 1,
            domain: flags >> 5 & 1,
            flags: Flags::default()
                .with(Flags::TWO_STEP, flags & 2 != 0)
                .with(Flags::ALTERNATE_TIME_TRANSMITTER, flags & 0x1c == 0x1c),
            correction: Span::from_nanos(bytes.word()),
            type_specific: 0,
            source: PortIdentity { clock: ClockIdentity([1 + sender % 3; 8]), port: 1 },
            sequence_id: if answers { requested } else { self.sequence },
            control: 0,
            log_interval: LogInterval::new(bytes.or_zero() as i8),
        };
        let mut frame = [0; 128];
        let message = Message { header, body, tlvs: Tlvs::NONE };
        let len = message.encode(&mut frame).expect("it is short");
        self.frame(port, &frame[..len], late);
    }

    /// Requests, grants, cancellations and what else is said of unicast service.
    fn signaling(&mut self, port: PortIndex, bytes: &mut Bytes<'_>) {
        let (sender, count) = (bytes.or_zero(), bytes.or_zero() % 12);
        let mut space = [0; 256];
        let mut tlvs = TlvWriter::new(&mut space);
        for _ in 0..count {
            let (kind, service) = (bytes.or_zero(), bytes.or_zero());
            let known = [0xb0, 0x00, 0x90, 0xa0][usize::from(service % 4)] | service >> 6;
            let value =
                [known, bytes.or_zero() % 16, 0, 0, bytes.or_zero() % 4, bytes.or_zero(), 0, 1];
            let len = usize::from(if kind & 0xc0 == 0xc0 { kind % 9 } else { 8 });
            let len =
                if kind % 4 > 1 { 2 } else { len - 2 * usize::from(kind % 4 == 0 && len == 8) };
            let kind = TlvType(4 + u16::from(kind % 4));
            tlvs.add(kind, |w| w.octets(&value[..len])).expect("there is room");
        }
        self.sequence = self.sequence.wrapping_add(1);
        let header = Header {
            sdo_id: SdoId(0),
            minor_version: 1,
            domain: 0,
            flags: Flags::default().with(Flags::UNICAST, true),
            correction: Span::ZERO,
            type_specific: 0,
            source: PortIdentity { clock: ClockIdentity([1 + sender % 3; 8]), port: 1 },
            sequence_id: self.sequence,
            control: 5,
            log_interval: LogInterval::NONE,
        };
        let body = Body::Signaling(PortIdentity::ALL);
        let mut frame = [0; 400];
        let message = Message { header, body, tlvs: tlvs.tlvs() };
        let len = message.encode(&mut frame).expect("it is short");
        self.from = Peer::Udp4([10, 0, 0, 1 + (sender >> 4)]);
        self.frame(port, &frame[..len], Span::ZERO);
        self.from = Peer::Udp4([10, 0, 0, 1]);
    }

    /// A message with TLVs of the optional features, of which type and length are mostly right.
    fn with_tlvs(&mut self, port: PortIndex, bytes: &mut Bytes<'_>) {
        let (how, count) = (bytes.or_zero(), bytes.or_zero() % 4);
        let mut space = [0; 1024];
        let mut tlvs = TlvWriter::new(&mut space);
        for _ in 0..count {
            let (which, change) = (bytes.or_zero(), bytes.or_zero());
            let (kind, head, len) = TLVS[usize::from(which) % TLVS.len()];
            let rest = bytes.take(usize::from(change >> 2));
            let wrong = if change & 3 == 3 { 2 } else { 0 };
            let mut value = [head, rest].concat();
            value.resize(usize::from(len) + wrong, which);
            tlvs.add(TlvType(kind), |w| w.octets(&value)).expect("there is room");
        }
        let (time, own) = (self.reading(), ClockIdentity([7, 0, 0, 0, 0, 0, 0, 7]));
        let response = Response { time, requesting: PortIdentity { clock: own, port: 1 } };
        let kinds = [MessageType::Sync, MessageType::FollowUp, MessageType::Announce];
        let body = match how % 5 {
            3 => Body::Signaling(PortIdentity::ALL),
            4 => Body::DelayReq(Timestamp::ZERO),
            n => made_body(kinds[usize::from(n)], response, bytes),
        };
        self.sequence = self.sequence.wrapping_add(u16::from(how >> 7));
        let header = Header {
            sdo_id: SdoId(0),
            minor_version: 1,
            domain: 0,
            flags: Flags::default()
                .with(Flags::UNICAST, how & 0x40 != 0)
                .with(Flags::TWO_STEP, how & 0x20 != 0),
            correction: Span::ZERO,
            type_specific: 0,
            source: PortIdentity { clock: ClockIdentity([1 + (how >> 4 & 1); 8]), port: 1 },
            sequence_id: self.sequence,
            control: 0,
            log_interval: LogInterval::new(0),
        };
        let mut frame = [0; FRAME_LEN];
        let message = Message { header, body, tlvs: tlvs.tlvs() };
        let len = message.encode(&mut frame).expect("it is short");
        self.frame(port, &frame[..len], Span::ZERO);
    }

    /// A question or an order about any id, or an organization's TLV, with any data.
    fn management(&mut self, port: PortIndex, bytes: &mut Bytes<'_>) {
        let (action, id, len) = (bytes.or_zero(), bytes.or_zero(), bytes.or_zero());
        let row = MANAGEMENT[usize::from(id) % MANAGEMENT.len()];
        // Mostly as long as it should be.
        let wanted = row.length.map_or(usize::from(len & 0x7f), usize::from);
        let len = if len & 0x80 == 0 { wanted } else { usize::from(len & 0x7f) };
        let data = bytes.take(len);
        let metadata = [&[0x68, 0x97, 0xe8, 0, 0, 1][..], data].concat();
        let mut space = [0; 400];
        let mut tlvs = TlvWriter::new(&mut space);
        let written = if action & 0x40 == 0 {
            tlvs.add(TlvType::MANAGEMENT, |w| {
                w.u16(row.id.0)?;
                w.octets(data)
            })
        } else {
            tlvs.add(TlvType::ORGANIZATION_EXTENSION, |w| w.octets(&metadata))
        };
        written.expect("there is room");
        let hops = bytes.or_zero();
        let target = Management {
            target: PortIdentity {
                port: [0xffff, 1, 2, 9][usize::from(hops & 3)],
                ..PortIdentity::ALL
            },
            starting_boundary_hops: hops >> 4,
            boundary_hops: hops >> 2 & 3,
            action: ManagementAction(action & 7),
        };
        self.sequence = self.sequence.wrapping_add(1);
        let header = Header {
            sdo_id: SdoId(0),
            minor_version: 1,
            domain: 0,
            flags: Flags::default().with(Flags::UNICAST, action & 0x80 != 0),
            correction: Span::ZERO,
            type_specific: 0,
            source: PortIdentity { clock: ClockIdentity([1 + hops % 3; 8]), port: 1 },
            sequence_id: self.sequence,
            control: 4,
            log_interval: LogInterval::NONE,
        };
        let mut frame = [0; 500];
        let message = Message { header, body: Body::Management(target), tlvs: tlvs.tlvs() };
        let len = message.encode(&mut frame).expect("it is short");
        self.frame(port, &frame[..len], Span::ZERO);
    }

    fn frame(&mut self, port: PortIndex, octets: &[u8], late: Span) {
        let received = Some(self.stamped(late));
        let port = PortIndex(port.0 % self.ports);
        let from = self.from;
        let channel = Channel::Either;
        self.handle(Input::Frame { port, from, channel, bytes: octets, received });
    }

    fn stamp(&mut self, bytes: &mut Bytes<'_>) {
        if let Some(ticket) = self.tickets.pop() {
            let at = self.stamped(Span::from_nanos(bytes.word()));
            self.handle(Input::Sent { ticket, at });
        }
    }

    fn lose_stamp(&mut self) {
        if let Some(ticket) = self.tickets.pop() {
            self.handle(Input::StampLost { ticket });
        }
    }

    fn servo(&mut self, locked: bool) {
        let state = ServoState { locked, offset: Span::NANOSECOND, mean_delay: Span::MICROSECOND };
        self.handle(Input::Servo { instance: 0, state });
    }

    fn link(&mut self, port: PortIndex, state: LinkState) {
        let port = PortIndex(port.0 % self.ports);
        self.handle(Input::Link { port, state });
    }

    fn reading(&self) -> Timestamp {
        Timestamp::new(1_800_000_000, 0) + Span::from_nanos(self.now.nanos() as i64)
    }

    fn stamped(&self, late: Span) -> Stamp {
        let time = self.reading() + late;
        Stamp { clock: ClockIndex(0), epoch: 0, time, kind: StampKind::Hardware }
    }

    fn handle(&mut self, input: Input<'_>) {
        self.engine.handle(self.now, input);
        let mut frame = [0; FRAME_LEN];
        let mut outputs = 0;
        while let Some(output) = self.engine.poll(&mut frame) {
            outputs += 1;
            assert!(outputs <= OUTPUTS_MAX);
            if let Output::Send { len, stamp, .. } = output {
                let message = Message::decode(&frame[..len]).expect("we send what we can read");
                if message.body.kind().is_event() {
                    self.last = Some((message.body.kind(), message.header));
                }
                if let TxStamp::Report(ticket) = stamp {
                    self.tickets.push(ticket);
                }
            }
        }
    }
}

/// Types, how their values begin, and how long these are.
const TLVS: [(u16, &[u8], u16); 18] = [
    (0x8004, &[], 44),
    (0x8005, &[], 34),
    (0x8006, &[], 24),
    (0x7f00, &[], 38),
    (0x8000, &[0, 0x80, 0xc2, 0, 0, 4], 12),
    (0x8000, &[0, 0x80, 0xc2, 0, 0, 5], 10),
    (0x0003, &[0, 0x80, 0xc2, 0, 0, 2], 12),
    (0x0003, &[0, 0x80, 0xc2, 0, 0, 1], 28),
    (0x0003, &[0, 0x19, 0xa7, 0, 0, 2], 18),
    (0x0005, &[0xb0, 0, 0, 0, 1, 44, 0, 1], 8),
    (0x8001, &[7, 3], 2),
    (0x8001, &[15, 3], 40),
    (0x8002, &[], 2),
    (0x8003, &[0, 1, 0, 4], 8),
    (0x8007, &[], 4),
    (0x8008, &[], 6),
    (0x4001, &[], 84),
    (0x21fe, &[], 0),
];

fn made_body(kind: MessageType, response: Response, bytes: &mut Bytes<'_>) -> Body {
    match kind {
        MessageType::Sync => Body::Sync(response.time),
        MessageType::DelayReq => Body::DelayReq(Timestamp::ZERO),
        MessageType::PdelayReq => Body::PdelayReq(Timestamp::ZERO),
        MessageType::PdelayResp => Body::PdelayResp(response),
        MessageType::FollowUp => Body::FollowUp(response.time),
        MessageType::DelayResp => Body::DelayResp(response),
        MessageType::PdelayRespFollowUp => Body::PdelayRespFollowUp(response),
        _ => Body::Announce(Announce {
            origin: Timestamp::ZERO,
            utc_offset: 37,
            priority1: bytes.or_zero(),
            quality: ClockQuality {
                class: bytes.or_zero(),
                accuracy: ClockAccuracy(0x21),
                variance: 0x4e5d,
            },
            priority2: 128,
            grandmaster: ClockIdentity([1 + bytes.or_zero() % 3; 8]),
            steps_removed: u16::from(bytes.or_zero()),
            time_source: TimeSource::GNSS,
        }),
    }
}
