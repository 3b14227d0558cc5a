//! The clock of the instance as it is read; what moves it is in `steer`.

use std::path::Path;

use config::{ClockChoice, Config, VirtualTimescale};
use linux::{
    BridgeCheck, ClockPage, KernelError, KernelStamp, PageContents, PageState, RealtimeBridge,
    SystemClock, VirtualClock, mono_now,
};
use time::{ClockIndex, Leap, Mono, Span, Stamp, Timescale, Timestamp, UtcOffset, UtcTime};

use crate::timescale::own_utc_offset;

/// A stamp that is older, or that much in the future, was taken before the clock was stepped.
const STAMP_AGE_MAX: Span = Span::from_seconds(2);

/// The clock that stamps the traffic and, unless it is only observed, is disciplined.
#[derive(Debug)]
pub(crate) struct LocalClock {
    pub(crate) kind: Kind,
    pub(crate) bridge: RealtimeBridge,
    /// Added to readings of the system's clock.
    scale: Span,
    /// Of the system's clock; a virtual one has its own.
    epoch: u16,
    pub(crate) timescale: Timescale,
    pub(crate) utc_offset: Option<i16>,
    /// What the kernel is to make at the end of this UTC day.
    pub(crate) leap: Option<Leap>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    System(SystemClock),
    Virtual(Box<Virtual>),
    Observe,
}

#[derive(Debug)]
pub(crate) struct Virtual {
    pub(crate) clock: VirtualClock,
    page: Option<ClockPage>,
}

impl LocalClock {
    pub(crate) fn open(config: &Config) -> Result<LocalClock, KernelError> {
        let bridge = RealtimeBridge::new()?;
        let (timescale, utc_offset) = counts(config, UtcTime::new(bridge.realtime_at(mono_now())));
        let kind = match config.clock {
            ClockChoice::System => Kind::System(SystemClock::new()),
            ClockChoice::Observe => Kind::Observe,
            ClockChoice::Virtual => {
                let now = mono_now();
                let tai_utc = utc_offset.map_or(Span::ZERO, |s| Span::from_seconds(i64::from(s)));
                let start = bridge.realtime_at(now) + tai_utc + config.virtual_offset;
                let clock = VirtualClock::new(now, start, config.virtual_rate_ppb);
                let page = config.clock_page.as_deref();
                let counted = (timescale, utc_offset);
                let page = page.map(|path| create_page(path, &clock, counted)).transpose()?;
                Kind::Virtual(Box::new(Virtual { clock, page }))
            }
        };
        let (scale, epoch) = (Span::ZERO, 0);
        Ok(LocalClock { kind, bridge, scale, epoch, timescale, utc_offset, leap: None })
    }

    /// A stamp of the kernel as a stamp of this clock; nothing if the system's clock was stepped
    /// in between.
    pub(crate) fn stamp(&self, stamp: &KernelStamp, now: Mono) -> Option<Stamp> {
        let age = self.bridge.realtime_at(now) - stamp.time;
        if age.abs() > STAMP_AGE_MAX {
            return None;
        }
        let (time, epoch) = match &self.kind {
            Kind::System(_) | Kind::Observe => (stamp.time + self.scale, self.epoch),
            Kind::Virtual(software) => {
                let reading = software.clock.at(self.bridge.mono_of(stamp.time)?);
                (reading.time, reading.epoch)
            }
        };
        Some(Stamp { clock: ClockIndex(0), epoch, time, kind: stamp.kind })
    }

    /// What it reads now, in the timescale of its stamps.
    pub(crate) fn read(&self) -> Timestamp {
        let now = mono_now();
        match &self.kind {
            Kind::System(_) | Kind::Observe => self.bridge.realtime_at(now) + self.scale,
            Kind::Virtual(software) => software.clock.at(now).time,
        }
    }

    pub(crate) fn epoch(&self) -> u16 {
        match &self.kind {
            Kind::System(_) | Kind::Observe => self.epoch,
            Kind::Virtual(software) => software.clock.epoch(),
        }
    }

    /// Whether somebody else stepped the system's clock since the last call, and by how much.
    pub(crate) fn check(&mut self) -> Option<Span> {
        match self.bridge.update() {
            Ok(BridgeCheck::Discontinuity(by)) => {
                self.begin_epoch();
                Some(by)
            }
            Ok(BridgeCheck::Steady) | Err(_) => None,
        }
    }

    /// Stamps before this do not compare with those after.
    pub(crate) fn begin_epoch(&mut self) {
        match &mut self.kind {
            Kind::System(_) | Kind::Observe => self.epoch = self.epoch.wrapping_add(1),
            Kind::Virtual(software) => software.clock.begin_epoch(mono_now()),
        }
    }

    /// Counts in another timescale from now on; true if that is a change.
    pub(crate) fn set_scale(
        &mut self,
        scale: Span,
        timescale: Timescale,
        utc_offset: Option<i16>,
    ) -> bool {
        self.timescale = timescale;
        self.utc_offset = utc_offset;
        if self.scale == scale {
            return false;
        }
        self.scale = scale;
        self.begin_epoch();
        true
    }

    /// The system's UTC.
    pub(crate) fn utc(&self) -> UtcTime {
        UtcTime::new(self.bridge.realtime_at(mono_now()))
    }

    /// A virtual clock less the system's, both on the virtual clock's timescale.
    pub(crate) fn true_error(&self) -> Option<Span> {
        let Kind::Virtual(software) = &self.kind else { return None };
        let now = mono_now();
        let system = self.bridge.realtime_at(now);
        let system = match (self.timescale, self.utc_offset) {
            (Timescale::Tai, Some(offset)) => system + Span::from_seconds(i64::from(offset)),
            _ => system,
        };
        Some(software.clock.at(now).time - system)
    }

    /// Tells the readers of the page.
    pub(crate) fn publish(&mut self, bound_ns: Option<u64>, state: PageState) {
        let (timescale, utc_offset) = (self.timescale, self.utc_offset.map(UtcOffset::new));
        if let Kind::Virtual(software) = &mut self.kind
            && let Some(page) = &mut software.page
        {
            page.write(&PageContents {
                line: software.clock.line(),
                epoch: software.clock.epoch(),
                timescale,
                utc_offset,
                bound_ns,
                state,
                updated: mono_now(),
            });
        }
    }

    pub(crate) const fn moves(&self) -> bool {
        !matches!(self.kind, Kind::Observe)
    }
}

/// What a clock counts before it has followed anybody, and TAI - UTC if it is used.
fn counts(config: &Config, utc: UtcTime) -> (Timescale, Option<i16>) {
    match (config.clock, config.virtual_timescale) {
        (ClockChoice::Virtual, VirtualTimescale::Tai) => {
            (Timescale::Tai, Some(own_utc_offset(config, utc)))
        }
        (ClockChoice::Virtual, VirtualTimescale::Arb) => (Timescale::Arb, None),
        _ => (Timescale::Utc, None),
    }
}

fn create_page(
    path: &Path,
    clock: &VirtualClock,
    (timescale, utc_offset): (Timescale, Option<i16>),
) -> Result<ClockPage, KernelError> {
    let contents = PageContents {
        line: clock.line(),
        epoch: clock.epoch(),
        timescale,
        utc_offset: utc_offset.map(UtcOffset::new),
        bound_ns: None,
        state: PageState::Free,
        updated: mono_now(),
    };
    ClockPage::create(path, &contents)
}
