//! Who takes part, and how wrong each one's clock is at first.

use std::time::{Duration, SystemTime};

/// A daemon that takes part.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) role: &'static str,
    pub(super) priority1: u8,
    pub(super) follows_only: bool,
    pub(super) identity: String,
    /// How far ahead of the grandmaster's clock its own one starts.
    pub(super) offset_ns: i64,
    /// What is added to the system's time on top of that.
    pub(super) date_ns: i64,
    /// How much too fast its oscillator is.
    pub(super) rate_ppb: i64,
}

/// The first leads; when it is gone, the second does.
pub(super) const STANDBY: usize = 1;

/// No daemon leads to a time before it was made, but also a machine that does not know the date can
/// show the demonstration: then all clocks start on 2026-11-02.
const DATE_MIN: Duration = Duration::from_secs(1_793_577_600);

/// Something that is rarely the same.
pub(super) fn any_seed() -> u32 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    now.subsec_micros()
}

/// All of them, the same for the same seed.
pub(super) fn members(seed: u32) -> Vec<Member> {
    let mut draw = Draw(u64::from(seed));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let date_ns = i64::try_from(DATE_MIN.saturating_sub(now).as_nanos()).unwrap_or(0);
    let parts = [
        ("grandmaster", "leads until it is killed", 10, false),
        ("standby", "follows, then leads", 20, false),
        ("follower 1", "follows", 128, true),
        ("follower 2", "follows", 128, true),
    ];
    let member = |(i, (name, role, priority1, follows_only))| {
        let leads = i == 0;
        Member {
            name,
            role,
            priority1,
            follows_only,
            // Locally administered, and no two alike.
            identity: format!("02:5a:47:ff:fe:00:00:{:02x}", i + 1),
            offset_ns: if leads { 0 } else { draw.either(2_000_000_000, 20_000_000_000) },
            date_ns,
            rate_ppb: if leads { draw.either(100, 1_000) } else { draw.either(20_000, 90_000) },
        }
    };
    parts.into_iter().enumerate().map(member).collect()
}

/// A generator of numbers that look random (SplitMix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between `least` and `most`, or as much below zero.
    fn either(&mut self, least: i64, most: i64) -> i64 {
        let size = least + (self.next() % (most - least).unsigned_abs()).cast_signed();
        if self.next() & 1 == 0 { size } else { -size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_errors_and_all_are_worth_seeing() {
        let rates = |seed| members(seed).iter().map(|member| member.rate_ppb).collect::<Vec<_>>();

        assert_eq!(rates(7), rates(7));
        assert_ne!(rates(7), rates(8));
        for seed in 0..1000 {
            for member in &members(seed)[1..] {
                assert!((2_000_000_000..20_000_000_000).contains(&member.offset_ns.abs()));
                assert!((20_000..90_000).contains(&member.rate_ppb.abs()));
            }
        }
    }
}
