//! Oscillators: how far a free-running clock gets from the truth.
//!
//! Phase is what the oscillator gains on true time, in seconds; a positive rate runs fast. Each
//! process is drawn with its exact covariance over any step, so that nothing depends on how long
//! the steps are but the numbers that are drawn.

use crate::rng::Rng;

const DAY_S: f64 = 86_400.0;
/// Correlation times of the parts that make flicker: 10^-1 s to 10^5 s.
const FLICKER_PARTS: usize = 7;
const FLICKER_FIRST_S: f64 = 0.1;

/// What an oscillator is; zero switches a part off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OscillatorSettings {
    /// The fractional frequency error at the start.
    pub rate: f64,
    /// White frequency noise: q_x in s, the square of the Allan deviation at 1 s (h_0 / 2).
    pub white: f64,
    /// Random walk of the frequency: q_y in 1/s (2 pi^2 h_-2).
    pub wander: f64,
    /// Flicker of the frequency: the Allan deviation of its floor, from about 1 s to 10^5 s.
    pub flicker: f64,
    /// Ageing: growth of the fractional frequency in 1/s.
    pub ageing: f64,
    /// Frequency error for each kelvin, its square and its cube off the reference temperature.
    pub temperature: [f64; 3],
    /// How long the oscillator takes to follow a change of the temperature outside, in s.
    pub thermal_lag_s: f64,
}

impl OscillatorSettings {
    /// A plain crystal: Allan deviation 1e-9 at 1 s, 5e-7/K.
    pub const XO: OscillatorSettings = OscillatorSettings {
        rate: 0.0,
        white: 1e-18,
        wander: 1e-18,
        flicker: 3e-10,
        ageing: 1e-8 / DAY_S,
        temperature: [5e-7, 0.0, 0.0],
        thermal_lag_s: 30.0,
    };

    /// Temperature compensated: 3e-10 at 1 s, 5e-8/K.
    pub const TCXO: OscillatorSettings = OscillatorSettings {
        white: 9e-20,
        wander: 1e-22,
        flicker: 1e-10,
        ageing: 2e-9 / DAY_S,
        temperature: [5e-8, 0.0, 0.0],
        thermal_lag_s: 60.0,
        ..OscillatorSettings::XO
    };

    /// In an oven: 1e-11 at 1 s, 1e-10/K, ageing of 2e-10 a day.
    pub const OCXO: OscillatorSettings = OscillatorSettings {
        white: 1e-22,
        wander: 1e-26,
        flicker: 3e-12,
        ageing: 2e-10 / DAY_S,
        temperature: [1e-10, 0.0, 0.0],
        thermal_lag_s: 300.0,
        ..OscillatorSettings::XO
    };

    /// Rubidium: 1e-11 at 1 s, 1e-12/K, ageing of 1e-12 a day.
    pub const RUBIDIUM: OscillatorSettings = OscillatorSettings {
        white: 1e-22,
        wander: 1e-30,
        flicker: 1e-13,
        ageing: 1e-12 / DAY_S,
        temperature: [1e-12, 0.0, 0.0],
        thermal_lag_s: 300.0,
        ..OscillatorSettings::XO
    };

    /// A perfect one.
    pub const PERFECT: OscillatorSettings = OscillatorSettings {
        rate: 0.0,
        white: 0.0,
        wander: 0.0,
        flicker: 0.0,
        ageing: 0.0,
        temperature: [0.0; 3],
        thermal_lag_s: 0.0,
    };

    /// Two-state noise alone, as the closed form of the linear limit has it.
    pub const fn two_state(white: f64, wander: f64) -> OscillatorSettings {
        OscillatorSettings { white, wander, ..OscillatorSettings::PERFECT }
    }
}

/// An oscillator under way.
#[derive(Clone, Debug)]
pub struct Oscillator {
    settings: OscillatorSettings,
    /// Without flicker and temperature.
    rate: f64,
    flicker: Option<Box<[f64; FLICKER_PARTS]>>,
    /// Kelvin off the reference temperature: outside, and of the crystal.
    ambient: f64,
    crystal: f64,
}

impl Oscillator {
    /// An oscillator at its reference temperature, with its flicker as after a long time.
    pub fn new(settings: OscillatorSettings, rng: &mut Rng) -> Oscillator {
        let deviation = libm::sqrt(flicker_variance(settings.flicker));
        let flicker = (settings.flicker > 0.0)
            .then(|| Box::new(core::array::from_fn(|_| deviation * rng.gauss())));
        Oscillator { settings, rate: settings.rate, flicker, ambient: 0.0, crystal: 0.0 }
    }

    /// From now on it is this many kelvin off the reference temperature outside.
    pub const fn set_ambient(&mut self, kelvin: f64) {
        self.ambient = kelvin;
    }

    /// How many kelvin it is off the reference temperature outside.
    pub const fn ambient(&self) -> f64 {
        self.ambient
    }

    /// Its frequency jumps by this fraction.
    pub fn jump(&mut self, rate: f64) {
        self.rate += rate;
    }

    /// The fractional frequency error now, without white noise.
    pub fn rate(&self) -> f64 {
        let [a1, a2, a3] = self.settings.temperature;
        let t = self.crystal;
        let flicker = self.flicker.as_ref().map_or(0.0, |parts| parts.iter().sum());
        self.rate + flicker + t * (a1 + t * (a2 + t * a3))
    }

    /// Lets `h` seconds of true time pass and returns the phase that it gained, in seconds.
    ///
    /// `Cov[phase, rate] = [[q_x h + q_y h^3/3, q_y h^2/2], [q_y h^2/2, q_y h]]`.
    pub fn advance(&mut self, h: f64, rng: &mut Rng) -> f64 {
        if h <= 0.0 {
            return 0.0;
        }
        let OscillatorSettings { white, wander, ageing, .. } = self.settings;
        let mut gained = h * (self.rate + 0.5 * ageing * h);
        self.rate += ageing * h;
        if white > 0.0 {
            gained += libm::sqrt(white * h) * rng.gauss();
        }
        if wander > 0.0 {
            let (first, second) = (rng.gauss(), rng.gauss());
            let deviation = libm::sqrt(wander * h);
            gained += deviation * h * (first * 0.5 + second * 0.288_675_134_594_812_9);
            self.rate += deviation * first;
        }
        gained + self.flickers(h, rng) + self.warms(h)
    }

    /// A sum of Ornstein-Uhlenbeck processes, one for each decade of correlation times.
    fn flickers(&mut self, h: f64, rng: &mut Rng) -> f64 {
        let variance = flicker_variance(self.settings.flicker);
        let Some(parts) = &mut self.flicker else { return 0.0 };
        let mut gained = 0.0;
        let mut lag = FLICKER_FIRST_S;
        for part in parts.iter_mut() {
            let a = h / lag;
            let e = libm::exp(-a);
            let lost = -libm::expm1(-a);
            // Of the rate, of both, and of the phase given the rate, in units of the variance.
            let of_rate = lost * (1.0 + e);
            let of_both = lost * lost;
            let of_phase = integral_variance(a, e) - of_both * of_both / of_rate;
            let kick = libm::sqrt(variance * of_rate) * rng.gauss();
            gained += *part * lag * lost
                + lag * of_both / of_rate * kick
                + lag * libm::sqrt(variance * of_phase.max(0.0)) * rng.gauss();
            *part = *part * e + kick;
            lag *= 10.0;
        }
        gained
    }

    /// The crystal follows the temperature outside exponentially; the integral of its polynomial.
    fn warms(&mut self, h: f64) -> f64 {
        let [a1, a2, a3] = self.settings.temperature;
        let lag = self.settings.thermal_lag_s;
        let (a, b) = (self.ambient, self.crystal - self.ambient);
        if a == 0.0 && b == 0.0 {
            return 0.0;
        }
        let over = |n: f64| if lag > 0.0 { -lag / n * libm::expm1(-n * h / lag) } else { 0.0 };
        let (i1, i2, i3) = (over(1.0), over(2.0), over(3.0));
        let e = if lag > 0.0 { libm::exp(-h / lag) } else { 0.0 };
        self.crystal = a + b * e;
        a1 * (a * h + b * i1)
            + a2 * (a * a * h + 2.0 * a * b * i1 + b * b * i2)
            + a3 * (a * a * a * h + 3.0 * a * a * b * i1 + 3.0 * a * b * b * i2 + b * b * b * i3)
    }
}

/// The variance of each part for this floor of the Allan deviation.
///
/// Parts of variance v at correlation times a decade apart have the spectrum v / (f ln 10), and
/// flicker of the level h_-1 has the Allan variance 2 ln 2 h_-1.
fn flicker_variance(floor: f64) -> f64 {
    floor * floor * core::f64::consts::LN_10 / (2.0 * core::f64::consts::LN_2)
}

/// Of the integral of an Ornstein-Uhlenbeck process over `a` correlation times, in units of its
/// variance and the square of its correlation time: 2a - 3 + 4e^-a - e^-2a.
fn integral_variance(a: f64, e: f64) -> f64 {
    if a < 0.05 {
        return a * a * a * (2.0 / 3.0 - a * (0.5 - a * (7.0 / 30.0 - a / 12.0)));
    }
    2.0 * a - 3.0 + 4.0 * e - e * e
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The overlapping Allan deviation of phases that are `h` apart, over `n` of them.
    fn allan(phase: &[f64], h: f64, n: usize) -> f64 {
        let second = |k: usize| phase[k + 2 * n] - 2.0 * phase[k + n] + phase[k];
        let count = phase.len() - 2 * n;
        let sum: f64 = (0..count).map(|k| second(k) * second(k)).sum();
        (sum / (2.0 * count as f64)).sqrt() / (n as f64 * h)
    }

    fn phases(settings: OscillatorSettings, h: f64, count: usize) -> Vec<f64> {
        let mut rng = Rng::new(11, "oscillator");
        let mut oscillator = Oscillator::new(settings, &mut rng);
        let mut phase = 0.0;
        (0..count)
            .map(|_| {
                phase += oscillator.advance(h, &mut rng);
                phase
            })
            .collect()
    }

    fn assert_near(found: f64, expected: f64, share: f64) {
        assert!((found / expected - 1.0).abs() < share, "{found:e} instead of {expected:e}");
    }

    #[test]
    fn white_noise_has_its_allan_deviation_at_any_step() {
        for h in [0.1, 1.0, 7.0] {
            let phase = phases(OscillatorSettings::two_state(1e-18, 0.0), h, 100_000);
            assert_near(allan(&phase, h, 10), (1e-18 / (10.0 * h)).sqrt(), 0.03);
        }
    }

    #[test]
    fn random_walk_has_its_allan_deviation_at_any_step() {
        for h in [0.1, 1.0, 7.0] {
            let phase = phases(OscillatorSettings::two_state(0.0, 1e-18), h, 100_000);
            assert_near(allan(&phase, h, 10), (1e-18 * 10.0 * h / 3.0).sqrt(), 0.03);
        }
    }

    #[test]
    fn flicker_has_a_floor_over_four_decades() {
        let flicker = OscillatorSettings { flicker: 1e-10, ..OscillatorSettings::PERFECT };
        for (h, n) in [(0.5, 4), (1.0, 30), (10.0, 30), (100.0, 30)] {
            assert_near(allan(&phases(flicker, h, 300_000), h, n), 1e-10, 0.15);
        }
    }

    #[test]
    fn one_long_step_spreads_as_many_short_ones() {
        let settings = OscillatorSettings {
            flicker: 1e-9,
            white: 1e-18,
            wander: 1e-18,
            ..OscillatorSettings::PERFECT
        };
        let mut rng = Rng::new(5, "spread");
        let mut spread = |steps: u32| {
            let squares = (0..4_000).map(|_| {
                let mut oscillator = Oscillator::new(settings, &mut rng);
                let h = 8.0 / f64::from(steps);
                let phase: f64 = (0..steps).map(|_| oscillator.advance(h, &mut rng)).sum();
                phase * phase
            });
            (squares.sum::<f64>() / 4_000.0).sqrt()
        };
        assert_near(spread(1), spread(40), 0.06);
    }

    #[test]
    fn ageing_and_temperature_integrate_exactly() {
        let ageing = OscillatorSettings { ageing: 1e-12, ..OscillatorSettings::PERFECT };
        assert_near(*phases(ageing, 10.0, 100).last().unwrap(), 0.5e-6, 1e-9);
        let warm = OscillatorSettings {
            temperature: [1e-7, 2e-9, 3e-10],
            thermal_lag_s: 60.0,
            ..OscillatorSettings::PERFECT
        };
        let gained = |steps: u32| {
            let mut rng = Rng::new(1, "none");
            let mut oscillator = Oscillator::new(warm, &mut rng);
            oscillator.set_ambient(10.0);
            (0..steps).map(|_| oscillator.advance(600.0 / f64::from(steps), &mut rng)).sum::<f64>()
        };
        assert_near(gained(1), gained(1_000), 1e-9);
        let settled = 1e-6 + 2e-7 + 3e-7;
        assert!(gained(1) < settled * 600.0 && gained(1) > settled * 450.0);
    }

    #[test]
    fn a_perfect_one_gains_nothing() {
        assert!(phases(OscillatorSettings::PERFECT, 1.0, 100).iter().all(|&phase| phase == 0.0));
    }
}
