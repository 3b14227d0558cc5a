//! The arithmetic against closed forms and published tables.
#![forbid(unsafe_code)]

use proptest::prelude::*;
use time::{LogInterval, Rate, Span, TAI_UTC_LATEST, Timestamp, UtcTime, tai_utc_at};

#[test]
fn a_timestamp_splits_into_seconds_nanoseconds_and_fraction() {
    let time = Timestamp::new(1_700_000_000, 999_999_999) + Span::from_scaled(0x8000);
    assert_eq!(time.seconds(), 1_700_000_000);
    assert_eq!(time.subsec_nanos(), 999_999_999);
    assert_eq!(time.fraction(), Span::from_scaled(0x8000));
    assert_eq!(time.to_string(), "1700000000.999999999");
}

#[test]
fn before_the_epoch_the_nanoseconds_stay_positive() {
    let time = Timestamp::ZERO - Span::NANOSECOND;
    assert_eq!((time.seconds(), time.subsec_nanos()), (-1, 999_999_999));
}

#[test]
fn the_example_of_the_standard_scales_to_its_interval() {
    // 2.5 ns is 0x0000_0000_0002_8000 (IEEE 1588, 5.3.2).
    assert_eq!(Span::from_interval(0x2_8000).to_string(), "2.500 ns");
    assert_eq!(Span::SECOND.times(1_000_000).to_interval(), i64::MAX);
}

#[test]
fn leap_seconds_agree_with_bulletin_c() {
    let at = |seconds| tai_utc_at(UtcTime::new(Timestamp::new(seconds, 0))).seconds();
    assert_eq!(at(1_483_228_799), 36);
    assert_eq!(at(1_483_228_800), 37);
    assert_eq!(at(915_148_799), 31);
    assert_eq!(at(915_148_800), 32);
    assert_eq!(at(63_072_000), 10);
    assert_eq!(at(1_795_226_935), TAI_UTC_LATEST.seconds());
}

#[test]
fn intervals_are_powers_of_two() {
    assert_eq!(LogInterval::new(-7).duration().as_nanos(), 7_812_500);
    assert_eq!(LogInterval::new(4).duration().as_secs(), 16);
    assert_eq!(LogInterval::new(i8::MAX).duration().as_secs(), 1 << 22);
}

#[test]
fn a_rate_of_100_ppm_stretches_a_second_by_100_microseconds() {
    let rate = Rate::from_spans(Span::from_nanos(1_000_100_000), Span::SECOND).unwrap();
    let error = rate.of(Span::SECOND) - Span::from_nanos(1_000_100_000);
    assert!(error.abs() <= Span::from_scaled(1));
    assert_eq!(rate.scaled_offset(), (1e-4 * 2f64.powi(41)) as i32);
}

proptest! {
    #[test]
    fn a_rate_of_one_changes_nothing(scaled in -(1i128 << 90)..(1i128 << 90)) {
        prop_assert_eq!(Rate::ONE.of(Span::from_scaled(scaled)), Span::from_scaled(scaled));
    }

    #[test]
    fn the_rate_of_two_spans_carries_one_to_the_other(over in 1i64.., under in 1i64..) {
        let (over, under) = (Span::from_nanos(over), Span::from_nanos(under));
        if let Some(rate) = Rate::from_spans(over, under) {
            let error = (rate.of(under) - over).abs().scaled();
            // Of the longer span 61 bits are kept, so the shorter has at least 60, and both are cut.
            prop_assert!(error <= (under.scaled() >> 58) + 2);
        } else {
            prop_assert!(over.scaled() >= under.scaled() * 2 || over.scaled() < under.scaled() >> 62);
        }
    }
}

proptest! {
    #[test]
    fn seconds_and_nanoseconds_make_up_the_time_in_every_century(
        seconds in -(1_i64 << 48)..1 << 48,
        nanos in 0_u32..1_000_000_000,
    ) {
        let time = Timestamp::new(seconds, nanos);
        prop_assert_eq!((time.seconds(), time.subsec_nanos()), (seconds, nanos));
    }
}
