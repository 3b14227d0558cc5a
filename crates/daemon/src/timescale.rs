//! Which timescale our clock and a source's messages are on, and what lies between (7.2).
//!
//! The engine counts in the source's timescale. A virtual clock takes that over; the system's clock
//! counts UTC, so what lies between is added to its stamps.

use config::{ArbTimescale, ClockChoice, Config, ServerTimescale, VirtualTimescale};
use engine::TimeProperties;
use time::{Span, TAI_UTC_LATEST, Timescale, Timestamp, UtcTime, tai_utc_at};
use wire::{Flags, TimeSource};

/// No clock of ours is led to a time before this program was made: 2026-11-01T00:00:00Z.
pub(crate) const EARLIEST: Timestamp = Timestamp::new(1_793_491_200, 0);

/// The values of TAI - UTC that are believed; it was 10 s in 1972 and moves by a second a year.
const UTC_OFFSET_SANE: core::ops::RangeInclusive<i16> = 30..=50;

/// What following a source means for our clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Following {
    /// To be added to readings of the system's clock.
    pub(crate) scale: Span,
    /// What the stamps count then.
    pub(crate) timescale: Timescale,
    /// TAI - UTC in use.
    pub(crate) utc_offset: Option<i16>,
    /// Why the clock may not be moved, if it may not.
    pub(crate) refused: Option<&'static str>,
    /// What a person should know.
    pub(crate) warning: Option<&'static str>,
}

/// How to follow a source that says this of its time.
pub(crate) fn following(config: &Config, said: &TimeProperties, now: UtcTime) -> Following {
    let own = own_utc_offset(config, now);
    let announced = Some(said.utc_offset).filter(|offset| {
        said.flags.has(Flags::UTC_OFFSET_VALID) && UTC_OFFSET_SANE.contains(offset)
    });
    let offset = config.utc_offset.or(announced).unwrap_or(own);
    let plain = Following {
        scale: Span::ZERO,
        timescale: Timescale::Arb,
        utc_offset: None,
        refused: None,
        warning: None,
    };
    if said.is_ptp() {
        let moves_utc = config.clock != ClockChoice::Virtual;
        let unsure = announced.is_none() && config.utc_offset.is_none();
        return Following {
            scale: if moves_utc { Span::from_seconds(i64::from(offset)) } else { Span::ZERO },
            timescale: Timescale::Tai,
            utc_offset: Some(offset),
            warning: (unsure && moves_utc).then_some(
                "the source gives no valid UTC offset; the built-in leap second table is used \
                 (set utc_offset to choose)",
            ),
            ..plain
        };
    }
    match (config.clock, config.arb_timescale) {
        (ClockChoice::Virtual, _) => plain,
        (_, ArbTimescale::Tai) => Following {
            scale: Span::from_seconds(i64::from(offset)),
            timescale: Timescale::Tai,
            utc_offset: Some(offset),
            ..plain
        },
        (_, ArbTimescale::Utc) | (ClockChoice::Observe, _) => {
            Following { timescale: Timescale::Utc, ..plain }
        }
        (ClockChoice::System, ArbTimescale::Refuse) => Following {
            refused: Some(
                "the source announces an arbitrary timescale, which a system clock does not \
                 follow unless arb_timescale says what it counts (utc for a ptp4l with software \
                 stamps)",
            ),
            ..plain
        },
    }
}

/// What to add to the system's clock while we lead.
pub(crate) fn leading_scale(config: &Config, now: UtcTime) -> Span {
    match (config.clock, config.server_timescale) {
        (ClockChoice::Virtual, _) | (_, ServerTimescale::ArbUtc) => Span::ZERO,
        (_, ServerTimescale::Tai) => Span::from_seconds(i64::from(own_utc_offset(config, now))),
    }
}

/// What to say of our time when we lead; `learned` is what a virtual clock took over from its last
/// source.
pub(crate) fn leading(config: &Config, learned: Option<TimeProperties>) -> TimeProperties {
    let time_source = TimeSource(config.time_source);
    let plain = TimeProperties { flags: Flags(0), time_source, ..TimeProperties::UNKNOWN };
    match (config.clock, config.server_timescale) {
        (ClockChoice::Virtual, _) => match learned {
            // We know no longer whether a leap second is due, nor can we trace the time.
            Some(said) if said.is_ptp() => {
                let kept =
                    Flags(said.flags.0 & (Flags::PTP_TIMESCALE.0 | Flags::UTC_OFFSET_VALID.0));
                TimeProperties { utc_offset: said.utc_offset, flags: kept, time_source }
            }
            None if config.virtual_timescale == VirtualTimescale::Tai => tai(config, time_source),
            _ => plain,
        },
        (_, ServerTimescale::ArbUtc) => plain,
        (_, ServerTimescale::Tai) => tai(config, time_source),
    }
}

fn tai(config: &Config, time_source: TimeSource) -> TimeProperties {
    TimeProperties {
        utc_offset: config.utc_offset.unwrap_or(TAI_UTC_LATEST.seconds()),
        flags: Flags(Flags::PTP_TIMESCALE.0 | Flags::UTC_OFFSET_VALID.0),
        time_source,
    }
}

/// TAI - UTC where no source says.
pub(crate) fn own_utc_offset(config: &Config, now: UtcTime) -> i16 {
    config.utc_offset.unwrap_or_else(|| tai_utc_at(now).seconds())
}

#[cfg(test)]
mod tests {
    use config::check;

    use super::*;

    fn configured(lines: &str) -> Config {
        check("test", &format!("interfaces = [\"eth0\"]\n{lines}\n")).unwrap().0
    }

    fn now() -> UtcTime {
        UtcTime::new(EARLIEST)
    }

    fn said(flags: u16, utc_offset: i16) -> TimeProperties {
        TimeProperties { utc_offset, flags: Flags(flags), ..TimeProperties::UNKNOWN }
    }

    const TAI: u16 = Flags::PTP_TIMESCALE.0;
    const TAI_VALID: u16 = TAI | Flags::UTC_OFFSET_VALID.0;

    /// What is added to the stamps of the system's clock, the offset in use, and whether it may move.
    fn system(lines: &str, said: &TimeProperties) -> (i64, Option<i16>, bool, bool) {
        let following =
            following(&configured(&format!("clock = \"system\"\n{lines}")), said, now());
        let scale = following.scale.nanos() / 1_000_000_000;
        (scale, following.utc_offset, following.refused.is_none(), following.warning.is_some())
    }

    #[test]
    fn a_system_clock_follows_tai_by_the_offset_that_is_most_to_be_believed() {
        let cases = [
            ("", said(TAI_VALID, 38), (38, Some(38), true, false)),
            // Not said to be valid, or beyond belief: the table's.
            ("", said(TAI, 0), (37, Some(37), true, true)),
            ("", said(TAI_VALID, 0), (37, Some(37), true, true)),
            ("", said(TAI_VALID, i16::MIN), (37, Some(37), true, true)),
            // The operator's word is above all.
            ("utc_offset = 36", said(TAI_VALID, 38), (36, Some(36), true, false)),
        ];
        for (lines, said, expected) in cases {
            assert_eq!(system(lines, &said), expected, "{lines} {said:?}");
        }
    }

    #[test]
    fn a_system_clock_follows_an_arbitrary_timescale_only_as_told() {
        let arb = said(Flags::UTC_OFFSET_VALID.0, 37);
        assert_eq!(system("", &arb), (0, None, false, false));
        assert_eq!(system("arb_timescale = \"utc\"", &arb), (0, None, true, false));
        assert_eq!(system("arb_timescale = \"tai\"", &arb), (37, Some(37), true, false));
    }

    #[test]
    fn a_virtual_clock_takes_over_what_the_source_counts_and_leads_with_it() {
        let config = configured("clock = \"virtual\"");
        for (said, scale) in [(said(TAI_VALID, 38), Timescale::Tai), (said(0, 0), Timescale::Arb)] {
            let following = following(&config, &said, now());
            assert_eq!((following.scale, following.timescale), (Span::ZERO, scale));
            assert_eq!(following.refused, None);
        }
        let leap = Flags::LEAP61.0 | Flags::TIME_TRACEABLE.0;
        let learned = leading(&config, Some(said(TAI_VALID | leap, 38)));
        assert_eq!((learned.utc_offset, learned.flags), (38, Flags(TAI_VALID)));
    }

    #[test]
    fn a_system_clock_leads_with_tai_unless_told_to_send_its_utc() {
        let system = configured("clock = \"system\"");
        assert_eq!(leading_scale(&system, now()), Span::from_seconds(37));
        assert_eq!(leading(&system, None).flags, Flags(TAI_VALID));
        let utc = configured("clock = \"system\"\nserver_timescale = \"arb-utc\"");
        assert_eq!(leading_scale(&utc, now()), Span::ZERO);
        assert_eq!(leading(&utc, None).flags, Flags(0));
    }
}
