//! Boundary and transparent clocks, relays, several domains: no allocation once they are built.
#![forbid(unsafe_code)]

use engine::*;
use time::*;
use wire::*;

const PORTS: u8 = 3;

fn settings(change: impl Fn(&mut Settings)) -> Settings {
    let own = ClockIdentity([7; 8]);
    let mut settings = Settings::ordinary(3, own);
    settings.links = vec![LinkSettings::default(); usize::from(PORTS)];
    settings.instances[0].ports = vec![PortSettings::default(); usize::from(PORTS)];
    settings.instances[0].path_trace = true;
    settings.instances[0].alternates = [AlternateTimescale::new(0, "CET", 3_563); ALTERNATES_MAX];
    let part = Inaccuracy { max: Span::from_nanos(5), variance: Float64(0x3c32_725d_d1d2_43ac) };
    settings.instances[0].accuracy = Some(EnhancedAccuracy {
        bc_hop_count: 0,
        tc_hop_count: 0,
        grandmaster: part,
        transient: part,
        dynamic: part,
        static_instance: part,
        static_medium: part,
    });
    settings.instances[0].rate_ratio = true;
    for port in &mut settings.instances[0].ports {
        let options = &mut port.options;
        options.capable.rule = CapableRule::Auto;
        let monitor = &mut options.monitor;
        (monitor.timing, monitor.computed, monitor.sent) = (true, true, true);
        (monitor.batch, options.net_sync_monitor) = (REPORTS_MAX, true);
    }
    change(&mut settings);
    settings
}

/// A message of a neighbour at one of the ports, as octets whose sequenceId can be patched.
fn message(port: u8, body: Body) -> Vec<u8> {
    let clock = ClockIdentity([2, 0, 0, 0xff, 0xfe, 0, 0, port + 1]);
    let header = Header {
        sdo_id: SdoId(0),
        minor_version: 1,
        domain: 0,
        flags: Flags(0).with(Flags::TWO_STEP, matches!(body, Body::Sync(_) | Body::PdelayResp(_))),
        correction: Span::ZERO,
        type_specific: 0,
        source: PortIdentity { clock, port: 1 },
        sequence_id: 0,
        control: body.kind().control(),
        log_interval: LogInterval::new(0),
    };
    let (mut octets, mut room) = ([0; 128], [0; 32]);
    let mut tlvs = TlvWriter::new(&mut room);
    if let Body::Announce(_) = body {
        tlvs.add(TlvType(0x4002), |w| w.octets(&[port; 8])).unwrap();
    }
    let len = Message { header, body, tlvs: tlvs.tlvs() }.encode(&mut octets).unwrap();
    octets[..len].to_vec()
}

/// Everything that a neighbour may say.
fn messages(port: u8) -> Vec<Vec<u8>> {
    let asked = PortIdentity { clock: ClockIdentity([7; 8]), port: u16::from(port) + 1 };
    let response = Response { time: Timestamp::new(1_000, 0), requesting: asked };
    let announce = Announce {
        origin: Timestamp::ZERO,
        utc_offset: 37,
        priority1: 10 + port,
        quality: ClockQuality { class: 6, accuracy: ClockAccuracy(0x21), variance: 1 },
        priority2: 1,
        grandmaster: ClockIdentity([2, 0, 0, 0xff, 0xfe, 0, 0, port + 1]),
        steps_removed: 0,
        time_source: TimeSource::GNSS,
    };
    [
        Body::Announce(announce),
        Body::Sync(Timestamp::ZERO),
        Body::FollowUp(Timestamp::new(1_000, 0)),
        Body::DelayReq(Timestamp::ZERO),
        Body::DelayResp(response),
        Body::PdelayReq(Timestamp::ZERO),
        Body::PdelayResp(response),
        Body::PdelayRespFollowUp(response),
        Body::Signaling(PortIdentity::ALL),
    ]
    .map(|body| message(port, body))
    .to_vec()
}

struct Run {
    engine: Engine,
    now: Mono,
    sent: u32,
}

impl Run {
    fn stamp(&self) -> Stamp {
        let time = Timestamp::ZERO + Span::from_nanos(self.now.nanos() as i64 + 1_000_000_000_000);
        Stamp { clock: ClockIndex(0), epoch: 0, time, kind: StampKind::Software }
    }

    fn feed(&mut self, input: Input<'_>) {
        self.engine.handle(self.now, input);
        let mut owed: [Option<TxTicket>; OUTPUTS_MAX] = [const { None }; OUTPUTS_MAX];
        let mut frame = [0; FRAME_LEN];
        let mut places = owed.iter_mut();
        while let Some(output) = self.engine.poll(&mut frame) {
            if let Output::Send { stamp, .. } = output {
                self.sent += 1;
                if let TxStamp::Report(ticket) = stamp {
                    *places.next().unwrap() = Some(ticket);
                }
            }
        }
        let at = self.stamp();
        for ticket in owed.into_iter().flatten() {
            self.feed(Input::Sent { ticket, at });
        }
    }

    fn hear(&mut self, port: u8, octets: &[u8]) {
        let (received, port) = (Some(self.stamp()), PortIndex(port));
        let (from, channel) = (Peer::None, Channel::Either);
        self.feed(Input::Frame { port, from, channel, bytes: octets, received });
    }
}

fn runs_without_allocation(what: &str, settings: &Settings) {
    let engine = Engine::new(settings, Mono::default()).unwrap();
    let mut run = Run { engine, now: Mono::default(), sent: 0 };
    let mut all: Vec<Vec<Vec<u8>>> = (0..PORTS).map(messages).collect();
    let allocations = allocation_counter::measure(|| {
        for port in 0..PORTS {
            run.feed(Input::Link { port: PortIndex(port), state: LinkState::Up });
        }
        for round in 0..5_000_u16 {
            for (port, messages) in (0..PORTS).zip(&mut all) {
                for octets in messages {
                    octets[30..32].copy_from_slice(&round.to_be_bytes());
                    run.hear(port, octets);
                }
            }
            run.now = run.now + core::time::Duration::from_millis(100);
            while run.engine.deadline() <= run.now {
                run.feed(Input::Timeout);
            }
        }
    });
    assert_eq!(allocations.count_total, 0, "{what}");
    assert!(run.sent > 1_000, "{what}: {} frames", run.sent);
}

#[test]
fn no_kind_of_clock_allocates() {
    let transparent = |mechanism| TransparentSettings { mechanism, spanning_tree: true, frames: 8 };
    let each = |settings: &mut Settings, change: fn(&mut PortSettings)| {
        settings.instances[0].ports.iter_mut().for_each(change);
    };
    runs_without_allocation("boundary", &settings(|_| {}));
    runs_without_allocation(
        "end-to-end transparent",
        &settings(|settings| settings.transparent = Some(transparent(DelayMechanism::E2e))),
    );
    runs_without_allocation(
        "peer-to-peer transparent",
        &settings(|settings| {
            settings.transparent = Some(transparent(DelayMechanism::P2p));
            each(settings, |port| port.delay_mechanism = DelayMechanism::P2p);
        }),
    );
    runs_without_allocation(
        "relay",
        &settings(|settings| {
            let instance = &mut settings.instances[0];
            (instance.edition, instance.relay) = (Edition::Ieee8021As, true);
            each(settings, |port| {
                port.delay_mechanism = DelayMechanism::P2p;
                port.follow_up_information = true;
            });
        }),
    );
    runs_without_allocation(
        "two domains, by the telecom algorithm",
        &settings(|settings| {
            settings.instances[0].edition = Edition::G8275;
            let other = InstanceSettings { domain: 1, ..settings.instances[0].clone() };
            settings.instances.push(other);
        }),
    );
}
