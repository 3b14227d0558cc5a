//! A proportional-integral controller with the published behaviour of ptp4l's.

/// The first frequency takes no longer, in seconds.
const WAIT_MOST: f64 = 1000.0;

/// What a gain is made of: `min(scale * interval^exponent, norm_max / interval)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PiGains {
    /// Of the proportional gain, at one sample per second.
    pub kp: f64,
    /// Of the integral gain, at one sample per second.
    pub ki: f64,
}

impl PiGains {
    /// For software stamps.
    pub const SOFTWARE: PiGains = PiGains { kp: 0.1, ki: 0.001 };
    /// For hardware stamps.
    pub const HARDWARE: PiGains = PiGains { kp: 0.7, ki: 0.3 };

    /// The proportional and the integral gain with a sample every `interval` seconds.
    pub fn at(self, interval: f64) -> (f64, f64) {
        let interval = interval.clamp(1e-4, 1e4);
        let kp = (self.kp * libm::pow(interval, -0.3)).min(0.7 / interval);
        let ki = (self.ki * libm::pow(interval, 0.4)).min(0.3 / interval);
        (kp, ki)
    }
}

/// What to do with the clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PiOutput {
    /// Wait for more.
    Wait,
    /// The frequency is known and the offset is not small: the clock may be stepped.
    Jump {
        /// How much faster than the source the uncorrected clock seems to be.
        frequency: f64,
    },
    /// The clock is being pulled.
    Pull {
        /// How much faster than the source the uncorrected clock is to be taken for.
        frequency: f64,
    },
}

/// The controller's state.
#[derive(Clone, Debug)]
pub struct Pi {
    gains: PiGains,
    max: f64,
    drift: f64,
    first: Option<(f64, f64)>,
    pulling: bool,
}

impl Pi {
    /// A controller that may answer frequencies of at most `max`.
    pub fn new(gains: PiGains, max: f64) -> Pi {
        Pi { gains, max, drift: 0.0, first: None, pulling: false }
    }

    /// Another largest rate from now on.
    pub fn limit(&mut self, max: f64) {
        self.max = max;
        self.drift = self.drift.clamp(-max, max);
    }

    /// Begins anew from a frequency.
    pub fn reset(&mut self, frequency: f64) {
        self.drift = frequency.clamp(-self.max, self.max);
        (self.first, self.pulling) = (None, false);
    }

    /// Takes an offset of the corrected clock, measured at `now` on it, both in seconds, with a
    /// sample every `interval` seconds.
    pub fn sample(&mut self, offset: f64, now: f64, interval: f64) -> PiOutput {
        let (kp, ki) = self.gains.at(interval);
        if self.pulling {
            let integral = ki * offset;
            let frequency = kp * offset + self.drift + integral;
            if libm::fabs(frequency) <= self.max {
                self.drift += integral;
            }
            let frequency = frequency.clamp(-self.max, self.max);
            return PiOutput::Pull { frequency };
        }
        let Some((first_offset, first)) = self.first else {
            self.first = Some((offset, now));
            return PiOutput::Wait;
        };
        let elapsed = now - first;
        if elapsed < 0.0 {
            self.first = None;
            return PiOutput::Wait;
        }
        // A thousandth less will do, because intervals are not exact.
        if elapsed == 0.0 || elapsed < 0.999 * (0.016 / ki).min(WAIT_MOST) {
            return PiOutput::Wait;
        }
        let slope = (offset - first_offset) / elapsed;
        self.drift = (self.drift + slope).clamp(-self.max, self.max);
        self.pulling = true;
        PiOutput::Jump { frequency: self.drift }
    }
}
