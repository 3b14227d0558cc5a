//! The texts of media options: rates, jumps and times of day.

use crate::labels::LockingStatus;

/// Synchronisation metadata of SMPTE ST 2059-2.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each field is the option of that name after smpte_")]
pub struct SmpteConfig {
    pub metadata: bool,
    /// Frames, per so many seconds.
    pub frame_rate: (u32, u32),
    pub locking_status: LockingStatus,
    pub drop_frame: bool,
    pub color_frame: bool,
    /// Nothing is `auto`.
    pub local_offset_s: Option<i32>,
    /// By how much, and at which second of our time.
    pub jump: Option<(i32, u64)>,
    /// Seconds after local midnight.
    pub daily_jam: Option<u32>,
    pub daylight_saving: bool,
}

/// FRAMES/SECONDS.
pub(crate) fn frame_rate(text: &str) -> Result<(u32, u32), String> {
    let (frames, seconds) = text.split_once('/').unwrap_or((text, "1"));
    let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
    number(frames).zip(number(seconds)).ok_or_else(|| {
        format!("{text} is no frame rate; frames per seconds are expected, as 25 or 30000/1001")
    })
}

/// HH:MM:SS, or nothing.
pub(crate) fn time_of_day(text: &str) -> Result<Option<u32>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<Option<u32>> = text.split(':').map(|part| part.parse().ok()).collect();
    match parts[..] {
        [Some(hour @ 0..24), Some(minute @ 0..60), Some(second @ 0..60)] => {
            Ok(Some(hour * 3_600 + minute * 60 + second))
        }
        _ => Err(format!("{text} is no time of day; 00:00:00 to 23:59:59 are expected")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_times_are_read_or_refused_with_what_is_expected() {
        assert_eq!(frame_rate("25"), Ok((25, 1)));
        assert_eq!(frame_rate("30000/1001"), Ok((30_000, 1_001)));
        for wrong in ["", "0", "25/0", "25/", "-25", "25.0", "4294967296/1"] {
            assert!(frame_rate(wrong).is_err(), "{wrong}");
        }
        assert_eq!(time_of_day(""), Ok(None));
        assert_eq!(time_of_day("02:00:01"), Ok(Some(7_201)));
        for wrong in ["24:00:00", "02:60:00", "02:00:60", "02:00", "2", "02:00:00:00"] {
            assert!(time_of_day(wrong).unwrap_err().contains("23:59:59"), "{wrong}");
        }
    }
}
