//! Numbers that look random: one independent stream for each purpose.

use rand_core::Rng as _;
use rand_pcg::Pcg64Mcg;

/// A stream of random numbers, determined by a seed and a label.
#[derive(Clone, Debug)]
pub struct Rng {
    core: Pcg64Mcg,
    /// The second of two Gaussian numbers that are made together.
    spare: Option<f64>,
}

impl Rng {
    /// The stream for this purpose. Streams of other seeds or labels are independent of it.
    pub fn new(seed: u64, label: &str) -> Rng {
        // FNV-1a over the label, then two rounds of mixing (Vigna's SplitMix64) for each half.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for octet in label.bytes() {
            hash = (hash ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let high = mixed(mixed(seed) ^ hash);
        let low = mixed(high ^ mixed(hash.wrapping_add(seed)));
        Rng { core: Pcg64Mcg::new(u128::from(high) << 64 | u128::from(low)), spare: None }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.core.next_u64()
    }

    /// At least 0 and below 1.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Below `limit`, or 0 if that is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(limit)) >> 64) as u64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Gaussian with mean 0 and variance 1, by the polar method.
    pub fn gauss(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = u * u + v * v;
            if square > 0.0 && square < 1.0 {
                let factor = libm::sqrt(-2.0 * libm::log(square) / square);
                self.spare = Some(v * factor);
                return u * factor;
            }
        }
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.uniform())
    }

    /// Gamma with shape `k` and scale 1 (Marsaglia and Tsang 2000). `k` is positive.
    pub fn gamma(&mut self, k: f64) -> f64 {
        if k < 1.0 {
            let power = libm::pow(1.0 - self.uniform(), 1.0 / k);
            return self.gamma(k + 1.0) * power;
        }
        let d = k - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.gauss();
            let v = 1.0 + c * x;
            let v = v * v * v;
            if v > 0.0
                && libm::log(1.0 - self.uniform()) < 0.5 * x * x + d * (1.0 - v + libm::log(v))
            {
                return d * v;
            }
        }
    }

    /// Pareto with this mean and tail exponent, which is above 1.
    pub fn pareto(&mut self, mean: f64, exponent: f64) -> f64 {
        let least = mean * (exponent - 1.0) / exponent;
        least * libm::pow(1.0 - self.uniform(), -1.0 / exponent)
    }
}

const fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean, variance and third central moment of so many draws.
    fn moments(mut draw: impl FnMut() -> f64) -> (f64, f64, f64) {
        let all: Vec<f64> = (0..200_000).map(|_| draw()).collect();
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let central = |power| all.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n;
        (mean, central(2), central(3))
    }

    fn near(found: (f64, f64, f64), expected: (f64, f64, f64), tolerance: f64) {
        assert!((found.0 - expected.0).abs() < tolerance, "{found:?} {expected:?}");
        assert!((found.1 - expected.1).abs() < 2.0 * tolerance, "{found:?} {expected:?}");
        assert!((found.2 - expected.2).abs() < 20.0 * tolerance, "{found:?} {expected:?}");
    }

    #[test]
    fn draws_have_the_moments_of_their_distribution() {
        let mut rng = Rng::new(7, "moments");
        near(moments(|| rng.uniform()), (0.5, 1.0 / 12.0, 0.0), 0.01);
        near(moments(|| rng.gauss()), (0.0, 1.0, 0.0), 0.01);
        near(moments(|| rng.exponential()), (1.0, 1.0, 2.0), 0.01);
        for k in [0.5, 1.0, 2.0, 4.0] {
            near(moments(|| rng.gamma(k)), (k, k, 2.0 * k), 0.03);
        }
        near(moments(|| rng.pareto(1.0, 6.0)), (1.0, 1.0 / 24.0, 0.0), 0.01);
    }

    #[test]
    fn streams_differ_by_seed_and_by_label_and_repeat() {
        let first = |seed, label| Rng::new(seed, label).bits();
        assert_eq!(first(1, "delay"), first(1, "delay"));
        assert_ne!(first(1, "delay"), first(2, "delay"));
        assert_ne!(first(1, "delay"), first(1, "clock"));
        let (mut a, mut b) = (Rng::new(1, "a"), Rng::new(1, "b"));
        let products = (0..100_000).map(|_| a.gauss() * b.gauss()).sum::<f64>() / 100_000.0;
        assert!(products.abs() < 0.01, "{products}");
    }

    #[test]
    fn below_reaches_every_number_and_no_more() {
        let mut rng = Rng::new(3, "below");
        let mut seen = [0; 5];
        (0..5_000).for_each(|_| seen[rng.below(5) as usize] += 1);
        assert!(seen.iter().all(|&count| (850..1150).contains(&count)), "{seen:?}");
        assert_eq!(rng.below(0), 0);
    }
}
