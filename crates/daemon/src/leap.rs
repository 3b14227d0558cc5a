//! The leap second that is ahead: our own as a grandmaster, or the one that our source announces
//! (7.2.4).

use config::Config;
use engine::TimeProperties;
use time::{Leap, LeapEvent, Span, TaiTime, Timestamp, UtcOffset, UtcTime, next_leap, tai_utc_at};
use wire::Flags;

/// How far from its moment a step of the system's clock by a second is taken for it.
const NEAR: Span = Span::from_seconds(3);
/// And how far from a second it may be.
const EXACT: Span = Span::MILLISECOND;

/// The kernel makes a leap second at the end of the day on which it is told.
const DAY: Span = Span::from_seconds(86_400);

/// What lies ahead.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Ahead {
    event: LeapEvent,
    /// TAI - UTC before it.
    before: UtcOffset,
    /// The kernel has made it.
    made: bool,
}

/// The leap second that we know of.
#[derive(Debug, Default)]
pub(crate) struct LeapWatch {
    ahead: Option<Ahead>,
}

/// What we know of the next leap second by ourselves, and TAI - UTC before it.
fn own(config: &Config, utc: UtcTime) -> Option<Ahead> {
    // That of last night is still of interest.
    let lately = UtcTime::new(utc.timestamp() - Span::from_seconds(86_400));
    let event = config.leap_second.or_else(|| next_leap(lately))?;
    let eve = UtcTime::new(Timestamp::new(event.midnight - 1, 0));
    let before = config.utc_offset.map_or_else(|| tai_utc_at(eve), UtcOffset::new);
    Some(Ahead { event, before, made: false })
}

/// The flags that announce it.
const fn flags(leap: Option<Leap>) -> u16 {
    match leap {
        None => 0,
        Some(Leap::Insert) => Flags::LEAP61.0,
        Some(Leap::Delete) => Flags::LEAP59.0,
    }
}

impl LeapWatch {
    /// We lead: what we know ourselves is ahead.
    pub(crate) fn lead(&mut self, config: &Config, utc: UtcTime) {
        let known = own(config, utc);
        if known.map(|known| known.event) != self.ahead.map(|ahead| ahead.event) {
            self.ahead = known;
        }
    }

    /// Takes note of what the source says, once our clock is near its time.
    pub(crate) fn hear(&mut self, said: &TimeProperties, now: Timestamp, locked: bool) {
        let kind = match (said.flags.has(Flags::LEAP61), said.flags.has(Flags::LEAP59)) {
            _ if !said.is_ptp() => None,
            (true, false) => Some(Leap::Insert),
            (false, true) => Some(Leap::Delete),
            _ => None,
        };
        let (offset, now) = (UtcOffset::new(said.utc_offset), TaiTime::new(now));
        if let Some(ahead) = self.ahead {
            let over = ahead.event.at(ahead.before) - now <= Span::ZERO;
            // It says the new offset, or has called it off.
            if ahead.before != offset || (kind.is_none() && !over && !ahead.made) {
                self.ahead = None;
            }
        } else if let Some(kind) = kind.filter(|_| locked) {
            let event = LeapEvent::of_day(now.to_utc(offset), kind);
            self.ahead = Some(Ahead { event, before: offset, made: false });
        }
    }

    /// Nothing of what was heard counts any more.
    pub(crate) fn forget(&mut self) {
        self.ahead = None;
    }

    /// What is to be said now by whoever says this of an ordinary day.
    pub(crate) fn dress(&self, plain: TimeProperties, now: Timestamp) -> TimeProperties {
        let Some(ahead) = self.ahead.filter(|_| plain.is_ptp()) else { return plain };
        let (offset, leap) = ahead.event.seen_from(TaiTime::new(now), ahead.before);
        let others = plain.flags.0 & !(Flags::LEAP61.0 | Flags::LEAP59.0);
        let flags = Flags(others | flags(leap));
        TimeProperties { utc_offset: offset.seconds(), flags, ..plain }
    }

    /// TAI - UTC in use, where the source says `said`. The system's clock counts on with the old one
    /// until the kernel has made its step.
    pub(crate) fn offset(&self, said: i16, now: Timestamp, kernel: bool) -> i16 {
        let Some(ahead) = self.ahead.filter(|ahead| ahead.before.seconds() == said) else {
            return said;
        };
        let over = ahead.event.at(ahead.before) - TaiTime::new(now) <= Span::ZERO;
        let after = if kernel { ahead.made } else { over };
        if after { ahead.event.after(ahead.before).seconds() } else { said }
    }

    /// What to add to the system's clock while we lead with TAI, where that was `scale`.
    pub(crate) fn scale(&self, scale: Span, now: Timestamp) -> Span {
        let seconds = i16::try_from(scale.nanos() / 1_000_000_000).unwrap_or(0);
        Span::from_seconds(i64::from(self.offset(seconds, now, true)))
    }

    /// What the kernel is to make at the end of this UTC day.
    pub(crate) fn for_kernel(&self, now: Timestamp) -> Option<Leap> {
        let ahead = self.ahead.filter(|ahead| !ahead.made)?;
        let until = ahead.event.at(ahead.before) - TaiTime::new(now);
        (Span::ZERO < until && until <= DAY).then_some(ahead.event.kind)
    }

    /// Whether a step of the system's clock was the leap second; then TAI - UTC is returned that
    /// holds from now on. `now` is what was read before it.
    pub(crate) fn made_by(&mut self, by: Span, now: Timestamp) -> Option<i16> {
        let ahead = self.ahead.as_mut().filter(|ahead| !ahead.made)?;
        let expected = match ahead.event.kind {
            Leap::Insert => -Span::SECOND,
            Leap::Delete => Span::SECOND,
        };
        let near = (ahead.event.at(ahead.before) - TaiTime::new(now)).abs() <= NEAR;
        if !near || (by - expected).abs() > EXACT {
            return None;
        }
        ahead.made = true;
        Some(ahead.event.after(ahead.before).seconds())
    }

    /// How long until TAI - UTC changes; nothing if that is past or not known.
    pub(crate) fn until(&self, now: Timestamp) -> Option<Span> {
        let ahead = self.ahead?;
        let until = ahead.event.at(ahead.before) - TaiTime::new(now);
        (until > Span::ZERO).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use config::check;

    use super::*;

    const TAI_VALID: u16 = Flags::PTP_TIMESCALE.0 | Flags::UTC_OFFSET_VALID.0;

    fn rehearsing(what: &str) -> Config {
        let text = format!("interfaces = [\"eth0\"]\nleap_second = \"{what}\"\n");
        check("test", &text).unwrap().0
    }

    fn said(flags: u16, utc_offset: i16) -> TimeProperties {
        let flags = Flags(TAI_VALID | flags);
        TimeProperties { utc_offset, flags, ..TimeProperties::UNKNOWN }
    }

    /// Midnight after 2026-12-31.
    const MIDNIGHT: i64 = 1_798_761_600;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::new(MIDNIGHT + seconds, 0)
    }

    #[test]
    fn a_grandmaster_announces_what_it_rehearses_and_changes_its_offset() {
        for (what, flag, after) in
            [("2026-12-31+1", Flags::LEAP61.0, 38), ("2026-12-31-1", Flags::LEAP59.0, 36)]
        {
            let mut watch = LeapWatch::default();
            watch.lead(&rehearsing(what), UtcTime::new(at(-3_600)));
            let dressed = |tai: i64| watch.dress(said(0, 37), at(tai));
            let moment = i64::from(after);
            assert_eq!(dressed(moment - 43_201), said(0, 37));
            assert_eq!(dressed(moment - 43_200), said(flag, 37));
            assert_eq!(dressed(moment - 1), said(flag, 37));
            assert_eq!(dressed(moment), said(0, after));
            // It says so for good, though it hears of its own words.
            assert_eq!(watch.dress(said(0, after), at(moment + 9)), said(0, after));
        }
    }

    #[test]
    fn an_arbitrary_timescale_knows_no_leap_seconds() {
        let mut watch = LeapWatch::default();
        watch.lead(&rehearsing("2026-12-31+1"), UtcTime::new(at(-60)));
        let plain = TimeProperties { flags: Flags(0), ..TimeProperties::UNKNOWN };
        assert_eq!(watch.dress(plain, at(-10)), plain);
        let mut watch = LeapWatch::default();
        let arbitrary = TimeProperties { flags: Flags::LEAP61, ..plain };
        watch.hear(&arbitrary, at(-10), true);
        assert_eq!(watch.for_kernel(at(-10)), None);
    }

    #[test]
    fn a_receiver_changes_its_offset_by_itself_and_then_believes_the_source() {
        let mut watch = LeapWatch::default();
        let announced = said(Flags::LEAP61.0, 37);
        // Before it is locked it does not know which day it is.
        watch.hear(&announced, at(-86_400 * 40), false);
        watch.hear(&announced, at(-100), true);
        assert_eq!(watch.until(at(-100)), Some(Span::from_seconds(138)));
        assert_eq!(watch.offset(37, at(37), false), 37);
        assert_eq!(watch.offset(37, at(38), false), 38, "the source has not said so yet");
        watch.hear(&said(0, 38), at(39), true);
        assert_eq!((watch.offset(38, at(39), false), watch.until(at(39))), (38, None));
        // One that is called off does not happen.
        watch.hear(&announced, at(-100), true);
        watch.hear(&said(0, 37), at(-50), true);
        assert_eq!(watch.offset(37, at(38), false), 37);
    }

    #[test]
    fn the_kernel_is_told_and_its_step_is_the_leap_second() {
        let cases =
            [(Flags::LEAP61.0, Leap::Insert, -1, 38), (Flags::LEAP59.0, Leap::Delete, 1, 36)];
        for (flag, kind, seconds, after) in cases {
            let mut watch = LeapWatch::default();
            watch.hear(&said(flag, 37), at(-100), true);
            assert_eq!(watch.for_kernel(at(-100)), Some(kind));
            let step = Span::from_seconds(seconds);
            assert_eq!(watch.made_by(step, at(-50)), None, "not now");
            assert_eq!(watch.made_by(-step, at(37)), None, "not that way");
            assert_eq!(watch.offset(37, at(37), true), 37);
            assert_eq!(watch.made_by(step + Span::MICROSECOND, at(37)), Some(after));
            assert_eq!(watch.offset(37, at(37), true), after);
            assert_eq!(watch.for_kernel(at(37)), None);
            assert_eq!(watch.made_by(step, at(37)), None, "once");
        }
    }
}
