//! A servo by linear regression with the published behaviour of ptp4l's `linreg`.
//!
//! Straight lines are fitted to the last 4, 8, 16, 32 and 64 phases of the uncorrected oscillator.
//! Each line predicts the next phase; the largest fit whose smoothed error is within 5 % of the
//! best is followed. Its slope is the frequency, its end the offset, which is pulled to zero over
//! one interval, or over two or three for the two largest.

const POINTS: usize = 64;
const SIZES: [usize; 5] = [4, 8, 16, 32, 64];
/// Of the mean of the errors, once there were so many that a plain mean weighs each less than 0.1.
const SMOOTHING: f64 = 0.02;
const FIRST_ERRORS: u32 = 10;
/// Errors within this factor are equal, and then more points are better.
const EQUAL: f64 = 1.05;

/// What a fit says at the last point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// How much too fast the uncorrected oscillator is, as a fraction.
    pub rate: f64,
    /// Its phase in seconds.
    pub phase: f64,
    /// Over how many intervals an offset is to be pulled to zero.
    pub intervals: f64,
}

/// How well one number of points predicts.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    line: Option<(f64, f64)>,
    error: f64,
    errors: u32,
}

/// The points and the lines.
#[derive(Clone, Debug)]
pub struct Regression {
    /// Times and phases in seconds, of the uncorrected oscillator.
    points: [(f64, f64); POINTS],
    count: usize,
    sizes: [Size; SIZES.len()],
}

impl Default for Regression {
    fn default() -> Regression {
        Regression::new()
    }
}

impl Regression {
    /// Has seen nothing.
    pub fn new() -> Regression {
        Regression { points: [(0.0, 0.0); POINTS], count: 0, sizes: [Size::default(); SIZES.len()] }
    }

    /// Takes a phase of the uncorrected oscillator when it had run for `at`, both in seconds;
    /// answers from the fourth on.
    pub fn sample(&mut self, at: f64, phase: f64) -> Option<Fitted> {
        if self.count > 0 && at <= self.ago(0).0 {
            return None;
        }
        let elapsed = if self.count > 0 { at - self.ago(0).0 } else { 0.0 };
        self.points[self.count % POINTS] = (at, phase);
        self.count += 1;
        for (i, points) in SIZES.into_iter().enumerate() {
            if let Some((rate, end)) = self.sizes[i].line {
                self.sizes[i].see(libm::fabs(end + rate * elapsed - phase));
            }
            self.sizes[i].line = (self.count >= points).then(|| self.fit(points));
        }
        let best = self.best();
        let (rate, phase) = self.sizes[best].line?;
        let intervals = if SIZES[best] <= 16 { 1.0 } else { best as f64 - 1.0 };
        Some(Fitted { rate, phase, intervals })
    }

    fn best(&self) -> usize {
        let mut best = 0;
        for (i, size) in self.sizes.iter().enumerate().skip(1) {
            let known = size.line.is_some() && size.errors >= FIRST_ERRORS;
            if known && size.error <= EQUAL * self.sizes[best].error {
                best = i;
            }
        }
        best
    }

    fn ago(&self, ago: usize) -> (f64, f64) {
        self.points[(self.count - 1 - ago) % POINTS]
    }

    /// The slope, and the value at the last point.
    fn fit(&self, points: usize) -> (f64, f64) {
        let (last, n) = (self.ago(0), points as f64);
        let near = |ago: usize| (self.ago(ago).0 - last.0, self.ago(ago).1 - last.1);
        let (t, x) = (0..points).map(near).fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        let (t, x) = (t / n, x / n);
        let (mut tt, mut tx) = (0.0, 0.0);
        for point in (0..points).map(near) {
            tt += (point.0 - t) * (point.0 - t);
            tx += (point.0 - t) * (point.1 - x);
        }
        let rate = tx / tt;
        (rate, last.1 + x - rate * t)
    }
}

impl Size {
    fn see(&mut self, error: f64) {
        self.errors += 1;
        let share =
            if self.errors <= FIRST_ERRORS { 1.0 / f64::from(self.errors) } else { SMOOTHING };
        self.error += share * (error - self.error);
    }
}
