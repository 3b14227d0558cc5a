//! Frames in, frames out, stamps, and what the engine makes of them.

use core::net::{SocketAddrV4, SocketAddrV6};

use config::ClockChoice;
use control::{Answer, ClockState};
use engine::{
    Channel, Delta, Destination, Event, FRAME_LEN, Input, LinkState, Output, Peer, PortIndex,
    RECEIVE_MAX, ServoState, TxStamp,
};
use linux::{Address, Class, KernelError, mono_now};
use time::{Measurement, Mono, Span, Timescale};

use crate::describe::{Severity, describe, repeats};
use crate::heard;
use crate::last_input;
use crate::log::{self, notice};
use crate::node::Node;
use crate::timescale;

impl Node {
    /// Gives the engine an input and does what it says, until it has nothing left to say.
    pub(crate) fn feed(&mut self, now: Mono, input: Input<'_>) {
        last_input::note(&input);
        self.engine.handle(now, input);
        self.drain(now);
    }

    pub(crate) fn drain(&mut self, now: Mono) {
        let mut frame = [0; FRAME_LEN];
        loop {
            let mut servo: Option<(u8, ServoState)> = None;
            while let Some(output) = self.engine.poll(&mut frame) {
                match output {
                    Output::Send { port, to, channel, len, stamp } => {
                        self.put_time_in(&mut frame[..len], &stamp);
                        self.send((port, to, channel), &frame[..len], stamp);
                    }
                    Output::Measured(measurement) => {
                        self.retune();
                        let said = self.measured(&measurement);
                        servo = said.map(|state| (measurement.instance, state)).or(servo);
                    }
                    Output::Event(event) => self.on_event(&event, now),
                    Output::Answer { request, len, .. } => {
                        if let Err(why) = self.managed.take(request, &frame[..len]) {
                            tracing::warn!("{why}");
                        }
                    }
                }
            }
            self.report_follower();
            match servo {
                Some((instance, state)) => {
                    self.engine.handle(now, Input::Servo { instance, state });
                }
                None if self.source_changed => {
                    self.retune();
                    self.announce_own_time(now);
                }
                None if self.manage_next(now) => {}
                None if self.mind_holdover(now) => {}
                None => break,
            }
        }
    }

    /// Gives a measurement to whoever estimates in its domain.
    fn measured(&mut self, measurement: &Measurement) -> Option<ServoState> {
        let Some(other) = usize::from(measurement.instance).checked_sub(1) else {
            let state = self.follower.measured(measurement, &mut self.clock);
            if let Some(performance) = &mut self.performance {
                performance.measured(measurement, state.as_ref());
            }
            self.pass_moves_on();
            return state;
        };
        self.observers.get_mut(other)?.measured(measurement, &self.clock)
    }

    /// Tells the other domains what was done to the clock.
    pub(crate) fn pass_moves_on(&mut self) {
        let observers = &mut self.observers;
        self.follower.each_move(|actuation| {
            observers.iter_mut().for_each(|observer| observer.actuated(actuation));
        });
    }

    /// Stamps before this do not compare with those after, for nobody.
    pub(crate) fn clock_jumped(&mut self) {
        self.follower.clock_jumped(&self.clock, None);
        for observer in &mut self.observers {
            observer.clock_jumped(&self.clock);
        }
    }

    fn send(
        &mut self,
        (port, to, channel): (PortIndex, Destination, Channel),
        frame: &[u8],
        stamp: TxStamp,
    ) {
        let i = usize::from(port.0);
        let class = match channel {
            Channel::Event => Class::Event,
            Channel::General | Channel::Either => Class::General,
        };
        let attachment = &mut self.attachments[i];
        let Some(socket) = &attachment.socket else { return };
        let address = match to {
            Destination::Multicast => socket.group(class, false),
            Destination::PeerMulticast => socket.group(class, true),
            Destination::Unicast(peer) => {
                match address_of(peer).and_then(|peer| socket.unicast(class, peer)) {
                    Some(address) => address,
                    None => return self.counters[i].send_failed(),
                }
            }
        };
        let wanted = matches!(stamp, TxStamp::Report(_));
        match socket.send(class, address, frame, wanted) {
            Ok(()) => {
                self.counters[i].sent(frame);
                if let TxStamp::Report(ticket) = stamp {
                    attachment.departures.expect(frame, peer_of(address), ticket);
                }
            }
            Err(error) => {
                self.counters[i].send_failed();
                tracing::debug!("{error}");
            }
        }
    }

    /// One datagram of one socket.
    pub(crate) fn receive(&mut self, i: usize, class: Class) {
        let mut buffer = [0; RECEIVE_MAX];
        let Some(socket) = &self.attachments[i].socket else { return };
        let received = match socket.receive(class, &mut buffer) {
            Ok(Some(received)) => received,
            Ok(None) => return,
            Err(error) => return self.on_socket_error(i, &error),
        };
        let channel = match class {
            _ if !socket.separates_classes() => Channel::Either,
            Class::Event => Channel::Event,
            Class::General => Channel::General,
        };
        if received.for_others {
            return self.counters[i].heard_for_others();
        }
        self.check_clock();
        let now = mono_now();
        if received.to.is_none_or(|to| to.is_multicast()) {
            self.attachments[i].hear(now);
        }
        let from = peer_of(received.from);
        let len = if received.truncated { RECEIVE_MAX } else { received.len };
        let stamp = received.stamp.and_then(|stamp| self.clock.stamp(&stamp, now));
        let bytes = &buffer[..len];
        let port = PortIndex(i as u8);
        self.feed(now, Input::Frame { port, from, channel, bytes, received: stamp });
    }

    /// One transmit stamp; false if there was nothing in the error queue.
    pub(crate) fn receive_stamp(&mut self, i: usize) -> bool {
        let mut buffer = [0; RECEIVE_MAX];
        let attachment = &mut self.attachments[i];
        let Some(socket) = &attachment.socket else { return true };
        let looped = match socket.receive_sent(&mut buffer) {
            Ok(Some(looped)) => looped,
            Ok(None) => return false,
            Err(error) => {
                self.on_socket_error(i, &error);
                return true;
            }
        };
        let Some(ticket) =
            attachment.departures.left(&buffer[looped.payload], looped.to.map(peer_of))
        else {
            return true;
        };
        self.check_clock();
        let now = mono_now();
        match looped.stamp.and_then(|stamp| self.clock.stamp(&stamp, now)) {
            Some(at) => self.feed(now, Input::Sent { ticket, at }),
            None => self.feed(now, Input::StampLost { ticket }),
        }
        true
    }

    fn on_socket_error(&mut self, i: usize, error: &KernelError) {
        self.counters[i].receive_failed();
        tracing::debug!("{error}");
        self.look_at(i);
    }

    /// Looks at an interface and tells the engine what it has become.
    pub(crate) fn look_at(&mut self, i: usize) {
        use crate::attachment::Look;
        let now = mono_now();
        let port = PortIndex(i as u8);
        match self.attachments[i].look() {
            Look::Same => {}
            Look::Waits => self.report_lack(i),
            Look::Attached => {
                if let Err(error) = self.watch_sockets(i) {
                    tracing::warn!("{error}");
                }
                notice!("port {} ({}): ready", i + 1, self.attachments[i].name);
                self.tell_address(i, now);
                self.report_degraded(i);
                self.feed(now, Input::Link { port, state: LinkState::Up });
            }
            Look::Detached => {
                self.unwatch_sockets(i);
                self.attachments[i].close();
                self.report_lack(i);
                self.feed(now, Input::Link { port, state: LinkState::Down });
                // It may only have changed its address or index.
                if self.attachments[i].waits_for.is_none() {
                    self.look_at(i);
                }
            }
        }
    }

    fn report_lack(&self, i: usize) {
        if let Some(lack) = self.attachments[i].waits_for {
            tracing::warn!("port {} ({}): {lack}", i + 1, self.attachments[i].name);
        }
    }

    fn report_degraded(&self, i: usize) {
        let Some(socket) = &self.attachments[i].socket else { return };
        let degraded = socket.degraded();
        for error in [degraded.not_bound_to_interface, degraded.no_stamps].into_iter().flatten() {
            tracing::warn!("port {} ({}): {error}", i + 1, self.attachments[i].name);
        }
    }

    fn on_event(&mut self, event: &Event, now: Mono) {
        if let Some(port) = port_of(event) {
            self.counters[usize::from(port.0)].count(event);
        } else if let Some(counters) = self.counters.first_mut() {
            counters.count(event);
        }
        match event {
            Event::Heard { port, what } if self.heard.hear(*port, *what, now) => {
                let what = heard::describe(*what, self.engine.domain(0), self.config.sdo_id);
                notice!("port {}: heard {what}; not for us", port.0 + 1);
            }
            Event::Parent { instance: other @ 1.., source, parent } if parent.port.port != 0 => {
                if let Some(observer) = self.observers.get_mut(usize::from(*other) - 1) {
                    observer.select(*source, parent.quality.accuracy, &self.clock);
                }
            }
            Event::Parent { instance: 0, source, parent } => {
                self.source_changed = true;
                if parent.port.port != 0 {
                    self.follower.select(*source, &self.clock);
                    self.follower.source_says(parent.quality.accuracy);
                    self.follower.source_is_of(parent.quality.class);
                }
            }
            Event::TimeProperties { instance: 0, .. } => self.source_changed = true,
            Event::Managed { instance: 0, request: None, port, id, .. } => {
                self.managed.note(*id, *port, self.attachments.len());
            }
            Event::TimeSet { instance: 0, time } => self.set_time(*time),
            _ => {}
        }
        self.tell(event);
    }

    /// The log and whoever subscribed to events.
    fn tell(&mut self, event: &Event) {
        self.events += 1;
        let subscribers = self.control.subscribers(|client| client.events);
        let asked = subscribers.contains(&true);
        if repeats(event) && !asked && !log::debugs() {
            return;
        }
        let line = describe(event, |port| self.interface(port).to_owned());
        let Some(mut line) = line else { return };
        let other = usize::from(instance_of(event)).checked_sub(1);
        if let Some(observer) = other.and_then(|other| self.observers.get(other)) {
            line.text = format!("domain {}: {}", observer.domain, line.text);
        }
        match line.severity {
            Severity::Debug => tracing::debug!("{}", line.text),
            Severity::Info => tracing::info!("{}", line.text),
            Severity::Notice => notice!("{}", line.text),
            Severity::Warning => tracing::warn!("{}", line.text),
        }
        let answer = Answer::Event(control::Event {
            number: self.events,
            mono_ns: mono_now().nanos(),
            kind: line.kind.to_owned(),
            port: port_of(event).map_or(0, |port| u16::from(port.0) + 1),
            text: line.text,
        });
        for (place, wants) in subscribers.into_iter().enumerate() {
            if wants && !self.control.answer(place, &answer) {
                self.drop_client(place);
            } else if wants {
                self.watch_client(place);
            }
        }
    }

    /// Takes over the timescale of whom we follow, or our own.
    pub(crate) fn retune(&mut self) {
        if !core::mem::take(&mut self.source_changed) {
            return;
        }
        let utc = self.clock.utc();
        if self.engine.parent(0).port.port == 0 {
            let scale = timescale::leading_scale(&self.config, utc);
            let scale = self.leap.scale(scale, self.clock.read());
            // A virtual clock goes on counting what its last source counted.
            let (counted, utc_offset) = match self.config.clock {
                ClockChoice::Virtual => (self.clock.timescale, self.clock.utc_offset),
                ClockChoice::System | ClockChoice::Observe => (Timescale::Utc, None),
            };
            if self.clock.set_scale(scale, counted, utc_offset) {
                self.clock_jumped();
            }
            return;
        }
        let said = self.engine.time_properties(0);
        let kernel = self.config.clock != ClockChoice::Virtual;
        let utc_offset = self.leap.offset(said.utc_offset, self.clock.read(), kernel);
        let said = engine::TimeProperties { utc_offset, ..said };
        let following = timescale::following(&self.config, &said, utc);
        if self.clock.set_scale(following.scale, following.timescale, following.utc_offset) {
            self.clock_jumped();
        }
        self.follower.refuse(following.refused);
        let words = [following.warning, following.refused];
        if core::mem::replace(&mut self.warned, words) != words {
            words.into_iter().flatten().for_each(|line| tracing::warn!("{line}"));
        }
    }

    /// What we say of our time, should we lead; a virtual clock leads with the timescale of the
    /// source it followed last.
    pub(crate) fn announce_own_time(&mut self, now: Mono) {
        let said = self.engine.time_properties(0);
        let follows = self.engine.parent(0).port.port != 0;
        let time = timescale::leading(&self.config, Some(said));
        let time = if follows { time } else { self.leap.dress(time, self.clock.read()) };
        // What was set from outside lies over this, in the engine.
        if !follows && time == self.engine.own_time(0) {
            return;
        }
        if let Err(error) = self.engine.apply(now, &Delta::Time { instance: 0, time }) {
            tracing::warn!("{error}");
        }
    }

    /// Notices if somebody else stepped the system's clock.
    pub(crate) fn check_clock(&mut self) {
        let before = self.clock.read();
        if let Some(by) = self.clock.check() {
            if let Some(offset) = self.leap.made_by(by, before) {
                return self.leap_was_made(offset);
            }
            tracing::warn!(
                "somebody else stepped the system's clock by {} ns; measurements before do not \
                 count (is another time daemon running?)",
                by.nanos()
            );
            self.clock_jumped();
        }
    }

    /// The kernel has made the leap second: UTC stepped, TAI goes on.
    fn leap_was_made(&mut self, offset: i16) {
        notice!("the kernel has made the leap second; TAI - UTC is {offset} s now");
        let scale = Span::from_seconds(i64::from(offset));
        self.clock.set_scale(scale, Timescale::Tai, Some(offset));
        self.follower.clock_jumped(&self.clock, Some(Span::ZERO));
        for observer in &mut self.observers {
            observer.clock_jumped(&self.clock);
        }
    }

    fn report_follower(&mut self) {
        while let Some(report) = self.follower.take_report() {
            notice!("{report}");
        }
    }

    /// What the clock does, in one word.
    pub(crate) fn state(&self) -> ClockState {
        let ports = || self.attachments.iter().map(|a| self.engine.port_state(0, a.port));
        if self.engine.is_grandmaster(0) {
            return ClockState::Grandmaster;
        }
        if ports().all(|state| !state.is_up()) {
            return self.follower.without_source().unwrap_or(ClockState::Faulty);
        }
        if self.engine.parent(0).port.port == 0 {
            return self.follower.without_source().unwrap_or(ClockState::Listening);
        }
        self.follower.with_source()
    }
}

/// Who a message came from, as the engine knows them.
const fn peer_of(address: Address) -> Peer {
    match address {
        Address::Udp4(address) => Peer::Udp4(address.ip().octets()),
        Address::Udp6(address) => Peer::Udp6(address.ip().octets()),
        Address::Ethernet(mac) => Peer::Ethernet(mac),
        _ => Peer::None,
    }
}

/// Where such a peer is; the transport puts in the UDP port and the interface.
fn address_of(peer: Peer) -> Option<Address> {
    match peer {
        Peer::Udp4(ip) => Some(Address::Udp4(SocketAddrV4::new(ip.into(), 0))),
        Peer::Udp6(ip) => Some(Address::Udp6(SocketAddrV6::new(ip.into(), 0, 0, 0))),
        Peer::Ethernet(mac) => Some(Address::Ethernet(mac)),
        Peer::None => None,
    }
}

const fn instance_of(event: &Event) -> u8 {
    match event {
        Event::State { instance, .. }
        | Event::Parent { instance, .. }
        | Event::Told { instance, .. }
        | Event::TimeProperties { instance, .. }
        | Event::Managed { instance, .. }
        | Event::Metadata { instance, .. }
        | Event::AnnounceTimeout { instance, .. } => *instance,
        _ => 0,
    }
}

const fn port_of(event: &Event) -> Option<PortIndex> {
    match event {
        Event::Received { port, .. }
        | Event::Discarded { port, .. }
        | Event::Heard { port, .. }
        | Event::State { port, .. }
        | Event::ForeignNew { port, .. }
        | Event::ForeignLost { port, .. }
        | Event::AnnounceTimeout { port, .. }
        | Event::Unanswered { port, .. }
        | Event::StampMissing { port, .. }
        | Event::Unicast { port, .. }
        | Event::SameWire { port, .. }
        | Event::Deviation { port, .. }
        | Event::Version { port, .. }
        | Event::IntervalsAsked { port }
        | Event::Told { port, .. }
        | Event::Capable { port, .. }
        | Event::MultipleResponders { port, .. }
        | Event::Metadata { port, .. } => Some(*port),
        Event::Parent { .. }
        | Event::TimeProperties { .. }
        | Event::StampLate
        | Event::Managed { .. }
        | Event::TimeSet { .. } => None,
    }
}
