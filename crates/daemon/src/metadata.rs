//! What we say of frames, local time and jams as a leader in SMPTE ST 2059-2.

use config::{Config, LockingStatus as Configured, SmpteConfig};
use engine::{Delta, TimeProperties};
use time::{Mono, Timestamp};
use wire::{
    DaylightSaving, Flags, LeapSecondJump, LockingStatus, Seconds48, SynchronizationMetadata,
    TimeAddressFlags,
};

use crate::node::Node;

const DAY: i64 = 86_400;

/// A change of the local offset: by how much, when, and whether it is a leap second.
type Jump = (i32, i64, bool);

impl Node {
    /// Says the next jam and the new offset once the last ones are over.
    pub(crate) fn mind_metadata(&mut self, now: Mono) {
        let said = self.engine.time_properties(0);
        let metadata = metadata(&self.config, &said, self.clock.read());
        if self.engine.own_metadata(0) == metadata {
            return;
        }
        if let Err(error) = self.engine.apply(now, &Delta::Metadata { instance: 0, metadata }) {
            tracing::warn!("{error}");
        }
        self.drain(now);
    }
}

/// What to say at a moment of our clock, if anything; `said` is what we say of our time.
pub(crate) fn metadata(
    config: &Config,
    said: &TimeProperties,
    now: Timestamp,
) -> Option<SynchronizationMetadata> {
    let smpte = &config.smpte;
    if !smpte.metadata {
        return None;
    }
    let now = now.seconds();
    let utc_offset = if said.is_ptp() { i32::from(said.utc_offset) } else { 0 };
    let first = smpte.local_offset_s.unwrap_or(-utc_offset);
    let listed = smpte.jump.map(|(by, at)| (by, at as i64, false));
    let over = listed.filter(|(_, at, _)| *at <= now);
    let offset = first + over.map_or(0, |(by, ..)| by);
    let ahead = listed.filter(|_| over.is_none());
    let leap = leap(said, now);
    let next = match (ahead, leap) {
        (Some(ahead), Some(leap)) => Some(if leap.1 < ahead.1 { leap } else { ahead }),
        (ahead, leap) => ahead.or(leap),
    };
    let (next_jam, previous) = jams(smpte, now, (first, offset), next.or(over));
    let (previous_jam, previous_offset) = previous.unwrap_or((0, 0));
    let (jump_s, next_jump, is_leap) = next.unwrap_or((0, 0, false));
    Some(SynchronizationMetadata {
        frame_rate_numerator: smpte.frame_rate.0,
        frame_rate_denominator: smpte.frame_rate.1,
        locking_status: locking(smpte.locking_status, config.clock_class),
        time_address: TimeAddressFlags::default()
            .with(TimeAddressFlags::DROP_FRAME, smpte.drop_frame)
            .with(TimeAddressFlags::COLOR_FRAME, smpte.color_frame),
        local_offset_s: offset,
        jump_s,
        next_jump: seconds(next_jump),
        next_jam: seconds(next_jam.unwrap_or(0)),
        previous_jam: seconds(previous_jam),
        previous_jam_offset_s: previous_offset,
        daylight_saving: daylight(smpte, listed.is_some(), over.is_some()),
        leap_second_jump: LeapSecondJump::default().with(LeapSecondJump::LEAP_SECOND, is_leap),
    })
}

/// The leap second that we announce: local time falls back or skips ahead by one.
fn leap(said: &TimeProperties, now: i64) -> Option<Jump> {
    if !said.is_ptp() {
        return None;
    }
    let offset = i64::from(said.utc_offset);
    let midnight = ((now - offset).div_euclid(DAY) + 1) * DAY + offset;
    if said.flags.has(Flags::LEAP61) {
        Some((-1, midnight, true))
    } else if said.flags.has(Flags::LEAP59) {
        Some((1, midnight - 1, true))
    } else {
        None
    }
}

/// When time addresses start over next, and when they did with which local offset.
fn jams(
    smpte: &SmpteConfig,
    now: i64,
    (first, offset): (i32, i32),
    jump: Option<Jump>,
) -> (Option<i64>, Option<(i64, i32)>) {
    let Some(time) = smpte.daily_jam.map(i64::from) else { return (None, None) };
    // The last second up to `until` at which local time was `time`, with this offset.
    let last = |until: i64, offset: i32| until - (until + i64::from(offset) - time).rem_euclid(DAY);
    let next = last(now, offset) + DAY;
    let next = match jump {
        Some((by, at, _)) if at > now && at <= next => {
            let later = last(at - 1, offset + by) + DAY;
            if later < at { later + DAY } else { later }
        }
        _ => next,
    };
    let previous = last(now, offset);
    let previous = match jump {
        Some((_, at, _)) if at <= now && previous < at => (last(at - 1, first), first),
        _ => (previous, offset),
    };
    (Some(next), Some(previous))
}

const fn locking(configured: Configured, clock_class: u8) -> LockingStatus {
    match (configured, clock_class) {
        (Configured::NotInUse, _) => LockingStatus::NOT_IN_USE,
        (Configured::ColdLocking, _) => LockingStatus::COLD_LOCKING,
        (Configured::WarmLocking, _) => LockingStatus::WARM_LOCKING,
        (Configured::Locked, _) | (Configured::Auto, 6 | 13) => LockingStatus::LOCKED,
        (Configured::FreeRun | Configured::Auto, _) => LockingStatus::FREE_RUN,
    }
}

/// A listed jump ends or begins daylight saving time.
fn daylight(smpte: &SmpteConfig, listed: bool, over: bool) -> DaylightSaving {
    let before = smpte.daylight_saving;
    let after = if listed { !before } else { before };
    DaylightSaving::default()
        .with(DaylightSaving::CURRENT, if over { after } else { before })
        .with(DaylightSaving::NEXT, after)
        .with(DaylightSaving::PREVIOUS, before)
}

fn seconds(number: i64) -> Seconds48 {
    Seconds48(u64::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2027-01-15T08:00:00 of a clock that counts TAI; UTC is 37 s behind.
    const NOW: i64 = 1_800_000_000;

    fn at(lines: &str, flags: u16, now: i64) -> SynchronizationMetadata {
        let text = format!("interfaces = [\"eth0\"]\nsmpte_metadata = true\n{lines}\n");
        let (config, _) = config::check("test", &text).unwrap();
        let said = TimeProperties { flags: Flags(flags), ..TimeProperties::UNKNOWN };
        metadata(&config, &said, Timestamp::new(now, 0)).unwrap()
    }

    const TAI: u16 = Flags::PTP_TIMESCALE.0;

    #[test]
    fn local_time_is_utc_unless_it_is_given() {
        let said = at("", TAI, NOW);
        assert_eq!((said.local_offset_s, said.jump_s, said.next_jump.0), (-37, 0, 0));
        assert_eq!((said.frame_rate_numerator, said.frame_rate_denominator), (30_000, 1_001));
        assert_eq!((said.next_jam.0, said.previous_jam.0, said.previous_jam_offset_s), (0, 0, 0));
        assert_eq!(at("", 0, NOW).local_offset_s, 0);
        assert_eq!(at("smpte_local_offset_s = 3563", TAI, NOW).local_offset_s, 3_563);
    }

    #[test]
    fn a_daily_jam_is_at_its_local_time() {
        // Local time is UTC + 1 h: 08:59:23 now, so 02:00:00 was 25 163 s ago.
        let said = at("smpte_local_offset_s = 3563\nsmpte_daily_jam = \"02:00:00\"", TAI, NOW);
        assert_eq!(said.previous_jam.0, (NOW - 25_163) as u64);
        assert_eq!(said.next_jam.0, (NOW - 25_163 + 86_400) as u64);
        assert_eq!(said.previous_jam_offset_s, 3_563);
        let jam = said.next_jam.0 as i64;
        for (now, next) in [(jam - 1, jam), (jam, jam + 86_400)] {
            let lines = "smpte_local_offset_s = 3563\nsmpte_daily_jam = \"02:00:00\"";
            assert_eq!(at(lines, TAI, now).next_jam.0, next as u64);
        }
    }

    #[test]
    fn a_jump_moves_the_offset_and_the_jams_after_it() {
        // 2027-03-28T01:00:37 of our time is 01:00:00 UTC: summer time begins in Europe.
        let jump = 1_806_195_637;
        let lines = "smpte_local_offset_s = 3563\nsmpte_daily_jam = \"12:00:00\"\n\
                     smpte_jump = \"3600@2027-03-28T01:00:37\"";
        let before = at(lines, TAI, jump - 10);
        assert_eq!((before.local_offset_s, before.jump_s), (3_563, 3_600));
        assert_eq!(before.next_jump.0, jump as u64);
        // Noon is ten hours after 02:00 that is called 03:00, less one: 10:00 UTC, 11:00 before.
        assert_eq!(before.next_jam.0, (jump + 9 * 3_600) as u64);
        assert_eq!(before.previous_jam.0, (jump - 14 * 3_600) as u64);
        assert_eq!(before.daylight_saving, DaylightSaving::NEXT);
        let after = at(lines, TAI, jump);
        assert_eq!((after.local_offset_s, after.jump_s, after.next_jump.0), (7_163, 0, 0));
        assert_eq!(after.next_jam.0, (jump + 9 * 3_600) as u64);
        assert_eq!(after.previous_jam.0, (jump - 14 * 3_600) as u64);
        assert_eq!(after.previous_jam_offset_s, 3_563);
        let both = DaylightSaving(DaylightSaving::CURRENT.0 | DaylightSaving::NEXT.0);
        assert_eq!(after.daylight_saving, both);
    }

    #[test]
    fn a_leap_second_is_a_jump_of_local_time_at_the_end_of_the_utc_day() {
        let midnight = (NOW - 37) / 86_400 * 86_400 + 86_400 + 37;
        let said = at("", TAI | Flags::LEAP61.0, NOW);
        assert_eq!((said.jump_s, said.next_jump.0), (-1, midnight as u64));
        assert_eq!(said.leap_second_jump, LeapSecondJump::LEAP_SECOND);
        let said = at("", TAI | Flags::LEAP59.0, NOW);
        assert_eq!((said.jump_s, said.next_jump.0), (1, midnight as u64 - 1));
    }

    #[test]
    fn the_locking_status_follows_the_class() {
        for (lines, status) in [
            ("clock_class = 6", LockingStatus::LOCKED),
            ("clock_class = 13", LockingStatus::LOCKED),
            ("clock_class = 7", LockingStatus::FREE_RUN),
            ("", LockingStatus::FREE_RUN),
            ("smpte_locking_status = \"warm-locking\"", LockingStatus::WARM_LOCKING),
            ("smpte_locking_status = \"not-in-use\"", LockingStatus::NOT_IN_USE),
        ] {
            assert_eq!(at(lines, TAI, NOW).locking_status, status, "{lines}");
        }
    }
}
