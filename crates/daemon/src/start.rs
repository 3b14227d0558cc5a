//! From a configuration to a running daemon: open, then give up what is no longer needed.

use config::{Config, Invocation};
use control::{Access, ClockState};
use engine::{Engine, PortIndex};
use linux::{
    Interest, KernelError, LinkWatch, Poller, SleepWatch, Timer, mono_now, notify, privileges,
    signals,
};
use time::Mono;
use wire::ClockIdentity;

use crate::accounts::{self, User};
use crate::assemble;
use crate::attachment::{Attachment, Lack};
use crate::clock::LocalClock;
use crate::control_socket::ControlSocket;
use crate::counters::Counters;
use crate::exit::Exit;
use crate::follower::Follower;
use crate::heard::HeardTable;
use crate::leap::LeapWatch;
use crate::managed::Managed;
use crate::memory;
use crate::node::{Chores, Node, Token};
use crate::observer::observers;
use crate::performance::Performance;
use crate::recording;
use crate::rights;

/// Why there is no daemon.
pub(crate) struct NoStart {
    pub(crate) exit: Exit,
    pub(crate) why: String,
}

impl From<KernelError> for NoStart {
    fn from(error: KernelError) -> NoStart {
        let exit = if error.needs.is_some() { Exit::Rights } else { Exit::Kernel };
        NoStart { exit, why: error.to_string() }
    }
}

/// Opens everything; sockets first, so that rights can be given up.
pub(crate) fn start(invocation: Invocation, config: Config) -> Result<Node, NoStart> {
    for signal in [signals::Signal::Terminate, signals::Signal::Interrupt, signals::Signal::Hangup]
    {
        signals::heed(signal)?;
    }
    let mut attachments = Vec::with_capacity(config.ports.len());
    for (i, port) in (0u8..).zip(&config.ports) {
        attachments.push(Attachment::new(PortIndex(i), port)?);
    }
    let now = mono_now();
    let identity = identity(&config, &attachments);
    let settings = assemble::engine_settings(&config, identity, assemble::seed(identity, now));
    let engine = Engine::new(&settings, now)
        .map_err(|error| NoStart { exit: Exit::Configuration, why: error.to_string() })?;
    let wrong = |why| NoStart { exit: Exit::Configuration, why };
    let becomes = config.user.as_deref().map(accounts::user).transpose().map_err(wrong)?;
    let group = config.control_group.as_deref().map(accounts::group).transpose().map_err(wrong)?;
    let mode = config.control_mode;
    let (mut control, errors) = ControlSocket::open(&[
        (Access::ReadWrite, &config.control, mode),
        (Access::ReadOnly, &config.control_readonly, 0o666),
    ]);
    if let Err(error) = give_socket(&config, becomes, group) {
        tracing::warn!("the control socket keeps its owner: {error}");
    }
    control.learn_owner(config.control.as_deref());
    for error in errors {
        tracing::warn!("{error}; running without this control socket");
    }
    let mut node = Node {
        follower: Follower::new(&config),
        observers: observers(&config),
        clock: LocalClock::open(&config)?,
        leap: LeapWatch::default(),
        warned: [None; 2],
        counters: vec![Counters::new(); attachments.len()],
        performance: Performance::of(&config, now),
        heard: HeardTable::new(),
        managed: Managed::default(),
        poller: Poller::new(Node::descriptors(attachments.len())),
        timer: Timer::new()?,
        alarm: Mono::NEVER,
        links: LinkWatch::open().ok(),
        sleep: SleepWatch::new(),
        notifier: notify::Notifier::from_environment().unwrap_or_default(),
        watchdog: notify::watchdog_interval(),
        chores: Chores {
            tick: now,
            summary: now,
            watchdog: now,
            vouch: now,
            remember: Mono::NEVER,
            leap: Mono::NEVER,
        },
        rights: linux::CapabilitySet::EMPTY,
        becomes,
        events: 0,
        source_changed: true,
        since: (ClockState::Listening, now),
        notes: Vec::new(),
        invocation,
        config,
        identity,
        engine,
        attachments,
        control,
    };
    node.prepare(now)?;
    Ok(node)
}

impl Node {
    fn prepare(&mut self, now: Mono) -> Result<(), NoStart> {
        self.poller.add(self.timer.fd(), Token::Timer.number(), Interest::READ)?;
        match &self.links {
            Some(links) => self.poller.add(links.fd(), Token::Links.number(), Interest::READ)?,
            None => tracing::warn!("link events are not to be had; looking every second instead"),
        }
        for (n, (_, listener)) in self.control.listeners.iter().enumerate() {
            self.poller.add(listener.fd(), Token::Listener(n).number(), Interest::READ)?;
        }
        if let Err(why) = self.begin_record(recording::place(&self.config)) {
            tracing::warn!("{why}; going on without it");
        }
        self.retune();
        self.begin_management(now);
        for i in 0..self.attachments.len() {
            self.look_at(i);
            self.refuse_without_rights(i)?;
        }
        self.give_up_rights()?;
        self.take_clock_in_hand();
        self.chores.summary =
            self.config.summary_interval.map_or(Mono::NEVER, |interval| now + interval);
        self.chores.remember = now + core::time::Duration::from_secs(600);
        Ok(())
    }

    /// Waiting helps against all but a missing right.
    fn refuse_without_rights(&self, i: usize) -> Result<(), NoStart> {
        match self.attachments[i].waits_for {
            Some(Lack::Socket(error)) if error.needs.is_some() => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn give_up_rights(&mut self) -> Result<(), NoStart> {
        let needed = rights::needed(&self.config);
        match self.becomes {
            Some(User { user, group }) => {
                privileges::become_user(user, group, needed)?;
            }
            None => {
                if let Err(error) = privileges::drop_to(needed) {
                    tracing::warn!("{error}");
                }
            }
        }
        if let Err(error) = privileges::no_new_privileges() {
            tracing::debug!("{error}");
        }
        self.rights = privileges::effective().unwrap_or_default();
        Ok(())
    }

    fn take_clock_in_hand(&mut self) {
        if let Some(path) = &self.config.drift_file {
            match memory::load(path) {
                Ok(Some(remembered)) => self.follower.recall(&remembered),
                Ok(None) => {}
                Err(why) => tracing::warn!("{why}"),
            }
        }
        self.follower.begin(&mut self.clock);
        let steers = self.config.clock == config::ClockChoice::System;
        if steers && !self.rights.has(linux::Capability::SysTime) {
            let note = "the system clock will not let us steer it: CAP_SYS_TIME is missing: grant it with \
                        AmbientCapabilities=CAP_SYS_TIME in the systemd unit, with `setcap \
                        cap_sys_time+ep` on the program, or with --cap-add SYS_TIME to the \
                        container; going on, and trying all the same";
            tracing::warn!("{note}");
            self.notes.push(note.to_owned());
        }
    }
}

/// The read-write socket belongs to who we become and to the configured group.
fn give_socket(config: &Config, owner: Option<User>, group: Option<u32>) -> std::io::Result<()> {
    let Some(path) = config.control.as_deref().filter(|path| path.exists()) else { return Ok(()) };
    if owner.is_none() && group.is_none() {
        return Ok(());
    }
    let user = owner.map(|owner| owner.user);
    std::os::unix::fs::chown(path, user, group.or(owner.map(|owner| owner.group)))
}

/// The configured identity, or the first interface's, or one made up from process and time.
fn identity(config: &Config, attachments: &[Attachment]) -> ClockIdentity {
    if let Some(octets) = config.clock_identity {
        return ClockIdentity(octets);
    }
    if let Some(mac) = attachments.iter().find_map(Attachment::mac).filter(|mac| *mac != [0; 6]) {
        return ClockIdentity::from_mac(mac);
    }
    let [a, b, c, d] = std::process::id().to_be_bytes();
    let [.., e, f] = mono_now().nanos().to_be_bytes();
    ClockIdentity([0x02, a, b, 0xff, 0xfe, c ^ e, d, f])
}
