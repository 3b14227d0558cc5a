//! What is known of leap seconds: IERS Bulletin C, as far as it had been published.

use crate::{Timestamp, UtcOffset, UtcTime};

/// TAI - UTC since 2017-01-01.
pub const TAI_UTC_LATEST: UtcOffset = UtcOffset::new(37);

/// No leap second is announced before 2027-06-28T00:00:00Z (Bulletin C 72).
pub const LEAP_DATA_EXPIRES: UtcTime = UtcTime::new(Timestamp::new(1_814_140_800, 0));

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
