//! A port of an instance: its state, and how it moves from one to another (9.2.5, figure 31).

use alloc::boxed::Box;
use core::time::Duration;

use time::Mono;
use wire::{Header, PortIdentity};

use crate::alternates::Alternates;
use crate::capability::Capability;
use crate::context::Context;
use crate::decide::Code;
use crate::event::{Discard, Event};
use crate::follow_up::Relayed;
use crate::foreign::{Admission, Ear, ForeignRecord, ForeignTable, HeardAnnounce, Preference};
use crate::monitor::Monitor;
use crate::passive::Waiting;
use crate::place::{Peer, PortIndex};
use crate::port_state::PortState;
use crate::ratio::Ratio;
use crate::receiver::{Asking, Receiver};
use crate::servers::{Listed, Servers};
use crate::settings::{DelayMechanism, Edition, Held, LinkSettings, PortSettings};
use crate::site::{Sequence, Sequences, Site};
use crate::state::State;
use crate::transmitter::Transmitter;
use crate::unicast::Unicast;
use crate::words::Words;

#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) identity: PortIdentity,
    pub(crate) link: PortIndex,
    pub(crate) instance: u8,
    /// With the delay mechanism that is in use.
    pub(crate) settings: PortSettings,
    /// Whether that may change.
    automatic: bool,
    /// As they were before a neighbour asked for other intervals.
    pub(crate) initial: PortSettings,
    pub(crate) link_settings: LinkSettings,
    /// Whether the whole clock never follows.
    pub(crate) clock_only_leads: bool,
    pub(crate) edition: Edition,
    /// Whether Sync is passed on here, not made.
    pub(crate) relays: bool,
    /// The Sync that was passed on last.
    pub(crate) relayed: Option<(u16, Relayed)>,
    /// Whether the neighbour is known to do gPTP, or need not.
    pub(crate) capable: bool,
    pub(crate) capability: Capability,
    /// Whether only clocks of the table are followed (17.5.4.3).
    pub(crate) acceptable_only: bool,
    /// The lower of our own ports whose Announce came in here, as one wire joins both.
    pub(crate) echo: Option<PortIdentity>,
    pub(crate) foreign: ForeignTable,
    pub(crate) state: State,
    pub(crate) unicast: Option<Box<Unicast>>,
    /// Where alternate time transmitters are known, and we may be one.
    pub(crate) alternates: Option<Box<Alternates>>,
    pub(crate) monitor: Option<Box<Monitor>>,
    pub(crate) ratio: Option<Box<Ratio>>,
    pub(crate) words: Words,
    sequences: Sequences,
}

/// What an Announce means for the instance.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Heard {
    /// Nothing new.
    Nothing,
    /// A state decision is due.
    Decide,
}

impl Port {
    pub(crate) fn new(
        identity: PortIdentity,
        (instance, link): (u8, PortIndex),
        (settings, link_settings): (PortSettings, LinkSettings),
        edition: Edition,
        first_sequence: u16,
    ) -> Port {
        let sequence = || Sequence::starting_at(first_sequence);
        let automatic = settings.delay_mechanism == DelayMechanism::Auto;
        Port {
            identity,
            link,
            instance,
            settings: in_use(settings, DelayMechanism::E2e),
            automatic,
            initial: settings,
            link_settings,
            clock_only_leads: false,
            edition,
            relays: false,
            relayed: None,
            capable: !settings.needs_capable,
            capability: Capability::new(&settings.options.capable),
            acceptable_only: false,
            echo: None,
            foreign: ForeignTable::new(usize::from(settings.foreign_max)),
            state: State::Initializing,
            unicast: None,
            alternates: Alternates::new(&settings.options.alternate),
            monitor: Monitor::new(&settings.options.monitor),
            ratio: None,
            words: Words::default(),
            sequences: Sequences {
                announce: sequence(),
                sync: sequence(),
                delay_req: sequence(),
                signaling: sequence(),
            },
        }
    }

    /// The state, and the site for the role in it.
    pub(crate) fn at_work(&mut self) -> (&mut State, Site<'_>) {
        let asymmetry = self.asymmetry();
        let servers = self.unicast.as_mut().and_then(|unicast| unicast.servers.as_mut());
        let site = Site {
            identity: self.identity,
            link: self.link,
            instance: self.instance,
            settings: &self.settings,
            link_settings: &self.link_settings,
            sequences: servers.and_then(Servers::sequences).unwrap_or(&mut self.sequences),
            relays: self.relays,
            asymmetry,
        };
        (&mut self.state, site)
    }

    /// The unicast service, if there is one, and the site for it.
    pub(crate) fn in_unicast(&mut self) -> Option<(&mut Unicast, Site<'_>)> {
        let asymmetry = self.asymmetry();
        let site = Site {
            identity: self.identity,
            link: self.link,
            instance: self.instance,
            settings: &self.settings,
            link_settings: &self.link_settings,
            sequences: &mut self.sequences,
            relays: false,
            asymmetry,
        };
        Some((self.unicast.as_mut()?, site))
    }

    /// The alternate time transmitters, where any are known, and the site for being one.
    pub(crate) fn as_alternate(&mut self) -> Option<(&mut Alternates, Site<'_>)> {
        let asymmetry = self.asymmetry();
        let site = Site {
            identity: self.identity,
            link: self.link,
            instance: self.instance,
            settings: &self.settings,
            link_settings: &self.link_settings,
            sequences: &mut self.sequences,
            relays: false,
            asymmetry,
        };
        Some((self.alternates.as_mut()?, site))
    }

    /// Takes over settings; false if they need another delay mechanism or table.
    pub(crate) fn adopt(&mut self, settings: PortSettings, now: Mono) -> Result<(), &'static str> {
        let new = in_use(settings, self.settings.delay_mechanism);
        let automatic = settings.delay_mechanism == DelayMechanism::Auto;
        if automatic != self.automatic || new.delay_mechanism != self.settings.delay_mechanism {
            return Err("the delay mechanism");
        }
        if new.foreign_max != self.settings.foreign_max {
            return Err("the table of foreign transmitters");
        }
        // What a neighbour asked for is forgotten.
        let otherwise = new.hybrid != self.settings.hybrid;
        (self.settings, self.initial) = (new, new);
        self.hasten(now);
        if otherwise {
            self.ask_as_configured();
        }
        Ok(())
    }

    /// Mixed mode begins or ends while a time transmitter is followed.
    fn ask_as_configured(&mut self) {
        let parent = self.state.receiver().map(|receiver| receiver.parent);
        let heard = self.foreign.iter().find(|record| Some(record.source) == parent);
        let asking = mixed(self.settings.hybrid, heard.map_or(Peer::None, |record| record.peer));
        if let Some(receiver) = self.state.receiver_mut() {
            receiver.ask(asking);
            self.ask_as_agreed();
        }
    }

    /// A neighbour measures the link (11.4): a port that may, does so too from now on. Whether it
    /// begins.
    pub(crate) fn on_pdelay_req(&mut self) -> bool {
        let switches = self.automatic && self.settings.delay_mechanism == DelayMechanism::E2e;
        if switches {
            self.settings.delay_mechanism = DelayMechanism::P2p;
            if let Some(receiver) = self.state.receiver_mut() {
                receiver.ask(Asking::Nobody);
            }
        }
        switches
    }

    /// The interface can carry frames: INITIALIZING, then LISTENING.
    pub(crate) fn start(&mut self, ctx: &mut Context<'_>) {
        if self.automatic {
            self.settings.delay_mechanism = DelayMechanism::E2e;
        }
        self.forget();
        let (options, enabled) = (&self.settings.options, self.settings.enabled);
        self.capability.restart(&options.capable, enabled, ctx.now);
        self.words = Words::default();
        let next =
            if enabled { State::Listening(self.waiting(None, ctx)) } else { State::Disabled };
        self.change(next, ctx);
        if let Some(unicast) = &mut self.unicast {
            if self.settings.enabled {
                unicast.start(ctx.now, ctx.random);
            } else {
                unicast.stop();
            }
        }
    }

    /// What was due after a longer interval is due after the one that is set.
    pub(crate) fn hasten(&mut self, now: Mono) {
        if let State::TimeTransmitter(transmitter) = &mut self.state {
            transmitter.hasten(&self.settings, now);
        }
    }

    /// The interface can carry no frames.
    pub(crate) fn fail(&mut self, ctx: &mut Context<'_>) {
        self.forget();
        self.capability.restart(&self.settings.options.capable, false, ctx.now);
        self.change(State::Faulty, ctx);
        if let Some(unicast) = &mut self.unicast {
            unicast.stop();
        }
    }

    pub(crate) fn forget(&mut self) {
        self.foreign.clear();
        if let Some(alternates) = &mut self.alternates {
            alternates.heard.clear();
        }
        self.echo = None;
    }

    /// This port, as far as the rank of what it hears depends on it.
    pub(crate) const fn ear(&self) -> Ear {
        Ear {
            port: self.identity,
            local_priority: self.settings.local_priority,
            edition: self.edition,
        }
    }

    /// The best it hears (Erbest).
    pub(crate) fn best(&self) -> Option<&ForeignRecord> {
        self.foreign.best(&self.ear())
    }

    /// An Announce of a lower port of our own came in here: one wire joins both, and the lower
    /// leads on it (9.5.2.3). A decision is due if that is news.
    pub(crate) fn on_echo(&mut self, lower: PortIdentity, ctx: &mut Context<'_>) -> Heard {
        if self.echo.replace(lower).is_none() {
            return Heard::Decide;
        }
        self.postpone_announce_timeout(lower, Peer::None, ctx);
        Heard::Nothing
    }

    /// Takes an Announce into account.
    pub(crate) fn on_announce(
        &mut self,
        announce: &HeardAnnounce<'_>,
        ctx: &mut Context<'_>,
    ) -> Heard {
        if self.transmitter_only() {
            ctx.discard(self.link, Discard::TransmitterOnly);
            return Heard::Nothing;
        }
        let parent = self.state.receiver().map(|receiver| receiver.parent);
        let Some((header, local_priority)) = self.hear(announce, ctx) else {
            return Heard::Nothing;
        };
        let preference = Preference { local_priority, ..announce.preference };
        let known = self.alternates.as_ref().is_some_and(|all| all.knows(header.source));
        let announce = &HeardAnnounce { header: &header, preference, known, ..*announce };
        let ear = self.ear();
        let admission = self.foreign.hear(announce, &ear, parent, (ctx.now, ctx.random));
        let source = announce.header.source;
        match admission {
            Admission::Duplicate => ctx.discard(self.link, Discard::Duplicate),
            Admission::Full => ctx.discard(self.link, Discard::ForeignTable),
            Admission::New => {
                ctx.event(Event::ForeignNew { port: self.link, source });
            }
            Admission::Qualified | Admission::Changed | Admission::Same => {
                self.postpone_announce_timeout(source, announce.from, ctx);
            }
        }
        match admission {
            Admission::Qualified | Admission::Changed => Heard::Decide,
            _ => Heard::Nothing,
        }
    }

    /// The header with the interval that was agreed upon, and the preference for a unicast server;
    /// nothing if the sender does not count.
    fn hear(
        &mut self,
        announce: &HeardAnnounce<'_>,
        ctx: &mut Context<'_>,
    ) -> Option<(Header, Option<u8>)> {
        let (header, given) = (announce.header, announce.preference.local_priority);
        let Some(unicast) = &mut self.unicast else { return Some((*header, given)) };
        let timeout = self.settings.announce_receipt_timeout;
        match unicast.hear((header.source, announce.from), timeout, ctx.now) {
            Ok(Some(Listed { interval, priority })) => {
                let log_interval = interval.unwrap_or(header.log_interval);
                Some((Header { log_interval, ..*header }, Some(priority)))
            }
            Ok(None) => Some((*header, given)),
            Err(reason) => {
                ctx.discard(self.link, reason);
                None
            }
        }
    }

    fn postpone_announce_timeout(
        &mut self,
        heard: PortIdentity,
        from: Peer,
        ctx: &mut Context<'_>,
    ) {
        let later = self.announce_timeout(ctx);
        match &mut self.state {
            State::Uncalibrated(receiver) | State::TimeReceiver(receiver)
                if receiver.parent == heard =>
            {
                receiver.announce_timeout = later;
                receiver.asking.move_to(from);
            }
            State::Listening(waiting) | State::Passive(waiting)
                if waiting.because_of.is_none_or(|source| source == heard) =>
            {
                waiting.announce_timeout = later;
            }
            _ => {}
        }
    }

    /// announceReceiptTimeout intervals and a random part of one more (9.2.6.12).
    fn announce_timeout(&self, ctx: &mut Context<'_>) -> Mono {
        let servers = self.unicast.as_ref().and_then(|unicast| unicast.servers.as_ref());
        let agreed = servers.and_then(Servers::announce_interval);
        let interval = agreed.unwrap_or(self.settings.announce).duration();
        let count = u32::from(self.settings.announce_receipt_timeout);
        match self.edition {
            // Silence changes nothing of what somebody else decided.
            Edition::External => Mono::NEVER,
            Edition::Ieee8021As => ctx.now + interval * count,
            _ => ctx.now + interval * count + ctx.random.below(interval),
        }
    }

    fn waiting(&self, because_of: Option<PortIdentity>, ctx: &mut Context<'_>) -> Waiting {
        Waiting { announce_timeout: self.announce_timeout(ctx), because_of }
    }

    /// Moves to what the state decision recommends (9.2.5, figures 30 and 31).
    pub(crate) fn recommend(&mut self, code: Code, advice: &Advice, ctx: &mut Context<'_>) {
        if !self.state.name().is_up() || !self.capable {
            return;
        }
        match code {
            Code::M1 | Code::M2 | Code::M3 if advice.receiver_only => self.listen(ctx),
            Code::P1 | Code::P2 if advice.receiver_only => self.listen(ctx),
            Code::M1 | Code::M2 => self.lead(Duration::ZERO, ctx),
            Code::M3 => {
                let at_once = self.edition.leads_at_once();
                let steps = if at_once { 0 } else { u32::from(advice.steps_removed) + 1 };
                self.lead(self.settings.announce.duration() * steps, ctx);
            }
            Code::P1 | Code::P2 => self.stand_by(ctx),
            Code::S1 => self.follow(advice, ctx),
        }
    }

    pub(crate) fn listen(&mut self, ctx: &mut Context<'_>) {
        if !matches!(self.state, State::Listening(_)) {
            let waiting = self.waiting(None, ctx);
            self.change(State::Listening(waiting), ctx);
        }
    }

    /// Waits for another announce receipt timeout.
    pub(crate) fn listen_on(&mut self, ctx: &mut Context<'_>) {
        let waiting = self.waiting(None, ctx);
        self.change(State::Listening(waiting), ctx);
    }

    /// Leads once `qualification` has passed.
    fn lead(&mut self, qualification: Duration, ctx: &mut Context<'_>) {
        match self.state {
            State::TimeTransmitter(_) => {}
            // Whoever turned out to be nearer to the grandmaster waits as long as that asks.
            State::PreTimeTransmitter(until) => {
                self.state = State::PreTimeTransmitter(until.min(ctx.now + qualification));
            }
            _ => {
                self.change(State::PreTimeTransmitter(ctx.now + qualification), ctx);
            }
        }
        if matches!(self.state, State::PreTimeTransmitter(until) if until <= ctx.now) {
            self.transmit(ctx);
        }
    }

    /// TIME_TRANSMITTER, at once.
    pub(crate) fn transmit(&mut self, ctx: &mut Context<'_>) {
        let transmitter = Transmitter::new(&self.settings, ctx.now);
        self.change(State::TimeTransmitter(transmitter), ctx);
    }

    fn stand_by(&mut self, ctx: &mut Context<'_>) {
        let because_of = self.echo.or_else(|| self.best().map(|record| record.source));
        match &mut self.state {
            State::Passive(waiting) if waiting.because_of == because_of => {}
            _ => {
                let waiting = self.waiting(because_of, ctx);
                self.change(State::Passive(waiting), ctx);
            }
        }
    }

    fn follow(&mut self, advice: &Advice, ctx: &mut Context<'_>) {
        if self.state.receiver().is_some_and(|receiver| receiver.parent == advice.parent) {
            return;
        }
        if let Some(unicast) = &mut self.unicast {
            unicast.select(Some(advice.peer), self.settings.delay_mechanism, ctx.now);
        }
        if let Some(ratio) = &mut self.ratio {
            **ratio = Ratio::new();
        }
        let timeout = self.announce_timeout(ctx);
        let interval = self.settings.min_delay_req;
        let parent = (advice.parent, advice.source);
        let asking = mixed(self.settings.hybrid, advice.peer);
        let receiver = Receiver::new(parent, timeout, interval, asking);
        self.change(State::Uncalibrated(receiver), ctx);
        self.ask_as_agreed();
    }

    /// The estimator says whether the clock follows (9.2.6.10, 9.2.6.14).
    /// True once it follows.
    pub(crate) fn on_servo(&mut self, locked: bool, ctx: &mut Context<'_>) -> bool {
        let state = core::mem::replace(&mut self.state, State::Initializing);
        let (state, from) = match state {
            State::Uncalibrated(receiver) if locked => {
                (State::TimeReceiver(receiver), Some(PortState::Uncalibrated))
            }
            State::TimeReceiver(receiver) if !locked => {
                (State::Uncalibrated(receiver), Some(PortState::TimeReceiver))
            }
            other => (other, None),
        };
        self.state = state;
        if let Some(from) = from {
            self.tell(from, ctx);
        }
        from == Some(PortState::Uncalibrated)
    }

    /// Whether it never follows, for its own sake or the clock's.
    pub(crate) const fn transmitter_only(&self) -> bool {
        let held = matches!(self.edition, Edition::External)
            && !matches!(self.settings.held, Held::TimeReceiver);
        self.settings.transmitter_only || self.clock_only_leads || held
    }

    pub(crate) const fn uses(&self, mechanism: DelayMechanism) -> bool {
        matches!(
            (self.settings.delay_mechanism, mechanism),
            (DelayMechanism::E2e, DelayMechanism::E2e) | (DelayMechanism::P2p, DelayMechanism::P2p)
        )
    }

    pub(crate) fn change(&mut self, next: State, ctx: &mut Context<'_>) {
        let from = self.state.name();
        self.state = next;
        self.tell(from, ctx);
        if self.state.receiver().is_none()
            && let Some(unicast) = &mut self.unicast
        {
            unicast.select(None, self.settings.delay_mechanism, ctx.now);
        }
    }

    fn tell(&mut self, from: PortState, ctx: &mut Context<'_>) {
        let to = self.state.name();
        if let Some(alternates) = &mut self.alternates {
            alternates.look(ctx.now);
        }
        if from != to {
            ctx.event(Event::State { instance: self.instance, port: self.link, from, to });
        }
    }

    pub(crate) fn deadline(&self) -> Mono {
        let unicast = self.unicast.as_ref().map_or(Mono::NEVER, |unicast| unicast.deadline());
        let besides = self.capability.deadline();
        let alternates = self.alternates.as_ref().map_or(Mono::NEVER, |all| all.deadline());
        self.state.deadline().min(self.foreign_deadline()).min(unicast).min(alternates).min(besides)
    }

    /// When a record of another than whom the state depends on expires.
    pub(crate) fn foreign_deadline(&self) -> Mono {
        self.foreign.deadline(self.depends_on())
    }

    /// The time transmitter whose silence ends this state after the announce receipt timeout.
    pub(crate) fn depends_on(&self) -> Option<PortIdentity> {
        let held = self.edition == Edition::External;
        self.state.depends_on().filter(|_| !held)
    }
}

/// What goes with a recommendation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Advice {
    pub(crate) receiver_only: bool,
    pub(crate) steps_removed: u16,
    pub(crate) parent: PortIdentity,
    /// Where the parent's Announce came from.
    pub(crate) peer: Peer,
    pub(crate) source: u32,
}

/// Whom to ask, in mixed mode or not.
const fn mixed(hybrid: bool, parent: Peer) -> Asking {
    if hybrid { Asking::WhileAnswered(parent) } else { Asking::All }
}

/// The settings with `mechanism` where it is found out automatically.
fn in_use(settings: PortSettings, mechanism: DelayMechanism) -> PortSettings {
    match settings.delay_mechanism {
        DelayMechanism::Auto => PortSettings { delay_mechanism: mechanism, ..settings },
        _ => settings,
    }
}
