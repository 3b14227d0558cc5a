//! What happens to the frames that go one way, as a seed says.

use std::fmt;
use std::time::Duration;

use time::Mono;

/// How a way treats frames.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Impairment {
    delay: Duration,
    /// A frame takes so much more or less, every value alike.
    jitter: Duration,
    /// From 0 to 1.
    loss: f64,
    reorder: f64,
    /// How much longer a frame takes that others may overtake.
    reorder_by: Duration,
    random: u64,
    last: Mono,
}

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    Lost,
    /// It arrives then.
    Passes(Mono),
}

impl Impairment {
    /// From words such as `--delay 200us`; also how many seconds to go on, if that is said.
    pub(crate) fn parse(words: &[&str]) -> Result<(Impairment, Option<u64>), String> {
        let mut way = Impairment {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: 0.0,
            reorder: 0.0,
            reorder_by: Duration::from_millis(1),
            random: 1,
            last: Mono::from_nanos(0),
        };
        let mut seconds = None;
        let (pairs, rest) = words.as_chunks::<2>();
        if let [word] = rest {
            return Err(format!("{word} needs a value"));
        }
        for [name, value] in pairs {
            let wrong = |allowed: &str| format!("{name} {value}: {allowed} is expected");
            let time = || duration(value).ok_or_else(|| wrong("a time such as 200us or 2ms"));
            let share = || share(value).ok_or_else(|| wrong("a share from 0% to 100%"));
            let number = || value.parse().map_err(|_| wrong("a whole number"));
            match *name {
                "--delay" => way.delay = time()?,
                "--jitter" => way.jitter = time()?,
                "--loss" => way.loss = share()?,
                "--reorder" => way.reorder = share()?,
                "--reorder-by" => way.reorder_by = time()?,
                "--seed" => way.random = number()?,
                "--seconds" => seconds = Some(number()?),
                _ => return Err(format!("{name} is not an option")),
            }
        }
        if way.jitter > way.delay {
            return Err("--jitter must not be above --delay: nothing arrives before it left".into());
        }
        Ok((way, seconds))
    }

    /// The same for the other way, with chances of its own.
    pub(crate) fn other_way(&self) -> Impairment {
        Impairment { random: self.random ^ 0x5555_5555_5555_5555, ..self.clone() }
    }

    /// What becomes of a frame that leaves now. Frames keep their order, but for those that are
    /// chosen to be overtaken.
    pub(crate) fn fate(&mut self, now: Mono) -> Fate {
        // Three draws for each frame, so that one setting does not change another's chances.
        let (lost, overtaken, jitter) = (self.draw(), self.draw(), self.draw());
        if lost < self.loss {
            return Fate::Lost;
        }
        let delay = (self.delay - self.jitter) + (2 * self.jitter).mul_f64(jitter);
        if overtaken < self.reorder {
            return Fate::Passes(now + delay + self.reorder_by);
        }
        self.last = self.last.max(now + delay);
        Fate::Passes(self.last)
    }

    /// From 0 to 1 (splitmix64).
    fn draw(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl fmt::Display for Impairment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "delay {:?} +- {:?}, {:.2} % lost, {:.2} % overtaken by what comes within {:?}, seed {}",
            self.delay,
            self.jitter,
            self.loss * 100.0,
            self.reorder * 100.0,
            self.reorder_by,
            self.random
        )
    }
}

fn duration(text: &str) -> Option<Duration> {
    let units = [("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0)];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
    let seconds = number.trim().parse::<f64>().ok()? * unit;
    (0.0..=60.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

fn share(text: &str) -> Option<f64> {
    let share = text.strip_suffix('%')?.trim().parse::<f64>().ok()? / 100.0;
    (0.0..=1.0).contains(&share).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(text: &str) -> Impairment {
        Impairment::parse(&text.split(' ').collect::<Vec<_>>()).unwrap().0
    }

    fn at(nanos: u64) -> Mono {
        Mono::from_nanos(nanos)
    }

    /// The fates of frames that leave every 10 us.
    fn fates(way: &mut Impairment, count: u64) -> Vec<(u64, Fate)> {
        (0..count).map(|k| (k * 10_000, way.fate(at(k * 10_000)))).collect()
    }

    #[test]
    fn a_seed_repeats_and_each_way_has_chances_of_its_own() {
        let all = "--delay 200us --jitter 50us --loss 10% --reorder 5% --seed 7";
        let first = fates(&mut way(all), 1000);
        assert_eq!(first, fates(&mut way(all), 1000));
        assert_ne!(first, fates(&mut way(all).other_way(), 1000));
        assert_ne!(first, fates(&mut way(&all.replace('7', "8")), 1000));
    }

    #[test]
    fn delay_loss_and_order_are_as_asked_for() {
        let mut jittery = way("--delay 200us --jitter 50us --seed 3");
        let mut last = 0;
        for (left, fate) in fates(&mut jittery, 10_000) {
            let Fate::Passes(due) = fate else { panic!("nothing is to be lost") };
            let took = due.nanos() - left;
            assert!((150_000..=250_000).contains(&took), "{took}");
            assert!(due.nanos() >= last, "order is kept");
            last = due.nanos();
        }
        let lost = fates(&mut way("--loss 30%"), 10_000);
        let lost = lost.iter().filter(|(_, fate)| *fate == Fate::Lost).count();
        // Five standard deviations of a binomial distribution.
        assert!((2_770..3_230).contains(&lost), "{lost}");
        let overtaken = fates(&mut way("--reorder 10% --reorder-by 2ms"), 10_000);
        let late = |(left, fate): &&(u64, Fate)| *fate == Fate::Passes(at(left + 2_000_000));
        let overtaken = overtaken.iter().filter(late).count();
        assert!((850..1_150).contains(&overtaken), "{overtaken}");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_is_allowed() {
        let problem = |words: &[&str]| Impairment::parse(words).unwrap_err();
        assert!(problem(&["--delay", "200"]).contains("200us"));
        assert!(problem(&["--loss", "101%"]).contains("from 0% to 100%"));
        assert!(problem(&["--jitter", "1us"]).contains("--delay"));
        assert!(problem(&["--seed"]).contains("needs a value"));
        assert!(problem(&["--speed", "1"]).contains("--speed"));
    }
}
