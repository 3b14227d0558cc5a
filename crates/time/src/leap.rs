//! What is known of leap seconds: IERS Bulletin C, as far as it had been published.

use crate::{Span, TaiTime, Timestamp, UtcOffset, UtcTime};

/// TAI - UTC since 2017-01-01.
pub const TAI_UTC_LATEST: UtcOffset = UtcOffset::new(37);

/// No leap second is announced before 2027-06-28T00:00:00Z (Bulletin C 72).
pub const LEAP_DATA_EXPIRES: UtcTime = UtcTime::new(Timestamp::new(1_814_140_800, 0));

/// What a person should know of the table, from the day on which it expires.
pub fn leap_data_warning(now: UtcTime) -> Option<&'static str> {
    (now >= LEAP_DATA_EXPIRES).then_some(
        "the built-in leap second table has expired: there may have been a leap second since that \
         only time sources know of; install a newer version, or set utc_offset",
    )
}

/// A second to insert or to delete at the end of the current UTC day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Leap {
    /// The last minute has 59 seconds (leap59).
    Delete,
    /// The last minute has 61 seconds (leap61).
    Insert,
}

/// From `at` on, TAI - UTC is `offset`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LeapSecond {
    /// POSIX seconds of the first second with this offset.
    pub at: i64,
    /// TAI - UTC from then on.
    pub offset: UtcOffset,
}

/// Every offset since 1972, oldest first.
const TABLE: [LeapSecond; 28] = {
    const STARTS: [i64; 28] = [
        63_072_000,
        78_796_800,
        94_694_400,
        126_230_400,
        157_766_400,
        189_302_400,
        220_924_800,
        252_460_800,
        283_996_800,
        315_532_800,
        362_793_600,
        394_329_600,
        425_865_600,
        489_024_000,
        567_993_600,
        631_152_000,
        662_688_000,
        709_948_800,
        741_484_800,
        773_020_800,
        820_454_400,
        867_715_200,
        915_148_800,
        1_136_073_600,
        1_230_768_000,
        1_341_100_800,
        1_435_708_800,
        1_483_228_800,
    ];
    let mut table = [LeapSecond { at: 0, offset: UtcOffset::new(0) }; 28];
    let mut i = 0;
    while i < STARTS.len() {
        table[i] = LeapSecond { at: STARTS[i], offset: UtcOffset::new(10 + i as i16) };
        i += 1;
    }
    table
};

/// TAI - UTC at `time`; 10 s before 1972, the latest known after the data expired.
pub fn tai_utc_at(time: UtcTime) -> UtcOffset {
    let seconds = time.timestamp().seconds();
    let known = TABLE.iter().rev().find(|leap| leap.at <= seconds);
    known.map_or(TABLE[0].offset, |leap| leap.offset)
}

/// The first change of the table after `time`; nothing if none is known.
pub fn next_leap(time: UtcTime) -> Option<LeapEvent> {
    let seconds = time.timestamp().seconds();
    let next = TABLE.iter().position(|leap| leap.at > seconds)?;
    let before = TABLE.get(next.checked_sub(1)?)?;
    let kind = if TABLE[next].offset > before.offset { Leap::Insert } else { Leap::Delete };
    Some(LeapEvent { midnight: TABLE[next].at, kind })
}

/// A leap second: the last one of a UTC day is one too many, or missing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LeapEvent {
    /// POSIX seconds of the midnight that ends the day.
    pub midnight: i64,
    /// What happens before it.
    pub kind: Leap,
}

/// How long before it a leap second is announced, in seconds (7.2.4).
const ANNOUNCED_S: i64 = 12 * 3_600;

impl LeapEvent {
    /// From the day that it ends and what happens: `2026-12-31+1` or `2026-12-31-1`.
    pub fn parse(text: &str) -> Option<LeapEvent> {
        let (date, kind) = match text.strip_suffix("+1") {
            Some(date) => (date, Leap::Insert),
            None => (text.strip_suffix("-1")?, Leap::Delete),
        };
        let mut parts = date.splitn(3, '-');
        let mut number = || parts.next()?.parse::<u16>().ok().map(i64::from);
        let (year, month, day) = (number()?, number()?, number()?);
        let days = days_since_1970(year, month, day)?;
        Some(LeapEvent { midnight: (days + 1) * 86_400, kind })
    }

    /// TAI - UTC after it, where it was `before`.
    pub const fn after(&self, before: UtcOffset) -> UtcOffset {
        match self.kind {
            Leap::Insert => UtcOffset::new(before.seconds() + 1),
            Leap::Delete => UtcOffset::new(before.seconds() - 1),
        }
    }

    /// The midnight after it: from then on TAI - UTC is another.
    pub fn at(&self, before: UtcOffset) -> TaiTime {
        let midnight = UtcTime::new(Timestamp::ZERO + Span::from_seconds(self.midnight));
        midnight.to_tai(self.after(before))
    }

    /// TAI - UTC at a moment, and the leap second that is to be announced then.
    pub fn seen_from(&self, now: TaiTime, before: UtcOffset) -> (UtcOffset, Option<Leap>) {
        let ahead = self.at(before) - now;
        if ahead <= Span::ZERO {
            return (self.after(before), None);
        }
        (before, (ahead <= Span::from_seconds(ANNOUNCED_S)).then_some(self.kind))
    }

    /// That at the end of the UTC day in which `now` is.
    pub fn of_day(now: UtcTime, kind: Leap) -> LeapEvent {
        let day = now.timestamp().seconds().div_euclid(86_400);
        LeapEvent { midnight: (day + 1) * 86_400, kind }
    }
}

/// Of the Gregorian calendar; nothing of a day that does not exist, or is before 1970.
pub fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let leaps = |year: i64| year / 4 - year / 100 + year / 400;
    let leap_year = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let lengths = [31, 28 + i64::from(leap_year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = lengths.get(..usize::try_from(month.checked_sub(1)?).ok()?)?;
    let length = *lengths.get(before.len())?;
    if year < 1970 || !(1..=length).contains(&day) {
        return None;
    }
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    Some(years + before.iter().sum::<i64>() + day - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tai(seconds: i64) -> TaiTime {
        TaiTime::new(Timestamp::new(seconds, 0))
    }

    #[test]
    fn a_day_is_read_and_what_is_none_is_not() {
        let inserted = LeapEvent::parse("2016-12-31+1").unwrap();
        // The leap second of 2016 is in the table.
        assert_eq!(inserted, LeapEvent { midnight: 1_483_228_800, kind: Leap::Insert });
        let before = UtcTime::new(Timestamp::new(1_483_228_799, 0));
        assert_eq!(next_leap(before), Some(inserted));
        assert_eq!(next_leap(UtcTime::new(Timestamp::new(1_483_228_800, 0))), None);
        let deleted = LeapEvent::parse("2028-02-29-1").unwrap();
        assert_eq!((deleted.midnight, deleted.kind), (1_835_481_600, Leap::Delete));
        for wrong in ["", "2016-12-31", "2017-02-29+1", "2016-13-01+1", "2016-12-31+2", "x-1-1+1"] {
            assert_eq!(LeapEvent::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn it_is_announced_for_twelve_hours_and_then_the_offset_is_another() {
        let before = UtcOffset::new(37);
        for (text, after) in [("2026-12-31+1", 38), ("2026-12-31-1", 36)] {
            let event = LeapEvent::parse(text).unwrap();
            let at = event.at(before).timestamp().seconds();
            assert_eq!(at, event.midnight + i64::from(after));
            let seen = |offset: i64| event.seen_from(tai(at + offset), before);
            assert_eq!(seen(-12 * 3_600 - 1), (before, None));
            assert_eq!(seen(-12 * 3_600), (before, Some(event.kind)));
            assert_eq!(seen(-1), (before, Some(event.kind)));
            assert_eq!(seen(0), (UtcOffset::new(after), None));
            // Whoever hears of it on that day finds the same moment.
            let utc = tai(at - 3_600).to_utc(before);
            assert_eq!(LeapEvent::of_day(utc, event.kind), event);
        }
    }

    #[test]
    fn an_expired_table_is_said_and_time_goes_on() {
        let last = LEAP_DATA_EXPIRES + Span::from_seconds(-1);
        assert_eq!(leap_data_warning(last), None);
        assert!(leap_data_warning(LEAP_DATA_EXPIRES).unwrap().contains("expired"));
        assert_eq!(tai_utc_at(LEAP_DATA_EXPIRES), TAI_UTC_LATEST);
    }
}
