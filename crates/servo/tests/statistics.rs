//! Statistics against published tables and closed forms.
#![forbid(unsafe_code)]

use servo::statistics::mask::{self, Class};
use servo::statistics::{Frequency, Moments, Quantiles, Stability, Wander, batch};

/// Phases of frequencies one second apart.
fn phases(frequencies: &[f64]) -> Vec<f64> {
    let mut phase = vec![0.0];
    phase.extend(frequencies.iter().scan(0.0, |sum, frequency| {
        *sum += frequency;
        Some(*sum)
    }));
    phase
}

/// NIST SP 1065, section 12.1: nine frequencies of NBS Monograph 140, annex 8.E.
fn nine() -> Vec<f64> {
    phases(&[892.0, 809.0, 823.0, 798.0, 671.0, 644.0, 883.0, 903.0, 677.0])
}

/// NIST SP 1065, section 12.4: a thousand frequencies that look random.
fn thousand() -> Vec<f64> {
    look_random(1000)
}

fn look_random(count: usize) -> Vec<f64> {
    let numbers =
        core::iter::successors(Some(1_234_567_890u64), |n| Some(16_807 * n % 0x7fff_ffff));
    let frequencies: Vec<f64> = numbers.take(count).map(|n| n as f64 / 2_147_483_647.0).collect();
    phases(&frequencies)
}

fn near(value: Option<f64>, published: f64) {
    let value = value.unwrap();
    assert!((value / published - 1.0).abs() < 1e-6, "{value} instead of {published}");
}

#[test]
fn the_nine_point_set_gives_the_published_deviations() {
    // NIST SP 1065, table 30; seven digits.
    let phase = nine();
    for (m, adev, mdev, tdev, hdev) in
        [(1, 91.22945, 91.22945, 52.67135, 70.80607), (2, 85.95287, 74.78849, 86.35831, 85.61487)]
    {
        near(batch::adev(&phase, 1.0, m), adev);
        near(batch::mdev(&phase, 1.0, m), mdev);
        near(batch::tdev(&phase, 1.0, m), tdev);
        near(batch::hdev(&phase, 1.0, m), hdev);
    }
}

#[test]
fn the_thousand_point_set_gives_the_published_deviations() {
    // NIST SP 1065, table 31.
    let phase = thousand();
    for (m, adev, mdev, tdev, hdev) in [
        (1, 2.922319e-1, 2.922319e-1, 1.687202e-1, 2.943883e-1),
        (10, 9.159953e-2, 6.172376e-2, 3.563623e-1, 9.581083e-2),
        (100, 3.241343e-2, 2.170921e-2, 1.253382, 3.237638e-2),
    ] {
        near(batch::adev(&phase, 1.0, m), adev);
        near(batch::mdev(&phase, 1.0, m), mdev);
        near(batch::tdev(&phase, 1.0, m), tdev);
        near(batch::hdev(&phase, 1.0, m), hdev);
    }
}

#[test]
fn the_stream_gives_the_published_deviations_at_the_shortest_time() {
    let mut stability = Stability::new(1.0);
    thousand().iter().for_each(|phase| stability.add(*phase));
    let shortest = stability.at(0).unwrap();
    near(Some(shortest.adev), 2.922319e-1);
    near(Some(shortest.mdev), 2.922319e-1);
    near(Some(shortest.tdev), 1.687202e-1);
}

#[test]
fn a_stream_equals_the_batch_up_to_eight_and_is_near_it_above() {
    let phase = look_random(20_000);
    let mut stability = Stability::new(0.5);
    phase.iter().for_each(|phase| stability.add(*phase));
    for (octave, at) in stability.all().take(11).enumerate() {
        let m = 1 << octave;
        let adev = batch::adev(&phase, 0.5, m).unwrap();
        let mdev = batch::mdev(&phase, 0.5, m).unwrap();
        let tdev = batch::tdev(&phase, 0.5, m).unwrap();
        let most = if m <= 8 { 1e-9 } else { 0.08 };
        for (stream, whole) in [(at.adev, adev), (at.mdev, mdev), (at.tdev, tdev)] {
            assert!((stream / whole - 1.0).abs() < most, "{m}: {stream} {whole}");
        }
    }
    assert!(stability.all().count() >= 13);
}

#[test]
fn white_phase_noise_falls_as_theory_says() {
    // ADEV sqrt(3) s / tau; MDEV sqrt(3) s tau0^1/2 tau^-3/2 (NIST SP 1065, table 2 and 5.2.5).
    let mut stability = Stability::new(1.0);
    let mut n = 12_345u64;
    let mut sum = 0.0;
    for i in 0..12 * 40_000 {
        n = 16_807 * n % 0x7fff_ffff;
        sum += n as f64 / 2_147_483_647.0 - 0.5;
        if i % 12 == 11 {
            stability.add(sum);
            sum = 0.0;
        }
    }
    for at in stability.all().take(9) {
        let root = 3f64.sqrt();
        assert!((at.adev * at.tau / root - 1.0).abs() < 0.05, "{at:?}");
        assert!((at.mdev * at.tau.powf(1.5) / root - 1.0).abs() < 0.12, "{at:?}");
    }
}

#[test]
fn the_largest_interval_of_a_stream_is_bracketed_by_the_exact_one() {
    let mut phase = thousand();
    for (i, x) in phase.iter_mut().enumerate() {
        *x -= 0.5 * i as f64;
    }
    let mut wander = Wander::new(1.0);
    phase.iter().for_each(|phase| wander.add(*phase));
    for (octave, at) in wander.all().enumerate() {
        let m = 1usize << octave;
        let exact = batch::mtie(&phase, m).unwrap();
        if m <= 8 {
            assert_eq!(at.mtie.to_bits(), exact.to_bits());
        } else {
            let shorter = batch::mtie(&phase, m * 7 / 8).unwrap();
            assert!(shorter <= at.mtie && at.mtie <= exact, "{m}: {} {exact}", at.mtie);
        }
    }
    assert!(wander.all().count() >= 9);
}

#[test]
fn the_largest_interval_of_a_ramp_and_of_a_step_is_known() {
    let ramp: Vec<f64> = (0..100).map(|i| 3.0 * f64::from(i)).collect();
    let mut step = vec![0.0; 50];
    step.resize(100, 7.0);
    for m in [1, 2, 4, 16, 32] {
        near(batch::mtie(&ramp, m), 3.0 * m as f64);
        near(batch::mtie(&step, m), 7.0);
    }
    assert_eq!(batch::mtie(&step, 100), None);
}

#[test]
fn moments_survive_a_large_mean() {
    let mut moments = Moments::new();
    for value in [4.0, 7.0, 13.0, 16.0] {
        moments.add(1e9 + value);
    }
    near(moments.mean(), 1e9 + 10.0);
    near(moments.deviation(), 30f64.sqrt());
    assert_eq!((moments.min(), moments.max()), (Some(1e9 + 4.0), Some(1e9 + 16.0)));
    let mut signed = Moments::new();
    [3.0, -4.0, f64::NAN].iter().for_each(|value| signed.add(*value));
    near(signed.rms(), 12.5f64.sqrt());
    assert_eq!(signed.count(), 2);
    assert_eq!(Moments::new().mean(), None);
}

#[test]
fn percentiles_are_within_one_per_cent() {
    let mut quantiles = Quantiles::new();
    let mut values: Vec<f64> = Vec::new();
    for phase in thousand().windows(2).map(|pair| pair[1] - pair[0]) {
        // Over eight decades.
        let value = 1e-10 * 10f64.powf(8.0 * phase);
        values.push(value);
        quantiles.add(if values.len().is_multiple_of(2) { value } else { -value });
    }
    values.sort_by(f64::total_cmp);
    for share in [0.0, 0.5, 0.95, 0.99, 0.999, 1.0] {
        let rank = ((share * 1000.0f64).ceil() as usize).max(1);
        let (found, exact) = (quantiles.at(share).unwrap(), values[rank - 1]);
        assert!((found / exact - 1.0).abs() < 0.010_001, "{share}: {found} {exact}");
    }
    quantiles.add(1e9);
    assert!(quantiles.at(1.0).unwrap() > 900.0);
    quantiles.add(f64::NAN);
    assert_eq!((quantiles.count(), Quantiles::new().at(0.5)), (1001, None));
}

#[test]
fn the_mean_frequency_is_the_slope_and_its_deviation_covers() {
    // Var(slope) = s^2 / sum of (t - mean t)^2; 200 lines of 100 points.
    let mut n = 99u64;
    let mut worst = Moments::new();
    for line in 0..200 {
        let mut frequency = Frequency::new();
        for i in 0..100 {
            n = 16_807 * n % 0x7fff_ffff;
            let noise = n as f64 / 2_147_483_647.0 - 0.5;
            let time = 1e6 + f64::from(i);
            frequency.add(time, 1e-3 * time + noise + f64::from(line));
        }
        let offset = frequency.offset().unwrap();
        worst.add((offset.rate - 1e-3) / offset.deviation);
    }
    assert!((worst.rms().unwrap() - 1.0).abs() < 0.15, "{worst:?}");
    assert_eq!(Frequency::new().offset(), None);
}

#[test]
fn masks_are_ordered_and_end() {
    assert_eq!(mask::mtie(Class::A, 100.0), Some(40.0 * 1e-9));
    assert_eq!(mask::tdev(Class::C, 1000.0), Some(2.0 * 1e-9));
    assert_eq!(mask::mtie(Class::A, 1001.0), None);
    assert_eq!(mask::total_filtered(Class::D), Some(5.0 * 1e-9));
    let mut last = (f64::MAX, f64::MAX, f64::MAX);
    for class in &Class::ALL[..3] {
        let total = mask::total(*class).unwrap();
        let constant = mask::constant(*class).unwrap();
        let fast = mask::high_frequency(*class).unwrap();
        assert!(total < last.0 && constant < last.1 && fast <= last.2, "{class:?}");
        last = (total, constant, fast);
    }
}

#[test]
fn statistics_do_not_allocate() {
    let (mut moments, mut quantiles) = (Moments::new(), Quantiles::new());
    let (mut stability, mut wander) = (Stability::new(1.0), Wander::new(1.0));
    let allocations = allocation_counter::measure(|| {
        for i in 0..10_000 {
            let value = f64::from(i % 97) * 1e-9;
            moments.add(value);
            quantiles.add(value);
            stability.add(value);
            wander.add(value);
        }
        assert!(stability.all().count() > 10 && wander.all().count() > 10);
        assert!(quantiles.at(0.99).is_some() && moments.rms().is_some());
    });
    assert_eq!(allocations.count_total, 0);
}
