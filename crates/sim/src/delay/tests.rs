use super::*;

fn assert_moments(shape: &Shape, interval_s: f64, tolerance: f64) {
    let mut delay = Delay::new(5e-5, shape.clone());
    let mut rng = Rng::new(17, "delay");
    let n = 400_000;
    let draws: Vec<f64> = (0..n).map(|k| delay.draw(&mut rng, f64::from(k) * interval_s)).collect();
    let mean = draws.iter().sum::<f64>() / f64::from(n);
    let square = draws.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / f64::from(n);
    let (sd, expected) = (square.sqrt(), delay.sd());
    let tolerance = tolerance * expected + 1e-15;
    assert!((mean - delay.mean()).abs() <= tolerance, "{shape:?}: mean {mean:e}");
    assert!((sd - expected).abs() <= tolerance, "{shape:?}: sd {sd:e} {expected:e}");
}

#[test]
fn draws_have_the_mean_and_deviation_of_the_closed_form() {
    let sd = 1e-6;
    for shape in [
        Shape::Constant,
        Shape::Gaussian { sd },
        Shape::Exponential { mean: sd },
        Shape::Gamma { k: 2.0, sd },
        Shape::Gamma { k: 4.0, sd },
        Shape::Gamma { k: 0.7, sd },
        Shape::Burst { sd },
        Shape::Mixture { sd },
        Shape::Hops { count: 5, busy: 0.3, frame_s: 2.5 * sd },
        Shape::Hops { count: 10, busy: 0.8, frame_s: 12.2e-6 },
        Shape::Discrete { values: vec![(0.0, 1.0), (3e-6, 2.0), (9e-6, 1.0)] },
    ] {
        assert_moments(&shape, 1.0, 0.02);
    }
}

#[test]
fn loads_that_last_have_them_over_a_long_time() {
    for shape in [
        Shape::OnOff { on_s: 5.0, off_s: 10.0, busy: 0.7, mean: 5e-5 },
        Shape::Correlated { count: 5, frame_s: 1.22e-5, load: 0.3, load_sd: 0.2, time_s: 3.0 },
        Shape::Correlated { count: 3, frame_s: 1.22e-5, load: 0.9, load_sd: 0.0, time_s: 3.0 },
        Shape::Drifting { low: 1e-6, high: 2e-5, period_s: 1_000.0 },
        Shape::Radio { on_s: 2.0, off_s: 5.0, retry: [0.05, 0.6], airtime_s: 6e-5 },
    ] {
        assert_moments(&shape, 1.0, 0.03);
    }
}

#[test]
fn a_self_similar_load_has_them_roughly() {
    for tail in [1.5, 1.8] {
        let shape = Shape::SelfSimilar {
            sources: 10,
            on_s: 1.0,
            off_s: 3.0,
            tail,
            peak: 0.9,
            frame_s: 1.22e-5,
        };
        assert_moments(&shape, 1.0, 0.1);
    }
}

#[test]
fn bursts_follow_the_reference_experiment() {
    // One in 40 frames begins a load and one in 20 ends it: runs of 20, a third of all.
    let mut delay = Delay::new(0.0, Shape::Burst { sd: 1.0 });
    let mut rng = Rng::new(2, "burst");
    let slow = (0..300_000).filter(|_| delay.draw(&mut rng, 0.0) > 0.1).count();
    let expected = 300_000.0 / 3.0 * (-0.1_f64 / 1.5).exp();
    assert!((slow as f64 / expected - 1.0).abs() < 0.03, "{slow} {expected}");
}

#[test]
fn load_that_wanders_is_correlated_in_time_and_forgets() {
    let shape =
        Shape::Correlated { count: 20, frame_s: 1.0, load: 0.5, load_sd: 0.2, time_s: 10.0 };
    let correlation = |lag: usize| {
        let mut delay = Delay::new(0.0, shape.clone());
        let mut rng = Rng::new(3, "wander");
        let all: Vec<f64> =
            (0..100_000).map(|k| delay.draw(&mut rng, f64::from(k)) - delay.mean()).collect();
        all.windows(lag + 1).map(|w| w[0] * w[lag]).sum::<f64>() / all.len() as f64
    };
    let (near, half, far) = (correlation(1), correlation(7), correlation(80));
    assert!(near > 1.5 * half && half > 10.0 * far.abs(), "{near} {half} {far}");
}
