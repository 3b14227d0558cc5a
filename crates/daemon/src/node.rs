//! The running daemon: everything it holds. What it does with it is in the files that say so.

use config::{Config, Invocation};
use engine::{Engine, PortIndex};
use linux::{
    CapabilitySet, Interest, KernelError, LinkWatch, Poller, SleepWatch, Timer, notify::Notifier,
};
use time::Mono;
use wire::ClockIdentity;

use crate::accounts::User;
use crate::attachment::Attachment;
use crate::clock::LocalClock;
use crate::control_socket::{CLIENTS_MAX, ControlSocket};
use crate::counters::Counters;
use crate::follower::Follower;
use crate::heard::HeardTable;
use crate::leap::LeapWatch;
use crate::managed::Managed;
use crate::observer::Observer;
use crate::performance::Performance;

/// What is waited for: each descriptor has a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Token {
    Timer,
    Links,
    Listener(usize),
    Client(usize),
    Event(usize),
    General(usize),
}

pub(crate) struct Node {
    pub(crate) invocation: Invocation,
    pub(crate) config: Config,
    pub(crate) identity: ClockIdentity,
    pub(crate) engine: Engine,
    pub(crate) follower: Follower,
    /// One for each other domain: the engine's instances from 1 on.
    pub(crate) observers: Vec<Observer>,
    pub(crate) clock: LocalClock,
    pub(crate) leap: LeapWatch,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) counters: Vec<Counters>,
    pub(crate) performance: Option<Box<Performance>>,
    pub(crate) heard: HeardTable,
    /// What management messages have set.
    pub(crate) managed: Managed,
    pub(crate) control: ControlSocket,
    pub(crate) poller: Poller,
    pub(crate) timer: Timer,
    /// What the timer is set to.
    pub(crate) alarm: Mono,
    pub(crate) links: Option<LinkWatch>,
    pub(crate) sleep: SleepWatch,
    pub(crate) notifier: Notifier,
    pub(crate) watchdog: Option<core::time::Duration>,
    pub(crate) chores: Chores,
    pub(crate) rights: CapabilitySet,
    /// Whom to become once everything is open.
    pub(crate) becomes: Option<User>,
    pub(crate) events: u64,
    /// Whom we follow, or what is said of its time, has changed and was not yet acted upon.
    pub(crate) source_changed: bool,
    /// What was last warned of the source's time.
    pub(crate) warned: [Option<&'static str>; 2],
    /// What the clock does, and since when.
    pub(crate) since: (control::ClockState, Mono),
    /// What a person should know besides.
    pub(crate) notes: Vec<String>,
}

/// When what is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chores {
    pub(crate) tick: Mono,
    pub(crate) summary: Mono,
    pub(crate) watchdog: Mono,
    /// With a tick.
    pub(crate) vouch: Mono,
    pub(crate) remember: Mono,
    /// When TAI - UTC changes, as soon as that is near.
    pub(crate) leap: Mono,
}

impl Token {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Token::Timer => 0,
            Token::Links => 1,
            Token::Listener(n) => 0x100 + n as u32,
            Token::Client(n) => 0x200 + n as u32,
            Token::Event(n) => 0x300 + n as u32,
            Token::General(n) => 0x400 + n as u32,
        }
    }

    pub(crate) const fn from_number(number: u32) -> Token {
        let n = (number & 0xff) as usize;
        match number >> 8 {
            0 if n == 0 => Token::Timer,
            0 => Token::Links,
            1 => Token::Listener(n),
            2 => Token::Client(n),
            3 => Token::Event(n),
            _ => Token::General(n),
        }
    }
}

impl Chores {
    pub(crate) fn next(&self) -> Mono {
        self.tick.min(self.summary).min(self.watchdog).min(self.remember).min(self.leap)
    }
}

impl Node {
    /// Descriptors that may be waited for.
    pub(crate) const fn descriptors(ports: usize) -> usize {
        2 + 2 + CLIENTS_MAX + 2 * ports
    }

    pub(crate) fn interface(&self, port: PortIndex) -> &str {
        self.config.ports.get(usize::from(port.0)).map_or("?", |port| &port.interface)
    }

    /// Begins to wait for the sockets of an attachment.
    pub(crate) fn watch_sockets(&mut self, i: usize) -> Result<(), KernelError> {
        let Some(socket) = &self.attachments[i].socket else { return Ok(()) };
        for (class, fd, interest) in socket.waits() {
            let token = match class {
                linux::Class::Event => Token::Event(i),
                linux::Class::General => Token::General(i),
            };
            self.poller.add(fd, token.number(), interest)?;
        }
        Ok(())
    }

    pub(crate) fn unwatch_sockets(&mut self, i: usize) {
        let Some(socket) = &self.attachments[i].socket else { return };
        for (_, fd, _) in socket.waits() {
            self.poller.remove(fd);
        }
    }

    /// Closes a client's connection.
    pub(crate) fn drop_client(&mut self, place: usize) {
        if let Some(fd) = self.control.fd(place) {
            self.poller.remove(fd);
        }
        self.control.close(place);
    }

    /// Waits for a client as far as there is something to read from it or to write to it.
    pub(crate) fn watch_client(&mut self, place: usize) {
        let write = self.control.waits_to_write(place);
        if let Some(fd) = self.control.fd(place) {
            self.poller.change(fd, Interest { write, ..Interest::READ });
        }
    }
}
