//! The mean frequency offset of a stream of phases: the slope of the best straight line.

/// A mean fractional frequency offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrequencyOffset {
    /// Positive if the phase grows.
    pub rate: f64,
    /// Its standard deviation if what is left of the phases is white. Where the frequency itself
    /// wanders, the Allan deviation at the longest averaging time says more.
    pub deviation: f64,
}

/// The least-squares slope of phases over times, both in seconds; times need not be even.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frequency {
    count: f64,
    time: f64,
    phase: f64,
    time_scatter: f64,
    phase_scatter: f64,
    together: f64,
}

impl Frequency {
    /// Of nothing.
    pub const fn new() -> Frequency {
        Frequency {
            count: 0.0,
            time: 0.0,
            phase: 0.0,
            time_scatter: 0.0,
            phase_scatter: 0.0,
            together: 0.0,
        }
    }

    /// Takes a phase and when it was.
    pub fn add(&mut self, time: f64, phase: f64) {
        self.count += 1.0;
        let (dt, dx) = (time - self.time, phase - self.phase);
        self.time += dt / self.count;
        self.phase += dx / self.count;
        self.time_scatter += dt * (time - self.time);
        self.phase_scatter += dx * (phase - self.phase);
        self.together += dt * (phase - self.phase);
    }

    /// The slope, from three phases on.
    pub fn offset(&self) -> Option<FrequencyOffset> {
        if self.count < 3.0 || self.time_scatter <= 0.0 {
            return None;
        }
        let rate = self.together / self.time_scatter;
        let left = (self.phase_scatter - rate * self.together).max(0.0);
        let deviation = libm::sqrt(left / (self.count - 2.0) / self.time_scatter);
        Some(FrequencyOffset { rate, deviation })
    }
}
