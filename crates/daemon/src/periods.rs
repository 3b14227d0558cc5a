//! Records of quarters of an hour and of days: a fixed number, of which the oldest gives way (annex J).

use core::time::Duration;

use time::Mono;

/// Quarters of an hour that are kept: the one under way and a day of those before it.
pub(crate) const QUARTERS: usize = 97;
/// Days that are kept: the one under way and the one before it.
pub(crate) const DAYS: usize = 2;

const QUARTER: Duration = Duration::from_secs(900);
const DAY: Duration = Duration::from_secs(86_400);

/// Records of both lengths.
#[derive(Debug)]
pub(crate) struct Periods<T> {
    quarters: Ring<T>,
    days: Ring<T>,
}

/// Records of one length, the latest at `head`.
#[derive(Debug)]
struct Ring<T> {
    length: Duration,
    records: Box<[T]>,
    head: usize,
    kept: usize,
    /// When the latest began.
    began: Mono,
}

/// A record and when it was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept<'a, T> {
    /// As annex J numbers them: quarters from 0, days from 97; the latest first.
    pub(crate) index: u16,
    pub(crate) length: Duration,
    pub(crate) began: Mono,
    pub(crate) record: &'a T,
}

impl<T: Clone + Default> Periods<T> {
    /// Begins now; nothing is allocated later.
    pub(crate) fn new(now: Mono) -> Periods<T> {
        Periods { quarters: Ring::new(QUARTER, QUARTERS, now), days: Ring::new(DAY, DAYS, now) }
    }

    /// Begins new records where those under way are over; `close` has the last word on each of these.
    pub(crate) fn roll(&mut self, now: Mono, mut close: impl FnMut(&mut T)) {
        self.quarters.roll(now, &mut close);
        self.days.roll(now, &mut close);
    }

    /// Puts something into both records that are under way.
    pub(crate) fn each(&mut self, put: impl Fn(&mut T)) {
        put(self.quarters.current());
        put(self.days.current());
    }

    /// Quarters, then days, the latest of each first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Kept<'_, T>> {
        self.quarters.iter(0).chain(self.days.iter(QUARTERS as u16))
    }
}

impl<T: Clone + Default> Ring<T> {
    fn new(length: Duration, count: usize, now: Mono) -> Ring<T> {
        let records = vec![T::default(); count].into();
        Ring { length, records, head: 0, kept: 1, began: now }
    }

    fn current(&mut self) -> &mut T {
        &mut self.records[self.head]
    }

    fn roll(&mut self, now: Mono, close: &mut impl FnMut(&mut T)) {
        let mut over = now.since(self.began).as_nanos() / self.length.as_nanos();
        if over > 0 {
            close(self.current());
        }
        // What lies further back than is kept needs no records of nothing.
        let skipped = over.saturating_sub(self.records.len() as u128);
        self.began = self.began + self.length * u32::try_from(skipped).unwrap_or(u32::MAX);
        over -= skipped;
        for _ in 0..over {
            self.head = (self.head + 1) % self.records.len();
            self.records[self.head] = T::default();
            self.kept = (self.kept + 1).min(self.records.len());
            self.began = self.began + self.length;
        }
    }

    fn iter(&self, first: u16) -> impl Iterator<Item = Kept<'_, T>> {
        (0..self.kept).map(move |back| {
            let place = (self.head + self.records.len() - back) % self.records.len();
            let before = self.length.as_nanos() as u64 * back as u64;
            let began = Mono::from_nanos(self.began.nanos().saturating_sub(before));
            let (length, record) = (self.length, &self.records[place]);
            Kept { index: first + back as u16, length, began, record }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Mono {
        Mono::from_nanos(seconds * 1_000_000_000)
    }

    /// Index, beginning and content of each that is kept.
    fn all(periods: &Periods<u32>) -> Vec<(u16, u64, u32)> {
        let one =
            |kept: Kept<'_, u32>| (kept.index, kept.began.nanos() / 1_000_000_000, *kept.record);
        periods.iter().map(one).collect()
    }

    #[test]
    fn quarters_and_days_begin_where_those_before_end() {
        let mut periods = Periods::new(at(50));
        for second in 50..50 + 3_000 {
            periods.roll(at(second), |_| {});
            periods.each(|count| *count += 1);
        }
        let quarters = [(0, 2_750, 300), (1, 1_850, 900), (2, 950, 900), (3, 50, 900)];
        assert_eq!(all(&periods)[..4], quarters);
        assert_eq!(all(&periods)[4..], [(97, 50, 3_000)]);
    }

    #[test]
    fn no_more_than_97_quarters_and_2_days_are_kept() {
        let mut periods = Periods::new(at(0));
        for quarter in 0..4 * 96 + 7_u64 {
            periods.roll(at(quarter * 900), |_| {});
            periods.each(|count| *count += 1);
        }
        let all = all(&periods);
        assert_eq!(all.len(), QUARTERS + DAYS);
        assert_eq!(all[96], (96, (4 * 96 + 6 - 96) * 900, 1));
        assert_eq!(all[97..], [(97, 4 * 86_400, 7), (98, 3 * 86_400, 96)]);
    }

    #[test]
    fn a_long_sleep_leaves_records_of_nothing() {
        let mut periods = Periods::new(at(0));
        periods.each(|count| *count = 5);
        let mut closed = 0;
        periods.roll(at(3 * 900 + 10), |count| {
            closed += 1;
            *count += 1;
        });
        assert_eq!(closed, 1);
        let quarters = [(0, 2_700, 0), (1, 1_800, 0), (2, 900, 0), (3, 0, 6), (97, 0, 5)];
        assert_eq!(all(&periods), quarters);
        periods.roll(at(1_000_000_000), |_| {});
        let all = all(&periods);
        assert_eq!((all.len(), all[0].1), (QUARTERS + DAYS, 999_999_900));
        assert!(all.iter().all(|(.., count)| *count == 0));
    }
}
