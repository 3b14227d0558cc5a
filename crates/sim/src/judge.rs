//! Compares what was expected with what was found.

use engine::{Discard, PortIndex};

use crate::network::node_named;
use crate::outcome::{Phase, TrackPoint, Verdict};
use crate::plan::{Expect, Expectation};
use crate::probe::Errors;
use crate::world::World;

/// One expectation of one node, as it is followed.
#[derive(Debug)]
pub(crate) struct Watched {
    node: usize,
    expect: Expect,
    from_s: f64,
    until_s: f64,
    errors: Option<Box<Errors>>,
    /// When it was locked for the first time within the time.
    locked_s: Option<f64>,
    found: Option<Result<String, String>>,
}

/// Everything that is expected.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    watched: Vec<Watched>,
}

impl Judge {
    pub(crate) fn new(expectations: &[Expectation]) -> Judge {
        let mut watched = Vec::new();
        for expectation in expectations {
            for &node in &expectation.nodes {
                let of_errors = matches!(
                    expectation.what,
                    Expect::Rms(_) | Expect::Max(_) | Expect::Coverage(_) | Expect::Ratio(_)
                );
                watched.push(Watched {
                    node,
                    expect: expectation.what.clone(),
                    from_s: expectation.from_s,
                    until_s: expectation.until_s,
                    errors: of_errors.then(|| Box::new(Errors::new())),
                    locked_s: None,
                    found: None,
                });
            }
        }
        Judge { watched }
    }

    /// A look at a clock.
    pub(crate) fn look(&mut self, node: usize, point: &TrackPoint) {
        let concerned =
            |w: &&mut Watched| w.node == node && (w.from_s..=w.until_s).contains(&point.at_s);
        for watched in self.watched.iter_mut().filter(concerned) {
            if let Some(errors) = &mut watched.errors {
                errors.add(point);
            }
            if point.phase == Phase::Locked && watched.locked_s.is_none() {
                watched.locked_s = Some(point.at_s);
            }
        }
    }

    /// Moments at which something is expected, in seconds.
    pub(crate) fn moments(&self) -> Vec<f64> {
        let mut moments: Vec<f64> = self.watched.iter().map(|watched| watched.until_s).collect();
        moments.sort_by(f64::total_cmp);
        moments.dedup();
        moments
    }

    /// Looks at what is expected at this moment.
    pub(crate) fn moment(&mut self, at_s: f64, world: &mut World) {
        for watched in self.watched.iter_mut().filter(|w| w.found.is_none() && w.until_s <= at_s) {
            watched.found = Some(watched.now(world));
        }
    }

    pub(crate) fn verdicts(&self, world: &World, limits: &[Option<f64>]) -> Vec<Verdict> {
        let verdict = |watched: &Watched| {
            let found = watched.at_the_end(world, limits[watched.node]);
            Verdict {
                expectation: watched.describe(world),
                held: found.is_ok(),
                found: found.unwrap_or_else(|found| found),
            }
        };
        self.watched.iter().map(verdict).collect()
    }
}

/// Whether what was found is what was expected, and what it was.
fn verdict(held: bool, found: String) -> Result<String, String> {
    if held { Ok(found) } else { Err(found) }
}

fn below(found: f64, limit: f64) -> Result<String, String> {
    verdict(found < limit, time(found))
}

impl Watched {
    /// What is seen at the end of the time.
    fn now(&self, world: &mut World) -> Result<String, String> {
        let Some(alive) = &world.node(self.node).alive else {
            return Err("it is off".to_owned());
        };
        match self.expect {
            Expect::Grandmaster(expected) => {
                let grandmaster = node_named(alive.engine.parent(0).grandmaster);
                let name = grandmaster.map_or("nobody".to_owned(), |index| world.name(index));
                // Who follows nobody names itself before it leads.
                let port = PortIndex(0);
                let leads = alive.engine.is_grandmaster(0);
                let follows = alive.engine.parent(0).port.port != 0;
                let state = alive.engine.port_state(0, port).name();
                let sure = leads || follows;
                verdict(grandmaster == Some(expected) && sure, format!("{name} ({state})"))
            }
            Expect::UtcOffset(expected) => {
                let offset = alive.engine.time_properties(0).utc_offset;
                verdict(offset == expected, format!("{offset} s"))
            }
            Expect::Alternate(expected) => {
                let said = alive.engine.alternate(0, 0).map(|said| said.current_offset_s);
                verdict(said == Some(expected), format!("{said:?}"))
            }
            Expect::Inaccuracy(expected) => {
                let said = alive.engine.power(0).map(|power| power.inaccuracy_ns());
                verdict(said == Some(expected), format!("{said:?} ns"))
            }
            Expect::State(port, expected) => {
                let state = alive.engine.port_state(0, PortIndex(port - 1));
                verdict(state == expected, state.name().to_owned())
            }
            Expect::Serves(expected) => {
                let served = alive.engine.unicast_clients(0, PortIndex(0)).count();
                verdict(served == expected, format!("{served}"))
            }
            Expect::MinorVersion(expected) => {
                let minor = alive.engine.minor_version(0, PortIndex(0));
                verdict(minor == expected, format!("{minor}"))
            }
            Expect::Alternates(expected) => {
                let known = alive.engine.alternates_heard(0, PortIndex(0)).count();
                verdict(known == expected, format!("{known}"))
            }
            Expect::Parent(expected) => {
                let parent = node_named(alive.engine.parent(0).port.clock);
                let name = parent.map_or("nobody".to_owned(), |index| world.name(index));
                verdict(parent == Some(expected), name)
            }
            Expect::Phase(expected) => {
                let phase = world.look(self.node).map(|point| point.phase);
                verdict(phase == Some(expected), format!("{phase:?}"))
            }
            _ => Ok(String::new()),
        }
    }

    fn at_the_end(&self, world: &World, limit: Option<f64>) -> Result<String, String> {
        let alive = world.node(self.node).alive.as_ref();
        let discards = |reason: usize| alive.map_or(0, |alive| u64::from(alive.discards[reason]));
        if let Some(errors) = &self.errors {
            return judged(&self.expect, errors, limit);
        }
        match self.expect {
            Expect::Locked(within) => match self.locked_s {
                Some(at) => below(at - self.from_s, within),
                None => Err("never".to_owned()),
            },
            Expect::Steps(most) => {
                let steps = alive.map_or(0, |alive| alive.follower.steps);
                verdict(steps <= most, format!("{steps}"))
            }
            Expect::Discards(reason, most) => {
                verdict(discards(reason) <= most, format!("{}", discards(reason)))
            }
            Expect::DiscardsSome(reason, least) => {
                verdict(discards(reason) >= least, format!("{}", discards(reason)))
            }
            _ => self.found.clone().unwrap_or_else(|| Err("it was not looked at".to_owned())),
        }
    }

    fn describe(&self, world: &World) -> String {
        let name = world.name(self.node);
        let (from, until) = (time(self.from_s), time(self.until_s));
        match &self.expect {
            Expect::Rms(limit) => {
                format!("{name}: rms error below {} from {from} to {until}", time(*limit))
            }
            Expect::Max(limit) => {
                format!("{name}: largest error below {} from {from} to {until}", time(*limit))
            }
            Expect::Coverage(share) => {
                format!("{name}: {:.3} % within the bound from {from} to {until}", share * 100.0)
            }
            Expect::Ratio(limit) => {
                format!("{name}: rms error below {limit} linear limits from {from} to {until}")
            }
            Expect::Grandmaster(node) => {
                format!("{name}: grandmaster is {} at {until}", world.name(*node))
            }
            Expect::Locked(within) => {
                format!("{name}: locked within {} from {from}", time(*within))
            }
            Expect::Phase(phase) => format!("{name}: {phase:?} at {until}"),
            Expect::Steps(most) => format!("{name}: at most {most} steps"),
            Expect::Discards(reason, most) => {
                format!("{name}: at most {most} discards ({})", Discard::NAMES[*reason])
            }
            Expect::DiscardsSome(reason, least) => {
                format!("{name}: at least {least} discards ({})", Discard::NAMES[*reason])
            }
            Expect::UtcOffset(offset) => format!("{name}: TAI - UTC is {offset} s at {until}"),
            Expect::Alternate(offset) => {
                format!("{name}: the other timescale is told to be {offset} s ahead at {until}")
            }
            Expect::Inaccuracy(ns) => format!("{name}: says {ns} ns of inaccuracy at {until}"),
            Expect::State(port, state) => {
                format!("{name}: port {port} is {} at {until}", state.name())
            }
            Expect::Serves(clients) => format!("{name}: serves {clients} in unicast at {until}"),
            Expect::MinorVersion(minor) => format!("{name}: speaks PTP 2.{minor} at {until}"),
            Expect::Alternates(count) => {
                format!("{name}: knows {count} alternate time transmitters at {until}")
            }
            Expect::Parent(node) => format!("{name}: follows {} at {until}", world.name(*node)),
        }
    }
}

fn judged(expect: &Expect, errors: &Errors, limit: Option<f64>) -> Result<String, String> {
    let summary = errors.summary(limit);
    if summary.count == 0 {
        return Err("it was never looked at".to_owned());
    }
    match *expect {
        Expect::Rms(limit) => below(summary.rms_s, limit),
        Expect::Max(limit) => below(summary.max_s, limit),
        Expect::Coverage(share) => {
            let found = format!("{:.3} % of {}", summary.coverage * 100.0, summary.bounded);
            verdict(summary.bounded > 0 && summary.coverage >= share, found)
        }
        Expect::Ratio(limit) => match summary.rho {
            Some(rho) => verdict(rho < limit, format!("{rho:.2}")),
            None => Err("there is no linear limit here".to_owned()),
        },
        _ => Err(String::new()),
    }
}

/// A time in the unit that suits it.
fn time(seconds: f64) -> String {
    let units = [("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)];
    let size = seconds.abs();
    let unit = units.iter().find(|(_, unit)| size >= *unit).unwrap_or(&units[3]);
    let (name, unit) = if size == 0.0 { &units[0] } else { unit };
    let text = format!("{:.3}", seconds / unit);
    format!("{} {name}", text.trim_end_matches('0').trim_end_matches('.'))
}
