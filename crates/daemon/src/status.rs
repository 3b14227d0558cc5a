//! One screen of status: what we are, whom we follow, how far off, how sure, and why not better.

use config::ClockChoice;
use control::{
    Accuracy, Clock, ClockKind, ClockRole, ClockState, Domain, Grandmaster, Heard, Identity,
    Parent, Port, PortState, Smpte, Status, TimeProperties, Timescale,
};
use engine::{Peer, Role};
use linux::mono_now;
use time::leap_data_warning;
use wire::{
    ClockIdentity, DaylightSaving, EnhancedAccuracy, Flags, LeapSecondJump,
    SynchronizationMetadata, TimeAddressFlags,
};

use crate::heard::describe;
use crate::node::Node;
use crate::observer::Observer;
use crate::told;

impl Node {
    pub(crate) fn status(&self) -> Status {
        let clock = Clock {
            identity: Identity(self.identity.0),
            kind: match self.config.clock {
                ClockChoice::System => ClockKind::System,
                ClockChoice::Virtual => ClockKind::Virtual,
                ClockChoice::Observe => ClockKind::Observe,
            },
            timescale: match self.clock.timescale {
                time::Timescale::Arb => Timescale::Arb,
                time::Timescale::Tai => Timescale::Tai,
                time::Timescale::Utc => Timescale::Utc,
            },
        };
        let role = match self.engine.role(0) {
            Role::Both => ClockRole::Both,
            Role::ReceiverOnly => ClockRole::ClientOnly,
            Role::TransmitterOnly => ClockRole::ServerOnly,
        };
        let now = mono_now();
        let mut status = Status::new(clock, role);
        status.version = env!("CARGO_PKG_VERSION").to_owned();
        status.pid = std::process::id();
        status.domain = self.engine.domain(0);
        status.state = self.state();
        status.since_s = now.since(self.since.1).as_secs();
        status.reason = self.reason(status.state);
        self.add_estimate(&mut status);
        self.add_source(&mut status);
        status.utc_offset = self.clock.utc_offset;
        status.steps = self.follower.steps;
        status.domains = self.domains();
        status.ports = self.ports();
        status.heard = self.heard_of(now);
        status.smpte = self.engine.metadata(0).map(|(port, said)| smpte(port.clock, &said));
        status.managed = self.managed.shown();
        status.notes.clone_from(&self.notes);
        status.notes.extend(leap_data_warning(self.clock.utc()).map(str::to_owned));
        status.capabilities =
            self.rights.to_string().split(' ').map(str::to_owned).filter(|n| n != "none").collect();
        status
    }

    fn add_estimate(&self, status: &mut Status) {
        status.true_error_ns = self.clock.true_error().map(nanos);
        status.rate_ppb = Some(self.follower.rate * 1e9);
        let measured = self.follower.has_source()
            && !matches!(status.state, ClockState::Grandmaster | ClockState::Listening);
        if !measured {
            return;
        }
        let estimate = self.follower.estimate(&self.clock);
        if estimate.mean_delay_s.is_none() {
            return;
        }
        status.offset_ns = Some(estimate.offset_s * 1e9);
        status.offset_rms_ns = Some(estimate.rms_s * 1e9);
        status.mean_delay_ns = estimate.mean_delay_s.map(|delay| delay * 1e9);
        if matches!(status.state, ClockState::Locked | ClockState::Holdover) {
            status.bound_random_ns = Some(estimate.bound_random_s * 1e9);
            status.bound_ns = Some(estimate.bound_total_s * 1e9);
        }
    }

    fn add_source(&self, status: &mut Status) {
        let parent = self.engine.parent(0);
        let follows = parent.port.port != 0;
        let leads = status.state == ClockState::Grandmaster;
        if follows {
            status.parent = Some(followed(&parent));
            status.steps_removed = Some(self.engine.current(0).steps_removed);
        }
        if !follows && !leads {
            return;
        }
        status.grandmaster = Some(grandmaster(&parent));
        if leads {
            status.steps_removed = Some(0);
        }
        status.accuracy = self.engine.accuracy(0).as_ref().map(accuracy);
        status.grandmaster_rate_ppb = self.engine.rate_ratio(0).map(ppb);
        let said = self.engine.time_properties(0);
        status.time_properties = Some(TimeProperties {
            utc_offset: said.utc_offset,
            utc_offset_valid: said.flags.has(Flags::UTC_OFFSET_VALID),
            leap59: said.flags.has(Flags::LEAP59),
            leap61: said.flags.has(Flags::LEAP61),
            time_traceable: said.flags.has(Flags::TIME_TRACEABLE),
            frequency_traceable: said.flags.has(Flags::FREQUENCY_TRACEABLE),
            ptp_timescale: said.flags.has(Flags::PTP_TIMESCALE),
            time_source: said.time_source.0,
        });
    }

    fn domains(&self) -> Vec<Domain> {
        let domain = |(observer, instance): (&Observer, u8)| {
            let parent = self.engine.parent(instance);
            let follows = parent.port.port != 0;
            let estimate = observer.estimate(&self.clock).filter(|_| follows);
            let estimate = estimate.filter(|estimate| estimate.mean_delay_s.is_some());
            let state = observer.state(&self.clock);
            let sure = matches!(state, ClockState::Locked | ClockState::Holdover);
            Domain {
                domain: observer.domain,
                state,
                parent: follows.then(|| followed(&parent)),
                grandmaster: follows.then(|| grandmaster(&parent)),
                offset_ns: estimate.as_ref().map(|estimate| estimate.offset_s * 1e9),
                // What the offset may be wrong by, without the offset itself.
                bound_ns: estimate
                    .filter(|_| sure)
                    .map(|e| (e.bound_total_s - e.offset_s.abs()) * 1e9),
            }
        };
        self.observers.iter().zip(1..).map(domain).collect()
    }

    fn ports(&self) -> Vec<Port> {
        let all = self.attachments.iter().zip(&self.counters).zip(1u16..);
        all.map(|((attachment, counters), number)| {
            let (delay, rate, _) = self.engine.neighbor(attachment.port);
            let capable = self.engine.is_capable(0, attachment.port);
            let i = usize::from(attachment.port.0);
            let asks = self.config.ports.get(i).is_some_and(|port| port.needs_capable);
            Port {
                number,
                interface: attachment.name.as_str().to_owned(),
                state: port_state(self.engine.port_state(0, attachment.port)),
                timestamping: Some("software".to_owned()),
                link_delay_ns: delay.map(nanos),
                neighbor_rate_ppb: delay.map(|_| ppb(rate)),
                capable: asks.then_some(capable),
                alternates: self.alternates(attachment.port),
                told: told::words(&self.engine.words(0, attachment.port)),
                counters: counters.named(),
                unicast: self.unicast(attachment.port),
            }
        })
        .collect()
    }

    /// Who would lead if the best clock did not.
    fn alternates(&self, port: engine::PortIndex) -> Vec<Parent> {
        let known = self.engine.alternates_heard(0, port);
        let parent = |record: &engine::ForeignRecord| Parent {
            identity: Identity(record.source.clock.0),
            port: record.source.port,
            address: (record.peer != Peer::None).then(|| crate::describe::words(record.peer)),
        };
        known.map(parent).collect()
    }

    fn heard_of(&self, now: time::Mono) -> Vec<Heard> {
        let heard = self.heard.iter().map(|entry| Heard {
            what: describe(entry.what, self.engine.domain(0), self.config.sdo_id),
            port: u16::from(entry.port.0) + 1,
            count: entry.count,
            last_s: now.since(entry.last).as_secs(),
        });
        heard.collect()
    }

    /// Why the clock is not better than it is.
    fn reason(&self, state: ClockState) -> Option<String> {
        let complaint = self.follower.complaint();
        let lacks = self.attachments.iter().filter_map(|attachment| {
            attachment.waits_for.map(|lack| format!("{}: {lack}", attachment.name))
        });
        let nobody = || match self.heard.iter().next() {
            Some(entry) => format!(
                "no Announce for us is heard; heard {}",
                describe(entry.what, self.engine.domain(0), self.config.sdo_id)
            ),
            None => "no Announce is heard: check cable, VLAN, firewall (UDP 319 and 320) and \
                     multicast, or `zeitgeber doctor`"
                .to_owned(),
        };
        match state {
            ClockState::Locked | ClockState::Grandmaster => complaint,
            ClockState::Faulty => lacks.reduce(|all, next| format!("{all}; {next}")),
            ClockState::Listening | ClockState::Holdover => {
                Some(lacks.reduce(|all, next| format!("{all}; {next}")).unwrap_or_else(nobody))
            }
            ClockState::Acquiring => {
                complaint.or_else(|| self.follower.pulled(&self.clock)).or_else(|| {
                    let seen = self.follower.has_source();
                    let waits = if seen {
                        "measuring; not enough exchanges for a bound yet"
                    } else {
                        "a source is chosen, but no Sync of it was received yet"
                    };
                    Some(waits.to_owned())
                })
            }
        }
    }
}

fn followed(parent: &engine::ParentDs) -> Parent {
    Parent { identity: Identity(parent.port.clock.0), port: parent.port.port, address: None }
}

const fn grandmaster(parent: &engine::ParentDs) -> Grandmaster {
    Grandmaster {
        identity: Identity(parent.grandmaster.0),
        priority1: parent.priority1,
        priority2: parent.priority2,
        class: parent.quality.class,
        accuracy: parent.quality.accuracy.0,
        variance: parent.quality.variance,
    }
}

fn port_state(state: engine::PortState) -> PortState {
    match state {
        engine::PortState::Initializing => PortState::Initializing,
        engine::PortState::Faulty => PortState::Faulty,
        engine::PortState::Disabled => PortState::Disabled,
        engine::PortState::Listening => PortState::Listening,
        engine::PortState::PreTimeTransmitter => PortState::PreTransmitter,
        engine::PortState::TimeTransmitter => PortState::Transmitter,
        engine::PortState::Passive => PortState::Passive,
        engine::PortState::Uncalibrated => PortState::Uncalibrated,
        engine::PortState::TimeReceiver => PortState::Receiver,
    }
}

fn nanos(span: time::Span) -> f64 {
    span.scaled() as f64 / 65_536.0
}

/// Nanoseconds gained in a second are parts per 10^9.
fn ppb(rate: time::Rate) -> f64 {
    nanos(rate.of(time::Span::from_seconds(1)) - time::Span::from_seconds(1))
}

fn accuracy(said: &EnhancedAccuracy) -> Accuracy {
    let all =
        [said.grandmaster, said.transient, said.dynamic, said.static_instance, said.static_medium];
    let variance: f64 = all.iter().map(|part| part.variance.value()).sum();
    let [grandmaster_ns, transient_ns, dynamic_ns, instance_ns, medium_ns] =
        all.map(|part| nanos(part.max));
    Accuracy {
        boundary_clocks: said.bc_hop_count,
        transparent_clocks: said.tc_hop_count,
        grandmaster_ns,
        transient_ns,
        dynamic_ns,
        instance_ns,
        medium_ns,
        deviation_ns: variance.sqrt() * 1e9,
    }
}

/// What is said of frames and local time.
fn smpte(source: ClockIdentity, said: &SynchronizationMetadata) -> Smpte {
    let locking = said.locking_status.name().unwrap_or("?").to_lowercase();
    Smpte {
        source: Identity(source.0),
        frame_rate: format!("{}/{}", said.frame_rate_numerator, said.frame_rate_denominator),
        locking_status: locking,
        drop_frame: said.time_address.has(TimeAddressFlags::DROP_FRAME),
        color_frame: said.time_address.has(TimeAddressFlags::COLOR_FRAME),
        local_offset_s: said.local_offset_s,
        jump_s: said.jump_s,
        next_jump: said.next_jump.0,
        next_jam: said.next_jam.0,
        previous_jam: said.previous_jam.0,
        previous_jam_offset_s: said.previous_jam_offset_s,
        daylight_saving: said.daylight_saving.has(DaylightSaving::CURRENT),
        leap_second_jump: said.leap_second_jump.has(LeapSecondJump::LEAP_SECOND),
    }
}
