//! Once a second, and less often: interfaces, holdover, the summary, the watchdog, the memory.

use core::time::Duration;

use config::ClockChoice;
use control::ClockState;
use engine::{Delta, Input};
use linux::{Interest, PageState, mono_now};
use time::{Mono, Span, Timescale};

use crate::assemble;
use crate::log::notice;
use crate::memory;
use crate::node::Node;

const TICK: Duration = Duration::from_secs(1);
/// The kernel's maximal error grows by 500 us a second until it is told anew, and from 16 s on it
/// takes its clock for unsynchronised.
const VOUCH: Duration = Duration::from_secs(8);
/// How near a leap second gets a deadline of its own.
const NEAR: Span = Span::from_seconds(3);
const REMEMBER: Duration = Duration::from_secs(600);

impl Node {
    /// Does what is due besides the protocol.
    pub(crate) fn chores(&mut self, now: Mono) {
        self.follower.on_timeout(now, &mut self.clock);
        self.pass_moves_on();
        if self.chores.tick <= now {
            self.chores.tick = now + TICK;
            self.tick(now);
        }
        if self.chores.leap <= now {
            self.mind_leap(now);
        }
        if self.chores.watchdog <= now {
            self.chores.watchdog = self.watchdog.map_or(Mono::NEVER, |interval| now + interval / 2);
            let _ = self.notifier.watchdog();
        }
        if self.chores.summary <= now {
            self.chores.summary =
                self.config.summary_interval.map_or(Mono::NEVER, |interval| now + interval);
            self.summarise();
        }
        if self.chores.remember <= now {
            self.chores.remember = now + REMEMBER;
            self.remember();
        }
    }

    fn tick(&mut self, now: Mono) {
        self.listen(Interest::READ);
        if self.links.is_none() || self.attachments.iter().any(|a| a.waits_for.is_some()) {
            for i in 0..self.attachments.len() {
                self.look_at(i);
            }
        }
        self.break_silence(now);
        if let Some(slept) = self.sleep.update() {
            notice!("the machine slept for {} ms; acquiring anew", slept.nanos() / 1_000_000);
            self.clock.begin_epoch();
            self.clock_jumped();
        }
        self.check_clock();
        self.mind_leap(now);
        self.mind_alternates(now);
        self.mind_metadata(now);
        self.drain(now);
        if let Some(state) = self.follower.tick(&mut self.clock) {
            self.pass_moves_on();
            // Looking at an interface took time, and the engine was told of it.
            self.feed(mono_now(), Input::Servo { instance: 0, state });
        }
        let state = self.state();
        if state != self.since.0 {
            self.since = (state, now);
            self.chores.vouch = now;
            let _ = self.notifier.status(format_args!("{}", state.word()));
        }
        if self.chores.vouch <= now {
            self.chores.vouch = now + VOUCH;
            self.follower.vouch(&mut self.clock);
        }
        if let Some(performance) = &mut self.performance {
            performance.tick(now, &self.counters);
        }
        self.push_status();
        self.flush_record();
    }

    /// Joins the groups anew where nothing came for as long as an Announce may take.
    fn break_silence(&mut self, now: Mono) {
        for (attachment, port) in self.attachments.iter_mut().zip(&self.config.ports) {
            let limit =
                port.announce_interval.duration() * u32::from(port.announce_receipt_timeout);
            match attachment.rejoin_after(limit, now) {
                Ok(false) => {}
                Ok(true) => tracing::debug!("{}: heard nobody; joined again", attachment.name),
                Err(error) => tracing::debug!("{error}"),
            }
        }
    }

    /// Tells the new offset of another timescale once its jump is over.
    fn mind_alternates(&mut self, now: Mono) {
        let read = self.clock.read();
        let own = if self.managed.has_timescales() {
            self.engine.alternates(0)
        } else {
            assemble::alternates(&self.config.alternate_timescales)
        };
        let alternates = own.map(|alternate| alternate.map(|alternate| alternate.at(read)));
        if self.engine.alternates(0) != alternates {
            let delta = Delta::Alternates { instance: 0, alternates };
            if let Err(error) = self.engine.apply(now, &delta) {
                tracing::warn!("{error}");
            }
            self.drain(now);
        }
    }

    /// Keeps TAI - UTC right across a leap second, and says what is ahead.
    fn mind_leap(&mut self, now: Mono) {
        self.chores.leap = Mono::NEVER;
        if self.clock.timescale == Timescale::Arb {
            self.clock.leap = None;
            return self.leap.forget();
        }
        let read = self.clock.read();
        if self.engine.parent(0).port.port == 0 {
            self.leap.lead(&self.config, self.clock.utc());
            self.announce_own_time(now);
            self.drain(now);
            let said = self.engine.time_properties(0);
            if said.is_ptp() && self.config.clock == ClockChoice::Virtual {
                let known = self.clock.utc_offset;
                let _ = self.clock.set_scale(Span::ZERO, Timescale::Tai, Some(said.utc_offset));
                if known != self.clock.utc_offset && !self.follower.has_source() {
                    self.clock.publish(None, PageState::Free);
                }
            }
        } else {
            let locked = self.state() == ClockState::Locked;
            self.leap.hear(&self.engine.time_properties(0), read, locked);
            self.source_changed = true;
            self.retune();
            let leap =
                self.leap.for_kernel(read).filter(|_| self.engine.time_properties(0).is_ptp());
            if core::mem::replace(&mut self.clock.leap, leap) != leap {
                self.chores.vouch = now;
            }
        }
        if let Some(until) = self.leap.until(read).filter(|until| *until < NEAR) {
            self.chores.leap = now + Duration::from_nanos(until.nanos().unsigned_abs() + 1);
        }
    }

    fn summarise(&mut self) {
        let state = self.state();
        match state {
            ClockState::Locked | ClockState::Holdover => {
                let estimate = self.follower.estimate(&self.clock);
                tracing::info!(
                    "{}: offset {:+.0} ns (rms {:.0}), delay {:.0} ns, rate {:+.1} ppb, bound {:.0} ns",
                    state.word(),
                    estimate.offset_s * 1e9,
                    estimate.rms_s * 1e9,
                    estimate.mean_delay_s.unwrap_or(0.0) * 1e9,
                    self.follower.rate * 1e9,
                    estimate.bound_total_s * 1e9
                );
            }
            _ => tracing::info!("{}", state.word()),
        }
    }

    /// Saves the frequency for the next start.
    pub(crate) fn remember(&self) {
        let Some(path) = &self.config.drift_file else { return };
        if let Some(remembered) = self.follower.remember()
            && let Err(why) = memory::save(path, &remembered)
        {
            tracing::warn!("{why}");
        }
    }

    /// A look at all interfaces, when one of them may have changed.
    pub(crate) fn on_links(&mut self) {
        let Some(links) = &self.links else { return };
        match links.receive() {
            Ok(Some(change)) => {
                for i in 0..self.attachments.len() {
                    let attachment = &self.attachments[i];
                    if attachment.index().is_none_or(|index| change.concerns(index)) {
                        self.look_at(i);
                    }
                }
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!("{error}; looking at the interfaces every second instead");
                self.poller.remove(links.fd());
                self.links = None;
            }
        }
    }
}
