//! Whether a neighbour is capable in one domain: what Pdelay says of the link, and what the neighbour
//! says in its gPTP-capable messages (802.1AS 10.2.5.1, 10.4.2).

use core::time::Duration;

use time::{LogInterval, Mono};

use crate::asked::Asked;
use crate::context::next_due;
use crate::options::{CapableRule, CapableSettings};

#[derive(Debug)]
pub(crate) struct Capability {
    /// asCapableAcrossDomains.
    across: bool,
    /// Whether the neighbour speaks the edition of 2011, which has no such message.
    older: bool,
    says: Says,
    /// When we say it next.
    next: Mono,
    /// How often, as a neighbour may have asked for.
    interval: LogInterval,
}

/// neighborGptpCapable, and whether it ever was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Says {
    Never,
    Until(Mono),
    NoLonger,
}

impl Capability {
    pub(crate) const fn new(settings: &CapableSettings) -> Capability {
        Capability {
            across: false,
            older: false,
            says: Says::Never,
            next: Mono::NEVER,
            interval: settings.interval,
        }
    }

    /// The port can send, or no longer; what the neighbour said is forgotten.
    pub(crate) fn restart(&mut self, settings: &CapableSettings, sends: bool, now: Mono) {
        let sends = sends && settings.rule != CapableRule::Off;
        self.says = Says::Never;
        self.interval = settings.interval;
        self.next = if sends { now } else { Mono::NEVER };
    }

    /// What the link's Pdelay says.
    pub(crate) const fn set_across(&mut self, across: bool, older: bool) {
        (self.across, self.older) = (across, older);
    }

    /// asCapable.
    pub(crate) fn holds(&self, rule: CapableRule, domain: u8) -> bool {
        let said = matches!(self.says, Says::Until(_));
        let older = domain == 0 && self.older;
        self.across
            && match rule {
                CapableRule::Off => true,
                CapableRule::Auto => said || older || self.says == Says::Never,
                CapableRule::Require => said || older,
            }
    }

    /// The neighbour says that it is capable, and how often it does; true if that is news.
    pub(crate) fn hear(&mut self, interval: LogInterval, timeout: u8, now: Mono) -> bool {
        let until = now + interval.duration() * u32::from(timeout);
        let before = core::mem::replace(&mut self.says, Says::Until(until));
        !matches!(before, Says::Until(_))
    }

    /// Whether the neighbour has just been silent for too long.
    pub(crate) fn expire(&mut self, now: Mono) -> bool {
        let expired = matches!(self.says, Says::Until(until) if until <= now);
        if expired {
            self.says = Says::NoLonger;
        }
        expired
    }

    /// The interval, if we are to say it now.
    pub(crate) fn due(&mut self, now: Mono) -> Option<LogInterval> {
        if self.next > now {
            return None;
        }
        self.next = next_due(self.next, self.interval.duration(), now);
        Some(self.interval)
    }

    /// A neighbour asks for another interval (802.1AS 10.6.4.5).
    pub(crate) fn set_interval(&mut self, asked: Asked, initial: LogInterval, now: Mono) {
        let (interval, on) = asked.apply((self.interval, self.next != Mono::NEVER), initial);
        self.interval = interval;
        self.next = match on {
            false => Mono::NEVER,
            true => self.next.min(now + interval.duration().max(Duration::from_millis(1))),
        };
    }

    pub(crate) fn deadline(&self) -> Mono {
        match self.says {
            Says::Until(until) => until.min(self.next),
            Says::Never | Says::NoLonger => self.next,
        }
    }
}
