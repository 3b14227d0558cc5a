//! Against the closed form for Gaussian noise: nobody with linear estimates does better.
#![forbid(unsafe_code)]

mod world;

use servo::{Oscillator, Settings};
use world::{Jitter, Plan, World};

/// The time average of the clock's squared error under the best linear servo, with an exchange
/// every `t` seconds, a variance `r` of each and a random walk `q` of the frequency.
fn linear_limit(t: f64, r: f64, q: f64) -> f64 {
    let lambda = q * t * t * t / r;
    let z = (lambda.sqrt() + (16.0 + lambda / 3.0).sqrt()) / 2.0;
    let s = (z - (z * z - 4.0).max(0.0).sqrt()) / 2.0;
    let (a, b) = (1.0 - s * s, lambda.sqrt() * s);
    let p22 = r / (t * t) * (a * b / (1.0 - a) - lambda / 2.0);
    (a * r + b * r + t * t * p22 / 3.0 + q * t * t * t / 12.0).sqrt()
}

fn ratio(interval: f64, deviation: f64, oscillator: Oscillator) -> f64 {
    let mut sum = 0.0;
    let seeds = 6;
    for seed in 1..=seeds {
        let plan = Plan {
            down: Jitter::Gauss(deviation),
            up: Jitter::Gauss(deviation),
            interval,
            delay_interval: interval,
            rate: 2e-5,
            ..Plan::new(seed)
        };
        let mut world = World::new(plan, Settings { oscillator, ..Settings::default() });
        world.run(200.0 + 2000.0 * interval.max(0.5));
        let rms = world.since(200.0).rms;
        sum += rms / linear_limit(interval, deviation * deviation / 2.0, plan.wander);
    }
    sum / f64::from(seeds as u32)
}

#[test]
fn gaussian_noise_is_filtered_nearly_as_well_as_is_possible() {
    for oscillator in [Oscillator::Xo, Oscillator::Auto] {
        for (interval, deviation) in [(1.0, 10e-6), (1.0, 1e-6), (1.0, 100e-9), (1.0 / 16.0, 1e-6)]
        {
            let ratio = ratio(interval, deviation, oscillator);
            println!("{oscillator:?}, every {interval} s, {deviation} s: {ratio:.2} of the limit");
            assert!(ratio <= 1.5, "{ratio} with an exchange every {interval} s, {deviation} s");
        }
    }
}
